"""Responsibility handed from one unit to another: sent, acknowledged, accepted, declined.

The codes are the transfer's own proof: sending registers O, accepting registers the receiver's A with the day it came.
The clock goes on from the first A, whoever carries the pathway. Each verb is one transaction under the form's key.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction

from pakkeforlop.access.audit import record
from pakkeforlop.access.scope import units
from pakkeforlop.coding.actions.append import hold, locked
from pakkeforlop.coding.models import ActionKey, Patient
from pakkeforlop.coordination import states
from pakkeforlop.coordination.actions import codes
from pakkeforlop.coordination.actions.work import Deed, once
from pakkeforlop.coordination.blocking import Blocked, Stop
from pakkeforlop.coordination.models import Responsibility, Transfer
from pakkeforlop.coordination.rows import refresh


def send(*, patient: Patient, pathway: str, sender: str, receiver: str, letter: str, deed: Deed) -> Transfer:
    """Send responsibility to another unit today. Raises Blocked; then nothing is saved."""
    with transaction.atomic():
        held = locked(patient.pk)
        here = Transfer.objects.filter(patient=held, pathway=pathway)
        if ActionKey.objects.filter(key=deed.key[:64]).exists():
            return here.latest("pk")
        _refuse(sender, receiver, under_way=here.filter(state__in=states.ACTIVE_TRANSFERS).exists())
        ActionKey.objects.create(key=deed.key[:64], user=deed.by.pk, at=deed.at, result={"what": "transfer.sent"})
        made = Transfer.objects.create(
            patient=held, pathway=pathway, sender=sender, receiver=receiver, sent_on=deed.on, sent_by=deed.by,
            letter=letter.strip()[:2000], made_at=deed.at,
        )  # fmt: skip
        codes.register_code(
            patient=held, code=pathway + "O", event_date=deed.on, institution=sender, by=deed.by, at=deed.at, key="",
            revision=None, source="transfer",
        )  # fmt: skip
        record(
            "changed", by=deed.by, at=deed.at, what="transfer.sent", patient_id=held.pk, org_nr=sender,
            pathway=pathway, detail={"receiver": receiver},
        )  # fmt: skip
    return made


def acknowledge(*, transfer: Transfer, deed: Deed) -> bool:
    """The receiver says that it has come; the sender is responsible still. False when that was done before."""

    def do() -> None:
        held = Transfer.objects.select_for_update().get(pk=transfer.pk)
        held.state = states.step(states.TRANSFER_STEPS, held.state, "received")
        held.received_on, held.received_by = deed.on, deed.by
        held.save(update_fields=["state", "received_on", "received_by"])

    return once(deed, transfer.patient, transfer.pathway, "transfer_received", "", do)


def accept(*, transfer: Transfer, deed: Deed) -> bool:
    """The receiver takes responsibility: its own A with the day of receipt. False when that was done before.

    Raises Blocked where the person may not code for the receiver, StepRefused for one that is settled.
    """
    with transaction.atomic():
        patient = locked(transfer.patient_id)
        held = Transfer.objects.select_for_update().get(pk=transfer.pk)
        if deed.key and ActionKey.objects.filter(key=deed.key[:64]).exists():
            return False
        states.step(states.TRANSFER_STEPS, held.state, "accepted")
        ActionKey.objects.create(key=deed.key[:64], user=deed.by.pk, at=deed.at, result={"what": "transfer.accepted"})
        if held.received_on is None:
            held.received_on, held.received_by = deed.on, deed.by
            held.save(update_fields=["received_on", "received_by"])
        Responsibility.objects.create(
            patient=patient, pathway=held.pathway, owner=deed.by, since=deed.at, given_by=deed.by
        )
        codes.register_code(
            patient=patient, code=held.pathway + "A", event_date=held.received_on, institution=held.receiver,
            by=deed.by, at=deed.at, key="", revision=None, received_date=held.received_on, source="transfer",
        )  # fmt: skip
        Transfer.objects.filter(pk=held.pk).update(accepted_on=deed.on, accepted_by=deed.by)
        record(
            "changed", by=deed.by, at=deed.at, what="transfer.accepted", patient_id=patient.pk, org_nr=held.receiver,
            pathway=held.pathway, detail={"sender": held.sender},
        )  # fmt: skip
    return True


def decline(*, transfer: Transfer, reason: str, deed: Deed) -> bool:
    """The receiver says no, with the reason; the sender is responsible still. Raises Blocked without a reason."""
    if not reason.strip():
        raise Blocked(Stop("reason_missing", "reason"))

    def do() -> None:
        held = Transfer.objects.select_for_update().get(pk=transfer.pk)
        held.state = states.step(states.TRANSFER_STEPS, held.state, "declined")
        held.declined_on, held.declined_by, held.reason = deed.on, deed.by, reason.strip()[:400]
        held.save(update_fields=["state", "declined_on", "declined_by", "reason"])

    return once(deed, transfer.patient, transfer.pathway, "transfer_declined", "", do, reason=reason.strip()[:400])


def name_receiver(*, transfer: Transfer, receiver: str, deed: Deed) -> None:
    """Say who is to receive a transfer that only the codes tell of."""
    with transaction.atomic():
        hold([transfer.patient_id])
        held = Transfer.objects.select_for_update().get(pk=transfer.pk)
        if held.state not in states.ACTIVE_TRANSFERS:
            raise states.StepRefused(held.state, "sent")
        _refuse(held.sender, receiver, under_way=False)
        held.receiver = receiver
        held.save(update_fields=["receiver"])
        record(
            "changed", by=deed.by, at=deed.at, what="transfer.named", patient_id=held.patient_id, org_nr=held.sender,
            pathway=held.pathway, detail={"receiver": receiver},
        )  # fmt: skip
        refresh([held.patient_id], on=deed.on, at=deed.at, by=deed.by.pk, what="transfer")


def _refuse(sender: str, receiver: str, *, under_way: bool) -> None:
    found: list[Stop] = []
    unit: Any = units().resolve(receiver)
    if unit is None or unit.level not in ("hospital", "trust"):
        found.append(Stop("receiver_unknown", "receiver"))
    elif receiver == sender:
        found.append(Stop("receiver_is_sender", "receiver", {"place": unit.name}))
    if under_way:
        found.append(Stop("under_way", "receiver"))
    if found:
        raise Blocked(*found)

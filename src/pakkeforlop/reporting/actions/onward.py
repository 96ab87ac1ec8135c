"""Onward referrals: taken in as they are, and their codes registered as a person has confirmed them.

The date of a code stands in words in the referral, so nothing of it is registered before a person has said which day
and which hospital. The codes are the sender's: they stand under its organisation number, so that the pathway's time
runs from its start there, and never go into one's own message to the register.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.timezone import localtime

from pakkeforlop.access.audit import record
from pakkeforlop.catalogue.load import load_catalogue
from pakkeforlop.coding.actions.append import Entry, append, locked
from pakkeforlop.coding.models import Patient, Registration
from pakkeforlop.coordination import rows
from pakkeforlop.coordination.actions.load import load
from pakkeforlop.coordination.blocking import Blocked, stops
from pakkeforlop.coordination.verdict import Draft
from pakkeforlop.episodes import store
from pakkeforlop.exchange.enclosed import enclosed
from pakkeforlop.exchange.npr.files import sha256_of
from pakkeforlop.exchange.referral.read import READER, Referred, referred_of
from pakkeforlop.reporting.faults import Refused
from pakkeforlop.reporting.models import OnwardReferral

SOURCE = "henvisning"


@dataclass(frozen=True)
class Confirmed:
    """One code as a person has confirmed it."""

    code: str
    day: date
    institution: str


def take_referral(path: Path, *, name: str, hospital: str, by: Any, at: datetime) -> OnwardReferral:
    """Take an onward referral in. It stands among the referrals to be assessed too, where one's own start is made.

    Refused without a pathway in it, for a patient that is not here, or taken before.
    """
    found = _read(path, name)
    if not found.is_pathway or not found.codes:
        raise Refused("no_pathway_in_it")
    patient = Patient.objects.filter(national_number=found.patient_id).first() if found.patient_id else None
    if patient is None:
        raise Refused("patient_not_here")
    today = localtime(at).date()
    try:
        with transaction.atomic():
            load("referrals", [_as_referral(found, patient, hospital, today)], on=today, at=at)
            made = OnwardReferral.objects.create(
                message_id=found.message_id, sha256=sha256_of(path), made_at=found.made_at, sender=found.sender,
                department=found.department, hospital=hospital, patient=patient, priority=found.priority,
                diagnosis=found.diagnosis[:16], dates=found.dates,
                codes=[{"code": one.code, "remark": one.remark, "dates": one.dates} for one in found.codes],
                taken_at=at, taken_by=by,
            )  # fmt: skip
            record(
                "changed", by=by, at=at, what="onward.taken", patient_id=patient.pk, org_nr=hospital,
                detail={"referral": made.pk, "codes": len(made.codes)},
            )  # fmt: skip
    except IntegrityError as fault:
        raise Refused("referral_before") from fault
    return made


def _as_referral(found: Referred, patient: Patient, hospital: str, today: date) -> dict[str, Any]:
    """The row that the inbox of referrals has of it, received today."""
    prefixes = dict.fromkeys(one.code[:3] for one in found.codes if one.code[:3] in load_catalogue().pathways)
    words = "; ".join(" ".join(part for part in (one.code, one.remark) if part) for one in found.codes)
    return {
        "referral_id": found.message_id, "patient_id": patient.source_id, "received_date": today.isoformat(),
        "institution": hospital, "sender": found.sender, "pathway": next(reversed(prefixes), ""),
        "marked": "1" if found.priority == "PK" else "", "diagnosis": found.diagnosis, "text": words[:2000],
    }  # fmt: skip


def _read(path: Path, name: str) -> Referred:
    for told in enclosed(READER, str(path.resolve()), file=lambda: name):
        return referred_of(told[0])
    raise Refused("no_pathway_in_it")


def confirm_referral(
    referral: OnwardReferral, codes: Sequence[Confirmed], *, by: Any, at: datetime
) -> list[Registration]:
    """Register the codes that were confirmed, all of them or none; no codes: nothing of it is to be registered.

    Blocked with what stops one of them; Refused when it was settled before.
    """
    today = localtime(at).date()
    wrong = [
        stop for one in codes
        for stop in stops(Draft(one.code, one.day, one.institution), load_catalogue(), today=today)
    ]  # fmt: skip
    if wrong:
        raise Blocked(*wrong)
    with transaction.atomic():
        held = locked(referral.patient_id)
        again = OnwardReferral.objects.select_for_update().get(pk=referral.pk)
        if again.settled_at is not None:
            raise Refused("referral_settled")
        there = {(row.code, row.event_date, row.institution) for row in Registration.objects.filter(patient=held)}
        made = [
            append(patient=held, entry=Entry(one.code, one.day, one.institution, source=SOURCE), at=at, by=by.pk)
            for one in codes if (one.code, one.day, one.institution) not in there
        ]  # fmt: skip
        if made:
            store.relink_one(held, as_of=today)
            rows.refresh([held.pk], on=today, at=at, by=by.pk, what="code", detail=made[-1].code)
        again.confirmed = [
            {"code": one.code, "day": one.day.isoformat(), "institution": one.institution} for one in codes
        ]
        again.settled_at, again.settled_by = at, by
        again.save(update_fields=["confirmed", "settled_at", "settled_by"])
        record(
            "changed", by=by, at=at, what="onward.confirmed", patient_id=held.pk, org_nr=again.hospital,
            pathway=codes[0].code[:3] if codes else "", detail={"referral": again.pk, "codes": len(codes)},
        )  # fmt: skip
    return made

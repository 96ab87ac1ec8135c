"""What is done with a transfer: sent, acknowledged, accepted, declined, its receiver named."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from pakkeforlop.access.rights import Right
from pakkeforlop.coordination.actions import transfers as actions
from pakkeforlop.coordination.blocking import Blocked
from pakkeforlop.coordination.models import Transfer
from pakkeforlop.coordination.queries import transfers as asked
from pakkeforlop.coordination.queries.patient import row_of
from pakkeforlop.coordination.states import StepRefused
from pakkeforlop.vocabulary.numbers import whole
from pakkeforlop.web import clock
from pakkeforlop.web.transfers.views import receivers
from pakkeforlop.web.words import words
from pakkeforlop.web.worklist.giving import deed
from pakkeforlop.web.worklist.presenter import hospital_name, pathway_name


def send(request: Any) -> HttpResponse:
    """The form of one open pathway, and POST: responsibility sent today."""
    t, pathway = words(), str((request.POST or request.GET).get("pathway", ""))[:3]
    row = row_of(request.patient, pathway)
    if row is None or not request.access.scope(Right.CODE).covers(row.hospital, row.pathway, row.department):
        messages.warning(request, t("transfers.said.not_ours"))
        return HttpResponseRedirect(reverse("transfers"))
    faults: list[str] = []
    if request.method == "POST":
        try:
            made = actions.send(
                patient=request.patient, pathway=pathway, sender=row.hospital,
                receiver=str(request.POST.get("receiver", "")), letter=str(request.POST.get("letter", "")),
                deed=deed(request),
            )  # fmt: skip
        except Blocked as fault:
            faults = fault.sentences(t.language)
        else:
            messages.success(request, t("transfers.said.sent", place=hospital_name(made.receiver)))
            return HttpResponseRedirect(f"{reverse('transfers')}#t-{made.pk}")
    ahead = row.next_text or t("layout.nothing_booked").lower()
    values = {
        "row": row,
        "patient": request.patient,
        "pathway": pathway_name(pathway, t),
        "sender": hospital_name(row.hospital),
        "receivers": [("", t("transfers.choose")), *receivers(row.hospital, pathway)],
        "receiver": str(request.POST.get("receiver", "")),
        "letter": str(request.POST.get("letter", "")) or t("transfers.letter_start", next=ahead),
        "key": request.POST.get("key", "") or uuid.uuid4().hex,
        "faults": faults,
        "today": clock.today(),
    }
    return render(request, "transfers/send.html", values)


def answer(request: Any) -> HttpResponse:
    """POST: `do` names what."""
    t, number = words(), whole(str(request.POST.get("transfer", "")))
    transfer = asked.one(patient=request.patient, number=number or 0)
    chosen = ANSWERS.get(str(request.POST.get("do", "")))
    if transfer is None or chosen is None or not _ours(request, transfer, chosen):
        messages.warning(request, t("transfers.said.gone"))
        return HttpResponseRedirect(reverse("transfers"))
    try:
        said = chosen(request, transfer)
    except StepRefused:
        messages.warning(request, t("transfers.said.settled"))
    except Blocked as fault:
        messages.warning(request, t("transfers.said.stopped", why=" ".join(fault.sentences(t.language))))
    else:
        messages.success(request, said)
    return HttpResponseRedirect(f"{reverse('transfers')}#t-{transfer.pk}")


def _ours(request: Any, transfer: Transfer, chosen: Callable[[Any, Transfer], str]) -> bool:
    """The receiver answers, the sender names the receiver."""
    unit = transfer.sender if chosen is _name else transfer.receiver
    return bool(request.access.scope(Right.COORDINATE).covers(unit, transfer.pathway))


def _acknowledge(request: Any, transfer: Transfer) -> str:
    actions.acknowledge(transfer=transfer, deed=deed(request))
    return words()("transfers.said.received", place=hospital_name(transfer.sender))


def _accept(request: Any, transfer: Transfer) -> str:
    actions.accept(transfer=transfer, deed=deed(request))
    return words()("transfers.said.accepted", place=hospital_name(transfer.receiver))


def _decline(request: Any, transfer: Transfer) -> str:
    actions.decline(transfer=transfer, reason=str(request.POST.get("reason", "")), deed=deed(request))
    return words()("transfers.said.declined", place=hospital_name(transfer.sender))


def _name(request: Any, transfer: Transfer) -> str:
    receiver = str(request.POST.get("receiver", ""))
    actions.name_receiver(transfer=transfer, receiver=receiver, deed=deed(request))
    return words()("transfers.said.named", place=hospital_name(receiver))


ANSWERS: dict[str, Callable[[Any, Transfer], str]] = {
    "acknowledge": _acknowledge, "accept": _accept, "decline": _decline, "name": _name,
}  # fmt: skip

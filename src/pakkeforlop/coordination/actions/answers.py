"""Expected answers: promised with a day, given another day with a reason, brought by an event or by hand."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.timezone import localtime

from pakkeforlop.coding.models import Patient
from pakkeforlop.coordination import states
from pakkeforlop.coordination.actions.tasks import refuse, trace
from pakkeforlop.coordination.actions.work import Deed, once
from pakkeforlop.coordination.blocking import Blocked, Stop
from pakkeforlop.coordination.models import ClinicalEvent, ExpectedAnswer

ANSWERED_BY = {"pathology": "pathology", "imaging": "imaging", "examination": "imaging"}
"""Kinds of events that bring an answer, with the kind of answer."""


def promise(
    *, patient: Patient, pathway: str, kind: str, expected: date | None, text: str, owner: Any, deed: Deed
) -> bool:
    """Promise an answer (pathology, imaging, a call to the patient) by a day. Raises Blocked without a day to come."""
    if expected is None:
        raise Blocked(Stop("day_missing", "day"))
    if expected < deed.on:
        raise Blocked(Stop("day_passed", "day", {"date": expected}))
    if kind not in states.ANSWER_KINDS:
        raise Blocked(Stop("kind_missing", "kind"))

    def do() -> None:
        ExpectedAnswer.objects.create(
            external_id=f"own-{secrets.token_hex(10)}", patient=patient, pathway=pathway, kind=kind, asked_at=deed.on,
            expected_date=expected, text=text.strip()[:200], owner=owner, made_by=deed.by, made_at=deed.at,
        )  # fmt: skip

    return once(deed, patient, pathway, "answer_promised", "", do)


def move_answer(*, answer: ExpectedAnswer, expected: date | None, reason: str, deed: Deed) -> bool:
    """Another day for an answer, with the reason; what was promised before stays to be read."""
    refuse(expected, answer.expected_date, reason, deed.on)

    def do() -> None:
        held = ExpectedAnswer.objects.select_for_update().get(pk=answer.pk)
        if held.received_at is not None or expected is None:
            raise states.StepRefused("received", "waiting")
        trace(held, "answer.expected", held.expected_date.isoformat(), expected.isoformat(), reason, deed)
        held.expected_date = expected
        held.save(update_fields=["expected_date"])

    return once(deed, answer.patient, answer.pathway, "answer_moved", "", do, reason=reason.strip()[:400])


def receive(*, answer: ExpectedAnswer, deed: Deed) -> bool:
    """The answer has come, or the call is made, today."""
    def do() -> None:
        held = ExpectedAnswer.objects.select_for_update().get(pk=answer.pk)
        if held.received_at is not None:
            raise states.StepRefused("received", "received")
        held.received_at = deed.on
        held.save(update_fields=["received_at"])

    return once(deed, answer.patient, answer.pathway, "answer_received", "", do)


def bring_answers(events: Sequence[Any]) -> None:
    """The answers that events bring: the one that an event names, else the oldest of its kind that is waited for.

    An event that is told anew as not having taken place takes its answer back.
    """
    undone = [event.pk for event in events if event.status != "attended"]
    if undone:
        ExpectedAnswer.objects.filter(event_id__in=undone).update(received_at=None, event=None)
    came = [one for one in events if one.status == "attended" and (one.answers or one.kind in ANSWERED_BY)]
    if not came:
        return
    theirs = ExpectedAnswer.objects.filter(patient__in={event.patient_id for event in came}, received_at=None)
    waiting: defaultdict[int, list[ExpectedAnswer]] = defaultdict(list)
    for answer in theirs.order_by("expected_date", "pk"):
        waiting[answer.patient_id].append(answer)
    brought = ExpectedAnswer.objects.filter(event_id__in=[event.pk for event in came])
    before = set(brought.values_list("event_id", flat=True))
    for event in came:
        if event.answers or event.pk not in before:
            _bring(event, localtime(event.at).date(), waiting[event.patient_id])


def _bring(event: ClinicalEvent, day: date, waiting: list[ExpectedAnswer]) -> None:
    answer = next((one for one in waiting if one.asked_at <= day and _is_answered(one, event)), None)
    if answer is not None:
        ExpectedAnswer.objects.filter(pk=answer.pk).update(received_at=day, event_id=event.pk)
        waiting.remove(answer)


def _is_answered(answer: ExpectedAnswer, event: ClinicalEvent) -> bool:
    if event.answers:
        return answer.external_id == event.answers
    return answer.kind == ANSWERED_BY[event.kind] and event.pathway in ("", answer.pathway)

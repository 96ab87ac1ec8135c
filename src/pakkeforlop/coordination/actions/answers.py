"""Expected answers: promised with a day, given another day with a reason, brought by an event or by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.timezone import localtime

from pakkeforlop.coordination.models import ClinicalEvent, ExpectedAnswer

ANSWERED_BY = {"pathology": "pathology", "imaging": "imaging", "examination": "imaging"}
"""Kinds of events that bring an answer, with the kind of answer."""


def bring_answers(events: Sequence[Any]) -> None:
    """The answers that events bring: the one that an event names, else the oldest of its kind that is waited for.

    An event that is told anew as not having taken place takes its answer back.
    """
    for event in events:
        if event.status != "attended":
            ExpectedAnswer.objects.filter(event_id=event.pk).update(received_at=None, event=None)
        else:
            _bring(event, localtime(event.at).date())


def _bring(event: ClinicalEvent, day: date) -> None:
    waiting = ExpectedAnswer.objects.filter(patient_id=event.patient_id, received_at=None, asked_at__lte=day)
    if event.answers:
        waiting = waiting.filter(external_id=event.answers)
    elif event.kind in ANSWERED_BY and not ExpectedAnswer.objects.filter(event_id=event.pk).exists():
        waiting = waiting.filter(kind=ANSWERED_BY[event.kind])
        waiting = waiting.filter(pathway=event.pathway) if event.pathway else waiting
    else:
        return
    first = waiting.order_by("expected_date", "pk").first()
    if first is not None:
        ExpectedAnswer.objects.filter(pk=first.pk).update(received_at=day, event_id=event.pk)

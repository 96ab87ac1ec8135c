"""The history of submissions: what was sent, when, by whom, with which hash, and what came back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.timezone import localtime

from pakkeforlop.access.scope import Scope, expand, units
from pakkeforlop.catalogue.load import load_catalogue
from pakkeforlop.coding.models import Registration
from pakkeforlop.reporting.models import Submission
from pakkeforlop.reporting.rounds import Round

COLUMNS = (
    "submission", "sender", "period_from", "period_to", "made_at", "made_by", "test", "message", "module", "number",
    "message_id", "part", "parts", "rows", "patients", "bytes", "sha256", "content", "events", "returns",
)  # fmt: skip


def submissions(*, scope: Scope, on: date, sender: str = "") -> QuerySet[Submission]:
    """The submissions of the trusts that someone's units report through, newest first. No patients are named."""
    rows = Submission.objects.filter(sender__in=senders(scope, on=on))
    rows = rows.filter(sender=sender) if sender else rows
    rows = rows.select_related("made_by").prefetch_related("messages", "returns", "events__by")
    return rows.order_by("-made_at", "-pk")


def submission_of(number: int, *, scope: Scope, on: date) -> Submission | None:
    """A submission of someone's units by its row."""
    return submissions(scope=scope, on=on).filter(pk=number).first()


def senders(scope: Scope, *, on: date) -> list[str]:
    """The institutions that report for someone's units: the trusts, in the order of the catalogue."""
    found: dict[str, None] = {}
    numbers = scope.orgs
    for trust in load_catalogue().trusts.values():
        unit = units().resolve(trust.org_nr)
        if unit is not None and unit.trust(on) and (numbers is None or trust.org_nr in numbers):
            found[trust.org_nr] = None
    for hospital in scope.hospitals():
        unit = units().resolve(hospital)
        key = unit.trust(on) if unit is not None else None
        if key:
            found[load_catalogue().trusts[key].org_nr] = None
    return list(found)


def done_for(one: Round, sender: str) -> Submission | None:
    """The last submission of a round's period, if any. A second round is for what was mended since the first."""
    return Submission.objects.filter(sender=sender, period_to=one.period[1], test=False).order_by("-made_at").first()


def waits(one: Round, sender: str) -> bool:
    """Whether a round is still to be done. One of a period before the sender's first code here is not: those codes were
    another system's to report.
    """
    if done_for(one, sender) is not None:
        return False
    orgs = expand(sender, one.period[1])
    rows = Registration.objects.filter(event_date__lte=one.period[1])
    return (rows if orgs is None else rows.filter(institution__in=sorted(orgs))).exists()


def export_rows(*, scope: Scope, on: date) -> Iterator[dict[str, Any]]:
    """The history as plain rows, one a message; nothing about patients."""
    for one in submissions(scope=scope, on=on).order_by("made_at", "pk"):
        events = "; ".join(f"{event.kind} {_moment(event.at)}" for event in one.events.all())
        came = "; ".join(f"{each.kind} {_moment(each.taken_at)} {each.lines} {each.name}" for each in one.returns.all())
        for message in one.messages.all():
            values = (
                one.pk, one.sender, one.period_from, one.period_to, _moment(one.made_at),
                one.made_by.display_name if one.made_by else "", one.test, message.name, message.module, message.number,
                message.message_id, message.part, message.parts, message.rows, message.patients, message.packed,
                message.sha256, one.content, events, came,
            )  # fmt: skip
            yield dict(zip(COLUMNS, values, strict=True))


def _moment(at: Any) -> str:
    return localtime(at).isoformat(timespec="seconds")

"""What the register said, for those who can mend it: by their units, and by patient."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from pakkeforlop.access.queries import within
from pakkeforlop.access.scope import Scope
from pakkeforlop.catalogue.load import load_catalogue
from pakkeforlop.coding.models import Patient, Registration
from pakkeforlop.coordination.queries.codes_lists import Asked, Coder, filtered
from pakkeforlop.reporting.models import OPEN, SENT, Return, ReturnedLine
from pakkeforlop.reporting.queries.history import senders
from pakkeforlop.vocabulary.numbers import whole

WAITING = (OPEN, SENT)
LATEST_LAST = F("event_date").asc(nulls_last=True)


def with_mended(rows: QuerySet[ReturnedLine]) -> QuerySet[ReturnedLine]:
    """The lines with `mended`: whether the registration has a version that came after the return."""
    newer = Registration.objects.filter(registration_id=OuterRef("registration_id"), pk__gt=OuterRef("seen"))
    return rows.annotate(mended=Exists(newer))


def rejected(asked: Asked, *, for_: Coder, states: tuple[str, ...] = (OPEN,)) -> QuerySet[ReturnedLine]:
    """Registrations that the register did not take as they were, oldest event first, with `mended`.

    Those that fit no registration of the store stand too, for all who serve the sender: someone has to look for them.
    """
    inside = within(for_.scope, orgs=("institution", "sender"), pathway="code")
    lost = Q(patient__isnull=True, sender__in=senders(for_.scope, on=for_.on))
    rows = ReturnedLine.objects.filter(inside | lost, state__in=states)
    rows = filtered(rows, asked, day="event_date", unit="institution", code="code", pathway="code")
    return with_mended(rows).select_related("patient", "returned").order_by(LATEST_LAST, "pk")


def mended_in(rows: QuerySet[ReturnedLine]) -> int:
    """How many of some lines have been mended since."""
    return with_mended(rows).filter(Q(mended=True)).count()


def rejected_of(patient: Patient) -> dict[str, list[ReturnedLine]]:
    """What the register has said of a patient's registrations and not yet taken back, by registration."""
    found: dict[str, list[ReturnedLine]] = defaultdict(list)
    rows = with_mended(ReturnedLine.objects.filter(patient=patient, state__in=WAITING))
    for line in rows.select_related("returned").order_by("pk"):
        found[line.registration_id].append(line)
    return dict(found)


def words_of(line: ReturnedLine, language: str) -> tuple[str, str]:
    """What the register says and what to do: the catalogue's words for its number, else its own."""
    known = load_catalogue().messages.get(whole(line.message) or 0)
    if known is None:
        return line.text or line.message, ""
    return known.text.of(language), known.what_now.of(language)


def newest_rows(lines: list[ReturnedLine]) -> dict[str, int]:
    """The rows of the newest versions of the registrations of some lines."""
    names = {line.registration_id for line in lines if line.registration_id}
    rows = Registration.objects.filter(registration_id__in=names).order_by("rank", "version")
    return dict(rows.values_list("registration_id", "pk"))


def returns(*, scope: Scope, on: date, limit: int = 20) -> list[Return]:
    """The latest returns to the trusts that someone's units report through."""
    rows = Return.objects.filter(sender__in=senders(scope, on=on))
    return list(rows.select_related("taken_by", "submission").order_by("-taken_at", "-pk")[:limit])


def counts(*, scope: Scope, sender: str) -> dict[str, int]:
    """Lines of a sender by state, those that the list of the same person shows; `mended` of the open ones apart."""
    inside = within(scope, orgs=("institution", "sender"), pathway="code") | Q(patient__isnull=True)
    rows = ReturnedLine.objects.filter(inside, sender=sender)
    found: dict[str, Any] = {state: rows.filter(state=state).count() for state in WAITING}
    found["mended"] = mended_in(rows.filter(state=OPEN))
    return found

"""A year closed: its figures are kept as they stand, in rows that nobody can change."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.timezone import localtime

from pakkeforlop.access.audit import record
from pakkeforlop.coding.bulk import insert
from pakkeforlop.reporting.actions.submit import sender_of
from pakkeforlop.reporting.faults import Refused
from pakkeforlop.reporting.models import LockedFigure, PeriodLock
from pakkeforlop.reporting.queries.figures import COLUMNS, digest, figures
from pakkeforlop.reporting.queries.locks import lock_of
from pakkeforlop.reporting.queries.registered import newest_row
from pakkeforlop.reporting.rounds import locked_from


def lock_year(org_nr: str, year: int, *, by: Any, at: datetime, reason: str = "") -> PeriodLock:
    """Lock a year of a unit's trust. Refused before the yearly reporting is over, and for a year that is locked."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    today, sender = localtime(at).date(), sender_of(org_nr, last)
    if today < locked_from(year):
        raise Refused("too_early_to_lock", year=year, from_=f"{locked_from(year):%d.%m.%Y}", today=f"{today:%d.%m.%Y}")
    before = lock_of(sender, last)
    if before is not None:
        raise Refused("locked_already", year=year, at=f"{localtime(before.locked_at):%d.%m.%Y}")
    try:
        with transaction.atomic():
            up_to = newest_row()
            rows = figures(sender, (first, last), as_of=today)
            made = PeriodLock.objects.create(
                sender=sender, first=first, last=last, locked_at=at, locked_by=by, reason=reason.strip()[:400],
                up_to=up_to, figures=len(rows), sha256=digest(rows),
            )  # fmt: skip
            insert(LockedFigure, ("lock_id", *COLUMNS), ((made.pk, *(row[name] for name in COLUMNS)) for row in rows))
            record("changed", by=by, at=at, what="period.locked", org_nr=sender, detail={"year": year, "lock": made.pk})
    except IntegrityError as fault:
        raise Refused("busy") from fault
    return made

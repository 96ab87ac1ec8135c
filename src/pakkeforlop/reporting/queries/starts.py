"""Start codes by institution and month, counted once and then brought on by the versions that have come since.

Registrations only grow, so what was counted up to a version stays counted. Every process keeps its own count; it begins
anew when the store is another one (the version it counted up to is not there as it was).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from threading import Lock
from typing import Any

from pakkeforlop.access import statements
from pakkeforlop.coding.queries import last_settled
from pakkeforlop.reporting.completeness import Month
from pakkeforlop.reporting.queries.registered import newest_row

CODES = tuple(f"{family}{n:02}{suffix}" for family in "ABC" for n in range(100) for suffix in ("A", "AA"))
"""Every code that starts a pathway of cancer, whether the catalogue knows the pathway or not."""
AT_ONCE = 5_000
FEW = 10_000
"""So many versions are counted at each look; beyond them, what has come since is counted for good."""
EACH = "SELECT registration_id, version, institution, event_date FROM coding_registration WHERE"

Counts = Counter[tuple[str, Month]]


@dataclass
class _Counted:
    """What was counted: versions up to `up_to`, which had this digest."""

    up_to: int = 0
    digest: int = 0
    counts: Counts = field(default_factory=Counter)


_counted = _Counted()
_lock = Lock()


def starts() -> Counts:
    """Different registrations of a start by institution, as written, and month.

    Each is counted as often as its versions stand in different months or places; versions that agree are one.
    """
    with _lock:
        known = _counted if _is_of_this_store() else _Counted()
        if newest_row() > known.up_to + FEW and (last := last_settled()):
            known = _Counted(last, _digest(last) or 0, known.counts + _between(known.up_to, last))
        _counted.__dict__.update(known.__dict__)
        return known.counts + _between(known.up_to, None)


def _is_of_this_store() -> bool:
    return _counted.up_to > 0 and _digest(_counted.up_to) == _counted.digest


def _digest(number: int) -> int | None:
    found = statements.ask("SELECT digest FROM coding_registration WHERE id = %s", (number,))
    return found[0][0] if found else None


def _between(after: int, last: int | None) -> Counts:
    """The starts among the versions after one, up to another (None: to the end)."""
    where = f"id > %s{'' if last is None else ' AND id <= %s'} AND event_date IS NOT NULL AND "
    where += statements.among("code", "text")
    values = (after, *(() if last is None else (last,)), CODES)
    counts: Counts = Counter()
    first = "SELECT institution, event_date, COUNT(*) FROM coding_registration WHERE version = 1"
    for place, day, n in statements.ask(f"{first} AND {where} GROUP BY 1, 2", values):
        counts[(place, _month(day))] += n
    rows = statements.ask(f"{EACH} version > 1 AND {where}", values)
    said = _said([row[0] for row in rows])
    for name, version, place, day in rows:
        spot = (place, _month(day))
        if not any(before < version for before in said.get((name, spot), ())):
            counts[spot] += 1
    return counts


def _said(names: Sequence[str]) -> dict[tuple[str, Any], list[int]]:
    """The versions that say a start, by registration and by place and month."""
    found: dict[tuple[str, Any], list[int]] = {}
    theirs = f"{statements.among('registration_id', 'text')} AND {statements.among('code', 'text')}"
    text = f"{EACH} event_date IS NOT NULL AND {theirs}"
    wanted = sorted({*names})
    for low in range(0, len(wanted), AT_ONCE):
        for name, version, place, day in statements.ask(text, (tuple(wanted[low : low + AT_ONCE]), CODES)):
            found.setdefault((name, (place, _month(day))), []).append(version)
    return found


def _month(day: date) -> Month:
    return day.year, day.month

"""Those who have just started: what share has begun treatment by each week, the ones still waiting reckoned with.

The share of ended pathways alone is too fair for a fresh period: the quick ones end first. Beside it stands an estimate
from all who started (indicators/time_to_event.py). Told in whole percents, for the country and regions, where at least
a hundred started; numbers of persons are rounded to tens. Nobody can be found again in these.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pakkeforlop.catalogue.model import Catalogue
from pakkeforlop.indicators.time_to_event import Course, course, share_of, tally
from pakkeforlop.publication.files import parquet_of
from pakkeforlop.publication.release.ended import Episodes
from pakkeforlop.vocabulary.calendar import day_number, day_of

IN_TIME, LATE, OTHERWISE = 1, 2, 3
"""The ends: treatment within the limit, treatment after it, any other end (no cancer, another pathway, died, ...)."""
WEEKS = tuple(range(7, 113, 7))
HORIZON = WEEKS[-1]
TERTIALS = 3
"""So many tertials back from the last day are fresh."""
FEWEST = 100
FEWEST_FOLLOWED = 20
"""Weeks that fewer have been followed to are left out."""
MOST_WAITING = 0.1
"""Where more than this part is still waiting in the last week, the share cannot be estimated yet."""
Ints = npt.NDArray[np.int64]
SCHEMA = pa.schema(
    [
        ("pathway_key", pa.string()), ("unit_level", pa.string()), ("org_nr", pa.string()), ("unit_name", pa.string()),
        ("period", pa.string()), ("as_of", pa.string()), ("day", pa.int64()), ("started", pa.int64()),
        ("treated", pa.int64()), ("otherwise", pa.int64()), ("waiting", pa.int64()), ("in_time_completed", pa.int64()),
        ("in_time_estimated", pa.int64()), ("low", pa.int64()), ("high", pa.int64()),
    ]
)  # fmt: skip


def fresh_rows(episodes: pa.Table, catalogue: Catalogue, as_of: int) -> list[dict[str, Any]]:
    """A row for each week of each fresh tertial, pathway and place. as_of: the last day that is known.

    treated, otherwise, waiting: percent by the end of `day`, 100 together. in_time_completed: percent in time of those
    treated already; in_time_estimated with low and high: of those who will have been treated by the last week.
    """
    seen = Episodes(episodes, catalogue)
    start = seen.days("start_date")
    begun = start <= as_of
    days, ends = _courses(seen, as_of)
    places = list(seen.places())
    rows = []
    for period, first, after in fresh_periods(as_of):
        inside = begun & (start >= first) & (start < after)
        for key, mine in seen.pathways():
            for place, here in places:
                chosen = inside & mine & here
                if int(chosen.sum()) < FEWEST:
                    continue
                head = {
                    "pathway_key": key, "unit_level": place.level, "org_nr": place.org_nr, "unit_name": place.name,
                    "period": period, "as_of": day_of(as_of).isoformat(), "started": _tens(int(chosen.sum())),
                }  # fmt: skip
                rows += [{**head, **week} for week in _weeks(days[chosen], ends[chosen])]
    return rows


def fresh_parquet(episodes: pa.Table, catalogue: Catalogue, as_of: int) -> bytes:
    """The rows as a file."""
    rows = fresh_rows(episodes, catalogue, as_of)
    return parquet_of(
        pa.table({name: pa.array([row[name] for row in rows], SCHEMA.field(name).type) for name in SCHEMA.names})
    )


def fresh_periods(as_of: int) -> list[tuple[str, int, int]]:
    """The last tertials that have begun by the last day: name, first day, first day after."""
    last = day_of(as_of)
    year, tertial = last.year, (last.month - 1) // 4
    found = []
    for _ in range(TERTIALS):
        after = date(year + (tertial == 2), (tertial * 4 + 4) % 12 + 1, 1)
        found.append((f"{year}T{tertial + 1}", day_number(date(year, tertial * 4 + 1, 1)), day_number(after)))
        year, tertial = (year, tertial - 1) if tertial else (year - 1, 2)
    return found[::-1]


def _courses(seen: Episodes, as_of: int) -> tuple[Ints, Ints]:
    """Days from the start to the end or to the last day known, and the end (0: still waiting)."""
    start, end, shared = seen.days("start_date"), seen.days("end_date"), seen.days("share_days")
    counts = seen.text("share_reason") == "counts"
    ended = (end >= 0) & (end <= as_of)
    days = np.where(counts, shared, np.where(ended, end, as_of) - start)
    in_time = shared <= seen.days("share_limit")
    ends = np.where(ended, np.where(counts, np.where(in_time, IN_TIME, LATE), OTHERWISE), 0)
    late = ~ended & counts
    days[late] = as_of - start[late]
    return np.maximum(days, 0).astype(np.int64), ends.astype(np.int64)


def _weeks(days: Ints, ends: Ints) -> list[dict[str, Any]]:
    seen = course(tally(days, ends, kinds=3, last=HORIZON))
    thin = next((day for day in WEEKS if int(seen.followed[day]) < FEWEST_FOLLOWED), HORIZON)
    told_out = not ((ends == 0) & (days >= thin - 7)).any()  # the few left in sight then all came to an end
    shown = [day for day in WEEKS if told_out or int(seen.followed[day]) >= FEWEST_FOLLOWED]
    shares = _shares(days, ends, seen, shown[-1]) if shown else {}
    rows = []
    for day in shown:
        in_time, late, otherwise = (float(share) for share in seen.at(day))
        treated, other = _percent(in_time + late), _percent(otherwise)
        rows.append(
            {"day": day, "treated": treated, "otherwise": other, "waiting": max(0, 100 - treated - other), **shares}
        )
    return rows


def _shares(days: Ints, ends: Ints, seen: Course, last: int) -> dict[str, int | None]:
    """The share in time of those treated already, and the estimate for all who will have been by the last week."""
    treated = int(((ends == IN_TIME) | (ends == LATE)).sum())
    if treated < FEWEST_FOLLOWED:
        return dict.fromkeys(("in_time_completed", "in_time_estimated", "low", "high"))
    completed = _percent(int((ends == IN_TIME).sum()) / treated)
    told = share_of(days, ends, part=IN_TIME, whole=(IN_TIME, LATE), kinds=3, by=last)
    if told is None or 1 - float(seen.at(last).sum()) > MOST_WAITING:
        return {"in_time_completed": completed, "in_time_estimated": None, "low": None, "high": None}
    return {
        "in_time_completed": completed, "in_time_estimated": _percent(told.share), "low": _percent(told.low),
        "high": _percent(told.high),
    }  # fmt: skip


def _percent(share: float) -> int:
    return round(100 * share)


def _tens(count: int) -> int:
    return (count + 5) // 10 * 10

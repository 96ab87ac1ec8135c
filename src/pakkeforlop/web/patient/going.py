"""Where the days go: a pathway's days split in waiting, examination, the patient's own wish and what is planned.

Waiting ends with the event it led to, and carries its name. A day of an examination or a treatment is one day.
From a postponement by the patient (P) to the next event the days are the patient's own wish; so are the days before a
registration whose delay has that reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from pakkeforlop.charts.patient_timeline import Part, PartKind

WISH = "patient"
"""The delay reason that is the patient's own."""


@dataclass(frozen=True)
class Event:
    """Something that ended a wait. `lasts`: it fills its day. `wish`: the days before were the patient's wish;
    `postpones`: those after it are.
    """

    day: int
    name: str
    lasts: bool = False
    wish: bool = False
    postpones: bool = False
    planned: bool = False


def parts(events: list[Event], *, today: int | None, waiting: str, wish: str) -> tuple[Part, ...]:
    """The days from day 0 to the last event or today, without holes.

    `today` is None for a pathway that is over. `waiting` and `wish` name days that no event explains.
    """
    days = _merged([event for event in events if event.day >= 0])
    done = [event for event in days if not event.planned]
    ahead = [event for event in days if event.planned and today is not None and event.day >= today]
    found: list[Part] = []
    for before, after in pairwise([Event(0, ""), *done] if not done or done[0].day else done):
        _stretch(found, before, after, wish)
    last = done[-1] if done else Event(0, "")
    if last.lasts and (today is None or last.day < today):
        found.append(Part(last.day, last.day + 1, "examination", last.name))
    end = found[-1].end if found else last.day
    if today is not None and today > end:
        kind: PartKind = "wish" if last.postpones else "waiting"
        named = ahead[0].name if ahead else waiting
        found.append(Part(end, today, kind, wish if last.postpones else named))
    if ahead and today is not None and ahead[-1].day > max(today, end):
        begin = max(today, end)
        for event in ahead:
            if event.day > begin:
                found.append(Part(begin, event.day, "planned", event.name))
                begin = event.day
    return tuple(found)


def longest_wait(parts_: tuple[Part, ...], first: int, last: int) -> Part | None:
    """The longest waiting part between two days, where it is at least a week."""
    inside = [part for part in parts_ if part.kind == "waiting" and first <= part.start and part.end <= last]
    best = max(inside, key=lambda part: part.end - part.start, default=None)
    return best if best is not None and best.end - best.start >= 7 and best.name else None


def _stretch(found: list[Part], before: Event, after: Event, wish: str) -> None:
    """The days from one event to the next."""
    begin = before.day
    if before.lasts and after.day > begin:
        found.append(Part(begin, begin + 1, "examination", before.name))
        begin += 1
    if after.day > begin:
        own = after.wish or before.postpones
        found.append(Part(begin, after.day, "wish" if own else "waiting", wish if own else after.name))


def _merged(events: list[Event]) -> list[Event]:
    """One event a day: it lasts if any does, and has the name of one that lasts."""
    days: dict[tuple[int, bool], list[Event]] = {}
    for event in sorted(events, key=lambda event: event.day):
        days.setdefault((event.day, event.planned), []).append(event)
    merged = []
    for (day, planned), same in days.items():
        lasting = next((event for event in same if event.lasts), same[0])
        merged.append(
            Event(
                day, lasting.name, lasting.lasts, any(event.wish for event in same),
                any(event.postpones for event in same), planned,
            )
        )  # fmt: skip
    return sorted(merged, key=lambda event: (event.day, event.planned))

"""The register's verdict in words: messages with what to do, and the figures now and then against their limits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pakkeforlop.catalogue.model import Family
from pakkeforlop.coordination.blocking import Stop
from pakkeforlop.coordination.verdict import Finding, SpanChange, Verdict
from pakkeforlop.web.patient.spans import name_of
from pakkeforlop.web.words import Words


@dataclass(frozen=True)
class Said:
    """A finding in bold and what to do about it. `told`: that it is saved all the same stands there already."""

    finding: str
    todo: str
    told: bool = False


@dataclass(frozen=True)
class Change:
    """A line of the table now / then / limit."""

    name: str
    now: str
    then: str
    limit: str
    over: int


@dataclass(frozen=True)
class Judged:
    """All that is shown under the form. `stops` block saving; `come` never do."""

    stops: tuple[Said, ...]
    come: tuple[Said, ...]
    gone: tuple[str, ...]
    notes: tuple[str, ...]
    changes: tuple[Change, ...]
    day: str
    remind: date | None

    @property
    def blocks(self) -> bool:
        """Whether it cannot be saved."""
        return bool(self.stops)


def stopped(stops: tuple[Stop, ...], t: Words) -> tuple[Said, ...]:
    """Each thing that blocks: its first sentence, and the rest as what to do."""
    found = []
    for stop in stops:
        told = stop.sentence(t.language)
        head, dot, rest = (told, "", "") if stop.key == "conflict" else told.partition(". ")
        found.append(Said(head + dot.strip(), rest))
    return tuple(found)


def judged(
    verdict: Verdict | None,
    stops: tuple[Stop, ...],
    t: Words,
    *,
    family: Family,
    day: date | None,
    share: str,
    share_before: str,
    running: dict[str, int],
) -> Judged:
    """The verdict and what blocks, together. `share`: how the pathway would count, in the engine's words."""
    notes: list[str] = []
    if verdict is not None:
        if verdict.opens:
            notes.append(t("patient.verdict.opens"))
        if verdict.ends:
            notes.append(t("patient.verdict.ends"))
        if share and share != share_before:
            notes.append(share)
        if not verdict.counted and verdict.come:
            notes.append(t("patient.verdict.aside"))
    come = [_said(one, t) for one in verdict.come] if verdict else []
    if verdict is not None and verdict.after_death:
        come.append(Said(t("patient.verdict.after_death"), t("patient.verdict.after_death_do")))
    gone = tuple(_said(one, t).finding for one in verdict.gone) if verdict else ()
    moved = [one for one in verdict.spans if one.changed and one.key != "share"] if verdict else []
    changes = tuple(_change(one, family, t, running) for one in moved)
    remind = day if any(stop.key == "date_future" for stop in stops) else None
    when = t.num_day(day) if day else ""
    return Judged(stopped(stops, t), tuple(come), gone, tuple(notes), changes, when, remind)


def _said(one: Finding, t: Words) -> Said:
    where = "" if one.on_draft else t("patient.verdict.on_other", code=one.code)
    todo = one.message.what_now.of(t.language)
    told = t("patient.verdict.saved_word") in todo
    return Said(f"{one.number}: {one.message.text.of(t.language)}{where}", todo, told)


def _change(one: SpanChange, family: Family, t: Words, running: dict[str, int]) -> Change:
    span = next((span for span in family.span if span.key == one.key), None)
    name = name_of(span) if span else ""
    shown = t(f"patient.phase.{name}") if name else one.label
    now = one.now if one.now is not None else running.get(one.key)
    return Change(shown, _number(now), _number(one.then), _number(one.limit), max(0, one.over or 0))


def _number(days: int | None) -> str:
    return "–" if days is None else str(days)

"""Lines of the log in words: when, who, what, where, why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pakkeforlop.access.models import Event, Opening
from pakkeforlop.web.layout.choices import pathway_name
from pakkeforlop.web.layout.frame import unit_name
from pakkeforlop.web.words import t


@dataclass(frozen=True)
class Line:
    """One line as the page and the file show it."""

    day: str
    clock: str
    who: str
    what: str
    where: str
    pathway: str
    reason: str


def line(event: Event) -> Line:
    """A line of the log."""
    return Line(
        day=t.num_day(event.at),
        clock=t.clock(event.at),
        who=event.by.display_name if event.by else t("log.nobody"),
        what=what(event.kind, event.what),
        where=unit_name(event.org_nr) if event.org_nr else "",
        pathway=f"{pathway_name(event.pathway)} {event.pathway}" if event.pathway else "",
        reason=event.reason,
    )


def what(kind: str, key: str) -> str:
    """What was done: the deed's own words, else those of its kind."""
    name = f"log.what.{key.replace('.', '_')}"
    return f"{t(f'log.kind.{kind}')}: {t(name)}" if t.has(name) else t(f"log.kind.{kind}")


@dataclass(frozen=True)
class Opened:
    """A patient that was opened with a reason, as leaders see it. `seen`: by whom and when, one text each."""

    pk: int
    day: str
    clock: str
    who: str
    username: str
    patient: Any
    where: str
    kind: str
    reason: str
    until: str
    seen: list[str]
    markable: bool
    own: bool


def opened(row: Opening, patient: Any, *, reader: Any) -> Opened:
    """A line of the report of openings, for a reader who may mark what others have opened."""
    seen = list(row.seen.all())
    return Opened(
        pk=row.pk,
        day=t.num_day(row.at),
        clock=t.clock(row.at),
        who=row.user.display_name,
        username=row.user.username,
        patient=patient,
        where=unit_name(row.org_nr) if row.org_nr else "",
        kind=t(f"log.reason.{row.kind}"),
        reason=row.reason,
        until=t.moment(row.until),
        seen=[t("log.openings.seen_by", who=one.by.display_name, at=t.moment(one.at)) for one in seen],
        markable=row.user_id != reader.pk and all(one.by_id != reader.pk for one in seen),
        own=row.user_id == reader.pk,
    )

"""What stops a code from being saved. A warning of the register never does; these few do, each with a sentence.

Unknown code, lapsed code, missing or future date, a place that is unknown or not the person's own.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from dataclasses import field as given
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from pakkeforlop.catalogue.model import Catalogue
from pakkeforlop.coding.grammar import nearest
from pakkeforlop.coordination.verdict import Draft


@cache
def texts() -> dict[str, dict[str, str]]:
    """The sentences, by key and language."""
    return tomllib.loads((Path(__file__).parent / "texts" / "codes.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Stop:
    """One thing that stops a code. `field`: where on the form it stands (code, event_date, institution, reason)."""

    key: str
    field: str = ""
    values: dict[str, Any] = given(default_factory=dict)

    def sentence(self, language: str) -> str:
        """What is wrong and what to do, in the reader's language."""
        told = {name: _told(value, language) for name, value in self.values.items()}
        return texts()[self.key][language].format(**told)


def _told(value: Any, language: str) -> str:
    """A value as it stands in a sentence: days and times as in Norway, a further sentence in the reader's language."""
    if isinstance(value, Stop):
        return value.sentence(language)
    if isinstance(value, datetime):
        return f"{value:%H.%M}"
    return f"{value:%d.%m.%Y}" if isinstance(value, date) else str(value)


class Blocked(Exception):
    """The code was not saved; `stops` tells why, all reasons at once."""

    def __init__(self, *stops: Stop) -> None:
        super().__init__(", ".join(stop.key for stop in stops))
        self.stops = stops

    def sentences(self, language: str) -> list[str]:
        """One sentence for each reason."""
        return [stop.sentence(language) for stop in self.stops]


class Conflict(Blocked):
    """Somebody else has saved since the page was opened: the page is shown again, with the draft and what is new.

    `revision` is the patient's newest, to save again with; `who`, `at` and `what` tell of the last change.
    """

    def __init__(self, stop: Stop, *, revision: int, who: str, at: datetime | None, what: str) -> None:
        super().__init__(stop)
        self.revision, self.who, self.at, self.what = revision, who, at, what


def stops(draft: Draft, catalogue: Catalogue, *, today: date) -> list[Stop]:
    """Everything about the draft itself that stops it; whose place it may be is asked elsewhere."""
    return [*_code(draft, catalogue), *_date(draft, catalogue, today), *_place(draft, catalogue)]


def _code(draft: Draft, catalogue: Catalogue) -> list[Stop]:
    code, day = draft.code, draft.event_date
    if not code:
        return [Stop("code_missing", "code")]
    label = catalogue.codes.get(code)
    if label is None or code[:3] not in catalogue.pathways:
        near = nearest(code, set(catalogue.codes))
        hint = Stop("code_near", values={"near": near}) if near else Stop("code_far")
        return [Stop("code_unknown", "code", {"code": code, "hint": hint})]
    last = min((end for end in (label.valid_to, catalogue.pathways[code[:3]].last_day) if end), default=None)
    if last and day and day > last:
        return [Stop("code_lapsed", "code", {"code": code, "last": last, "date": day})]
    return []


def _date(draft: Draft, catalogue: Catalogue, today: date) -> list[Stop]:
    day, first = draft.event_date, catalogue.settings.first_day
    if day is None:
        return [Stop("date_missing", "event_date")]
    if day > today:
        return [Stop("date_future", "event_date", {"date": day})]
    if day < first:
        return [Stop("date_early", "event_date", {"date": day, "first": first})]
    return []


def _place(draft: Draft, catalogue: Catalogue) -> list[Stop]:
    if not draft.institution.strip():
        return [Stop("institution_missing", "institution")]
    unit = catalogue.units.resolve(draft.institution)
    if unit is None or unit.level not in ("hospital", "trust"):
        return [Stop("institution_unknown", "institution", {"place": draft.institution})]
    return []

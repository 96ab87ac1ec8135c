"""What the register would say if this code were entered: nothing is saved, the same engine is asked twice.

Once with the patient's registrations as they stand, once with the draft among them; the verdict is the difference:
messages that would come or go, each with what to do, the times now and then against their limits, and whether the
pathway counts, or why not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pakkeforlop.catalogue.model import Message, Text
from pakkeforlop.coding.versions import Version
from pakkeforlop.episodes.live import Facts, Live, Told, link_patient, told
from pakkeforlop.episodes.rows import Engine
from pakkeforlop.vocabulary.calendar import day_number

SHARE = "share"
DRAFT = "\uffff"
"""The name that the draft has among the others: it sorts last, so an identical row before it is the first."""


@dataclass(frozen=True)
class Draft:
    """A code not yet entered. `replaces` names the registration that it corrects; an empty code withdraws that one."""

    code: str
    event_date: date | None
    institution: str
    replaces: str = ""
    unit: str = ""
    seniority_date: date | None = None
    received_date: date | None = None


@dataclass(frozen=True)
class Finding:
    """One message of the register or own warning, on the draft itself or on another registration of the patient."""

    number: int
    message: Message
    code: str
    event_date: date | None
    institution: str
    on_draft: bool
    counted: bool


@dataclass(frozen=True)
class SpanChange:
    """One measured time: whole days now and with the draft, and the limit then; None where it cannot be measured."""

    key: str
    label: str
    name: Text | None
    now: int | None
    then: int | None
    limit: int | None

    @property
    def over(self) -> int | None:
        """Days over the limit with the draft; negative: days left of it. None where there is nothing to compare."""
        return None if self.then is None or self.limit is None else self.then - self.limit

    @property
    def changed(self) -> bool:
        """Whether the draft moves it."""
        return self.now != self.then


@dataclass(frozen=True)
class Verdict:
    """What would come of the draft. `reason` is `counts`, or why the pathway is not in the share (explain.toml)."""

    counted: bool
    pathway: str
    before: dict[str, Any] | None
    episode: dict[str, Any] | None
    come: tuple[Finding, ...]
    gone: tuple[Finding, ...]
    stay: tuple[Finding, ...]
    spans: tuple[SpanChange, ...]
    after_death: bool

    @property
    def reason(self) -> str:
        """Whether and why the pathway is in the share with the draft; empty where it belongs to no pathway."""
        return str(self.episode["share_reason"]) if self.episode else ""

    @property
    def reason_before(self) -> str:
        """The same as things stand."""
        return str(self.before["share_reason"]) if self.before else ""

    @property
    def opens(self) -> bool:
        """Whether the draft opens a pathway of its own."""
        return self.episode is not None and self.before is None

    @property
    def ends(self) -> bool:
        """Whether the draft ends a pathway that is open."""
        return bool(self.episode and self.episode["end"]) and not (self.before and self.before["end"])

    @property
    def warns(self) -> bool:
        """Whether anything at all is to be said before saving."""
        return bool(self.come) or self.after_death


def verdict(
    rows: Sequence[Version],
    draft: Draft,
    engine: Engine,
    *,
    patient_id: str,
    facts: Facts,
    as_of: date,
    death_date: date | None = None,
) -> Verdict:
    """What the register would say of `draft` beside the registrations that hold (`coding.queries.held_by`)."""
    day = day_number(as_of)
    standing = [told(row) for row in rows]
    kept = [told(row) for row in rows if row.registration_id != draft.replaces]
    added = [_as_told(draft)] if draft.code else []
    now = link_patient(standing, engine, patient_id=patient_id, as_of=day, facts=facts)
    then = link_patient([*kept, *added], engine, patient_id=patient_id, as_of=day, facts=facts)
    place = len(kept) if added else -1
    before, episode = _touched(now, then, rows, draft, place)
    own, others = _findings(then, [*kept, *added], place, engine), _findings(now, standing, -1, engine)
    come, gone, stay = _difference(own, others)
    return Verdict(
        counted=bool(added) and all(m.counted for m in then.messages if m.at == place),
        pathway=draft.code[:3] or (episode or before or {}).get("pathway", ""),
        before=before,
        episode=episode,
        come=come,
        gone=gone,
        stay=stay,
        spans=tuple(_spans(before, episode, engine)),
        after_death=is_after_death(draft, death_date),
    )


def _as_told(draft: Draft) -> Told:
    return Told(
        draft.code, draft.event_date, draft.institution, draft.replaces or DRAFT, draft.unit or None,
        draft.seniority_date, draft.received_date,
    )  # fmt: skip


def is_after_death(draft: Draft, death_date: date | None) -> bool:
    """A code dated after the day of death is noted; a break-off is entered then."""
    late = bool(draft.code and draft.event_date and death_date) and draft.event_date > death_date  # type: ignore[operator]
    return late and not draft.code.endswith("X")


def _touched(
    now: Live, then: Live, rows: Sequence[Version], draft: Draft, place: int
) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """The instance that the draft belongs to, as it stands and as it would be."""
    day = draft.event_date
    prefix = draft.code[:3]
    if not draft.code:
        replaced = next((row for row in rows if row.registration_id == draft.replaces), None)
        day, prefix = (replaced.event_date, replaced.code[:3]) if replaced else (None, "")
    outside = any(m.at == place and not m.counted and m.episode is None for m in then.messages)
    episode = None if outside else _at(then, prefix, day)
    before = _at(now, prefix, day)
    if before and episode and before["start_date"] != episode["start_date"]:
        same = [one for one in now.episodes if one["episode_id"] == episode["episode_id"]]
        opens = episode["start_date"] == day and not same
        before = same[0] if same else (None if opens and not draft.replaces else before)
    return before, episode


def _at(live: Live, prefix: str, day: date | None) -> dict[str, Any] | None:
    """The instance of a pathway that was open, or last opened, on a day."""
    found = [one for one in live.episodes if one["pathway"] == prefix and (day is None or one["start_date"] <= day)]
    return found[-1] if found else None


def _findings(live: Live, rows: Sequence[Told], place: int, engine: Engine) -> list[Finding]:
    messages = engine.catalogue.messages
    return [
        Finding(
            m.number, messages[m.number], rows[m.at].code, rows[m.at].event_date, rows[m.at].institution,
            m.at == place, m.counted,
        )
        for m in live.messages
    ]  # fmt: skip


def _difference(
    own: Iterable[Finding], others: Iterable[Finding]
) -> tuple[tuple[Finding, ...], tuple[Finding, ...], tuple[Finding, ...]]:
    """Messages that come, that go, and that stay: those on the draft first."""

    def what(one: Finding) -> tuple[object, ...]:
        return one.number, one.code, one.event_date, one.institution

    own, others = sorted(own, key=lambda one: not one.on_draft), list(others)
    before, after = Counter(map(what, others)), Counter(map(what, own))
    come: list[Finding] = []
    stay: list[Finding] = []
    for one in own:
        known = before[what(one)] > 0
        before[what(one)] -= known
        (stay if known and not one.on_draft else come).append(one)
    gone = []
    for one in others:
        stays = after[what(one)] > 0
        after[what(one)] -= stays
        if not stays:
            gone.append(one)
    return tuple(come), tuple(gone), tuple(stay)


def _spans(before: dict[str, Any] | None, episode: dict[str, Any] | None, engine: Engine) -> Iterable[SpanChange]:
    """The times of the instance, in the order of its family; that of its share last."""
    shown = episode or before
    if shown is None:
        return
    family = engine.catalogue.families[engine.catalogue.pathways[shown["pathway"]].family]
    names = [(span.key, span.label, span.name) for span in family.span]
    for key, label, name in [*names, (SHARE, family.share_label, None)]:
        now = before[f"{key}_days"] if before else None
        then = episode[f"{key}_days"] if episode else None
        if now is not None or then is not None:
            yield SpanChange(key, label, name, now, then, shown[f"{key}_limit"])

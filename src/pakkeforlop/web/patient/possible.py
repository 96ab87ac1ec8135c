"""Which codes are possible now: those that the engine would say nothing against, the next point's first.

Nothing here knows a code: each code of the pathway is tried in the engine beside what is registered.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pakkeforlop.catalogue.model import Family, Pathway
from pakkeforlop.coding.versions import Version
from pakkeforlop.episodes.live import Facts, Told, link_patient, told
from pakkeforlop.episodes.rows import Engine
from pakkeforlop.vocabulary.calendar import day_number

DRAFT = "\uffff"


def codes_of(pathway: Pathway, family: Family, *, on: date, engine: Engine) -> list[str]:
    """Every code of a pathway that is valid on a day, in the order of the family."""
    labels = engine.catalogue.codes
    found = []
    for event in family.event:
        label = labels.get(pathway.code + event.suffix)
        if label is None or (pathway.suffixes and event.suffix not in pathway.suffixes):
            continue
        if (label.valid_from is None or label.valid_from <= on) and (label.valid_to is None or on <= label.valid_to):
            found.append(label.code)
    return found


def possible_codes(
    rows: Sequence[Version],
    pathway: Pathway,
    family: Family,
    engine: Engine,
    *,
    on: date,
    institution: str,
    facts: Facts,
) -> list[str]:
    """The codes of a pathway that could be entered on a day without any message on them."""
    standing = [told(row) for row in rows]
    known = [row for row in rows if row.event_date is not None and row.event_date <= on]
    if not institution and known:
        institution = known[-1].institution
    found = []
    for code in codes_of(pathway, family, on=on, engine=engine):
        draft = Told(code, on, institution, DRAFT)
        live = link_patient([*standing, draft], engine, patient_id="", as_of=day_number(on), facts=facts)
        if not any(message.at == len(standing) for message in live.messages):
            found.append(code)
    return _next_first(found, {row.code for row in rows}, pathway, family)


def _next_first(found: list[str], there: set[str], pathway: Pathway, family: Family) -> list[str]:
    """Codes of the next measuring point first, then what ends or marks the pathway, last what repeats a point."""
    order = [event.suffix for event in family.event]
    points = list(dict.fromkeys(point for span in family.span for point in (span.start, span.to)))
    of = {pathway.code + event.suffix: event.point for event in family.event}
    reached = max((points.index(of[code]) for code in there if of.get(code) in points), default=-1)

    def rank(code: str) -> tuple[int, int]:
        point = of[code]
        place = points.index(point) if point in points else None
        group = 2 if place is None else 0 if place == reached + 1 else 1 if place > reached else 3
        return group, order.index(code[len(pathway.code):])

    return sorted(found, key=rank)

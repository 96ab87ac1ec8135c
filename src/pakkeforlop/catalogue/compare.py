"""What is different in the catalogue between two days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from pakkeforlop.catalogue.as_of import PathwayOn, pathway_on
from pakkeforlop.catalogue.model import Catalogue, Pathway

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Difference:
    """One thing that is not the same on both days.

    `subject` is a prefix or an organisation number, `what` one of in_use, name, limit, codes, inclusion, trust;
    `detail` a limit (OF3 K) or a name. Of inclusion, before and after are yes or no. Empty `before` or `after`: it was
    not there. `since` is the first day of the new state.
    """

    subject: str
    what: str
    detail: str
    before: str
    after: str
    since: date | None = None
    source: str = ""
    confidence: str = ""


def differences(
    catalogue: Catalogue, before: date, after: date, *, pathway: Pathway | None = None, language: str = "nb"
) -> list[Difference]:
    """All differences, by pathway, then by hospital; only those of one pathway when it is given."""
    chosen = [pathway] if pathway else list(catalogue.pathways.values())
    found = [
        difference
        for one in chosen
        for difference in _of_pathway(pathway_on(catalogue, one, before), pathway_on(catalogue, one, after), language)
    ]
    return found if pathway else found + list(_of_units(catalogue, before, after))


def _of_pathway(old: PathwayOn, new: PathwayOn, language: str) -> Iterator[Difference]:
    code = new.pathway.code
    if old.in_use != new.in_use:
        yield _in_use(old, new, language)
    elif not new.in_use:
        return
    if old.in_use and new.in_use:
        if old.name != new.name:
            yield _renamed(old, new, language)
        if old.inclusion != new.inclusion:
            yield _inclusion(old, new)
    yield from _limits(old, new)
    gone, come = _suffixes(old) - _suffixes(new), _suffixes(new) - _suffixes(old)
    if old.in_use and new.in_use and (gone or come):
        yield Difference(code, "codes", "", ", ".join(sorted(gone)), ", ".join(sorted(come)))


def _suffixes(pathway: PathwayOn) -> set[str]:
    return {code.code.removeprefix(pathway.pathway.code) for code in pathway.codes}


def _in_use(old: PathwayOn, new: PathwayOn, language: str) -> Difference:
    pathway = new.pathway
    before, after = (side.name.of(language) if side.in_use else "" for side in (old, new))
    if pathway.last_day and max(old.on, new.on) > pathway.last_day:
        source, sure, since = pathway.last_day_source, pathway.last_day_confidence, pathway.last_day + ONE_DAY
    else:
        source, sure, since = pathway.introduced_source, pathway.introduced_confidence, pathway.introduced
    return Difference(pathway.code, "in_use", "", before, after, since, source, sure)


def _inclusion(old: PathwayOn, new: PathwayOn) -> Difference:
    pathway = new.pathway
    before, after = ("yes" if side.inclusion else "no" for side in (old, new))
    since = pathway.inclusion_last_day + ONE_DAY if pathway.inclusion_last_day else None
    sourced = (pathway.inclusion_source, pathway.inclusion_confidence)
    return Difference(pathway.code, "inclusion", "", before, after, since, *sourced)


def _renamed(old: PathwayOn, new: PathwayOn, language: str) -> Difference:
    early = min(old, new, key=lambda side: side.on)
    renaming = next(renaming for renaming in new.pathway.renamed if early.on <= renaming.until)
    before, after = old.name.of(language), new.name.of(language)
    return Difference(
        new.pathway.code, "name", "", before, after, renaming.until + ONE_DAY, renaming.source, renaming.confidence
    )


def _limits(old: PathwayOn, new: PathwayOn) -> Iterator[Difference]:
    if not (old.in_use and new.in_use):
        return
    before = {(limit.span.limit, limit.kind): limit.version for limit in old.limits}
    after = {(limit.span.limit, limit.kind): limit.version for limit in new.limits}
    for key in dict.fromkeys([*before, *after]):
        one, other = before.get(key), after.get(key)
        if (one and one.days) == (other and other.days):
            continue
        latest = max((v for v in (one, other) if v), key=lambda version: version.valid_from)
        yield Difference(
            new.pathway.code,
            "limit",
            " ".join(key).strip(),
            str(one.days) if one else "",
            str(other.days) if other else "",
            latest.valid_from,
            latest.source,
            latest.confidence,
        )


def _of_units(catalogue: Catalogue, before: date, after: date) -> Iterator[Difference]:
    for number, hospital in catalogue.hospitals.items():
        old, new = (catalogue.units.trust_of(number, on=day) for day in (before, after))
        if old != new:
            period = next((p for p in reversed(hospital.belongs) if p.valid_from and p.trust in (old, new)), None)
            names = {key: catalogue.trusts[key].name if key else "" for key in (old, new)}
            since = period.valid_from if period else None
            source, sure = (period.source, period.confidence) if period else ("", "")
            yield Difference(number, "trust", hospital.name, names[old], names[new], since, source, sure)

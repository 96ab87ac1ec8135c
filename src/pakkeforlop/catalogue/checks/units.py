"""Rules on organisations: numbers used once, known trusts and regions, and periods that do not overlap."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pakkeforlop.catalogue.checks.look import words
from pakkeforlop.catalogue.documents import Document
from pakkeforlop.catalogue.faults import Fault, Found, Loc, say
from pakkeforlop.catalogue.model import Hospital, Period
from pakkeforlop.catalogue.validate import Parts

_WEIGHTS = (3, 2, 7, 6, 5, 4, 3, 2)


def organisation_numbers_are_used_once(parts: Parts) -> Iterator[Fault]:
    """Every number, also a replaced one and a radiotherapy unit's, means one unit; so does every key."""
    seen: dict[str, str] = {}
    for document, loc, number in _numbers(parts):
        if number in seen:
            yield document.fault(loc, say("used_before", given=number, where=seen[number]))
        seen.setdefault(number, f"{document.name}:{document.line(loc)}")


def _numbers(parts: Parts) -> Iterator[tuple[Document, Loc, str]]:
    for document, file in parts.of("units"):
        if file.country:
            yield document, ("country", "org_nr"), file.country.org_nr
        for i, region in enumerate(file.region):
            yield document, ("region", i, "org_nr"), region.org_nr
            yield document, ("region", i, "key"), region.key
        for i, trust in enumerate(file.trust):
            yield document, ("trust", i, "org_nr"), trust.org_nr
            yield document, ("trust", i, "key"), trust.key
            for n, number in enumerate(trust.replaced):
                yield document, ("trust", i, "replaced", n), number
        for i, hospital in enumerate(file.hospital):
            yield document, ("hospital", i, "org_nr"), hospital.org_nr
            if hospital.radiotherapy_unit:
                yield document, ("hospital", i, "radiotherapy_unit"), hospital.radiotherapy_unit


def organisation_numbers_have_their_check_digit(parts: Parts) -> Iterator[Fault]:
    """The ninth digit of an organisation number is right (modulus 11); placeholders of the statistics may differ."""
    placeholders = {f.country.org_nr for _, f in parts.of("units") if f.country}
    placeholders |= {t.org_nr for _, f in parts.of("units") for t in f.trust if t.kind == "group"}
    for document, loc, number in _numbers(parts):
        if loc[-1] == "key" or number in placeholders:
            continue
        if loc[-1] == "radiotherapy_unit":
            if not re.fullmatch(r"\d{9}0", number):
                yield document.fault(loc, say("not_a_radiotherapy_unit", given=number))
        elif not has_check_digit(number):
            yield document.fault(loc, say("not_an_org_nr", given=number))


def has_check_digit(number: str) -> bool:
    """Whether a text is nine digits with the right check digit."""
    if not re.fullmatch(r"\d{9}", number):
        return False
    rest = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False)) % 11
    return rest != 1 and int(number[8]) == (11 - rest) % 11


def units_belong_to_known_units(parts: Parts) -> Iterator[Fault]:
    """Trusts lie in a known region, hospitals in known trusts, one period after the other."""
    if "units" in parts.incomplete:
        return
    files = [file for _, file in parts.of("units")]
    regions = {region.key for file in files for region in file.region}
    trusts = {trust.key for file in files for trust in file.trust}
    for document, file in parts.of("units"):
        for i, trust in enumerate(file.trust):
            if trust.region not in regions:
                yield document.fault(
                    ("trust", i, "region"), say("not_a_region", given=trust.region, known=words(sorted(regions)))
                )
            if trust.group and trust.group not in trusts:
                yield document.fault(("trust", i, "group"), say("not_a_trust", given=trust.group))
        for i, hospital in enumerate(file.hospital):
            for loc, said in _period_faults(hospital, trusts):
                yield document.fault(("hospital", i, *loc), said)
    if not any(file.country for file in files):
        yield Fault("units", 0, "", say("no_country"))


def _period_faults(hospital: Hospital, trusts: set[str]) -> Iterator[Found]:
    if not hospital.belongs:
        yield ("belongs",), say("belongs_nowhere", hospital=hospital.name)
    above: Period | None = None
    for index, period in enumerate(hospital.belongs):
        loc: Loc = ("belongs", index)
        if period.trust not in trusts:
            yield (*loc, "trust"), say("not_a_trust", given=period.trust)
        if period.valid_from and period.valid_to and period.valid_to < period.valid_from:
            days = {"day": period.valid_to, "other": period.valid_from}
            yield (*loc, "valid_to"), say("ends_before", name="valid_from", **days)
        if above and not (above.valid_to and period.valid_from and above.valid_to < period.valid_from):
            names = {"hospital": hospital.name, "trust": period.trust}
            yield loc, say("periods_overlap", period=_days(period), other=_days(above), **names)
        above = period


def _days(period: Period) -> str:
    """A period as `2019-02-01–`, open where a day is not given."""
    return f"{period.valid_from or ''}–{period.valid_to or ''}"

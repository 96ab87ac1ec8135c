"""Rules on organisations: numbers used once, known trusts and regions, and periods that do not overlap."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from pakkeforlop.catalogue.documents import Document
from pakkeforlop.catalogue.faults import Fault, Loc
from pakkeforlop.catalogue.model import Hospital
from pakkeforlop.catalogue.validate import Parts

_WEIGHTS = (3, 2, 7, 6, 5, 4, 3, 2)


def organisation_numbers_are_used_once(parts: Parts) -> Iterator[Fault]:
    """Every number, also a replaced one and a radiotherapy unit's, means one unit; so does every key."""
    seen: dict[str, str] = {}
    for document, loc, number in _numbers(parts):
        if number in seen:
            yield document.fault(loc, f"{number} is already used in {seen[number]}.")
        seen.setdefault(number, f"{document.name} line {document.line(loc)}")


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
                yield document.fault(loc, f"{number} is not a hospital's number with a 0 after it.")
        elif not has_check_digit(number):
            yield document.fault(loc, f"{number} is not an organisation number: its check digit does not fit.")


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
                yield document.fault(("trust", i, "region"), f"'{trust.region}' is not a region.")
            if trust.group and trust.group not in trusts:
                yield document.fault(("trust", i, "group"), f"'{trust.group}' is not a unit.")
        for i, hospital in enumerate(file.hospital):
            for loc, sentence in _period_faults(hospital, trusts):
                yield document.fault(("hospital", i, *loc), sentence)
    if not any(file.country for file in files):
        yield Fault("units", 0, "", "no file holds [country].")


def _period_faults(hospital: Hospital, trusts: set[str]) -> Iterator[tuple[Loc, str]]:
    if not hospital.belongs:
        yield ("belongs",), f"{hospital.name} belongs to no trust. Give it a [[hospital.belongs]]."
    before: date | None = date.min
    for index, period in enumerate(hospital.belongs):
        loc: Loc = ("belongs", index)
        if period.trust not in trusts:
            yield (*loc, "trust"), f"'{period.trust}' is not a trust."
        if period.valid_from and period.valid_to and period.valid_to < period.valid_from:
            yield (*loc, "valid_to"), f"{period.valid_to} is before valid_from ({period.valid_from})."
        if index and (before is None or period.valid_from is None or period.valid_from <= before):
            since = period.valid_from or "the beginning"
            until = before or "for good"
            yield loc, f"{hospital.name} belongs to {period.trust} from {since}, but to the trust above until {until}."
        before = period.valid_to

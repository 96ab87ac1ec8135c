"""The data message and the identity message, patient by patient: memory does not grow with the message.

Each registration is a procedure with its code on an episode. Where the registration tells of no contact (it has no
care level), a technical contact is made to carry it. Ids follow from the content, so that the same contact has the same
id in the next shipment.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Any, BinaryIO

from lxml import etree

from pakkeforlop.catalogue.model import Catalogue
from pakkeforlop.exchange.npr.collect import Loaded, Row
from pakkeforlop.exchange.npr.envelope import Head, enveloped
from pakkeforlop.exchange.npr.persons import Persons, kind_of_id
from pakkeforlop.exchange.npr.versions import Version
from pakkeforlop.vocabulary.calendar import day_of


def write_data(
    stream: BinaryIO, head: Head, part: Loaded, persons: Persons, catalogue: Catalogue, version: Version
) -> None:
    """Write the message of one reporting institution."""
    names = _Names(version, head.module)
    with enveloped(stream, head, version) as out:
        given = {names.a("institution_id"): head.institution, names.a("enterprise_id"): head.institution}
        with out.element(names.e("institution"), given):
            units = _Units(part.places(), catalogue, names)
            for unit in units.elements():
                unit.tail = "\n"
                out.write(unit)
            code_set = _code_sets(catalogue, version)
            for patient, rows in groupby(part.rows(), key=lambda row: row.patient_id):
                out.write(_holder(patient, list(rows), persons, units, names, code_set, version))


def write_identities(stream: BinaryIO, head: Head, part: Loaded, persons: Persons, version: Version) -> None:
    """Write the identity message that belongs to a data message."""
    names = _Names(version, head.module)
    kinds = version.data["identity"]
    institution = {names.a("institution_id"): head.institution}
    with enveloped(stream, head, version) as out, out.element(names.e("institution"), institution):
        for patient in part.patients():
            given = {
                names.a("patient_guid"): persons.guid(patient),
                names.a("person_id"): patient,
                names.a("person_id_kind"): kinds[kind_of_id(patient)],
            }
            person = etree.Element(names.e("person"), given, {None: names.namespace})
            person.tail = "\n"
            out.write(person)


class _Names:
    """The register's names with their namespace, looked up once each."""

    def __init__(self, version: Version, module: str) -> None:
        self.namespace = version.namespace(module)
        self._elements = {word: f"{{{self.namespace}}}{name}" for word, name in version.data["element"].items()}
        self._attributes = dict(version.data["attribute"])

    def e(self, word: str) -> str:
        return self._elements[word]

    def a(self, word: str) -> str:
        return str(self._attributes[word])


class _Units:
    """The hospitals and departments of a message, numbered in order."""

    def __init__(self, places: Sequence[tuple[str, str]], catalogue: Catalogue, names: _Names) -> None:
        self._names = names
        self._catalogue = catalogue
        hospitals = sorted({institution for institution, _ in places})
        self._hospital = {institution: f"H{n}" for n, institution in enumerate(hospitals, 1)}
        departments = [place for place in places if place[1]]
        self._department = {place: f"A{n}" for n, place in enumerate(departments, 1)}

    def references(self, institution: str, unit: str, kinds: tuple[str, str]) -> Iterator[dict[str, str]]:
        """The attributes of the references of an episode: its hospital, and its department if it has one."""
        a = self._names.a
        yield {a("unit_id"): self._hospital[institution], a("unit_kind"): kinds[0]}
        if unit:
            yield {a("unit_id"): self._department[institution, unit], a("unit_kind"): kinds[1]}

    def elements(self) -> Iterator[Any]:
        a, name, nsmap = self._names.a, self._names.e("unit"), {None: self._names.namespace}
        for institution, number in self._hospital.items():
            given = {a("unit_id"): number}
            known = self._catalogue.units.resolve(institution)
            org_nr = known.org_nr if known else institution
            if _is_number(org_nr):
                given[a("unit_number")] = org_nr
            else:
                given[a("unit_local")] = institution
            yield etree.Element(name, given, nsmap)
        for (_, unit), number in self._department.items():
            yield etree.Element(name, {a("unit_id"): number, a("unit_local"): unit}, nsmap)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) in {9, 10}


def _code_sets(catalogue: Catalogue, version: Version) -> Callable[[str], str]:
    known = {code: version.code_set(one.list) for code, one in catalogue.codes.items()}
    usual = version.code_set("8480")
    return lambda code: known.get(code, usual)


def _holder(
    patient: str, rows: list[Row], persons: Persons, units: _Units, names: _Names, code_set: Callable[[str], str],
    version: Version,
) -> Any:  # fmt: skip
    """A patient with everything of theirs."""
    a, e = names.a, names.e
    number = persons.number(patient)
    holder = etree.Element(
        e("patient_holder"), {a("patient_number"): number, a("patient_guid"): persons.guid(patient)},
        {None: names.namespace},
    )  # fmt: skip
    first = rows[0]
    person = {a("patient_number"): number, a("sex"): first.sex}
    if first.birth_year is not None:
        person[a("birth_year")] = f"{first.birth_year:04}"
    etree.SubElement(holder, e("patient"), person)
    for seniority, received in sorted({(row.seniority_day, row.received_day) for row in rows}, key=str):
        if seniority is not None or received is not None:
            dates = {"received": received, "seniority": seniority}
            given = {a(word): day_of(day).isoformat() for word, day in dates.items() if day is not None}
            etree.SubElement(holder, e("referral"), {a("referral_id"): _referral(seniority, received), **given})
    kinds = (str(version.data["kind_of_hospital"]), str(version.data["kind_of_department"]))
    holder.tail = "\n"  # one patient a line: the line of a rejection leads to the patient
    for _, group in groupby(rows, key=lambda row: row[1:7]):
        _episode(holder, number, list(group), units, names, code_set, kinds, version)
    return holder


def _episode(
    holder: Any, number: str, rows: list[Row], units: _Units, names: _Names, code_set: Callable[[str], str],
    kinds: tuple[str, str], version: Version,
) -> None:  # fmt: skip
    """A contact of one day, or the technical one that carries codes without a contact."""
    a, e = names.a, names.e
    row = rows[0]
    start = f"{day_of(row.day).isoformat()}T00:00:00"
    given = {a("episode_id"): _episode_id(number, row), a("start"): start, a("end"): start}
    if row.seniority_day is not None or row.received_day is not None:
        given[a("referral_id")] = _referral(row.seniority_day, row.received_day)
    if row.municipality:
        given[a("municipality")] = row.municipality
    if row.care_level:
        given[a("care_level")] = row.care_level
    episode = etree.SubElement(holder, e("episode"), given)
    technical = {} if row.care_level else {a("indirect_activity"): str(version.data["technical_contact"])}
    etree.SubElement(episode, e("contact"), technical)
    for reference in units.references(row.institution, row.unit, kinds):
        etree.SubElement(episode, e("unit_reference"), reference)
    for n, one in enumerate(rows, 1):
        service = etree.SubElement(episode, e("service"), {a("event_start"): start})
        action = etree.SubElement(
            service, e("action"),
            {a("action_kind"): str(version.data["kind_of_procedure"]), a("event_start"): start},
        )  # fmt: skip
        known = {a("procedure_id"): one.registration_id} if one.registration_id else {}
        procedure = etree.SubElement(action, e("procedure"), known)
        etree.SubElement(
            procedure, e("code"),
            {a("code_number"): str(n), a("code_set"): code_set(one.code), a("code_value"): one.code},
        )  # fmt: skip


def _referral(seniority: int | None, received: int | None) -> str:
    parts = [f"{letter}{day_of(day):%Y%m%d}" for letter, day in (("A", seniority), ("M", received)) if day is not None]
    return "-".join(parts)


def _episode_id(number: str, row: Row) -> str:
    content = "|".join((number, *map(str, row[1:7])))
    return hashlib.blake2b(content.encode(), digest_size=10).hexdigest()

"""Which columns each kind of file has, and how the headers of a file are matched to them.

Headers are compared without regard to case, surrounding blanks, and blanks or hyphens for underscores. The Norwegian
names are read too where a file lacks the English one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from pakkeforlop.vocabulary.errors import FileFault

GUESS_CUTOFF = 0.6


class Kind(StrEnum):
    """What a column holds, and so how its values are read."""

    ID = "id"  # many different values: kept as text, or as whole numbers where a columnar file has them so
    WORD = "word"  # few different values: each different one is judged once
    DATE = "date"  # a day, as written
    MOMENT = "moment"  # a day or a point in time, as written


@dataclass(frozen=True)
class Column:
    """A column of a file: its name here, what it holds, whether a file must have it, and its Norwegian names."""

    name: str
    kind: Kind
    required: bool = False
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Layout:
    """The columns that one kind of file has; others in the file are left alone."""

    name: str
    columns: tuple[Column, ...]

    def kind(self, column: str) -> Kind:
        """What the column holds."""
        return next(known.kind for known in self.columns if known.name == column)


REGISTRATIONS = Layout(
    "registrations",
    (
        Column("patient_id", Kind.ID, True, ("pasient_id", "pasientid", "pasient")),
        Column("code", Kind.WORD, True, ("kode", "forløpskode", "forlopskode")),
        Column("event_date", Kind.DATE, True, ("hendelsesdato", "kodedato", "dato")),
        Column("institution", Kind.WORD, True, ("institusjon", "organisasjonsnummer", "orgnr")),
        Column("registration_id", Kind.ID, False, ("registrerings_id",)),
        Column("registered_at", Kind.MOMENT, False, ("registrert", "registreringstidspunkt")),
        Column("unit", Kind.WORD, False, ("enhet", "avdeling")),
        Column("care_level", Kind.WORD, False, ("omsorgsnivå", "omsorgsniva")),
        Column("seniority_date", Kind.DATE, False, ("ansiennitetsdato",)),
        Column("received_date", Kind.DATE, False, ("mottaksdato",)),
        Column("delay_reason", Kind.WORD, False, ("forsinkelsesårsak", "forsinkelsesarsak")),
        Column("source", Kind.WORD, False, ("kilde",)),
    ),
)

PATIENTS = Layout(
    "patients",
    (
        Column("patient_id", Kind.ID, True, ("pasient_id", "pasientid", "pasient")),
        Column("birth_date", Kind.DATE, True, ("fødselsdato", "fodselsdato")),
        Column("sex", Kind.WORD, True, ("kjønn", "kjonn")),
        Column("municipality", Kind.WORD, False, ("kommune", "kommunenummer")),
        Column("district", Kind.WORD, False, ("bydel",)),
        Column("death_date", Kind.DATE, False, ("dødsdato", "dodsdato")),
    ),
)

NEW_CANCERS = Layout(
    "new_cancers",
    (
        Column("patient_id", Kind.ID, True, ("pasient_id", "pasientid", "pasient")),
        Column("icd10", Kind.WORD, True, ("icd_10", "diagnose", "diagnosekode")),
        Column("first_contact_date", Kind.DATE, True, ("første_kontakt", "forste_kontakt")),
        Column("institution", Kind.WORD, True, ("institusjon", "organisasjonsnummer", "orgnr")),
    ),
)


def plain(header: str) -> str:
    """A header as it is compared."""
    return "_".join(header.replace("\ufeff", "").strip().casefold().replace("-", " ").split())


def match(layout: Layout, headers: Sequence[str], file: str) -> dict[str, int]:
    """Where in the file each known column stands. Refuses doubled headers and missing columns, naming them all."""
    places: dict[str, list[int]] = {}
    for place, header in enumerate(headers):
        places.setdefault(plain(header), []).append(place)
    found: dict[str, int] = {}
    twice: list[str] = []
    for column in layout.columns:
        name = next((name for name in (column.name, *column.also) if name in places), None)
        if name is None:
            continue
        if len(places[name]) > 1:
            twice.append(headers[places[name][0]].strip())
        found[column.name] = places[name][0]
    if twice:
        raise FileFault("columns_twice", file=file, names=twice)
    missing = [column for column in layout.columns if column.required and column.name not in found]
    if missing:
        raise _missing(missing, headers, set(found.values()), file)
    return found


def known_headers(layout: Layout, headers: Sequence[str]) -> int:
    """How many of the headers are columns of the layout: tells which delimiter is the right one."""
    known = {name for column in layout.columns for name in (column.name, *column.also)}
    return sum(plain(header) in known for header in headers)


def _missing(missing: list[Column], headers: Sequence[str], used: set[int], file: str) -> FileFault:
    """The fault that names the missing columns, what was found, and the likeliest misspellings."""
    free = {plain(header): header.strip() for place, header in enumerate(headers) if place not in used}
    guesses = []
    for column in missing:
        for name in (column.name, *column.also):
            close = get_close_matches(name, list(free), n=1, cutoff=GUESS_CUTOFF)
            if close:
                guesses.append(f"{free.pop(close[0])} → {column.name}?")
                break
    shown = [header.strip()[:60] for header in headers][:30]
    guess = f" ({', '.join(guesses)})" if guesses else ""
    return FileFault("columns_missing", file=file, missing=[c.name for c in missing], found=shown, guess=guess)

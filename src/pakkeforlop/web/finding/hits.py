"""Patients by whole number or by name: those of one's units, and whether a whole number is another unit's patient."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import and_

from django.db.models import Q

from pakkeforlop.access.queries import spelt
from pakkeforlop.access.scope import Place, Scope
from pakkeforlop.coding.models import Patient
from pakkeforlop.web.patients import places_of_many

AT_MOST = 20
"""Patients shown; of more, the name must be told further."""
LOOKED_AT = 5_000
"""Patients of a name whose units are looked at in one search."""
PIECE = 250
SHORTEST = 2
"""Letters of a name at least."""
NUMBER = re.compile(r"[0-9]{11}")


@dataclass
class Found:
    """What a search gives. `inside`: patients of one's units, each with the places through which they are seen; `more`:
    there are others of the name; `outside`: the patient of a whole number, who is another unit's.
    """

    number: str = ""
    inside: list[tuple[Patient, list[Place]]] = field(default_factory=list)
    more: bool = False
    outside: Patient | None = None


def whole_number(typed: str) -> str:
    """The identity number that was typed, without blanks; empty for what is none."""
    digits = "".join(typed.split())
    return digits if NUMBER.fullmatch(digits) else ""


def find(typed: str, scope: Scope) -> Found:
    """Patients by the whole identity number or the files' own id, else by every word of the name.

    A patient of no unit of the scope is told of by a whole number or id alone, and by nobody's name.
    """
    number = whole_number(typed)
    exact = Q(national_number=number) if number else Q(source_id=typed)
    patients = list(Patient.objects.filter(exact).order_by("pk")[:AT_MOST])
    inside = list(_seen(patients, scope))
    if patients or number:
        return Found(number, inside, outside=None if inside or not patients else patients[0])
    words = [word for word in typed.split() if len(word) >= SHORTEST]
    return _named(words, scope) if words else Found()


def _named(words: list[str], scope: Scope) -> Found:
    rows = Patient.objects.filter(reduce(and_, (spelt("name", word) for word in words))).order_by("name", "pk")
    ids = list(rows.values_list("pk", flat=True)[: LOOKED_AT + 1])  # names are read through once, whatever is found
    found = Found(more=len(ids) > LOOKED_AT)
    for low in range(0, min(len(ids), LOOKED_AT), PIECE):
        piece = Patient.objects.in_bulk(ids[low : low + PIECE])
        found.inside += _seen([piece[pk] for pk in ids[low : low + PIECE] if pk in piece], scope)
        if len(found.inside) > AT_MOST:
            found.inside, found.more = found.inside[:AT_MOST], True
            break
    return found


def _seen(patients: Sequence[Patient], scope: Scope) -> Iterator[tuple[Patient, list[Place]]]:
    """Those of some patients who are known at a place of the scope, with these places."""
    known = places_of_many([patient.pk for patient in patients])
    for patient in patients:
        places = [at for at in known[patient.pk] if scope.covers(at.org_nr, at.pathway, at.department)]
        if places:
            yield patient, places

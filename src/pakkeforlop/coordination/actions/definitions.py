"""Everything linked anew when definitions change: a limit, a code, a pathway, or the rules' own code.

Whoever is on a list comes first. Each piece is a transaction of its own with its rows of the list, so that nobody who
enters a code waits for more than a piece; what is stopped half way begins again, and comes to the same.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date, datetime

from django.db import transaction

from pakkeforlop.coding.actions.append import hold
from pakkeforlop.coding.models import Patient, Registration
from pakkeforlop.coding.queries import chunks
from pakkeforlop.coordination import rows as listed
from pakkeforlop.coordination.models import WorklistRow
from pakkeforlop.episodes import definitions, store
from pakkeforlop.episodes.models import Definitions

PIECE = 200
"""Patients linked anew in one transaction."""
PAUSE = 0.02
"""Seconds between two pieces in which others come to write: on SQLite there is one writer at a time."""
WHAT = "definitions"
"""What the list tells that changed a row."""


def link_anew(*, on: date, at: datetime) -> int:
    """Link every patient as of day `on`, and note the definitions; how many patients."""
    count = 0
    for piece in _pieces():
        with transaction.atomic():
            hold(piece)
            store.relink(piece, as_of=on)
            listed.refresh(piece, on=on, at=at, what=WHAT)
        count += len(piece)
        time.sleep(PAUSE)
    note(at=at, patients=count)
    return count


def begin(*, at: datetime) -> None:
    """A store without a registration begins under the definitions of this process."""
    if not Registration.objects.exists() and definitions.are_others():
        note(at=at, patients=0)


def note(*, at: datetime, patients: int) -> None:
    """Everything is linked under the definitions of this process now. patients: how many were linked anew for it."""
    Definitions.objects.create(digest=definitions.digest(), since=at, patients=patients)


def _pieces() -> Iterator[list[int]]:
    """All patients, those on a list first; patients who come meanwhile are linked under the new definitions anyhow."""
    seen, last = set(WorklistRow.objects.filter(closed=False).values_list("patient_id", flat=True)), 0
    yield from chunks(seen, at_once=PIECE)
    while numbers := list(Patient.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:PIECE]):
        last = numbers[-1]
        if rest := [number for number in numbers if number not in seen]:
            yield rest

"""Persons in two shipments: numbers in the data message, identities in the identity message, joined by a GUID only.

A national identity number never stands in the data message. Where patient ids are such numbers, the number there is
made of the id and a secret, the same from month to month; without a secret it could be tried out, so one is asked for.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from pakkeforlop.vocabulary.errors import FileFault, UsageFault, unreadable

FIRST_WEIGHTS = (3, 7, 6, 1, 8, 9, 4, 5, 2)
SECOND_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
SHORTEST_SECRET = 16
SPACE = uuid.UUID("6f0a9f0e-4d0b-5d3e-9a53-0a5f2f8f1c11")
"""Makes our GUIDs others than those of any other program."""
D_NUMBER = 40
TEST_MONTHS = (0, 40, 65, 80)
"""Added to the month in numbers of synthetic persons."""


def looks_national(text: str) -> bool:
    """Whether an id may be somebody's national number: eleven digits, whatever its control digits say (help numbers and
    mistyped ones name people too).
    """
    return len(text) == 11 and text.isascii() and text.isdecimal()


def kind_of_id(text: str) -> str:
    """national, d_number, or local: by date and control digits."""
    if not looks_national(text):
        return "local"
    digits = [int(one) for one in text]
    if _control(digits, FIRST_WEIGHTS) != digits[9] or _control(digits, SECOND_WEIGHTS) != digits[10]:
        return "local"
    day, month = int(text[:2]), int(text[2:4])
    is_d = day > D_NUMBER
    if not _is_date(day - D_NUMBER if is_d else day, month, int(text[4:6])):
        return "local"
    return "d_number" if is_d else "national"


def _control(digits: list[int], weights: tuple[int, ...]) -> int:
    rest = -sum(one * weight for one, weight in zip(digits, weights, strict=False)) % 11
    return rest


def _is_date(day: int, month: int, year: int) -> bool:
    for more in TEST_MONTHS:
        for century in (1900, 2000):
            try:
                date(century + year, month - more, day)
            except ValueError:
                continue
            return True
    return False


class Persons:
    """Numbers and GUIDs of a sender's patients."""

    def __init__(self, sender: str, secret: bytes | None) -> None:
        self._sender = sender
        self._secret = secret

    def number(self, patient: str) -> str:
        """The patient's number in the data message: the id itself, unless it is a national identity number."""
        if not looks_national(patient):
            return patient
        return "P" + self._hash(patient)[:20]

    def guid(self, patient: str) -> str:
        """Joins data and identity; the same for the same patient at the same sender."""
        text = self._hash(patient) if self._secret else patient
        return str(uuid.uuid5(SPACE, f"{self._sender}|{text}"))

    def check(self, patients: Iterable[str]) -> None:
        """UsageFault when there are national identity numbers and no secret."""
        if self._secret is None and any(map(looks_national, patients)):
            raise UsageFault("npr_secret_needed")

    def _hash(self, patient: str) -> str:
        if self._secret is None:
            raise UsageFault("npr_secret_needed")
        return hashlib.blake2b(f"{self._sender}|{patient}".encode(), key=self._secret, digest_size=20).hexdigest()


def read_secret(path: Path | None) -> bytes | None:
    """The hospital's secret; None without a file. FileFault when it is too short to be one."""
    if path is None:
        return None
    try:
        secret = path.read_bytes().strip()
    except OSError as error:
        raise unreadable(error, path) from error
    if len(secret) < SHORTEST_SECRET:
        raise FileFault("secret_too_short", file=path.name, least=SHORTEST_SECRET)
    return hashlib.blake2b(secret, person=b"npr.persons").digest()

"""A hospital on Thursday 20 January 2022, its codes of 2021, and a receiver that answers."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from app.work.filling import HAUKELAND, TODAY
from pakkeforlop.access.models import Assignment, User
from pakkeforlop.coding.models import Patient, Registration
from pakkeforlop.coordination.actions import codes

BERGEN = "983974724"
"""The trust of Haukeland."""
AT = datetime(2022, 1, 20, 9, tzinfo=UTC)
YEAR = (date(2021, 1, 1), date(2021, 12, 31))


@pytest.fixture(autouse=True)
def _the_day(settings: Any, tmp_path: Path) -> None:
    settings.TODAY = TODAY.isoformat()
    settings.HOME = tmp_path / "home"


@pytest.fixture
def kari(db: None) -> User:
    user = User.objects.create(username="kari", display_name="Kari Lien")
    Assignment.objects.create(user=user, role="coder", org_nr=HAUKELAND, valid_from=date(2020, 1, 1))
    return user


def enter(patient: Patient, code: str, day: date, by: Any, *, at: datetime = AT) -> Registration:
    """A code registered at Haukeland."""
    return codes.register_code(
        patient=patient, code=code, event_date=day, institution=HAUKELAND, by=by, at=at, key=uuid.uuid4().hex, revision=None
    ).registration  # fmt: skip


def person(name: str, number: str = "") -> Patient:
    return Patient.objects.create(
        source_id=uuid.uuid4().hex, told=True, name=name, national_number=number, birth_date=date(1956, 5, 12), sex=2
    )


@pytest.fixture
def two(kari: User) -> dict[str, Registration]:
    """One whose decision has no attendance before it (108), one with a transfer and nothing wrong."""
    first, second = person("Lystig Ullgenser", "12055612344"), person("Stille Fjell")
    return {
        "A": enter(first, "A26A", date(2021, 11, 1), kari), "CK": enter(first, "A26CK", date(2021, 11, 20), kari),
        "second": enter(second, "A01A", date(2021, 12, 1), kari),
    }  # fmt: skip

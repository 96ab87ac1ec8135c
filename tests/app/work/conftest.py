"""A morning at one hospital on Thursday 20 January 2022."""

from __future__ import annotations

from typing import Any

import pytest

from app.access.people import client_for
from app.work.filling import FORDE, HAUKELAND, TODAY, fill
from pakkeforlop.exchange.generate.ward.ward import Ward, inbox, joined, morning


@pytest.fixture(scope="session")
def morning_ward() -> Ward:
    """Twenty-odd open pathways and nine referrals."""
    return joined(
        [
            morning(today=TODAY, seed=4, hospital=HAUKELAND, other=FORDE, size=24),
            inbox(today=TODAY, seed=5, hospital=HAUKELAND),
        ]
    )


@pytest.fixture(autouse=True)
def _the_day(settings: Any) -> None:
    settings.TODAY = TODAY.isoformat()
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture
def people(db: None, morning_ward: Ward) -> dict[str, Any]:
    """Patients by the id of the files; the list is filled."""
    return fill(morning_ward)


@pytest.fixture
def coordinator(people: Any) -> Any:
    """A client logged in as coordinator of the hospital."""
    return client_for(("coordinator", HAUKELAND), username="kari")

"""Start codes by month: counted once, brought on by what comes, and the same as when all are counted anew."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from pakkeforlop.coding.models import Patient, Registration
from pakkeforlop.reporting.queries import starts

pytestmark = pytest.mark.django_db

BERGEN, STAVANGER = "974557746", "974703300"


@pytest.fixture(params=[0, 10_000], ids=["kept", "counted at each look"])
def told(request, db, monkeypatch):
    """Tells the store of one version; what is counted is kept at every look, or never."""
    monkeypatch.setattr(starts, "FEW", request.param)
    monkeypatch.setattr(starts, "_counted", starts._Counted())
    patient = Patient.objects.create(source_id="1")
    digests = iter(range(1, 1000))

    def tell(name, version, code, day, place=BERGEN):
        Registration.objects.create(
            patient=patient, registration_id=name, version=version, code=code, institution=place,
            event_date=date.fromisoformat(day) if day else None, registered_at=datetime(2024, 3, 1, tzinfo=UTC),
            digest=next(digests),
        )  # fmt: skip

    return tell


def test_codes_that_start_are_counted_once_each_as_they_come(told):
    told("1", 1, "A01A", "2024-01-05")
    told("2", 1, "A26AA", "2024-01-31")
    told("3", 1, "A01S", "2024-01-31")  # no start
    told("4", 1, "D01A", "2024-01-31")  # not of cancer
    told("5", 1, "A99A", "2024-02-01")  # no pathway of the catalogue, and a start
    told("6", 1, "A01A", "")  # no day
    assert starts.starts() == {(BERGEN, (2024, 1)): 2, (BERGEN, (2024, 2)): 1}
    told("1", 2, "A01A", "2024-01-06")  # another day of the same month: the same one
    told("2", 2, "A26AA", "2024-02-02")  # another month: stands in both
    told("2", 3, "A26A", "2024-02-03")
    told("3", 2, "A01A", "2024-01-31")  # is a start now
    told("5", 2, "A99A", "2024-02-01", STAVANGER)  # another place
    told("7", 1, "B01A", "2024-01-01", STAVANGER)
    expected = {
        (BERGEN, (2024, 1)): 3, (BERGEN, (2024, 2)): 2, (STAVANGER, (2024, 1)): 1, (STAVANGER, (2024, 2)): 1,
    }  # fmt: skip
    assert starts.starts() == expected
    assert starts.starts() == expected


def test_another_store_is_counted_anew(told):
    told("1", 1, "A01A", "2024-01-05")
    assert starts.starts() == {(BERGEN, (2024, 1)): 1}
    starts._counted.digest += 1  # as if another store had been counted
    starts._counted.counts[(BERGEN, (2020, 1))] = 7
    assert starts.starts() == {(BERGEN, (2024, 1)): 1}

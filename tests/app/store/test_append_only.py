"""The database itself refuses to change or remove what was registered."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from pakkeforlop.coding.models import Patient, Registration

pytestmark = pytest.mark.django_db


def registered() -> Registration:
    patient = Patient.objects.create(source_id="1")
    return Registration.objects.create(
        patient=patient, registration_id="r1", version=1, code="A01A", event_date=date(2024, 1, 8),
        institution="983974880", registered_at=datetime(2024, 1, 9, tzinfo=UTC), digest=1,
    )  # fmt: skip


@pytest.mark.parametrize("statement", ["UPDATE coding_registration SET code = 'A01S'", "DELETE FROM coding_registration"])
def test_a_registration_can_be_neither_changed_nor_removed(statement: str):
    registered()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert [row.code for row in Registration.objects.all()] == ["A01A"]


def test_the_same_row_cannot_stand_twice():
    first = registered()
    with pytest.raises(DatabaseError), transaction.atomic():
        Registration.objects.create(
            patient=first.patient, registration_id="r1", version=2, code="A01A", registered_at=first.registered_at, digest=1,
        )  # fmt: skip
    assert Registration.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_tests_that_commit_leave_nothing_behind_and_the_triggers_standing():
    registered()


@pytest.mark.django_db(transaction=True)
def test_the_next_test_finds_an_empty_store_that_still_refuses():
    assert Registration.objects.count() == 0
    registered()
    with pytest.raises(DatabaseError, match="append-only"):
        Registration.objects.all().delete()

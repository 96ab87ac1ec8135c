"""Files of the working day: loading twice changes nothing, changes are changes, bad rows come back with the reason."""

from __future__ import annotations

from typing import Any

import pytest

from app.work.filling import AT, HAUKELAND, TODAY
from pakkeforlop.coding.models import Patient
from pakkeforlop.coordination.actions.load import load
from pakkeforlop.coordination.models import Appointment, ExpectedAnswer, NewCancer, Referral, WorklistRow

pytestmark = pytest.mark.django_db
GOOD = {
    "appointment_id": "t1", "patient_id": "w1", "pathway": "A12", "kind": "examination", "text": "CT",
    "at": "2022-01-24T09:30", "institution": HAUKELAND, "department": "", "status": "booked", "booked_at": "", "result": "",
}  # fmt: skip


@pytest.fixture(autouse=True)
def patient(db: None) -> Patient:
    return Patient.objects.create(source_id="w1")


def loaded(kind: str, *rows: dict[str, str]) -> tuple[int, int, int, list[Any]]:
    done = load(kind, rows, on=TODAY, at=AT)
    return done.new, done.changed, done.same, done.refused


def test_the_same_file_again_changes_nothing():
    assert loaded("appointments", GOOD) == (1, 0, 0, [])
    assert loaded("appointments", GOOD) == (0, 0, 1, [])
    assert Appointment.objects.get().at.isoformat() == "2022-01-24T08:30:00+00:00"


def test_a_row_that_says_something_else_changes_it():
    loaded("appointments", GOOD)
    assert loaded("appointments", {**GOOD, "status": "missed"}) == (0, 1, 0, [])
    assert Appointment.objects.get().status == "missed"


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("patient_id", "unknown", "patient_missing"),
        ("pathway", "A99", "value_unreadable"),
        ("kind", "party", "value_unreadable"),
        ("at", "", "date_missing"),
        ("at", "31.02.2022", "date_unreadable"),
        ("institution", "", "institution_missing"),
        ("status", "gone", "value_unreadable"),
        ("appointment_id", "", "value_unreadable"),
    ],
)
def test_a_bad_row_is_handed_back_and_stops_no_other(column: str, value: str, reason: str):
    bad = {**GOOD, "appointment_id": "t2", column: value}
    new, _, _, refused = loaded("appointments", bad, GOOD)
    assert new == 1
    assert [(one.row, one.column, one.reason) for one in refused] == [(1, column, reason)]
    assert "unknown" not in refused[0].value


def test_referrals_make_their_patients_and_keep_what_was_decided():
    row = {"referral_id": "h1", "patient_id": "new", "received_date": "19.01.2022", "institution": HAUKELAND, "text": "x"}
    assert loaded("referrals", row)[0] == 1
    Referral.objects.update(status="ordinary", reason="fordi")
    assert loaded("referrals", {**row, "text": "y"})[1] == 1
    assert list(Referral.objects.values_list("text", "status", "reason")) == [("y", "ordinary", "fordi")]


def test_answers_and_new_cancers():
    answer = {"answer_id": "s1", "patient_id": "w1", "pathway": "A12", "kind": "pathology", "asked_at": "2022-01-10", "expected_date": "2022-01-18", "received_at": ""}
    assert loaded("answers", answer) == (1, 0, 0, [])
    assert ExpectedAnswer.objects.get().received_at is None
    cancer = {"patient_id": "w1", "icd10": "C18.7", "first_contact_date": "2022-01-05", "institution": HAUKELAND}
    assert loaded("new-cancers", cancer, cancer) == (1, 0, 1, [])
    assert NewCancer.objects.count() == 1


def test_the_list_follows_a_load_at_once(people: Any):
    row = WorklistRow.objects.filter(next_on__isnull=True, closed=False).select_related("patient")[0]
    booking = {**GOOD, "patient_id": row.patient.source_id, "pathway": row.pathway, "appointment_id": "t9"}
    loaded("appointments", booking)
    assert WorklistRow.objects.get(pk=row.pk).next_text == "CT"

"""Registrations and events that other systems bring: a verdict for every row, and nothing twice."""

import json

import pytest

from app.access.people import BERGEN, STAVANGER
from app.system_api.asking import ask, key_for, registration
from pakkeforlop.access.models import Event, SystemAnswer
from pakkeforlop.coding.models import Patient, Registration
from pakkeforlop.coordination.models import ClinicalEvent, WorklistRow
from pakkeforlop.episodes.models import Episode

pytestmark = pytest.mark.django_db


def bring(client, rows, *, name="first", key=None):
    return ask(client, key or key_for("registrations.write"), "/registrations", {"rows": rows}, name=name)


def test_good_rows_go_on_and_bad_ones_are_told(client):
    rows = [
        registration(),
        registration(code="A01X9"),
        registration(code="A01S", event_date="2024-03-08"),
        registration(code="A01CK", event_date="15.13.2024"),
        registration(institution=BERGEN),
        registration(patient_id="lab-2", event_date="2024-03-16"),
    ]
    answer, told = bring(client, rows)
    assert answer.status_code == 200
    assert (told["taken"], told["refused"]) == (2, 4)
    assert [row["state"] for row in told["rows"]] == [
        "registered", "refused", "registered", "refused", "refused", "refused",
    ]  # fmt: skip
    reasons = [[each["reason"] for each in row["refusals"]] for row in told["rows"]]
    assert reasons == [[], ["code_unknown"], [], ["day_unreadable"], ["institution_outside"], ["date_future"]]
    assert Registration.objects.count() == 2
    assert Patient.objects.count() == 1, "a patient whose only row was refused is not made"
    assert Episode.objects.get().first_attendance_date.isoformat() == "2024-03-08"
    assert WorklistRow.objects.filter(closed=False).count() == 1


def test_the_verdict_has_the_registers_messages(client):
    """100: nobody has told who the patient is."""
    _, told = bring(client, [registration(code="A01S")])
    numbers = {message["number"] for message in told["rows"][0]["messages"]}
    assert 100 in numbers
    assert all(message["text"] and message["now"] for message in told["rows"][0]["messages"])


def test_a_registration_is_corrected_and_withdrawn_by_its_name(client):
    key = key_for("registrations.write")
    _, told = bring(client, [registration()], key=key)
    named = told["rows"][0]["registration_id"]
    row = registration(registration_id=named, event_date="2024-03-04")
    _, without = bring(client, [row], key=key, name="second")
    assert without["rows"][0]["refusals"][0]["reason"] == "reason_missing"
    _, told = bring(client, [{**row, "reason": "wrong day"}], key=key, name="third")
    assert (told["rows"][0]["state"], told["rows"][0]["version"]) == ("corrected", 2)
    assert Episode.objects.get().start_date.isoformat() == "2024-03-04"
    _, told = bring(client, [{**row, "code": "", "reason": "not this patient"}], key=key, name="fourth")
    assert (told["rows"][0]["state"], told["rows"][0]["version"]) == ("withdrawn", 3)
    assert Registration.objects.count() == 3, "nothing is overwritten"
    assert not Episode.objects.exists()


def test_the_name_of_another_patients_registration_is_not_known(client):
    key = key_for("registrations.write")
    _, told = bring(client, [registration()], key=key)
    row = registration(patient_id="lab-2", registration_id=told["rows"][0]["registration_id"], reason="x")
    _, told = bring(client, [row], key=key, name="second")
    assert told["rows"][0]["refusals"][0]["reason"] == "registration_unknown"


def test_the_same_request_again_is_answered_the_same_and_done_once(client):
    key = key_for("registrations.write")
    rows = [registration(), registration(code="A01S", event_date="2024-03-08")]
    first, told = bring(client, rows, key=key)
    again, before = bring(client, rows, key=key)
    assert before == told
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert Registration.objects.count() == 2


def test_a_request_that_died_half_way_goes_on_without_doubles(client):
    """The server was killed after one of two rows: the second time, the first row is found and the second is done."""
    from pakkeforlop.access.actions.systems import LONGEST_WORK

    key = key_for("registrations.write")
    rows = [registration(), registration(code="A01S", event_date="2024-03-08")]
    bring(client, rows, key=key)
    last = Registration.objects.order_by("-pk").first()
    kept = SystemAnswer.objects.get()
    SystemAnswer.objects.update(status=0, body={})
    waiting, told = bring(client, rows, key=key)
    assert (waiting.status_code, told["status"]) == (409, 409), "it may still be at work"
    SystemAnswer.objects.update(at=kept.at - 2 * LONGEST_WORK)
    answer, told = bring(client, rows, key=key)
    assert answer.status_code == 200
    assert [row["state"] for row in told["rows"]] == ["registered", "registered"]
    assert Registration.objects.count() == 2
    assert told["rows"][1]["registration_id"] == last.registration_id


def test_an_idempotency_key_is_for_one_body(client):
    key = key_for("registrations.write")
    bring(client, [registration()], key=key)
    answer, told = bring(client, [registration(code="A02A")], key=key)
    assert (answer.status_code, told["title"]) == (422, "The Idempotency-Key was used before")
    assert Registration.objects.count() == 1


def test_two_systems_may_use_the_same_idempotency_key(client):
    bring(client, [registration()], key=key_for("registrations.write"))
    answer, _ = bring(client, [registration(patient_id="o-1")], key=key_for("registrations.write", system="other"))
    assert answer.status_code == 200
    assert Registration.objects.count() == 2


def test_a_request_without_an_idempotency_key_is_refused(client):
    answer, told = bring(client, [registration()], name="")
    assert answer.status_code == 422
    assert "Idempotency-Key" in json.dumps(told["errors"])


def test_a_column_that_is_not_known_is_not_lost_in_silence(client):
    answer, told = bring(client, [registration(evnt_date="2024-03-01")])
    assert answer.status_code == 422
    assert any("evnt_date" in each["place"] for each in told["errors"])
    assert Registration.objects.count() == 0


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"rows": 1}', '{"rows": []}', '{"rows": [{"patient_id": "\\u0000"}]}']
)
def test_what_is_not_of_the_shape_changes_nothing(client, text):
    answer, told = ask(client, key_for("registrations.write"), "/registrations", text, name="x")
    assert answer.status_code in {400, 422}
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert told["now"]
    assert Registration.objects.count() == 0


def test_a_body_that_is_too_large_is_not_read(client):
    answer, told = ask(client, key_for("registrations.write"), "/registrations", " " * 2_100_000, name="x")
    assert (answer.status_code, told["status"]) == (413, 413)


def test_every_change_is_on_the_log_under_the_systems_name(client):
    bring(client, [registration()])
    line = Event.objects.get(kind="changed")
    assert (line.by.username, line.by.display_name, line.what) == ("lab", "Laboratoriet", "code.registered")
    assert Registration.objects.get().source == "lab"


# --- events -----------------------------------------------------------------------------------------------------------


def event(**changed):
    return {
        "event_id": "e-1", "patient_id": "lab-1", "kind": "attendance", "at": "2024-03-08T10:00",
        "institution": STAVANGER, "pathway": "A01", **changed,
    }  # fmt: skip


def test_events_are_taken_once_and_change_by_their_name(client):
    key = key_for("events.write")
    _, told = ask(client, key, "/events", {"rows": [event()]}, name="1")
    assert told == {"new": 1, "changed": 0, "same": 0, "refused": []}
    _, told = ask(client, key, "/events", {"rows": [event()]}, name="2")
    assert told == {"new": 0, "changed": 0, "same": 1, "refused": []}
    _, told = ask(client, key, "/events", {"rows": [event(at="2024-03-09T10:00")]}, name="3")
    assert told["changed"] == 1
    assert ClinicalEvent.objects.get().source == "lab"


def test_events_that_cannot_be_taken_are_told_and_stop_no_other(client):
    rows = [
        event(),
        event(event_id="e-2", institution=BERGEN),
        event(event_id="e-3", at="tomorrow"),
        event(event_id="e-4", kind="?"),
    ]
    _, told = ask(client, key_for("events.write"), "/events", {"rows": rows}, name="1")
    assert told["new"] == 1
    refused = [(each["row"], each["column"], each["reason"]) for each in told["refused"]]
    assert refused == [
        (2, "institution", "event_outside"),
        (3, "at", "date_unreadable"),
        (4, "kind", "value_unreadable"),
    ]
    assert ClinicalEvent.objects.count() == 1

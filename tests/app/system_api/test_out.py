"""What systems take out: the worklist, a patient's pathways with their story, and the changes."""

import pytest

from app.access.people import BERGEN, STAVANGER
from app.system_api.asking import ask, key_for, registration
from pakkeforlop.access.models import Event
from pakkeforlop.coding.models import Patient, Registration

pytestmark = pytest.mark.django_db


@pytest.fixture
def ward(client):
    """Two patients in Stavanger and one in Bergen, through the interface itself."""
    rows = [
        registration(), registration(code="A01S", event_date="2024-03-08"),
        registration(patient_id="lab-2", code="A26A", event_date="2024-01-10"),
    ]  # fmt: skip
    ask(client, key_for("registrations.write"), "/registrations", {"rows": rows}, name="a")
    other = key_for("registrations.write", org_nr=BERGEN, system="bergen")
    ask(client, other, "/registrations", {"rows": [registration(patient_id="b-1", institution=BERGEN)]}, name="a")


def test_the_worklist_is_of_the_keys_units(client, ward):
    answer, told = ask(client, key_for("worklist.read"), "/worklist")
    assert answer.status_code == 200
    assert (told["total"], told["page"], told["pages"]) == (2, 1, 1)
    assert {row["patient_id"] for row in told["rows"]} == {"lab-1", "lab-2"}
    breast = next(row for row in told["rows"] if row["pathway"] == "A01")
    assert (breast["phase"], breast["start_date"], breast["hospital"]) == ("workup", "2024-03-01", STAVANGER)
    assert breast["whole_left"] == breast["whole_limit"] - 14, "14 days have gone since 1 March"
    line = Event.objects.get(kind="exported")
    assert len(line.listed.strip(",").split(",")) == 2


def test_the_worklist_is_narrowed(client, ward):
    _, told = ask(client, key_for("worklist.read"), "/worklist?pathway=A26")
    assert [row["patient_id"] for row in told["rows"]] == ["lab-2"]


def test_a_key_for_one_pathway_sees_that_alone(client, ward):
    _, told = ask(client, key_for("worklist.read", pathway="A26", system="prostate"), "/worklist")
    assert [row["pathway"] for row in told["rows"]] == ["A26"]


def test_a_patients_pathways_come_with_their_story(client, ward):
    key = key_for("episodes.read")
    _, told = ask(client, key, "/patients/find", {"patient_id": "lab-1"})
    answer, told = ask(client, key, f"/patients/{told['patient']}/episodes")
    assert answer.status_code == 200
    (episode,) = told["episodes"]
    assert (episode["episode"]["pathway"], episode["episode"]["of1_days"]) == ("A01", 7)
    assert any("7" in sentence for sentence in episode["story"])
    assert Event.objects.filter(kind="looked", what="system_episodes").count() == 1


def test_the_story_is_told_in_the_language_asked_for(client, ward):
    key, handle = key_for("episodes.read"), Patient.objects.get(source_id="lab-1").handle
    stories = [
        ask(client, key, f"/patients/{handle}/episodes", language=one)[1]["episodes"][0]["story"]
        for one in ("nb", "en")
    ]
    assert stories[0] != stories[1]


@pytest.mark.parametrize("patient", ["b-1", "nobody"])
def test_of_others_patients_nothing_is_told(client, ward, patient):
    """Whether such a patient is known elsewhere cannot be seen either."""
    key = key_for("episodes.read")
    answer, told = ask(client, key, "/patients/find", {"patient_id": patient})
    assert (answer.status_code, told["title"]) == (404, "No such patient")
    held = Patient.objects.filter(source_id=patient).first()
    answer, _ = ask(client, key, f"/patients/{held.handle if held else 'nobody'}/episodes")
    assert answer.status_code == 404
    assert not Event.objects.filter(kind="looked").exists()


def test_changes_are_told_in_order_and_go_on_where_one_stopped(client, ward):
    key = key_for("changes.read")
    _, first = ask(client, key, "/changes?limit=2")
    _, rest = ask(client, key, f"/changes?after={first['next']}&limit=2")
    _, end = ask(client, key, f"/changes?after={rest['next']}")
    told = [(one["patient_id"], one["code"], one["kind"]) for one in first["changes"] + rest["changes"]]
    assert told == [("lab-1", "A01A", "registered"), ("lab-1", "A01S", "registered"), ("lab-2", "A26A", "registered")]
    assert (first["more"], end["changes"], end["more"]) == (True, [], False)


def test_corrections_and_withdrawals_are_changes(client, ward):
    from pakkeforlop.coordination.actions.codes import undo
    from pakkeforlop.web import clock

    _, before = ask(client, key_for("changes.read"), "/changes")
    undo(registration=Registration.objects.get(code="A01S"), by=None, at=clock.now(), key="u", revision=None)
    _, told = ask(client, key_for("changes.read"), f"/changes?after={before['next']}")
    (change,) = told["changes"]
    assert (change["kind"], change["code"], change["version"], change["patient_id"]) == ("withdrawn", "", 2, "lab-1")


def test_changes_of_other_units_are_left_out_and_still_passed(client, ward):
    _, told = ask(client, key_for("changes.read", org_nr=BERGEN, system="bergen"), "/changes")
    assert [one["patient_id"] for one in told["changes"]] == ["b-1"]
    assert told["next"] == Registration.objects.order_by("-pk").first().pk


def test_a_registration_that_is_moved_elsewhere_is_withdrawn_for_those_who_had_it(client, ward):
    """Version 1 in Bergen, 2 in Stavanger, 3 in Stavanger: Bergen is told that it is gone and not where it went."""
    from pakkeforlop.coordination.actions.codes import correct_code
    from pakkeforlop.web import clock

    bergen, stavanger = key_for("changes.read", org_nr=BERGEN, system="bergen"), key_for("changes.read")
    last = Registration.objects.order_by("-pk").first()
    for day in (2, 3):
        held = Registration.objects.filter(registration_id=last.registration_id).latest("version")
        correct_code(
            registration=held, code="A01A", event_date=held.event_date.replace(day=day), institution=STAVANGER,
            reason="Feil sykehus", by=None, at=clock.now(), key=f"move{day}", revision=None,
        )  # fmt: skip
    _, told = ask(client, bergen, f"/changes?after={last.pk}")
    (change,) = told["changes"]
    assert (change["kind"], change["version"], change["code"], change["institution"]) == ("withdrawn", 2, "", "")
    assert (change["patient_id"], change["registration_id"]) == ("b-1", last.registration_id)
    assert (told["next"], told["more"]) == (Registration.objects.order_by("-pk").first().pk, False)
    _, told = ask(client, stavanger, f"/changes?after={last.pk}")
    assert [(one["kind"], one["version"], one["institution"]) for one in told["changes"]] == [
        ("corrected", 2, STAVANGER), ("corrected", 3, STAVANGER),
    ]  # fmt: skip

"""What others change while a page is open: told within one poll, on every page of the working day, and logged when told."""

from __future__ import annotations

import html
import json
import re
from datetime import date, timedelta
from typing import Any

import pytest

from app.access.people import BERGEN, OSLO, STAVANGER, client_for
from app.patient.filling import lung_patient
from app.work.filling import TODAY
from pakkeforlop.access.models import Event
from pakkeforlop.coding.models import Patient, Registration
from pakkeforlop.coordination.actions import codes, load
from pakkeforlop.coordination.models import Task, WorklistRow
from pakkeforlop.web import clock

pytestmark = pytest.mark.django_db
EVENT = {"event_id": "e", "kind": "attendance", "at": "2022-01-19T12:00", "institution": BERGEN, "pathway": "A26"}


@pytest.fixture
def patient(db: None) -> Patient:
    return lung_patient(("A26A", 10), name="Lun Krukke")


@pytest.fixture
def anker(db: None) -> Any:
    return client_for(("coordinator", BERGEN), username="anker")


class Open:
    """A page that is open: asks whether it still stands, as its script does."""

    def __init__(self, client: Any, address: str) -> None:
        self.client = client
        line = re.search(r'<span class="live"[^>]*>', client.get(address).content.decode())[0]
        told = {name: html.unescape(value) for name, value in re.findall(r'data-(\w+)="([^"]*)"', line)}
        self.url, self.tag, self.rows = told["live"], told["tag"], json.loads(told["rows"])

    def poll(self) -> dict[str, Any] | None:
        """What has changed; None while the page stands."""
        answer = self.client.get(self.url, headers={"If-None-Match": self.tag})
        if answer.status_code == 304:
            return None
        assert answer.status_code == 200, self.url
        self.tag = answer.headers["ETag"]
        return answer.json()

    def marked(self) -> set[str]:
        """The rows that differ from those on the page."""
        now = self.poll()["rows"]
        return {place for place in {*now, *self.rows} if now.get(place) != self.rows.get(place)}


def register(who: Patient, code: str, day: date, by: Any) -> None:
    codes.register_code(patient=who, code=code, event_date=day, institution=BERGEN, by=by, at=clock.now(), key="", revision=None)


def looks(what: str) -> int:
    return Event.objects.filter(kind="listed", what=what).count()


def test_a_patients_page_is_told_of_a_code_a_note_and_a_file_and_the_look_is_logged(anker: Any, patient: Patient):
    lykt = client_for(("coordinator", BERGEN), username="lykt")
    page = Open(anker, f"/patient/{patient.handle}/")
    assert page.poll() is None
    assert looks("patient_live") == 0
    register(patient, "A26S", TODAY - timedelta(days=1), lykt.user)
    assert re.fullmatch(r"\d\d\.\d\d · Prøve lykt: kode registrert\.", page.poll()["line"])
    assert looks("patient_live") == 1
    assert page.poll() is None
    asked = {"do": "note", "text": "Ring datteren", "row": f"{patient.handle}.A26.1", "pathway": "A26", "key": "n"}
    lykt.post(f"/patient/{patient.handle}/work/", asked)
    assert page.poll()["line"].endswith("Prøve lykt: notat skrevet.")
    load.load("events", [{**EVENT, "kind": "mdt", "finding": "cancer", "patient_id": patient.source_id}], on=TODAY, at=clock.now())
    assert page.poll()["line"].endswith("Nye opplysninger om pasienten er lest inn.")
    assert page.poll() is None
    told = {**EVENT, "event_id": "e2", "kind": "mdt", "patient_id": patient.source_id, "status": "booked", "at": "2022-01-25T09:00"}
    load.load("events", [told], on=TODAY, at=clock.now(), by=lykt.user.pk)
    assert page.poll()["line"].endswith("Prøve lykt sendte nye opplysninger.")


def test_a_patient_of_another_hospital_is_not_to_be_polled(patient: Patient):
    stranger = client_for(("coordinator", OSLO), username="oslo")
    assert stranger.get(f"/patient/live/?patient={patient.handle}").status_code == 404
    assert stranger.get("/patient/live/?patient=nobody").status_code == 404
    assert not Event.objects.filter(by=stranger.user).exists()


def test_both_ends_of_a_transfer_see_each_others_steps(anker: Any, patient: Patient):
    granne = client_for(("coordinator", STAVANGER), username="granne")
    here, there = Open(anker, "/transfers/"), Open(granne, "/transfers/")
    asked = {"pathway": "A26", "receiver": STAVANGER, "letter": "CT er gjort", "key": "k"}
    anker.post(f"/transfers/{patient.handle}/send/", asked)
    (row,) = there.marked()
    assert row.startswith("t-")
    there = Open(granne, "/transfers/")
    here = Open(anker, "/transfers/")
    granne.post(f"/transfers/{patient.handle}/answer/", {"transfer": row[2:], "do": "acknowledge", "key": "a"})
    assert here.marked() == {row}
    assert here.poll() is None
    assert there.poll()["line"].endswith("Endret mens siden har stått åpen.")


def test_a_task_given_done_or_moved_by_another_is_told_and_ones_other_tasks_are_not_marked(anker: Any, patient: Patient):
    lykt = client_for(("coordinator", BERGEN), username="lykt")
    first, second = (
        Task.objects.create(patient=patient, pathway="A26", text=text, owner=anker.user, due=TODAY, made_at=clock.now())
        for text in ("Bestill CT", "Ring pasienten")
    )
    mine, unit = Open(anker, "/tasks/"), Open(anker, "/tasks/?view=unit")
    assert (mine.poll(), unit.poll()) == (None, None)
    lykt.post(f"/tasks/{patient.handle}/work/", {"do": "done", "row": first.pk, "key": "d"})
    assert mine.marked() == {f"task-{first.pk}"}
    lykt.post(f"/tasks/{patient.handle}/work/", {"do": "give", "row": second.pk, "owner": lykt.user.pk, "key": "g"})
    assert unit.marked() == {f"task-{first.pk}", f"task-{second.pk}"}


def test_a_promised_answer_that_comes_is_told_on_the_page_of_answers(anker: Any, patient: Patient):
    asked = {"pathway": "A26", "kind": "pathology", "day": "2022-01-24", "text": "Biopsi", "key": "p"}
    anker.post(f"/tasks/{patient.handle}/new/", asked)
    page = Open(anker, "/tasks/?view=answers")
    (answer,) = page.rows
    came = {**EVENT, "kind": "pathology", "at": "2022-01-20T07:30", "patient_id": patient.source_id}
    load.load("events", [came], on=TODAY, at=clock.now())
    assert page.marked() == {answer}


def test_the_list_tells_what_a_system_sends_and_how_many_rows_it_has_now(anker: Any, patient: Patient):
    since = clock.now().isoformat()
    load.load("events", [{**EVENT, "patient_id": patient.source_id}], on=TODAY, at=clock.now())
    told = anker.get("/worklist/live/", {"since": since}).json()
    assert re.fullmatch(r"\d\d\.\d\d · Nye opplysninger om Lun Krukke\.", told["line"]["sentence"])
    assert told["total"] == "1"
    lung_patient(("A26A", 3), name="Ny Pasient")
    told = anker.get("/worklist/live/", {"since": told["since"]}).json()
    assert (told["total"], told["count"]) == ("2", "Listen har nå 2 forløp.")
    assert told["beyond"] is False
    narrowed = anker.get("/worklist/live/", {"since": since, "pathway": "A12"}).json()
    assert narrowed["total"] == "0"


def test_more_changes_than_a_poll_can_tell_ask_for_the_list_anew(anker: Any, monkeypatch: Any):
    monkeypatch.setattr("pakkeforlop.coordination.queries.live.MOST", 2)
    since = clock.now().isoformat()
    for n in range(3):
        who = lung_patient(("A26A", 10 + n), name=f"Nummer {n}")
        load.load("events", [{**EVENT, "event_id": f"e{n}", "patient_id": who.source_id}], on=TODAY, at=clock.now())
    told = anker.get("/worklist/live/", {"since": since}).json()
    assert (len(told["rows"]), told["beyond"], told["total"]) == (2, True, "3")


def test_a_new_proposal_is_told_on_the_missing_codes(anker: Any, patient: Patient):
    since = clock.now().isoformat()
    assert anker.get("/codes/missing/live/", {"since": since}).status_code == 204
    load.load("events", [{**EVENT, "patient_id": patient.source_id}], on=TODAY, at=clock.now())
    assert WorklistRow.objects.get().proposed.code == "A26S"
    told = anker.get("/codes/missing/live/", {"since": since}).json()
    assert (told["line"], told["fresh"], told["rows"]) == ("", "1 nytt forslag", [])
    assert anker.get("/codes/missing/live/", {"since": told["since"]}).status_code == 204


def test_the_list_tells_a_code_saved_corrected_and_taken_back_apart(patient: Patient, anker: Any):
    lykt = client_for(("coordinator", BERGEN), username="lykt").user
    register(patient, "A26S", TODAY, lykt)
    row = WorklistRow.objects.get(patient=patient)

    def line() -> str:
        row.refresh_from_db()
        told = anker.get(f"/worklist/live/?since={(row.changed_at - timedelta(seconds=1)).isoformat()}").json()
        return str(told["line"]["sentence"]).partition(" · ")[2]

    assert line() == "Prøve lykt lagret A26S for Lun Krukke."
    held = Registration.objects.get(patient=patient, code="A26S")
    told = {"by": lykt, "at": clock.now(), "revision": None}
    codes.correct_code(registration=held, code="A26S", event_date=TODAY - timedelta(1), institution=BERGEN, reason="Feil dag", key="c", **told)
    assert line() == "Prøve lykt rettet A26S for Lun Krukke."
    codes.withdraw_code(registration=held, reason="Feil pasient", key="w", **told)
    assert line() == "Prøve lykt tok tilbake A26S for Lun Krukke."

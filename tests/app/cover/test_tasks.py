"""Tasks with owner and day, told to the leader when late, moved only with a trace; answers shown before they are late."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.access.people import BERGEN, STAVANGER, client_for
from pakkeforlop.access.models import Post
from pakkeforlop.coding.models import Patient
from pakkeforlop.coordination.actions import codes, load
from pakkeforlop.coordination.actions.tasks import escalate_late
from pakkeforlop.coordination.models import Change, ExpectedAnswer, MailAddress, Outgoing, Task, WorklistRow

pytestmark = pytest.mark.django_db
TODAY = date(2022, 1, 20)  # a Thursday
NOW = datetime(2022, 1, 20, 9, tzinfo=ZoneInfo("Europe/Oslo"))


@pytest.fixture(autouse=True)
def _thursday(settings: Any) -> None:
    settings.TODAY = TODAY.isoformat()


@pytest.fixture
def patient(db: None) -> Patient:
    who = Patient.objects.create(source_id="p1", told=True, name="Lun Krukke", birth_date=date(1950, 1, 1))
    for code, day in (("A12A", 10), ("A12S", 14)):
        codes.register_code(patient=who, code=code, event_date=date(2022, 1, day), institution=BERGEN, by=None, at=NOW, key="", revision=None)
    return who


def work(client: Any, who: Patient, do: str, row: Any, **more: str) -> str:
    asked = {"do": do, "row": row.pk, "key": f"{do}{more.get('key', '')}", **more}
    return read(client.post(f"/tasks/{who.handle}/work/", asked, follow=True))


def read(answer: Any) -> str:
    """A page as it is read: a space that does not break is a space."""
    return answer.content.decode().replace("\u00a0", " ")


def task(client: Any, who: Patient, due: str = "2022-01-24", text: str = "Bestill CT") -> Task:
    client.post(f"/tasks/{who.handle}/new/", {"pathway": "A12", "kind": "task", "day": due, "text": text, "key": text})
    return Task.objects.get(text=text)


def test_a_task_is_made_with_owner_and_day_and_ticked_off(patient: Patient):
    client = client_for(("coordinator", BERGEN), username="anker")
    made = task(client, patient)
    assert (made.owner, made.due) == (client.user, date(2022, 1, 24))
    assert "Bestill CT" in client.get("/tasks/").content.decode()
    assert "Oppgaven er gjort." in work(client, patient, "done", made)
    assert "Bestill CT" not in client.get("/tasks/").content.decode()
    made.refresh_from_db()
    assert made.done_by == client.user


def test_no_day_changes_without_a_trace(patient: Patient):
    client = client_for(("coordinator", BERGEN), username="anker")
    made = task(client, patient)
    work(client, patient, "move", made, day="2022-01-27", reason=" ")
    made.refresh_from_db()
    assert made.due == date(2022, 1, 24)
    assert "er passert" in work(client, patient, "move", made, day="2022-01-19", reason="Maskinen er nede", key="2")
    page = work(client, patient, "move", made, day="2022-01-27", reason="Maskinen er nede", key="3")
    assert "fra ma 24. jan til to 27. jan. Maskinen er nede" in page
    change = Change.objects.get()
    assert (change.what, change.was, change.now, change.by) == ("task.due", "2022-01-24", "2022-01-27", client.user)
    from django.db import DatabaseError, transaction

    with pytest.raises(DatabaseError), transaction.atomic():
        Change.objects.update(reason="noe annet")


def test_a_task_given_to_another_is_theirs(patient: Patient):
    client, other = client_for(("coordinator", BERGEN), username="anker"), client_for(("coordinator", BERGEN), username="lykt")
    made = task(client, patient)
    work(client, patient, "give", made, owner=str(other.user.pk))
    assert "Bestill CT" not in client.get("/tasks/").content.decode()
    assert "Bestill CT" in other.get("/tasks/").content.decode()
    assert Change.objects.get().what == "task.owner"


def test_work_is_given_to_nobody_who_does_not_see_the_pathway(patient: Patient):
    """Neither a task that is there, nor a new one or an answer; the sentence names whom, and nothing is saved."""
    client = client_for(("coordinator", BERGEN), username="anker")
    other = client_for(("coordinator", STAVANGER), username="krakk")
    made, number = task(client, patient), str(other.user.pk)
    said = f"{other.user.display_name} ser ikke dette forløpet. Velg en annen. Ingenting er lagret."
    assert said in work(client, patient, "give", made, owner=number)
    for kind in ("task", "call"):
        asked = {"pathway": "A12", "kind": kind, "day": "2022-01-24", "text": "Ring", "owner": number, "key": kind}
        assert said in read(client.post(f"/tasks/{patient.handle}/new/", asked))
    made.refresh_from_db()
    assert (made.owner, Task.objects.count(), ExpectedAnswer.objects.count(), Change.objects.count()) == (client.user, 1, 0, 0)


@pytest.mark.parametrize(
    ("due", "told"),
    [("2022-01-20", False), ("2022-01-19", False), ("2022-01-18", True), ("2022-01-14", True)],
)
def test_a_late_task_is_told_to_the_leader_after_two_working_days(patient: Patient, due: str, told: bool):
    client, leader = client_for(("coordinator", BERGEN), username="anker"), client_for(("leader", BERGEN), username="kompass")
    Post.objects.create(kind="leader", org_nr=BERGEN, name="Rolig Kompass", user=leader.user, valid_from=date(2015, 1, 1))
    made = task(client, patient)
    Task.objects.update(due=due)
    assert escalate_late(on=TODAY, at=NOW) == told
    assert escalate_late(on=TODAY, at=NOW) == 0  # once
    made.refresh_from_db()
    assert made.escalated_to == (leader.user if told else None)
    assert ("Bestill CT" in leader.get("/tasks/?view=escalated").content.decode()) is told


def test_the_nearest_leader_is_told_and_no_leader_is_said(patient: Patient):
    client = client_for(("coordinator", BERGEN), username="anker")
    made = task(client, patient)
    assert "Ingen leder er oppgitt" in work(client, patient, "escalate", made, reason="Får ikke time")
    whole, bowel = client_for(("leader", BERGEN), username="hele").user, client_for(("leader", BERGEN), username="tarm").user
    for user, pathway in ((whole, ""), (bowel, "A12")):
        Post.objects.create(kind="leader", org_nr=BERGEN, pathway=pathway, name=user.display_name, user=user, valid_from=date(2015, 1, 1))
    MailAddress.objects.create(user=bowel, address="tarm@sykehuset.example")
    work(client, patient, "escalate", made, reason="Får ikke time", key="2")
    made.refresh_from_db()
    assert made.escalated_to == bowel
    mail = Outgoing.objects.get()
    assert (mail.recipient, mail.state) == ("tarm@sykehuset.example", "waiting")
    assert not any(word in mail.subject + mail.body for word in ("Krukke", "Lun", "CT", "1950", patient.handle))


@pytest.mark.parametrize(
    ("day", "sign", "group"),
    [
        ("2022-01-20", "Svar lovet i dag", "I dag"),
        ("2022-01-21", "Svar lovet 21. jan", "Neste virkedag"),
        ("2022-01-24", "", "Senere"),
        ("2022-01-27", "", "Senere"),
    ],
)
def test_an_answer_shows_before_it_is_late(patient: Patient, day: str, sign: str, group: str):
    client = client_for(("coordinator", BERGEN), username="anker")
    client.post(f"/tasks/{patient.handle}/new/", {"pathway": "A12", "kind": "call", "day": day, "text": "Svar på CT", "key": "k"})
    page = client.get("/tasks/?view=answers").content.decode()
    assert "Telefon til pasienten: Svar på CT" in page
    assert f"<h2 class=\"mt\">{group}" in page
    listed = read(client.get("/worklist/?owner=all"))
    assert ("Svar lovet" in listed) is bool(sign)
    assert sign in listed


def test_a_late_answer_is_on_the_list_until_it_comes_and_a_new_day_needs_a_reason(patient: Patient):
    client = client_for(("coordinator", BERGEN), username="anker")
    client.post(f"/tasks/{patient.handle}/new/", {"pathway": "A12", "kind": "pathology", "day": "2022-01-21", "key": "k"})
    made = ExpectedAnswer.objects.get()
    assert "Ny dag er" not in work(client, patient, "answer_move", made, day="2022-01-24", reason="")
    assert "til ma 24. jan. Lab forsinket" in work(client, patient, "answer_move", made, day="2022-01-24", reason="Lab forsinket", key="2", view="answers")
    ExpectedAnswer.objects.update(expected_date="2022-01-19")
    assert "<h2 class=\"mt\">Over tiden" in client.get("/tasks/?view=answers").content.decode()
    work(client, patient, "received", made)
    made.refresh_from_db()
    assert made.received_at == TODAY
    assert "Patologisvar" not in client.get("/tasks/?view=answers").content.decode()


def test_an_answer_that_comes_as_an_event_is_ticked_off_by_itself(patient: Patient):
    client = client_for(("coordinator", BERGEN), username="anker")
    client.post(f"/tasks/{patient.handle}/new/", {"pathway": "A12", "kind": "pathology", "day": "2022-01-21", "key": "k"})
    came = {"event_id": "svar-1", "patient_id": "p1", "kind": "pathology", "at": "2022-01-20T08:00", "institution": BERGEN, "pathway": "A12", "result": "adenokarsinom"}
    load.load("events", [came], on=TODAY, at=NOW)
    answer = ExpectedAnswer.objects.get()
    assert (answer.received_at, answer.event.external_id) == (TODAY, "svar-1")
    assert WorklistRow.objects.get().answer_due is None
    load.load("events", [{**came, "status": "cancelled"}], on=TODAY, at=NOW)
    answer.refresh_from_db()
    assert (answer.received_at, answer.event) == (None, None)


def test_others_patients_tasks_are_neither_shown_nor_done(patient: Patient):
    client = client_for(("coordinator", BERGEN), username="anker")
    made = task(client, patient)
    stranger = client_for(("coordinator", STAVANGER), username="granne")
    Task.objects.update(owner=stranger.user)
    page = stranger.get("/tasks/").content.decode()
    assert "Bestill CT" not in page
    assert "1 av oppgavene dine gjelder en pasient som ikke lenger er hos dere" in page
    assert stranger.post(f"/tasks/{patient.handle}/work/", {"do": "done", "row": made.pk}).status_code == 403
    assert Task.objects.get().done_at is None


def test_the_days_offered_are_working_days(patient: Patient):
    page = read(client_for(("coordinator", BERGEN), username="anker").get(f"/tasks/{patient.handle}/new/?pathway=A12"))
    assert '<option value="2022-01-21" selected>fr 21. jan</option>' in page
    assert "2022-01-22" not in page
    assert str(TODAY + timedelta(days=13)) in page


def test_many_events_bring_their_answers_with_as_many_questions_as_few(patient: Patient, django_assert_max_num_queries: Any):
    """Each event its own: the one it names, else the oldest of its kind; two of a kind bring two, one told again brings none."""
    from pakkeforlop.coordination.actions.answers import bring_answers
    from pakkeforlop.coordination.models import ClinicalEvent

    for n in range(30):
        ExpectedAnswer.objects.create(
            external_id=f"s{n}", patient=patient, pathway="A12", kind="pathology" if n % 2 else "imaging", asked_at=date(2022, 1, 10),
            expected_date=date(2022, 1, 11) + timedelta(days=n),
        )  # fmt: skip

    def event(name: str, kind: str, **more: Any) -> ClinicalEvent:
        told = {"patient": patient, "pathway": "A12", "status": "attended", "at": NOW, "institution": BERGEN, "told_at": NOW, **more}
        return ClinicalEvent.objects.create(external_id=name, kind=kind, **told)

    events = [event(f"p{n}", "pathology") for n in range(2)] + [event("named", "mdt", answers="s29"), event("ct", "examination", pathway="")]
    events += [event("other", "pathology", pathway="A01"), event("visit", "attendance")]
    with django_assert_max_num_queries(2 + 4):  # two questions, and a line for each answer that came
        bring_answers(events)
    came = dict(ExpectedAnswer.objects.filter(received_at=TODAY).values_list("external_id", "event__external_id"))
    assert came == {"s1": "p0", "s3": "p1", "s29": "named", "s0": "ct"}
    bring_answers(events[:2])
    assert ExpectedAnswer.objects.filter(received_at=TODAY).count() == 4
    ClinicalEvent.objects.filter(external_id="p0").update(status="cancelled")
    bring_answers([ClinicalEvent.objects.get(external_id="p0")])
    assert ExpectedAnswer.objects.get(external_id="s1").received_at is None

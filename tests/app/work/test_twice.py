"""A click too many, and two people at once, without a script: each is told what happened, and nothing is overwritten."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any

import pytest

from app.access.people import client_for
from app.patient.filling import book, lung_patient
from app.work.filling import HAUKELAND
from pakkeforlop.access.models import Event
from pakkeforlop.coding.models import Patient, Registration
from pakkeforlop.coordination.models import Appointment, NewCancer, Proposal, WorklistRow
from pakkeforlop.coordination.rows import refresh
from pakkeforlop.web import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def kari() -> Any:
    return client_for(("coordinator", HAUKELAND), username="kari")


@pytest.fixture
def ida() -> Any:
    return client_for(("coordinator", HAUKELAND), username="ida")


def proposed(code: str = "A26S", *codes: tuple[str, int], before: int = 0) -> Proposal:
    made = lung_patient(*(codes or (("A26A", 28),)), name="Lun Krukke")
    one = Proposal.objects.create(
        patient=made, pathway="A26", code=code, event_date=clock.today() - timedelta(before), institution=HAUKELAND,
        evidence="Oppmøte i timeboken", made_at=clock.now(),
    )  # fmt: skip
    refresh([made.pk], on=clock.today(), at=clock.now())
    return one


def key_of(patient: Patient) -> str:
    return f"{patient.handle}.A26.1"


def said(answer: Any) -> str:
    """What the page after a deed tells, in words."""
    notes = re.findall(r'<div class="verdict note" role="status">(.*?)</div>', answer.content.decode(), re.S)
    return " | ".join(html.unescape(note).replace("\xa0", " ") for note in notes)


def offers(answer: Any) -> int:
    return answer.content.decode().count('class="verdict undo-offer"')


WAYS = {
    "list": lambda one, do: (f"/worklist/{one.patient.handle}/{do}/", {"row": key_of(one.patient), "query": ""}),
    "codes": lambda one, do: (f"/codes/{one.patient.handle}/{do}/", {"query": ""}),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_double_click_on_confirm_says_that_the_code_is_saved_and_offers_to_take_it_back(kari: Any, way: str):
    one = proposed()
    address, fields = WAYS[way](one, "confirm")
    asked = {**fields, "proposal": one.pk, "key": "k1"}
    kari.post(address, asked)  # the first answer of a double click is never seen
    for _ in range(2):
        answer = kari.post(address, asked, follow=True)
        assert said(answer) == "A26S er lagret, to 20. jan."
        assert offers(answer) == 1
    assert Registration.objects.filter(patient=one.patient).count() == 2


@pytest.mark.parametrize("way", WAYS)
def test_a_double_click_on_reject_says_that_it_is_rejected(kari: Any, way: str):
    one = proposed()
    address, fields = WAYS[way](one, "reject")
    for _ in range(2):
        answer = kari.post(address, {**fields, "proposal": one.pk, "key": "k1", "reason": "Ikke møtt"}, follow=True)
        assert said(answer) == "Forslaget A26S er avvist."
        assert offers(answer) == 1
    assert Event.objects.filter(what="proposal.rejected").count() == 1


def test_a_double_click_on_the_patients_page_rejects_once(kari: Any):
    one = proposed()
    for _ in range(2):
        asked = {"proposal": one.pk, "key": "k1", "reason": "Ikke møtt", "pathway": "A26"}
        answer = kari.post(f"/patient/{one.patient.handle}/reject/", asked, follow=True)
        assert (said(answer), offers(answer)) == ("Forslaget A26S er avvist.", 1)


@pytest.mark.parametrize(
    ("address", "fields"),
    [
        ("/worklist/confirm/", lambda one: {"row": key_of(one.patient), "key": "m1", "query": ""}),
        ("/codes/missing/confirm/", lambda one: {"proposal": one.pk, "key": "m1", "query": ""}),
    ],
)
def test_a_double_click_on_many_keeps_the_way_back(kari: Any, address: str, fields: Any):
    ones = [proposed(), proposed()]
    asked = {name: [fields(one)[name] for one in ones] if name in ("row", "proposal") else value for name, value in fields(ones[0]).items()}
    for _ in range(2):
        answer = kari.post(address, asked, follow=True)
        assert said(answer) == "2 koder er lagret."
        assert "Angre alle 2" in answer.content.decode()
    assert Registration.objects.filter(code="A26S").count() == 2


@pytest.mark.parametrize("way", WAYS)
def test_the_second_of_two_is_told_who_answered_the_proposal(kari: Any, ida: Any, way: str):
    one = proposed()
    address, fields = WAYS[way](one, "confirm")
    ida.post(address, {**fields, "proposal": one.pk, "key": "i1"})
    told = said(kari.post(address, {**fields, "proposal": one.pk, "key": "k1"}, follow=True))
    assert re.fullmatch(r"Prøve ida bekreftet A26S 20\.01\.2022 kl\. \d\d\.\d\d\. Koden står én gang\.", told)
    address, fields = WAYS[way](one, "reject")
    told = said(kari.post(address, {**fields, "proposal": one.pk, "key": "k2", "reason": "Nei"}, follow=True))
    assert told.startswith("Prøve ida bekreftet A26S")
    assert Registration.objects.filter(patient=one.patient, code="A26S").count() == 1


def test_one_who_confirms_what_was_rejected_is_told_why(kari: Any, ida: Any):
    one = proposed()
    ida.post(f"/codes/{one.patient.handle}/reject/", {"proposal": one.pk, "key": "i1", "reason": "Møtte ikke", "query": ""})
    told = said(kari.post(f"/codes/{one.patient.handle}/confirm/", {"proposal": one.pk, "key": "k1", "query": ""}, follow=True))
    assert told.startswith("Prøve ida avviste A26S")
    assert told.endswith(": «Møtte ikke». Ingenting er lagret.")
    told = said(kari.post("/codes/missing/confirm/", {"proposal": one.pk, "key": "k2", "query": ""}, follow=True))
    assert told.startswith("Ingen koder ble lagret. | Prøve ida avviste A26S")


def test_a_follow_up_is_not_written_over_by_the_second(kari: Any, ida: Any):
    made = lung_patient(("A26A", 20), name="Lun Krukke")
    missed = book(made, "attendance", "Poliklinikk", 30, status="missed")
    refresh([made.pk], on=clock.today(), at=clock.now())
    asked = {"row": key_of(made), "do": "follow", "appointment": missed.pk, "query": ""}
    address = f"/worklist/{made.handle}/work/"
    ida.post(address, {**asked, "key": "i1", "text": "Ringt, ny time"}, follow=True)
    assert said(ida.post(address, {**asked, "key": "i1", "text": "Ringt, ny time"}, follow=True)) == "Dette var alt lagret."
    told = said(kari.post(address, {**asked, "key": "k1", "text": "Sendt brev"}, follow=True))
    assert told.startswith("Prøve ida fulgte opp 20.01.2022 kl. ")
    assert told.endswith(": «Ringt, ny time». Det står. Skriv et notat om det er mer.")
    assert Appointment.objects.get(pk=missed.pk).follow_up == "Ringt, ny time"
    told = said(kari.post(f"/patient/{made.handle}/work/", {**asked, "key": "k2", "text": "Sendt brev", "pathway": "A26"}, follow=True))
    assert "Prøve ida fulgte opp" in told


def test_why_a_new_cancer_had_no_pathway_is_answered_once(kari: Any, ida: Any):
    made = lung_patient(name="Lun Krukke")
    day = clock.today() - timedelta(70)
    asked = NewCancer.objects.create(patient=made, icd10="C34.1", first_contact_date=day, institution=HAUKELAND)
    for _ in range(2):
        answer = ida.post("/codes/missing/reason/", {"cancer": asked.pk, "reason": "emergency", "text": "Om natten"}, follow=True)
        assert said(answer) == "Svaret er lagret."
    assert Event.objects.filter(what="new_cancer.reason").count() == 1
    told = said(kari.post("/codes/missing/reason/", {"cancer": asked.pk, "reason": "forgotten", "text": ""}, follow=True))
    assert re.fullmatch(r"Prøve ida svarte 20\.01\.2022 kl\. \d\d\.\d\d: .+\. Det står; ingenting er overskrevet\.", told)
    asked.refresh_from_db()
    assert (asked.reason, asked.reason_by) == ("emergency", ida.user)


def test_what_the_rules_say_of_a_proposed_code_stands_before_and_after_it_is_saved(kari: Any):
    """A decision without a first attendance: message 108 and what to do; the code is saved all the same."""
    one = proposed("A26CK")
    row = WorklistRow.objects.get(patient=one.patient)
    assert row.proposed_id == one.pk
    panel = re.sub(r"<[^>]+>", "", kari.get(f"/worklist/row/?row={key_of(one.patient)}").content.decode())
    assert "Foreslått kode A26CK" in panel
    assert re.search(r"108\s", panel)
    asked = {"row": key_of(one.patient), "proposal": one.pk, "key": "k1", "query": ""}
    told = said(kari.post(f"/worklist/{one.patient.handle}/confirm/", asked, follow=True))
    assert told.startswith("A26CK er lagret, to 20. jan. 108: ")
    other = proposed("A26CK")
    told = said(kari.post("/codes/missing/confirm/", {"proposal": other.pk, "key": "k2", "query": ""}, follow=True))
    assert told.startswith("1 kode er lagret. | A26CK for Lun Krukke: 108: ")


def test_a_task_that_was_ticked_off_by_mistake_is_taken_up_again(kari: Any, ida: Any):
    from pakkeforlop.coordination.models import Task

    made = lung_patient(("A26A", 20), name="Lun Krukke")
    task = Task.objects.create(patient=made, pathway="A26", text="Ring pasienten", owner=kari.user, made_at=clock.now())
    asked = {"row": key_of(made), "do": "task_done", "task": task.pk, "key": "d1", "query": ""}
    address = f"/worklist/{made.handle}/work/"
    kari.post(address, asked)
    answer = kari.post(address, asked, follow=True)  # a double click: told, and the way back stands
    assert said(answer) == "Oppgaven er utført. | Dette var alt lagret."
    form = re.search(r'undo-offer" method="post" action="([^"]+)">(.*?)</form>', answer.content.decode(), re.S)
    assert form is not None
    assert "Angre oppgaven «Ring pasienten»" in html.unescape(form[2])
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[2]))
    # another who has not ticked it off takes nothing up
    assert said(ida.post(form[1], fields | {"key": "i"}, follow=True)).startswith("Oppgaven er utført av en annen")
    assert said(kari.post(form[1], fields, follow=True)) == "Oppgaven skal gjøres likevel."
    task.refresh_from_db()
    assert (task.done_at, task.done_by) == (None, None)
    lines = Event.objects.filter(patient_id=made.pk, what__startswith="task.").order_by("pk")
    assert [line.what for line in lines] == ["task.done", "task.again"]
    # and from the patient's page
    page = f"/patient/{made.handle}/"
    answer = kari.post(f"{page}work/", asked | {"key": "d2", "pathway": "A26"}, follow=True)
    form = re.search(r'undo-offer" method="post" action="([^"]+)">(.*?)</form>', answer.content.decode(), re.S)
    assert form is not None
    assert form[1] == f"{page}work/"
    kari.post(form[1], dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[2])))
    task.refresh_from_db()
    assert task.done_at is None

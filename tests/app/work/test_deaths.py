"""A patient who has died: the list says so, X is proposed by itself, and a code after that day is noted, never stopped."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest

from app.access.people import client_for
from app.patient.filling import START, enter, lung_patient
from app.work.filling import FORDE, HAUKELAND
from pakkeforlop.coding.models import Patient, Registration
from pakkeforlop.coordination.models import ClinicalEvent, Proposal, WorklistRow
from pakkeforlop.coordination.rows import refresh
from pakkeforlop.web import clock

pytestmark = pytest.mark.django_db
DIED = date(2022, 1, 12)


@pytest.fixture
def kari() -> Any:
    return client_for(("coordinator", HAUKELAND), username="kari")


def dead(*codes: tuple[str, int], day: date = DIED) -> Patient:
    made = lung_patient(*codes, name="Lun Krukke")
    Patient.objects.filter(pk=made.pk).update(death_date=day)
    refresh([made.pk], on=clock.today(), at=clock.now())
    made.refresh_from_db()
    return made


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode())).replace("\xa0", " ")


def test_the_list_says_so_and_x_is_proposed_for_the_day_without_a_key(kari: Any):
    made = dead(("A26A", 0), ("A26S", 6))
    proposal = Proposal.objects.get(patient=made)
    assert (proposal.code, proposal.event_date, proposal.institution) == ("A26X", DIED, HAUKELAND)
    assert (proposal.rule, proposal.evidence, proposal.event) == ("broken_off_by_death", "Død", None)
    assert "Død 12. jan" in text(kari.get("/worklist/"))
    page = text(kari.get(f"/patient/{made.handle}/"))
    assert "Pasienten døde 12. januar 2022. Forløpet står åpent til A26X er registrert. Foreslått kode A26X" in page
    row = f"{made.handle}.A26.1"
    kari.post(f"/worklist/{made.handle}/confirm/", {"row": row, "proposal": proposal.pk, "key": "k", "query": ""})
    assert Registration.objects.get(patient=made, code="A26X").event_date == DIED
    assert not WorklistRow.objects.filter(patient=made, closed=False).exists()


def test_the_hospital_that_has_the_patient_now_is_asked(kari: Any):
    made = lung_patient(("A26A", 0), ("A26S", 6), ("A26O", 10), name="Lun Krukke")
    enter(made, "A26A", 12, place=FORDE)
    Patient.objects.filter(pk=made.pk).update(death_date=DIED)
    refresh([made.pk], on=clock.today(), at=clock.now())
    assert Proposal.objects.get(patient=made, code="A26X").institution == FORDE


@pytest.mark.parametrize(
    ("codes", "day"),
    [
        ((("A26A", 0), ("A26S", 6), ("A26CK", 10), ("A26FK", 20)), DIED),  # treated: the pathway had ended
        ((("A26A", 0),), date(2022, 1, 21)),  # a day that has not come
    ],
)
def test_where_nothing_was_broken_off_nothing_is_proposed(codes: Any, day: date):
    assert not Proposal.objects.filter(patient=dead(*codes, day=day), code="A26X").exists()


def test_a_death_that_a_system_tells_too_is_one_proposal():
    made = lung_patient(("A26A", 0), name="Lun Krukke")
    ClinicalEvent.objects.create(
        patient=made, external_id="d1", kind="death", status="attended", at=clock.now() - timedelta(8), institution=HAUKELAND,
        pathway="A26", text="Død på avdelingen", told_at=clock.now(),
    )  # fmt: skip
    Patient.objects.filter(pk=made.pk).update(death_date=DIED)
    refresh([made.pk], on=clock.today(), at=clock.now())
    assert Proposal.objects.get(patient=made).evidence == "Død på avdelingen"


def test_a_code_after_the_day_of_death_is_noted_before_and_after_and_never_stopped(kari: Any):
    made = dead(("A26A", 0))
    Proposal.objects.filter(patient=made).delete()
    one = Proposal.objects.create(
        patient=made, pathway="A26", code="A26S", event_date=START + timedelta(30), institution=HAUKELAND,
        evidence="Oppmøte i timeboken", made_at=clock.now(),
    )  # fmt: skip
    assert (START + timedelta(30)) > DIED
    note = "Koden er datert etter dødsdagen. Er forløpet avbrutt ved dødsfall, brukes X."
    assert note in text(kari.get("/codes/missing/?view=proposed"))
    typed = {"code": "A26S", "day": "15.01.2022", "institution": HAUKELAND, "pathway": "A26", "revision": made.revision}
    assert note in text(kari.post(f"/patient/{made.handle}/verdict/", typed))
    told = text(kari.post(f"/codes/{made.handle}/confirm/", {"proposal": one.pk, "key": "k", "query": ""}, follow=True))
    assert f"A26S er lagret, lø 15. jan. {note}" in told
    assert Registration.objects.filter(patient=made, code="A26S").count() == 1

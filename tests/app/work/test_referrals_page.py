"""New referrals: proposed, into a pathway with the date of receipt, or ordinary with the reason."""

from __future__ import annotations

from typing import Any

import pytest

from app.access.people import client_for
from app.work.filling import HAUKELAND, TODAY
from pakkeforlop.access.models import Event
from pakkeforlop.coding.models import Registration
from pakkeforlop.coordination.models import Referral, WorklistRow
from pakkeforlop.coordination.queries.referrals import inbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def referral(people: Any) -> Referral:
    """Not marked; the text meets the criteria of breast."""
    return Referral.objects.select_related("patient").get(text__startswith="Kul i venstre bryst")


def assess(client: Any, referral: Referral, **values: object) -> Any:
    return client.post(f"/referrals/{referral.patient.handle}/", {"referral": referral.pk, "key": "k1", **values}, follow=True)


def test_those_that_may_belong_in_a_pathway_stand_first(coordinator: Any):
    found = inbox(for_=coordinator.user, on=TODAY)
    proposed = [bool(one.proposed) for one in found]
    assert proposed == sorted(proposed, reverse=True)
    by_text = {one.referral.text[:12]: one for one in found}
    assert by_text["Kul i venstr"].meets.pathway == "A01"
    assert by_text["Melanom i bi"].meets.sure == "diagnosis"
    assert by_text["Kontroll av "].proposed == ""
    assert by_text["PSA 14, susp"].proposed == "A16"


def test_the_pathway_starts_on_the_day_of_receipt(coordinator: Any, referral: Referral):
    assess(coordinator, referral, choice="pathway", pathway="A01", reason="")
    made = Registration.objects.get(patient=referral.patient)
    assert (made.code, made.event_date, made.institution) == ("A01A", referral.received_date, HAUKELAND)
    row = WorklistRow.objects.get(patient=referral.patient)
    assert (row.phase, row.start_date) == ("first_attendance", referral.received_date)
    referral.refresh_from_db()
    assert (referral.status, referral.into, referral.assessed_by_id) == ("pathway", "A01", coordinator.user.pk)


def test_a_double_click_starts_one_pathway(coordinator: Any, referral: Referral):
    for _ in range(2):
        assess(coordinator, referral, choice="pathway", pathway="A01")
    assert Registration.objects.filter(patient=referral.patient).count() == 1


def test_an_ordinary_referral_needs_a_reason(coordinator: Any, referral: Referral):
    assess(coordinator, referral, choice="ordinary", reason="")
    referral.refresh_from_db()
    assert referral.status == "new"
    assess(coordinator, referral, choice="ordinary", reason="Godartet funn på bilder")
    referral.refresh_from_db()
    assert (referral.status, referral.reason) == ("ordinary", "Godartet funn på bilder")
    assert not Registration.objects.filter(patient=referral.patient).exists()
    line = Event.objects.filter(what="referral.assessed").latest("pk")
    assert (line.patient_id, line.reason) == (referral.patient_id, "Godartet funn på bilder")


def test_a_referral_to_another_hospital_is_not_shown(people: Any, referral: Referral):
    stranger = client_for(("coordinator", "974703300"), username="ole")
    assert inbox(for_=stranger.user, on=TODAY) == []
    assess(stranger, referral, choice="ordinary", reason="x")
    referral.refresh_from_db()
    assert referral.status == "new"


def test_a_referral_whose_start_is_registered_elsewhere_is_settled(people: Any, morning_ward: Any):
    """Referrals of pathways that have begun do not wait in the inbox."""
    begun = [patient for patient, scene in morning_ward.scene_of.items() if scene == "on_track"]
    assert set(Referral.objects.filter(patient__source_id__in=begun).values_list("status", flat=True)) == {"pathway"}

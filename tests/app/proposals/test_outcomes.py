"""What became of proposals: recorded and shown, by rule and one by one; nothing is learnt in silence."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.access.people import client_for
from app.proposals.arriving import PLACES, arrive, event, patient
from pakkeforlop.coding.models import Registration
from pakkeforlop.coordination.models import Proposal, WorklistRow

pytestmark = pytest.mark.django_db
HAUKELAND = PLACES["h1"]


@pytest.fixture(autouse=True)
def _the_day(settings: Any) -> None:
    settings.TODAY = "2024-06-30"


@pytest.fixture
def coder(db: None) -> Any:
    return client_for(("coordinator", HAUKELAND), username="anker")


def proposed(name: str, *lines: str) -> Proposal:
    who = patient(name)
    arrive(*(event(f"{name}-{n}", name, line) for n, line in enumerate(lines)))
    return Proposal.objects.get(patient=who, state="open")


def confirm(client: Any, one: Proposal) -> Any:
    return client.post(f"/codes/{one.patient.handle}/confirm/", {"proposal": one.pk, "key": f"c{one.pk}"})


def test_a_start_is_proposed_for_a_patient_nobody_knew_and_confirmed_in_one_post(coder: Any):
    """Suspicion during something else: no pathway is open, and the event alone leads to the patient."""
    one = proposed("ny", "0 pathology h1 - finding=cancer towards=A26 text=Preparat")
    page = coder.get("/codes/missing/").content.decode()
    assert "A26A" in page
    assert "Preparat" in page
    assert confirm(coder, one).status_code == 302
    assert Registration.objects.get().code == "A26A"
    assert WorklistRow.objects.get().pathway == "A26"
    stranger = client_for(("coordinator", "974705788"), username="oslo")
    other = proposed("annen", "0 pathology h1 - finding=cancer towards=A26")
    assert confirm(stranger, other).status_code == 403


def test_what_is_rejected_is_not_proposed_again_for_that_day_and_is_shown_with_its_reason(coder: Any):
    one = proposed("nei", "0 referral h1 A12 finding=marked")
    coder.post(f"/codes/{one.patient.handle}/reject/", {"proposal": one.pk, "reason": "Sendt til feil pasient", "key": "r"})
    arrive(event("nei-9", "nei", "0 referral h1 A12 finding=marked"))
    assert list(Proposal.objects.values_list("state", flat=True)) == ["rejected"]
    page = coder.get("/proposals/").content.decode()
    assert "Sendt til feil pasient" in page
    assert "0 er bekreftet som de sto, 0 endret og 1 avvist." in page
    assert "Ingenting av dette endrer en regel av seg selv." in page
    arrive(event("nei-10", "nei", "3 referral h1 A12 finding=marked"))  # another day speaks anew
    assert Proposal.objects.get(state="open").event_date == date(2024, 3, 7)


def test_a_change_is_told_from_a_confirmation(coder: Any):
    one = proposed("endre", "0 referral h1 A12 finding=marked")
    confirm(coder, one)
    arrive(event("endre-1", "endre", "5 attendance h1 A12"))
    visit = Proposal.objects.get(state="open")
    asked = {"code": "A12S", "day": "08.03.2024", "institution": HAUKELAND, "proposal": visit.pk, "key": "e", "revision": visit.patient.revision + 1}
    visit.patient.refresh_from_db()
    coder.post(f"/patient/{visit.patient.handle}/code/", {**asked, "revision": visit.patient.revision})
    visit.refresh_from_db()
    assert (visit.state, visit.became, visit.became_date) == ("changed", "A12S", date(2024, 3, 8))
    page = coder.get("/proposals/").content.decode()
    assert "1 er bekreftet som de sto, 1 endret og 0 avvist." in page
    opened = coder.get("/proposals/?rule=first_attendance&outcome=changed").content.decode()
    assert "endre" in opened
    assert "Første fremmøte i utredningen" in opened


def test_an_event_that_is_told_anew_moves_its_proposal(coder: Any):
    one = proposed("flytt", "0 referral h1 A12 finding=marked")
    confirm(coder, one)
    arrive(event("flytt-1", "flytt", "5 attendance h1 A12"))
    arrive(event("flytt-1", "flytt", "6 attendance h1 A12"))
    assert [(p.event_date.day, p.state, p.reason) for p in Proposal.objects.filter(code="A12S").order_by("pk")] == [
        (9, "rejected", "overtaken"), (10, "open", ""),
    ]  # fmt: skip
    arrive(event("flytt-1", "flytt", "6 attendance h1 A12 status=missed"))
    assert not Proposal.objects.filter(state="open").exists()


def test_a_withdrawn_code_is_proposed_again(coder: Any):
    from app.proposals.arriving import NOW
    from pakkeforlop.coordination.actions import codes

    one = proposed("angre", "0 referral h1 A12 finding=marked")
    confirm(coder, one)
    codes.withdraw_code(registration=Registration.objects.get(), reason="Feil", by=None, at=NOW, key="", revision=None)
    assert Proposal.objects.get().state == "open"


def test_where_two_pathways_are_open_an_event_without_one_speaks_for_none(coder: Any):
    for prefix in ("A12", "A15"):
        who = patient("to") if prefix == "A12" else None
        arrive(event(f"to-{prefix}", "to", f"0 referral h1 {prefix} finding=marked"))
        confirm(coder, Proposal.objects.get(state="open"))
        assert who is None or who.pk
    arrive(event("to-x", "to", "4 attendance h1 -"))
    assert not Proposal.objects.filter(state="open").exists()
    arrive(event("to-y", "to", "4 attendance h1 A15"))
    assert Proposal.objects.get(state="open").code == "A15S"


def test_a_booking_is_the_next_step_and_speaks_for_no_code(coder: Any):
    confirm(coder, proposed("time", "0 referral h1 A12 finding=marked"))
    arrive(event("time-1", "time", "122 surgery h1 A12 status=booked text=Hemikolektomi"))
    row = WorklistRow.objects.get()
    assert (row.next_kind, row.next_text, row.next_on) == ("surgery", "Hemikolektomi", date(2024, 7, 4))
    assert not Proposal.objects.filter(state="open").exists()


def test_rows_that_cannot_be_used_are_handed_back():
    from app.proposals.arriving import NOW, TODAY
    from pakkeforlop.coordination.actions.load import load

    patient("kjent")
    good = event("g", "kjent", "0 referral h1 A12 finding=marked")
    bad = [
        {**good, "event_id": "b1", "kind": "party"},
        {**good, "event_id": "b2", "finding": "bad_news"},
        {**good, "event_id": "b3", "at": ""},
        {**good, "event_id": "b4", "pathway": "A99"},
        {**event("b5", "ukjent", "0 attendance h1 -")},
    ]
    done = load("events", [*bad, good], on=TODAY, at=NOW)
    assert (done.new, [(one.row, one.column, one.reason) for one in done.refused]) == (
        1,
        [
            (1, "kind", "value_unreadable"), (2, "finding", "value_unreadable"), (3, "at", "date_missing"),
            (4, "pathway", "value_unreadable"), (5, "patient_id", "patient_missing"),
        ],
    )  # fmt: skip
    assert load("events", [good], on=TODAY, at=NOW).same == 1


def test_the_page_of_the_patient_has_the_same_next_step_as_the_list_and_says_a_visit_once(coder: Any):
    from app.proposals.arriving import NOW, TODAY
    from pakkeforlop.coordination.actions.load import load

    confirm(coder, proposed("side", "0 referral h1 A12 finding=marked"))
    arrive(
        event("side-1", "side", "5 attendance h1 - text=Poliklinikk"),
        event("side-2", "side", "122 surgery h1 A12 status=booked text=Hemikolektomi"),
    )
    visit = {
        "appointment_id": "a", "patient_id": "side", "pathway": "A12", "kind": "attendance", "at": "2024-03-09T08:00",
        "institution": HAUKELAND, "status": "attended", "text": "Poliklinikk",
    }  # fmt: skip
    assert load("appointments", [visit], on=TODAY, at=NOW).new == 1
    row = WorklistRow.objects.select_related("patient").get()
    page = coder.get(f"/patient/{row.patient.handle}/").content.decode()
    assert row.next_text == "Hemikolektomi"
    assert "Hemikolektomi" in page
    from pakkeforlop.coordination.queries.patient import visits

    assert [(one.text, one.status) for one in visits(row.patient, "A12")] == [("Poliklinikk", "attended"), ("Hemikolektomi", "booked")]

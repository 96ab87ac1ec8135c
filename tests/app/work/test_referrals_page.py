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


# --- assessed anew -----------------------------------------------------------------------------------------------------


def anew(client: Any, referral: Referral, **values: object) -> Any:
    address = f"/referrals/{referral.patient.handle}/anew/"
    return client.post(address, {"referral": referral.pk, "key": "k9", **values}, follow=True)


def told(referral: Referral) -> list[tuple[str, str, str, str]]:
    return list(referral.assessments.order_by("pk").values_list("became", "into", "start", "reason"))


def held(patient: Any) -> list[str]:
    from pakkeforlop.coding.queries import current

    return [row.code for row in current(patient, as_of=TODAY)]


def test_an_ordinary_referral_is_taken_into_a_pathway_afterwards(coordinator: Any, referral: Referral):
    assess(coordinator, referral, choice="ordinary", reason="Godartet på bilder")
    answer = anew(coordinator, referral, choice="pathway", pathway="A01", reason="Ny beskrivelse av bildene")
    assert "Henvisningen er nå i Bryst A01" in answer.content.decode()
    assert held(referral.patient) == ["A01A"]
    referral.refresh_from_db()
    assert (referral.status, referral.into, referral.downgraded) == ("pathway", "A01", False)
    assert told(referral) == [
        ("ordinary", "", "", "Godartet på bilder"), ("pathway", "A01", "", "Ny beskrivelse av bildene"),
    ]  # fmt: skip
    page = answer.content.decode()
    assert "Godartet på bilder" in page
    assert "Ny beskrivelse av bildene" in page


def test_a_start_that_was_a_mistake_is_withdrawn_and_the_referral_is_downgraded(coordinator: Any, referral: Referral):
    assess(coordinator, referral, choice="pathway", pathway="A01")
    anew(coordinator, referral, choice="ordinary", leaving="withdraw", reason="Feil pasient")
    assert held(referral.patient) == []
    assert Registration.objects.filter(patient=referral.patient).count() == 2  # the start stays to be read
    referral.refresh_from_db()
    assert (referral.status, referral.into, referral.downgraded) == ("ordinary", "", True)
    assert told(referral)[-1] == ("ordinary", "", "withdrawn", "Feil pasient")
    assert not WorklistRow.objects.filter(patient=referral.patient, closed=False).exists()
    line = Event.objects.filter(what="referral.assessed").latest("pk")
    assert (line.reason, line.detail) == ("Feil pasient", {"status": "ordinary", "from": "A01"})


def test_one_who_was_taken_out_on_the_papers_gets_an_x_today(coordinator: Any, referral: Referral):
    assess(coordinator, referral, choice="pathway", pathway="A01")
    anew(coordinator, referral, choice="ordinary", leaving="end", reason="Overlegen leste bildene")
    rows = Registration.objects.filter(patient=referral.patient).order_by("pk")
    assert [(row.code, row.event_date) for row in rows] == [("A01A", referral.received_date), ("A01X", TODAY)]
    assert told(referral)[-1] == ("ordinary", "", "ended", "Overlegen leste bildene")


def test_from_one_pathway_to_another_in_one_deed(coordinator: Any, referral: Referral):
    assess(coordinator, referral, choice="pathway", pathway="A01")
    anew(coordinator, referral, choice="pathway", pathway="A26", leaving="withdraw", reason="Det var lungen")
    assert held(referral.patient) == ["A26A"]
    referral.refresh_from_db()
    assert (referral.status, referral.into, referral.downgraded) == ("pathway", "A26", False)
    assert told(referral)[-1] == ("pathway", "A26", "withdrawn", "Det var lungen")


def test_a_start_with_codes_after_it_is_not_withdrawn(coordinator: Any, referral: Referral):
    from pakkeforlop.coordination.actions import codes
    from pakkeforlop.web import clock

    assess(coordinator, referral, choice="pathway", pathway="A01")
    codes.register_code(
        patient=referral.patient, code="A01S", event_date=referral.received_date,
        institution=HAUKELAND, by=coordinator.user, at=clock.now(), key="s1", revision=None,
    )  # fmt: skip
    page = anew(coordinator, referral, choice="ordinary", leaving="withdraw", reason="Angret").content.decode()
    assert "Startkoden kan ikke trekkes tilbake, for forløpet har flere koder: A01S." in page
    assert 'value="Angret"' in page, "what was typed stays"
    assert held(referral.patient) == ["A01A", "A01S"]
    referral.refresh_from_db()
    assert referral.status == "pathway"
    assert len(told(referral)) == 1


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"choice": "ordinary", "leaving": "withdraw", "reason": " "}, "Grunn mangler"),
        ({"choice": "pathway", "pathway": "A01", "leaving": "withdraw", "reason": "x"}, "alt vurdert slik"),
        ({"choice": "ordinary", "reason": "Godartet"}, "Velg hva som skal skje med forløpet"),
        ({"choice": "pathway", "pathway": "Z99", "reason": "x"}, "Velg et forløp først"),
        ({"reason": "x"}, "Velg om henvisningen skal inn i et forløp"),
    ],
)
def test_what_cannot_be_saved_is_told_and_changes_nothing(
    coordinator: Any, referral: Referral, values: dict[str, str], says: str
):
    assess(coordinator, referral, choice="pathway", pathway="A01")
    answer = anew(coordinator, referral, **values)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert held(referral.patient) == ["A01A"]
    assert len(told(referral)) == 1


def test_a_double_click_on_a_new_assessment_is_one(coordinator: Any, referral: Referral):
    assess(coordinator, referral, choice="pathway", pathway="A01")
    for _ in range(2):
        anew(coordinator, referral, choice="ordinary", leaving="withdraw", reason="Feil pasient")
    assert len(told(referral)) == 2
    assert Registration.objects.filter(patient=referral.patient).count() == 2


def test_two_who_assess_the_same_new_referral_start_one_pathway(coordinator: Any, referral: Referral):
    assess(coordinator, referral, choice="pathway", pathway="A01", key="first")
    other = client_for(("coordinator", HAUKELAND), username="lykt")
    for choice in ({"choice": "pathway", "pathway": "A01"}, {"choice": "ordinary", "reason": "Nei"}):
        page = assess(other, referral, key="second", **choice).content.decode()
        assert "Henvisningen var alt vurdert." in page
    assert held(referral.patient) == ["A01A"]
    assert Registration.objects.filter(patient=referral.patient).count() == 1
    referral.refresh_from_db()
    assert referral.status == "pathway"


def test_a_downgraded_referral_is_settled_from_its_own_page(coordinator: Any, referral: Referral):
    Referral.objects.filter(pk=referral.pk).update(marked=True)
    assess(coordinator, referral, choice="ordinary", reason="Oppfyller ikke kriteriene")
    assert "1 nedgradert henvisning er ikke avklart." in coordinator.get("/referrals/").content.decode()
    assert anew(coordinator, referral, do="settle", reason=" ").status_code == 422
    page = anew(coordinator, referral, do="settle", reason="Fastlegen har fått svar").content.decode()
    assert "Nedgraderingen er avklart" in page
    assert told(referral)[-1] == ("settled", "", "", "Fastlegen har fått svar")
    assert "er ikke avklart." not in coordinator.get("/referrals/").content.decode()


def test_an_unmarked_referral_that_is_ordinary_is_no_downgrade(coordinator: Any, referral: Referral):
    assess(coordinator, referral, choice="ordinary", reason="Kontroll")
    referral.refresh_from_db()
    assert not referral.downgraded


def test_one_who_may_not_code_sees_the_trace_and_no_form(coordinator: Any, referral: Referral):
    assess(coordinator, referral, choice="pathway", pathway="A01")
    leader = client_for(("leader", HAUKELAND), username="kompass")
    address = f"/referrals/{referral.patient.handle}/anew/?referral={referral.pk}"
    page = leader.get(address).content.decode()
    assert "Inn i Bryst A01" in page
    assert 'name="choice"' not in page
    answer = anew(leader, referral, choice="ordinary", leaving="withdraw", reason="x")
    assert answer.status_code == 422
    assert held(referral.patient) == ["A01A"]


def test_another_hospitals_referral_has_no_such_page(coordinator: Any, referral: Referral, people: Any):
    assess(coordinator, referral, choice="pathway", pathway="A01")
    stranger = client_for(("coordinator", "974703300"), username="ole")
    address = f"/referrals/{referral.patient.handle}/anew/?referral={referral.pk}"
    assert stranger.get(address).status_code == 403
    waiting = Referral.objects.exclude(pk=referral.pk).filter(status="new").first()
    address = f"/referrals/{waiting.patient.handle}/anew/?referral={waiting.pk}"
    assert coordinator.get(address).status_code == 404


@pytest.mark.parametrize("statement", ["UPDATE coordination_assessment SET reason = 'no'", "DELETE FROM coordination_assessment"])
def test_the_database_refuses_to_change_an_assessment(coordinator: Any, referral: Referral, statement: str):
    from django.db import DatabaseError, connection, transaction

    assess(coordinator, referral, choice="ordinary", reason="Kontroll")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


# --- a long inbox ------------------------------------------------------------------------------------------------------


def crowd(n: int) -> list[Referral]:
    """Referrals of n patients, one each day back in time; every fourth one meets the criteria of breast."""
    from datetime import timedelta

    from pakkeforlop.coding.models import Patient

    made = Patient.objects.bulk_create([Patient(source_id=f"i{k}", told=True, name=f"Nr {k:03d}") for k in range(n)])
    return Referral.objects.bulk_create(
        [
            Referral(
                external_id=f"r{k}", patient=patient, received_date=TODAY - timedelta(k), institution=HAUKELAND,
                text="Kul i venstre bryst" if k % 4 == 0 else "Kontroll av blodtrykk",
            )
            for k, patient in enumerate(made)
        ]
    )  # fmt: skip


def names(html: str) -> list[str]:
    import re

    return re.findall(r'<summary><span class="nm">(Nr \d+)</span>', html)


@pytest.fixture
def clerk(db: None) -> Any:
    """A coordinator of a hospital where nothing else waits."""
    return client_for(("coordinator", HAUKELAND), username="kari")


def test_a_long_inbox_has_pages_that_together_have_every_referral_once(clerk: Any):
    crowd(230)
    pages = [clerk.get("/referrals/", {"page": n}).content.decode() for n in range(1, 6)]
    assert [len(names(html)) for html in pages] == [50, 50, 50, 50, 30]
    order = [name for html in pages for name in names(html)]
    # the 58 that may belong in a pathway first (0, 4 ... 228), then the other 172; the oldest first in both
    assert order == [f"Nr {k:03d}" for k in [*range(228, -1, -4), *(k for k in range(229, -1, -1) if k % 4)]]
    assert "230 henvisninger venter på vurdering." in pages[0]
    assert "58 av dem er ikke merket, men kan høre til et forløp." in pages[4]
    assert "Side 5 av 5" in pages[4]


def test_an_empty_inbox_says_that_it_is_good_and_where_to_go_on(clerk: Any):
    html = clerk.get("/referrals/").content.decode()
    assert "Ingen henvisninger venter på vurdering" in html
    assert '<a class="t" href="/worklist/">Til arbeidslisten</a>' in html


def test_a_page_of_the_inbox_logs_the_patients_that_it_shows(clerk: Any):
    made = crowd(60)
    clerk.get("/referrals/", {"page": 2})
    line = Event.objects.filter(kind="listed", what="referrals").latest("pk")
    shown = [one.patient_id for one in sorted(made, key=lambda one: one.received_date) if one.text.startswith("Kontroll")]
    assert line.listed == "," + ",".join(str(pk) for pk in shown[35:]) + ","  # 15 of 60 meet the criteria: 35 more on page 1


@pytest.mark.parametrize(("asked", "page"), [("99", 2), ("0", 1), ("-1", 1), ("²", 1), ("9" * 5000, 1), ("", 1)])
def test_a_page_that_is_not_there(clerk: Any, asked: str, page: int):
    crowd(51)
    assert f"Side {page} av 2" in clerk.get("/referrals/", {"page": asked}).content.decode()


def test_after_an_assessment_one_is_where_one_was(clerk: Any):
    made = {one.patient.name: one for one in crowd(60)}
    answer = assess(clerk, made["Nr 001"], choice="ordinary", reason="Kontroll hos fastlegen", page="2")
    assert answer.redirect_chain[-1][0] == "/referrals/?page=2"
    answer = assess(clerk, made["Nr 002"], choice="ordinary", reason="", page="1")  # the reason is missing: it stays open
    assert f'id="h-{made["Nr 002"].pk}"><details open' in answer.content.decode()
    assert "Side 2 av 2" in answer.content.decode()


def test_a_referral_of_another_patient_is_not_assessed_through_mine(clerk: Any):
    mine, other = crowd(2)
    clerk.post(f"/referrals/{mine.patient.handle}/", {"referral": other.pk, "choice": "ordinary", "reason": "x"})
    assert set(Referral.objects.values_list("status", flat=True)) == {"new"}

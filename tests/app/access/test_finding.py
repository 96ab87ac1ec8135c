"""Finding a patient beyond the list: by name among one's own, by the whole number also another unit's, with a reason."""

import pytest

from app.access.people import BERGEN, STAVANGER, client_for, user_with
from app.access.wards import patient_at
from pakkeforlop.access.models import Event, Opening
from pakkeforlop.access.queries import access_of
from pakkeforlop.access.rights import Right
from pakkeforlop.web import clock
from pakkeforlop.web.finding import hits

pytestmark = pytest.mark.django_db
NUMBER, OTHER, WRONG = "15076500565", "13116900216", "15076500566"
"""Synthetic numbers of the authorities' own test data, and the first with its last digit wrong."""


def numbered(number, org_nr, name):
    patient = patient_at(org_nr, name=name)
    patient.national_number = number
    patient.save()
    return patient


def search(client, typed):
    return client.post("/find/", {"q": typed})


def test_a_patient_whose_pathway_is_not_on_the_list_is_found_by_a_part_of_the_name():
    patient_at(STAVANGER, name="Anna Hjemme")
    patient_at(STAVANGER, name="Hanna Heim")
    patient_at(BERGEN, name="Anna Borte")
    client = client_for(("coordinator", STAVANGER))
    page = search(client, "anna").content.decode()
    assert "2 pasienter passer." in page
    assert "Anna Hjemme" in page
    assert "Hanna Heim" in page
    assert "Borte" not in page
    assert "Tykk- og endetarmskreft A12, Stavanger universitetssjukehus" in page


def test_what_a_search_shows_is_on_each_patients_log():
    one, two = patient_at(STAVANGER, name="Anna Prøve"), patient_at(STAVANGER, name="Anna Annen")
    client = client_for(("coordinator", STAVANGER))
    search(client, "Anna")
    (line,) = Event.objects.filter(kind="listed")
    assert (line.what, line.listed) == ("find_patient", f",{two.pk},{one.pk},")


def test_one_hit_leads_on_at_once_and_what_was_typed_stands_in_no_address():
    patient = numbered(NUMBER, STAVANGER, "Lun Solvegg")
    client = client_for(("coordinator", STAVANGER))
    for typed in ("solvegg", NUMBER, "150765 00565", patient.source_id):
        assert search(client, typed).headers["Location"] == f"/patient/{patient.handle}/"


def test_another_units_patient_is_found_by_the_whole_number_alone_and_asks_for_a_reason():
    patient = numbered(NUMBER, BERGEN, "Lun Solvegg")
    client = client_for(("coordinator", STAVANGER))
    assert "Ingen på enhetene dine har et slikt navn" in search(client, "Lun Solvegg").content.decode()
    stopped = client.get(search(client, NUMBER).headers["Location"])
    assert stopped.status_code == 403
    assert "Pasienten hører til en annen enhet" in stopped.content.decode()
    assert "Solvegg" not in stopped.content.decode()
    assert list(Event.objects.values_list("kind", "patient_id")) == [("stopped", patient.pk)]
    back = {"kind": "asked", "reason": "Pasienten ringer oss", "next": f"/patient/{patient.handle}/"}
    client.post(f"/open/{patient.handle}/", back)
    assert "Lun Solvegg" in client.get(back["next"]).content.decode()
    assert Opening.objects.get().reason == "Pasienten ringer oss"


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (OTHER, "Nummeret er riktig, men ingen pasient i løsningen har det."),
        (WRONG, "Kontrollsifrene stemmer ikke, så nummeret har en skrivefeil."),
        ("q", "Ingen på enhetene dine har et slikt navn."),
        ("%_", "Ingen på enhetene dine har et slikt navn."),
    ],
)
def test_what_finds_nobody_says_why_and_what_now(typed, says):
    numbered(NUMBER, STAVANGER, "Lun Solvegg")
    assert says in search(client_for(("coordinator", STAVANGER)), typed).content.decode()


@pytest.mark.parametrize("typed", ["åpen æra", "ÅPEN", "Åpen Æra", "æra"])
def test_letters_that_the_database_does_not_fold_are_found_in_either_case(typed):
    patient = patient_at(STAVANGER, name="Åpen Æra")
    patient_at(STAVANGER, name="Open Era")
    assert search(client_for(("coordinator", STAVANGER)), typed).headers["Location"].endswith(f"{patient.handle}/")


def test_own_patients_are_found_behind_many_of_other_units_with_the_same_name(monkeypatch):
    """Bergen has thirty of the name, all before Stavanger's in the order of names; a piece is of ten."""
    monkeypatch.setattr(hits, "PIECE", 10)
    for n in range(30):
        patient_at(BERGEN, name=f"Anna {n:02}")
    mine = patient_at(STAVANGER, name="Anna Å")
    assert search(client_for(("coordinator", STAVANGER)), "Anna").headers["Location"] == f"/patient/{mine.handle}/"
    log = client_for(("leader", STAVANGER), username="leder").post("/log/", {"q": "anna"}).content.decode()
    assert "Anna Å" in log


def test_of_very_many_the_first_are_shown_and_it_says_so(monkeypatch):
    monkeypatch.setattr(hits, "AT_MOST", 3)
    for n in range(4):
        patient_at(STAVANGER, name=f"Anna {n}")
    page = search(client_for(("coordinator", STAVANGER)), "anna").content.decode()
    assert "Anna 2" in page
    assert "Anna 3" not in page
    assert "Det finnes flere med dette navnet." in page


def test_a_grant_for_one_pathway_finds_its_patients_alone():
    patient_at(STAVANGER, "A12", name="Anna Tarm")
    breast = patient_at(STAVANGER, "A01", name="Anna Bryst")
    client = client_for(("coordinator", STAVANGER, "A01"))
    assert search(client, "anna").headers["Location"] == f"/patient/{breast.handle}/"


def test_a_search_costs_the_same_however_many_fit(django_assert_num_queries):
    user = user_with(("coordinator", STAVANGER))
    scope = access_of(user, on=clock.today()).scope(Right.PATIENT)
    for n in range(12):
        patient_at(STAVANGER, name=f"Anna {n}")
        if n in (2, 11):
            with django_assert_num_queries(7):  # by id, by name, the patients, and where they are known (codes are asked plainly)
                assert len(hits.find("anna", scope).inside) == n + 1


def test_an_analyst_finds_nobody():
    assert search(client_for(("analyst", STAVANGER)), "anna").status_code == 403

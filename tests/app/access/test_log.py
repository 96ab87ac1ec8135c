"""The access log: every look has its line, no line can be changed, and without a line nothing is shown."""

import pytest
from django.db import DatabaseError, connection, transaction

from app.access.people import BERGEN, STAVANGER, client_for
from app.access.wards import patient_at
from pakkeforlop.access import statements
from pakkeforlop.access.audit import record
from pakkeforlop.access.models import Event, Opening
from pakkeforlop.web import clock

pytestmark = pytest.mark.django_db


def seen(patient):
    return list(Event.objects.filter(patient_id=patient.pk).order_by("pk").values_list("kind", "what"))


@pytest.mark.parametrize("statement", ["UPDATE access_event SET reason = 'no'", "DELETE FROM access_event"])
def test_the_database_refuses_to_change_the_log(statement):
    record("logged_in", by=None, at=clock.now(), what="login")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Event.objects.count() == 1


def test_a_look_has_a_line_with_unit_and_pathway():
    patient, client = patient_at(STAVANGER, "A12"), client_for(("leader", STAVANGER))
    assert client.get(f"/log/{patient.handle}/").status_code == 200
    (line,) = Event.objects.filter(patient_id=patient.pk)
    assert (line.kind, line.what, line.by, line.org_nr, line.pathway) == (
        "looked", "patient_log_show", client.user, STAVANGER, "A12",
    )  # fmt: skip


def test_when_the_line_cannot_be_written_nothing_is_shown(monkeypatch):
    patient, client = patient_at(STAVANGER, "A12", name="Lun Solvegg"), client_for(("leader", STAVANGER))

    def broken(*args, **kwargs):
        raise DatabaseError("disk full")

    monkeypatch.setattr(statements, "add_rows", broken)
    answer = client.get(f"/log/{patient.handle}/")
    assert answer.status_code == 503
    assert "Solvegg" not in answer.content.decode()
    assert "Innsynsloggen kan ikke skrives" in answer.content.decode()


def test_the_line_stands_before_the_view_is_asked(monkeypatch):
    from pakkeforlop.web.log import patient_log

    patient, client = patient_at(STAVANGER, "A12"), client_for(("leader", STAVANGER))
    stood = []
    monkeypatch.setattr(
        patient_log, "log_of", lambda pk: stood.append(seen(patient)) or Event.objects.filter(patient_id=pk)
    )
    client.get(f"/log/{patient.handle}/")
    assert stood == [[("looked", "patient_log_show")]]


def test_a_list_is_one_line_that_each_patients_log_has():
    one, two = patient_at(STAVANGER, name="Anna Prøve"), patient_at(STAVANGER, name="Anna Annen")
    client = client_for(("leader", STAVANGER))
    client.post("/log/", {"q": "anna"})
    (line,) = Event.objects.filter(kind="listed")
    assert line.listed == f",{two.pk},{one.pk},"
    page = client.get(f"/log/{one.handle}/").content.decode()
    assert "Viste i en liste" in page


def test_a_search_finds_patients_of_own_units_only():
    patient_at(STAVANGER, name="Anna Hjemme")
    patient_at(BERGEN, name="Anna Borte")
    page = client_for(("leader", STAVANGER)).post("/log/", {"q": "Anna"}).content.decode()
    assert "Anna Hjemme" in page
    assert "Anna Borte" not in page


def test_the_log_as_a_file_has_every_line_and_no_formula():
    patient = patient_at(STAVANGER)
    client = client_for(("leader", STAVANGER))
    record("looked", by=client.user, at=clock.now(), what="x", patient_id=patient.pk, reason='=HYPERLINK("x")')
    answer = client.get(f"/log/{patient.handle}/file/")
    head, *lines = answer.content.decode("utf-8-sig").strip().splitlines()
    assert head == "Dato;Klokkeslett;Hvem;Hva;Enhet;Forløp;Grunn"
    assert len(lines) == 3  # the taking out, the look at the page of the file, and the look before
    assert "'=HYPERLINK" in lines[-1]
    assert "Stavanger universitetssjukehus;Tykk- og endetarmskreft A12;" in lines[-2], "in words that the patient reads"
    assert seen(patient)[-1] == ("exported", "patient_log_file")
    assert "attachment" in answer.headers["Content-Disposition"]


# --- opening with a reason --------------------------------------------------------------------------------------------

REASON = {"kind": "received", "reason": "Pasienten er på vei til oss."}


def test_a_patient_of_another_unit_asks_for_a_reason_and_shows_nothing():
    patient = patient_at(BERGEN, name="Lun Solvegg")
    answer = client_for(("leader", STAVANGER)).get(f"/log/{patient.handle}/")
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "Pasienten hører til en annen enhet" in page
    assert "Solvegg" not in page
    assert seen(patient) == [("stopped", "outside")]


def test_with_a_reason_the_patient_is_open_for_eight_hours(monkeypatch):
    patient, client = patient_at(BERGEN), client_for(("leader", STAVANGER))
    at = clock.now().replace(hour=8, minute=0, second=0, microsecond=0)
    monkeypatch.setattr(clock, "now", lambda: at)
    address = f"/log/{patient.handle}/"
    answer = client.post(f"/open/{patient.handle}/", {**REASON, "next": address})
    assert answer.headers["Location"] == address
    assert client.get(address).status_code == 200
    monkeypatch.setattr(clock, "now", lambda: at.replace(hour=15, minute=59))
    assert client.get(address).status_code == 200
    monkeypatch.setattr(clock, "now", lambda: at.replace(hour=16))
    assert client.get(address).status_code == 403
    look = Event.objects.filter(kind="looked").first()
    assert (look.reason, look.detail) == (REASON["reason"], {"opening": Opening.objects.get().pk})


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({**REASON, "reason": "travelt"}, "Skriv minst 10 tegn"),
        ({**REASON, "reason": "a         b"}, "Skriv minst 10 tegn"),  # blanks do not count
        ({**REASON, "kind": "curious"}, "Velg hva det gjelder"),
        ({}, "Velg hva det gjelder"),
    ],
)
def test_a_reason_that_says_too_little_opens_nothing(sent, says):
    patient, client = patient_at(BERGEN), client_for(("leader", STAVANGER))
    answer = client.post(f"/open/{patient.handle}/", sent)
    assert answer.status_code == 403
    assert says in answer.content.decode()
    assert not Opening.objects.exists()


def test_another_persons_opening_opens_nothing_for_me():
    patient = patient_at(BERGEN)
    client_for(("leader", STAVANGER), username="first").post(f"/open/{patient.handle}/", REASON)
    assert client_for(("leader", STAVANGER)).get(f"/log/{patient.handle}/").status_code == 403


def test_a_role_that_may_not_open_gets_no_form():
    patient = patient_at(BERGEN)
    client = client_for(("administrator", STAVANGER))
    assert "<textarea" not in client.get(f"/log/{patient.handle}/").content.decode()
    assert client.post(f"/open/{patient.handle}/", REASON).status_code == 403
    assert not Opening.objects.exists()


def test_after_the_reason_one_is_not_sent_to_another_site():
    patient, client = patient_at(BERGEN), client_for(("leader", STAVANGER))
    answer = client.post(f"/open/{patient.handle}/", {**REASON, "next": "https://evil.example/"})
    assert answer.headers["Location"] == "/"


def test_openings_are_reported_to_the_patients_unit_and_to_no_other():
    patient = patient_at(BERGEN, name="Lun Solvegg")
    client_for(("coordinator", STAVANGER), username="curious").post(f"/open/{patient.handle}/", REASON)
    page = client_for(("leader", BERGEN), username="leader").get("/openings/").content.decode()
    assert "Prøve curious" in page
    assert "Pasienten er på vei til oss." in page
    assert "Lun Solvegg" in page
    elsewhere = client_for(("leader", STAVANGER), username="other").get("/openings/").content.decode()
    assert "Prøve curious" not in elsewhere
    nameless = client_for(("administrator", BERGEN), username="admin").get("/openings/").content.decode()
    assert "Prøve curious" in nameless
    assert "Lun Solvegg" not in nameless


def test_every_unit_that_knows_the_patient_is_told_once():
    from pakkeforlop.access.models import User

    patient = patient_at(BERGEN, "A12")
    patient_at("974744570", "A26", patient=patient)
    client_for(("coordinator", STAVANGER), username="curious").post(f"/open/{patient.handle}/", REASON)
    for unit in (BERGEN, "974744570", "983658725"):
        page = client_for(("leader", unit), username=f"leader{unit}").get("/openings/").content.decode()
        assert page.count("Pasienten er på vei til oss.") == 1, unit
    assert Event.objects.filter(kind="opened_with_reason").count() == 1
    assert User.objects.count() == 4


# --- no identifiers ---------------------------------------------------------------------------------------------------


def test_no_number_or_name_stands_in_an_address_or_a_title(caplog):
    patient = patient_at(STAVANGER, name="Lun Solvegg")
    patient.national_number = "01026312345"
    patient.save()
    client = client_for(("leader", STAVANGER))
    page = client.post("/log/", {"q": "01026312345"}).content.decode()
    assert patient.handle in page
    links = [part.split('"')[0] for part in page.split('href="')[1:]]
    assert not [link for link in links if "01026312345" in link or "olvegg" in link]
    shown = client.get(f"/log/{patient.handle}/").content.decode()
    title = shown.split("<title>")[1].split("</title>")[0]
    assert "Solvegg" not in title
    assert "01026312345" not in caplog.text
    assert len(patient.handle) >= 16


def test_what_is_searched_for_is_kept_in_the_session_and_in_no_address():
    from django.test import RequestFactory

    from pakkeforlop.web.layout.seeking import sought

    client = client_for(("leader", STAVANGER))
    answer = client.post("/seek/", {"q": " 01026312345 ", "next": "/worklist/?phase=workup"})
    assert answer.headers["Location"] == "/worklist/?phase=workup"
    request = RequestFactory().get("/worklist/?phase=workup")
    request.session = client.session
    assert sought(request) == "01026312345"
    assert sought(request, "/referrals/") == ""
    all_of_them = RequestFactory().get("/worklist/?all=1")
    all_of_them.session = client.session
    assert sought(all_of_them) == ""
    again = client.post("/seek/", {"q": "x", "next": "/worklist/?phase=workup&all=1"})
    assert again.headers["Location"] == "/worklist/?phase=workup"
    client.post("/seek/", {"q": "", "next": "/worklist/"})
    request.session = client.session
    assert sought(request) == ""
    assert client.post("/seek/", {"q": "x", "next": "https://evil.example/"}).headers["Location"] == "/"


def test_a_handle_that_is_nobodys_is_a_page_that_does_not_exist():
    assert client_for(("leader", STAVANGER)).get("/log/nobody/").status_code == 404


# --- openings are looked at -------------------------------------------------------------------------------------------


def nav(page):
    return page[page.index('class="main-nav"') : page.index("</nav>")]


def an_opening(patient, username="curious"):
    client_for(("coordinator", STAVANGER), username=username).post(f"/open/{patient.handle}/", REASON)
    return Opening.objects.filter(user__username=username).first()


def test_an_opening_is_counted_for_the_units_leader_until_it_is_marked_as_seen():
    patient = patient_at(BERGEN)
    opening = an_opening(patient)
    leader = client_for(("leader", BERGEN), username="leader")
    assert "1 er ikke sett" in nav(leader.get("/worklist/").content.decode())
    page = leader.get("/openings/").content.decode()
    assert "1 åpning er ikke sett." in page
    assert "Merk som sett" in page
    leader.post("/openings/seen/", {"opening": opening.pk})
    assert "er ikke sett" not in nav(leader.get("/worklist/").content.decode())
    page = leader.get("/openings/?days=30").content.decode()
    assert "Prøve leader, " in page
    assert "Merk som sett" not in page
    assert ("changed", "opening.seen") in seen(patient)
    line = Event.objects.get(what="opening.seen")
    assert (line.by, line.org_nr, line.detail) == (leader.user, BERGEN, {"opening": opening.pk})


def test_marking_twice_is_marked_once_and_the_row_stays():
    from pakkeforlop.access.models import OpeningSeen

    opening = an_opening(patient_at(BERGEN))
    leader = client_for(("leader", BERGEN), username="leader")
    for _ in range(2):
        leader.post("/openings/seen/", {"opening": opening.pk})
    assert OpeningSeen.objects.count() == Event.objects.filter(what="opening.seen").count() == 1
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM access_openingseen")


def test_an_opening_of_another_unit_and_ones_own_cannot_be_marked():
    from pakkeforlop.access.models import OpeningSeen

    opening = an_opening(patient_at(BERGEN))
    client_for(("leader", STAVANGER), username="other").post("/openings/seen/", {"opening": opening.pk})
    assert not OpeningSeen.objects.exists()
    elsewhere = patient_at("974744570")
    leader = client_for(("leader", STAVANGER), ("administrator", "974744570"), username="both")
    leader.post(f"/open/{elsewhere.handle}/", REASON)
    own = Opening.objects.get(user=leader.user)
    assert "er ikke sett" not in nav(leader.get("/worklist/").content.decode())
    assert "Din egen. En annen ser på den." in leader.get("/openings/?days=7").content.decode()
    leader.post("/openings/seen/", {"opening": own.pk})
    assert not OpeningSeen.objects.exists()


def test_an_opening_known_at_two_of_my_units_is_one_to_look_at_and_is_marked_at_both():
    from pakkeforlop.access.models import OpeningSeen

    patient = patient_at(BERGEN, "A12")
    patient_at("974744570", "A26", patient=patient)
    opening = an_opening(patient)
    region = client_for(("leader", "983658725"), username="region")
    assert "1 er ikke sett" in nav(region.get("/worklist/").content.decode())
    region.post("/openings/seen/", {"opening": opening.pk})
    assert OpeningSeen.objects.count() == 2
    assert Event.objects.filter(what="opening.seen").count() == 1
    assert "er ikke sett" not in nav(region.get("/worklist/").content.decode())


def test_a_leader_of_one_pathway_is_told_of_its_patients_only():
    an_opening(patient_at(BERGEN, "A12"))
    lung, bowel = (
        client_for(("leader", BERGEN, pathway), username=pathway.lower()) for pathway in ("A26", "A12")
    )
    assert "er ikke sett" not in nav(lung.get("/worklist/").content.decode())
    assert "1 er ikke sett" in nav(bowel.get("/worklist/").content.decode())


def test_a_coordinator_has_no_such_count_and_cannot_mark():
    opening = an_opening(patient_at(BERGEN))
    coordinator = client_for(("coordinator", BERGEN), username="anker")
    assert "ikke sett" not in nav(coordinator.get("/worklist/").content.decode())
    assert coordinator.post("/openings/seen/", {"opening": opening.pk}).status_code == 403

"""A transfer from end to end: sent, acknowledged, accepted, first attendance; the clock, responsibility, and both ends."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import pytest

from app.access.people import BERGEN, STAVANGER, VEST, client_for
from pakkeforlop.access.models import Event
from pakkeforlop.coding.models import Patient, Registration
from pakkeforlop.coordination import rows
from pakkeforlop.coordination.actions import codes, load
from pakkeforlop.coordination.models import Transfer, WorklistRow
from pakkeforlop.coordination.queries.transfers import transfers

pytestmark = pytest.mark.django_db
START = date(2022, 1, 3)
NOW = datetime(2022, 1, 14, 9, tzinfo=UTC)  # a Friday


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _friday(settings: Any) -> None:
    settings.TODAY = "2022-01-14"


@pytest.fixture
def patient(db: None) -> Patient:
    who = Patient.objects.create(source_id="p1", told=True, name="Lun Krukke", birth_date=date(1950, 1, 1))
    for code, day in (("A12A", 3), ("A12S", 10)):
        register(who, code, date(2022, 1, day), BERGEN)
    return who


def register(who: Patient, code: str, day: date, place: str, on: date | None = None) -> Registration:
    saved = codes.register_code(
        patient=who, code=code, event_date=day, institution=place, by=None, at=at(on or max(day, date(2022, 1, 14))), key="",
        revision=None,
    )  # fmt: skip
    return saved.registration


def sent(client: Any, who: Patient, receiver: str = STAVANGER, key: str = "k") -> Any:
    asked = {"pathway": "A12", "receiver": receiver, "letter": "CT er gjort", "key": key}
    return client.post(f"/transfers/{who.handle}/send/", asked, follow=True)


def answer(client: Any, who: Patient, do: str, **more: str) -> Any:
    asked = {"transfer": Transfer.objects.latest("pk").pk, "do": do, "key": f"k-{do}", **more}
    return client.post(f"/transfers/{who.handle}/answer/", asked, follow=True)


def row() -> WorklistRow:
    return WorklistRow.objects.get(closed=False)


def test_a_transfer_day_without_typing_a_date(patient: Patient, settings: Any):
    here, there = client_for(("coordinator", BERGEN), username="anker"), client_for(("coordinator", STAVANGER), username="granne")
    assert "Overføringen er sendt til Stavanger" in sent(here, patient).content.decode()
    made = Transfer.objects.get()
    assert (made.state, made.responsible, made.sent_on) == ("sent", BERGEN, date(2022, 1, 14))
    assert Registration.objects.get(code="A12O").event_date == date(2022, 1, 14)
    assert (row().hospital, row().receiver) == (BERGEN, STAVANGER)
    assert "Lun Krukke" in there.get("/transfers/").content.decode()

    settings.TODAY = "2022-01-17"
    answer(there, patient, "acknowledge")
    made.refresh_from_db()
    assert (made.state, made.received_on, made.responsible) == ("received", date(2022, 1, 17), BERGEN)

    settings.TODAY = "2022-01-18"
    assert "har ansvaret. Koden A er lagret" in answer(there, patient, "accept").content.decode()
    made.refresh_from_db()
    assert (made.state, made.accepted_on, made.responsible) == ("accepted", date(2022, 1, 18), STAVANGER)
    receipt = Registration.objects.get(code="A12A", institution=STAVANGER)
    assert (receipt.event_date, receipt.received_date) == (date(2022, 1, 17), date(2022, 1, 17))  # the day it came
    now = row()
    assert (now.hospital, now.start_date, now.number, now.owner) == (STAVANGER, START, 1, there.user)  # the clock runs on

    load.load(
        "events", [{"event_id": "e", "patient_id": "p1", "kind": "attendance", "at": "2022-01-18T12:00", "institution": STAVANGER, "pathway": "A12"}],
        on=date(2022, 1, 18), at=at(date(2022, 1, 18)),
    )  # fmt: skip
    made.refresh_from_db()
    assert (made.state, made.attended_on) == ("attended", date(2022, 1, 18))
    told = set(Event.objects.filter(what__startswith="transfer.").values_list("what", flat=True))
    assert told == {"transfer.sent", "transfer.received", "transfer.accepted"}


def test_a_double_click_sends_and_accepts_once(patient: Patient):
    here, there = client_for(("coordinator", BERGEN), username="anker"), client_for(("coordinator", STAVANGER), username="granne")
    for _ in range(2):
        sent(here, patient)
    for _ in range(2):
        answer(there, patient, "accept")
    assert Transfer.objects.count() == 1
    assert sorted(Registration.objects.values_list("code", flat=True)) == ["A12A", "A12A", "A12O", "A12S"]


@pytest.mark.parametrize(
    ("sent_on", "today", "late"),
    [
        ("2022-01-12", "2022-01-13", False),  # Wednesday: Thursday is the one working day
        ("2022-01-12", "2022-01-14", True),
        ("2022-01-14", "2022-01-17", False),  # Friday: the weekend does not count
        ("2022-01-14", "2022-01-18", True),
        ("2022-04-13", "2022-04-18", False),  # the Wednesday before Easter: Thursday to Monday are holidays
        ("2022-04-13", "2022-04-19", False),
        ("2022-04-13", "2022-04-20", True),
    ],
)
def test_unacknowledged_after_one_working_day_shows_at_both_ends(patient: Patient, settings: Any, sent_on, today, late):
    settings.TODAY = sent_on
    here, there = client_for(("coordinator", BERGEN), username="anker"), client_for(("coordinator", STAVANGER), username="granne")
    register(patient, "A12O", date.fromisoformat(sent_on), BERGEN)
    Transfer.objects.update(receiver=STAVANGER)
    settings.TODAY = today
    rows.refresh([patient.pk], on=date.fromisoformat(today), at=at(date.fromisoformat(today)))
    for client in (here, there):
        assert ("Ikke kvittert etter én virkedag" in client.get("/transfers/").content.decode()) is late
        listed = client.get("/worklist/?owner=all&view=not_received").content.decode()
        assert (", ikke kvittert" in listed) is late
    if late:
        answer(there, patient, "acknowledge")
        assert "Ikke kvittert etter én virkedag" not in here.get("/transfers/").content.decode()


def test_declined_stays_with_the_sender_who_takes_it_back_and_sends_anew(patient: Patient):
    here, there = client_for(("coordinator", BERGEN), username="anker"), client_for(("coordinator", STAVANGER), username="granne")
    sent(here, patient)
    answer(there, patient, "decline")
    assert Transfer.objects.get().state == "sent"  # without a reason nothing happens
    answer(there, patient, "decline", reason="Hører til Haukeland", key="k2")
    made = Transfer.objects.get()
    assert (made.state, made.responsible, made.reason) == ("declined", BERGEN, "Hører til Haukeland")
    assert "Hører til Haukeland" in here.get("/transfers/").content.decode()
    assert row().hospital == BERGEN
    codes.withdraw_code(registration=Registration.objects.get(code="A12O"), reason="Sendes til en annen", by=here.user, at=NOW, key="w", revision=None)
    sent(here, patient, receiver="974705788", key="k3")
    assert sorted(Transfer.objects.values_list("state", "receiver")) == [("declined", STAVANGER), ("sent", "974705788")]


def test_codes_alone_make_and_answer_a_transfer(patient: Patient):
    """Files from two hospitals: an O, and later the other's A."""
    register(patient, "A12O", date(2022, 1, 11), BERGEN)
    made = Transfer.objects.get()
    assert (made.state, made.receiver, made.sent_on) == ("sent", "", date(2022, 1, 11))
    came = register(patient, "A12A", date(2022, 1, 12), STAVANGER)
    made.refresh_from_db()
    assert (made.state, made.receiver, made.accepted_on) == ("accepted", STAVANGER, date(2022, 1, 12))
    codes.withdraw_code(registration=came, reason="Feil pasient", by=None, at=NOW, key="", revision=None)
    made.refresh_from_db()
    assert (made.state, made.accepted_on, made.responsible) == ("sent", None, BERGEN)


def test_a_code_that_is_withdrawn_takes_the_transfer_back(patient: Patient):
    gone = register(patient, "A12O", date(2022, 1, 11), BERGEN)
    codes.withdraw_code(registration=gone, reason="Ble ikke sendt", by=None, at=NOW, key="", revision=None)
    assert (Transfer.objects.get().state, Transfer.objects.get().reason) == ("declined", "taken_back")


def test_only_the_receiver_answers_and_only_its_coder_accepts(patient: Patient):
    here = client_for(("coordinator", BERGEN), username="anker")
    sent(here, patient)
    answer(here, patient, "accept")
    leader = client_for(("leader", STAVANGER), username="kompass")
    answer(leader, patient, "accept")
    assert Transfer.objects.get().state == "sent"
    assert Registration.objects.filter(code="A12A").count() == 1
    answer(leader, patient, "acknowledge")
    assert Transfer.objects.get().state == "received"
    outsider = client_for(("coordinator", "974589095"), username="oslo")
    assert outsider.post(f"/transfers/{patient.handle}/answer/", {"transfer": Transfer.objects.get().pk, "do": "accept"}).status_code == 403


def test_a_region_has_one_list_and_narrows_it_to_a_hospital(patient: Patient):
    sent(client_for(("coordinator", BERGEN), username="anker"), patient)
    region = client_for(("coordinator", VEST), username="bro")
    assert "Lun Krukke" in region.get("/transfers/").content.decode()
    assert "Lun Krukke" in region.get(f"/transfers/?unit={STAVANGER}").content.decode()
    assert "Lun Krukke" not in region.get("/transfers/?unit=974743272").content.decode()  # Haugesund
    assert "Lun Krukke" in region.get("/worklist/?owner=all").content.decode()
    assert "Lun Krukke" not in client_for(("coordinator", "974589095"), username="oslo").get("/transfers/").content.decode()


def test_whatever_happens_one_named_unit_is_responsible_and_time_runs_from_the_first_start(patient: Patient):
    """Every course of four steps between two hospitals, by code: always one hospital, never a new start."""
    day = date(2022, 1, 11)
    for course in product(("O", "A"), (BERGEN, STAVANGER), ("O", "A"), (BERGEN, STAVANGER)):
        Registration.objects.filter(pk__in=[]).count()
        who = Patient.objects.create(source_id="".join(course), told=True, birth_date=date(1950, 1, 1))
        register(who, "A12A", START, BERGEN)
        register(who, "A12S", date(2022, 1, 10), BERGEN)
        for n, (letter, place) in enumerate((course[:2], course[2:])):
            register(who, f"A12{letter}", day + timedelta(days=n), place)
        rows_of = WorklistRow.objects.filter(patient=who, closed=False)
        assert [(one.start_date, bool(one.hospital)) for one in rows_of] == [(START, True)], course
        under_way = Transfer.objects.filter(patient=who, state__in=("sent", "received"))
        assert under_way.count() <= 1
        assert all(one.responsible == rows_of[0].hospital for one in under_way), course
        arrived = Transfer.objects.filter(patient=who, state="accepted").order_by("pk").last()
        if arrived and not under_way:
            assert arrived.responsible == rows_of[0].hospital, course


def test_the_page_tells_of_nothing(settings: Any):
    page = client_for(("coordinator", BERGEN), username="anker").get("/transfers/").content.decode()
    assert "Ingen overføringer nå" in page
    assert transfers(for_=client_for(("analyst", BERGEN), username="l").user, on=date(2022, 1, 14)).to_us == []


def test_a_row_under_way_leads_to_its_transfer_and_is_not_sent_again(patient: Patient):
    here, there = client_for(("coordinator", BERGEN), username="anker"), client_for(("coordinator", STAVANGER), username="granne")
    panel = f"/worklist/row/?row={patient.handle}.A12.1"
    assert f"/transfers/{patient.handle}/send/" in here.get(panel).content.decode()
    sent(here, patient)
    for client in (here, there):
        told = client.get(panel).content.decode()
        assert "Se overføringen" in told
        assert "/send/" not in told

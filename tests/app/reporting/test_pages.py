"""The pages of reporting: what is due, what can be expected, what came back, what is locked."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from app.access.people import client_for
from app.reporting.conftest import AT, BERGEN, YEAR, enter, person
from app.reporting.test_the_way_of_an_error import answer, send, take
from app.work.filling import FORDE, HAUKELAND, TODAY
from pakkeforlop.access.models import Event
from pakkeforlop.reporting.models import Return, Submission

pytestmark = pytest.mark.django_db


@pytest.fixture
def coder() -> Client:
    return client_for(("coder", HAUKELAND))


def text(response: Any) -> str:
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_the_front_says_what_is_due_and_what_can_be_expected(two: Any, coder: Client):
    """On 20 January the yearly reporting's second round is next: due 2 February, in 13 days; the first round was missed."""
    page = text(coder.get("/reporting/"))
    assert "Meldingen for desember 2021 skulle vært sendt <b>tirsdag 4. januar</b>, 16 dager siden. Den er ikke laget ennå. 1 melding fra registeret kan ventes." in page
    assert "108" in page
    assert "onsdag 2. februar" in page
    assert "I februar er det ingen månedsrunde" in page
    assert "fredag 4. mars" in page
    assert "januar–februar 2022" in page


def test_a_message_is_made_and_fetched_and_marked(two: Any, coder: Client):
    made = coder.post("/reporting/make/", {"unit": BERGEN, "month": "2021-12", "key": "a"})
    one = Submission.objects.get()
    assert made["Location"] == f"/reporting/submissions/{one.pk}/"
    page = text(coder.get(made["Location"]))
    assert "<b>3</b> koder av <b>2</b> pasienter, 01.01.2021 til 31.12.2021." in page
    assert one.messages.first().sha256 in page
    assert "Helse Bergen HF. De hentes av den som rapporterer for hele foretaket" in page
    assert coder.post(f"/reporting/submissions/{one.pk}/files/").status_code == 403
    fetched = client_for(("coder", BERGEN), username="hele").post(f"/reporting/submissions/{one.pk}/files/")
    names = zipfile.ZipFile(io.BytesIO(fetched.content)).namelist()
    assert [name[:7] for name in names] == ["NPR_ORD", "NPR_IDE"]
    coder.post(f"/reporting/submissions/{one.pk}/handed/")
    assert [event.kind for event in one.events.order_by("pk")] == ["made", "fetched", "handed"]
    assert Event.objects.filter(kind="exported", what="submission.fetched").exists()
    assert "ble laget <b>torsdag 20. januar</b> av Prøve prove" in text(coder.get("/reporting/"))


def test_a_file_that_was_changed_is_not_given_out(two: Any, coder: Client, settings: Any):
    coder.post("/reporting/make/", {"unit": BERGEN, "month": "2021-12", "key": "a"})
    one = Submission.objects.get()
    path = next((settings.HOME / "outbox" / one.folder).glob("NPR_ORD*.zip"))
    path.write_bytes(path.read_bytes() + b"x")
    whole = client_for(("coder", BERGEN), username="hele")
    whole.post(f"/reporting/submissions/{one.pk}/files/")
    assert "kontrollsummen stemmer ikke" in text(whole.get(f"/reporting/submissions/{one.pk}/"))


def test_a_return_is_taken_in_and_stands_on_the_list(two: Any, coder: Client, kari: Any, tmp_path: Any):
    path = answer(tmp_path / "r", send(kari, "k"), [{"message": "108", "registration": two["CK"].registration_id}])
    upload = SimpleUploadedFile(path.name, path.read_bytes())
    done = coder.post("/reporting/take/", {"unit": BERGEN, "file": upload})
    assert done["Location"] == "/reporting/returned/"
    page = text(coder.get(done["Location"]))
    assert "<b>1 kode må rettes.</b>" in page
    assert "Lystig Ullgenser" in page
    assert f"correct={two['CK'].pk}#code" in page
    assert Event.objects.filter(kind="listed", what="returned_codes").count() == 1


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("feil.xml", b"<!DOCTYPE x [<!ENTITY a 'b'>]><MsgHead/>", "DOCTYPE"),
        ("feil.xml", b"tull", "feil.xml"),
        ("feil.exe", b"MZ", "Velg en fil fra registeret"),
        ("feil.xlsx", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "passord"),
    ],
)
def test_what_is_no_return_is_refused_with_a_sentence(two: Any, coder: Client, name: str, content: bytes, told: str):
    coder.post("/reporting/take/", {"unit": BERGEN, "file": SimpleUploadedFile(name, content)})
    assert told in text(coder.get("/reporting/"))
    assert not Return.objects.exists()


def test_another_trust_sees_nothing(two: Any, kari: Any, tmp_path: Any):
    one = send(kari, "k")
    take(answer(tmp_path / "r", one, [{"message": "108", "registration": two["CK"].registration_id}]), kari)
    other = client_for(("coder", FORDE))
    assert other.get(f"/reporting/submissions/{one.pk}/").status_code == 404
    assert "Lystig Ullgenser" not in text(other.get("/reporting/returned/"))
    assert "Ingen meldinger er laget" in text(other.get("/reporting/"))
    assert one.folder not in other.get("/reporting/history/").content.decode()


def test_the_history_as_a_file(two: Any, coder: Client, kari: Any, tmp_path: Any):
    one = send(kari, "k")
    take(answer(tmp_path / "r", one, [{"message": "108", "registration": two["CK"].registration_id}]), kari)
    lines = coder.get("/reporting/history/").content.decode().splitlines()
    assert len(lines) == 3
    assert one.messages.get(number=1).sha256 in lines[1]
    assert "NPR_ERR" in lines[1]
    assert "Kari Lien" in lines[2]


def test_what_is_foreseen_code_by_code(two: Any, coder: Client):
    page = text(coder.get(f"/reporting/foreseen/?unit={BERGEN}&month=2021-12&message=108"))
    assert "Lystig Ullgenser" in page
    assert "1 melding" in page
    assert "Ingenting å si" in text(coder.get(f"/reporting/foreseen/?unit={BERGEN}&month=2021-06"))


# --- the lock ---------------------------------------------------------------------------------------------------------

FEBRUARY = "2022-02-03"


@pytest.fixture
def leader() -> Client:
    return client_for(("leader", HAUKELAND), username="sjef")


def lock(leader: Client) -> str:
    return leader.post("/reporting/lock/", {"unit": BERGEN, "year": "2021", "reason": "Årsrapport"})["Location"]


def test_a_year_cannot_be_locked_before_the_yearly_reporting_is_over(two: Any, leader: Client):
    assert lock(leader) == f"/reporting/?unit={BERGEN}"
    assert "2021 kan låses fra 03.02.2022" in text(leader.get("/reporting/"))


def test_locked_figures_never_change_and_revised_ones_stand_beside(two: Any, kari: Any, leader: Client, settings: Any):
    """The treatment comes after the lock: nobody of one was treated then (none), one of one within the limit now."""
    from pakkeforlop.reporting.models import LockedFigure, PeriodLock
    from pakkeforlop.reporting.queries.figures import digest, frozen

    enter(two["second"].patient, "A01S", date(2021, 12, 6), kari)
    enter(two["second"].patient, "A01CK", date(2021, 12, 14), kari)
    settings.TODAY = FEBRUARY
    place = lock(leader)
    one = PeriodLock.objects.get()
    before = list(LockedFigure.objects.filter(lock=one).order_by("pk").values())
    assert before
    assert (one.sha256, one.figures) == (digest(frozen(one)), len(before))
    assert "Ingen av" in text(leader.get(place))
    enter(two["second"].patient, "A01FK", date(2021, 12, 28), kari, at=datetime(2022, 2, 3, 12, tzinfo=UTC))
    page = text(leader.get(place))
    assert "1 kode er endret etter låsen." in page
    assert "A01FK" in page
    assert "ikke der" in page
    assert "1/1 · 100,0 %" in page
    assert list(LockedFigure.objects.filter(lock=one).order_by("pk").values()) == before
    assert digest(frozen(one)) == one.sha256
    lines = leader.get(f"{place}figures/").content.decode().splitlines()
    shares = [line for line in lines if line.startswith("OF4,of4_share,all,")]
    assert any(line.endswith(",,,,true,1,1,100.0,,") or ",true,1,1,100.0," in line for line in shares), shares[:3]


def test_a_locked_year_is_sent_no_more_and_locked_once(two: Any, leader: Client, coder: Client, settings: Any):
    settings.TODAY = FEBRUARY
    lock(leader)
    lock(leader)
    assert "2021 er låst fra før" in text(leader.get("/reporting/"))
    coder.post("/reporting/make/", {"unit": BERGEN, "month": "2021-12", "key": "a"})
    assert "2021 er låst siden" in text(coder.get("/reporting/"))
    assert not Submission.objects.exists()


def test_only_a_leader_locks(two: Any, coder: Client, settings: Any):
    settings.TODAY = FEBRUARY
    assert coder.post("/reporting/lock/", {"unit": BERGEN, "year": "2021"}).status_code == 403


def test_the_lock_that_a_day_of_a_unit_lies_in(two: Any, leader: Client, settings: Any):
    from pakkeforlop.reporting.queries.locks import lock_of

    settings.TODAY = FEBRUARY
    lock(leader)
    assert lock_of(HAUKELAND, date(2021, 5, 1)) is not None
    assert lock_of(HAUKELAND, date(2022, 1, 1)) is None


@pytest.mark.parametrize("year", ["²", "9" * 5000, "99999", "0", "1900", "-2021", ""])
def test_what_is_no_year_is_told(two: Any, leader: Client, year: str):
    """And nothing is locked."""
    from pakkeforlop.reporting.models import PeriodLock

    leader.post("/reporting/lock/", {"unit": BERGEN, "year": year})
    assert "Velg" in text(leader.get("/reporting/"))
    assert not PeriodLock.objects.exists()


@pytest.mark.parametrize("asked", ["month=9999-12", "month=²", "message=" + "9" * 5000, "message=²&month=2021-13"])
def test_an_address_written_by_hand_is_no_fault(two: Any, coder: Client, asked: str):
    assert "Innrapportering" in text(coder.get(f"/reporting/foreseen/?unit={BERGEN}&{asked}"))


# --- reminders --------------------------------------------------------------------------------------------------------


def test_reminders_go_to_those_who_report_and_stop_when_it_is_done(two: Any, kari: Any, mailoutbox: Any):
    """Two days before 2 February (31 January), once; not after the message is made; nobody without an address."""
    from pakkeforlop.reporting.actions.remind import remind

    at = datetime(2022, 1, 31, 8, tzinfo=UTC)
    assert remind(at=at, address=lambda _: "") == []
    for _ in range(2):
        remind(at=at, address=lambda user: f"{user.username}@example.org")
    (mail,) = mailoutbox
    assert (mail.to, mail.subject) == (["kari@example.org"], "Innrapportering for Helse Bergen HF, frist 02.02.2022")
    assert "om 2 dager" in mail.body
    assert "Lystig" not in mail.body
    send(kari, "k")
    assert remind(at=datetime(2022, 2, 1, 8, tzinfo=UTC), address=lambda user: "x@example.org") == []


def test_a_deadline_before_the_first_code_is_nobodys_to_keep(two: Any, kari: Any, coder: Client, settings: Any, mailoutbox: Any):
    """A trust whose first code is of November 2021: October's round was another system's; January's is its own."""
    from pakkeforlop.reporting.actions.remind import due

    settings.TODAY = "2021-11-20"
    assert "skulle vært sendt" not in text(coder.get("/reporting/"))
    assert list(due(date(2021, 11, 5))) == []
    settings.TODAY = TODAY.isoformat()
    assert "skulle vært sendt <b>tirsdag 4. januar</b>" in text(coder.get("/reporting/"))
    assert {one.round.period[1] for one in due(date(2022, 1, 5))} == {date(2021, 12, 31)}


# --- completeness -----------------------------------------------------------------------------------------------------


def test_a_hospital_that_registers_far_less_is_told_of_on_the_page(kari: Any, coder: Client, settings: Any):
    """Forty starts a month for two years, five in December."""
    from pakkeforlop.coding.models import Registration

    patient = person("Mange Mulige")
    months = [(2019 + n // 12, n % 12 + 1) for n in range(36)]
    rows = [
        Registration(
            patient=patient, registration_id=f"{year}-{month}-{n}", version=1, code="A26A",
            event_date=date(year, month, n % 28 + 1), institution=HAUKELAND, registered_at=AT, digest=n,
        )
        for year, month in months for n in range(5 if (year, month) == (2021, 12) else 40)
    ]  # fmt: skip
    Registration.objects.bulk_create(rows)
    page = text(coder.get("/reporting/"))
    assert "Haukeland universitetssjukehus har registrert langt mindre enn vanlig" in page
    assert "5 startkoder i desember 2021, mot ventet om lag" in page


def test_nobody_who_reports_for_nothing_is_let_in(db: None):
    assert client_for(("analyst", HAUKELAND)).get("/reporting/").status_code == 403
    assert YEAR[1] == date(2021, 12, 31)

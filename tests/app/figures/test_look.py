"""The figures of a unit as they are now: right at once, opened down to the patients, and only to those who may look."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from typing import Any

import pytest

from app.access.people import BERGEN, STAVANGER, VEST, client_for
from app.store.filling import fill
from pakkeforlop.access.models import Event
from pakkeforlop.coding.models import Patient, Registration
from pakkeforlop.coordination.models import NewCancer
from pakkeforlop.episodes import store
from pakkeforlop.web.figures.asked import days_of
from pakkeforlop.web.log.presenter import what

pytestmark = pytest.mark.django_db

TRUST, OTHER = "983974724", "974743272"
"""Helse Bergen, to which Haukeland belongs, and Voss in the same trust."""


@pytest.fixture(autouse=True)
def _the_day(settings: Any) -> None:
    settings.TODAY = "2024-03-15"


def course(patient: str, *steps: tuple[str, str], prefix: str = "A01", place: str = BERGEN) -> list[dict[str, str]]:
    return [
        {"patient_id": patient, "code": prefix + code, "event_date": day, "institution": place} for code, day in steps
    ]  # fmt: skip


@pytest.fixture
def ward() -> dict[str, Patient]:
    """Breast in Bergen in 2024: two treated by surgery, after 20 and 40 days (the limit is 32), one open, one of Stavanger,
    one of the prostate at Voss.
    """
    rows = [
        *course("quick", ("A", "2024-01-02"), ("S", "2024-01-05"), ("CK", "2024-01-10"), ("FK", "2024-01-22")),
        *course("slow", ("A", "2024-01-02"), ("S", "2024-01-09"), ("CK", "2024-01-20"), ("FK", "2024-02-11")),
        *course("open", ("A", "2024-03-01")),
        *course("away", ("A", "2024-03-01"), place=STAVANGER),
        *course("voss", ("A", "2024-02-01"), prefix="A14", place=OTHER),
    ]
    people = fill(rows, {name: (date(1960, 5, 17), "2") for name in ("quick", "slow", "open", "away", "voss")})
    for source, patient in people.items():
        patient.name = f"Navn {source}"
        patient.save()
    store.relink([patient.pk for patient in people.values()], as_of=date(2024, 3, 15))
    return people


def lines(answer: Any) -> dict[str, list[str]]:
    """The table's rows: the name, and the cells without their tags."""
    body = answer.content.decode().split("<tbody>")[1].split("</tbody>")[0]
    found = {}
    for row in re.findall(r"<tr.*?</tr>", body, re.S):
        cells = [re.sub(r'<span class="sr">.*?</span>|<[^>]+>', "", cell).strip() for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.S)]
        found[unescape(cells[0])] = [unescape(cell).replace("\xa0", " ") for cell in cells[1:]]
    return found


def links(answer: Any, kind: str) -> list[str]:
    return [unescape(one) for one in re.findall(rf'href="(/figures/behind/[^"]*what={kind})"', answer.content.decode())]


def test_the_numbers_of_a_hospital_this_year(ward: Any):
    """Breast: 3 started, 1 open, 1 of 2 within; Wilson's interval of 1/2 is 9 to 91; 20 and 40 days: median 30, 90 % 38."""
    answer = client_for(("leader", BERGEN)).get("/figures/")
    assert lines(answer) == {
        "Alle organspesifikke": ["3", "1", "1/2 · 50,0 %", "9–91", "1", "30", "38", "", ""],
        "Bryst": ["3", "1", "1/2 · 50,0 %", "9–91", "1", "30", "38", "", ""],
    }
    assert "<b>1 av 2</b> forløp ble behandlet i tide i 2024, <b>50,0 %</b>. 1 er åpent nå." in answer.content.decode().replace("\xa0", " ")


def test_a_trust_holds_its_hospitals_and_no_others(ward: Any):
    client = client_for(("leader", VEST))
    told = lines(client.get(f"/figures/?unit={TRUST}"))
    assert {name: cells[:2] for name, cells in told.items()} == {
        "Alle organspesifikke": ["4", "2"], "Bryst": ["3", "1"], "Blære": ["1", "1"],
    }  # fmt: skip


def test_a_code_that_is_entered_is_in_the_figures_at_the_next_look(ward: Any):
    """The open one is treated on 14 March: 2 of 3."""
    client = client_for(("leader", BERGEN))
    client.get("/figures/")
    patient = ward["open"]
    for n, (code, day) in enumerate((("A01S", "2024-03-04"), ("A01CK", "2024-03-08"), ("A01FK", "2024-03-14"))):
        Registration.objects.create(
            patient=patient, registration_id=f"new-{n}", version=1, code=code, event_date=date.fromisoformat(day),
            institution=BERGEN, registered_at="2024-03-15T08:00:00Z", digest=9_000 + n,
        )  # fmt: skip
    store.relink([patient.pk], as_of=date(2024, 3, 15))
    assert lines(client.get("/figures/"))["Bryst"][:3] == ["3", "0", "2/3 · 66,7 %"]


def test_a_number_opens_to_its_patients_with_days_limit_and_version(ward: Any):
    client = client_for(("leader", BERGEN))
    (address,) = links(client.get("/figures/"), "over")
    answer = client.get(address)
    told = lines(answer)
    assert list(told) == ["Navn slow 1960"]
    start, end, days, past, version = told["Navn slow 1960"]
    assert (start, end, days, past) == ("02.01.2024", "11.02.2024", "40/32", "8 over")
    assert version == "01.05.2021"
    page = re.search(r'href="(/patients?/[^"]+)"', answer.content.decode())
    assert page is not None
    assert client.get(unescape(page.group(1))).status_code == 200
    (listed,) = Event.objects.filter(kind="listed", what="figures_behind")
    assert listed.listed == f",{ward['slow'].pk},"
    assert what(listed.kind, listed.what).endswith(": forløpene bak et tall")
    assert "Navn quick" in client.get(links(client.get("/figures/"), "counts")[0]).content.decode()


def test_whoever_sees_figures_alone_opens_nothing(ward: Any):
    client = client_for(("analyst", BERGEN))
    answer = client.get("/figures/")
    assert lines(answer)["Bryst"][0] == "3"
    assert "/figures/behind/" not in answer.content.decode()
    assert client.get(f"/figures/behind/?unit={BERGEN}&pathway=A01&what=started").status_code == 403


def test_a_leader_of_one_pathway_sees_that_one(ward: Any):
    client = client_for(("leader", BERGEN, "A14"))
    assert "Ingen forløp ved" in client.get("/figures/").content.decode()
    assert client.get(f"/figures/behind/?unit={BERGEN}&pathway=A01&what=started").status_code == 404
    assert list(lines(client_for(("leader", BERGEN, "A01"), username="to").get("/figures/"))) == ["Bryst"]


@pytest.mark.parametrize(
    "asked",
    ["unit=974703300&pathway=A01&what=started", "unit=974557746&pathway=Z99&what=started", "unit=974557746&pathway=A01&what=x", ""],
)
def test_what_is_not_the_persons_to_open_is_not_there(ward: Any, asked: str):
    assert client_for(("leader", BERGEN)).get(f"/figures/behind/?{asked}").status_code == 404


def test_a_country_wide_reader_chooses_a_hospital_or_a_trust(ward: Any):
    answer = client_for(("analyst", "900000000")).get(f"/figures/?unit={STAVANGER}").content.decode()
    assert "Tall for Stavanger universitetssjukehus" in answer
    assert 'value="900000000"' not in answer


@pytest.mark.parametrize(
    ("period", "on", "days"),
    [
        ("year", date(2024, 3, 15), (date(2024, 1, 1), date(2024, 12, 31))),
        ("last_year", date(2024, 3, 15), (date(2023, 1, 1), date(2023, 12, 31))),
        ("tertial", date(2024, 4, 30), (date(2024, 1, 1), date(2024, 4, 30))),
        ("tertial", date(2024, 5, 1), (date(2024, 5, 1), date(2024, 8, 31))),
        ("tertial", date(2024, 12, 31), (date(2024, 9, 1), date(2024, 12, 31))),
        ("last_tertial", date(2024, 1, 1), (date(2023, 9, 1), date(2023, 12, 31))),
        ("last_tertial", date(2024, 9, 1), (date(2024, 5, 1), date(2024, 8, 31))),
    ],
)
def test_periods(period: str, on: date, days: tuple[date, date]):
    assert days_of(period, on) == days


def test_the_inclusion_share_opens_to_the_new_cancers_those_outside_first(ward: Any):
    """One in the pathway that started here, though seen in Stavanger first; one seen here and in no pathway: 1 of 2."""
    outside = Patient.objects.create(source_id="outside", told=True, name="Navn utenfor", birth_date=date(1970, 1, 1))
    for patient, place in ((ward["quick"], STAVANGER), (outside, BERGEN), (ward["away"], STAVANGER)):
        NewCancer.objects.create(patient=patient, icd10="C50.4", first_contact_date=date(2024, 1, 8), institution=place)
    client = client_for(("leader", BERGEN))
    answer = client.get("/figures/")
    assert lines(answer)["Bryst"][-1] == "1/2"
    (address,) = links(answer, "included")
    assert lines(client.get(address)) == {
        "Navn utenfor 1970": ["08.01.2024", "C50.4", "nei"], "Navn quick 1960": ["08.01.2024", "C50.4", "ja"],
    }  # fmt: skip
    (listed,) = Event.objects.filter(kind="listed", what="figures_behind")
    assert set(listed.listed.strip(",").split(",")) == {str(outside.pk), str(ward["quick"].pk)}

"""Who has a pathway: one or many given to somebody, taken back by one key, and never what another has changed since."""

from __future__ import annotations

import re
from typing import Any

import pytest

from app.access.people import client_for, user_with
from app.work.filling import FORDE, HAUKELAND, TODAY
from pakkeforlop.access.models import Event, Post, User
from pakkeforlop.coordination.models import Responsibility, Task, WorklistRow
from pakkeforlop.coordination.rows import refresh
from pakkeforlop.web import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def ida(people: Any) -> User:
    return user_with(("coordinator", HAUKELAND), username="ida")


@pytest.fixture
def marked(people: Any) -> list[WorklistRow]:
    """Three rows: the first was taken by somebody, the second belongs to the named coordinator, the third to nobody."""
    rows = list(WorklistRow.objects.select_related("patient").filter(closed=False, hospital=HAUKELAND).order_by("pk"))
    kinds = list({row.pathway: row for row in rows}.values())[:3]
    taker, named = user_with(("coordinator", HAUKELAND), username="tove"), user_with(("coordinator", HAUKELAND), username="nora")
    Responsibility.objects.create(patient=kinds[0].patient, pathway=kinds[0].pathway, owner=taker, since=clock.now())
    Post.objects.create(kind="coordinator", org_nr=HAUKELAND, pathway=kinds[1].pathway, name="Prøve nora", user=named, valid_from="2015-01-01")
    refresh([row.patient_id for row in kinds], on=TODAY, at=clock.now())
    return kinds


def key_of(row: WorklistRow) -> str:
    return f"{row.patient.handle}.{row.pathway}.{row.number}"


def give(client: Any, rows: list[WorklistRow], to: User, key: str = "g1") -> str:
    asked = {"row": [key_of(row) for row in rows], "key": key, "owner": to.pk, "query": ""}
    return client.post("/worklist/assign/", asked, follow=True).content.decode()


def offered(html: str) -> tuple[str, dict[str, str], str]:
    """The one form that takes it back: address, fields, text."""
    inside = re.search(r'<form class="verdict undo-offer" method="post" action="([^"]+)">(.*?)</form>', html, re.S)
    assert inside
    return inside[1], dict(re.findall(r'name="(\w+)" value="([^"]*)"', inside[2])), re.sub(r"<[^>]+>", "", inside[2]).strip()


def owners(rows: list[WorklistRow]) -> list[str]:
    now = {row.pk: row for row in WorklistRow.objects.select_related("owner").filter(pk__in=[row.pk for row in rows])}
    return [now[row.pk].owner.username if now[row.pk].owner else "" for row in rows]


def test_many_that_were_given_are_taken_back_by_one_form_and_each_has_whom_it_had(coordinator: Any, marked: list[WorklistRow], ida: User):
    assert owners(marked) == ["tove", "nora", ""]
    html = give(coordinator, marked, ida)
    assert owners(marked) == ["ida"] * 3
    address, fields, text = offered(html)
    assert (address, text) == ("/worklist/assign/undo/", "Angre at Prøve ida fikk 3 forløp Z")
    for _ in range(2):  # a double click takes back once
        html = coordinator.post(address, fields, follow=True).content.decode()
        assert "3 forløp er tilbake hos dem som hadde ansvaret." in html
    assert owners(marked) == ["tove", "nora", ""]
    # every step is a row, and a line on each patient's log
    assert Responsibility.objects.count() == 1 + 3 + 3
    lines = Event.objects.filter(kind="changed", what="owner.given", by=coordinator.user)
    assert sorted(lines.values_list("patient_id", flat=True)) == sorted([row.patient_id for row in marked] * 2)
    # the named coordinator's pathway follows its post again, as if nobody had taken it
    Post.objects.filter(kind="coordinator").update(user=ida)
    refresh([marked[1].patient_id], on=TODAY, at=clock.now())
    assert owners(marked)[1] == "ida"


def test_a_double_click_on_giving_is_one_deed(coordinator: Any, marked: list[WorklistRow], ida: User):
    first, again = give(coordinator, marked, ida), give(coordinator, marked, ida)
    assert "3 forløp har fått Prøve ida som ansvarlig." in first
    assert "3 forløp har fått Prøve ida som ansvarlig." in again
    assert Responsibility.objects.filter(owner=ida).count() == 3
    address, fields, _ = offered(again)
    coordinator.post(address, fields)
    assert owners(marked) == ["tove", "nora", ""]


def test_what_another_has_given_on_since_stays(coordinator: Any, marked: list[WorklistRow], ida: User):
    address, fields, _ = offered(give(coordinator, marked, ida))
    other = client_for(("coordinator", HAUKELAND), username="eva")
    other.post("/worklist/assign/", {"row": key_of(marked[1]), "key": "o1", "owner": other.user.pk, "query": ""})
    html = coordinator.post(address, fields, follow=True).content.decode()
    assert "2 forløp er tilbake hos dem som hadde ansvaret." in html
    assert f"Prøve eva har siden gitt {marked[1].patient.name} til Prøve eva; det står." in html
    assert owners(marked) == ["tove", "eva", ""]


def test_nobody_takes_back_what_another_gave(coordinator: Any, marked: list[WorklistRow], ida: User):
    address, fields, _ = offered(give(coordinator, marked, ida))
    other = client_for(("coordinator", HAUKELAND), username="eva")
    assert "Ingenting var å angre." in other.post(address, fields, follow=True).content.decode()
    assert owners(marked) == ["ida"] * 3


def test_taking_over_one_row_is_undone_by_the_script_too(coordinator: Any, marked: list[WorklistRow]):
    row = marked[0]
    asked = {"row": key_of(row), "key": "t1", "do": "take", "query": ""}
    told = coordinator.post(f"/worklist/{row.patient.handle}/work/", asked, headers={"X-Asked-By": "worklist"}).json()
    assert (told["said"], told["undo"]) == ("Prøve kari har nå ansvaret.", {"given": "t1"})
    assert owners(marked)[0] == "kari"
    back = {"row": key_of(row), "key": "t2", "query": "", **told["undo"]}
    told = coordinator.post("/worklist/assign/undo/", back, headers={"X-Asked-By": "worklist"}).json()
    assert told["done"]
    assert re.search(r"<td class=\"muted opt ow\">(.*?)</td>", told["html"])[1] == "tove"
    assert owners(marked)[0] == "tove"


def test_one_who_only_sees_the_list_gives_nobody_anything(people: Any, marked: list[WorklistRow], ida: User):
    """Rights follow the unit: a coordinator at Førde who looks at Haukeland's list coordinates nothing there."""
    client = client_for(("mdt", HAUKELAND), ("coordinator", FORDE), username="gjest")
    assert "Ingen forløp var merket." in give(client, marked, ida)
    row = marked[0]
    client.post(f"/worklist/{row.patient.handle}/work/", {"row": key_of(row), "key": "t1", "do": "take", "query": ""})
    assert owners(marked) == ["tove", "nora", ""]


def test_a_pathway_is_not_given_to_one_who_does_not_see_it(coordinator: Any, marked: list[WorklistRow]):
    narrow = user_with(("coordinator", HAUKELAND, marked[0].pathway), username="smal")
    html = give(coordinator, marked, narrow)
    assert "Prøve smal har nå ansvaret." in html
    assert "2 forløp ble ikke gitt: Prøve smal ser ikke dem." in html
    assert owners(marked) == ["smal", "nora", ""]
    row = marked[1]
    asked = {"row": key_of(row), "key": "k", "do": "task", "text": "Ring", "owner": narrow.pk, "query": ""}
    html = coordinator.post(f"/worklist/{row.patient.handle}/work/", asked, follow=True).content.decode()
    assert "Prøve smal ser ikke dette forløpet." in html
    assert not Task.objects.filter(text="Ring").exists()


def test_a_form_without_a_key_is_a_deed_of_its_own(coordinator: Any, marked: list[WorklistRow], ida: User):
    give(coordinator, marked[:1], ida, key="")
    give(coordinator, marked[1:], ida, key="")
    assert owners(marked) == ["ida"] * 3


def test_giving_many_asks_the_database_a_few_times_for_each(coordinator: Any, people: Any, ida: User, django_assert_max_num_queries: Any):
    rows = list(WorklistRow.objects.select_related("patient").filter(closed=False, hospital=HAUKELAND).order_by("pk"))
    assert len(rows) > 15
    with django_assert_max_num_queries(60 + 6 * len(rows)):
        give(coordinator, rows, ida)
    assert owners(rows) == ["ida"] * len(rows)

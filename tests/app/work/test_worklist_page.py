"""The list as a coordinator asks for it: views, filters, search, order, print, spreadsheet, saved views."""

from __future__ import annotations

import io
import re
from typing import Any

import openpyxl
import pytest

from app.access.people import client_for
from app.work.filling import FORDE, HAUKELAND, TODAY
from pakkeforlop.access.models import Event
from pakkeforlop.coding.models import Patient
from pakkeforlop.coordination import rows
from pakkeforlop.coordination.models import SavedView, WorklistRow
from pakkeforlop.coordination.queries.worklist import Filters, reader, worklist
from pakkeforlop.web import clock

pytestmark = pytest.mark.django_db


def names(answer: Any) -> list[str]:
    return re.findall(r'class="q nm"[^>]*>([^<]+)</a>', answer.content.decode())


def search(client: Any, text: str) -> Any:
    return client.post("/worklist/search/", {"q": text}, follow=True)


def of_scene(people: Any, ward: Any, scene: str) -> list[str]:
    return sorted(people[patient].name for patient, one in ward.scene_of.items() if one == scene)


def test_the_answer_comes_first_in_a_sentence(coordinator: Any):
    answer = coordinator.get("/worklist/")
    text = re.sub(r"\s+", " ", re.sub("<[^>]+>", "", answer.content.decode()))
    found = worklist(for_=reader(coordinator.user, on=TODAY), filters=Filters())
    assert f"{found.total} åpne forløp. {found.groups[1]} kan ennå reddes i dag, {found.save_unbooked} av dem uten noe bestilt." in text


def test_what_can_still_be_saved_stands_first_with_the_fewest_days(coordinator: Any):
    found = worklist(for_=reader(coordinator.user, on=TODAY), filters=Filters())
    ranks = [row.rank for row in found.rows]
    assert ranks == sorted(ranks)
    assert set(ranks) == {1, 2, 3, 4}
    save = [row.phase_due for row in found.rows if row.rank == 1]
    assert save == sorted(save)
    for passed in (2, 3):
        whole = [row.whole_due for row in found.rows if row.rank == passed]
        assert len(whole) > 1
        assert whole == sorted(whole)


@pytest.mark.parametrize(("view", "scene"), [("missed", "missed"), ("answer_overdue", "answer_overdue"), ("duplicate", "duplicate")])
def test_a_view_holds_its_patients_and_says_how_many(coordinator: Any, people: Any, morning_ward: Any, view: str, scene: str):
    answer = coordinator.get("/worklist/", {"view": view})
    wanted = of_scene(people, morning_ward, scene)
    assert sorted(names(answer)) == wanted
    assert f"{len(wanted)} åpne forløp" in answer.content.decode().replace("åpent", "åpne")


def test_search_by_name_or_number_stays_within_the_units(coordinator: Any, people: Any):
    patient = Patient.objects.filter(pk__in=WorklistRow.objects.values("patient")).first()
    assert patient.name in names(search(coordinator, patient.name.split()[1].upper()))
    assert names(search(coordinator, patient.national_number)) == [patient.name]
    elsewhere = client_for(("coordinator", "974703300"), username="ole")
    assert names(search(elsewhere, patient.national_number)) == []


def test_what_is_searched_for_never_stands_in_an_address(coordinator: Any, people: Any):
    patient = Patient.objects.filter(pk__in=WorklistRow.objects.values("patient")).first()
    told = coordinator.post("/worklist/search/", {"q": patient.national_number, "pathway": ""})
    assert patient.national_number not in told.url
    assert names(coordinator.get(told.url)) == [patient.name]
    shown = coordinator.get(told.url).content.decode()
    assert patient.national_number not in "".join(re.findall(r'(?:href|action)="[^"]*"', shown))
    another = client_for(("coordinator", HAUKELAND), username="ida")
    assert len(names(another.get(told.url))) > 1  # the word means nothing in another session
    coordinator.post("/worklist/views/", {"name": "Mitt søk", "query": told.url.partition("?")[2]})
    assert SavedView.objects.get().query == ""


def test_the_receiving_hospital_sees_what_was_sent_to_it(people: Any, morning_ward: Any):
    receiver = client_for(("coordinator", FORDE), username="per")
    answer = receiver.get("/worklist/")
    assert set(of_scene(people, morning_ward, "sent")) <= set(names(answer))
    assert "Ikke mottatt" in answer.content.decode()


def test_one_list_across_the_hospitals_of_a_region(people: Any):
    regional = client_for(("coordinator", "983658725"), username="bro")
    found = worklist(for_=reader(regional.user, on=TODAY), filters=Filters())
    assert found.total == WorklistRow.objects.filter(closed=False).count()
    assert set(found.around.hospitals) == {HAUKELAND, FORDE}


def test_an_order_that_is_asked_for(coordinator: Any):
    answer = coordinator.get("/worklist/", {"sort": "name"})
    shown = names(answer)
    assert shown == sorted(shown)
    assert 'aria-sort="ascending"' in answer.content.decode()


def test_nothing_by_a_filter_names_the_filter_and_offers_to_widen(coordinator: Any):
    text = search(coordinator, "finnes ikke").content.decode()
    assert "Ingen forløp med dette filteret" in text
    assert "finnes ikke" in text
    text = coordinator.get("/worklist/", {"pathway": "A30", "phase": "workup", "flag": "postponed"}).content.decode()
    assert "Filteret er: Kreft hos barn A30, Utredning, Utsatt av pasienten." in text
    assert '<option value="A30" selected>' in text


def test_every_list_of_patients_is_logged_once(coordinator: Any):
    before = Event.objects.count()
    shown = coordinator.get("/worklist/")
    line = Event.objects.latest("pk")
    assert Event.objects.count() == before + 1
    assert (line.kind, line.what, line.by_id) == ("listed", "worklist", coordinator.user.pk)
    assert line.listed.count(",") == len(names(shown)) + 1


def test_the_spreadsheet_has_no_formula_and_is_logged_as_an_export(coordinator: Any, people: Any):
    row = WorklistRow.objects.filter(closed=False).first()
    Patient.objects.filter(pk=row.patient_id).update(name="=HYPERLINK(\"http://x\")")
    answer = coordinator.get("/worklist/sheet/", {"owner": "all"})
    page = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert page.max_row == WorklistRow.objects.filter(closed=False).count() + 1
    cells = [cell for line in page.iter_rows() for cell in line]
    assert "=HYPERLINK(\"http://x\")" in {cell.value for cell in cells if cell.data_type == "s"}
    assert not [cell for cell in cells if cell.data_type == "f"]
    line = Event.objects.latest("pk")
    assert (line.kind, line.what) == ("exported", "worklist_sheet")
    assert f",{row.patient_id}," in line.listed


def test_print_shows_the_whole_list(coordinator: Any):
    assert len(names(coordinator.get("/worklist/print/"))) == WorklistRow.objects.filter(closed=False).count()


def test_a_view_is_named_found_again_and_forgotten(coordinator: Any):
    coordinator.post("/worklist/views/", {"name": "Lunge uten time", "query": "pathway=A26&view=nothing_booked&evil=1"})
    view = SavedView.objects.get()
    assert (view.user_id, view.query) == (coordinator.user.pk, "view=nothing_booked&pathway=A26")
    assert "Lunge uten time" in coordinator.get("/worklist/").content.decode()
    coordinator.post("/worklist/views/", {"drop": view.pk})
    assert not SavedView.objects.exists()


def test_another_persons_view_cannot_be_dropped(coordinator: Any):
    other = client_for(("coordinator", HAUKELAND), username="ida")
    view = SavedView.objects.create(user=coordinator.user, name="Min", query="")
    other.post("/worklist/views/", {"drop": view.pk})
    assert SavedView.objects.filter(pk=view.pk).exists()


def test_a_filter_that_is_not_known_is_as_if_not_given():
    assert Filters.read({"view": "x", "flag": "y", "sort": "z", "owner": "w; drop"}) == Filters()


def test_a_new_day_turns_the_list(people: Any):
    """What was booked for the day before is no longer ahead."""
    tomorrow = TODAY.replace(day=22)
    booked = WorklistRow.objects.filter(next_on=TODAY.replace(day=21)).count()
    assert booked
    rows.turn(on=tomorrow, at=clock.now())
    assert not WorklistRow.objects.filter(next_on__lt=tomorrow, worked_out_on=tomorrow).exists()
    assert rows.turn(on=tomorrow, at=clock.now()) == 0


@pytest.mark.parametrize("sort", ["rank", "name", "phase", "whole", "next"])
def test_a_page_is_chosen_without_a_look_at_the_patients(coordinator: Any, django_assert_max_num_queries: Any, sort: str):
    """Of all patients only those of the page's rows are asked for, by their numbers: there may be millions of them."""
    with django_assert_max_num_queries(8) as asked:
        found = worklist(for_=reader(coordinator.user, on=TODAY), filters=Filters(sort=sort))
    of_patients = [query["sql"] for query in asked.captured_queries if "coding_patient" in query["sql"]]
    assert len(of_patients) == 1
    assert "LIMIT" not in of_patients[0]
    assert f'"coordination_worklistrow"."id" IN ({found.rows[0].pk}, ' in of_patients[0]


def test_a_page_asks_the_database_the_same_few_times_however_long_the_list(coordinator: Any, django_assert_max_num_queries: Any):
    with django_assert_max_num_queries(16):
        coordinator.get("/worklist/", {"owner": "all"})


def test_a_row_that_nobody_took_is_the_named_coordinators(people: Any):
    """Those of a pathway with a named coordinator at the hospital; the rest are nobody's."""
    from datetime import date

    from app.access.people import user_with
    from pakkeforlop.access.models import Post
    from pakkeforlop.coordination.models import WorklistRow
    from pakkeforlop.coordination.rows import refresh
    from pakkeforlop.web import clock

    anker = user_with(("coordinator", HAUKELAND), username="anker")
    Post.objects.create(
        kind="coordinator", org_nr=HAUKELAND, pathway="A26", name="Anker", user=anker, valid_from=date(2015, 1, 1)
    )
    rows = WorklistRow.objects.filter(closed=False, hospital=HAUKELAND)
    refresh(sorted({row.patient_id for row in rows}), on=TODAY, at=clock.now())
    lung = rows.filter(pathway="A26")
    assert lung.count() >= 2
    assert {row.owner_id for row in lung} == {anker.pk}
    assert {row.owner_id for row in rows.exclude(pathway="A26")} == {None}

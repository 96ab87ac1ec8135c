"""When a limit changes, everything in the store is linked anew, those on a list first, and it is noted when and why."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from app.store.filling import fill
from pakkeforlop.catalogue.model import Catalogue
from pakkeforlop.cli import serve
from pakkeforlop.coding.models import Patient
from pakkeforlop.coordination import rows as listed
from pakkeforlop.coordination.actions import definitions as action
from pakkeforlop.coordination.models import WorklistRow
from pakkeforlop.episodes import definitions, store
from pakkeforlop.episodes.models import Definitions, Episode
from pakkeforlop.episodes.rows import Engine

pytestmark = pytest.mark.django_db
ON, AT = date(2024, 3, 20), datetime(2024, 3, 20, 6, tzinfo=UTC)
BERGEN = "974557746"


def given() -> dict[str, Patient]:
    """Three patients with breast cancer attended on the fifth day: two of them open, one treated long ago. One is new."""
    steps = {
        "open": (("A", 4), ("S", 9), ("CK", 12)), "late": (("A", 4), ("S", 9)),
        "done": (("A", 4), ("S", 9), ("CK", 9), ("FK", 18)), "new": (("A", 18),),
    }  # fmt: skip
    people = fill([
        {"patient_id": patient, "code": f"A01{code}", "event_date": f"2024-{'01' if patient == 'done' else '03'}-{day:02}",
         "institution": BERGEN}
        for patient, codes in steps.items() for code, day in codes
    ])  # fmt: skip
    numbers = [patient.pk for patient in people.values()]
    store.relink(numbers, as_of=ON)
    listed.refresh(numbers, on=ON, at=AT, what="file")
    return people


@pytest.fixture
def shorter(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """The definitions with three days to the first attendance with breast cancer, where there were seven."""
    breast = catalogue.pathways["A01"]
    limits = tuple(limit.model_copy(update={"days": 3}) for limit in breast.time_limit["OF1"])
    changed = breast.model_copy(update={"time_limit": {**breast.time_limit, "OF1": limits}})
    other = Engine.of(catalogue.model_copy(update={"pathways": {**catalogue.pathways, "A01": changed}}))
    monkeypatch.setattr(store, "engine", lambda: other)
    monkeypatch.setattr(listed, "load_catalogue", lambda: other.catalogue)
    return other


def attended() -> dict[str, Any]:
    """By patient, the days to the first attendance and their limit."""
    rows = Episode.objects.values_list("patient__source_id", "of1_days", "of1_limit")
    return {name: (days, limit) for name, days, limit in rows}


def expected(limit: int) -> dict[str, Any]:
    """The fourth to the ninth; the new one has not been."""
    return {"open": (5, limit), "late": (5, limit), "done": (5, limit), "new": (None, limit)}


def limits_on_the_list() -> dict[str, tuple[int | None, str]]:
    """By patient, the limit of the phase, and what changed the row last."""
    rows = WorklistRow.objects.values_list("patient__source_id", "phase_limit", "changed_what")
    return {name: (limit, what) for name, limit, what in rows}


def test_a_store_begins_under_the_definitions_of_the_process(engine: Engine) -> None:
    """Noted once while it is empty; with the same definitions nothing is linked anew."""
    for _ in range(2):
        action.begin(at=AT)
    given()
    assert [(line.since, line.patients) for line in Definitions.objects.all()] == [(AT, 0)]
    assert not definitions.are_others()


def test_a_limit_that_changes_links_everybody_anew(request: pytest.FixtureRequest) -> None:
    """Seven days to the attendance become three, of ended pathways too; the list shows it, and by what it changed."""
    action.begin(at=AT)
    given()
    assert attended() == expected(7)
    assert limits_on_the_list()["new"] == (7, "file")
    request.getfixturevalue("shorter")
    assert definitions.are_others()
    later = AT.replace(hour=7)
    assert action.link_anew(on=ON, at=later) == 4
    assert attended() == expected(3)
    assert limits_on_the_list()["new"] == (3, "definitions")
    assert not definitions.are_others()
    assert list(Definitions.objects.order_by("pk").values_list("since", "patients")) == [(AT, 0), (later, 4)]


@pytest.mark.django_db(transaction=True)
def test_a_store_of_before_is_linked_anew_once() -> None:
    """Registrations are there and nobody noted under what: all are linked, and then it is noted."""
    given()
    action.begin(at=AT)
    assert definitions.are_others()
    assert serve.brought_up("en")
    assert not definitions.are_others()
    assert Definitions.objects.get().patients == 4


@pytest.mark.django_db(transaction=True)
def test_stopped_half_way_it_is_done_again(shorter: Engine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A database that goes away after the first piece: what is done stays, nothing is noted, the next try does all."""
    given()
    monkeypatch.setattr(serve, "moment", lambda: (AT, ON))
    monkeypatch.setattr(action, "PIECE", 1)
    with pytest.MonkeyPatch.context() as once:
        asked: list[int] = []

        def hold(piece: list[int]) -> None:
            asked.extend(piece)
            if len(asked) > 1:
                raise DatabaseError("gone with a name in it")

        once.setattr(action, "hold", hold)
        assert not serve.brought_up("en")
    assert Definitions.objects.count() == 0
    said = capsys.readouterr().err
    assert "DatabaseError" in said
    assert "with a name" not in said
    assert serve.brought_up("en")
    assert attended() == expected(3)
    assert Definitions.objects.get().patients == 4
    assert "4 patients were linked anew." in capsys.readouterr().err


def test_those_on_a_list_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one who was treated long ago waits, though it came first."""
    people = given()
    order: list[int] = []
    monkeypatch.setattr(action, "PIECE", 1)
    monkeypatch.setattr(action, "hold", order.extend)
    action.link_anew(on=ON, at=AT)
    assert set(order[:3]) == {people[name].pk for name in ("open", "late", "new")}
    assert order[3:] == [people["done"].pk]


@pytest.mark.parametrize("statement", ["UPDATE episodes_definitions SET patients = 9", "DELETE FROM episodes_definitions"])
def test_what_was_noted_stays(statement: str) -> None:
    action.note(at=AT, patients=1)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Definitions.objects.get().patients == 1

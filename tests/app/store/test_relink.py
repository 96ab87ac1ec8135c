"""The store's episodes and messages are those that the main job gives for the same rows, for one patient or many."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings

from app.store.filling import fill
from pakkeforlop.coding.queries import held_by
from pakkeforlop.episodes import store
from pakkeforlop.episodes.models import Episode, EpisodeMessage
from pakkeforlop.episodes.rows import link_rows
from property.strategies import History, histories
from reference.compare import EPISODE_COLUMNS, comparable

pytestmark = pytest.mark.django_db


def stored() -> tuple[list[dict[str, Any]], list[tuple[Any, ...]]]:
    """What stands in the store, as the files would tell it."""
    episodes = []
    for episode in Episode.objects.select_related("patient"):
        found = {name: getattr(episode, name) for name in EPISODE_COLUMNS if name not in ("patient_id", "episode")}
        episodes.append({**found, "patient_id": episode.patient.source_id, "episode": episode.number})
    messages = [
        (m.registration.batch_row, m.number, m.pathway or None, m.episode_id or None, m.counted)
        for m in EpisodeMessage.objects.select_related("registration")
    ]
    return episodes, sorted(messages, key=str)


@pytest.mark.parametrize("few", [40, 0], ids=["one by one", "in bulk"])
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(history=histories())
def test_the_store_says_what_the_main_job_says(history: History, few: int, engine: Any, monkeypatch: pytest.MonkeyPatch):
    rows = [row for row in history.rows if _taken(row, history)]
    monkeypatch.setattr(store, "FEW", few)
    with transaction.atomic():
        people = fill(rows, history.patients)
        store.relink([patient.pk for patient in people.values()], as_of=history.as_of)
        told = {p: f for p, f in (history.patients or {}).items() if p in people}
        done = link_rows(rows, catalogue=engine.catalogue, as_of=history.as_of, patients=told, engine=engine)
        episodes, messages = stored()
        assert comparable(episodes, EPISODE_COLUMNS) == comparable(done.episodes, EPISODE_COLUMNS)
        assert messages == sorted(
            ((m["row"], m["message"], m["pathway"], m["episode_id"], m["counted"]) for m in done.messages), key=str
        )
        transaction.set_rollback(True)


@pytest.mark.parametrize("other", ["a", "c", "10", "Æ", "p-2"])
def test_a_registration_told_of_two_patients_at_once_is_the_later_name_s(engine: Any, other: str):
    """Same name, moment, code, day and place, and another patient: the greater id as text holds it, as in files."""
    row = {"code": "A01CK", "event_date": "2024-03-04", "institution": "974557746", "registration_id": "1", "registered_at": ""}
    rows = [{**row, "patient_id": patient} for patient in ("b", other)]
    people = fill(rows)
    as_of = date(2024, 4, 1)
    held = held_by([patient.pk for patient in people.values()], as_of=as_of)
    assert [source for source, patient in people.items() if held[patient.pk]] == [max("b", other)]
    done = link_rows(rows, catalogue=engine.catalogue, as_of=as_of, engine=engine)
    assert {message["patient_id"] for message in done.messages} == {max("b", other)}


def _taken(row: dict[str, str], history: History) -> bool:
    """Rows with two equal contents under one name are one row in the store."""
    same = [other for other in history.rows if other["registration_id"] == row["registration_id"] != ""]
    keys = ("patient_id", "code", "event_date", "institution", "registered_at")
    return next((other is row for other in same if all(other[k] == row[k] for k in keys)), True)


def test_the_store_has_every_column_of_the_episodes_file():
    from pakkeforlop.exchange.csv.episode_file import EPISODE_SCHEMA

    columns = {*store.EPISODE_COLUMNS, "patient_id", "episode"} - {"number"}
    assert columns == set(EPISODE_SCHEMA.names)

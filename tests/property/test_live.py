"""At the keystroke: one patient linked on plain lists gives, to the row and in every column, what the bulk path gives."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from hypothesis import given, settings

from pakkeforlop.coding.versions import NEVER, Version, in_force, rank_of
from pakkeforlop.episodes.live import Facts, Told, link_patient
from pakkeforlop.vocabulary.calendar import day_number
from property.engines import engine as ready
from property.engines import linked
from property.strategies import History, histories
from reference.compare import EPISODE_COLUMNS, comparable


def version(n: int, row: Mapping[str, Any]) -> Version:
    registered = row["registered_at"]
    return Version(
        n, int(row["patient_id"] == "p2"), row["registration_id"] or f"row {n}", 1, row["code"], date.fromisoformat(row["event_date"]) if row["event_date"] else None,
        row["institution"], "", None, None, rank_of(datetime.fromisoformat(registered)) if registered else NEVER,
        0,
    )  # fmt: skip


@settings(max_examples=150)
@given(histories())
def test_one_patient_on_plain_lists(history: History) -> None:
    bulk = linked(history, compiled=True)
    engine = ready(frozenset(history.settings.items()))
    as_of = day_number(history.as_of)
    episodes: list[dict[str, Any]] = []
    messages: list[tuple[Any, ...]] = []
    for patient in sorted({row["patient_id"] for row in history.rows}):
        held = in_force(
            (version(n, row) for n, row in enumerate(history.rows)), first=day_number(engine.settings.first_day),
            as_of=as_of, names_of=lambda _: {0: "p1", 1: "p2"},
        )  # fmt: skip
        mine = [v for v in sorted(held) if history.rows[v.pk]["patient_id"] == patient]
        facts = Facts()
        if history.patients is not None:
            born = history.patients.get(patient)
            facts = Facts(0) if born is None else Facts(1, born[0], int(born[1] or 0))
        told = [Told(v.code, v.event_date, v.institution, history.rows[v.pk]["registration_id"]) for v in mine]
        live = link_patient(told, engine, patient_id=patient, as_of=as_of, facts=facts)
        episodes += [{**each, "patient_id": patient} for each in live.episodes]
        messages += [
            (mine[m.at].pk + 1, m.number, m.pathway, m.episode, m.episode_id, m.counted) for m in live.messages
        ]
    assert comparable(episodes, EPISODE_COLUMNS) == comparable(bulk.episodes, EPISODE_COLUMNS)
    assert set(bulk.episodes[0]) == set(episodes[0]) if episodes else not bulk.episodes
    assert sorted(messages, key=str) == sorted(
        (
            (m["row"], m["message"], m["pathway"], m["episode"], m["episode_id"], m["counted"])
            for m in bulk.messages
        ),
        key=str,
    )

"""Episodes and messages of the store, made from the registrations that hold, inside the writer's own transaction.

A few patients go through the kernel as plain Python, many through the compiled one; both give the rows that
`pakkeforlop monitor` gives for the same registrations and a patients file of those that the store has been told of.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

import pyarrow as pa

from pakkeforlop.access import statements
from pakkeforlop.catalogue.load import load_catalogue
from pakkeforlop.coding.bulk import insert
from pakkeforlop.coding.models import Patient
from pakkeforlop.coding.queries import chunks, held_by
from pakkeforlop.coding.versions import DAY, NEVER, Version
from pakkeforlop.episodes.live import Facts, given_name, link_patient, told
from pakkeforlop.episodes.models import Episode, EpisodeMessage
from pakkeforlop.episodes.rows import Engine, Linking, link_table
from pakkeforlop.vocabulary.calendar import day_number

FEW = 40
"""Patients up to which the plain kernel is quicker than tables."""
EPISODE_COLUMNS = tuple(
    field.attname for field in Episode._meta.concrete_fields if field.attname not in ("id", "patient_id")
)
MESSAGE_COLUMNS = ("patient_id", "registration_id", "episode_id", "pathway", "number", "counted")


@lru_cache(maxsize=1)
def engine() -> Engine:
    """The engine of the catalogue that the application stands on; made once."""
    return Engine.of(load_catalogue())


def relink_one(patient: Patient, *, as_of: date) -> list[EpisodeMessage]:
    """As `relink`, of one patient who is at hand; the messages as they were written."""
    held = held_by([patient.pk], as_of=as_of)
    _clear([patient.pk])
    messages = _plainly([patient.pk], held, {patient.pk: (patient.source_id, facts_of(patient))}, as_of)
    return [EpisodeMessage(**dict(zip(MESSAGE_COLUMNS, row, strict=True))) for row in messages]


def _clear(patient_ids: Sequence[int]) -> None:
    """Episodes and messages of before, in two plain statements: nothing else hangs on them."""
    theirs = statements.among("patient_id")
    for model in (EpisodeMessage, Episode):
        statements.write(f"DELETE FROM {model._meta.db_table} WHERE {theirs}", [(tuple(patient_ids),)])


def relink(patient_ids: Iterable[int], *, as_of: date) -> None:
    """Rewrite the episodes and messages of some patients as of a day, inside the caller's transaction."""
    for chunk in chunks(patient_ids):
        held = held_by(chunk, as_of=as_of)
        facts = _facts(chunk)
        _clear(chunk)
        if len(chunk) <= FEW:
            _plainly(chunk, held, facts, as_of)
        else:
            _in_bulk(held, facts, as_of)


def facts_of(patient: Patient) -> Facts:
    """What the store knows of a patient, as linking asks."""
    return Facts(int(patient.told), patient.birth_date, patient.sex)


def linking_of(patient: Patient, *, as_of: date) -> tuple[Linking, pa.Table]:
    """One patient linked with tables, and the rows that were linked: what `explain.Teller` tells of."""
    rows = held_by([patient.pk], as_of=as_of)[patient.pk]
    facts = {patient.pk: (patient.source_id, facts_of(patient))}
    table = _table(rows, facts)
    people = _people(facts)
    return link_table(table, engine(), as_of=day_number(as_of), patients=people, compiled=False), table


def linking_of_many(patient_ids: Iterable[int], *, as_of: date) -> tuple[Linking, pa.Table]:
    """Patients linked by the compiled kernel as they stand on a day, and the patients file of them; nothing is written.

    What figures are counted from: the registrations themselves and the catalogue of this process, never what an earlier
    linking left in the store.
    """
    tables, people = [_table([], {}).append_column("registered_day", _registered([]))], [_people({})]
    for chunk in chunks(patient_ids):
        held, facts = held_by(chunk, as_of=as_of), _facts(chunk)
        rows = [version for patient in sorted(held) for version in held[patient]]
        tables.append(_table(rows, facts).append_column("registered_day", _registered(rows)))
        people.append(_people(facts))
    told = pa.concat_tables(people)
    rows_told = pa.concat_tables(tables).unify_dictionaries()
    return link_table(rows_told, engine(), as_of=day_number(as_of), patients=told), told


def _registered(rows: Sequence[Version]) -> pa.Array:
    """The day each row was registered, as its file wrote it; null where the file did not say."""
    return pa.array([None if row.rank == NEVER else row.rank // DAY for row in rows], pa.int32())


def _facts(patient_ids: Sequence[int]) -> dict[int, tuple[str, Facts]]:
    text = f"SELECT id, source_id, told, birth_date, sex FROM {Patient._meta.db_table} WHERE {statements.among('id')}"
    rows = statements.ask(text, (tuple(patient_ids),))
    return {pk: (source, Facts(int(known), born, sex)) for pk, source, known, born, sex in rows}


def _plainly(
    patient_ids: Sequence[int], held: Mapping[int, list[Version]], facts: Mapping[int, tuple[str, Facts]], as_of: date
) -> list[tuple[Any, ...]]:
    """Link one after the other; the rows of messages that were written."""
    episodes: list[tuple[Any, ...]] = []
    messages: list[tuple[Any, ...]] = []
    for patient in patient_ids:
        rows = held.get(patient, [])
        source, known = facts[patient]
        live = link_patient(
            [told(row) for row in rows], engine(), patient_id=source, as_of=day_number(as_of), facts=known
        )
        episodes += [_episode_row(patient, each) for each in live.episodes]
        messages += [
            (patient, rows[m.at].pk, m.episode_id or "", m.pathway or "", m.number, m.counted) for m in live.messages
        ]
    _write(episodes, messages)
    return messages


def _episode_row(patient: int, episode: Mapping[str, Any]) -> tuple[Any, ...]:
    """An episode's values in the order of the table's columns; the file's `episode` is the table's `number`."""
    return (patient, *(episode["episode" if name == "number" else name] for name in EPISODE_COLUMNS))


def _in_bulk(held: Mapping[int, list[Version]], facts: Mapping[int, tuple[str, Facts]], as_of: date) -> None:
    rows = [version for patient in sorted(held) for version in held[patient]]
    if not rows:
        return
    done = link_table(_table(rows, facts), engine(), as_of=day_number(as_of), patients=_people(facts))
    number_of = {source: pk for pk, (source, _) in facts.items()}
    episodes = done.episodes
    columns = [episodes["episode" if name == "number" else name].to_pylist() for name in EPISODE_COLUMNS]
    patients = [number_of[source] for source in episodes["patient_id"].to_pylist()]
    messages = done.messages
    at = messages["at"].to_pylist()
    names = ("episode_id", "pathway", "message", "counted")
    said = zip(at, *(messages[name].to_pylist() for name in names), strict=True)
    _write(
        list(zip(patients, *columns, strict=True)),
        [
            (rows[n].patient_id, rows[n].pk, episode or "", prefix or "", number, counted)
            for n, episode, prefix, number, counted in said
        ],
    )


def _table(rows: Sequence[Version], facts: Mapping[int, tuple[str, Facts]]) -> pa.Table:
    """The columns that `link_table` reads."""
    sources = [facts[row.patient_id][0] for row in rows]
    table = {
        "patient_id": pa.array(sources, pa.string()),
        "code": pa.array([row.code for row in rows], pa.string()).dictionary_encode(),
        "day": pa.array([_day(row.event_date) for row in rows], pa.int32()),
        "institution": pa.array([row.institution for row in rows], pa.string()).dictionary_encode(),
        "registration_id": pa.array([given_name(row) or None for row in rows], pa.string()),
        "unit": pa.array([row.unit or None for row in rows], pa.string()),
        "seniority_day": pa.array([_day(row.seniority_date) for row in rows], pa.int32()),
        "received_day": pa.array([_day(row.received_date) for row in rows], pa.int32()),
    }
    return pa.table(table)


def _people(facts: Mapping[int, tuple[str, Facts]]) -> pa.Table:
    """The patients file of those that the store has been told of."""
    known = [(source, each) for source, each in facts.values() if each.known]
    return pa.table(
        {
            "patient_id": pa.array([source for source, _ in known], pa.string()),
            "birth_day": pa.array([_day(each.birth_date) for _, each in known], pa.int32()),
            "sex": pa.array([each.sex for _, each in known], pa.int8()),
        }
    )


def _day(day: date | None) -> int | None:
    return None if day is None else day_number(day)


def _write(episodes: Sequence[Sequence[Any]], messages: Sequence[Sequence[Any]]) -> None:
    if episodes:
        insert(Episode, ("patient_id", *EPISODE_COLUMNS), episodes)
    if messages:
        insert(EpisodeMessage, MESSAGE_COLUMNS, messages)

"""From registrations to instances and messages in one call: a whole table in bulk, or a handful of rows.

`link_table` is the bulk path (Arrow in, Arrow out, compiled). `link_rows` takes plain dicts, for one patient at the
keystroke, for explanations and for tests; it runs the same kernel as plain Python unless told otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from pakkeforlop.catalogue.model import Catalogue, Settings
from pakkeforlop.episodes import link
from pakkeforlop.episodes.coded import Registrations, facts_of, keys_of, number_rows
from pakkeforlop.episodes.link import Linked, link_keys, sort_keys
from pakkeforlop.episodes.places import Organisations
from pakkeforlop.episodes.result import Rows, episodes_table, messages_table
from pakkeforlop.episodes.tables import Tables, compile_tables
from pakkeforlop.vocabulary.calendar import day_number


@dataclass(frozen=True)
class Engine:
    """A catalogue made ready for linking under some settings; make it once, use it for many."""

    catalogue: Catalogue
    settings: Settings
    tables: Tables
    organisations: Organisations

    @classmethod
    def of(cls, catalogue: Catalogue, settings: Settings | None = None) -> Engine:
        """The engine for a catalogue; settings: the catalogue's own unless given."""
        chosen = settings or catalogue.settings
        return cls(catalogue, chosen, compile_tables(catalogue, chosen), Organisations(catalogue))


@dataclass(frozen=True)
class Linking:
    """Linked registrations with their tables, each made when first asked for."""

    linked: Linked
    registrations: Registrations

    @cached_property
    def rows(self) -> Rows:
        """Where each key came from."""
        return Rows(self.registrations, self.linked.tables.rules.late_order)

    @cached_property
    def episodes(self) -> pa.Table:
        """Instances, columns as in docs/reference."""
        return episodes_table(self.linked, self.registrations, self.__dict__.get("rows"))

    @cached_property
    def messages(self) -> pa.Table:
        """Messages by row; see `result.messages_table`."""
        return messages_table(self.linked, self.registrations, self.rows, self.episodes)


def link_table(
    table: pa.Table, engine: Engine, *, as_of: int, patients: pa.Table | None = None, compiled: bool = True
) -> Linking:
    """Link a table of registrations.

    table: patient_id (text or whole number), code, day (day number, null when missing), institution, and what else
    was read; patients: patient_id, birth_day, sex; as_of: day number. Rows must be known by then and superseded ones
    gone (`coding.versions`).
    """
    registrations = number_rows(table, engine.tables, engine.organisations)
    facts = facts_of(registrations.patients, patients, engine.tables)
    keys = keys_of(registrations)
    sort_keys(keys)
    if compiled:
        linked = link_keys(
            keys, registrations.layout, registrations.places, engine.tables,
            as_of=as_of, facts=facts, settings=engine.settings,
        )  # fmt: skip
    else:
        linked = link_plainly(keys, registrations, engine, as_of=as_of, facts=facts)
    return Linking(linked, registrations)


def link_plainly(
    keys: Any, registrations: Registrations, engine: Engine, *, as_of: int, facts: link.PatientFacts
) -> Linked:
    """As `link_keys`, patient by patient with the kernel as plain Python."""
    layout, places, tables = registrations.layout, registrations.places, engine.tables
    where = (places.hospital.tolist(), places.trust.tolist())
    noting = None
    if link.needs_noting(facts, places):
        known = facts if len(facts.known) else link.no_facts_of(keys, layout)
        noting = tuple(v.tolist() if isinstance(v, np.ndarray) else v for v in link.noting_of(tables, known, places))
    parts = []
    for low, high in link.cuts(keys, layout, 1):
        part = link.link_one(
            keys[low:high].tolist(), layout, where, tables, as_of=as_of, settings=engine.settings, noting=noting
        )
        parts.append(link.as_arrays(part, tables))
    return Linked(tuple(parts), layout, places, tables, as_of, facts)


@dataclass(frozen=True)
class RowsResult:
    """Episodes and messages as dicts: the documented columns, dates as `date`, missing values None."""

    episodes: list[dict[str, Any]]
    messages: list[dict[str, Any]]


def link_rows(
    rows: Sequence[Mapping[str, Any]],
    *,
    catalogue: Catalogue,
    as_of: date,
    patients: Mapping[str, tuple[date | None, Any]] | None = None,
    settings: Settings | None = None,
    compiled: bool = False,
    engine: Engine | None = None,
) -> RowsResult:
    """Link a handful of registrations.

    rows: dicts with patient_id, code, event_date (ISO text, date or ''), institution and, where there are any,
    registration_id, registered_at, unit ...; patients: id to (birth date, sex 1/2). Rows outside the settings' first
    day to `as_of` are left out. Messages carry `row`, counted from 1.
    """
    ready = engine or Engine.of(catalogue, settings)
    last = day_number(as_of)
    kept = _known_by(rows, day_number(ready.settings.first_day), last)
    inside = [(n, rows[n], _day(rows[n].get("event_date"))) for n in kept]
    table = _table([row for _, row, _ in inside], [day for _, _, day in inside])
    facts = None
    if patients is not None:
        facts = pa.table(
            {
                "patient_id": pa.array([str(p) for p in patients], pa.string()),
                "birth_day": pa.array([None if b is None else day_number(b) for b, _ in patients.values()], pa.int32()),
                "sex": pa.array([int(s or 0) for _, s in patients.values()], pa.int8()),
            }
        )
    done = link_table(table, ready, as_of=last, patients=facts, compiled=compiled)
    messages = []
    for found in done.messages.to_pylist():
        source = inside[found.pop("at")]
        row = source[1]
        messages.append(
            {
                "row": source[0] + 1,
                "registration_id": row.get("registration_id") or None,
                "patient_id": str(row["patient_id"]),
                "code": str(row["code"]).strip(),
                "event_date": row.get("event_date") or None,
                "institution": row["institution"],
                **found,
            }
        )
    return RowsResult(done.episodes.to_pylist(), messages)


def _day(value: Any) -> int | None:
    if value in (None, ""):
        return None
    return day_number(value if type(value) is date else date.fromisoformat(str(value)[:10]))


def _known_by(rows: Sequence[Mapping[str, Any]], first: int, last: int) -> list[int]:
    """The rows in force on day `last`: of each registration id the last registered, withdrawn ones gone

    A row dated before `first` or after `last` was never received, and so supersedes nothing.
    """
    latest: dict[str, tuple[tuple[str, ...], int]] = {}
    kept: list[int] = []
    for n, row in enumerate(rows):
        registered = str(row.get("registered_at") or "")
        if registered and day_number(date.fromisoformat(registered[:10])) > last:
            continue
        day = _day(row.get("event_date"))
        if day is not None and not first <= day <= last and str(row.get("code") or "").strip():
            continue
        key = str(row.get("registration_id") or "")
        if not key:
            kept.append(n)
            continue
        names = ("registered_at", "code", "event_date", "institution", "patient_id")
        content = tuple(str(row.get(name) or "") for name in names)
        if key not in latest or content > latest[key][0]:
            latest[key] = (content, n)
    kept += [n for _, n in latest.values()]
    return [n for n in sorted(kept) if str(rows[n].get("code") or "").strip()]


CARRIED = {"registration_id": pa.string(), "unit": pa.string()}
CARRIED_DAYS = {"seniority_date": "seniority_day", "received_date": "received_day"}


def _table(rows: Sequence[Mapping[str, Any]], days: Sequence[int | None]) -> pa.Table:
    columns: dict[str, Any] = {
        "patient_id": pa.array([str(row["patient_id"]) for row in rows], pa.string()),
        "code": pa.array([str(row["code"]).strip() for row in rows], pa.string()).dictionary_encode(),
        "day": pa.array(days, pa.int32()),
        "institution": pa.array([str(row["institution"]) for row in rows], pa.string()).dictionary_encode(),
    }
    for name, kind in CARRIED.items():
        if any(row.get(name) for row in rows):
            columns[name] = pa.array([row.get(name) or None for row in rows], kind)
    for name, target in CARRIED_DAYS.items():
        if any(row.get(name) for row in rows):
            columns[target] = pa.array([_day(row.get(name)) for row in rows], pa.int32())
    return pa.table(columns)

"""The verdict on a code that is typed is what the rule book, read slowly, says once the code stands among the others."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from typing import Any

import numpy as np

from pakkeforlop.coding.versions import NEVER, Version
from pakkeforlop.coordination.verdict import Draft, Finding, verdict
from pakkeforlop.episodes.live import Facts
from property import many
from property.engines import engine as ready
from property.engines import limits, places
from reference import plain

ON = date(2026, 12, 31)
"""After every day that is drawn."""
PATIENTS = 1_500
OF_THE_REGISTER = set(range(100, 121))

Row = dict[str, str]
Said = Counter[tuple[int, str, date | None, str]]


def day(row: Row) -> date | None:
    return date.fromisoformat(row["event_date"]) if row["event_date"] else None


def by_patient(rows: list[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["patient_id"]].append(row)
    return found


def read(rows: list[Row], people: Any) -> tuple[dict[str, Said], dict[int, list[int]]]:
    """What the plain reading says: by patient, and by the number of the row."""
    said: dict[str, Said] = defaultdict(Counter)
    at: dict[int, list[int]] = defaultdict(list)
    for line in plain.read(rows, as_of=ON, places=places(), limits=limits(), patients=people).messages:
        row = rows[line["row"] - 1]
        said[row["patient_id"]][(line["message"], row["code"], day(row), row["institution"])] += 1
        at[line["row"] - 1].append(line["message"])
    return said, at


def counted(findings: tuple[Finding, ...]) -> Said:
    return Counter((one.number, one.code, one.event_date, one.institution) for one in findings)


def test_every_message_comes_with_the_code_that_brings_it():
    """The last code of some thousand histories as a draft beside the others: each message of the register comes up, on the
    draft or on a code that it makes wrong, and every one that it mends goes.
    """
    chance = np.random.default_rng(11)
    rows = [{**row, "registration_id": ""} for row in many.draw(PATIENTS, chance, 0)]
    people = many.people(PATIENTS, chance, 0)
    engine = ready(frozenset())
    mine = by_patient(rows)
    before, _ = read([row for held in mine.values() for row in held[:-1]], people)
    ordered = [row for held in mine.values() for row in held]
    after, at = read(ordered, people)
    end, came, went = -1, Counter[int](), Counter[int]()
    for patient, held in mine.items():
        end += len(held)
        *there, last = held
        versions = [
            Version(n, 0, f"r{n}", 1, row["code"], day(row), row["institution"], "", None, None, NEVER, 0)
            for n, row in enumerate(there)
        ]
        known = people.get(patient)
        told = verdict(
            versions, Draft(last["code"], day(last), last["institution"]), engine, patient_id=patient,
            facts=Facts(0) if known is None else Facts(1, known[0], int(known[1] or 0)), as_of=ON,
        )  # fmt: skip
        assert sorted(one.number for one in told.come if one.on_draft) == sorted(at[end]), held
        assert counted((*told.come, *told.stay)) == after[patient], held
        assert counted(told.gone) == before[patient] - after[patient], held
        assert all(one.message.what_now.nb for one in told.come)
        came.update(one.number for one in told.come)
        went.update(one.number for one in told.gone)
    assert {number for number, times in came.items() if times > 1} >= OF_THE_REGISTER
    assert sum(went.values()) > 20

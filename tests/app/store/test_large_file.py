"""A large file with one bad row in a hundred: every good row stands, every bad one is listed, a second load is nothing."""

from __future__ import annotations

import csv
import json
import random

import pytest

from app.store.processes import Store, rows, write

pytestmark = [pytest.mark.slow]

PATIENTS = 10_000
BAD = ({"event_date": "31.02.2020"}, {"event_date": "2199-01-01"}, {"patient_id": ""}, {"institution": ""})


def test_one_row_in_a_hundred_is_bad(own_store: Store):
    table = rows(PATIENTS)
    random.Random(4).shuffle(table)
    bad = {n + 1: BAD[n // 100 % len(BAD)] for n in range(50, len(table), 100)}
    for number, wrong in bad.items():
        table[number - 1] |= wrong
    file = write(own_store.folder / "codes.csv", table)
    refused = own_store.folder / "refused.csv"
    told = json.loads(own_store.run("import", str(file), "--json", "--refused", str(refused)))[0]
    good = len(table) - len(bad)
    assert (told["rows"], told["new"], told["same"], told["refused"]) == (40_000, good, 0, 400)
    with refused.open(encoding="utf-8") as lines:
        listed = {int(line["row"]): line["column"] for line in csv.DictReader(lines)}
    assert listed == {number: next(iter(wrong)) for number, wrong in bad.items()}
    again = json.loads(own_store.run("import", str(file), "--json"))[0]
    assert (again["new"], again["changed"], again["same"], again["refused"]) == (0, 0, good, 400)

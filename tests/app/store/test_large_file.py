"""A large file with one bad row in a hundred: every good row stands, every bad one is listed, a second load is nothing."""

from __future__ import annotations

import csv
import hashlib
import json
import random
from collections import Counter
from typing import Any

import pytest

from app.store.processes import Store, rows, write

pytestmark = [pytest.mark.slow]

PATIENTS = {"": 125_000, "postgresql": 10_000}
"""Half a million rows on SQLite; on PostgreSQL enough for many pieces."""
BAD = (
    ({"event_date": "31.02.2020"}, "date_unreadable"),
    ({"event_date": "2199-01-01"}, "date_late"),
    ({"patient_id": ""}, "patient_missing"),
    ({"institution": ""}, "institution_missing"),
)
STORED = """
import hashlib
from pakkeforlop.coding.models import Registration
told = Registration.objects.order_by("registration_id").values_list(
    "patient__source_id", "code", "event_date", "institution", "registration_id", "version")
whole = hashlib.sha256()
for row in told.iterator():
    whole.update("|".join(map(str, row)).encode())
print(whole.hexdigest())
"""
REFUSED = """
import json
from django.db.models import Count
from pakkeforlop.coding.models import ImportRefusal
found = ImportRefusal.objects.values_list("column", "reason").annotate(Count("pk")).order_by()
print(json.dumps(sorted(found)))
"""


def test_one_row_in_a_hundred_is_bad(own_store: Store):
    table = rows(PATIENTS[own_store.environment["PAKKEFORLOP_DATABASE"].partition(":")[0]])
    random.Random(4).shuffle(table)
    bad = {n + 1: BAD[n // 100 % len(BAD)] for n in range(50, len(table), 100)}
    for number, (wrong, _) in bad.items():
        table[number - 1] |= wrong
    file = write(own_store.folder / "codes.csv", table)
    refused = own_store.folder / "refused.csv"
    told = json.loads(own_store.run("import", str(file), "--json", "--refused", str(refused)))[0]
    good = [row for n, row in enumerate(table, 1) if n not in bad]
    assert (told["rows"], told["new"], told["changed"], told["same"]) == (len(table), len(good), 0, 0)
    assert told["refused"] == len(bad) == len(table) // 100
    with refused.open(encoding="utf-8") as lines:
        listed = {int(line["row"]): line["column"] for line in csv.DictReader(lines)}
    assert listed == {number: next(iter(wrong)) for number, (wrong, _) in bad.items()}
    counted = Counter((next(iter(wrong)), reason) for wrong, reason in bad.values())
    assert json.loads(own_store.ask(REFUSED)) == sorted([*key, count] for key, count in counted.items())
    assert own_store.ask(STORED) == stored(good)
    again = json.loads(own_store.run("import", str(file), "--json"))[0]
    assert (again["new"], again["changed"], again["same"], again["refused"]) == (0, 0, len(good), len(bad))
    if len(table) < 100_000:  # the same rows in another order, so that each is looked at once more
        other = write(own_store.folder / "other.csv", list(reversed(table)))
        again = json.loads(own_store.run("import", str(other), "--json"))[0]
        assert (again["new"], again["changed"], again["same"], again["refused"]) == (0, 0, len(good), len(bad))
    assert own_store.ask(STORED) == stored(good)


def stored(good: list[dict[str, Any]]) -> str:
    """What STORED prints of these rows."""
    whole = hashlib.sha256()
    for row in sorted(good, key=lambda row: row["registration_id"]):
        told = (row["patient_id"], row["code"], row["event_date"], row["institution"], row["registration_id"], 1)
        whole.update("|".join(map(str, told)).encode())
    return whole.hexdigest()

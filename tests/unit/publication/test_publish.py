"""A month is published with one command, from registrations to a release that was tried anew."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from factories.nation import nation
from factories.released import record_of, rows_of, run
from pakkeforlop.publication.open_api.library import library

pytestmark = pytest.mark.slow


def test_two_months_one_after_the_other(tmp_path: Path):
    made = nation(tmp_path / "data", 2_000)
    releases, result = tmp_path / "releases", tmp_path / "result"
    files = ("--patients", made.patients, "--new-cancers", made.new_cancers, "--out", releases, "--result", result)
    told = run("release", "publish", made.registrations, "--month", "2023-04", "--on", "2023-05-10", *files)
    assert "nothing hidden can be worked out" in told
    record = record_of(releases, "2023-04")
    assert record["periods"][-1] == "2023T1"
    assert "2023" not in record["periods"]
    assert "fresh.parquet" in record["sha256"]
    run("release", "publish", made.registrations, "--month", "2023-12", "--on", "2024-01-10", *files)
    assert {"2023", "2023T3"} <= set(record_of(releases, "2023-12")["periods"])
    assert json.loads((releases / "2023-12" / "changes.json").read_text("utf-8"))["since"] == "2023-04"
    assert [one.name for one in library(releases).releases] == ["2023-04", "2023-12"]
    assert library(releases).latest.name == "2023-12"
    assert pq.read_schema(releases / "2023-12" / "fresh.parquet").names
    rows = rows_of(releases, "2023-12")
    assert any(row["indicator"] == "of4_spread" for row in rows.values())
    _counted_again(rows, result)
    refused = run("release", "publish", made.registrations, "--month", "2023-12", *files, code=2)
    assert "never written again" in refused


def _counted_again(rows, result: Path) -> None:
    """What is shown of the country by year is what the run counted."""
    with (result / "indicators.csv").open(encoding="utf-8-sig", newline="") as stream:
        counted = {
            f"of4_share-{row['branch'] or 'all'}-{row['pathway_key']}-{row['org_nr']}-{row['period_from'][:4]}": row
            for row in csv.DictReader(stream)
            if (row["indicator"], row["unit_level"], row["period_type"]) == ("of4_share", "national", "year")
            and not row["sex"] and not row["age_group"]
        }  # fmt: skip
    shown = [row for figure, row in rows.items() if figure in counted and row["status"] == "ok"]
    assert len(shown) > 10
    for row in shown:
        again = counted[row["figure_id"]]
        assert (row["numerator"], row["denominator"]) == (again["numerator"], again["denominator"])


@pytest.mark.parametrize(("month", "told"), [("2023-13", "not a month"), ("2023", "not a month")])
def test_what_is_no_month_is_told(tmp_path: Path, month: str, told: str):
    assert told in run("release", "publish", tmp_path / "none.csv", "--month", month, "--out", tmp_path / "r", code=2)

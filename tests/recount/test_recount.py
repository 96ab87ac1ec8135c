"""Every figure that `monitor` prints stands in the recount with the same numbers, and the other way round."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner

from factories.nation import Nation, nation
from pakkeforlop.cli.main import app
from recount.count import KEY, differences, load_product, recount


def run(*words: Any) -> None:
    """Run a command as a user would."""
    answer = CliRunner().invoke(app, [str(word) for word in words])
    assert answer.exit_code == 0, answer.output


def counted(made: Nation, out: Path, settings: dict[str, Any] | None = None, *, people: bool = True) -> Any:
    """Run `monitor` on a nation, count its figures anew, and open both in one database."""
    options: list[Any] = []
    if people:
        options += ["--patients", made.patients, "--new-cancers", made.new_cancers]
    changed = dict(settings or {})
    if changed:
        lines = [f"{name} = {str(value).lower()}" for name, value in changed.items() if name not in INCLUSION]
        lines += ["[inclusion]", *(f"{name} = {value}" for name, value in changed.items() if name in INCLUSION)]
        file = out.with_suffix(".toml")
        file.write_text("\n".join(lines), encoding="utf-8")
        options += ["--settings", file]
    run("monitor", made.registrations, "--as-of", made.as_of, "--out", out, "--no-report", "--quiet", *options)
    if people:
        changed |= {"patients": made.patients, "new_cancers": made.new_cancers}
    db = recount(out, made.registrations, made.as_of, **changed)
    load_product(db, out / "indicators.csv")
    return db


INCLUSION = {"days_before", "days_after", "new_after_years"}


@pytest.mark.slow
def test_every_cell_of_a_faulty_nation(tmp_path: Path):
    made = nation(tmp_path / "data")
    out = tmp_path / "out"
    db = counted(made, out)
    assert differences(db) == []
    rows, kinds = db.execute("select count(*), count(distinct indicator) from product").fetchall()[0]
    indicators = db.execute("select count(*) from labels").fetchall()[0][0]
    assert rows == db.execute("select count(*) from recount").fetchall()[0][0] > 500_000
    assert kinds == indicators, "the nation holds something of every indicator"
    assert it_is_rich(db) == {}
    it_sees_what_is_wrong(db)
    compute_gives_the_same(made, out, db)


def it_is_rich(db: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """What the nation should hold and does not: a recount on tame data proves little."""
    wanted = {
        "messages": "select count(*) from (select distinct message from messages where message not in (103, 104, 115))"
        " having count(*) < 25",
        "reasons": "select count(*) from (select distinct share_reason from episodes) having count(*) < 6",
        "closed by rule": "select 0 where not exists (from episodes where \"end\" = 'R')",
        "transferred": "select count(*) from episodes where transferred having count(*) < 500",
        "refused or replaced": "select count(*) from registrations having count(*) < 1.03 * (select count(*) from known)",
        "no region": "select 0 where not exists (from product where unit_name = 'Ukjent region')",
        "no pathway": "select 0 where not exists (from product where pathway_key = '')",
        "new cancers in children": "select 0 where not exists (from product where indicator = 'inclusion_share' and pathway_key = 'children')",
    }
    return {name: found[0][0] for name, query in wanted.items() if (found := db.execute(query).fetchall())}


def it_sees_what_is_wrong(db: duckdb.DuckDBPyConnection) -> None:
    """A cell changed by one, one too many and one too few are found."""
    db.execute("create table kept as from product").fetchall()
    for change in (
        "update product set numerator = numerator::int + 1 where rowid = 4711",
        "update product set p90_days = p90_days::double + 0.1 where rowid = "
        "(select min(rowid) from product where p90_days <> '')",
        "delete from product where rowid = 4711",
        "insert into product select * replace ('2031-01-01' as period_from) from product where rowid = 4711",
    ):
        db.execute(change).fetchall()
        assert len(differences(db)) == 1, change
        db.execute("create or replace table product as from kept").fetchall()


def compute_gives_the_same(made: Nation, out: Path, db: duckdb.DuckDBPyConnection) -> None:
    """`indicators compute` gives the cells of `monitor` again, but for those that need the registrations."""
    file = out.parent / "again.csv"
    run(
        "indicators", "compute", out / "episodes.parquet", "--messages", out / "messages.csv", "--patients",
        made.patients, "--new-cancers", made.new_cancers, "--as-of", made.as_of, "--out", file, "--quiet",
    )  # fmt: skip
    db.execute("create or replace table monitored as from product").fetchall()
    load_product(db, file)
    bare = "select * replace ('' as denominator, '' as percent, '' as ci_low, '' as ci_high, 'ok' as status) from monitored"
    expected = (
        "(from monitored where indicator not in ('messages', 'registration_delay_days')) "
        f"union all (select * from ({bare}) where indicator = 'messages')"
    )
    for one, other in ((expected, "from product"), ("from product", expected)):
        assert db.execute(f"select * from ({one}) except select * from ({other}) limit 5").fetchall() == []


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"include_postponed": True},
        {"surveillance_without_limit_counts": True},
        {"registered_within_days": 7, "missing_treatment_after_days": 30},
        {"days_before": 30, "days_after": 14, "new_after_years": 1},
    ],
    ids=lambda settings: " and ".join(settings) or "as they are",
)
def test_every_cell_under_other_settings(tmp_path: Path, settings: dict[str, Any]):
    db = counted(nation(tmp_path / "data", 1_200, seed=2), tmp_path / "out", settings)
    assert differences(db) == []


@pytest.mark.parametrize("as_of", [date(2016, 12, 31), date(2021, 4, 30), date(2021, 5, 1)])
def test_every_cell_as_of_an_earlier_day(tmp_path: Path, as_of: date):
    db = counted(nation(tmp_path / "data", 1_500, seed=3, as_of=as_of), tmp_path / "out")
    assert differences(db) == []


def test_without_patients_and_new_cancers_nothing_is_told_of_them(tmp_path: Path):
    db = counted(nation(tmp_path / "data", 1_000, seed=4), tmp_path / "out", people=False)
    assert differences(db) == []
    assert db.execute("select count(*) from product where sex <> '' or age_group <> ''").fetchall() == [(0,)]
    assert db.execute("select count(*) from product where indicator = 'inclusion_share'").fetchall() == [(0,)]


def test_no_cell_stands_twice(tmp_path: Path):
    db = counted(nation(tmp_path / "data", 1_000, seed=5), tmp_path / "out")
    twice = f"select {', '.join(KEY)} from product group by all having count(*) > 1 limit 5"
    assert db.execute(twice).fetchall() == []


NATIONAL = {
    ("of4_share", "all"): (18055, 25043), ("of4_share", "K"): (12304, 16234), ("of4_share", "M"): (3933, 5684),
    ("of4_share", "S"): (978, 1839), ("inclusion_share", "all"): (25833, 32484),
}  # fmt: skip
"""The whole country in 2021, all organ-specific pathways, as published: numerator and denominator."""


@pytest.mark.slow
def test_the_published_country_of_2021_is_counted_again(tmp_path: Path):
    """Registrations made to give the published figures give them, and the recount counts the same out of them."""
    data, out = tmp_path / "data", tmp_path / "out"
    run("generate", "--years", "2021", "--out", data, "--quiet")
    run(
        "monitor", data / "registrations.parquet", "--patients", data / "patients.parquet", "--new-cancers",
        data / "new_cancers.parquet", "--settings", data / "generate.json", "--out", out, "--no-report", "--quiet",
    )  # fmt: skip
    people = {name: data / f"{name}.parquet" for name in ("patients", "new_cancers")}
    db = recount(out, data / "registrations.parquet", date(2021, 12, 31), **people)
    load_product(db, out / "indicators.csv")
    assert differences(db) == []
    found = db.execute(
        "select indicator, branch, numerator, denominator from recount where unit_level = 'national' and period_type = "
        "'year' and period_from = date '2021-01-01' and pathway_key = 'all_organ_specific' and sex = '' and age_group = ''"
    ).fetchall()
    counted = {(indicator, branch): (hits, n) for indicator, branch, hits, n in found}
    assert {key: counted[key] for key in NATIONAL} == NATIONAL

"""Run the recount on the files of a run, and tell where it differs from the figures that the run printed."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from recount.definitions import load_definitions

SQL = (Path(__file__).parent / "figures.sql").read_text(encoding="utf-8")
KEY = (
    "indicator", "branch", "kind", "pathway_key", "unit_level", "org_nr", "period_type", "period_from", "sex",
    "age_group",
)  # fmt: skip
EXACT = ("label", "unit_name", "period_to", "numerator", "denominator", "status")
CLOSE = ("percent", "median_days", "p90_days", "ci_low", "ci_high")
MESSAGE_COLUMNS = {
    "registration_id": "VARCHAR", "patient_id": "VARCHAR", "pathway": "VARCHAR", "event_date": "DATE",
    "institution": "VARCHAR", "message": "INTEGER",
}  # fmt: skip
EMPTY = {
    "patients": "select '' as patient_id, null::date as birth_date, '' as sex where false",
    "new_cancers": "select '' as patient_id, '' as icd10, null::date as first_contact_date, '' as institution where false",
}


def recount(folder: Path, registrations: Path, as_of: date, **options: Any) -> duckdb.DuckDBPyConnection:
    """A database with the table `recount`: the figures of a run's folder, counted anew.

    Options: patients, new_cancers (Parquet files); anything else is a setting that differs from the catalogue's.
    """
    db = duckdb.connect()
    files = {name: options.pop(name, None) for name in EMPTY}
    load_definitions(db, **options)
    db.execute(f"create table episodes as from read_parquet('{folder / 'episodes.parquet'}')").fetchall()
    kinds = ", ".join(f"'{name}': '{kind}'" for name, kind in MESSAGE_COLUMNS.items())
    options_of_csv = f"nullstr = '', types = {{{kinds}}}"
    db.execute(f"create table messages as from read_csv('{folder / 'messages.csv'}', {options_of_csv})").fetchall()
    db.execute(f"create table registrations as from read_parquet('{registrations}')").fetchall()
    for name, path in files.items():
        source = EMPTY[name] if path is None else f"from read_parquet('{path}')"
        db.execute(f"create table {name} as {source}").fetchall()
    db.execute("create table as_of as select ?::date as day", [as_of]).fetchall()
    for statement in SQL.split(";\n"):
        if statement.strip():
            db.execute(statement).fetchall()
    return db


def load_product(db: duckdb.DuckDBPyConnection, file: Path) -> None:
    """The figures that the product printed, as the table `product`."""
    as_text = "all_varchar = true, nullstr = 'no such text'"
    db.execute(f"create or replace table product as from read_csv('{file}', {as_text})").fetchall()


def differences(db: duckdb.DuckDBPyConnection, most: int = 20) -> list[tuple[Any, ...]]:
    """Rows that stand on one side only, or with another value; both ways, as text."""
    same_key = " and ".join(f"p.{name} = r.{name}::varchar" for name in KEY)
    unlike = [f"coalesce(p.{name}, '') <> coalesce(r.{name}::varchar, '')" for name in EXACT]
    unlike += [
        f"(p.{name} = '') <> (r.{name} is null) or abs(nullif(p.{name}, '')::double - r.{name}) > 1e-9 * greatest(1, abs(r.{name}))"
        for name in CLOSE
    ]
    shown = ", ".join(f"coalesce(p.{name}, r.{name}::varchar)" for name in KEY)
    values = ", ".join(f"p.{name}, r.{name}::varchar" for name in (*EXACT, *CLOSE))
    return db.execute(
        f"select {shown}, case when p.indicator is null then 'only the recount' when r.indicator is null then "
        f"'only the product' else 'unlike' end as side, {values} from product p full join recount r on {same_key} "
        f"where p.indicator is null or r.indicator is null or {' or '.join(f'({u})' for u in unlike)} "
        f"order by all limit {most}"
    ).fetchall()

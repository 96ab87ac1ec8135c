"""Runs of the monitor to make reports of: a country in little, one trust, one pathway, and files with next to nothing."""

from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from factories.cohorts import Cohort, Leaf, cohort
from pakkeforlop.review.report.inputs import ReportInput
from pakkeforlop.vocabulary.calendar import day_number

FINNMARK = "983974880"
HAMMERFEST, KIRKENES = "974795833", "974795930"
TODAY = day_number(date(2026, 1, 1))


def made(folder: Path, files: Cohort, *, as_of: str, leave_out: tuple[str, ...] = ()) -> ReportInput:
    """The tables of a run of the engine on a cohort."""
    from pakkeforlop.review.monitoring import Sources, make_engine, start_run
    from pakkeforlop.review.writing import report_input

    given: dict[str, Path | None] = {}
    for name in ("registrations", "patients", "new_cancers"):
        path = folder / f"{name}.parquet"
        if name not in leave_out:
            pq.write_table(getattr(files, name), path)
        given[name] = None if name in leave_out else path
    registrations = given["registrations"]
    assert registrations is not None
    run = start_run(
        Sources([registrations], given["patients"], given["new_cancers"]),
        make_engine(),
        today=TODAY,
        as_of=day_number(date.fromisoformat(as_of)),
    )
    return report_input(run, ())


def leaves(catalogue: Any, trusts: list[str], scale: float = 1.0) -> list[Leaf]:
    kinds = (("A01", "K", 22, 0.76), ("A01", "M", 9, 0.7), ("A12", "K", 20, 0.68), ("A16", "S", 15, 0.5), ("A26", "M", 16, 0.62),
             ("A38", "K", 14, 0.93), ("A17", "K", 1, 0.8), ("C01", "", 9, 0.66))  # fmt: skip
    shift = {trust: 0.12 * ((place * 7) % 5 - 2) / 2 for place, trust in enumerate(trusts)}
    return [
        Leaf(prefix, trust, kind, scale * a_year, min(0.97, max(0.2, share + shift[trust])))
        for trust in trusts
        for prefix, kind, a_year, share in kinds
    ]


def country(catalogue: Any, folder: Path) -> ReportInput:
    """18 trusts, seven pathways, three years: some ten thousand episodes."""
    trusts = sorted(t.org_nr for t in catalogue.trusts.values() if t.kind == "trust")[:18]
    files = cohort(catalogue, leaves(catalogue, trusts), first="2019-01-01", last="2021-12-31")
    return made(folder, files, as_of="2021-12-31")


def one_trust(catalogue: Any, folder: Path) -> ReportInput:
    """Two hospitals of one trust; no patients file, no new cancers; the year is not over."""
    files = cohort(catalogue, leaves(catalogue, [HAMMERFEST, KIRKENES]), first="2020-01-01", last="2021-10-20")
    return made(folder, files, as_of="2021-10-20", leave_out=("patients", "new_cancers"))


def one_pathway(catalogue: Any, folder: Path) -> ReportInput:
    """Lung cancer at six trusts."""
    trusts = sorted(t.org_nr for t in catalogue.trusts.values() if t.kind == "trust")[:6]
    drawn = [Leaf("A26", t, k, n, 0.55) for t in trusts for k, n in (("K", 18.0), ("M", 22.0), ("S", 12.0))]
    files = cohort(catalogue, drawn, first="2020-01-01", last="2021-12-31")
    return made(folder, files, as_of="2021-12-31")


def tiny(catalogue: Any, folder: Path) -> ReportInput:
    """A handful of pathways."""
    files = cohort(catalogue, [Leaf("A26", FINNMARK, "K", 9, 0.5)], first="2021-01-01", last="2021-12-31", seed=3)
    return made(folder, files, as_of="2021-12-31", leave_out=("patients", "new_cancers"))


def only_open(catalogue: Any, folder: Path) -> ReportInput:
    """Start codes and nothing else."""
    whole = cohort(catalogue, leaves(catalogue, [FINNMARK]), first="2021-08-01", last="2021-12-31")
    starts = whole.registrations.filter(pc.match_substring_regex(whole.registrations["code"], "^[ABC]..A$"))
    files = dataclasses.replace(whole, registrations=starts)
    return made(folder, files, as_of="2021-12-31", leave_out=("patients", "new_cancers"))


def nothing(catalogue: Any, folder: Path) -> ReportInput:
    """Codes that open no pathway, and a date that is refused."""
    files = Cohort(
        pa.table(
            {
                "patient_id": ["p1", "p2", "p3"],
                "code": ["A99Z", "A26S", "A26CK"],
                "event_date": ["2021-03-01", "2021-03-05", "1899-12-31"],
                "institution": [FINNMARK] * 3,
            }
        ),
        pa.table({}),
        pa.table({}),
    )
    return made(folder, files, as_of="2021-12-31", leave_out=("patients", "new_cancers"))

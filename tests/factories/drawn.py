"""Synthetic data drawn for tests, and the main job run on it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from pakkeforlop.exchange.csv.folder import OutputFolder
from pakkeforlop.review.generating import Request, generate
from pakkeforlop.review.monitoring import Run, Sources, make_engine, start_run
from pakkeforlop.vocabulary.calendar import day_number

TODAY = day_number(date(2026, 1, 1))


@dataclass
class Made:
    """A drawn folder, its record, the figures it is like, and the tables of the main job."""

    folder: Path
    record: dict[str, Any]
    figures: Path
    episodes: pa.Table
    messages: pa.Table
    indicators: pa.Table


def drawn(folder: Path, catalogue: Any, **asked: Any) -> dict[str, Any]:
    """Generate into a folder; generate.json."""
    with OutputFolder(folder) as out:
        generate(Request(**asked), catalogue, out, lambda _step, _about: None)
        out.finish({})
    record: dict[str, Any] = json.loads((folder / "generate.json").read_text(encoding="utf-8"))
    return record


def monitored(folder: Path) -> Run:
    """The main job on a drawn folder, as the command runs it: no day is given."""
    sources = Sources([folder / "registrations.parquet"], folder / "patients.parquet", folder / "new_cancers.parquet")
    return start_run(sources, make_engine(), today=TODAY)


def made_of(folder: Path, figures: Path, catalogue: Any, **asked: Any) -> Made:
    """Draw and run."""
    record = drawn(folder, catalogue, figures=figures, **asked)
    run = monitored(folder)
    return Made(folder, record, figures, run.episodes, run.messages, run.indicators)


def hospitals_of(catalogue: Any) -> list[tuple[str, str, str, str, str]]:
    """Number, trust, region, first and last day of every belonging; a trust belongs to itself."""
    found = []
    for trust in catalogue.trusts.values():
        region = catalogue.regions[trust.region].org_nr
        found.append((trust.org_nr, trust.org_nr, region, "1900-01-01", "2999-12-31"))
    for number, hospital in catalogue.hospitals.items():
        for period in hospital.belongs:
            trust = catalogue.trusts[period.trust]
            days = (str(period.valid_from or "1900-01-01"), str(period.valid_to or "2999-12-31"))
            for name in {number, hospital.radiotherapy_unit} - {""}:
                found.append((name, trust.org_nr, catalogue.regions[trust.region].org_nr, *days))
    return found

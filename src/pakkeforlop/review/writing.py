"""A run as files: the tables, the list of what was refused, the report, and run.json last of all."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pakkeforlop.catalogue.choices import differences
from pakkeforlop.catalogue.digest import definitions_hash
from pakkeforlop.exchange.csv.folder import OutputFolder
from pakkeforlop.exchange.csv.record import run_record
from pakkeforlop.review.monitoring import Run
from pakkeforlop.review.report.build import write_report
from pakkeforlop.review.report.inputs import Converted, Mark, ReadFile, ReportInput
from pakkeforlop.review.texts.load import LANGUAGES
from pakkeforlop.vocabulary.calendar import day_number

TERTIAL = 120
"""Days of a tertial."""

EPISODES_AS_CSV = 1_000_000
"""Above so many episodes the CSV is written on request only; Parquet always is."""


def write_run(
    run: Run,
    folder: OutputFolder,
    *,
    arguments: Mapping[str, Any],
    begun: float,
    episodes_csv: bool = False,
    report: bool = True,
    progress: Callable[[str], None] = lambda _: None,
    marks: tuple[Mark, ...] = (),
    converted: tuple[Converted, ...] = (),
) -> dict[str, Any]:
    """Write everything that `monitor` promises into an open output folder, and return the record.

    When nothing is left after refusals, the list of what was refused and the record are written all the same, and
    `NothingLeft` is raised after.
    """
    folder.write_table("rejects.csv", run.rejects)
    progress("indicators")
    messages, episodes, indicators = run.messages, run.episodes, run.indicators
    progress("writing")
    folder.write_table("messages.csv", messages)
    folder.write_table("episodes.parquet", episodes)
    if episodes.num_rows <= EPISODES_AS_CSV or episodes_csv:
        folder.write_table("episodes.csv", episodes)
    folder.write_table("indicators.csv", indicators)
    told = {
        "episodes": episodes.num_rows,
        "messages": message_counts(messages),
        "indicator_rows": indicators.num_rows,
        "share": newest_share(indicators, run.intake.as_of),
    }
    if report and len(run.intake.registrations):
        progress("report")
        written = write_report(
            folder.path("report/index.html").parent,
            run=report_input(run, marks, converted),
            catalogue=run.engine.catalogue,
            beside=LANGUAGES,
        )
        for path in written:
            folder.path(f"report/{path.name}")
    record = run_record(
        "monitor",
        arguments=arguments,
        settings=run.engine.settings,
        catalogue_sha256=catalogue_hash(run),
        sections={
            "settings_changed": differences(run.engine.catalogue.settings, run.engine.settings),
            **run.intake.for_record(),
            "other_files": {
                name: {"files": reading.files_for_record(), "refused": reading.refused}
                for name, reading in run.readings.items()
                if name != "registrations"
            },
            "result": told,
        },
        seconds={**run.seconds, "all": time.perf_counter() - begun},
    )
    folder.finish(record)
    run.intake.require_rows()
    return record


def message_counts(messages: pa.Table) -> dict[str, int]:
    """Messages by number."""
    counted = pc.value_counts(messages["message"]).to_pylist()
    return {str(entry["values"]): entry["counts"] for entry in sorted(counted, key=lambda entry: entry["values"])}


def newest_share(indicators: pa.Table, as_of: int) -> dict[str, Any] | None:
    """The share treated in time of all organ-specific pathways in the newest year of which a tertial has passed."""
    chosen = {
        "indicator": "of4_share", "branch": "all", "pathway_key": "all_organ_specific", "unit_level": "national",
        "period_type": "year", "sex": "", "age_group": "",
    }  # fmt: skip
    mask = None
    for name, value in chosen.items():
        equal = pc.equal(pc.cast(indicators[name], pa.string()), value)
        mask = equal if mask is None else pc.and_(mask, equal)
    rows = indicators.filter(mask).to_pylist()
    if not rows:
        return None
    told = [row for row in rows if day_number(row["period_from"]) + TERTIAL <= as_of]
    newest = max(told or rows, key=lambda row: row["period_from"])
    return {
        "year": newest["period_from"].year, "within": newest["numerator"], "counted": newest["denominator"],
        "percent": newest["percent"],
    }  # fmt: skip


def catalogue_hash(run: Run) -> str:
    """What the definitions of a run were."""
    return definitions_hash(run.engine.catalogue)


def report_input(run: Run, marks: tuple[Mark, ...], converted: tuple[Converted, ...] = ()) -> ReportInput:
    """The run as the report reads it."""
    intake = run.intake
    return ReportInput(
        indicators=run.indicators,
        episodes=run.episodes,
        messages=run.messages,
        rejects=run.rejects,
        as_of=intake.as_of,
        marks=marks,
        converted=converted,
        files=tuple(ReadFile(file.name, file.rows, file.sha256) for file in intake.files),
        rows=sum(file.rows for file in intake.files if not file.same_as),
        aside=intake.aside,
        settings=differences(run.engine.catalogue.settings, run.engine.settings),
    )

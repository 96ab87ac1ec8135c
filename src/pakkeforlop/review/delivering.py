"""A month's delivery made by the engine of the main job, and a delivered file compared with one's own registrations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from pakkeforlop.episodes.rows import Engine
from pakkeforlop.exchange.csv.folder import OutputFolder
from pakkeforlop.exchange.csv.record import FORMAT, texts, versions
from pakkeforlop.exchange.deliver import layout
from pakkeforlop.exchange.deliver.compare import Comparison, compare
from pakkeforlop.exchange.deliver.layout import Month
from pakkeforlop.exchange.deliver.read import read_delivery
from pakkeforlop.exchange.deliver.run_log import MonthMade, about, log_lines, notes_table
from pakkeforlop.exchange.deliver.running import secret_of
from pakkeforlop.exchange.deliver.table import Base, File, base_of, file_for
from pakkeforlop.exchange.deliver.write import EXCEL_ROWS, write_csv, write_xlsx
from pakkeforlop.review.monitoring import Run, Sources, start_run
from pakkeforlop.vocabulary.calendar import day_number
from pakkeforlop.vocabulary.errors import LANGUAGES, UsageFault

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Asked:
    """What a delivery is asked for."""

    delivery: Month
    registrations: Sequence[Path]
    patients: Path | None = None
    key_file: Path | None = None
    regions: Sequence[str] = ()
    """Keys of regions, in place of those that receive in that month."""
    xlsx: bool = True


def deliver(
    asked: Asked, out: Path, engine: Engine, *, today: int, progress: Progress = lambda _: None
) -> dict[str, Any]:
    """Write the files of one delivery, whole or not at all; the record of the run.

    No clock is in what is written, so the same files give the same bytes. UsageFault in a month without a delivery.
    """
    months = layout.months_delivered(asked.delivery)
    if not months:
        raise UsageFault("no_delivery", month=asked.delivery, next=asked.delivery.back(-1))
    regions = [layout.region(key) for key in asked.regions] or list(layout.regions(asked.delivery))
    secret = secret_of(asked.key_file, [*asked.registrations, *([asked.patients] if asked.patients else [])])
    made: list[MonthMade] = []
    notes: list[tuple[str, pa.Table]] = []
    with OutputFolder(out) as folder:
        for month in months:
            run, base = _base(asked, month, engine, today=today, progress=progress)
            done = MonthMade(month, run.intake.for_record(), base.left_out)
            made.append(done)
            progress("writing")
            for recipient in [*regions, *base.trusts]:
                file = file_for(base, recipient, month, secret)
                fits = _write(folder, file, month, wants_xlsx=asked.xlsx)
                done.files.append(about(file, month, xlsx=fits))
                notes.append((file.name, file.notes))
        folder.write_table("notes.csv", notes_table(notes), as_text=True)
        record = _record(asked, engine, made)
        for language in LANGUAGES:
            lines = log_lines(
                asked.delivery, made, language, own_secret=asked.key_file is not None,
                patients=asked.patients is not None, wants_xlsx=asked.xlsx,
            )  # fmt: skip
            folder.write_text(f"log.{language}.txt", "\n".join(lines) + "\n")
        folder.finish(record)
    return record


def _base(asked: Asked, month: Month, engine: Engine, *, today: int, progress: Progress) -> tuple[Run, Base]:
    """The instances known on the last day of the month."""
    until = day_number(month.last)
    run = start_run(
        Sources(asked.registrations, asked.patients), engine, today=max(today, until), as_of=until, progress=progress
    )
    run.intake.require_rows()
    people = None if run.patients is None else run.patients.table
    given = [asked.patients] if asked.patients else []
    return run, base_of(run.episodes, engine.catalogue, given, people)


def _write(folder: OutputFolder, file: File, month: Month, *, wants_xlsx: bool) -> bool:
    """Write a file in its forms; whether there is a workbook."""
    place = f"{file.recipient.level}s/{file.name}"
    with folder.path(f"{place}.csv").open("wb") as stream:
        write_csv(file.table, stream)
    folder.written[f"{place}.csv"] = {"rows": file.table.num_rows}
    if not wants_xlsx or file.table.num_rows >= EXCEL_ROWS:
        return False
    with folder.path(f"{place}.xlsx").open("wb") as stream:
        write_xlsx(file.table, stream, month)
    folder.written[f"{place}.xlsx"] = {"rows": file.table.num_rows}
    return True


def _record(asked: Asked, engine: Engine, made: list[MonthMade]) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "command": "deliver",
        "internal": texts()["internal"],
        "delivery": str(asked.delivery),
        "versions": versions(),
        "settings": engine.settings.model_dump(mode="json"),
        "own_secret": asked.key_file is not None,
        "months": [
            {"month": str(one.month), **one.reading, "left_out": one.left_out, "made": one.files} for one in made
        ],
    }


def compare_delivery(
    file: Path, inputs: Sequence[Path], engine: Engine, *, patients: Path | None, as_of: int | None, today: int,
    progress: Progress = lambda _: None,
) -> Comparison:  # fmt: skip
    """Recompute from one's own registrations and compare with a delivered file.

    as_of: default the last day of the month in the file's name, else the last date in the data.
    """
    delivered = read_delivery(file)
    month = layout.month_of(file.name)
    until = as_of if as_of is not None or month is None else day_number(month.last)
    run = start_run(
        Sources(inputs, patients), engine, today=max(today, until or today), as_of=until, progress=progress
    )
    run.intake.require_rows()
    people = None if run.patients is None else run.patients.table
    given = [patients] if patients else []
    base = base_of(run.episodes, engine.catalogue, given, people, known_only=False)
    return compare(delivered, _own_rows(base, delivered, engine), with_people=patients is not None)


def _own_rows(base: Base, delivered: pa.Table, engine: Engine) -> pa.Table:
    """One's own rows of the trusts that the file is about; all of them when it is empty."""
    numbers = set(delivered["institusjonId"].to_pylist())
    trusts = {
        period.trust for number in numbers if (unit := engine.organisations.units.resolve(number))
        for period in unit.belongs
    }  # fmt: skip
    if not trusts:
        return base.table
    keep = [trust in trusts for trust in base.table["trust"].to_pylist()]
    return base.table.filter(pa.array(keep, pa.bool_()))


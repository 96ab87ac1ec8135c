"""A month's delivery made by the engine of the main job, and a delivered file compared with one's own registrations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa

from pakkeforlop.episodes.rows import Engine
from pakkeforlop.exchange.csv.folder import OutputFolder
from pakkeforlop.exchange.csv.record import FORMAT, texts, versions
from pakkeforlop.exchange.deliver import layout
from pakkeforlop.exchange.deliver.compare import Comparison, compare
from pakkeforlop.exchange.deliver.files import LaidDown, Made, write_file
from pakkeforlop.exchange.deliver.layout import Month, Recipient
from pakkeforlop.exchange.deliver.read import read_delivery
from pakkeforlop.exchange.deliver.residence import with_residence
from pakkeforlop.exchange.deliver.run_log import MonthMade, about, log_lines, notes_table
from pakkeforlop.exchange.deliver.running import secret_of
from pakkeforlop.exchange.deliver.table import rows_of
from pakkeforlop.exchange.deliver.write import EXCEL_ROWS
from pakkeforlop.review.by_patients import Parts
from pakkeforlop.review.monitoring import Sources, start_run
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
    written: list[Made] = []
    with OutputFolder(out) as folder:
        for month in months:
            with TemporaryDirectory(dir=folder.beside) as name:
                parts = Path(name)
                reading, rows, left_out = _rows(asked, month, engine, parts, today=today, progress=progress)
                done = MonthMade(month, reading, left_out)
                made.append(done)
                progress("writing")
                for recipient in [*regions, *rows.trusts]:
                    file, fits = _write(folder, rows, recipient, month, secret, parts, wants_xlsx=asked.xlsx)
                    done.files.append(about(file, month, xlsx=fits))
                    written.append(file)
        folder.write_table("notes.csv", notes_table(written), as_text=True)
        record = _record(asked, engine, made)
        for language in LANGUAGES:
            lines = log_lines(
                asked.delivery, made, language, own_secret=asked.key_file is not None,
                patients=asked.patients is not None, wants_xlsx=asked.xlsx,
            )  # fmt: skip
            folder.write_text(f"log.{language}.txt", "\n".join(lines) + "\n")
        folder.finish(record)
    return record


def _rows(
    asked: Asked, month: Month, engine: Engine, folder: Path, *, today: int, progress: Progress
) -> tuple[dict[str, Any], LaidDown, dict[str, int]]:
    """The instances known on the last day of the month, laid down in a folder; what was read, and what is left out.

    Patients are linked some at a time: no instance reaches over two.
    """
    until = day_number(month.last)
    sources = Sources(asked.registrations, asked.patients)
    parts = Parts(sources, engine, today=max(today, until), as_of=until, folder=folder, progress=progress)
    place = folder / str(month)
    place.mkdir()
    rows, left_out = LaidDown(place), Counter[str]()
    for episodes, people in parts.episodes():
        table, out = rows_of(episodes, engine.catalogue, people)
        rows.add(table)
        left_out.update(out)
    rows.close()
    return parts.reading, rows, dict(sorted(left_out.items()))


def _write(
    folder: OutputFolder, rows: LaidDown, recipient: Recipient, month: Month, secret: bytes, parts: Path, *,
    wants_xlsx: bool,
) -> tuple[Made, bool]:  # fmt: skip
    """Write a file in its forms; what is in it, and whether there is a workbook."""
    name = layout.file_name(recipient, month)
    fits = wants_xlsx and rows.count(recipient) < EXCEL_ROWS
    names = [f"{recipient.level}s/{name}.{kind}" for kind in (("csv", "xlsx") if fits else ("csv",))]
    with ExitStack() as opened:
        streams = [opened.enter_context(folder.path(one).open("wb")) for one in names]
        file = write_file(rows, recipient, month, secret, parts, streams[0], streams[1] if fits else None)
    for one in names:
        folder.written[one] = {"rows": file.rows}
    return file, fits


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
    people = None if patients is None else with_residence(run.patients.table, [patients])
    rows, _ = rows_of(run.episodes, engine.catalogue, people, known_only=False)
    return compare(delivered, _own_rows(rows, delivered, engine), with_people=patients is not None)


def _own_rows(rows: pa.Table, delivered: pa.Table, engine: Engine) -> pa.Table:
    """One's own rows of the trusts that the file is about; all of them when it is empty."""
    numbers = set(delivered["institusjonId"].to_pylist())
    trusts = {
        period.trust for number in numbers if (unit := engine.organisations.units.resolve(number))
        for period in unit.belongs
    }  # fmt: skip
    if not trusts:
        return rows
    keep = [trust in trusts for trust in rows["trust"].to_pylist()]
    return rows.filter(pa.array(keep, pa.bool_()))


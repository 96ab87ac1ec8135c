"""`indicators refresh`: day by day the figures of `monitor` for all the files together, and what is kept is whole."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from bench import data
from pakkeforlop.cli.main import app
from pakkeforlop.cli.monitor import run_monitor
from pakkeforlop.exchange.csv.folder import OutputFolder
from pakkeforlop.review import keeping

BERGEN, STAVANGER = "974557746", "974703300"
HEAD = "patient_id,code,event_date,institution,registration_id,registered_at"


def write(path: Path, *rows: str, head: str = HEAD) -> Path:
    """A file with these rows."""
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return path


def refresh(*arguments: object) -> dict[str, Any]:
    """The command; its record."""
    done = CliRunner().invoke(app, ["indicators", "refresh", *map(str, arguments), "--json"])
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def cells(folder: Path) -> list[tuple[str, ...]]:
    """Every row of indicators.csv, in an order of its own."""
    with (folder / "indicators.csv").open(encoding="utf-8", newline="") as stream:
        return sorted(map(tuple, csv.reader(stream)))


def assert_as_monitor(out: Path, where: Path, files: list[Path], **more: Path) -> None:
    """The figures are those of a whole run of all the files."""
    run_monitor(files, where, report=False, **more)
    assert cells(out) == cells(where)


@pytest.fixture
def days(tmp_path: Path) -> list[Path]:
    """Three days: pathways open, one goes on and one is corrected, one is withdrawn and one moved to its right patient.

    Times of registration are as written; the withdrawal does not name its patient.
    """
    return [
        write(
            tmp_path / "1.csv",
            f"1,A01A,2024-01-08,{BERGEN},a,2024-01-08T08:00:00", f"1,A01S,2024-01-12,{BERGEN},b,2024-01-12T08:00:00",
            f"2,A01A,2024-01-09,{BERGEN},c,2024-01-09T08:00:00", f"2,A01S,2024-01-15,{BERGEN},d,2024-01-16T08:00:00",
            f"2,A01CM,2024-01-20,{BERGEN},e,2024-01-20T08:00:00", f"3,A12A,2024-01-10,{STAVANGER},f,2024-01-10T08:00:00",
            f"9,A14A,2024-01-10,{STAVANGER},g,2024-01-10T08:00:00",
        ),
        write(
            tmp_path / "2.csv",
            f"1,A01CK,2024-01-22,{BERGEN},h,2024-01-23T08:00:00", f"1,A01FK,2024-02-01,{BERGEN},i,2024-02-01T08:00:00",
            f"2,A01S,2024-01-17,{BERGEN},d,2024-01-24T08:00:00", f"3,A12O,2024-01-12,{STAVANGER},j,2024-01-13T08:00:00",
        ),
        write(
            tmp_path / "3.csv",
            ",,,,f,2024-02-05T08:00:00", f"4,A14A,2024-01-10,{STAVANGER},g,2024-02-06T08:00:00",
            f"2,A01S,2024-01-16,{BERGEN},d,2024-01-23T08:00:00", f"5,A99X,2024-02-07,{BERGEN},,",
        ),
    ]  # fmt: skip


def test_day_by_day_as_a_whole_run(days: list[Path], tmp_path: Path) -> None:
    """After each day the cells of all days; an older version that comes late changes nothing."""
    kept, out = tmp_path / "kept", tmp_path / "out"
    for n, day in enumerate(days, 1):
        record = refresh(day, "--kept", kept, "--out", out)
        assert_as_monitor(out, tmp_path / f"whole{n}", days[:n])
        assert record["result"]["counted_whole"] == ("first" if n == 1 else "")
    assert [path.name for path in kept.iterdir()] == ["3"]
    assert (kept.stat().st_mode & 0o777) == 0o700
    assert record["rows"]["used"] == 3
    assert record["as_of"] == "2024-02-07"


def test_what_has_changed_is_told_with_what_it_was(days: list[Path], tmp_path: Path) -> None:
    """The first attendance of patient 2 is corrected from six days to eight: from within the seven to beyond.

    Patient 1 was attended after four days and ends on the second day.
    """
    kept, out = tmp_path / "kept", tmp_path / "out"
    for day in days[:2]:
        refresh(day, "--kept", kept, "--out", out)
    with (out / "changes.csv").open(encoding="utf-8", newline="") as stream:
        told = [row for row in csv.DictReader(stream) if row["indicator"] == "of1_days"]
    year = [
        row for row in told
        if (row["unit_level"], row["period_type"], row["pathway_key"]) == ("national", "month", "breast")
    ]  # fmt: skip
    values = [
        (row["period_from"], row["numerator_before"], row["denominator_before"], row["median_days_before"],
         row["numerator"], row["denominator"], row["median_days"])
        for row in year
    ]  # fmt: skip
    assert values == [("2024-01-01", "1", "1", "6", "0", "1", "8"), ("2024-02-01", "", "", "", "1", "1", "4")]


def test_a_file_given_twice_is_taken_in_once(days: list[Path], tmp_path: Path) -> None:
    """The same content under another name too; what is new beside it is taken in."""
    kept, out = tmp_path / "kept", tmp_path / "out"
    refresh(days[0], "--kept", kept, "--out", out)
    again = tmp_path / "again.csv"
    again.write_bytes(days[0].read_bytes())
    record = refresh(again, days[1], "--kept", kept, "--out", out)
    assert record["taken_before"] == ["again.csv"]
    assert_as_monitor(out, tmp_path / "whole", days[:2])
    record = refresh(days[1], "--kept", kept, "--out", out)
    assert record["result"]["changed"] == 0
    assert_as_monitor(out, tmp_path / "whole", days[:2])


def test_patients_and_new_cancers_come_and_change(days: list[Path], tmp_path: Path) -> None:
    """A patient becomes known, another's birth date is corrected, and a new cancer comes: as all of them at once."""
    kept, out = tmp_path / "kept", tmp_path / "out"
    head, cancer = "patient_id,birth_date,sex", "patient_id,icd10,first_contact_date,institution"
    first = write(tmp_path / "p1.csv", "1,1950-01-01,2", "2,1960-05-05,2", head=head)
    second = write(tmp_path / "p2.csv", "1,1990-01-01,2", "2,1960-05-05,2", "3,1970-01-01,1", head=head)
    found = write(tmp_path / "c1.csv", f"1,C50,2024-01-08,{BERGEN}", f"7,C34,2024-01-09,{BERGEN}", head=cancer)
    both = write(
        tmp_path / "c2.csv", f"1,C50,2024-01-08,{BERGEN}", f"7,C34,2024-01-09,{BERGEN}",
        f"2,C50.4,2024-01-10,{BERGEN}", head=cancer,
    )  # fmt: skip
    refresh(days[0], "--kept", kept, "--out", out, "--patients", first, "--new-cancers", found)
    assert_as_monitor(out, tmp_path / "w1", days[:1], patients=first, new_cancers=found)
    record = refresh(days[1], "--kept", kept, "--out", out, "--patients", second, "--new-cancers", both)
    assert not record["result"]["counted_whole"]
    assert_as_monitor(out, tmp_path / "w2", days[:2], patients=second, new_cancers=both)
    refresh(days[2], "--kept", kept, "--out", out)
    assert_as_monitor(out, tmp_path / "w3", days, patients=second, new_cancers=both)


def test_people_that_come_late_are_asked_of_everyone(days: list[Path], tmp_path: Path) -> None:
    """Without a patients file nobody is unknown; with one, whoever is not in it is."""
    kept, out = tmp_path / "kept", tmp_path / "out"
    people = write(tmp_path / "p.csv", "1,1950-01-01,2", head="patient_id,birth_date,sex")
    refresh(days[0], "--kept", kept, "--out", out)
    refresh(days[1], "--kept", kept, "--out", out, "--patients", people)
    assert_as_monitor(out, tmp_path / "whole", days[:2], patients=people)


def test_a_country_in_two_parts(tmp_path: Path) -> None:
    """Some thousand registrations, ids as whole numbers in Parquet: the last 400 come later, with 40 days between."""
    table = pq.read_table(data.write(tmp_path, 4_000))
    cut = len(table) - 400
    order = np.argsort(np.asarray(table["event_date"].cast(pa.int32())), kind="stable")
    files = [tmp_path / "1.parquet", tmp_path / "2.parquet"]
    for file, rows in zip(files, (order[:cut], order[cut:]), strict=True):
        pq.write_table(table.take(pa.array(rows)), file)
    for file in files:
        record = refresh(file, "--kept", tmp_path / "kept", "--out", tmp_path / "out")
    assert not record["result"]["counted_whole"]
    assert_as_monitor(tmp_path / "out", tmp_path / "whole", files)
    refresh(files[1], "--kept", tmp_path / "kept", "--out", tmp_path / "out", "--parquet")
    assert pq.read_table(tmp_path / "out" / "indicators.parquet").num_rows == len(cells(tmp_path / "whole")) - 1
    assert not (tmp_path / "out" / "indicators.csv").exists()


def test_other_settings_count_everything_anew(days: list[Path], tmp_path: Path) -> None:
    """Figures of one definition are never brought on under another."""
    kept, out = tmp_path / "kept", tmp_path / "out"
    settings = tmp_path / "settings.toml"
    settings.write_text("include_postponed = false\nmissing_treatment_after_days = 5\n", encoding="utf-8")
    refresh(days[0], "--kept", kept, "--out", out)
    record = refresh(days[1], "--kept", kept, "--out", out, "--settings", settings)
    assert record["result"]["counted_whole"] == "definitions"
    assert_as_monitor(out, tmp_path / "whole", days[:2], settings=settings)


def test_a_refresh_that_is_stopped_leaves_what_was_there(
    days: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full while the second day is kept: the first day is kept still, and the day is done again."""
    kept, out = tmp_path / "kept", tmp_path / "out"
    refresh(days[0], "--kept", kept, "--out", out)

    def full(self: OutputFolder, record: Any) -> None:
        if self.out.parent == kept:
            raise OSError(28, os.strerror(28))
        finish(self, record)

    finish = OutputFolder.finish
    monkeypatch.setattr(OutputFolder, "finish", full)
    done = CliRunner().invoke(app, ["indicators", "refresh", str(days[1]), "--kept", str(kept), "--out", str(out)])
    assert done.exit_code == 14
    assert keeping.generations(kept) == [1]
    monkeypatch.undo()
    refresh(days[1], "--kept", kept, "--out", out)
    assert keeping.generations(kept) == [2]
    assert_as_monitor(out, tmp_path / "whole", days[:2])


def test_two_at_once_and_what_cannot_be_read_are_told(days: list[Path], tmp_path: Path) -> None:
    """The second is told to wait; a kept file that was cut short is named, with what to do."""
    kept, out = tmp_path / "kept", tmp_path / "out"
    command = ["indicators", "refresh", str(days[0]), "--kept", str(kept), "--out", str(out), "--lang", "en"]
    with keeping.held_alone(kept):
        done = CliRunner().invoke(app, command)
    assert done.exit_code == 14
    assert "another run is writing" in done.output
    assert CliRunner().invoke(app, command).exit_code == 0
    file = kept / "1" / keeping.ARRAYS
    file.write_bytes(file.read_bytes()[:1000])
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 12
    assert "cannot be read" in done.output


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_end_of_a_refresh_in_words(days: list[Path], tmp_path: Path, language: str) -> None:
    """The answer first, in every language; refused rows and files taken in before are named."""
    kept, out = tmp_path / "kept", tmp_path / "out"
    for files in ([days[0]], [days[0], days[2]]):
        command = ["indicators", "refresh", *map(str, files), "--kept", str(kept), "--out", str(out), "--lang", language]
        done = CliRunner().invoke(app, [*command])
        assert done.exit_code == 0
    first, second, *_ = [line for line in done.stdout.splitlines() if "…" not in line]
    assert {"nb": "tall er endret", "nn": "tal er endra", "en": "figures have changed"}[language] in first
    assert "1.csv" in second

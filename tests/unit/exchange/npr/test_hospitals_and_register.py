"""Hospitals send, the register receives and delivers back: both ends have the same pathways; memory stays bounded."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

BERGEN, TRONDHEIM = "974557746", "974749025"
STEPS = (("A", 0), ("S", 5), ("CK", 15), ("FK", 30))


def pathways(first, count, place):
    """Pathways of one hospital through 2025, some not done yet."""
    prefixes = ("A01", "A16", "A26", "A38")
    for n in range(first, first + count):
        start = date(2025, 1, 2) + timedelta(days=n % 300)
        for code, days in STEPS[: n % 4 + 1]:
            yield f"p{n},{prefixes[n % 3]}{code},{start + timedelta(days=days)},{place},{n}-{code}"


@pytest.fixture
def hospitals(tmp_path):
    """The files of two trusts; p0 is transferred from Bergen to Trondheim."""
    header = "patient_id,code,event_date,institution,registration_id"
    bergen = [*pathways(0, 120, BERGEN), f"p0,A01O,2025-01-04,{BERGEN},0-O"]
    trondheim = [*pathways(200, 90, TRONDHEIM), f"p0,A01A,2025-01-06,{TRONDHEIM},0-A2", f"p0,A01S,2025-01-09,{TRONDHEIM},0-S2"]
    for name, rows in (("bergen", bergen), ("st_olav", trondheim)):
        (tmp_path / f"{name}.csv").write_text("\n".join([header, *rows]), encoding="utf-8")
    return tmp_path


@pytest.fixture
def register(hospitals, run):
    """What the register received from both."""
    for name in ("bergen", "st_olav"):
        run("npr", "write", hospitals / f"{name}.csv", "--sender", name, "--period", "2025-12", "--out", hospitals / name)
    messages = [path for name in ("bergen", "st_olav") for path in (hospitals / name).glob("*.zip")]
    run("npr", "read", *messages, "--out", hospitals / "register")
    return hospitals / "register" / "registrations.parquet"


def test_the_registers_pathways_are_those_of_all_hospitals_together(hospitals, register, run):
    files = ((hospitals / "bergen.csv", hospitals / "st_olav.csv"), (register,))
    tables = []
    for n, inputs in enumerate(files):
        run("monitor", *inputs, "--out", hospitals / f"m{n}", "--no-report", "--quiet", "--as-of", "2025-12-31")
        tables.append(pq.read_table(hospitals / f"m{n}" / "episodes.parquet").to_pylist())
        assert (hospitals / f"m{n}" / "indicators.csv").stat().st_size > 1000
    assert len(tables[0]) == 210
    assert tables[0] == tables[1]
    assert (hospitals / "m0/indicators.csv").read_bytes() == (hospitals / "m1/indicators.csv").read_bytes()


def test_each_trust_finds_its_own_pathways_in_its_file(hospitals, register, run):
    """All the same but the one that was transferred: named on both sides, with the reason."""
    run("deliver", "--month", "2026-01", register, "--out", hospitals / "delivery", "--no-xlsx")
    found = {}
    for name in ("bergen", "st_olav"):
        told = run("deliver", "compare", hospitals / f"delivery/trusts/Utlevering_{name}_des25.csv", hospitals / f"{name}.csv",
                   "--json", "--quiet", code=1)  # fmt: skip
        found[name] = json.loads(told)
    assert (found["bergen"]["paired"], found["bergen"]["equal"]) == (120, 119)
    assert {row["patient_id"] for row in found["bergen"]["differences"]} == {"p0"}
    assert (found["st_olav"]["paired"], found["st_olav"]["equal"]) == (90, 90)
    (only,) = found["st_olav"]["differences"]
    assert (only["kind"], only["patient_id"]) == ("only_here", "p0")
    assert only["because"]


PEAK = (
    "import sys\nfrom pathlib import Path\nfrom pakkeforlop.cli.main import app\n"
    "try: app(sys.argv[1:])\nexcept SystemExit as done: assert not done.code\n"
    "print(Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0])"
)
"""The peak in kB since the program began (what the shell measures would hold the test's own memory too)."""


@pytest.mark.slow
def test_reading_takes_no_more_memory_for_a_longer_message(tmp_path, run):
    """Twelve times the patients: the peak grows by less than half of what is read more."""
    peaks, sizes = [], []
    for patients in (10_000, 120_000):
        folder = tmp_path / str(patients)
        folder.mkdir()
        count = patients * 2
        table = pa.table({
            "patient_id": pa.array([f"p{n // 2:07}" for n in range(count)]),
            "code": pa.array(["A01A", "A01S"] * patients),
            "event_date": pa.array([20_100 + n % 300 for n in range(count)], pa.int32()).cast(pa.date32()),
            "institution": pa.array([BERGEN] * count),
        })  # fmt: skip
        pq.write_table(table, folder / "in.parquet")
        run("npr", "write", folder / "in.parquet", "--sender", "bergen", "--period", "2025-12", "--out", folder / "m", "--quiet")
        (message,) = (folder / "m").glob("NPR_ORD*.xml")
        words = ["npr", "read", str(message), "--out", str(folder / "back"), "--quiet"]
        done = subprocess.run([sys.executable, "-c", PEAK, *words], capture_output=True, text=True, check=True)
        peaks.append(int(done.stdout.split()[-1]) >> 10)
        sizes.append(message.stat().st_size >> 20)
        assert pq.read_metadata(folder / "back/registrations.parquet").num_rows == count
    assert sizes[1] - sizes[0] > 90, sizes
    assert peaks[1] - peaks[0] < (sizes[1] - sizes[0]) / 2, (peaks, sizes)
    assert peaks[1] < 500

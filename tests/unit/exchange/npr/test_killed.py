"""kill -9 in the middle of writing, receiving and delivering: nothing is lost, nothing stands twice, nothing is half."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

BERGEN, TRONDHEIM = "974557746", "974749025"
PROGRAM = "import sys; from pakkeforlop.cli.main import app; app(sys.argv[1:])"


def start(*words: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", PROGRAM, *map(str, words)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def files(folder: Path) -> dict[str, bytes]:
    """What stands under its name; a hidden folder of a run that was killed is cleared away by the next."""
    there = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {str(path.relative_to(folder)): path.read_bytes() for path in there if "/." not in f"/{path.relative_to(folder)}"}


@pytest.fixture(scope="module")
def ward(tmp_path_factory):
    """Registrations of two trusts, some seconds' work each."""
    folder = tmp_path_factory.mktemp("killed")
    for name, place in (("bergen", BERGEN), ("st_olav", TRONDHEIM)):
        count = 4_000
        table = pa.table({
            "patient_id": pa.array([f"{name[0]}{n // 2:05}" for n in range(count)]), "code": pa.array(["A01A", "A01S"] * (count // 2)),
            "event_date": pa.array([20_100 + n % 55 for n in range(count)], pa.int32()).cast(pa.date32()),
            "institution": pa.array([place] * count), "registration_id": pa.array([f"{name}-{n}" for n in range(count)]),
        })  # fmt: skip
        pq.write_table(table, folder / f"{name}.parquet")
        done = start("npr", "write", folder / f"{name}.parquet", "--sender", name, "--period", "2025-02", "--out", folder / "inbox" / name,
                     "--no-xml", "--at", "2025-03-02T08:00:00")  # fmt: skip
        assert done.wait() == 0
    return folder


JOBS = {
    "writing": ("npr", "write", "{ward}/bergen.parquet", "--sender", "bergen", "--period", "2025-02", "--number", "1",
                "--at", "2025-03-02T08:00:00", "--out", "{here}/out"),
    "receiving": ("npr", "receive", "{ward}/inbox", "--period", "2025-02", "--received", "{here}/received.json",
                  "--at", "2025-03-03T08:00:00", "--no-report", "--out", "{here}/out"),
    "delivering": ("deliver", "--month", "2025-03", "{ward}/bergen.parquet", "{ward}/st_olav.parquet", "--out", "{here}/out"),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("job", JOBS)
def test_killed_at_any_moment_it_is_all_or_nothing(ward, tmp_path, job):
    """Five moments between the beginning and the end; then once undisturbed: the same bytes as if never disturbed."""
    whole, torn = tmp_path / "whole", tmp_path / "torn"
    whole.mkdir()
    torn.mkdir()

    def words(here: Path) -> list[str]:
        return [word.format(ward=ward, here=here) for word in JOBS[job]]

    begun = time.monotonic()
    assert start(*words(whole)).wait() == 0
    seconds = time.monotonic() - begun
    moments = random.Random(7).sample(range(30, 100), 5)
    for share in moments:
        process = start(*words(torn))
        time.sleep(seconds * share / 100)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        out = torn / "out"
        if (out / "run.json").exists():  # it had come to its end: then all of it is there
            assert files(out) == files(whole / "out")
    assert start(*words(torn)).wait() == 0
    assert files(torn / "out") == files(whole / "out")
    left = [path.name for folder in (torn, torn / "out") for path in folder.iterdir() if path.name.startswith(".")]
    assert left == []
    assert (torn / "received.json").exists() == (job == "receiving")

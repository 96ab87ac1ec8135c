"""Every command that writes files, told that the disk is full, that it may not write, and killed: whole or not at all.

The commands run as users run them, each in a process of its own.
"""

from __future__ import annotations

import contextlib
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bad_input.process import HEADER, WITHOUT_BYTECODE, as_an_ordinary_user, files_in

PROGRAM = str(Path(sys.executable).parent / "pakkeforlop")
MAPPING = """name = "A log"
[read]
format = "csv"
patient = "p"
date = "d"
[place]
institution = "974589095"
[[milestone]]
key = "referral"
all = [{ column = "a", is = ["referral"] }]
code = "A12A"
"""
LIMITS = """[[A01.time_limit.OF2]]
valid_from = 2024-01-01
days = 3
[[A01.time_limit.OF4]]
kind = "K"
valid_from = 2024-01-01
days = 23
[[A01.time_limit.OF4]]
kind = "M"
valid_from = 2024-01-01
days = 20
"""
PLACE = "974557746"
FOLDERS = ("convert", "deliver", "report")
FILES = ("impact", "impact_episodes", "compare", "read")


def registrations(patients: int) -> str:
    """Breast cancer pathways: started in January, seen after a week, decided after nine days, treated in February."""
    lines = []
    for n in range(patients):
        day = 1 + n % 20
        lines += [
            f"{n},A01A,2024-01-{day:02},{PLACE}", f"{n},A01S,2024-01-{day + 7:02},{PLACE}",
            f"{n},A01CK,2024-01-{day + 9:02},{PLACE}", f"{n},A01FK,2024-02-{day:02},{PLACE}",
        ]  # fmt: skip
    return HEADER + "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Inputs of every command, a delivered file among them."""
    folder = tmp_path_factory.mktemp("given")
    (folder / "m.toml").write_text(MAPPING)
    (folder / "log.csv").write_text("p,d,a\n" + "".join(f"{n},2024-01-{1 + n % 28:02},referral\n" for n in range(3_000)))
    (folder / "in.csv").write_text(registrations(1_500))
    (folder / "limits.toml").write_text(LIMITS)
    (folder / "own.csv").write_text(registrations(1_500).replace("A01FK,2024-02", "A01FM,2024-02"))
    subprocess.run([PROGRAM, *line_of("deliver", folder, folder / "made")], check=True, capture_output=True)
    return folder


def line_of(name: str, given: Path, out: Path) -> list[str]:
    """The command line that writes to `out`: a folder, or a file."""
    rows, delivered = str(given / "in.csv"), str(given / "made/trusts/Utlevering_bergen_feb24.csv")
    return {
        "convert": ["registrations", "convert", str(given / "log.csv"), "--mapping", str(given / "m.toml"), "--out"],
        "deliver": ["deliver", "--month", "2024-03", rows, "--out"],
        "report": ["monitor", rows, "--out"],
        "impact": ["catalogue", "impact", rows, "--proposed", str(given / "limits.toml"), "--out"],
        "impact_episodes": ["catalogue", "impact", rows, "--proposed", str(given / "limits.toml"), "--episodes"],
        "compare": ["deliver", "compare", delivered, str(given / "own.csv"), "--out"],
        "read": ["deliver", "read", delivered, "--out"],
    }[name] + [str(out), "--lang", "en", "--quiet"]


def run(name: str, given: Path, out: Path, before: object = None) -> tuple[int, str]:
    """Run a command; its exit code and what it said of faults."""
    done = subprocess.run(
        [PROGRAM, *line_of(name, given, out)], capture_output=True, text=True, timeout=300, preexec_fn=before,
        env=WITHOUT_BYTECODE,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stderr


def at_most(size: int) -> object:
    """No file may grow beyond so many bytes."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("name", [*FOLDERS, *FILES])
def test_no_room_for_a_file(name: str, given: Path, tmp_path: Path) -> None:
    """A sentence, the exit code of writing, and nothing left, hidden files neither."""
    code, told = run(name, given, tmp_path / "out.csv", at_most(300))
    assert "there is no room to write the file" in told
    assert code == 14
    assert left(tmp_path) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", FOLDERS)
def test_no_room_for_any_one_of_the_files(name: str, given: Path, tmp_path: Path) -> None:
    """As many bytes as all smaller files need and one less than this one: each writer is the first to fail once."""
    run(name, given, tmp_path / "whole")
    sizes = sorted({len(content) for content in files_in(tmp_path / "whole").values() if len(content) > 4_096})
    assert sizes
    for size in sizes[:: max(1, len(sizes) // 4)]:
        code, told = run(name, given, tmp_path / "out", at_most(size - 1))
        assert (code, "there is no room to write the file" in told) == (14, True), size
        assert left(tmp_path) == ["whole"]


@pytest.mark.parametrize("name", [*FOLDERS, *FILES])
def test_a_full_disk(name: str, given: Path, small_disk: Path) -> None:
    """All of it is taken; what stood there before still does."""
    with (small_disk / "mine").open("wb", buffering=0) as stream, contextlib.suppress(OSError):
        while stream.write(b"x" * 4_096):
            pass
    code, told = run(name, given, small_disk / "out.csv")
    assert "there is no room to write the file" in told
    assert code == 14
    assert left(small_disk) == ["mine"]


@pytest.mark.parametrize("name", [*FOLDERS, *FILES])
def test_a_folder_that_may_not_be_written(name: str, given: Path, tmp_path: Path) -> None:
    place = tmp_path / "locked"
    place.mkdir()
    place.chmod(0o555)
    try:
        code, told = run(name, given, place / "out.csv", as_an_ordinary_user)
    finally:
        place.chmod(0o755)
    assert "you may not write here" in told
    assert code == 14
    assert left(place) == []


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [0.7, 1.4, 2.1, 3.5])
@pytest.mark.parametrize("name", FOLDERS)
def test_killed_at_any_time(name: str, given: Path, tmp_path: Path, seconds: float) -> None:
    """No result, or a whole one; and the next run into the same place is not hindered by what the killed one left."""
    out = tmp_path / "out"
    process = subprocess.Popen([PROGRAM, *line_of(name, given, out)])
    time.sleep(seconds)
    process.kill()
    process.wait()
    assert out.exists() == (out / "run.json").exists()
    if out.exists():
        whole(out)
    assert run(name, given, out)[0] == 0
    whole(out)
    assert left(tmp_path) == ["out"]


def whole(out: Path) -> None:
    """run.json lists every file there is, with its size."""
    written = json.loads((out / "run.json").read_text(encoding="utf-8"))["files_written"]
    assert {one["name"]: one["bytes"] for one in written} | {"run.json": (out / "run.json").stat().st_size} == {
        name: len(content) for name, content in files_in(out).items()
    }


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_written_over_is_the_old_or_the_new(name: str, given: Path, tmp_path: Path) -> None:
    """Killed at any time: the file that stood there is either untouched or replaced whole."""
    out = tmp_path / "out.csv"
    run(name, given, out)
    new = out.read_bytes()
    for seconds in (0.7, 1.4, 2.1):
        out.write_text("before")
        process = subprocess.Popen([PROGRAM, *line_of(name, given, out)])
        time.sleep(seconds)
        process.kill()
        process.wait()
        assert out.read_bytes() in {b"before", new}

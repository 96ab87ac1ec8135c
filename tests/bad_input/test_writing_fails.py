"""When writing fails, nothing is left that looks whole, and what stood there before still stands."""

import os
import signal
import subprocess
import time

import pytest

from bad_input.process import COMMANDS, GOOD, HEADER, as_an_ordinary_user, files_in, with_little_room


def many(rows):
    return HEADER + "".join(f"{n},A01A,2024-01-{1 + n % 28:02},983971709\n" for n in range(rows))


def test_a_full_disk(run, file, small_disk):
    ended = run(file("a.csv", many(60_000)), out=small_disk / "out")
    assert "there is no room to write the file" in ended.told
    assert ended.code == 14
    assert list(small_disk.iterdir()) == []


def test_a_full_disk_under_an_earlier_result(run, file, small_disk):
    """On a disk mounted at the output folder itself."""
    (small_disk / "messages.csv").write_text("before")
    (small_disk / "run.json").write_text('{"files_written": [{"name": "messages.csv"}]}')
    before = files_in(small_disk)
    ended = run(file("a.csv", many(60_000)), out=small_disk)
    assert ended.code == 14
    assert files_in(small_disk) == before


def test_a_file_that_may_not_grow(run, file):
    """The same with a limit on file sizes, which needs no rights."""
    ended = run(file("a.csv", many(60_000)), before=with_little_room)
    assert "there is no room to write the file" in ended.told
    assert ended.code == 14
    assert ended.left == []
    assert not ended.out.exists()


@pytest.mark.parametrize("exists", [True, False])
def test_a_folder_that_may_not_be_written(run, file, tmp_path, exists):
    place = tmp_path / "locked"
    place.mkdir()
    out = place if exists else place / "out"
    place.chmod(0o555)
    try:
        ended = run(file("a.csv", HEADER + GOOD), out=out, before=as_an_ordinary_user)
    finally:
        place.chmod(0o755)
    assert "you may not write here" in ended.told
    assert ended.code == 14
    assert list(place.iterdir()) == []


def test_a_file_where_the_folder_should_be(run, file):
    out = file("result", "mine")
    ended = run(file("a.csv", HEADER + GOOD), out=out)
    assert "result: --out must be a folder, but this is a file." in ended.told
    assert ended.code == 14
    assert out.read_text() == "mine"


def test_a_faulty_place_is_told_before_the_long_work(run, file):
    """The place to write is tried first: a faulty --out is told although the input is faulty too."""
    ended = run(file("a.csv", ""), out=file("result", "mine"))
    assert ended.code == 14


@pytest.mark.parametrize("exists", [True, False])
def test_killed_while_writing(file, tmp_path, exists):
    out = tmp_path / "out"
    if exists:
        subprocess.run([*COMMANDS["doors"], str(file("a.csv", HEADER + GOOD)), "--out", str(out)], check=True)
        before = files_in(out)
    line = [*COMMANDS["doors"], str(file("b.csv", many(1000))), "--out", str(out), "--wait"]
    process = subprocess.Popen(line, stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"written\n"
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    if exists:
        assert {name: text for name, text in files_in(out).items() if ".unfinished-" not in name} == before
    else:
        assert not out.exists()
    subprocess.run([*COMMANDS["doors"], str(file("c.csv", HEADER + GOOD)), "--out", str(out)], check=True)
    assert sorted(files_in(out)) == ["episodes.parquet", "messages.csv", "rejects.csv", "run.json"]
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [0.6, 1.2, 1.8, 2.4, 3.0])
def test_the_command_killed_at_any_time(file, tmp_path, seconds):
    """Either there is no result, or a whole one: run.json stands only beside all the files that it lists."""
    import json

    out = tmp_path / "out"
    line = [*COMMANDS["monitor"], str(file("a.csv", many(50_000))), "--out", str(out), "--quiet"]
    process = subprocess.Popen(line)
    time.sleep(seconds)
    process.kill()
    process.wait()
    if (out / "run.json").exists():
        written = json.loads((out / "run.json").read_text())["files_written"]
        assert all((out / one["name"]).stat().st_size == one["bytes"] for one in written)
    else:
        assert not out.exists()

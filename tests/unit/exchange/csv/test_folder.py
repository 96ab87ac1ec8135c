"""An output folder is written whole or not at all."""

import errno
import json
import os
import signal
import subprocess
import sys
import time
from unittest.mock import patch

import pyarrow as pa
import pytest

from pakkeforlop.exchange.csv.folder import OutputFolder
from pakkeforlop.vocabulary.errors import UnwritableFault

TABLE = pa.table({"n": [1, 2, 3]})


def run(out, names=("messages.csv", "episodes.parquet"), finish=True):
    with OutputFolder(out) as folder:
        for name in names:
            folder.write_table(name, TABLE)
        folder.write_text("report/index.html", "<html>")
        if finish:
            folder.finish({"format": 1})


def names(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


WHOLE = ["episodes.parquet", "messages.csv", "report/index.html", "run.json"]


def test_a_new_folder_appears_whole_with_what_it_holds_listed(tmp_path):
    run(tmp_path / "deep" / "out")
    assert names(tmp_path / "deep") == [f"out/{name}" for name in WHOLE]
    written = json.loads((tmp_path / "deep/out/run.json").read_text())["files_written"]
    assert [(one["name"], one.get("rows")) for one in written] == [
        ("episodes.parquet", 3),
        ("messages.csv", 3),
        ("report/index.html", None),
    ]
    assert written[1]["bytes"] == len("n\n1\n2\n3\n")


def test_what_is_not_finished_leaves_nothing(tmp_path):
    run(tmp_path / "out", finish=False)
    assert list(tmp_path.iterdir()) == []


def test_an_error_leaves_the_earlier_run_as_it_was(tmp_path):
    run(tmp_path / "out")
    before = {name: (tmp_path / "out" / name).read_bytes() for name in WHOLE}
    with pytest.raises(pa.ArrowException), OutputFolder(tmp_path / "out") as folder:
        folder.write_table("messages.csv", pa.table({"lists": [[1]]}))
    assert {name: (tmp_path / "out" / name).read_bytes() for name in names(tmp_path / "out")} == before


def test_what_the_earlier_run_made_and_this_one_does_not_is_removed_and_other_files_are_left(tmp_path):
    run(tmp_path / "out", names=("messages.csv", "episodes.csv"))
    (tmp_path / "out" / "my notes.txt").write_text("mine")
    run(tmp_path / "out")
    assert names(tmp_path / "out") == sorted([*WHOLE, "my notes.txt"])


def test_a_record_that_lists_files_elsewhere_is_not_believed(tmp_path):
    run(tmp_path / "out")
    (tmp_path / "precious.txt").write_text("mine")
    record = json.dumps({"files_written": [{"name": "../precious.txt"}, {"name": str(tmp_path / "precious.txt")}]})
    (tmp_path / "out" / "run.json").write_text(record)
    run(tmp_path / "out")
    assert (tmp_path / "precious.txt").read_text() == "mine"


@pytest.mark.parametrize("inside", ["", "/x/y"])
def test_a_file_is_no_folder(tmp_path, inside):
    (tmp_path / "out").write_text("a file")
    with pytest.raises(UnwritableFault, match="--out skal være en mappe"):
        run(f"{tmp_path}/out{inside}")
    assert (tmp_path / "out").read_text() == "a file"


def test_two_runs_into_one_folder_at_once(tmp_path):
    run(tmp_path / "out")
    with OutputFolder(tmp_path / "out"), pytest.raises(UnwritableFault, match="en annen kjøring"):
        run(tmp_path / "out")
    run(tmp_path / "out")


def test_two_runs_that_make_the_same_new_folder_both_end_whole(tmp_path):
    with OutputFolder(tmp_path / "out") as first:
        first.write_table("messages.csv", TABLE)
        run(tmp_path / "out")
        first.finish({"format": 1})
    assert names(tmp_path / "out") == ["messages.csv", "run.json"]


@pytest.mark.parametrize("exists", [False, True])
def test_a_killed_run_leaves_nothing_that_looks_whole_and_the_next_clears_up(tmp_path, exists):
    if exists:
        run(tmp_path / "out")
        before = (tmp_path / "out" / "messages.csv").read_bytes()
    program = (
        "import sys, time; from pakkeforlop.exchange.csv.folder import OutputFolder; import pyarrow as pa\n"
        "with OutputFolder(sys.argv[1]) as folder:\n"
        "    folder.write_table('messages.csv', pa.table({'n': [9]}))\n"
        "    print('written', flush=True); time.sleep(60)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", program, str(tmp_path / "out")], stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"written\n"
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    hidden = [path for path in tmp_path.rglob("*") if ".unfinished-" in path.name]
    assert len(hidden) == 1
    if exists:
        assert (tmp_path / "out" / "messages.csv").read_bytes() == before
    else:
        assert not (tmp_path / "out").exists()
    run(tmp_path / "out")
    assert names(tmp_path) == [f"out/{name}" for name in WHOLE]


def test_a_hidden_folder_of_a_living_run_is_left_alone(tmp_path):
    with OutputFolder(tmp_path / "out") as living:
        living.write_table("messages.csv", TABLE)
        run(tmp_path / "out")
        assert living.path("messages.csv").exists()


def test_a_disk_without_locks_is_written_to_and_nothing_there_is_cleared_away(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / ".unfinished-old").mkdir()
    with patch("fcntl.flock", side_effect=OSError(errno.ENOLCK, "no locks")):
        run(tmp_path / "out")
    assert names(tmp_path / "out") == WHOLE
    assert (tmp_path / "out" / ".unfinished-old").is_dir()


@pytest.mark.parametrize("name", ["../x.csv", "/x.csv", ""])
def test_a_name_outside_the_folder_is_refused(tmp_path, name):
    with OutputFolder(tmp_path / "out") as folder, pytest.raises(ValueError):
        folder.path(name)


def test_the_folder_may_be_read_as_the_user_has_chosen(tmp_path):
    before = os.umask(0o027)
    try:
        run(tmp_path / "out")
    finally:
        os.umask(before)
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o750
    assert (tmp_path / "out" / "messages.csv").stat().st_mode & 0o777 == 0o640


def test_the_record_is_written_last(tmp_path):
    """A reader that waits for run.json finds the other files there already."""
    run(tmp_path / "out")
    time.sleep(0.01)
    run(tmp_path / "out")
    changed = {name: (tmp_path / "out" / name).stat().st_ctime_ns for name in WHOLE}
    assert max(changed, key=changed.get) == "run.json"

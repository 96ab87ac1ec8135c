"""A trust's month from the command line: two commands, with real processes and a store of its own, on both databases."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

ROWS = """patient_id,code,event_date,institution,registration_id
p1,A26A,2021-11-01,974557746,r1
p1,A26CK,2021-11-20,974557746,r2
p2,A01A,2021-12-01,974557746,r3
"""
PROGRAM = "import sys; from pakkeforlop.cli.main import app; app(sys.argv[1:])"


@pytest.fixture
def command(own_store: Any, tmp_path: Path) -> Any:
    env = own_store.environment | {"PAKKEFORLOP_TODAY": "2022-02-03"}

    def ask(*words: object, code: int = 0) -> str:
        done = subprocess.run([sys.executable, "-c", PROGRAM, *map(str, words)], env=env, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    ask.env = env  # type: ignore[attr-defined]
    (tmp_path / "codes.csv").write_text(ROWS, encoding="utf-8")
    return ask


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_sent_received_answered_taken_in(command: Any, tmp_path: Path):
    """The hospital sends, the register receives and delivers, the hospital takes the answer in: three commands.

    p1 has no attendance (108). Nobody has told of a patients file, so 100 is foreseen here and not said there.
    """
    command("import", tmp_path / "codes.csv")
    sent = json.loads(command("npr", "send", "--sender", "bergen", "--period", "2021-12", "--out", tmp_path / "out", "--key", "m", "--json"))
    again = json.loads(command("npr", "send", "--sender", "bergen", "--period", "2021-12", "--out", tmp_path / "out", "--key", "m", "--json"))
    assert sent["files"] == again["files"]
    assert (sent["rows"], sent["patients"]) == (3, 2)
    assert sent["foreseen"]["108"] == 1
    month = json.loads(command("npr", "receive", tmp_path / "out", "--period", "2021-12", "--out", tmp_path / "month", "--no-report", "--json"))
    assert month["registrations"] == 3
    (answer,) = month["answers"]
    assert answer["messages"] == {"108": 1}
    told = json.loads(command("npr", "take", tmp_path / "month" / answer["files"][0], "--json"))
    assert told == [{"name": Path(answer["files"][0]).name, "kind": "NPR_ERR", "sender": "983974724", "lines": 1, "unmatched": 0}]
    command("npr", "take", tmp_path / "month" / answer["files"][0], code=2)  # taken before
    rows = json.loads(command("npr", "history", "--json"))
    assert [row["number"] for row in rows] == [1, 2]
    assert "NPR_ERR" in rows[0]["returns"]
    locked = json.loads(command("npr", "lock", "--sender", "bergen", "--year", "2021", "--json"))
    assert locked["figures"] > 0
    assert "locked" in subprocess.run(
        [sys.executable, "-c", PROGRAM, "npr", "send", "--sender", "bergen", "--period", "2021-12", "--out", str(tmp_path / "x")],
        env=command.env, capture_output=True, text=True, check=False,
    ).stderr  # fmt: skip
    assert "too short a past" in command("npr", "completeness")


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_killed_while_sending_nothing_is_double_and_nothing_lost(command: Any, tmp_path: Path):
    """kill -9 at some moments, then once undisturbed under the same key: one submission, numbers 1 and 2."""
    command("import", tmp_path / "codes.csv")
    words = ("npr", "send", "--sender", "bergen", "--period", "2021-12", "--out", tmp_path / "out", "--key", "m", "--json")
    begun = time.monotonic()
    command("npr", "history")
    seconds = time.monotonic() - begun
    for share in (0.6, 0.9, 1.1, 1.3):
        process = subprocess.Popen([sys.executable, "-c", PROGRAM, *map(str, words)], env=command.env, stdout=subprocess.DEVNULL)
        time.sleep(seconds * share)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    sent = json.loads(command(*words))
    assert [one["number"] for one in sent["files"]] == [1, 2]
    rows = json.loads(command("npr", "history", "--json"))
    assert [(row["number"], row["submission"]) for row in rows] == [(1, sent["submission"]), (2, sent["submission"])]
    assert {path.name for path in (tmp_path / "out").iterdir() if not path.name.startswith(".")} == {one["name"] for one in sent["files"]}

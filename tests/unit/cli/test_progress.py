"""Long jobs on the command line: which step, how much of how much, how long is left; in a log, and in silence."""

from __future__ import annotations

import io
import re
from contextlib import redirect_stderr
from typing import Any

import pytest

from pakkeforlop.cli import importing
from pakkeforlop.cli.common import STEPS, progress_shown
from pakkeforlop.cli.importing import bar


class Terminal(io.StringIO):
    """Standard error of a person who looks at it."""

    def isatty(self) -> bool:
        return True

    def shown(self) -> str:
        """All that has stood on the screen, without the signs that move and colour it."""
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self.getvalue())


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    for name, value in {"TERM": "xterm", "COLUMNS": "120"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("NO_COLOR", raising=False)
    return Terminal()


@pytest.fixture
def log() -> io.StringIO:
    """Standard error that goes to a file."""
    return io.StringIO()


def test_a_file_on_a_terminal_tells_count_whole_and_time_left(terminal: Terminal):
    with redirect_stderr(terminal), bar("a.csv: registrations", quiet=False) as progress:
        progress(0, 4000)
        progress(1000, 4000)
        progress(3000, 4000)
    seen = terminal.shown()
    assert "a.csv: registrations" in seen
    assert "3000/4000" in seen
    assert re.search(r"\d:\d\d:\d\d|-:--:--", seen), "the time that is left"
    assert terminal.getvalue().endswith("\x1b[2K"), "nothing of it stays when it is done"


def test_of_a_file_that_is_still_read_nobody_knows_the_whole(terminal: Terminal):
    with redirect_stderr(terminal), bar("a.csv: registrations", quiet=False) as progress:
        progress(1500, 0)
    assert "1500/?" in terminal.shown()


def test_a_file_in_a_log_tells_when_it_begins_and_then_now_and_then(log: io.StringIO, monkeypatch: pytest.MonkeyPatch):
    now = [100.0]
    monkeypatch.setattr(importing.time, "monotonic", lambda: now[0])
    with redirect_stderr(log), bar("a.csv: registrations", quiet=False) as progress:
        for second in range(1, 26):
            now[0] = 100.0 + second
            progress(second * 1000, 40_000)
        now[0] = 136.0
        progress(30_000, 0)
    assert log.getvalue().splitlines() == [
        "a.csv: registrations …", "a.csv: registrations: 10000 / 40000 (25 %) …",
        "a.csv: registrations: 20000 / 40000 (50 %) …", "a.csv: registrations: 30000 …",
    ]  # fmt: skip


@pytest.mark.parametrize("where", ["terminal", "log"])
def test_quiet_is_silent(where: str, request: pytest.FixtureRequest):
    there: Any = request.getfixturevalue(where)
    with redirect_stderr(there), bar("a.csv", quiet=True) as progress:
        progress(1, 2)
    with redirect_stderr(there), progress_shown("nb", quiet=True) as step:
        step("reading")
    assert there.getvalue() == ""


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_steps_in_a_log_are_lines_in_the_readers_language(log: io.StringIO, language: str):
    with redirect_stderr(log), progress_shown(language, quiet=False) as step:
        for name in ("reading", "linking", "indicators", "writing", "report"):
            step(name)
    assert log.getvalue().splitlines() == [f"{STEPS[name][language]} …" for name in STEPS]


def test_the_bar_of_steps_goes_forward_only(monkeypatch: pytest.MonkeyPatch, terminal: Terminal):
    """Some jobs write before they report, some after: the bar stands still rather than going back."""
    from rich.progress import Progress

    reached: list[float] = []
    monkeypatch.setattr(Progress, "update", lambda self, task, **told: reached.append(told["completed"]))
    with redirect_stderr(terminal), progress_shown("en", quiet=False) as step:
        for name in ("reading", "linking", "indicators", "report", "writing"):
            step(name)
    assert reached == [0, 1, 2, 4, 4]


def test_monitor_tells_each_of_its_steps(tmp_path: Any, log: io.StringIO, catalogue: Any):
    """The main job itself, on one patient: every step is told, once, in the order in which it happens."""
    from pakkeforlop.cli.monitor import run_monitor

    rows = ["patient_id,code,event_date,institution", "1,A26A,2021-02-01,974557746", "1,A26S,2021-02-08,974557746"]
    (tmp_path / "in.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    with redirect_stderr(log):
        run_monitor([tmp_path / "in.csv"], tmp_path / "out", as_of=20_000, language="en", quiet=False)
    told = [line for line in log.getvalue().splitlines() if line.endswith(" …")]
    assert told == [f"{STEPS[name]['en']} …" for name in STEPS]

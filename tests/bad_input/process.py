"""Running a command, in a process of its own or in this one, and what it left behind."""

from __future__ import annotations

import contextlib
import ctypes
import io
import json
import os
import resource
import runpy
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.csv as arrow_csv

HERE = Path(__file__).parent
DOORS = str(HERE / "doors_only.py")
COMMANDS = {
    "doors": [sys.executable, DOORS],
    "monitor": [str(Path(sys.executable).parent / "pakkeforlop"), "monitor"],
}
HEADER = "patient_id,code,event_date,institution\n"
GOOD = "1,A01A,2024-01-08,983971709\n2,A01A,2024-01-09,983971709\n2,A01S,2024-01-15,983971709\n"

WITHOUT_BYTECODE = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
"""Python itself, short of room, leaves half a file of bytecode behind."""

DAC_OVERRIDE, DAC_READ_SEARCH = 1, 2
DROP_CAPABILITY = 24


@dataclass(frozen=True)
class Ended:
    """A process that has ended."""

    code: int
    told: str
    out: Path

    @property
    def left(self) -> list[str]:
        """All files under the output folder's parent that the run made, hidden ones too."""
        if not self.out.exists():
            return sorted(p.name for p in self.out.parent.iterdir() if p.name.startswith(f".{self.out.name}"))
        return sorted(path.relative_to(self.out).as_posix() for path in self.out.rglob("*") if path.is_file())

    @property
    def record(self) -> dict[str, Any]:
        """run.json."""
        return json.loads((self.out / "run.json").read_text(encoding="utf-8"))

    @property
    def rejects(self) -> list[dict[str, Any]]:
        """rejects.csv."""
        table = arrow_csv.read_csv(self.out / "rejects.csv")
        return table.select(["file", "row", "column", "value", "reason_key"]).to_pylist()


def in_a_process(name: str, arguments: Sequence[str], out: Path, before: Callable[[], object] | None = None) -> Ended:
    """Run the command as a user does; `before` is done in the child before it starts."""
    line = [*COMMANDS[name], *arguments]
    done = subprocess.run(line, capture_output=True, text=True, timeout=300, preexec_fn=before, env=WITHOUT_BYTECODE)
    assert "Traceback" not in done.stderr, done.stderr
    return Ended(done.returncode, done.stderr, out)


def in_this_process(name: str, arguments: Sequence[str], out: Path) -> Ended:
    """Run the command's own code here: as `in_a_process`, without the second that a start takes."""
    told = io.StringIO()
    code: Any = 0
    with contextlib.redirect_stderr(told), contextlib.redirect_stdout(io.StringIO()):
        try:
            if name == "monitor":
                from pakkeforlop.cli.main import app

                app(["monitor", *arguments])
            else:
                runpy.run_path(DOORS, {"ARGUMENTS": list(arguments)})
        except SystemExit as ended:
            code = ended.code or 0
    assert "Traceback" not in told.getvalue()
    return Ended(code, told.getvalue(), out)


def as_an_ordinary_user() -> None:
    """Before a command starts: root gives up its right to open everything; others have none."""
    if os.geteuid() == 0:
        prctl = ctypes.CDLL(None).prctl
        for capability in (DAC_OVERRIDE, DAC_READ_SEARCH):
            assert prctl(DROP_CAPABILITY, capability, 0, 0, 0) == 0


def files_in(folder: Path) -> dict[str, bytes]:
    """Every file under a folder, with its content."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def with_little_room() -> None:
    """Before a command starts: no file may grow beyond 64 kB, as on a disk that is full."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (65_536, 65_536))

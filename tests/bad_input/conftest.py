"""Bad input given to a command: what it prints, its exit code, and what it leaves behind.

Each test runs twice: with the doors alone (reading and writing) and with `pakkeforlop monitor` as users run it.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bad_input.process import COMMANDS, Ended, in_a_process, in_this_process


@pytest.fixture(params=list(COMMANDS))
def command(request: pytest.FixtureRequest) -> str:
    """Which command."""
    return request.param


@pytest.fixture
def run(command: str, tmp_path: Path) -> Callable[..., Ended]:
    """Run on files and wait for the end; in a process of its own when something is done `before` it starts."""

    def running(*files: Path, out: Path | None = None, before: Callable[[], object] | None = None) -> Ended:
        out = out or tmp_path / "out"
        arguments = [*map(str, files), "--out", str(out), "--lang", "en", "--no-report"]
        if before is not None:
            return in_a_process(command, arguments, out, before)
        return in_this_process(command, arguments, out)

    return running


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., Path]:
    """Write an input file."""

    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 256 kB; needs the right to mount."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(disk)], capture_output=True)
    if mounted.returncode:
        pytest.skip("may not mount a small disk here; the limit on file sizes stands in for it")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)

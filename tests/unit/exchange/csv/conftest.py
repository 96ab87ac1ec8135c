"""Files for the tests of the doors, written from small tables in the test."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from pakkeforlop.exchange.csv.read import Intake, read_registrations
from pakkeforlop.vocabulary.calendar import day_number

TODAY = day_number(date(2025, 6, 30))


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., Path]:
    """Write a file: `file("a.csv", "text")`; text is written as UTF-8 with its line ends as they are."""

    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@pytest.fixture
def read() -> Callable[..., Intake]:
    """Read registrations as on 2025-06-30."""

    def reading(*paths: Path, **options: object) -> Intake:
        return read_registrations(paths, **{"today": TODAY, **options})

    return reading

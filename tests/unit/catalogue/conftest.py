"""A copy of the shipped catalogue that a test may spoil, and the faults it then has."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pakkeforlop.catalogue.faults import Fault
from pakkeforlop.catalogue.load import PACKAGED, check_catalogue


class Copy:
    """A catalogue folder of one's own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def change(self, file: str, old: str, new: str) -> int:
        """Put `new` in the place of the first `old`; the line where it begins."""
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {file}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return text[: text.index(old)].count("\n") + 1

    def faults(self) -> tuple[Fault, ...]:
        """All faults of the folder as it stands."""
        return check_catalogue(self.folder)

    def said(self, language: str = "en") -> list[str]:
        """All faults as sentences."""
        return [fault.sentence(language) for fault in self.faults()]


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    folder = tmp_path / "catalogue"
    shutil.copytree(PACKAGED, folder)
    return Copy(folder)


Plant = Callable[[Copy], int]

"""Sentences in every language, from a TOML file beside the module that says them.

    say = Sentences(Path(__file__).with_suffix(".toml"))
    say("taken", "nb", lines=3)

The file is read when the first sentence is said.
"""

from __future__ import annotations

import tomllib
from functools import cached_property
from pathlib import Path
from typing import Any


class Sentences:
    """A file of blocks `[key]` with a sentence each for nb, nn and en."""

    def __init__(self, file: Path) -> None:
        self._file = file

    @cached_property
    def entries(self) -> dict[str, Any]:
        """The whole file."""
        return tomllib.loads(self._file.read_text(encoding="utf-8"))

    def of(self, key: str, /) -> Any:
        """What stands under a key, dots between its parts: for a sentence its three forms."""
        found = self.entries
        for part in key.split("."):
            found = found[part]
        return found

    def __call__(self, key: str, language: str, /, **values: object) -> str:
        """The sentence with its values. KeyError where it, the language or a value is missing."""
        return str(self.of(key)[language]).format(**values)

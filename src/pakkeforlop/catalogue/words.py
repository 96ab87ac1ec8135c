"""The words that the catalogue's commands print, in the three languages."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from pakkeforlop.catalogue.model import Catalogue
from pakkeforlop.vocabulary.errors import UsageFault


@cache
def _words() -> dict[str, dict[str, dict[str, str]]]:
    return tomllib.loads((Path(__file__).parent / "texts" / "words.toml").read_text(encoding="utf-8"))


class Words:
    """Words of one language: `words("heading.days")`."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, name: str, **values: object) -> str:
        """The word `group.name`, with its values."""
        group, _, key = name.partition(".")
        return _words()[group][key][self.language].format(**values)

    def yes_no(self, answer: bool) -> str:
        """Yes or no."""
        return self("word.yes" if answer else "word.no")

    def source(self, catalogue: Catalogue, key: str) -> str:
        """A source by its title; the key itself when it is not known."""
        return catalogue.source_named(key, self.language)


class UnknownName(UsageFault):
    """The command was asked about something that the catalogue does not have."""

    def __init__(self, word: str, **values: object) -> None:
        super().__init__("several", count=1)
        self.word, self.shown = word, values

    def what(self, language: str = "nb") -> str:
        """What was asked for, and what can be."""
        return Words(language)(self.word, **self.shown)

    def now(self, language: str = "nb") -> str:  # noqa: ARG002 - the sentence says it all
        """Nothing more."""
        return ""

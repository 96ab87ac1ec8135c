"""What reporting cannot do, as sentences in the reader's language (texts/faults.toml)."""

from __future__ import annotations

from pathlib import Path

from pakkeforlop.vocabulary.sentences import Sentences

told = Sentences(Path(__file__).parent / "texts" / "faults.toml")


class Refused(Exception):
    """Something asked for that cannot be done: `key` names the sentence, `values` stand in it."""

    def __init__(self, key: str, **values: object) -> None:
        self.key, self.values = key, values
        super().__init__(key)

    def sentence(self, language: str) -> str:
        """What is wrong, and what now."""
        return told(self.key, language, **self.values)

    def __str__(self) -> str:
        return self.sentence("nb")

"""The sentences of this door, by key and language."""

from __future__ import annotations

from pathlib import Path

from pakkeforlop.vocabulary.sentences import Sentences

told = Sentences(Path(__file__).parent / "texts" / "npr.toml")

"""The words of the public pages in one language, and how their numbers are written."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from pakkeforlop.vocabulary.texts import Texts

LANGUAGES = ("nb", "nn", "en")
FOLDER = Path(__file__).parent / "texts"


@cache
def load_words(language: str) -> Texts:
    """The texts in `language`."""
    return Texts(language, tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8")))

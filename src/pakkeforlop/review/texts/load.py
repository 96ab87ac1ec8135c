"""The texts of the report, by name, in one language."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from pakkeforlop.vocabulary.texts import MissingText, Texts

__all__ = ["LANGUAGES", "MissingText", "Texts", "load_texts"]
LANGUAGES = ("nb", "nn", "en")


@cache
def load_texts(language: str) -> Texts:
    """The texts in `language`. ValueError for a language that has no file."""
    file = files("pakkeforlop.review.texts").joinpath(f"{language}.toml")
    if not file.is_file():
        raise ValueError(f"There are no texts in {language!r}. Add review/texts/{language}.toml.")
    return Texts(language, tomllib.loads(file.read_text(encoding="utf-8")))

"""The texts of the report, by name, in one language."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from pakkeforlop.vocabulary.texts import MissingText, Texts

__all__ = ["LANGUAGES", "MissingText", "Texts", "load_texts"]
LANGUAGES = ("nb", "nn", "en")


@cache
def load_texts(language: str, in_place: str = "") -> Texts:
    """The texts in `language`. ValueError for a language that has no file.

    in_place: the table of texts that stand in place of others, under the others' own names.
    """
    file = files("pakkeforlop.review.texts").joinpath(f"{language}.toml")
    if not file.is_file():
        raise ValueError(f"There are no texts in {language!r}. Add review/texts/{language}.toml.")
    entries = tomllib.loads(file.read_text(encoding="utf-8"))
    if in_place:
        other = entries
        for part in in_place.split("."):
            other = other[part]
        _put(other, entries)
    return Texts(language, entries)


def _put(other: dict[str, Any], entries: dict[str, Any]) -> None:
    for name, value in other.items():
        if isinstance(value, dict):
            _put(value, entries[name])
        else:
            entries[name] = value

"""The words of the public pages: complete in three languages, and easy to read for patients."""

from __future__ import annotations

import re
import string
import tomllib
from pathlib import Path
from typing import Any

import pytest

from pakkeforlop.publication.site.words import FOLDER, LANGUAGES, load_words

FORMS = {"zero", "one", "other"}
ASKED = re.compile(r"""\bt(?:\.(?:count|many))?\(\s*["']([a-z_]+(?:\.[\w]+)*)["']""")
SITE = FOLDER.parent
MOST_LIX = 35
"""What a text to patients may be at most (readability, Björnsson 1968)."""


def names(entries: dict[str, Any], before: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in entries.items():
        if isinstance(value, dict) and not (set(value) <= FORMS and "other" in value):
            found |= names(value, f"{before}{key}.")
        else:
            found[f"{before}{key}"] = value
    return found


def texts(language: str) -> dict[str, Any]:
    return names(tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8")))


def holes(text: Any) -> set[str]:
    forms = text.values() if isinstance(text, dict) else text if isinstance(text, list) else [text]
    return {hole for form in forms for _, hole, _, _ in string.Formatter().parse(form) if hole} - {"n", "word"}


def test_the_three_languages_have_the_same_texts_with_the_same_values():
    found = {language: texts(language) for language in LANGUAGES}
    for other in ("nn", "en"):
        assert set(found["nb"]) ^ set(found[other]) == set()
        for name, text in found["nb"].items():
            if not name.startswith("format."):
                assert holes(text) == holes(found[other][name]), name
                if isinstance(text, list):
                    assert len(text) == len(found[other][name]), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_and_dates_are_written_as_in_the_report(language: str):
    from importlib.resources import files

    report = files("pakkeforlop.review.texts").joinpath(f"{language}.toml").read_text(encoding="utf-8")
    own = tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    assert own["format"] == tomllib.loads(report)["format"]


def test_every_text_that_is_asked_for_by_its_whole_name_is_there():
    asked = {
        name
        for path in (*SITE.glob("*.py"), *SITE.glob("templates/*.html"))
        for name in ASKED.findall(path.read_text(encoding="utf-8"))
    }
    assert len(asked) > 350
    assert [name for name in sorted(asked) for language in LANGUAGES if not load_words(language).has(name)] == []


def lix(text: str) -> float:
    words = re.findall(r"[\wæøåÆØÅ]+", text)
    sentences = max(1, len(re.findall(r"[.!?:]", text)))
    return len(words) / sentences + 100 * sum(len(word) > 6 for word in words) / len(words)


@pytest.mark.parametrize("language", ["nb", "nn"])
def test_what_is_said_to_patients_is_easy_to_read(language: str):
    told = tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))["patients"]
    text = " ".join(part if isinstance(part, str) else " ".join(part) for key, part in told.items() if key.endswith("told"))
    assert lix(text) <= MOST_LIX


def test_a_plain_file_of_texts_lies_in_the_package(root: Path):
    assert {path.stem for path in FOLDER.glob("*.toml")} == set(LANGUAGES)

"""Texts and formats: every language says the same things, and numbers are written as agreed."""

from __future__ import annotations

import string
from datetime import date
from typing import Any

import pytest

from pakkeforlop.review.texts.load import LANGUAGES, MissingText, Texts, load_texts


def entries(texts: Texts) -> dict[str, Any]:
    found: dict[str, Any] = {}

    def walk(table: dict[str, Any], before: str) -> None:
        for key, value in table.items():
            if isinstance(value, dict):
                walk(value, f"{before}{key}.")
            else:
                found[before + key] = value

    walk(texts._entries, "")
    return found


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", [other for other in LANGUAGES if other != "nb"])
def test_every_language_has_the_same_texts_with_the_same_values(language: str):
    own, bokmal = entries(load_texts(language)), entries(load_texts("nb"))
    assert set(own) == set(bokmal)
    assert {k for k, v in bokmal.items() if isinstance(v, str) and fields(v) != fields(own[k])} == set()
    assert {k for k, v in bokmal.items() if isinstance(v, list) and len(v) != len(own[k])} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_left_in_another_language(language: str):
    """Sentences differ between languages; only signs, short words and formats may be alike."""
    own, bokmal = entries(load_texts(language)), entries(load_texts("nb"))
    if language == "en":
        alike = [
            k
            for k, v in own.items()
            if isinstance(v, str) and v == bokmal[k] and len(fields(v)) == 0 and len(v.split()) > 2
        ]
        assert alike == []


def test_a_missing_text_is_an_error_where_it_is_asked_for():
    texts = load_texts("nb")
    with pytest.raises(MissingText, match=r"no text named 'answer.nope' in nb.toml"):
        texts("answer.nope")
    with pytest.raises(MissingText):
        texts("answer")
    with pytest.raises(KeyError):
        texts("answer.above")
    with pytest.raises(ValueError, match="no texts in 'se'"):
        load_texts("se")


@pytest.mark.parametrize(
    ("within", "total", "shown"),
    [
        (70, 100, "70"),
        (695, 1000, "69,5"),
        (6999, 10000, "69,99"),
        (699, 1000, "69,9"),
        (704, 1000, "70"),
        (1, 3, "33"),
        (2, 3, "67"),
    ],
)
def test_rounding_never_crosses_the_target(within: int, total: int, shown: str):
    assert load_texts("nb").format.per_hundred(within, total, target=70.0) == shown


@pytest.mark.parametrize("total", [3, 7, 97, 1000, 25043])
def test_no_count_is_shown_on_the_wrong_side_of_the_target(total: int):
    form = load_texts("en").format
    for within in range(max(0, int(total * 0.69)), min(total, int(total * 0.71) + 2) + 1):
        for places in (0, 1):
            shown = float(form.per_hundred(within, total, target=70.0, places=places))
            assert (shown >= 70) == (100 * within >= 70 * total)


def test_numbers_and_dates_are_norwegian():
    form = load_texts("nb").format
    assert form.integer(18055) == "18\u202f055"
    assert form.percent(18055, 25043) == "72,1\u00a0%"
    assert form.decimal(-0.4) == "\u22120,4"
    assert form.signed(1.2) == "+1,2"
    assert form.interval(64, 89, 0) == "64–89"
    assert form.long_date(date(2022, 1, 20)) == "20.\u00a0januar 2022"
    assert form.short_date(date(2022, 1, 2)) == "02.01.2022"
    assert form.list_date(date(2022, 1, 21)) == "fr 21.\u00a0jan"
    assert form.tertial(date(2021, 5, 1)) == "2. tertial 2021"
    assert form.span(date(2021, 1, 1), date(2021, 12, 31)) == "2021"
    assert form.span(date(2021, 1, 1), date(2021, 6, 30)).startswith("1.")
    assert (form.days(24.0), form.days(24.5), form.days_reached(40.1)) == ("24", "24,5", "41")


def test_counts_choose_their_form():
    texts = load_texts("nb")
    assert texts.count("facts.rejected", 0) == "ingen rader avvist"
    assert texts.count("facts.rejected", 1) == "1 rad avvist"
    assert texts.count("facts.rejected", 12000) == "12\u202f000 rader avvist"
    assert texts.joined([]) == ""
    assert texts.joined(["a", "b", "c"]) == "a, b og c"

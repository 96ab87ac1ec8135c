"""Whole numbers as addresses and forms carry them."""

from __future__ import annotations

import pytest

from pakkeforlop.vocabulary.numbers import whole


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0), ("7", 7), ("042", 42), ("9" * 18, 999_999_999_999_999_999),
        ("", None), ("-1", None), ("+1", None), (" 1", None), ("1.5", None), ("1e3", None), ("1_0", None),
        ("²", None), ("٣", None), ("9" * 19, None), ("9" * 5000, None),
    ],
)  # fmt: skip
def test_only_plain_digits_are_a_number(text: str, number: int | None):
    assert whole(text) == number

"""The random histories reach every rule: a test that draws only easy ones proves nothing."""

from __future__ import annotations

from collections import Counter
from datetime import date

import numpy as np

from factories import histories as pool
from property import many
from property.engines import limits, places
from reference import plain

OF_THE_REGISTER = set(range(100, 121))
OF_OUR_OWN = set(range(901, 913))
REASONS = {"open", "closed_by_rule", "not_treated", "no_limit", "postponed", "counts"}
ENDS = {"CK", "CU", "CM", "CA", "CI", "FK", "FM", "FS", "FL", "FO", "FI", "X", "R"}


def test_every_message_end_and_reason_comes_up() -> None:
    """Among some thousand histories each is there more than once. (CD is too rare in its two years to ask for.)"""
    chance = np.random.default_rng(3)
    messages: Counter[int] = Counter()
    ends: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for on in pool.AS_OF:
        rows = many.draw(1_500, chance, 0)
        reading = plain.read(rows, as_of=on, places=places(), limits=limits(), patients=many.people(1_500, chance, 0))
        messages.update(line["message"] for line in reading.messages)
        ends.update(line["end"] for line in reading.episodes)
        reasons.update(line["share_reason"] for line in reading.episodes)
    assert {number for number, times in messages.items() if times > 1} >= OF_THE_REGISTER | OF_OUR_OWN
    assert {end for end, times in ends.items() if times > 1} >= ENDS
    assert {reason for reason, times in reasons.items() if times > 1} >= REASONS


def test_a_bulk_comparison_finds_no_difference() -> None:
    """The command that compares a million histories, on some thousand of them."""
    chance = np.random.default_rng(5)
    rows = many.draw(2_000, chance, 0)
    found = list(many.disagreements(rows, many.people(2_000, chance, 0), date(2024, 3, 27)))
    assert not found, found[0]

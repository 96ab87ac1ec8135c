"""Identity numbers: official fictitious ones, every kind, the rule of 2032; none is a living person's."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from pakkeforlop.vocabulary.identity import FIRST, SECOND, Identity, Kind, identity, usable

KINDS = {
    "fnr": (Kind.ORDINARY, False), "dnr": (Kind.D, False), "hnr": (Kind.HELP, False), "fh": (Kind.COMMON_HELP, False),
    "tnr": (Kind.ORDINARY, True), "dnr-and-tnr": (Kind.D, True), "dnr-and-hnr": (Kind.D, False),
}  # fmt: skip


def with_controls(nine: str, remainder: int = 0) -> list[str]:
    """The nine digits with both control digits, the first sum leaving `remainder`; empty where there is no such digit."""
    found = []
    for first in range(10):
        digits = [int(letter) for letter in f"{nine}{first}"]
        if sum(w * d for w, d in zip(FIRST, digits, strict=True)) % 11 == remainder:
            found += [
                f"{nine}{first}{second}"
                for second in range(10)
                if sum(w * d for w, d in zip(SECOND, [*digits, second], strict=True)) % 11 == 0
            ]
    return found


def test_the_published_cases(reference: Path):
    path = reference / "data" / "national-id-cases" / "cases.csv"
    if not path.exists():
        pytest.skip(f"no {path}")
    with path.open(encoding="utf-8", newline="") as file:
        cases = list(csv.DictReader(file))
    assert len(cases) == 32
    for case in cases:
        found = identity(case["number"])
        assert (found is not None) == (case["expected"] == "valid"), case
        if found is not None:
            assert (found.kind, found.synthetic) == KINDS[case["type"]], case


def test_one_number_by_hand():
    """15076500565, an official fictitious person: 3·1+7·5+6·0+1·7+8·6+9·5+4·0+5·0+2·5 = 148, and 148 + 6 = 14·11."""
    assert identity("15076500565") == Identity("15076500565", Kind.ORDINARY)
    assert identity("15076500566") is None


@pytest.mark.parametrize("remainder", [0, 1, 2, 3])
def test_the_rule_of_2032_takes_four_first_control_digits(remainder: int):
    made = [n for nine in ("150765005", "210164009", "120579004") for n in with_controls(nine, remainder)]
    assert made
    assert all(identity(number) for number in made)


@pytest.mark.parametrize("remainder", [4, 5, 6, 7, 8, 9, 10])
def test_and_no_more_than_four(remainder: int):
    made = [n for nine in ("150765005", "210164009", "120579004") for n in with_controls(nine, remainder)]
    assert made
    assert not any(identity(number) for number in made)


@pytest.mark.parametrize(("month", "kind"), [("07", Kind.ORDINARY), ("47", Kind.HELP)])
def test_real_numbers_are_usable_anywhere(month: str, kind: Kind):
    for number in with_controls(f"15{month}65005"):
        assert identity(number) == Identity(number, kind)
        assert usable(number, synthetic=False)


@pytest.mark.parametrize("month", ["87", "72"])
def test_synthetic_numbers_only_where_they_are_let_in(month: str):
    made = [n for end in ("005", "006", "007") for n in with_controls(f"15{month}65{end}")]
    assert made
    for number in made:
        assert identity(number) == Identity(number, Kind.ORDINARY, synthetic=True)
        assert usable(number, synthetic=True)
        assert not usable(number, synthetic=False)


@pytest.mark.parametrize("text", ["", " 15076500565", "15076500565\n", "1507650056", "１５０７６５００５６５", "150765 00565"])
def test_only_eleven_plain_digits(text: str):
    assert identity(text) is None

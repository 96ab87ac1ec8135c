"""Patients are numbered in the order of their ids, and ids of another kind of file find them again."""

import pyarrow as pa
import pytest

from pakkeforlop.episodes.coded import number_patients


@pytest.mark.parametrize(
    ("registered", "asked", "expected"),
    [
        ([12, 10, 11], [10, 12, 13], [0, 2, -1]),
        ([12, 10, 11], ["10", "12", "P10", "", "99999999999999999999"], [0, 2, -1, -1, -1]),
        ([5, 7_000_000_000_000], ["5", "7000000000000", "6", "x"], [0, 1, -1, -1]),
        (["b", "a", "c"], ["c", "a", "z"], [2, 0, -1]),
        (["10", "7"], [7, 10, 8], [1, 0, -1]),
    ],
)
def test_ids_find_their_numbers(registered: list[object], asked: list[object], expected: list[int]) -> None:
    patients = number_patients(pa.chunked_array([pa.array(registered)]))
    assert patients.numbers(pa.chunked_array([pa.array(asked)])).tolist() == expected


def test_names_come_back() -> None:
    for registered in ([12, 10, 11], ["b", "a", "c"], [5, 7_000_000_000_000]):
        patients = number_patients(pa.chunked_array([pa.array(registered)]))
        numbers = patients.numbers(pa.chunked_array([pa.array(registered)]))
        assert patients.names(numbers).to_pylist() == registered

"""Indicators against published figures: matched by number, equal in both counts, the others named."""

from __future__ import annotations

import csv
from pathlib import Path

import pyarrow as pa
import pytest

from factories.figures import write_figures
from pakkeforlop.publication.compare import (
    COLUMNS,
    check_percents,
    compare,
    read_indicators,
    summary_rows,
    write_unequal,
)
from pakkeforlop.publication.likeness.frame import frame_of
from pakkeforlop.publication.published import packaged_figures, read_figures
from pakkeforlop.vocabulary.errors import FileFault, UnreadableFault

BERGEN, GROUP, MEMBER = "983974724", "999999992", "973156829"
FIGURE = {
    "row_id": "F1", "indicator": "OF4", "branch": "all", "pathway_key": "lung", "unit_level": "HF", "unit_name": "Any name",
    "org_nr": BERGEN, "period_type": "tertial", "period_from": "2018-05-01", "period_to": "2018-08-31",
    "numerator": "7", "denominator": "9", "percent": "", "status": "ok", "note": "",
}  # fmt: skip
FOUND = {
    "indicator": "of4_share", "branch": "all", "kind": "", "pathway_key": "lung", "unit_level": "HF", "org_nr": BERGEN,
    "period_type": "tertial", "period_from": "2018-05-01", "sex": "", "age_group": "", "numerator": "7", "denominator": "9",
}  # fmt: skip


@pytest.fixture
def compared(tmp_path, catalogue):
    def run(figures, found, known=None):
        file = read_figures(write_figures(tmp_path / "figures.csv", [{**FIGURE, **row} for row in figures]))
        rows = [{**FOUND, **row} for row in found]
        table = pa.table({name: pa.array([row[name] for row in rows], pa.string()) for name in COLUMNS})
        return compare(table, file, frame_of(catalogue), known)

    return run


def test_equal_counts_are_equal_whatever_the_name(compared):
    assert compared([{"unit_name": "Sykehuset i Østfold HF"}], [{}]).all_rows == (1, 1)


@pytest.mark.parametrize("found", [{"numerator": "6"}, {"denominator": "10"}])
def test_one_count_that_differs_is_unequal(compared, found):
    result = compared([{}], [found])
    assert result.all_rows == (0, 1)
    assert result.unexplained[0].row.row_id == "F1"


def test_a_row_that_is_not_there_is_unequal(compared):
    result = compared([{}], [{"org_nr": "983974694"}])
    assert [(one.row.row_id, one.found) for one in result.unequal] == [("F1", None)]


@pytest.mark.parametrize("other", [{"sex": "1"}, {"age_group": "50-59"}, {"kind": "K"}, {"branch": "K"}])
def test_only_the_plain_figure_is_compared(compared, other):
    assert compared([{}], [other, {"pathway_key": "breast"}]).all_rows == (0, 1)


def test_the_inclusion_share_has_no_branch(compared):
    figure = {"indicator": "OA2", "branch": ""}
    assert compared([figure], [{"indicator": "inclusion_share", "branch": "all"}]).all_rows == (1, 1)


def test_a_private_group_is_its_members(compared):
    figure = {"org_nr": GROUP, "unit_level": "private_group"}
    result = compared([figure], [{"org_nr": MEMBER}])
    assert not result.unequal
    assert result.all_rows == (0, 0)  # not counted among country, regions and trusts
    assert summary_rows(result)[0]["equal"] == 1


def test_a_suppressed_row_should_be_below_five(compared):
    blank = {"numerator": "", "denominator": "", "status": "suppressed"}
    assert (compared([blank], [{"denominator": "4", "numerator": "4"}]).hidden_small) == 1
    assert (compared([blank], [{"denominator": "5", "numerator": "4"}]).hidden_small) == 0


def test_rows_that_are_not_compared_have_a_reason(compared):
    figures = [
        {"row_id": "own_counts", "percent": "12.00"},
        {"row_id": "year", "period_from": "2017-05-01", "period_to": "2017-08-31"},
        {"row_id": "quoted", "status": "quoted"},
        {"row_id": "pathway", "pathway_key": "four_large"},
        {"row_id": "no_data", "status": "no_data", "numerator": "", "denominator": ""},
    ]
    result = compared(figures, [{}])
    assert {one.row.row_id: one.reason for one in result.aside} == {row["row_id"]: row["row_id"] for row in figures}


def test_a_row_known_to_contradict_others_is_unequal_but_explained(compared):
    result = compared([{}], [{"numerator": "6"}], {"F1": "contradicts"})
    assert result.all_rows == (0, 1)
    assert not result.unexplained
    assert result.unequal[0].reason == "contradicts"


def test_unequal_rows_as_a_file(compared, tmp_path):
    result = compared([{}], [{"numerator": "6"}])
    write_unequal(result.unequal, tmp_path / "unequal.csv")
    with (tmp_path / "unequal.csv").open(encoding="utf-8") as stream:
        (row,) = csv.DictReader(stream)
    assert (row["row_id"], row["numerator"], row["found_numerator"]) == ("F1", "7", "6")


def test_the_nine_pathways_of_2015_are_rounded_up_and_testis_is_below_the_target():
    """The background table rounds up: testis prints 70, but 76 of 109 is 69.7."""
    rows = [row for row in packaged_figures().rows if row.row_id in {f"F{n:05d}" for n in range(1, 10)}]
    checks = {check.row.pathway: check for check in check_percents(rows, "up", 70.0)}
    assert len(checks) == 9
    assert all(check.agrees for check in checks.values())
    assert sum(check.agrees for check in check_percents(rows, "nearest", 70.0)) < 9
    assert (checks["testis"].printed, checks["testis"].reached) == (70, False)
    assert [key for key, check in checks.items() if check.reached] == ["bladder", "oesophagus_stomach", "head_neck"]


def test_indicator_files_that_cannot_be_compared(tmp_path):
    with pytest.raises(UnreadableFault):
        read_indicators(Path("no-such-indicators.csv"))
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(FileFault, match="pathway_key"):
        read_indicators(other)

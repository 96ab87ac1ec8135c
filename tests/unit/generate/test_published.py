"""Figures files: what is read, what is refused, and whether a printed percent follows from its counts."""

from __future__ import annotations

import csv
import gzip
from fractions import Fraction
from pathlib import Path

import pytest

from factories.figures import COLUMNS, write_figures
from pakkeforlop.publication.published import packaged_figures, read_figures, rounded, usable
from pakkeforlop.vocabulary.errors import FileFault, UnreadableFault

ROW = {
    "row_id": "1", "indicator": "OF4", "branch": "all", "pathway_key": "lung", "unit_level": "HF", "unit_name": "Name",
    "org_nr": "983974724", "period_type": "tertial", "period_from": "2018-05-01", "period_to": "2018-08-31",
    "numerator": "7", "denominator": "9", "percent": "77.77", "status": "ok", "note": "",
}  # fmt: skip


def read(tmp_path: Path, **changed: str):
    return read_figures(write_figures(tmp_path / "figures.csv", [{**ROW, **changed}])).rows[0]


def test_a_row_has_its_counts_tertial_and_year(tmp_path):
    row = read(tmp_path)
    assert (row.counts, row.tertials, row.year, row.branch) == ((7, 9), (1,), 2018, "all")


@pytest.mark.parametrize(
    ("kind", "first", "last", "tertials"),
    [
        ("year", "2018-01-01", "2018-12-31", (0, 1, 2)),
        ("tertial", "2018-09-01", "2018-12-31", (2,)),
        ("tertial", "2018-09-01", "2018-12-30", ()),
        ("tertial", "2018-02-01", "2018-05-31", ()),
        ("month", "2018-01-01", "2018-01-31", ()),
        ("multi", "2016-01-01", "2018-12-31", ()),
        ("year", "", "", ()),
    ],
)
def test_only_tertials_and_calendar_years_are_periods(tmp_path, kind, first, last, tertials):
    assert read(tmp_path, period_type=kind, period_from=first, period_to=last).tertials == tertials


@pytest.mark.parametrize(
    ("numerator", "denominator", "percent", "follows"),
    [
        ("265", "310", "86", True),  # rounded up
        ("265", "310", "85.48", True),  # cut
        ("52", "64", "81.3", True),  # nearest, half up
        ("3253", "3787", "85.5", False),
        ("7", "9", "", True),  # nothing printed, nothing to follow
        ("2689", "3973", "67.6818", True),
    ],
)
def test_a_printed_percent_follows_from_its_counts(tmp_path, numerator, denominator, percent, follows):
    assert read(tmp_path, numerator=numerator, denominator=denominator, percent=percent).percent_follows is follows


def test_a_note_that_the_percent_does_not_follow_is_believed(tmp_path):
    assert not read(tmp_path, note="published percent does not follow from the published counts").percent_follows


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"numerator": "many"}, "row 1, numerator: “many” is not a whole number"),
        ({"period_from": "1. mai"}, "row 1, period_from: “1. mai” is not a date"),
        ({"numerator": "10"}, "row 1: the numerator 10 is above the denominator 9"),
    ],
)
def test_a_faulty_cell_is_told_with_its_place(tmp_path, changed, told):
    with pytest.raises(FileFault) as found:
        read(tmp_path, **changed)
    assert told in found.value.sentence("en")


def test_missing_columns_are_named(tmp_path):
    path = tmp_path / "figures.csv"
    path.write_text("indicator,org_nr\nOF4,1\n", encoding="utf-8")
    with pytest.raises(FileFault, match="denominator") as found:
        read_figures(path)
    assert "pathway_key" in found.value.sentence("en")


def test_a_file_that_is_not_there():
    with pytest.raises(UnreadableFault):
        read_figures(Path("no-such-figures.csv"))


def test_no_data_is_a_negative_count(tmp_path):
    row = read(tmp_path, numerator="-10000000", denominator="-10000000", status="no_data")
    assert row.counts is None


def test_packed_files_and_other_delimiters_are_read(tmp_path):
    plain = write_figures(tmp_path / "figures.csv", [ROW])
    packed = tmp_path / "figures.csv.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    semicolons = tmp_path / "semicolons.csv"
    with semicolons.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS, delimiter=";")
        writer.writeheader()
        writer.writerow(ROW)
    assert read_figures(packed).rows == read_figures(plain).rows == read_figures(semicolons).rows
    assert read_figures(packed).sha256 == read_figures(plain).sha256


def test_half_a_packed_file(tmp_path):
    packed = tmp_path / "figures.csv.gz"
    packed.write_bytes(gzip.compress(write_figures(tmp_path / "figures.csv", [ROW]).read_bytes())[:60])
    with pytest.raises(FileFault):
        read_figures(packed)


@pytest.mark.parametrize(("how", "places", "shown"), [("up", 0, 86), ("cut", 0, 85), ("nearest", 0, 85)])
def test_rounding(how, places, shown):
    assert rounded(Fraction(26500, 310), how, places) == shown


def test_the_packaged_figures_are_four_years_and_15790_usable_rows():
    figures = packaged_figures()
    assert figures.years == (2015, 2017, 2019, 2021)
    rows = [row for row in usable(figures.rows) if row.indicator in ("OF4", "OA2") and row.level != "private_group"]
    assert len(rows) == 15_790


@pytest.mark.reference
def test_the_packaged_figures_are_the_reference_ones(reference):
    figures = read_figures(reference / "domain" / "published_figures.csv")
    assert figures.sha256 == packaged_figures().sha256

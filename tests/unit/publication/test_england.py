"""England's published waiting times: halves kept, bands whole, and nothing counted twice."""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path

import pytest

from pakkeforlop.publication.england import COUNTRY, added, packaged, parts, read, reduced, whole, write
from pakkeforlop.vocabulary.errors import FileFault

FOLDER = "data/nhs-cwt-2023-24"
HEAD = "period,code,name,route,cancer,total,within,after,within_31_days,after_31_days,published_share\n"


def test_a_patient_shared_by_two_hospitals_counts_half_for_each(tmp_path: Path):
    path = tmp_path / "rows.csv"
    path.write_text(HEAD + "2023-10,A,A,ALL ROUTES,ALL CANCERS,0.5,0.5,0,0.5,0,1\n2023-10,B,B,ALL ROUTES,ALL CANCERS,2.5,1,1.5,1,1.5,0.4\n")
    [country] = added(whole(read(path, 62)), "period")
    assert (country.total, country.within) == (3, Fraction(3, 2))
    assert country.bands == (("within_31_days", Fraction(3, 2)), ("after_31_days", Fraction(3, 2)))


@pytest.mark.parametrize("row", ["2023-10,A,A,R,C,5,3,1,3,2,0.6", "2023-10,A,A,R,C,5,3,2,3,1,0.6"])
def test_a_row_that_contradicts_itself_is_refused(tmp_path: Path, row: str):
    path = tmp_path / "rows.csv"
    path.write_text(HEAD + row + "\n")
    with pytest.raises(FileFault):
        read(path, 62)


@pytest.mark.reference
@pytest.mark.parametrize("standard", [28, 31, 62])
def test_providers_add_up_to_the_published_country(reference: Path, standard: int):
    """By period, route and cancer, with every band; and totals equal their parts, so either may be read and never both."""
    rows = read(reference / FOLDER / f"{standard}day_providers.csv.gz", standard)
    published = read(reference / FOLDER / f"{standard}day_england_totals.csv", standard)
    keyed = {(one.period, one.route, one.cancer): one for one in added(rows, "period", "route", "cancer")}
    assert len(published) == len(keyed)
    for one in published:
        mine = keyed[one.period, one.route, one.cancer]
        assert (mine.total, mine.within, mine.bands) == (one.total, one.within, one.bands)
    if standard == 62:
        once = sum(one.total for one in whole(rows))
        assert sum(one.total for one in parts(rows)) == once
        assert sum(one.total for one in rows) > once


@pytest.mark.reference
def test_the_year_and_every_provider_of_the_reference(reference: Path):
    """212,054.5 of 319,219.5; and 143 providers with their halves."""
    rows = reduced(reference / FOLDER)
    providers = {one.code: one for one in rows if one.code != COUNTRY}
    assert sum(one.within for one in providers.values()) == Fraction("212054.5")
    assert sum(one.total for one in providers.values()) == Fraction("319219.5")
    with (reference / FOLDER / "expected_funnel_62day.csv").open(encoding="utf-8") as stream:
        expected = list(csv.DictReader(stream))
    assert len(expected) == 143 == sum(one.total >= 10 for one in providers.values())
    for row in expected:
        one = providers[row["code"]]
        assert (one.within, one.total) == (Fraction(row["numerator"]), Fraction(row["denominator"]))


@pytest.mark.reference
def test_what_comes_with_the_product_is_what_the_published_files_give(reference: Path):
    import lzma

    from pakkeforlop.publication.england import PACKAGED

    assert lzma.decompress(write(reduced(reference / FOLDER))) == lzma.decompress(PACKAGED.read_bytes())


@pytest.mark.reference
def test_the_funnel_of_the_page_is_the_reference_funnel(reference: Path):
    """101 outside the 99.8 per cent limits by chance alone, 12 after ordinary differences: as FunnelPlotR has them."""
    from pakkeforlop.charts.variation.funnel import Z_998, funnel

    with (reference / FOLDER / "expected_funnel_62day.csv").open(encoding="utf-8") as stream:
        expected = {row["code"]: row for row in csv.DictReader(stream)}
    large = [one for one in packaged() if one.standard == 62 and one.code != COUNTRY and one.total >= 10]
    found = funnel([float(one.within) for one in large], [float(one.total) for one in large])
    assert found is not None
    assert found.target == pytest.approx(0.6643069409, rel=1e-9)
    assert found.dispersion == pytest.approx(59.96444514, rel=1e-8)
    assert found.between == pytest.approx(0.006672078677, rel=1e-8)
    for one in large:
        row = expected[one.code]
        low, high = found.limits(float(one.total), z=Z_998)
        assert (low, high) == pytest.approx((float(row["odll998"]), float(row["odul998"])), rel=1e-7)
        assert found.is_outside(float(one.within), float(one.total), z=Z_998) == (row["od_out_998"] == "1")
        low, high = found.limits(float(one.total), z=Z_998, ordinary=False)
        assert (not low <= one.within / one.total <= high) == (row["out_998"] == "1")

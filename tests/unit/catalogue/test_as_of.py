"""A pathway on a day, and what differs between two days."""

from __future__ import annotations

from datetime import date

import pytest

from pakkeforlop.catalogue.as_of import codes_on, find_pathway, has_inclusion, pathway_on
from pakkeforlop.catalogue.compare import differences

BEFORE, AFTER = date(2021, 4, 30), date(2021, 5, 1)


@pytest.mark.parametrize("text", ["A01", "a01", "breast", "Brystkreft", "Bryst", " Breast cancer "])
def test_a_pathway_is_found_by_code_key_or_name(catalogue, text):
    assert find_pathway(catalogue, text).code == "A01"


@pytest.mark.parametrize("text", ["", "A99", "cancer"])
def test_what_names_no_pathway_finds_none(catalogue, text):
    assert find_pathway(catalogue, text) is None


def test_melanoma_has_the_name_of_the_day(catalogue):
    melanoma = catalogue.pathway_by_key("melanoma")
    assert pathway_on(catalogue, melanoma, BEFORE).name.nb == "Føflekkreft"
    assert pathway_on(catalogue, melanoma, AFTER).name.nb == "Malignt melanom"


def test_a_removed_pathway_has_nothing_the_day_after(catalogue):
    cll = catalogue.pathway_by_key("cll")
    last, gone = pathway_on(catalogue, cll, BEFORE), pathway_on(catalogue, cll, AFTER)
    assert (last.in_use, len(last.limits), len(last.codes)) == (True, 6, 16)
    assert (gone.in_use, len(gone.limits), len(gone.codes)) == (False, 0, 0)


def test_codes_of_a_day(catalogue):
    breast = catalogue.pathways["A01"]
    suffixes = {code.code[3:] for code in codes_on(catalogue, breast, date(2016, 12, 31))}
    assert "B" in suffixes
    assert not {"AA", "P"} & suffixes
    suffixes = {code.code[3:] for code in codes_on(catalogue, breast, date(2020, 1, 1))}
    assert {"AA", "P"} <= suffixes
    assert "B" not in suffixes


def test_thyroid_loses_the_inclusion_share(catalogue):
    thyroid = catalogue.pathway_by_key("thyroid")
    assert has_inclusion(thyroid, date(2022, 12, 31))
    assert not has_inclusion(thyroid, date(2023, 1, 1))


def test_what_changed_on_1_may_2021(catalogue):
    found = {(d.subject, d.what, d.detail, d.before, d.after) for d in differences(catalogue, BEFORE, AFTER)}
    assert found == {
        ("A01", "limit", "OF2", "7", "12"),
        ("A01", "limit", "OF4 K", "27", "32"),
        ("A01", "limit", "OF4 M", "24", "29"),
        ("A03", "in_use", "", "Kronisk lymfatisk leukemi (KLL)", ""),
        ("A05", "in_use", "", "Akutt leukemi og høyrisiko myelodysplasi", ""),
        ("A18", "limit", "OF3 K", "14", "28"),
        ("A18", "limit", "OF3 M", "21", "14"),
        ("A18", "limit", "OF4 K", "31", "45"),
        ("A18", "limit", "OF4 M", "38", "31"),
        ("A38", "name", "", "Føflekkreft", "Malignt melanom"),
    }
    assert {d.since for d in differences(catalogue, BEFORE, AFTER)} == {AFTER}


def test_a_hospital_that_moved(catalogue):
    (moved,) = differences(catalogue, date(2019, 1, 31), date(2019, 2, 1))
    assert (moved.subject, moved.what, moved.since) == ("974631776", "trust", date(2019, 2, 1))
    assert (moved.before, moved.after) == ("Sykehuset Innlandet HF", "Akershus universitetssykehus HF")


def test_backwards_is_the_same_the_other_way_round(catalogue):
    there = differences(catalogue, BEFORE, AFTER)
    back = differences(catalogue, AFTER, BEFORE)
    assert [(d.subject, d.detail, d.before, d.after) for d in there] == [
        (d.subject, d.detail, d.after, d.before) for d in back
    ]


def test_nothing_differs_from_one_day_to_itself(catalogue):
    assert differences(catalogue, AFTER, AFTER) == []


def test_only_one_pathway_when_it_is_named(catalogue):
    breast = catalogue.pathways["A01"]
    assert {d.subject for d in differences(catalogue, BEFORE, AFTER, pathway=breast)} == {"A01"}

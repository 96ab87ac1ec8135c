"""How many there are of each, on the days when the numbers are known."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from pakkeforlop.catalogue.as_of import in_use, valid_on

ORGAN, METASTASIS, DIAGNOSTIC, MENTAL = "organ_specific", "metastasis", "diagnostic", "mental_health"


def test_there_are_28_pathways_in_three_families_and_three_for_mental_health(catalogue):
    families = Counter(p.family for p in catalogue.pathways.values())
    assert families == {ORGAN: 26, METASTASIS: 1, DIAGNOSTIC: 1, MENTAL: 3}


@pytest.mark.parametrize(
    ("day", "organ_specific", "total"),
    [
        ("2014-12-31", 0, 0),
        ("2015-01-01", 4, 4),
        ("2015-04-30", 4, 4),
        ("2015-05-01", 13, 14),
        ("2015-08-31", 13, 14),
        ("2015-09-01", 26, 28),
        ("2018-12-31", 26, 28),
        ("2019-01-01", 26, 31),
        ("2021-04-30", 26, 31),
        ("2021-05-01", 24, 29),
    ],
)
def test_pathways_in_use_on_a_day(catalogue, day, organ_specific, total):
    used = [p for p in catalogue.pathways.values() if in_use(p, date.fromisoformat(day))]
    assert len(used) == total
    assert sum(p.family == ORGAN for p in used) == organ_specific


def test_there_are_727_codes(catalogue):
    assert Counter(code.list for code in catalogue.codes.values()) == {"8480": 472, "9327": 254, "NCMP": 1}


@pytest.mark.parametrize(
    ("day", "count", "made_of"),
    [
        ("2016-11-28", 416, 386 + 28 + 2),
        ("2016-12-31", 416, 386 + 28 + 2),
        ("2017-01-01", 386, 26 * 14 + 14 + 8),
        ("2018-03-09", 386, 26 * 14 + 14 + 8),
        ("2019-12-31", 386, 26 * 14 + 14 + 8),
        ("2020-01-01", 442, 26 * 16 + 16 + 10),
        ("2021-04-30", 442, 26 * 16 + 16 + 10),
        ("2021-05-01", 410, 442 - 2 * 16),
    ],
)
def test_cancer_codes_valid_on_a_day(catalogue, day, count, made_of):
    """The combined list of codes had these numbers on the days it was read; the two removed pathways leave 32 fewer."""
    codes = [code for code in catalogue.codes.values() if code.list == "8480"]
    assert sum(valid_on(code, date.fromisoformat(day)) for code in codes) == count == made_of


def test_suffixes_of_today_by_family(catalogue):
    today = date(2024, 1, 1)
    count = dict.fromkeys(catalogue.families, 0)
    for key, family in catalogue.families.items():
        count[key] = sum(event.valid_to is None or event.valid_to >= today for event in family.event)
    assert count == {ORGAN: 16, METASTASIS: 16, DIAGNOSTIC: 10, MENTAL: 33}


def test_units(catalogue):
    kinds = Counter(trust.kind for trust in catalogue.trusts.values())
    assert len(catalogue.regions) == 4
    assert kinds["trust"] + kinds["private_non_profit"] == 23
    assert kinds["private_non_profit"] == 3
    assert (kinds["other_unit"], kinds["group"]) == (5, 4)
    assert sum(len(hospital.belongs) for hospital in catalogue.hospitals.values()) == 67
    assert len(catalogue.hospitals) == 66, "one hospital has belonged to two trusts"
    assert sum(bool(hospital.radiotherapy_unit) for hospital in catalogue.hospitals.values()) == 9


def test_messages_of_the_register_and_our_own(catalogue):
    numbers = set(catalogue.messages)
    assert set(range(100, 121)) <= numbers
    assert set(range(901, 913)) <= numbers
    assert {201, 208, 211, 216, 221, 222, 223, 224, 225} <= numbers
    aside = {n for n, message in catalogue.messages.items() if message.sets_aside and n < 200}
    assert aside == {101, 102, 103, 104, 105, 106, 107, 112, 113, 114, 115, 120}
    own = {n for n, message in catalogue.messages.items() if message.sets_aside and n > 900}
    assert own == {913, 914, 915}, "the register has no numbers for these in mental health"


def test_indicators_have_a_definition_each(catalogue):
    assert set(catalogue.indicators) == set(
        "of4_share of1_days of2_days of3_days of4_days inclusion_share pathways_started pathways_decided "
        "pathways_completed pathways_open pathways_postponed missing_first_attendance missing_decision "
        "missing_treatment messages registration_delay_days evaluation_days".split()
    )


def test_published_indicator_numbers_are_199_to_225_and_the_diagnostic_pathways_own(catalogue):
    numbers = [pathway.figures.nki_id for pathway in catalogue.pathways.values() if pathway.figures]
    assert sorted(numbers) == [52, *range(199, 226)]


def test_only_organ_specific_pathways_are_in_the_total(catalogue):
    totals = {key: family.total for key, family in catalogue.families.items()}
    assert totals == {ORGAN: "all_organ_specific", METASTASIS: "", DIAGNOSTIC: "", MENTAL: ""}


def test_breast_lung_and_colorectal_close_without_surveillance(catalogue):
    figures = {p.key: p.figures for p in catalogue.pathways.values() if p.figures}
    closed = {key: "".join(found.branches) for key, found in figures.items() if found.branches_add_up}
    assert closed == {"breast": "KM", "lung": "KMS", "colorectal": "KMS", "prostate": "KMSO"}


def test_four_pathways_have_no_inclusion_share_and_one_lost_it(catalogue):
    pathways = [p for p in catalogue.pathways.values() if p.family != MENTAL]
    none = {p.key for p in pathways if not p.inclusion}
    assert none == {"sarcoma", "neuroendocrine", "metastasis_unknown_origin", "diagnostic"}
    assert {p.key: p.inclusion_last_day for p in pathways if p.inclusion_last_day} == {"thyroid": date(2022, 12, 31)}
    assert {p.key: p.inclusion_below_age for p in pathways if p.inclusion_below_age} == {"children": 18}


def test_ages_tell_children_from_adults(catalogue):
    for pathway in catalogue.pathways.values():
        if pathway.family == MENTAL:
            continue
        ages = (pathway.min_age, pathway.min_age_message, pathway.max_age, pathway.max_age_message)
        assert ages == ((None, 0, 17, 116) if pathway.key == "children" else (18, 117, None, 0))

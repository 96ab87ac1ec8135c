"""Which trust and region a number means, on which day."""

from __future__ import annotations

from datetime import date

import pytest

KONGSVINGER, NEW = "974631776", date(2021, 6, 1)


@pytest.mark.parametrize(("day", "trust"), [("2019-01-31", "innlandet"), ("2019-02-01", "ahus")])
def test_a_hospital_changes_trust_on_a_day_and_keeps_its_number(catalogue, day, trust):
    assert catalogue.units.trust_of(KONGSVINGER, on=date.fromisoformat(day)) == trust


@pytest.mark.parametrize(
    ("text", "trust", "hospital", "level"),
    [
        ("974589095", "ous", "974589095", "hospital"),  # Ullevål
        ("9745890950", "ous", "974589095", "hospital"),  # its radiotherapy unit
        ("993467049", "ous", "", "trust"),
        ("983971652", "ous", "", "trust"),  # Aker, before 2010
        ("ous", "ous", "", "trust"),
        (" 993 467 049 ", "ous", "", "trust"),
        ("984027737", "haraldsplass", "", "trust"),
        ("974316285", "haraldsplass", "974316285", "hospital"),
        ("973156829", "haugesund_revmatisme", "", "trust"),
    ],
)
def test_what_an_institution_means(catalogue, text, trust, hospital, level):
    unit = catalogue.units.resolve(text)
    assert (unit.trust(NEW), unit.hospital, unit.level) == (trust, hospital, level)


@pytest.mark.parametrize("text", ["", "123456789", "Oslo", "98346704"])
def test_an_unknown_institution_is_nobody(catalogue, text):
    assert catalogue.units.resolve(text) is None
    assert catalogue.units.trust_of(text, on=NEW) is None
    assert catalogue.units.region_of(text, on=NEW) is None


def test_regions_and_the_country_are_in_no_trust(catalogue):
    for number, level in (("991324968", "region"), ("900000000", "country")):
        assert catalogue.units.resolve(number).level == level
        assert catalogue.units.trust_of(number, on=NEW) is None
    assert catalogue.units.region_of("991324968", on=NEW) == "helse_sor_ost"


def test_every_hospital_lies_in_a_region_every_day(catalogue):
    for number in catalogue.hospitals:
        for day in (date(2015, 1, 1), date(2019, 1, 31), date(2019, 2, 1), date(2025, 12, 31)):
            assert catalogue.units.region_of(number, on=day) in catalogue.regions


def test_the_same_place_is_the_same_hospital_or_the_same_trust_that_day(catalogue):
    same, before = catalogue.units.same_place, date(2019, 1, 31)
    assert same("974589095", "874716782", on=NEW), "two hospitals of one trust"
    assert same("974589095", "9745890950", on=NEW), "a hospital and its radiotherapy unit"
    assert not same("974589095", "974706490", on=NEW)
    assert same(KONGSVINGER, "974724960", on=before), "Kongsvinger and Hamar were in the same trust"
    assert not same(KONGSVINGER, "974724960", on=NEW)
    assert same("123456789", "123456789", on=NEW), "an unknown number is itself"
    assert not same("123456789", "987654321", on=NEW)


def test_the_hospitals_of_a_trust_on_a_day(catalogue):
    assert KONGSVINGER in catalogue.units.hospitals_of("innlandet", on=date(2019, 1, 31))
    assert KONGSVINGER not in catalogue.units.hospitals_of("innlandet", on=date(2019, 2, 1))


def test_a_new_site_is_not_shown_before_it_opened_but_its_number_is_known(catalogue):
    site = "933784835"
    assert site not in catalogue.units.hospitals_of("stavanger", on=date(2024, 12, 31))
    assert site in catalogue.units.hospitals_of("stavanger", on=date(2025, 1, 1))
    assert catalogue.units.trust_of(site, on=date(2024, 12, 31)) == "stavanger", "only the year is known"


def test_the_units_of_the_private_group_are_folded_into_it(catalogue):
    folded = {key for key, trust in catalogue.trusts.items() if trust.group == "helse_vest_private"}
    assert folded == {"haugesund_revmatisme", "bergen_legevakt"}

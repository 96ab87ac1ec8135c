"""Mental health and substance use as shipped: files of the catalogue, held against the list of codes both ways."""

from __future__ import annotations

import csv
import re
from datetime import date
from pathlib import Path

import pytest

import pakkeforlop
from conftest import reference_folder
from pakkeforlop.catalogue.as_of import pathway_on
from pakkeforlop.catalogue.model import Need


def test_what_each_code_asks_for(catalogue):
    events = {event.suffix: event for event in catalogue.families["mental_health"].event}
    assert all(events[f"C{kind}"].needs == (Need(missing=("attendance",), message=208),) for kind in "AIKPSTU")
    assert events["M"].needs == (Need(present=("decision",), message=211),)
    assert [events[letter].needs[0].message for letter in "EF"] == [221, 222]
    assert {event.repeat for event in events.values()} == {"keep"}
    assert {event.after_end for event in events.values() if event.closes} == {225}
    assert catalogue.families["mental_health"].unknown_code == 201
    assert [suffix for suffix, event in events.items() if event.opens] == ["A"]


def test_the_young_have_an_age(catalogue):
    assert (catalogue.pathways["D12"].max_age, catalogue.pathways["D12"].max_age_message) == (17, 216)
    assert (catalogue.pathways["D11"].min_age, catalogue.pathways["D11"].max_age) == (None, None)


@pytest.mark.parametrize(("prefix", "codes"), [("D01", 32), ("D11", 32), ("D12", 32)])
def test_codes_of_the_list_and_their_official_labels(catalogue, prefix, codes):
    shown = pathway_on(catalogue, catalogue.pathways[prefix], date(2024, 1, 1))
    assert len(shown.codes) == codes
    assert len({code.code for code in shown.codes}) == codes
    assert all(";" in code.nb for code in shown.codes)


def test_other_prefixes_are_known_but_not_linked(catalogue):
    """All 254 codes are in the catalogue; five prefixes have no rules yet."""
    known = {code[:3] for code in catalogue.codes if code.startswith("D")}
    assert known - set(catalogue.pathways) == {"D06", "D07", "D08", "D09", "D10"}
    assert sum(code.startswith("D") for code in catalogue.codes) == 254
    assert "WMFG11" in catalogue.codes


@pytest.mark.reference
def test_every_code_of_the_published_lists_stands_in_the_catalogue(catalogue):
    """472 of cancer, 254 of mental health and substance use, and pathway home's own, with their official words."""
    with (reference_folder() / "domain" / "codes.csv").open(encoding="utf-8-sig", newline="") as stream:
        listed = {row["code_pattern"]: row["meaning_no"] for row in csv.DictReader(stream)}
    assert {code: found.nb for code, found in catalogue.codes.items()} == listed
    assert sum(code[0] in "ABC" for code in listed) == 472
    assert sum(code[0] == "D" for code in listed) == 254
    assert "WMFG11" in listed


@pytest.mark.parametrize("module", ["episodes/kernel.py", "episodes/link.py", "indicators/cube.py", "indicators/cohort.py"])
def test_the_engine_knows_no_pathway_by_name(catalogue, module):
    """No prefix, key or family stands in what links and counts: they are data."""
    source = (Path(pakkeforlop.__file__).parent / module).read_text(encoding="utf-8")
    names = {*catalogue.pathways, *(one.key for one in catalogue.pathways.values()), *catalogue.families}
    assert names & set(re.findall(r"[A-Za-z_0-9]+", source)) == set()


def test_a_suffix_that_the_list_does_not_have_is_found(copy):
    copy.change("pathways/d01_substance_use.toml", 'suffixes = ["A", ', 'suffixes = ["A", "UV", ')
    (fault,) = copy.faults()
    assert fault.said.key == "derived_not_listed"


def test_a_share_may_not_run_from_a_point_that_can_be_missing(copy):
    """The engine would have nothing to count from."""
    copy.change("families/mental_health.toml", "[place]", 'share_from = "attendance"\nshare_to = "decision"\n[place]')
    (fault,) = copy.faults()
    assert (fault.path, fault.said.key) == ("share_from", "share_not_from_start")
    assert "attendance may be missing" in fault.sentence("en")

"""Who carries a pathway after transfers, which codes the appointments speak for, and which referrals meet criteria."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from pakkeforlop.coordination.carrying import Asked, Carried, Coded, carried
from pakkeforlop.coordination.criteria import criteria, meets
from pakkeforlop.coordination.proposing import Attended, drafts

DAY = date(2022, 1, 10)


def on(n: int) -> date:
    return DAY + timedelta(days=n)


@pytest.mark.parametrize(
    ("codes", "asked", "wanted"),
    [
        ("A0h1 S3h1", "", Carried("h1")),
        ("A0h1 S3h1 O5h1", "", Carried("h1", "h1", "", on(5))),
        ("A0h1 S3h1 O5h1", "6h2", Carried("h1", "h1", "h2", on(5))),
        ("A0h1 S3h1 O5h1", "4h2", Carried("h1", "h1", "", on(5))),  # asked before it was sent
        ("A0h1 S3h1 O5h1 A6h2", "6h2", Carried("h2", came_on=on(6))),
        ("A0h1 O5h1 A5h2", "", Carried("h2", came_on=on(5))),  # sent and received on one day
        ("A0h1 O5h1 A6h2 O9h2", "", Carried("h2", "h2", "", on(9), on(6))),
        ("A0h1 O5h1 A6h2 O9h2 A10h1", "", Carried("h1", came_on=on(10))),
        ("A0h1 A4h2", "", Carried("h2")),  # received without having been sent
        ("A0h1 O5h1 A6h1b", "", Carried("h1b", came_on=None)),  # the same place answers: no transfer between trusts
    ],
)
def test_who_carries_the_pathway(codes, asked, wanted):
    def row(text: str) -> Coded:
        day, place = text[1:].split("h")
        return Coded("A01" + text[0], on(int(day)), "h" + place)

    wishes = [Asked(on(int(text[0])), text[1:]) for text in asked.split()]
    found = carried(
        [row(text) for text in codes.split()], wishes, start="h1", same_place=lambda a, b: a[:2] == b[:2]
    )
    assert found == wanted


@pytest.mark.parametrize(
    ("phase", "visit", "wanted"),
    [
        ("first_attendance", ("attendance", 2, ""), "A12S"),
        ("first_attendance", ("examination", 2, ""), "A12S"),
        ("first_attendance", ("mdt", 2, "reseksjon besluttet"), None),
        ("first_attendance", ("attendance", -1, ""), None),  # before the start
        ("workup", ("talk", 2, "Reseksjon besluttet"), "A12CK"),
        ("workup", ("mdt", 2, "ikke kreft"), "A12CI"),
        ("workup", ("talk", 2, "godartet polypp"), "A12CA"),
        ("workup", ("talk", 2, "venter på svar"), None),
        ("workup", ("examination", 2, "operasjon besluttet"), None),
        ("treatment", ("surgery", 2, ""), "A12FK"),
        ("treatment", ("medical", 2, ""), "A12FM"),
        ("treatment", ("radiotherapy", 2, ""), "A12FS"),
        ("treatment", ("talk", 2, ""), None),
    ],
)
def test_a_code_is_proposed_when_the_records_say_it(catalogue: Any, phase, visit, wanted):
    kind, n, result = visit
    attended = [Attended(kind, on(n), "h1", "Time", result)]
    found = drafts("A12", start=DAY, phase=phase, attended=attended, known=catalogue.codes)
    assert [(one.code, one.day) for one in found] == ([] if wanted is None else [(wanted, on(n))])


def test_metastases_are_decided_with_cu(catalogue: Any):
    attended = [Attended("talk", on(2), "h1", "Samtale", "behandling besluttet")]
    assert drafts("B01", start=DAY, phase="workup", attended=attended, known=catalogue.codes)[0].code == "B01CU"


@pytest.mark.parametrize(
    ("diagnosis", "text", "age", "wanted"),
    [
        ("C34.1", "", 60, ("A26", "diagnosis")),
        ("", "Røntgen viser tumor i høyre lunge", 60, ("A26", "criteria")),
        ("", "Blodig oppspytt i to uker", 60, ("A26", "suspicion")),
        ("", "Blod i avføring", 62, ("A12", "criteria")),
        ("", "Blod i avføring", 32, None),
        ("C43.5", "Blodig oppspytt", 60, ("A38", "diagnosis")),
        ("", "Kontroll av blodtrykk", 60, None),
        ("", "Kul i venstre bryst", None, ("A01", "criteria")),
    ],
)
def test_unmarked_referrals_that_meet_criteria(catalogue: Any, diagnosis, text, age, wanted):
    found = meets(diagnosis, text, age=age, catalogue=catalogue)
    assert (None if found is None else (found.pathway, found.sure)) == wanted


def test_criteria_name_pathways_and_sources_that_exist(catalogue: Any):
    import tomllib
    from importlib.resources import files

    listed = tomllib.loads(files("pakkeforlop.coordination").joinpath("data/criteria.toml").read_text("utf-8"))
    assert {one.pathway for one in criteria()} <= set(catalogue.pathways)
    assert {entry["source"] for entry in listed["criterion"]} <= set(catalogue.sources)

"""Who carries a pathway after transfers, which codes the appointments speak for, and which referrals meet criteria."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from pakkeforlop.coordination.carrying import Asked, Carried, Coded, carried
from pakkeforlop.coordination.criteria import criteria, meets
from pakkeforlop.coordination.proposing import Facts, Happened, drafts, pathway_for_age

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


PHASES = {
    "first_attendance": Facts(start=DAY, hospital="h1", here_since=DAY),
    "workup": Facts(start=DAY, attendance=on(1), hospital="h1", here_since=DAY),
    "treatment": Facts(start=DAY, attendance=on(1), decision=on(1), hospital="h1", here_since=DAY),
    "none": Facts(),
    "ended": Facts(ended=on(2), quiet_until=on(2)),
    "treated": Facts(ended=on(-2), quiet_until=on(3)),
    "sent": Facts(start=DAY, attendance=on(1), sent=on(2), hospital="h1", here_since=DAY),
    "back": Facts(start=DAY, attendance=on(1), hospital="h1", here_since=on(20)),
}


def spoken(catalogue: Any, prefix: str, facts: Facts, *happened: Happened) -> list[tuple[str, date]]:
    found = drafts(prefix, facts, happened, catalogue=catalogue, same_place=lambda a, b: a[:2] == b[:2])
    assert all(one.evidence and one.rule for one in found)
    return [(one.code, one.day) for one in found]


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
    happened = Happened(kind, on(n), "h1", "Time", result, pathway="A12")
    assert spoken(catalogue, "A12", PHASES[phase], happened) == ([] if wanted is None else [(wanted, on(n))])


@pytest.mark.parametrize(
    ("phase", "event", "wanted"),
    [
        ("workup", {"kind": "mdt", "finding": "cancer", "result": "ikke kreft"}, "A12CK"),  # what is coded outweighs words
        ("workup", {"kind": "mdt", "finding": "recommended", "result": "operasjon besluttet"}, None),
        ("workup", {"kind": "pathology", "finding": "cancer"}, None),  # an answer is no decision
        ("workup", {"kind": "mdt", "finding": "cancer", "pathway": "A26"}, None),  # another pathway
        ("first_attendance", {"kind": "surgery"}, None),
        ("treatment", {"kind": "radiotherapy", "finding": "palliative"}, "A12FL"),
        ("treatment", {"kind": "choice", "finding": "withdraws"}, "A12X"),
        ("treatment", {"kind": "choice", "finding": "private_in_pathway"}, None),
        ("treatment", {"kind": "choice", "finding": "postpones"}, "A12P"),
        ("workup", {"kind": "choice", "finding": "postpones"}, None),
        ("workup", {"kind": "death"}, "A12X"),
        ("workup", {"kind": "transfer_sent"}, "A12O"),
        ("workup", {"kind": "transfer_sent", "institution": "h2"}, None),  # not theirs to send
        ("sent", {"kind": "transfer_sent"}, None),  # sent already
        ("sent", {"kind": "transfer_received", "institution": "h2"}, "A12A"),
        ("sent", {"kind": "transfer_received", "institution": "h1b"}, None),
        ("back", {"kind": "transfer_received", "institution": "h2"}, None),  # of before it came back
        ("none", {"kind": "referral", "finding": "marked"}, "A12A"),
        ("none", {"kind": "referral"}, None),
        ("none", {"kind": "referral", "finding": "by_specialist"}, "A12AA"),
        ("none", {"kind": "pathology", "finding": "cancer"}, "A12A"),
        ("none", {"kind": "pathology", "finding": "no_disease"}, None),
        ("none", {"kind": "imaging", "finding": "suspicion", "pathway": "", "towards": "A12"}, "A12A"),
        ("none", {"kind": "attendance"}, None),
        ("ended", {"kind": "imaging", "finding": "suspicion"}, "A12A"),
        ("ended", {"kind": "imaging", "finding": "suspicion", "day": on(2)}, None),  # on the day it ended
        ("treated", {"kind": "pathology", "finding": "cancer"}, None),  # of the operation
        ("treated", {"kind": "pathology", "finding": "cancer", "day": on(4)}, "A12A"),
        ("treated", {"kind": "referral", "finding": "marked"}, "A12A"),
        ("first_attendance", {"kind": "imaging", "finding": "suspicion"}, None),  # where the suspicion arose
    ],
)
def test_an_event_speaks_for_a_code_or_for_none(catalogue: Any, phase, event, wanted):
    told = {"kind": "", "day": on(3), "institution": "h1", "text": "", "pathway": "A12", **event}
    assert spoken(catalogue, "A12", PHASES[phase], Happened(**told)) == ([] if wanted is None else [(wanted, told["day"])])


def test_an_assessed_referral_gets_the_day_it_was_received(catalogue: Any):
    told = Happened("assessment", on(3), "h1", "", finding="into_pathway", pathway="A26", received=on(1))
    assert spoken(catalogue, "A26", Facts(), told) == [("A26A", on(1))]
    assert spoken(catalogue, "A26", Facts(), Happened("assessment", on(3), "h1", "", finding="into_pathway", pathway="A26")) == []


def test_a_radical_operation_is_the_decision_once_pathology_confirms_it(catalogue: Any):
    operated = Happened("surgery", on(2), "h1", "Hemikolektomi", finding="radical", pathway="A12")
    answer = Happened("pathology", on(6), "h1", "Preparat", "adenokarsinom", "cancer", "A12")
    assert spoken(catalogue, "A12", PHASES["first_attendance"], operated) == []
    assert spoken(catalogue, "A12", PHASES["workup"], operated, answer) == [("A12CK", on(2))]
    decided = Facts(start=DAY, attendance=on(1), decision=on(2), hospital="h1", here_since=DAY)
    assert spoken(catalogue, "A12", decided, operated, answer) == [("A12FK", on(2))]


def test_what_is_registered_is_not_proposed_again_and_codes_have_their_days(catalogue: Any):
    told = Happened("transfer_sent", on(3), "h1", "Brev", pathway="A12")
    known = Facts(start=DAY, hospital="h1", here_since=DAY, coded=frozenset({("A12O", on(3), "h1")}))
    assert spoken(catalogue, "A12", known, told) == []
    early = Happened("referral", date(2019, 5, 1), "h1", "", finding="by_specialist", pathway="A12")
    assert spoken(catalogue, "A12", Facts(), early) == []  # AA came in 2020
    lapsed = Happened("referral", date(2021, 5, 1), "h1", "", finding="marked", pathway="A03")
    assert spoken(catalogue, "A03", Facts(), lapsed) == []


@pytest.mark.parametrize(
    ("prefix", "born", "wanted"),
    [
        ("A26", date(2004, 1, 11), "A30"),  # 17, and 18 the day after
        ("A26", date(2004, 1, 10), "A26"),  # the 18th birthday
        ("A30", date(2004, 1, 10), ""),
        ("A30", date(2010, 1, 1), "A30"),
        ("A26", None, "A26"),
        ("A99", date(1950, 1, 1), ""),
    ],
)
def test_children_go_to_the_childrens_pathway(catalogue: Any, prefix, born, wanted):
    assert pathway_for_age(prefix, born, DAY, catalogue) == wanted


def test_metastases_are_decided_with_cu(catalogue: Any):
    told = Happened("talk", on(2), "h1", "Samtale", "behandling besluttet", pathway="B01")
    assert spoken(catalogue, "B01", PHASES["workup"], told) == [("B01CU", on(2))]


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

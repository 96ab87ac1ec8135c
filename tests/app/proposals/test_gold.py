"""The gold set: the 41 cases of the guides as events. At least 95 % exact code and date, and none without evidence."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.proposals.arriving import FIRST, NOW, PLACES, arrive, confirm_all, day, event, patient, register
from pakkeforlop.coding.models import Registration
from pakkeforlop.coordination.models import Proposal

pytestmark = pytest.mark.django_db
CASES = tomllib.loads((Path(__file__).parent / "gold.toml").read_text(encoding="utf-8"))["case"]
LEAST = 0.95


def written(line: str) -> tuple[Any, ...]:
    n, code, place = line.split()
    return code, day(n), PLACES[place]


def proposed(case: dict[str, Any], name: str) -> list[Proposal]:
    """What the case's events lead to when every proposal is confirmed."""
    who = patient(name, **({"born": case["born"]} if "born" in case else {}))
    for line in case.get("before", []):
        n, code, place = line.split()
        register(who, code, day(n), place)
    told = case.get("told", [0] * len(case["events"]))
    for number, (line, late) in enumerate(zip(case["events"], told, strict=True)):
        arrive(event(f"{name}-{number}", name, line), at=NOW + timedelta(days=late - 60))
    return confirm_all()


def test_the_set_has_every_case():
    assert {case["number"] for case in CASES} == set(range(1, 42))
    assert day("0") == FIRST


def test_events_give_the_codes_and_dates_of_the_guides(capsys: Any):
    wanted = right = extra = without = 0
    wrong = []
    for index, case in enumerate(CASES):
        made = proposed(case, f"case{index}")
        got = [(one.code, one.event_date, one.institution) for one in made]
        expected = [written(line) for line in case["codes"]]
        wanted += len(expected)
        right += sum(one in got for one in expected)
        extra += sum(one not in expected for one in got)
        without += sum(not (one.evidence.strip() and one.rule and one.event_id) for one in made)
        if sorted(got) != sorted(expected):
            wrong.append((case["number"], case["title"], sorted(set(got) ^ set(expected), key=str)))
    share = right / (wanted + extra)
    with capsys.disabled():
        print(f"\ngold set: {len(CASES)} courses of 41 cases, {right} of {wanted} codes exact, {extra} too many: {share:.1%}")
        for one in wrong:
            print("  ", one)
    assert without == 0
    assert share >= LEAST


def test_confirming_is_what_registers():
    arrive(event("e1", patient("p").source_id, "0 referral h1 A12 finding=marked"))
    assert Proposal.objects.get().state == "open"
    assert not Registration.objects.exists()
    confirm_all()
    assert Proposal.objects.get().state == "confirmed"
    assert Registration.objects.get().source == "proposal"

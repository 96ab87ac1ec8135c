"""400 patients with one planted fault each, and 100 with none: each on its lists, once, and none of the others."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest

from app.work.filling import FORDE, HAUKELAND, TODAY, fill
from pakkeforlop.coordination.flags import Flag, answer_overdue, nothing_booked, stale
from pakkeforlop.coordination.models import WorklistRow
from pakkeforlop.coordination.queries.lists import LISTS, group_case, order_case
from pakkeforlop.coordination.ranking import Facts, group, within_group
from pakkeforlop.exchange.generate.ward.scenes import SCENES
from pakkeforlop.exchange.generate.ward.ward import planted

pytestmark = pytest.mark.django_db
FAULT_LISTS = [name for name in LISTS if name not in ("open", "task")]


@pytest.fixture(scope="module")
def ward() -> Any:
    return planted(today=TODAY, seed=7, hospital=HAUKELAND, other=FORDE)


@pytest.fixture
def people(ward: Any) -> Any:
    return fill(ward)


def lists_of(on: date) -> dict[str, list[str]]:
    rows = WorklistRow.objects.filter(closed=False)
    return {
        name: list(rows.filter(LISTS[name](on)).values_list("patient__source_id", flat=True)) for name in FAULT_LISTS
    }


def test_every_fault_is_planted(ward: Any):
    assert set(ward.scene_of.values()) >= set(SCENES)
    assert min(Counter(scene for scene in ward.scene_of.values() if scene in SCENES).values()) >= 33
    assert len(ward.scene_of) == 500


def test_each_fault_is_on_its_lists_once_and_the_clean_ones_on_none(ward: Any, people: Any):
    found = lists_of(TODAY)
    for name, patients in found.items():
        twice = [patient for patient, n in Counter(patients).items() if n > 1]
        assert not twice, (name, twice)
    where = {patient: {name for name, there in found.items() if patient in there} for patient in people}
    wrong = {
        patient: (ward.scene_of[patient], sorted(where[patient]))
        for patient in people
        if where[patient] != ward.lists_of[patient]
    }
    assert not wrong, list(wrong.items())[:8]


def test_every_open_pathway_has_exactly_one_row(people: Any):
    rows = Counter(WorklistRow.objects.filter(closed=False).values_list("patient__source_id", flat=True))
    assert set(rows) == set(people)
    assert set(rows.values()) == {1}


def test_the_database_ranks_each_row_as_the_rule_does(people: Any):
    rows = WorklistRow.objects.annotate(rank=group_case(TODAY), order=order_case(TODAY))
    for row in rows:
        facts = Facts(row.phase_due, row.whole_due, row.next_on, row.answer_due, row.flags)
        assert row.rank == group(facts, today=TODAY), row.patient.source_id
        order = row.order if isinstance(row.order, date) else date.fromisoformat(row.order)
        assert order == within_group(facts, today=TODAY)


def test_the_database_lists_each_row_as_the_rule_does(people: Any):
    by_rule = {
        "nothing_booked": lambda row: nothing_booked(row.next_on, today=TODAY),
        "answer_overdue": lambda row: answer_overdue(row.answer_due, today=TODAY),
        "stale": lambda row: stale(row.last_touched, row.next_on, today=TODAY),
        "missed": lambda row: bool(row.flags & Flag.MISSED),
        "missing_code": lambda row: bool(row.flags & (Flag.MISSING_CODE | Flag.PROPOSED)),
    }
    rows = list(WorklistRow.objects.all())
    for name, rule in by_rule.items():
        listed = set(WorklistRow.objects.filter(LISTS[name](TODAY)).values_list("pk", flat=True))
        assert listed == {row.pk for row in rows if rule(row)}, name
        assert 0 < len(listed) < len(rows)

"""Where a pathway stands: small tables that can be worked out by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from pakkeforlop.coordination.phase import Points, days, standing

D = date


def at(catalogue: Any, pathway: str, points: Points) -> Any:
    definition = catalogue.pathways[pathway]
    return standing(definition, catalogue.families[definition.family], points)


@pytest.mark.parametrize(
    ("pathway", "points", "phase", "limit", "due", "whole", "whole_due"),
    [
        # breast: 7, 12 (7 before May 2021), surgery 13, medical 10; whole 32 and 29 (27 and 24 before)
        ("A01", Points(D(2022, 1, 3)), "first_attendance", 7, D(2022, 1, 10), 32, D(2022, 2, 4)),
        ("A01", Points(D(2022, 1, 3), D(2022, 1, 7)), "workup", 12, D(2022, 1, 19), 32, D(2022, 2, 4)),
        ("A01", Points(D(2021, 4, 30), D(2021, 5, 3)), "workup", 7, D(2021, 5, 10), 27, D(2021, 5, 27)),
        ("A01", Points(D(2021, 5, 1), D(2021, 5, 3)), "workup", 12, D(2021, 5, 15), 32, D(2021, 6, 2)),
        ("A01", Points(D(2022, 1, 3), D(2022, 1, 7), D(2022, 1, 14)), "treatment", 13, D(2022, 1, 27), 32, D(2022, 2, 4)),
        ("A01", Points(D(2022, 1, 3), D(2022, 1, 7), D(2022, 1, 14), "M"), "treatment", 10, D(2022, 1, 24), 29, D(2022, 2, 1)),
        ("A01", Points(D(2022, 1, 3), D(2022, 1, 7), D(2022, 1, 14), "S"), "treatment", 13, D(2022, 1, 27), 32, D(2022, 2, 4)),
        # a decision without a first attendance: the treatment is waited for
        ("A01", Points(D(2022, 1, 3), None, D(2022, 1, 14)), "treatment", 13, D(2022, 1, 27), 32, D(2022, 2, 4)),
        # the diagnostic pathway ends with its decision: OF1 + OF2 = 7 + 15
        ("C01", Points(D(2022, 1, 3)), "first_attendance", 7, D(2022, 1, 10), 22, D(2022, 1, 25)),
    ],
)
def test_the_limit_in_force_at_the_start_holds(catalogue: Any, pathway, points, phase, limit, due, whole, whole_due):
    found = at(catalogue, pathway, points)
    assert (found.phase, found.limit, found.due) == (phase, limit, due)
    assert (found.whole_limit, found.whole_due) == (whole, whole_due)


def test_the_longest_limit_holds_while_no_treatment_is_planned(catalogue: Any):
    """Lung: 14 days to surgery and radiotherapy, 7 to medical treatment."""
    points = (D(2022, 1, 3), D(2022, 1, 6), D(2022, 1, 12))
    assert at(catalogue, "A26", Points(*points)).limit == 14
    assert at(catalogue, "A26", Points(*points, "M")).limit == 7


@pytest.mark.parametrize(
    ("today", "used", "left"),
    [(D(2022, 1, 3), 0, 7), (D(2022, 1, 9), 6, 1), (D(2022, 1, 10), 7, 0), (D(2022, 1, 11), 8, -1)],
)
def test_the_last_day_is_within(today, used, left):
    assert days(D(2022, 1, 3), D(2022, 1, 10), today=today) == (used, left)


def test_without_a_limit_nothing_is_left_or_over():
    assert days(D(2022, 1, 3), None, today=D(2022, 3, 1)) == (57, None)

"""Times between milestones, small enough to count by hand."""

from __future__ import annotations

from datetime import date, timedelta

import pyarrow as pa

from pakkeforlop.exchange.logs.spans import span_between, spans_by


def table(*cases):
    """Cases by (days to the second milestone, or None when it is missing); None alone: no first one either."""
    first = date(2024, 1, 1)
    rows = []
    for number, days in enumerate(cases):
        rows.append((f"c{number}", "a", None if days == "none" else first))
        rows.append((f"c{number}", "b", None if days in (None, "none") else first + timedelta(days=days)))
    return pa.table(
        {
            "case": [row[0] for row in rows],
            "milestone": [row[1] for row in rows],
            "date": pa.array([row[2] for row in rows], pa.date32()),
        }
    )


def test_a_span_counts_what_there_is():
    """Five have both: one backwards, one on the day; one is open, one has no start."""
    span = span_between(table(0, 10, 20, 40, -3, None, "none"), "a", "b")
    assert (span.cases, span.both, span.out_of_order, span.same_day) == (7, 5, 1, 1)
    assert (span.censored, span.without_first) == (1, 1)
    assert span.days == (0, 10, 20, 40)
    assert [span.within(days) for days in (0, 9, 10, 40)] == [1, 1, 2, 4]


def test_quantiles_are_of_type_7():
    """Of 0, 10, 20, 40: the point .25 lies at (4 - 1) x .25 = .75 of the way, so at 7.5."""
    statistics = span_between(table(0, 10, 20, 40), "a", "b").statistics()
    assert (statistics["p25"], statistics["median"], statistics["p75"]) == (7.5, 15.0, 25.0)
    assert (statistics["mean"], statistics["min"], statistics["max"]) == (17.5, 0, 40)


def test_nothing_to_count_is_nothing_and_not_zero():
    statistics = span_between(table(None, "none"), "a", "b").statistics()
    assert (statistics["n"], statistics["median"]) == (0, None)


def test_groups_below_the_least_number_are_left_out():
    groups = {"x": {"c0", "c1"}, "y": {"c2"}}
    found = spans_by(table(1, 3, 5), "a", "b", groups, at_least=2)
    assert {name: span.days for name, span in found.items()} == {"x": (1, 3)}

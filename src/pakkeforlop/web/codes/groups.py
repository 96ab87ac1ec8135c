"""The lists as groups of rows: a page of the one that is chosen, or the beginning of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pakkeforlop.coordination.queries import codes_lists
from pakkeforlop.coordination.queries.codes_lists import MOST, PAGE, Asked, Coder
from pakkeforlop.reporting.queries.returns import rejected
from pakkeforlop.web.codes.asked import LISTED, address
from pakkeforlop.web.codes.presenter import (
    RowView,
    cancer_rows,
    downgraded_rows,
    gap_rows,
    marked_rows,
    proposed_rows,
    returned_rows,
)
from pakkeforlop.web.words import Words


@dataclass(frozen=True)
class Group:
    """A list under its head; `n` in all. `more` leads to the rest where only its beginning is shown."""

    kind: str
    title: str
    rule: str
    rows: list[RowView]
    n: int
    more: str = ""


@dataclass(frozen=True)
class Found:
    """Every list as it is filtered, with how many rows it has."""

    lists: dict[str, Any]
    counts: dict[str, int]

    def rows(self, name: str, first: int, last: int) -> Sequence[Any]:
        """Some rows of a list."""
        return list(self.lists[name][first:last])


def found(asked: Asked, me: Coder) -> Found:
    """The lists under some filters; a page asks for the rows that it shows."""
    lists: dict[str, Any] = {
        "proposed": codes_lists.proposals(asked, for_=me),
        "gap": codes_lists.gaps(asked, for_=me),
        "returned": rejected(asked, for_=me),
        "marked": codes_lists.marked(asked, for_=me),
        "downgraded": codes_lists.downgraded(asked, for_=me),
        "cancer": codes_lists.without_pathway(asked, for_=me),
    }
    return Found(lists, {name: len(rows) if isinstance(rows, list) else rows.count() for name, rows in lists.items()})


def pages_of(asked: Asked, there: Found) -> int:
    """How many pages the chosen list has; one where several lists stand together."""
    return max(1, -(-there.counts.get(asked.view, 0) // PAGE)) if asked.view else 1


def groups(asked: Asked, there: Found, t: Words, me: Coder, *, page: int) -> tuple[list[Group], list[int]]:
    """The groups of the page, and the patients that they show, for the access log."""
    made, patients = [], []
    for name in (asked.view,) if asked.view else LISTED:
        if name not in there.lists:
            continue
        first = (page - 1) * PAGE if asked.view else 0
        rows = there.rows(name, first, first + (PAGE if asked.view else MOST))
        if not rows:
            continue
        patients += [row.patient_id for row in rows if row.patient_id is not None]
        n = there.counts[name]
        rule = f"{t.count(f'codes.count.{name}', n)} · {t(f'codes.rule.{name}')}"
        more = address(asked, view=name) if not asked.view and n > len(rows) else ""
        made.append(Group(name, t(f"codes.group.{name}"), rule, drawn(name, rows, t, me), n, more))
    return made, list(dict.fromkeys(patients))


def drawn(name: str, rows: Sequence[Any], t: Words, me: Coder) -> list[RowView]:
    """Rows of a list in words."""
    if name == "proposed":
        return proposed_rows(rows, t, on=me.on)
    if name == "gap":
        return gap_rows(rows, codes_lists.last_traces(rows, on=me.on), t, on=me.on)
    if name == "returned":
        return returned_rows(rows, t)
    if name == "downgraded":
        return downgraded_rows(rows, t)
    if name == "cancer":
        return cancer_rows(rows, [codes_lists.pathways_of(row.icd10) for row in rows], t)
    return marked_rows(rows, t)

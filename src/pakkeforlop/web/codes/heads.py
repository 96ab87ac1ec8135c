"""What stands over the lists: the answer in a sentence, tabs with counts, filters, and the months of back-coding."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import parse_qsl

from django.utils.timezone import localtime
from markupsafe import Markup

from pakkeforlop.catalogue.load import load_catalogue
from pakkeforlop.coordination.queries import codes_lists
from pakkeforlop.coordination.queries.codes_lists import Asked, Coder, Counted
from pakkeforlop.coordination.queries.panel import saved_views
from pakkeforlop.reporting.queries.history import senders
from pakkeforlop.reporting.queries.locks import locks
from pakkeforlop.reporting.rounds import locked_from
from pakkeforlop.web.codes.asked import LISTED, VIEWS, address
from pakkeforlop.web.codes.groups import Found
from pakkeforlop.web.layout.frame import unit_name
from pakkeforlop.web.words import Words
from pakkeforlop.web.worklist.presenter import pathway_name

SAVED = "codes"
"""The page that named views of these lists belong to."""
CODED_IN = {"marked": "registration__code", "returned": "code"}
"""Where a list's rows have the code that tells their pathway, when they have no column for it."""


def sentence(asked: Asked, there: Found, me: Coder, t: Words) -> Markup:
    """How many pathways lack something, of the month's or of those that are open, and when the period is locked."""
    lists = [codes_lists.places(there.lists[name], CODED_IN.get(name, "pathway")) for name in LISTED]
    n, base = codes_lists.lacking(asked, lists, for_=me)
    if asked.month:
        said = t.html("codes.sum.month", month=month_name(asked.month, t).capitalize(), n=n, of=base)
    else:
        said = t.html("codes.sum.all", n=n, of=base)
    return Markup("{} {}").format(said, _lock(asked, me, t))


def _lock(asked: Asked, me: Coder, t: Words) -> str:
    """Whether the year of the month (or the earliest that stands open) is locked, and when it can be at the soonest."""
    done = locked_years(me)
    year = int(asked.month[:4]) if asked.month else me.on.year - (me.on.year - 1 not in done)
    when = done.get(year)
    day = when or locked_from(year)
    told = t.long_day(day) if day.year == me.on.year else t("layout.day_and_year", day=t.long_day(day), year=day.year)
    if when is not None:
        return t("codes.lock.locked", year=year, day=told)
    return t("codes.lock.late" if me.on >= day else "codes.lock.coming", year=year, day=told)


def locked_years(me: Coder) -> dict[int, date]:
    """The years that every trust of the person's units has locked, and the day on which the last of them did."""
    found: dict[int, dict[str, date]] = {}
    for row in locks(scope=me.scope, on=me.on):
        found.setdefault(row.first.year, {})[row.sender] = localtime(row.locked_at).date()
    trusts = set(senders(me.scope, on=me.on))
    return {year: max(days.values()) for year, days in found.items() if trusts <= days.keys()}


def tabs(asked: Asked, there: Found, backlog: int, t: Words) -> list[dict[str, Any]]:
    """The lists as tabs, each with its count."""
    counts = {**there.counts, "backlog": backlog, "": sum(there.counts[name] for name in LISTED)}
    return [
        {
            "url": address(asked, view=name),
            "text": t(f"codes.tab.{name or 'all'}"),
            "current": asked.view == name,
            "n": counts[name],
        }
        for name in ("", *VIEWS)
    ]


def saved(user_id: int, asked: Asked) -> list[dict[str, Any]]:
    """The person's own named views of these lists."""
    here = address(asked)
    found = [(view, address(_of(view.query))) for view in saved_views(user_id, SAVED)]
    return [{"id": view.pk, "name": view.name, "url": url, "current": url == here} for view, url in found]


def _of(query: str) -> Asked:
    return Asked.read(dict(parse_qsl(query)), VIEWS)


def selects(asked: Asked, there: Sequence[Counted], t: Words) -> list[dict[str, Any]]:
    """The filters as selects: the units, months and pathways that the unfiltered lists have (`there`)."""
    known = {one.pathway for one in there} & load_catalogue().pathways.keys()
    named = sorted(((prefix, f"{pathway_name(prefix, t)} {prefix}") for prefix in known), key=lambda one: one[1])
    units = sorted(((unit, unit_name(unit)) for unit in {one.unit for one in there}), key=lambda one: one[1])
    months = sorted({one.month for one in there if one.month}, reverse=True)
    return [
        {"name": "unit", "label": t("codes.filter.unit"), "value": asked.unit,
         "choices": [("", t("codes.filter.all_units")), *units]},
        {"name": "month", "label": t("codes.filter.month"), "value": asked.month,
         "choices": [("", t("codes.filter.all_months")), *((month, month_name(month, t)) for month in months)]},
        {"name": "pathway", "label": t("codes.filter.pathway"), "value": asked.pathway,
         "choices": [("", t("codes.filter.all_pathways")), *named]},
    ]  # fmt: skip


def backlog_lines(asked: Asked, counted: Any, me: Coder, t: Words) -> list[dict[str, Any]]:
    """A line for each unit and month, latest month first, with whether its year is locked."""
    done = locked_years(me)
    return [
        {
            "unit": unit_name(unit),
            "month": month_name(month, t),
            "n": n,
            "locked": int(month[:4]) in done,
            "url": address(asked, view="", unit=unit, month=month),
        }
        for (unit, month), n in sorted(counted.items(), key=lambda item: (item[0][1], item[0][0]), reverse=True)
    ]


def month_name(month: str, t: Words) -> str:
    """`desember 2021`."""
    year, number = month.split("-")
    return f"{t.many('layout.months')[int(number) - 1]} {year}"

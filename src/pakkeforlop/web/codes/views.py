"""The page of missing codes: lists by filter, counts in the tabs, the answer first."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render

from pakkeforlop.access.rights import Right
from pakkeforlop.catalogue.load import load_catalogue
from pakkeforlop.coordination.actions.new_cancers import REASONS
from pakkeforlop.coordination.queries import codes_lists
from pakkeforlop.coordination.queries.codes_lists import MOST, Asked, Coder
from pakkeforlop.web import clock
from pakkeforlop.web.codes.asked import VIEWS, address
from pakkeforlop.web.codes.presenter import RowView, cancer_rows, gap_rows, marked_rows, proposed_rows
from pakkeforlop.web.layout.frame import unit_name
from pakkeforlop.web.layout.seeking import sought
from pakkeforlop.web.words import Words, words
from pakkeforlop.web.worklist.presenter import pathway_name

LISTED = ("proposed", "gap", "marked")
"""The lists that stand together when no view is chosen."""


@dataclass(frozen=True)
class Group:
    """A list under its head; `n` in all, of which the first MOST are shown."""

    kind: str
    title: str
    rule: str
    rows: list[RowView]
    n: int


def missing(request: Any) -> HttpResponse:
    """The lists as the address asks for them."""
    on, t = clock.today(), words()
    me = codes_lists.coder(request.user, on=on)
    asked = Asked.read({**request.GET.dict(), "q": sought(request)}, VIEWS)
    found: dict[str, Any] = {
        "proposed": codes_lists.proposals(asked, for_=me),
        "gap": codes_lists.gaps(asked, for_=me),
        "marked": codes_lists.marked(asked, for_=me),
    }
    cancers = codes_lists.without_pathway(asked, for_=me)
    backlog = codes_lists.backlog(asked, for_=me)
    counts = {name: rows.count() for name, rows in found.items()}
    counts |= {"cancer": len(cancers), "backlog": sum(backlog.values())}
    groups = _groups(asked, found, cancers, counts, t, me)
    request.listed = list(_listed(asked, found, cancers))
    places = {place for name in LISTED for place in _places(name, found[name])}
    base = codes_lists.of_month(asked, for_=me) | places
    return render(
        request,
        "codes/missing.html",
        {
            "asked": asked,
            "query": urlencode(asked.pairs()),
            "groups": groups,
            "tabs": _tabs(asked, counts, t),
            "selects": _selects(asked, me, t),
            "sum": _sum(asked, len(places), len(base), t),
            "backlog": _backlog(asked, backlog, t) if asked.view == "backlog" else [],
            "reasons": [("", t("codes.reason.choose")), *((name, t(f"codes.reason.{name}")) for name in REASONS)],
            "open": str(request.GET.get("open", "")),
            "key": uuid.uuid4().hex,
            "may_code": request.access.may(Right.CODE),
            "now": clock.now(),
        },
    )


def _groups(
    asked: Asked, found: dict[str, Any], cancers: Any, counts: dict[str, int], t: Words, me: Coder
) -> list[Group]:
    shown = LISTED if not asked.view else (asked.view,) if asked.view != "backlog" else ()
    groups = []
    for name in shown:
        rows = _rows(name, found, cancers, t, me)
        if rows:
            title, count = t(f"codes.group.{name}"), t.count(f"codes.count.{name}", counts[name])
            groups.append(Group(name, title, f"{count} · {t(f'codes.rule.{name}')}", rows, counts[name]))
    return groups


def _rows(name: str, found: dict[str, Any], cancers: Any, t: Words, me: Coder) -> list[RowView]:
    if name == "cancer":
        shown = cancers[:MOST]
        return cancer_rows(shown, [codes_lists.pathways_of(row.icd10) for row in shown], t)
    rows = list(found[name][:MOST])
    if name == "proposed":
        return proposed_rows(rows, t, on=me.on)
    if name == "gap":
        return gap_rows(rows, codes_lists.last_traces(rows, on=me.on), t, on=me.on)
    return marked_rows(rows, t)


def _listed(asked: Asked, found: dict[str, Any], cancers: Any) -> set[int]:
    """The patients that the page shows, for the access log."""
    shown = LISTED if not asked.view else (asked.view,)
    ids = {pk for name in shown if name in found for pk in found[name].values_list("patient_id", flat=True)[:MOST]}
    return ids | ({row.patient_id for row in cancers[:MOST]} if asked.view == "cancer" else set())


def _places(name: str, rows: Any) -> set[tuple[int, str]]:
    column = "registration__code" if name == "marked" else "pathway"
    return {(patient, prefix[:3]) for patient, prefix in rows.order_by().values_list("patient_id", column)}


def _sum(asked: Asked, lacking: int, base: int, t: Words) -> str:
    if not asked.month:
        return str(t.html("codes.sum.all", n=lacking, of=base))
    return str(t.html("codes.sum.month", month=month_name(asked.month, t).capitalize(), n=lacking, of=base))


def _tabs(asked: Asked, counts: dict[str, int], t: Words) -> list[dict[str, Any]]:
    tabs = [("", sum(counts[name] for name in LISTED)), *((name, counts[name]) for name in VIEWS)]
    return [
        {
            "url": address(asked, view=name),
            "text": t(f"codes.tab.{name or 'all'}"),
            "current": asked.view == name,
            "n": n,
        }
        for name, n in tabs
    ]


def _selects(asked: Asked, me: Coder, t: Words) -> list[dict[str, Any]]:
    there, months, pathways = codes_lists.units_and_months(for_=me)
    known = [prefix for prefix in pathways if prefix in load_catalogue().pathways]
    named = sorted(((prefix, f"{pathway_name(prefix, t)} {prefix}") for prefix in known), key=lambda one: one[1])
    return [
        {"name": "unit", "label": t("codes.filter.unit"), "value": asked.unit,
         "choices": [("", t("codes.filter.all_units")), *((unit, unit_name(unit)) for unit in there)]},
        {"name": "month", "label": t("codes.filter.month"), "value": asked.month,
         "choices": [("", t("codes.filter.all_months")), *((month, month_name(month, t)) for month in months)]},
        {"name": "pathway", "label": t("codes.filter.pathway"), "value": asked.pathway,
         "choices": [("", t("codes.filter.all_pathways")), *named]},
    ]  # fmt: skip


def _backlog(asked: Asked, counted: Any, t: Words) -> list[dict[str, Any]]:
    """A line for each unit and month, latest month first."""
    return [
        {
            "unit": unit_name(unit),
            "month": month_name(month, t),
            "n": n,
            "url": address(asked, view="", unit=unit, month=month),
        }
        for (unit, month), n in sorted(counted.items(), key=lambda item: (item[0][1], item[0][0]), reverse=True)
    ]


def month_name(month: str, t: Words) -> str:
    """`desember 2021`."""
    year, number = month.split("-")
    return f"{t.many('layout.months')[int(number) - 1]} {year}"


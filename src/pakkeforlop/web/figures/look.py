"""The figures of a unit now, by pathway: counted from the store's registrations when the page is asked for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from markupsafe import Markup

from pakkeforlop.access.rights import Right
from pakkeforlop.catalogue.load import load_catalogue
from pakkeforlop.indicators.frame import percents
from pakkeforlop.reporting.queries.behind import behind, pathways_of
from pakkeforlop.reporting.queries.figures import Figure, counted
from pakkeforlop.web import clock
from pakkeforlop.web.figures.asked import PERIODS, Asked, asked_of, period_name
from pakkeforlop.web.figures.views import has_report
from pakkeforlop.web.layout.frame import unit_name
from pakkeforlop.web.words import Words, words
from pakkeforlop.web.worklist.presenter import pathway_name

SHARE, INCLUSION, TOGETHER = "of4_share", "inclusion_share", "all_organ_specific"
EXPLAINED = (SHARE, INCLUSION, "pathways_started", "pathways_open", "missing_treatment")
OPENED = ("started", "open", "counts", "over", "waiting")


@dataclass(frozen=True)
class Number:
    """A number of the table, and where it opens; no address where there is nothing behind it or one may not look."""

    n: int
    text: str
    url: str = ""
    said: str = ""
    """What it is, for screen readers."""


@dataclass(frozen=True)
class Line:
    """A pathway, or all organ-specific ones together."""

    name: str
    numbers: dict[str, Number]
    percent: str
    interval: str
    median: str
    p90: str
    inclusion: Number
    together: bool = False
    """Whether the pathway is one of the organ-specific ones, which are added up."""


def look(request: Any) -> HttpResponse:
    """The page. Whoever may see patients too can open each number to its pathways."""
    t, asked = words(), asked_of(request)
    if not asked.unit:
        return render(request, "figures/nothing.html", {"report": has_report()})
    found = counted(asked.unit, asked.days, as_of=asked.on)
    told = {
        (row["indicator"], row["pathway_key"]): row for row in found.rows
        if row["org_nr"] == asked.unit and row["period_type"] == asked.type and row["period_from"] == asked.days[0]
        and row["branch"] == "all" and not row["kind"]
    }  # fmt: skip
    pathways = pathways_of(found.linking, asked.cell, asked.prefixes)
    opens = request.access.scope(Right.PATIENT)
    lines = []
    for prefix in asked.prefixes:
        mine = [one for one in pathways if one["pathway"] == prefix]
        counts = {kind: len(behind(mine, kind, asked.cell)) for kind in OPENED}
        pathway = load_catalogue().pathways[prefix]
        key = pathway.key
        if any(counts.values()) or (INCLUSION, key) in told:
            address = _address(asked, prefix) if opens.covers(asked.unit, prefix) else ""
            line = _line(pathway_name(prefix, t), key, told, counts, address, t)
            lines.append(replace(line, together=pathway.family == "organ_specific"))
    whole = told.get((SHARE, TOGETHER)) if _all(asked) else None
    return render(
        request,
        "figures/look.html",
        {
            "asked": asked,
            "unit": unit_name(asked.unit),
            "units": [(number, unit_name(number)) for number in asked.choices],
            "periods": [(name, period_name(name, asked.on, t)) for name in PERIODS],
            "period": period_name(asked.period, asked.on, t),
            "answer": _answer(asked, whole or _only(asked, told), lines, t),
            "lines": lines,
            "total": _total(told, whole, lines, t),
            "explained": [_explained(key, t) for key in EXPLAINED],
            "cancers_url": f"{reverse('missing_codes')}?view=cancer" if request.access.may(Right.CODING_LISTS) else "",
            "report": has_report(),
            "now": clock.now(),
        },
    )


def _address(asked: Asked, prefix: str) -> str:
    return f"{reverse('figures_behind')}?{asked.query}&pathway={prefix}&what="


def _all(asked: Asked) -> bool:
    """Whether the person may see every pathway there: then the sum of them is told too."""
    return set(asked.prefixes) == set(load_catalogue().pathways)


def _only(asked: Asked, told: dict[Any, Figure]) -> Figure | None:
    """The share of the one pathway that someone leads."""
    if len(asked.prefixes) != 1:
        return None
    return told.get((SHARE, load_catalogue().pathways[asked.prefixes[0]].key))


def _line(
    name: str, key: str, told: dict[Any, Figure], counts: dict[str, int], address: str, t: Words
) -> Line:  # fmt: skip
    numbers = {}
    for kind, n in counts.items():
        shown = f"{t.number(n - counts['over'])}/{t.number(n)}" if kind == "counts" else t.number(n)
        url = f"{address}{kind}" if address and n else ""
        numbers[kind] = Number(n, shown, url, t(f"figures.what.{kind}") + f", {name}")
    share = told.get((SHARE, key))
    inclusion = _fraction(told.get((INCLUSION, key)), t)
    if address and inclusion.n:
        inclusion = replace(inclusion, url=f"{address}included", said=f"{t('figures.what.included')}, {name}")
    return _told(name, numbers, share, inclusion, t)


def _total(told: dict[Any, Figure], whole: Figure | None, lines: list[Line], t: Words) -> Line | None:
    """All organ-specific pathways together, from the figures; nothing to open."""
    if whole is None:
        return None
    counted_of = {"started": "pathways_started", "waiting": "missing_treatment"}
    numbers = {
        kind: Number(n := int((told.get((key, TOGETHER)) or {}).get("numerator") or 0), t.number(n))
        for kind, key in counted_of.items()
    }
    below, within = int(whole["denominator"] or 0), int(whole["numerator"] or 0)
    numbers["counts"] = Number(below, f"{t.number(within)}/{t.number(below)}")
    for kind in ("open", "over"):
        n = sum(line.numbers[kind].n for line in lines if line.together)
        numbers[kind] = Number(n, t.number(n))
    return _told(t("figures.together"), numbers, whole, _fraction(told.get((INCLUSION, TOGETHER)), t), t)


def _told(name: str, numbers: dict[str, Number], share: Figure | None, inclusion: Number, t: Words) -> Line:
    percent, interval = _share(share, t)
    median, p90 = _days(share, t)
    return Line(name, numbers, percent, interval, median, p90, inclusion)


def _share(row: Figure | None, t: Words) -> tuple[str, ...]:
    """Percent and its interval."""
    if row is None or not row["denominator"] or row["percent"] is None:
        return "", ""
    _, low, high = percents(np.array([row["numerator"]]), np.array([row["denominator"]]))
    return t.percent(row["numerator"], row["denominator"]), f"{low[0]:.0f}–{high[0]:.0f}"


def _days(row: Figure | None, t: Words) -> tuple[str, ...]:
    """What half of them took at most, and nine of ten."""
    if row is None or row["median_days"] is None:
        return "", ""
    found = row["median_days"], row["p90_days"]
    return tuple(t.format.decimal(days, 0 if days == int(days) else 1) for days in found)


def _fraction(row: Figure | None, t: Words) -> Number:
    """How many of how many; nothing where there are none."""
    if row is None or not row["denominator"]:
        return Number(0, "")
    return Number(row["denominator"], f"{t.number(row['numerator'])}/{t.number(row['denominator'])}")


def _answer(asked: Asked, row: Figure | None, lines: list[Line], t: Words) -> Markup:
    """What matters, in a sentence."""
    going = sum(line.numbers["open"].n for line in lines) if asked.runs else None
    more = " " + t.count("figures.answer.open", going) if going is not None else ""
    if row is None or not row["denominator"]:
        below = sum(line.numbers["counts"].n for line in lines)
        if not below:
            return t.html("figures.answer.none", period=period_name(asked.period, asked.on, t)) + more
        within = below - sum(line.numbers["over"].n for line in lines)
    else:
        within, below = int(row["numerator"]), int(row["denominator"])
    return t.html(
        "figures.answer.share", a=t.number(within), b=t.number(below), percent=t.percent(within, below),
        period=period_name(asked.period, asked.on, t),
    ) + more  # fmt: skip


def _explained(key: str, t: Words) -> tuple[str, str, str]:
    """An indicator's name, what it counts, and where that is written."""
    found = load_catalogue().indicators[key]
    name = found.name.of(t.language) + (f" ({found.label})" if found.label else "")
    return name, found.sentence.of(t.language), load_catalogue().source_named(found.source, t.language)

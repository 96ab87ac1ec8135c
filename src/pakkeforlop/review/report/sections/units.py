"""The share by unit: trusts, or hospitals when there is one trust. Alphabetical, no ranking."""

from __future__ import annotations

from dataclasses import dataclass

from pakkeforlop.charts import blocks
from pakkeforlop.charts.dots import DotPlot, DotRow, draw_dots
from pakkeforlop.charts.funnel import FunnelChart, FunnelPoint, draw_funnel
from pakkeforlop.charts.variation.funnel import Funnel, funnel
from pakkeforlop.charts.variation.interval import wilson
from pakkeforlop.review.report.cells import Share
from pakkeforlop.review.report.columns import Episodes
from pakkeforlop.review.report.measures import Group, expected_within, groups
from pakkeforlop.review.report.run import Run, Scope
from pakkeforlop.review.report.sections.words import counts, drawn, first_upper, interval, keys, share, told

FEWEST_FOR_BAND = 5
"""Ordinary differences are estimated from so many units or more; fewer are shown as dots."""


SMALLEST_DRAWN = 10
"""Units with fewer pathways than this say too little for a funnel; they stand in the table."""


@dataclass(frozen=True)
class Unit:
    """One unit with its counts; `expected` is the share its mix of pathways would give."""

    name: str
    group: Group
    inclusion: Share | None
    expected: float | None

    @property
    def percent(self) -> float:
        """The share in percent."""
        return 100 * self.group.within / self.group.total

    @property
    def bounds(self) -> tuple[float, float]:
        """The Wilson interval in percent."""
        found = wilson(self.group.within, self.group.total)
        assert found is not None
        return found


def units(run: Run, scope: Scope, counted: Episodes) -> list[Unit]:
    """The units with counted episodes, alphabetical."""
    if counted.count == 0:
        return []
    by = run.units_of(counted)
    days, limit = counted.whole("share_days"), counted.whole("share_limit")
    expected = expected_within(by, counted.pathway, days <= limit) if scope.pathway is None else {}
    found = [
        Unit(
            run.unit_name(group.name),
            group,
            run.inclusion(scope, org_nr=group.name) if run.unit_kind == "trust" else None,
            100 * expected[group.name] / group.total if group.name in expected else None,
        )
        for group in groups(by, days, limit)
    ]
    return sorted(found, key=lambda unit: run.sort_key(unit.name))


def section(run: Run, scope: Scope, counted: Episodes) -> blocks.Section | None:
    """Dots for all pathways together (the mix differs), a funnel for a single pathway."""
    found = units(run, scope, counted)
    if not found:
        return None
    kind = f"units.{run.unit_kind}"
    menu = run.texts(f"{kind}.menu")
    if len(found) == 1:
        heading = f"{found[0].name}: {run.rate(found[0].group.within, found[0].group.total)}"
        return blocks.Section("enheter", heading, [blocks.Prose([run.texts(f"{kind}.only_one")])], menu)
    large = [unit for unit in found if unit.group.total >= SMALLEST_DRAWN]
    if scope.pathway is None or len(large) < FEWEST_FOR_BAND:
        return blocks.Section("enheter", _reached_heading(run, found), _dots(run, scope, found), menu)
    return _funnel_section(run, found, menu)


def _reached_heading(run: Run, found: list[Unit]) -> str:
    reached = sum(1 for unit in found if 100 * unit.group.within >= run.target * unit.group.total)
    kind = f"units.{run.unit_kind}"
    if reached == len(found):
        return run.texts(f"{kind}.heading_both" if reached == 2 else f"{kind}.heading_all", total=len(found))
    return run.texts.count(f"{kind}.heading", reached, total=len(found))


def _dots(run: Run, scope: Scope, found: list[Unit]) -> list[blocks.Block]:
    kind = f"units.{run.unit_kind}"
    shares = sorted(unit.percent for unit in found)
    included = any(unit.inclusion for unit in found)
    rows = [
        DotRow(
            unit.name,
            unit.percent,
            *unit.bounds,
            value=told(run, unit.group.within, unit.group.total),
            beside=_included(run, unit) if included else "",
            expected=unit.expected,
        )
        for unit in found
    ]
    plot = DotPlot(
        title=run.texts(f"{kind}.chart"),
        desc=run.texts(
            f"{kind}.desc",
            total=len(found),
            lowest=run.format.decimal(shares[0], 0),
            highest=run.format.decimal(shares[-1], 0),
        ),
        rows=rows,
        name_head=run.texts(f"{kind}.name"),
        value_head=run.texts("units.in_time"),
        beside_head=run.texts("pathways.beside") if included else "",
        narrow_head=run.texts("pathways.narrow" if included else "pathways.narrow_alone"),
        target=run.target,
        target_label=run.texts("pathways.target", target=run.target_word),
    )
    mixed = len(scope.prefixes) > 1
    figure = blocks.Figure(
        "",
        **drawn(draw_dots, "units", plot),
        subtitle=run.texts(f"{kind}.subtitle"),
        keys=keys(run, "point", "interval", *(["expected"] if mixed else []), "target"),
        caption=run.texts(f"{kind}.mix") if mixed else "",
    )
    table = _table(run, found, outside=frozenset())
    return [figure, blocks.Details(run.texts("page.show_table"), [table], printed=False)]


def _included(run: Run, unit: Unit) -> str:
    cell = unit.inclusion
    if cell is None:
        return run.texts("pathways.not_published")
    return run.texts("pathways.included", n=run.per_hundred(cell.numerator, cell.denominator))


def _table(run: Run, found: list[Unit], *, outside: frozenset[str]) -> blocks.Table:
    texts, kind = run.texts, f"units.{run.unit_kind}"
    included, expected = any(unit.inclusion for unit in found), any(unit.expected is not None for unit in found)
    heads = [
        blocks.Head(texts(f"{kind}.name")),
        blocks.Head(texts("units.in_time"), num=True),
        blocks.Head(texts("units.percent"), num=True),
        blocks.Head(texts("units.interval"), num=True, wide=True),
    ]
    heads += [blocks.Head(texts("units.expected"), num=True, wide=True)] if expected else []
    heads += [blocks.Head(texts("units.half"), num=True, wide=True)] if not expected else []
    heads += [blocks.Head(texts("units.included"), num=True, wide=True)] if included else []
    rows = []
    for unit in found:
        bounds = interval(run, *unit.bounds)
        cell = unit.inclusion
        share_in = run.per_hundred(cell.numerator, cell.denominator) if cell else ""
        narrow = [texts("units.narrow", interval=bounds)]
        narrow += [texts("units.narrow_included", included=share_in)] if share_in else []
        sub = texts("units.outside_mark") if unit.name in outside else ""
        cells = [
            blocks.Cell(unit.name, sub=sub, narrow=narrow),
            counts(run, unit.group.within, unit.group.total),
            share(run, unit.group.within, unit.group.total),
            blocks.Cell(bounds, "num"),
        ]
        cells += [blocks.Cell(run.format.decimal(unit.expected or 0, 0), "num")] if expected else []
        cells += [blocks.Cell(run.format.days_reached(unit.group.median), "num")] if not expected else []
        cells += (
            [blocks.Cell(share_in or texts("page.not_computed"), "num" if share_in else "num muted")]
            if included
            else []
        )
        rows.append(blocks.Row(cells))
    notes = [texts("units.expected_note")] if expected else []
    return blocks.Table(texts(f"{kind}.chart"), heads, rows, notes=notes)


def _funnel_section(run: Run, found: list[Unit], menu: str) -> blocks.Section:
    texts, kind = run.texts, f"units.{run.unit_kind}"
    large = [unit for unit in found if unit.group.total >= SMALLEST_DRAWN]
    whole = sum(unit.group.within for unit in found) / sum(unit.group.total for unit in found)
    limits = funnel([unit.group.within for unit in large], [unit.group.total for unit in large], target=whole)
    assert limits is not None
    outside = [unit for unit in large if limits.is_outside(unit.group.within, unit.group.total)]
    heading = _finding(run, outside, limits)
    lead = [texts(f"{kind}.small_vary")]
    lead.append(texts(f"{kind}.more_than_chance" if limits.between > 0 else f"{kind}.chance_only"))
    if outside:
        lead.append(texts(f"{kind}.named", names=texts.joined([unit.name for unit in outside])))
        lead.append(texts(f"{kind}.one_in_twenty"))
    chart = FunnelChart(
        title=texts(f"{kind}.funnel_title"),
        desc=texts(f"{kind}.funnel_desc", total=len(large), finding=heading),
        points=[FunnelPoint(unit.group.total, unit.percent, unit.name, unit in outside) for unit in large],
        limits=limits,
        target=run.target,
        target_label=texts("units.target", target=run.target_word),
        centre_label=texts(
            "units.centre_country" if run.place == texts("place.country") else "units.centre_all",
            rate=run.format.decimal(100 * limits.target),
        ),
        chance_label=texts("units.chance_label"),
        band_label=texts(f"{kind}.band_label"),
        axis_label=texts(f"{kind}.axis", period=run.period),
    )
    figure = blocks.Figure(
        chart.title,
        **drawn(draw_funnel, "units", chart),
        keys=keys(run, "band_units", "chance", *(["outside_units"] if outside else [])),
        caption=texts.count("units.not_drawn", small, most=SMALLEST_DRAWN)
        if (small := len(found) - len(large))
        else "",
    )
    table = _table(run, found, outside=frozenset(unit.name for unit in outside))
    return blocks.Section(
        "enheter", heading, [blocks.Prose([" ".join(lead)]), blocks.Pair([figure], [table], "half")], menu
    )


def _finding(run: Run, outside: list[Unit], limits: Funnel) -> str:
    kind = f"units.{run.unit_kind}"
    if not outside:
        return run.texts(f"{kind}.funnel_none")
    if len(outside) == 1:
        low = outside[0].group.within < limits.target * outside[0].group.total
        return run.texts(f"{kind}.funnel_low" if low else f"{kind}.funnel_high")
    return run.texts(f"{kind}.funnel_more", word=first_upper(run.format.word(len(outside))))

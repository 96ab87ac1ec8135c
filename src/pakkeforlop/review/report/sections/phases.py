"""Where the days sit: means of the phases, which add up, against their limits."""

from __future__ import annotations

from datetime import date

from pakkeforlop.charts import blocks
from pakkeforlop.charts.waterfall import Phase, Waterfall, draw_waterfall
from pakkeforlop.review.report.columns import Episodes
from pakkeforlop.review.report.measures import PhaseMean, Phases, phases
from pakkeforlop.review.report.run import Run, Scope
from pakkeforlop.review.report.sections.pathways import page_of
from pakkeforlop.review.report.sections.words import drawn, keys

WORTH_TELLING = 0.5
"""A part so many days past its limit is what the heading tells."""

_KINDS = {"of1": "waiting", "of2": "examination", "of3": "waiting"}


def section(run: Run, scope: Scope, counted: Episodes) -> blocks.Section | None:
    """The waterfall with its table; for all pathways also a table of each pathway's phases."""
    found = phases(counted, scope.phases) if counted.count else None
    if found is None:
        return None
    texts = run.texts
    varied = found.whole.limit is not None and any(_is_mean(part.limit) for part in (*found.parts, found.whole))
    chart = _chart(run, scope, found, varied=varied)
    late = any(part.limit is not None and part.days > part.limit for part in found.parts)
    mean = "phases.mean_limit" if scope.pathway is None else "phases.mean_limit_pathway"
    captions = [texts(mean)] if varied else []
    captions += [texts.count("phases.left_out", found.left_out)] if found.left_out else []
    figure = blocks.Figure(
        "",
        **drawn(draw_waterfall, "phases", chart),
        subtitle=texts("phases.subtitle", period=run.period),
        keys=keys(run, "waiting", "examination", "limit", *(["over"] if late else [])),
        caption=" ".join(captions),
    )
    more = [_spans(run, scope)]
    if scope.pathway is None and len(scope.prefixes) > 1:
        more.append(_per_pathway(run, counted))
    return blocks.Section(
        "dager",
        _heading(run, found),
        [figure, blocks.Details(texts("page.show_table"), more, printed=False)],
        texts("phases.menu"),
    )


def _is_mean(limit: float | None) -> bool:
    return limit is not None and abs(limit - round(limit)) > 1e-9


def _limit(run: Run, limit: float | None, *, mean: bool = False) -> str:
    """Whole days, or one decimal where the limits of the table are means."""
    if limit is None:
        return run.texts("phases.no_limit")
    return run.format.decimal(limit) if mean or _is_mean(limit) else run.format.integer(round(limit))


def _heading(run: Run, found: Phases) -> str:
    """The phase that passes its limit most, else the longest."""
    over = [
        (part.days - part.limit, part)
        for part in found.parts
        if part.limit is not None and part.days >= part.limit + WORTH_TELLING
    ]
    if over:
        worst = max(over, key=lambda pair: pair[0])[1]
        return run.texts("phases.heading_over", phase=run.texts(f"phases.lower.{worst.key}"))
    longest = max(found.parts, key=lambda part: part.days)
    return run.texts(
        "phases.heading_longest",
        phase=run.texts(f"phases.lower.{longest.key}"),
        days=run.format.decimal(longest.days, 0),
        whole=run.format.decimal(found.whole.days, 0),
    )


def _phase(run: Run, part: PhaseMean, name: str, kind: str, *, mean: bool) -> Phase:
    within = run.format.percent(part.within, part.total) if part.total else run.texts("phases.no_limit")
    return Phase(
        name, part.days, part.limit, kind, run.format.decimal(part.days), (_limit(run, part.limit, mean=mean), within)
    )


def _chart(run: Run, scope: Scope, found: Phases, *, varied: bool) -> Waterfall:
    texts = run.texts
    whole = _phase(run, found.whole, texts(f"ending.{scope.ending}.whole"), "waiting", mean=varied)
    parts = [_phase(run, part, texts(f"phases.name.{part.key}"), _KINDS[part.key], mean=varied) for part in found.parts]
    limit = found.whole.limit
    told = texts.joined([texts("phases.desc_part", name=part.name, days=part.value) for part in parts])
    return Waterfall(
        title=texts("phases.chart"),
        desc=texts(
            "phases.desc",
            parts=told,
            whole=whole.value,
            limit="" if limit is None else texts("phases.desc_limit", limit=_limit(run, limit)),
        ),
        phases=parts,
        whole=whole,
        limit_label=texts("phases.limit_mean" if _is_mean(limit) else "phases.limit", n=_limit(run, limit)),
        heads=(texts("phases.days"), texts("phases.limit_head"), texts("phases.within_head")),
        days_word=texts("phases.days_word"),
    )


def _spans(run: Run, scope: Scope) -> blocks.Table:
    """Median and nine of ten of each span, over every episode that has both its points."""
    texts = run.texts
    heads = [
        blocks.Head(texts("phases.phase")),
        blocks.Head(texts("spread.count"), num=True),
        blocks.Head(texts("phases.median"), num=True),
        blocks.Head(texts("phases.nine"), num=True),
        blocks.Head(texts("phases.within_head"), num=True, wide=True),
    ]
    rows = []
    for key in scope.phases:
        cell = run.cells.get(f"{key}_days", scope.key, begins=date(run.year, 1, 1))
        if cell is None or not cell.denominator or cell.median is None or cell.p90 is None:
            continue
        within = run.format.percent(cell.numerator, cell.denominator) if cell.numerator is not None else ""
        rows.append(
            blocks.Row(
                [
                    blocks.Cell(texts(f"phases.name.{key}")),
                    blocks.Cell(run.format.integer(cell.denominator), "num"),
                    blocks.Cell(run.format.days(cell.median), "num"),
                    blocks.Cell(run.format.days_reached(cell.p90), "num"),
                    blocks.Cell(within, "num"),
                ]
            )
        )
    return blocks.Table(texts("phases.table"), heads, rows, title=texts("phases.table"))


def _against(run: Run, part: PhaseMean) -> str:
    """Mean days and mean limit."""
    days = run.format.decimal(part.days)
    return days if part.limit is None else run.texts("phases.against", days=days, limit=_limit(run, part.limit))


def _per_pathway(run: Run, counted: Episodes) -> blocks.Table:
    """Mean days and mean limit of each phase in each pathway."""
    texts = run.texts
    heads = [blocks.Head(texts("pathways.name"))]
    heads += [blocks.Head(texts(f"phases.name.{key}"), num=True, wide=True) for key in ("of1", "of2", "of3")]
    heads += [blocks.Head(texts("ending.treatment.whole"), num=True)]
    rows = []
    inside = [scope for scope in run.scopes if scope.prefixes <= run.whole.prefixes]
    for scope in sorted(inside, key=lambda scope: run.sort_key(run.short_name(scope))):
        found = phases(run.in_scope(counted, scope), scope.phases)
        if found is None:
            continue
        told = [_against(run, part) for part in (*found.parts, found.whole)]
        name = run.short_name(scope)
        narrow = [
            texts("phases.narrow", phase=texts(f"phases.short.{part.key}"), days=text)
            for part, text in zip(found.parts, told, strict=False)
        ]
        cells = [
            blocks.Cell(text, "num over" if part.limit is not None and part.days > part.limit else "num")
            for part, text in zip((*found.parts, found.whole), told, strict=True)
        ]
        rows.append(blocks.Row([blocks.Cell(name, href=page_of(run, scope), narrow=narrow), *cells]))
    return blocks.Table(texts("phases.table_pathways"), heads, rows, title=texts("phases.table_pathways"))

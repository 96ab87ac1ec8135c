"""Puts the pages together from their sections."""

from __future__ import annotations

from pakkeforlop.charts import blocks
from pakkeforlop.review.report.run import Run, Scope
from pakkeforlop.review.report.sections import (
    answer,
    method,
    pathways,
    phases,
    quality,
    source,
    spans,
    spread,
    still_open,
    trend,
    units,
)


def pages(run: Run) -> list[blocks.PageContent]:
    """The overview, then a page for each other pathway that has episodes, in the order of their prefixes."""
    own = [scope for scope in run.scopes if not run.is_whole(scope)]
    return [overview(run), *(pathway_page(run, scope) for scope in own)]


def overview(run: Run) -> blocks.PageContent:
    """The page on all pathways together; with one pathway, its own page and what is said of the files."""
    scope = run.whole
    if scope.pathway is not None:
        return _page(
            run, scope, run.page("index"), [*_one_pathway(run, scope), source.section(run), method.section(run, scope)]
        )
    counted = run.in_scope(run.counted, scope)
    sections = [
        pathways.section(run),
        units.section(run, scope, counted),
        spread.section(run, scope, counted) if counted.count else None,
        pathways.times_section(run),
        phases.section(run, scope, counted),
        trend.section(run, scope),
        quality.section(run, scope),
        still_open.section(run, scope),
        source.section(run),
        method.section(run, scope),
    ]
    return _page(run, scope, run.page("index"), sections)


def pathway_page(run: Run, scope: Scope) -> blocks.PageContent:
    """What the leader of one pathway takes to the review meeting."""
    return _page(run, scope, run.page(scope.key), [*_one_pathway(run, scope), method.section(run, scope)])


def _one_pathway(run: Run, scope: Scope) -> list[blocks.Section | None]:
    counted = run.in_scope(run.counted, scope)
    return [
        spread.section(run, scope, counted) if counted.count else None,
        phases.section(run, scope, counted),
        spans.section(run, scope),
        trend.section(run, scope),
        units.section(run, scope, counted),
        still_open.section(run, scope),
        quality.section(run, scope),
    ]


def _page(run: Run, scope: Scope, file: str, sections: list[blocks.Section | None]) -> blocks.PageContent:
    counted = run.in_scope(run.counted, scope)
    days = spread.own_days(counted) if counted.count else None
    told = answer.answer(run, scope, days)
    place = run.place[:1].upper() + run.place[1:]
    if scope.pathway is None:
        title = run.texts("page.title", name=place, period=run.period)
    else:
        title = run.texts("page.title_pathway", name=run.pathway_name(scope), place=run.place, period=run.period)
    return blocks.PageContent(
        file=file,
        title=title,
        what=run.texts("page.title", name=place, period=run.period),
        heading=told.heading,
        lead=told.lead,
        key_figures=told.key_figures,
        notes=[*answer.marks(run), *answer.converted(run)],
        facts=answer.facts(run) if run.is_whole(scope) else answer.facts(run)[:1],
        sections=[section for section in sections if section is not None],
        crumb="" if run.is_whole(scope) else run.pathway_name(scope),
    )

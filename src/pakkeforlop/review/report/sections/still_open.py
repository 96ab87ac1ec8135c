"""The open pathways: how many, how old, and those that have gone longest past their limit."""

from __future__ import annotations

from datetime import date

import numpy as np

from pakkeforlop.charts import blocks
from pakkeforlop.charts.blocks import picture
from pakkeforlop.charts.limit_bar import draw_limit_bar
from pakkeforlop.review.report.open_pathways import OpenPathways, last_event, open_pathways
from pakkeforlop.review.report.run import Run, Scope
from pakkeforlop.review.report.sections.words import number
from pakkeforlop.vocabulary.calendar import NO_DAY

MOST_LISTED = 20
_COLUMNS = (
    "episode_id",
    "pathway",
    "trust",
    "start_institution",
    "start_date",
    "first_attendance_date",
    "decision_date",
)


def section(run: Run, scope: Scope) -> blocks.Section | None:
    """The open pathways of a scope; on the overview those of every pathway."""
    episodes = run.open if run.is_whole(scope) else run.in_scope(run.open, scope)
    if run.episodes.count == 0:
        return None
    menu = run.texts("open.menu")
    if episodes.count == 0:
        return blocks.Section("apne", run.texts("open.heading_none"), [], menu)
    known = {
        s.pathway.code: (s.pathway, s.family) for s in run.scopes if s.pathway is not None and s.family is not None
    }
    found = open_pathways(episodes, known, as_of=run.as_of, stale_days=run.catalogue.settings.stale_days)
    over, texts, form = int(found.is_over.sum()), run.texts, run.format
    if over:
        heading = texts.count("open.heading", episodes.count, over=form.integer(over))
    else:
        heading = texts.count("open.heading_none_over", episodes.count)
    lead = [texts(f"ending.{scope.ending}.open", date=form.long_date(run.as_of))]
    if stale := int(found.stale.sum()):
        lead.append(texts.count("open.stale", stale, days=run.catalogue.settings.stale_days))
    built: list[blocks.Block] = [blocks.Prose([" ".join(lead)])]
    listed = found.longest(MOST_LISTED)
    if listed:
        built.append(_table(run, scope, found, listed))
    built.append(blocks.Details(texts("open.age"), [_ages(run, found)]))
    return blocks.Section("apne", heading, built, menu)


def _table(run: Run, scope: Scope, found: OpenPathways, listed: list[int]) -> blocks.Table:
    listed_over = found.over[listed]
    any_over, all_over = bool((listed_over > 0).any()), bool((listed_over > 0).all())
    column = "over" if all_over else "over_or_left" if any_over else "left"
    texts, several = run.texts, run.is_whole(scope) and len(run.scopes) > 1
    heads = [blocks.Head(texts("open.id"))]
    heads += [blocks.Head(texts("open.pathway"), wide=True)] if several else []
    heads += [
        blocks.Head(texts(f"open.unit_{run.unit_kind}"), wide=True),
        blocks.Head("", wide=True),
        blocks.Head(texts("open.days"), num=True),
        blocks.Head(texts(f"open.{column}"), num=True),
        blocks.Head(texts("open.last"), wide=True),
    ]
    names = {s.pathway.code: run.short_name(s) for s in run.scopes if s.pathway is not None}
    rows = []
    for place, row in zip(listed, found.episodes.rows(np.array(listed), _COLUMNS), strict=True):
        days, limit, over = int(found.days[place]), int(found.limit[place]), int(found.over[place])
        unit = run.unit_name(str(row["trust" if run.unit_kind == "trust" else "start_institution"] or ""))
        pathway = names.get(str(row["pathway"]), str(row["pathway"]))
        last = _last(run, row)
        narrow = [*([pathway] if several else []), unit, last]
        rows.append(
            blocks.Row(
                [
                    blocks.Cell(str(row["episode_id"]), "id", narrow=narrow),
                    *([blocks.Cell(pathway)] if several else []),
                    blocks.Cell(unit),
                    blocks.Cell(picture(draw_limit_bar(days, limit)), "barcell"),
                    blocks.Cell(texts("open.of_limit", days=run.format.integer(days), limit=limit), "num"),
                    _over(run, over),
                    blocks.Cell(last, "nw"),
                ]
            )
        )
    live = int((~found.stale & (found.limit != NO_DAY)).sum())
    notes = [texts("open.more", shown=len(rows), total=run.format.integer(live))] if live > len(rows) else []
    title = texts("open.table" if any_over else "open.table_near")
    return blocks.Table(
        title,
        heads,
        rows,
        title=title,
        subtitle=texts("open.order_over" if any_over else "open.order_left"),
        notes=notes,
    )


def _over(run: Run, over: int) -> blocks.Cell:
    if over > 0:
        return blocks.Cell(run.texts("open.over_days", n=run.format.integer(over)), "num over")
    if over == 0:
        return blocks.Cell(run.texts("open.today"), "num b")
    return blocks.Cell(run.texts("open.left_days", n=-over), "num")


def _last(run: Run, row: dict[str, object]) -> str:
    name, day = last_event(row)
    told = run.format.short_date(day) if isinstance(day, date | int) else ""
    return run.texts("open.last_event", event=run.texts(f"open.{name}"), date=told)


def _ages(run: Run, found: OpenPathways) -> blocks.Table:
    """All open episodes by days since the start."""
    texts, edges = run.texts, list(run.catalogue.settings.open_age_bands)
    place = np.searchsorted(np.array(edges), found.days, side="left")
    counts = np.bincount(place, minlength=len(edges) + 1)
    over = np.bincount(place[found.over > 0], minlength=len(edges) + 1)
    names = [
        texts("open.band", first=first, last=last)
        for first, last in zip([0, *(e + 1 for e in edges)], edges, strict=False)
    ]
    names.append(texts("open.band_last", n=edges[-1] if edges else 0))
    heads = [
        blocks.Head(texts("open.age_head")),
        blocks.Head(texts("open.age_count"), num=True),
        blocks.Head(texts("open.age_over"), num=True),
    ]
    rows = [
        blocks.Row([blocks.Cell(name), number(run, int(counts[i])), number(run, int(over[i]))])
        for i, name in enumerate(names)
    ]
    return blocks.Table(texts("open.age"), heads, rows, size="short")

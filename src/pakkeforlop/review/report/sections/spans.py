"""The times of a pathway that has no share over the whole, each against its own limit: mental health, substance use."""

from __future__ import annotations

from pakkeforlop.catalogue.limits import in_force
from pakkeforlop.charts import blocks
from pakkeforlop.review.report.run import Run, Scope


def section(run: Run, scope: Scope) -> blocks.Section | None:
    """A table of the times; None for a pathway with a share, and where no time was measured in the year."""
    if scope.ending != "spans" or scope.family is None or scope.pathway is None:
        return None
    texts, form = run.texts, run.format
    rows = []
    for span in scope.family.span:
        key = next((k for k, i in run.catalogue.indicators.items() if i.measure == "time" and i.span == span.key), "")
        cell = run.cells.get(key, scope.key, begins=run.begins)
        if cell is None or not cell.denominator or cell.median is None or cell.p90 is None:
            continue
        limit = in_force(scope.pathway, span.limit, on=run.begins)
        has_limit = limit is not None and cell.numerator is not None
        rows.append(
            blocks.Row(
                [
                    blocks.Cell(span.name.of(run.language), sub=span.label),
                    blocks.Cell(form.integer(cell.denominator), "num"),
                    blocks.Cell(texts("spans.days", n=limit.days) if limit else texts("spans.no_limit"), "num"),
                    blocks.Cell(form.percent(cell.numerator or 0, cell.denominator) if has_limit else "–", "num"),
                    blocks.Cell(form.days(cell.median), "num"),
                    blocks.Cell(form.days_reached(cell.p90), "num"),
                ]
            )
        )
    if not rows:
        return None
    names = ("time", "pathways", "limit", "within", "median", "p90")
    heads = [blocks.Head(texts(f"spans.{name}"), num=name != "time") for name in names]
    table = blocks.Table(texts("spans.heading"), heads, rows, subtitle=texts("spans.subtitle", period=run.period))
    return blocks.Section("times", texts("spans.heading"), [table], texts("spans.menu"))

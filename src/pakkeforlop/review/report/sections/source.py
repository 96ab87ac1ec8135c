"""Where the figures come from: files, what was refused and why, what was kept aside, and settings that differ."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from pakkeforlop.charts import blocks
from pakkeforlop.review.report.run import Run
from pakkeforlop.review.report.sections.words import number

MOST_REASONS = 12
MOST_ROWS = 10


def section(run: Run) -> blocks.Section:
    """Files, refused rows, kept aside, settings."""
    texts, data = run.texts, run.data
    refused = data.rejects.num_rows
    heading = texts.count("source.heading", refused) if refused else texts("source.heading_none")
    built: list[blocks.Block] = []
    if refused:
        built.append(blocks.Prose([texts("source.rejected_lead")]))
        built.append(_by_reason(run))
        built.append(blocks.Details(texts("source.first"), [_first(run)]))
    built.append(_files(run))
    if data.aside:
        told = [
            texts("source.aside_row", name=name, n=run.format.integer(count))
            for name, count in sorted(data.aside.items())
        ]
        built.append(blocks.Facts([(texts("source.aside"), [texts("source.aside_lead"), *told])]))
    if data.settings:
        told = [texts("source.setting", name=name, value=value) for name, value in sorted(data.settings.items())]
        built.append(blocks.Facts([(texts("source.settings"), [texts("source.settings_lead"), *told])]))
    return blocks.Section("kilden", heading, built, texts("source.menu"))


def _files(run: Run) -> blocks.Block:
    texts = run.texts
    if not run.data.files:
        return blocks.Prose([texts("source.no_files")], small=True)
    heads = [
        blocks.Head(texts("source.file")),
        blocks.Head(texts("source.rows"), num=True),
        blocks.Head(texts("source.sum"), wide=True),
    ]
    rows = [
        blocks.Row(
            [
                blocks.Cell(file.name),
                number(run, file.rows),
                blocks.Cell(f"{file.sha256[:16]}…" if file.sha256 else "", "muted id"),
            ]
        )
        for file in run.data.files
    ]
    return blocks.Table(texts("source.files"), heads, rows, title=texts("source.files"))


def _by_reason(run: Run) -> blocks.Table:
    texts = run.texts
    refused = run.data.rejects.select(["column", "reason"])
    plain = refused.cast(pa.schema([(name, pa.string()) for name in refused.column_names]))
    counted = plain.group_by(["column", "reason"]).aggregate([([], "count_all")])
    ordered = counted.sort_by([("count_all", "descending"), ("column", "ascending"), ("reason", "ascending")])
    shown = ordered.slice(0, MOST_REASONS).to_pylist()
    rows = [
        blocks.Row(
            [
                blocks.Cell(str(row["reason"] or "")),
                blocks.Cell(str(row["column"] or "")),
                number(run, row["count_all"]),
            ]
        )
        for row in shown
    ]
    rest = run.data.rejects.num_rows - sum(row["count_all"] for row in shown)
    if rest:
        rows.append(blocks.Row([blocks.Cell(texts("source.other_reasons")), blocks.Cell(""), number(run, rest)]))
    heads = [
        blocks.Head(texts("source.reason")),
        blocks.Head(texts("source.column"), wide=True),
        blocks.Head(texts("source.count"), num=True),
    ]
    return blocks.Table(texts("source.by_reason"), heads, rows, title=texts("source.by_reason"))


def _first(run: Run) -> blocks.Table:
    """The first refused rows: file, row, column and reason. Never a patient."""
    texts = run.texts
    heads = [
        blocks.Head(texts("source.file")),
        blocks.Head(texts("source.row"), num=True),
        blocks.Head(texts("source.column"), wide=True),
        blocks.Head(texts("source.reason")),
    ]
    rows = [
        blocks.Row(
            [
                blocks.Cell(_name(row["file"])),
                number(run, row["row"]),
                blocks.Cell(str(row["column"] or "")),
                blocks.Cell(str(row["reason"] or "")),
            ]
        )
        for row in run.data.rejects.slice(0, MOST_ROWS).select(["file", "row", "column", "reason"]).to_pylist()
    ]
    total = run.data.rejects.num_rows
    notes = [texts("source.more", shown=len(rows), total=run.format.integer(total))] if total > len(rows) else []
    return blocks.Table(texts("source.first"), heads, rows, notes=notes)


def _name(file: Any) -> str:
    return "" if file is None else str(file)

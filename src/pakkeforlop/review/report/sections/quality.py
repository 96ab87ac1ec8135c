"""How well the codes are registered: what is missing, how late, and which messages the codes got."""

from __future__ import annotations

import pyarrow.compute as pc

from pakkeforlop.charts import blocks
from pakkeforlop.review.report.cells import Cell
from pakkeforlop.review.report.run import Run, Scope
from pakkeforlop.review.report.sections.words import number

MOST_MESSAGES = 15
_MISSING = (
    ("attendance", "missing_first_attendance"),
    ("decision", "missing_decision"),
    ("treatment", "missing_treatment"),
)


def section(run: Run, scope: Scope) -> blocks.Section | None:
    """Missing codes, delay and messages of the year."""
    if run.episodes.count == 0 and run.data.messages.num_rows == 0:
        return None
    missing = [(name, run.cells.get(key, scope.key, begins=run.begins)) for name, key in _MISSING]
    delay = run.cells.get("registration_delay_days", scope.key, begins=run.begins)
    known = any(cell is not None and cell.denominator for _, cell in missing)
    told = _delay(run, delay)
    built: list[blocks.Block] = [blocks.Pair([_missing(run, missing)], [told], "a")] if known else [told]
    built.append(_messages(run, scope))
    if run.is_whole(scope) and run.without_patients:
        built.append(blocks.Note(run.texts("quality.no_patients")))
    return blocks.Section("registrering", _heading(run, missing, delay), built, run.texts("quality.menu"))


def _heading(run: Run, missing: list[tuple[str, Cell | None]], delay: Cell | None) -> str:
    texts = run.texts
    if delay is not None and delay.denominator and delay.numerator is not None:
        told = run.format.per_hundred(delay.numerator, delay.denominator)
        return texts("quality.heading_delay", n=told, days=run.catalogue.settings.registered_within_days)
    first = missing[0][1]
    if first is not None and first.denominator and first.numerator:
        return texts("quality.heading_missing", n=run.format.per_hundred(first.numerator, first.denominator))
    if all(cell is not None and cell.denominator and cell.numerator == 0 for _, cell in missing):
        return texts("quality.heading_complete")
    return texts("quality.heading_plain")


def _missing(run: Run, missing: list[tuple[str, Cell | None]]) -> blocks.Table:
    texts = run.texts
    heads = [
        blocks.Head(texts("quality.what")),
        blocks.Head(texts("quality.count"), num=True),
        blocks.Head(texts("quality.of"), num=True),
        blocks.Head(texts("quality.percent"), num=True),
    ]
    rows = []
    for name, cell in missing:
        label = blocks.Cell(texts(f"quality.{name}"), sub=texts(f"quality.of_{name}"))
        if cell is None or cell.numerator is None or not cell.denominator:
            rows.append(
                blocks.Row(
                    [label, blocks.Cell(texts("quality.not_computed"), "num muted"), blocks.Cell(""), blocks.Cell("")]
                )
            )
            continue
        told = run.format.per_hundred(cell.numerator, cell.denominator, places=1)
        rows.append(
            blocks.Row([label, number(run, cell.numerator), number(run, cell.denominator), blocks.Cell(told, "num b")])
        )
    subtitle = texts("quality.missing_subtitle", period=run.period)
    return blocks.Table(texts("quality.missing"), heads, rows, title=texts("quality.missing"), subtitle=subtitle)


def _delay(run: Run, delay: Cell | None) -> blocks.Facts:
    texts, form = run.texts, run.format
    if delay is None or not delay.denominator or delay.median is None or delay.p90 is None or delay.numerator is None:
        return blocks.Facts([(texts("quality.delay"), [texts("quality.delay_none")])])
    within = texts(
        "quality.delay_within",
        numerator=form.integer(delay.numerator),
        denominator=form.integer(delay.denominator),
        days=run.catalogue.settings.registered_within_days,
    )
    told = texts.count("quality.delay_days", int(-(-delay.median // 1)), p90=form.days_reached(delay.p90))
    return blocks.Facts([(texts("quality.delay"), [told, within])])


def _counts(run: Run, scope: Scope) -> list[tuple[int, int, int | None]]:
    """Number, count and codes counted over, the most common first."""
    kinds = run.cells.kinds("messages", scope.key)
    if kinds:
        found = [
            (int(kind), cell.numerator or 0, cell.denominator)
            for kind, cell in kinds.items()
            if kind.isdigit() and cell.numerator
        ]
        return sorted(found, key=lambda row: (-row[1], row[0]))
    if not run.is_whole(scope) or run.data.messages.num_rows == 0:
        return []
    tally = pc.value_counts(run.data.messages.column("message"))
    pairs = [(int(str(row["values"])), int(row["counts"])) for row in tally.to_pylist() if row["values"] is not None]
    return [(numbered, count, None) for numbered, count in sorted(pairs, key=lambda pair: (-pair[1], pair[0]))]


def _messages(run: Run, scope: Scope) -> blocks.Block:
    texts, found = run.texts, _counts(run, scope)
    total = texts("quality.messages_total", n=run.format.integer(run.data.messages.num_rows))
    if not found:
        return blocks.Prose([texts("quality.messages_none"), *([total] if run.is_whole(scope) else [])], small=True)
    rated = any(over for _, _, over in found)
    heads = [
        blocks.Head(texts("quality.number")),
        blocks.Head(texts("quality.text")),
        blocks.Head(texts("quality.messages_count"), num=True),
    ]
    heads += [blocks.Head(texts("quality.per_thousand"), num=True, wide=True)] if rated else []
    rows = []
    for numbered, count, over in found[:MOST_MESSAGES]:
        message = run.catalogue.messages.get(numbered)
        text = message.text.of(run.language) if message else ""
        sub = texts("quality.sets_aside") if message and message.sets_aside else ""
        rate = _per_thousand(run, count, over) if rated else ""
        cells = [blocks.Cell(str(numbered), "code"), blocks.Cell(text, sub=sub), number(run, count, bold=True)]
        rows.append(blocks.Row([*cells, *([blocks.Cell(rate, "num")] if rated else [])]))
    subtitle = texts("quality.messages_subtitle", period=run.period)
    notes = [total] if run.is_whole(scope) else []
    return blocks.Table(
        texts("quality.messages"), heads, rows, title=texts("quality.messages"), subtitle=subtitle, notes=notes
    )


def _per_thousand(run: Run, count: int, over: int | None) -> str:
    if not over:
        return ""
    rate = 1000 * count / over
    return run.texts("quality.less_than") if rate < 0.05 else run.format.decimal(rate)

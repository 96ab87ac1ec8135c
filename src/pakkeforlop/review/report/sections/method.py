"""How it is counted: who is in the figure, definitions with their source, limits, and how to read the charts."""

from __future__ import annotations

from datetime import date

import numpy as np

from pakkeforlop.catalogue.model import Indicator, Pathway
from pakkeforlop.charts import blocks
from pakkeforlop.review.report.run import Run, Scope
from pakkeforlop.review.report.sections.spread import branch_name
from pakkeforlop.review.report.sections.words import number
from pakkeforlop.review.report.series import PROVISIONAL_DAYS

_REASONS = ("counts", "postponed", "no_limit", "not_treated", "closed_by_rule", "negative")
_SHOWN = (
    "of4_share", "inclusion_share", "of1_days", "of2_days", "of3_days", "of4_days",
    "missing_first_attendance", "missing_decision", "missing_treatment", "registration_delay_days", "messages",
)  # fmt: skip


def section(run: Run, scope: Scope) -> blocks.Section:
    """Everything a reader needs to check the figures."""
    texts = run.texts
    built: list[blocks.Block] = []
    if who := _who(run, scope):
        built.append(who)
    built.append(blocks.Details(texts("method.read"), [_reading(run)]))
    limits = _limits(run, scope)
    if limits.rows:
        built.append(blocks.Details(texts("method.limits"), [limits], printed=scope.pathway is not None))
    built.append(blocks.Details(texts("method.definitions"), [_definitions(run)], printed=False))
    return blocks.Section("metode", texts("method.heading"), built, texts("method.menu"))


def _who(run: Run, scope: Scope) -> blocks.Table | None:
    """The ended episodes of the year by why they are or are not in the share."""
    ended = run.in_scope(run.ended, scope)
    if ended.count == 0:
        return None
    texts = run.texts
    counts = np.bincount(ended.reason.code, minlength=len(ended.reason.names))
    tally = {name: int(count) for name, count in zip(ended.reason.names, counts.tolist(), strict=True)}
    rows = []
    for name in _REASONS:
        if tally.get(name):
            not_treated = {"decision": "not_decided", "spans": "no_share"}.get(scope.ending, name)
            which = not_treated if name == "not_treated" else name
            rows.append(
                blocks.Row(
                    [blocks.Cell(texts(f"method.reason_text.{which}")), number(run, tally[name], bold=name == "counts")]
                )
            )
    heads = [blocks.Head(texts("method.reason")), blocks.Head(texts("method.count"), num=True)]
    subtitle = texts("method.who_lead", period=run.period)
    return blocks.Table(texts("method.who"), heads, rows, title=texts("method.who"), subtitle=subtitle, size="short")


def _reading(run: Run) -> blocks.Prose:
    texts = run.texts
    return blocks.Prose(
        [
            " ".join([texts("method.unit"), texts("method.limit")]),
            texts("method.interval"),
            texts("method.band"),
            texts("method.funnel"),
            texts("method.provisional", days=PROVISIONAL_DAYS, date=run.format.long_date(run.as_of)),
        ],
        small=True,
    )


def _definitions(run: Run) -> blocks.Facts:
    shown = [run.catalogue.indicators[key] for key in _SHOWN if key in run.catalogue.indicators]
    return blocks.Facts(
        [
            (_label(run, indicator), [indicator.sentence.of(run.language), _origin(run, indicator)])
            for indicator in shown
        ]
    )


def _label(run: Run, indicator: Indicator) -> str:
    name = indicator.name.of(run.language)
    return f"{name} ({indicator.label})" if indicator.label else name


def _origin(run: Run, indicator: Indicator) -> str:
    confidence = run.texts(f"confidence.{indicator.confidence}").lower()
    return run.texts(
        "method.definition_source",
        source=run.catalogue.source_named(indicator.source, run.language),
        confidence=confidence[:1].upper() + confidence[1:],
    )


def _limits(run: Run, scope: Scope) -> blocks.Table:
    """On a pathway's page every version; on the overview the versions in force at the end of the year."""
    texts = run.texts
    heads = [
        blocks.Head(texts("method.pathway")),
        blocks.Head(texts("method.span")),
        blocks.Head(texts("method.kind")),
        blocks.Head(texts("method.valid_from"), wide=True),
        blocks.Head(texts("method.days"), num=True),
        blocks.Head(texts("method.certain"), wide=True),
    ]
    rows: list[blocks.Row] = []
    inside = [scope] if scope.pathway is not None else [s for s in run.scopes if s.prefixes <= scope.prefixes]
    for s in inside:
        if s.pathway is not None:
            rows += _limit_rows(run, s.pathway, every=scope.pathway is not None)
    return blocks.Table(texts("method.limits"), heads, rows, subtitle=texts("method.limits_lead"))


def _limit_rows(run: Run, pathway: Pathway, *, every: bool) -> list[blocks.Row]:
    until = date(run.year, 12, 31)
    rows = []
    for span, versions in pathway.time_limit.items():
        for kind in dict.fromkeys(version.kind for version in versions):
            known = [version for version in versions if version.kind == kind and (every or version.valid_from <= until)]
            for version in known if every else known[-1:]:
                days = run.texts("method.ended") if version.days is None else str(version.days)
                rows.append(
                    blocks.Row(
                        [
                            blocks.Cell(pathway.short.of(run.language)),
                            blocks.Cell(span),
                            blocks.Cell(branch_name(run, kind) if kind else ""),
                            blocks.Cell(run.format.short_date(version.valid_from), "nw"),
                            blocks.Cell(days, "num b"),
                            blocks.Cell(run.texts(f"confidence.{version.confidence}"), "muted"),
                        ]
                    )
                )
    return rows

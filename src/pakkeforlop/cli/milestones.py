"""`pakkeforlop milestones`: times between the milestones of a converted log."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from pakkeforlop.cli.common import AS_JSON, LANGUAGE, answer
from pakkeforlop.cli.faults import faults_told

app = typer.Typer(add_completion=False, rich_markup_mode=None, help="Milestones: the dated points of a converted log.")


@app.callback()
def milestones() -> None:
    """Milestones: the dated points of a converted log."""


@app.command(
    help="Count the days from one milestone to another: how many, out of order, quartiles, within n days, still open."
    "\n\n"
    "Example: pakkeforlop milestones span first_consult surgery converted/milestones.csv --within 14 --within 42\n\n"
    "Exit codes: 0 done · 2 usage · 12 faulty input file · 13 cannot read"
)
def span(
    start: str = typer.Argument(..., metavar="FROM", help="The milestone that the time begins at."),
    to: str = typer.Argument(..., metavar="TO", help="The milestone that it ends at."),
    file: Path = typer.Argument(..., metavar="FILE", readable=False, help="milestones.csv of `registrations convert`."),
    within: list[int] = typer.Option([14, 28, 42], "--within", metavar="DAYS", help="Count those within so many days."),
    groups: Path = typer.Option(
        None, "--cases", metavar="F", readable=False, help="A CSV file with one or more lines for each case."
    ),
    case_column: str = typer.Option("case_id", "--case-column", help="The column of --cases that holds the case."),
    by: str = typer.Option(None, "--by", metavar="COLUMN", help="Count for each value of this column of --cases."),
    where: list[str] = typer.Option([], "--where", metavar="COLUMN=VALUE", help="Use these lines of --cases only."),
    at_least: int = typer.Option(5, "--at-least", metavar="N", help="Show groups of at least so many times."),
    language: str = LANGUAGE,
    as_json: bool = AS_JSON,
) -> None:
    """The times between two milestones."""
    with faults_told(language):
        from pakkeforlop.exchange.logs.groups import read_groups
        from pakkeforlop.exchange.logs.milestone_file import read_milestones
        from pakkeforlop.exchange.logs.spans import span_between, spans_by

        table = read_milestones(file, start, to)
        found = span_between(table, start, to)
        grouped = {}
        if groups and by:
            lines = dict(part.partition("=")[::2] for part in where)
            grouped = spans_by(table, start, to, read_groups(groups, case_column, by, lines), at_least)
        if as_json:
            by_group = {name: _record(one, within) for name, one in grouped.items()}
            answer({"from": start, "to": to, **_record(found, within)} | ({"by": by_group} if grouped else {}))
            return
        for line in _lines(start, to, found, within, language):
            typer.echo(line)
        from pakkeforlop.cli.converted import say

        for name, one in grouped.items():
            typer.echo(say("group", language, name=name, **_shown(one.statistics())))


def _record(span: Any, within: list[int]) -> dict[str, Any]:
    return {
        "cases": span.cases,
        "both": span.both,
        "out_of_order": span.out_of_order,
        "same_day": span.same_day,
        "censored": span.censored,
        "without_first": span.without_first,
        "valid": span.statistics(),
        "within": {str(days): span.within(days) for days in within},
    }


def _shown(statistics: dict[str, Any]) -> dict[str, str]:
    """Numbers as they are written: whole ones without decimals, others with one."""
    return {
        name: "–" if value is None else f"{value:.0f}" if value == int(value) else f"{value:.1f}"
        for name, value in statistics.items()
    }


def _lines(start: str, to: str, span: Any, within: list[int], language: str) -> list[str]:
    from pakkeforlop.cli.converted import say

    record = _record(span, within)
    lines = [say("span", language, start=start, to=to, **record), say("order", language, **record)]
    if not span.days:
        return [*lines, say("none", language)]
    lines.append(say("statistics", language, **_shown(span.statistics())))
    counts = [say("within", language, days=days, count=span.within(days), n=len(span.days)) for days in sorted(within)]
    return [*lines, *counts]

"""`pakkeforlop indicators published`: what a file of published figures holds, none of it left out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from pakkeforlop.cli.common import AS_JSON, LANGUAGE, answer
from pakkeforlop.cli.faults import faults_told

HEADINGS = ("row_id", "indicator", "pathway", "unit", "period", "counts", "percent", "status")


def show_published(
    figures: Path = typer.Argument(None, metavar="[FIGURES]", help="Figures file (default: the product's own)."),
    indicator: str = typer.Option("", "--indicator", metavar="LABEL", help="Its rows: OF4, MH_UTR_PHV; MH_ for all."),
    unit: str = typer.Option("", "--unit", metavar="NUMBER|NAME", help="Only this unit."),
    year: int = typer.Option(0, "--year", metavar="YEAR", help="Only this year."),
    period_type: str = typer.Option("", "--period", metavar="tertial|year", help="Only periods of this length."),
    language: str = LANGUAGE,
    as_json: bool = AS_JSON,
) -> None:
    """Show published figures: every indicator of the file, or the rows of one. Mental health and substance use too.

    Example: pakkeforlop indicators published --indicator MH_UTR --unit "Hele landet" --period year

    Exit codes: 0 shown · 2 usage · 12 faulty file · 13 cannot read
    """
    with faults_told(language):
        from pakkeforlop.publication import shown
        from pakkeforlop.publication.published import packaged_figures, read_figures

        found = packaged_figures() if figures is None else read_figures(figures)
        if not (indicator or unit or year or period_type):
            listed = shown.indicators_of(found, language)
            if as_json:
                answer(listed)
            else:
                typer.echo("\n".join(_table([_indicator_cells(row) for row in listed], tuple(listed[0]), language)))
            return
        rows = shown.rows_of(found, indicator=indicator, unit=unit, year=year, period_type=period_type)
        if as_json:
            answer(rows)
            return
        words = shown.texts()["word"]
        if not rows:
            typer.echo(words["nothing"][language].format(given=" ".join(filter(None, (indicator, unit))) or year))
            return
        lines = _table([_row_cells(row, language) for row in rows], HEADINGS, language)
        if any(row["indicator"].startswith(shown.MENTAL) for row in rows):
            lines += ["", words["not_the_same"][language]]
        typer.echo("\n".join(lines))


def _indicator_cells(row: dict[str, Any]) -> list[str]:
    years = row["years"]
    return [str(value) if name != "years" else " ".join(map(str, years)) for name, value in row.items()]


def _row_cells(row: dict[str, Any], language: str) -> list[str]:
    from pakkeforlop.publication.shown import texts

    above = "–" if row["numerator"] is None else str(row["numerator"])
    below = "–" if row["denominator"] is None else str(row["denominator"])
    pathway = " ".join(part for part in (row["pathway"], row["branch"]) if part not in {"", "all"})
    said = texts()["status"].get(row["status"], {}).get(language, row["status"])
    period = f"{row['period_from']}–{row['period_to']}" if row["period_from"] else row["period_type"]
    return [row["row_id"], row["indicator"], pathway, row["unit"], period, f"{above}/{below}", row["percent"], said]


def _table(rows: list[list[str]], names: tuple[str, ...], language: str) -> list[str]:
    """Columns as wide as their widest cell."""
    from pakkeforlop.publication.shown import texts

    cells = [[texts()["heading"][name][language] for name in names], *rows]
    widths = [max(len(row[n]) for row in cells) for n in range(len(names))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]

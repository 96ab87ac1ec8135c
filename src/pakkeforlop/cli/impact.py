"""`pakkeforlop catalogue impact`: the same cohort under the catalogue in force and under proposed limits."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from pakkeforlop.cli.common import (
    AS_JSON,
    AS_OF,
    CATALOGUE,
    INPUTS,
    LANGUAGE,
    PATIENTS,
    QUIET,
    SETTINGS,
    answer,
    day_given,
    progress_shown,
    today,
)  # fmt: skip
from pakkeforlop.cli.faults import faults_told

if TYPE_CHECKING:
    from pakkeforlop.catalogue.model import Catalogue
    from pakkeforlop.review.impact import Impact

SHOWN = 40
EPISODE_COLUMNS = ("episode_id", "patient_id", "trust", "measure", "change", "days", "limit_before", "limit_after")


def impact(
    inputs: list[Path] = INPUTS,
    proposed: Path = typer.Option(
        ..., "--proposed", metavar="F|DIR", help="Proposed limits: time_limit blocks in TOML, or a catalogue folder."
    ),
    out: Path = typer.Option(None, "--out", metavar="F", help="Write every figure to this file (.csv or .parquet)."),
    episodes: Path = typer.Option(
        None, "--episodes", metavar="F", help="Write the episodes that change to this file (.csv or .parquet)."
    ),
    list_episodes: bool = typer.Option(False, "--list", help="List the episodes that change, with their ids."),
    patients: Path = PATIENTS,
    as_of: str = AS_OF,
    settings: Path = SETTINGS,
    catalogue: Path = CATALOGUE,
    language: str = LANGUAGE,
    quiet: bool = QUIET,
    as_json: bool = AS_JSON,
) -> None:
    """The same registrations under the limits in force and under proposed ones: who changes, where, by how much.

    Example: pakkeforlop catalogue impact registrations.parquet --proposed limits.toml --out impact.csv

    Exit codes: 0 done · 2 usage · 11 faulty definition · 12 faulty input file · 13 cannot read · 14 cannot write ·
    15 nothing left after refusals
    """
    with faults_told(language):
        import pyarrow as pa

        from pakkeforlop.catalogue.proposed import load_proposed
        from pakkeforlop.episodes.rows import Engine
        from pakkeforlop.exchange.csv.write import write_table
        from pakkeforlop.review.impact import impact_of
        from pakkeforlop.review.monitoring import Sources, make_engine, start_run

        with progress_shown(language, quiet=quiet or as_json) as progress:
            engine = make_engine(catalogue, settings)
            other = Engine.of(load_proposed(proposed, base=catalogue), engine.settings)
            run = start_run(
                Sources(inputs, patients), engine, today=today(), as_of=day_given(as_of, "--as-of"), progress=progress
            )
            run.intake.require_rows()
            found = impact_of(run, other)
        if out is not None:
            write_table(pa.Table.from_pylist(found.rows), out)
        if episodes is not None:
            write_table(found.episodes, episodes)
        if as_json:
            answer(_as_data(found, whole=list_episodes))
        elif not quiet:
            typer.echo("\n".join(_told(found, engine.catalogue, language, whole=list_episodes)))


def _as_data(found: Impact, *, whole: bool) -> dict[str, Any]:
    data: dict[str, Any] = {
        "episodes": found.total, "changed": found.changed, "gone": found.gone, "new": found.new,
        "limits": found.limits, "figures": found.rows,
    }  # fmt: skip
    if whole:
        data["changing"] = found.episodes.to_pylist()
    return data


def _told(found: Impact, catalogue: Catalogue, language: str, *, whole: bool) -> list[str]:
    from pakkeforlop.review.impact import CHANGES, say

    lines = [say("changed", language, changed=found.changed, episodes=found.total)]
    links = "other_links" if found.gone or found.new else "same_links"
    lines.append(say(links, language, gone=found.gone, new=found.new))
    if not found.limits:
        return [*lines, say("nothing", language)]
    none = say("none", language)
    for limit in found.limits:
        what = " ".join(part for part in (limit["pathway"], _measure(limit["measure"], catalogue, limit["pathway"],
                                          language), limit["branch"]) if part)  # fmt: skip
        before, after = (none if limit[side] is None else limit[side] for side in ("before", "after"))
        within = {name: _of(limit[name], limit["episodes"], language) for name in ("within_before", "within_after")}
        lines.append(say("limit", language, what=what, before=before, after=after, count=limit["episodes"], **within))
    rows = [row for row in found.rows if any(row[name] for name in CHANGES)]
    headings = ("measure", "pathway_key", "trust", "branch", "before", "after", "points", *CHANGES)
    lines += ["", *_columns([[say(f"heading.{name}", language) for name in headings],
                             *([*_cells(row, catalogue, language)] for row in rows[:SHOWN])])]  # fmt: skip
    if len(rows) > SHOWN:
        lines.append(say("more", language, count=len(rows) - SHOWN))
    if whole:
        table = [[say(f"heading.{name}", language) for name in EPISODE_COLUMNS]]
        for row in found.episodes.to_pylist():
            shown = row | {
                "change": say(f"change.{row['change']}", language),
                "measure": _measure(row["measure"], catalogue, row["pathway"], language),
            }
            table.append(["–" if shown[name] is None else str(shown[name]) for name in EPISODE_COLUMNS])
        lines += ["", *_columns(table)]
    return lines


def _measure(measure: str, catalogue: Catalogue, code: str, language: str) -> str:
    from pakkeforlop.review.impact import say

    if measure == "share":
        return say("measure.share", language)
    spans = catalogue.families[catalogue.pathways[code].family].span
    return next((span.label for span in spans if span.key == measure), measure)


def _cells(row: dict[str, Any], catalogue: Catalogue, language: str) -> list[str]:
    from pakkeforlop.review.impact import CHANGES, say

    known = {pathway.key: pathway for pathway in catalogue.pathways.values()}
    pathway = known.get(row["pathway_key"])
    unit = catalogue.units.resolve(row["trust"]) if row["trust"] else None
    label = say("measure.share", language) if row["measure"] == "share" else row["measure"].upper()
    if pathway is not None:
        label = _measure(row["measure"], catalogue, pathway.code, language)
    points = "" if row["points"] is None else f"{row['points']:+.1f}"
    return [
        label,
        pathway.short.of(language) if pathway else say("all", language),
        unit.name if unit else row["trust"],
        row["branch"],
        _share(row, "before", language),
        _share(row, "after", language),
        _number(points, language),
        *(str(row[name]) for name in CHANGES),
    ]


def _number(text: str, language: str) -> str:
    """A number with the decimal sign of the language and a true minus."""
    return (text if language == "en" else text.replace(".", ",")).replace("-", "−")


def _of(within: int, count: int, language: str) -> str:
    """A count with its percent of another."""
    return f"{within} ({_number(f'{100 * within / count:.1f} %', language)})"


def _share(row: dict[str, Any], side: str, language: str) -> str:
    percent = row[f"{side}_percent"]
    shown = "–" if percent is None else _number(f"{percent:.1f} %", language)
    return f"{row[f'{side}_numerator']}/{row[f'{side}_denominator']} {shown}"


def _columns(rows: list[list[str]]) -> list[str]:
    """Columns as wide as their widest cell."""
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]

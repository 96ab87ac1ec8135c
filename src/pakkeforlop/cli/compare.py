"""`pakkeforlop indicators compare`: figures of a run against published ones."""

from __future__ import annotations

import json
from pathlib import Path

import typer

from pakkeforlop.cli.common import AS_JSON, CATALOGUE, LANGUAGE, QUIET, answer
from pakkeforlop.cli.faults import faults_told

ROUNDINGS = ("nearest", "cut", "up")
ROWS_DIFFER = 1


def compare_files(
    indicators: Path = typer.Argument(..., metavar="INDICATORS", help="indicators.csv (or .parquet) of a run."),
    figures: Path = typer.Argument(None, metavar="[FIGURES]", help="Figures file (default: the product's own)."),
    unequal: Path = typer.Option(None, "--unequal", metavar="F.csv", help="Write the unequal rows to this file."),
    generated: Path = typer.Option(
        None, "--generated", metavar="generate.json", help="Name the rows that `generate` set aside."
    ),
    percents: str = typer.Option(
        None, "--percents", metavar="|".join(ROUNDINGS), help="Check quoted percents against their counts, so rounded."
    ),
    catalogue: Path = CATALOGUE,
    language: str = LANGUAGE,
    quiet: bool = QUIET,
    as_json: bool = AS_JSON,
) -> None:
    """Compare figures with published ones: how many rows are equal in numerator and denominator, and which are not.

    Example: pakkeforlop indicators compare result/indicators.csv figures.csv --unequal unequal.csv

    Exit codes: 0 equal (or different only where published rows contradict each other) · 1 rows differ · 2 usage ·
    12 faulty file · 13 cannot read · 14 cannot write
    """
    with faults_told(language):
        from pakkeforlop.catalogue.load import load_catalogue
        from pakkeforlop.publication import compare as comparing
        from pakkeforlop.publication.likeness import shipped
        from pakkeforlop.publication.likeness.frame import frame_of
        from pakkeforlop.publication.published import packaged_figures, read_figures
        from pakkeforlop.publication.told import comparison_told, percents_told
        from pakkeforlop.vocabulary.errors import UsageFault, unwritable

        if percents and percents not in ROUNDINGS:
            raise UsageFault("not_a_rounding", value=percents, known=list(ROUNDINGS))
        definitions = load_catalogue(catalogue)
        frame = frame_of(definitions)
        published = packaged_figures() if figures is None else read_figures(figures)
        ready = shipped.load(shipped.shipped_path(), frame, published.sha256)
        known = {str(one["row_id"]): str(one["reason"]) for one in ready.set_aside} if ready else {}
        if generated is not None:
            known |= _named_by_generate(generated)
        found = comparing.compare(comparing.read_indicators(indicators), published, frame, known)
        if unequal is not None:
            try:
                comparing.write_unequal([*found.unequal, *found.aside], unequal)
            except OSError as error:
                raise unwritable(error, unequal) from error
        target = definitions.settings.target_percent
        quoted = [row for row in published.rows if row.status == "quoted" and row.denominator]
        checks = comparing.check_percents(quoted, percents, target) if percents else []
        if as_json:
            equal, compared = found.all_rows
            answer(
                {
                    "figures": published.name, "equal": equal, "compared": compared,
                    "suppressed": {"rows": found.hidden, "below_five": found.hidden_small},
                    "by": comparing.summary_rows(found),
                    "unequal": [_unequal(one) for one in found.unequal],
                    "not_compared": [{"row_id": one.row.row_id, "reason": one.reason} for one in found.aside],
                    "percents": [
                        {"row_id": c.row.row_id, "exact": float(c.exact), "shown": float(c.shown),
                         "printed": float(c.printed), "agrees": c.agrees, "target_reached": c.reached}
                        for c in checks
                    ],
                }
            )  # fmt: skip
        elif not quiet:
            lines = comparison_told(found, language)
            lines += percents_told(checks, percents, target, language) if percents else []
            typer.echo("\n".join(lines))
    if found.unexplained:
        raise typer.Exit(ROWS_DIFFER)


def _named_by_generate(path: Path) -> dict[str, str]:
    """Row ids and reasons from generate.json."""
    from pakkeforlop.vocabulary.errors import FileFault, unreadable

    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        return {str(one["row_id"]): str(one["reason"]) for one in record["set_aside"]}
    except OSError as error:
        raise unreadable(error, path) from error
    except (ValueError, KeyError, TypeError) as error:
        raise FileFault("damaged", file=path, kind="generate.json") from error


def _unequal(one: object) -> dict[str, object]:
    from pakkeforlop.publication.compare import Unequal

    assert isinstance(one, Unequal)
    return {"row_id": one.row.row_id, "published": one.row.counts, "found": one.found, "reason": one.reason}

"""`pakkeforlop generate`: synthetic registrations that give published figures exactly."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from pakkeforlop.cli.common import AS_JSON, CATALOGUE, LANGUAGE, OUT, QUIET, answer, day_given
from pakkeforlop.cli.faults import faults_told

if TYPE_CHECKING:
    from pakkeforlop.review.generating import Generated, Request

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command(
    help="Make synthetic registrations, patients and new cancers that give published figures exactly.\n\n"
    "Writes registrations.parquet, patients.parquet, new_cancers.parquet, generate.json (what was assumed) and "
    "set_aside.csv (rows that cannot be given, and why).\n\n"
    "Example: pakkeforlop generate --like figures.csv --out synthetic --years 2019 2021\n\n"
    "Exit codes: 0 done · 2 usage · 12 faulty figures file · 13 cannot read · 14 cannot write · "
    "16 done, but some rows were set aside"
)
def generate(
    more_years: list[str] = typer.Argument(None, metavar="[YEAR...]", hidden=True),
    like: Path = typer.Option(
        None, "--like", metavar="FIGURES.csv", help="Figures to give (default: those that come with the product)."
    ),
    out: Path = OUT,
    years: list[str] = typer.Option(None, "--years", metavar="YEAR...", help="These years only (default: all)."),
    seed: int = typer.Option(1, "--seed", min=0, metavar="N", help="Same seed, same files."),
    registrations: int = typer.Option(
        None, "--registrations", min=1, metavar="N", help="About this many, with more pathways that end without cancer."
    ),
    fault_rate: list[str] = typer.Option(
        None, "--fault-rate", metavar="X|KIND=SHARE", help="Times the usual faults, or one kind's share (102=0.05)."
    ),
    fill: bool = typer.Option(False, "--fill", help="Fill the years between, and up to --as-of, with likely figures."),
    as_of: str = typer.Option(
        None, "--as-of", metavar="DATE", help="Last day of the data (default: the last day of the figures)."
    ),
    catalogue: Path = CATALOGUE,
    language: str = LANGUAGE,
    quiet: bool = QUIET,
    as_json: bool = AS_JSON,
) -> None:
    """Synthetic registrations from figures."""
    with faults_told(language):
        from pakkeforlop.exchange.generate.faults import fault_rates
        from pakkeforlop.review.generating import SET_ASIDE, Request
        from pakkeforlop.vocabulary.errors import ContradictionsSetAside

        request = Request(
            figures=like, years=years_given([*(years or []), *(more_years or [])]), seed=seed,
            as_of=day_given(as_of, "--as-of"), fill=fill, registrations=registrations,
            rates=fault_rates(rates_given(fault_rate or [])),
        )  # fmt: skip
        done = run_generate(request, out, catalogue=catalogue, language=language, quiet=quiet or as_json)
        if as_json:
            answer(done.record)
        elif not quiet:
            typer.echo("\n".join(generated_told(done, out, language)))
        aside = len(done.fit.set_aside)
        if aside:
            name = done.record["figures"]["name"]
            raise ContradictionsSetAside("contradictions_set_aside", count=aside, file=name, list=out / SET_ASIDE)


def run_generate(
    request: Request, out: Path, *, catalogue: Path | None = None, language: str = "nb", quiet: bool = True
) -> Generated:
    """Generate into the folder `out`: all of it, or nothing."""
    from pakkeforlop.catalogue.load import load_catalogue
    from pakkeforlop.exchange.csv.folder import OutputFolder
    from pakkeforlop.review.generating import RECORD
    from pakkeforlop.review.generating import generate as make

    definitions = load_catalogue(catalogue)
    with steps_shown(language, quiet=quiet) as told, OutputFolder(out) as folder:
        done = make(request, definitions, folder, told)
        folder.finish({"format": 1, "command": "generate", "record": RECORD, "seed": request.seed})
    return done


def generated_told(done: Generated, out: Path, language: str) -> list[str]:
    """What was fitted, drawn and written."""
    from pakkeforlop.publication.told import fit_told, say

    record = done.record
    counts = record["counts"]
    lines = [] if done.solved_here else [say("shipped", language)]
    lines += fit_told(done.fit, language)
    lines.append(say("drawn", language, **counts, seed=str(record["seed"]), as_of=record["as_of"]))
    if record["filled_periods"]:
        periods = ", ".join(f"{period['from']} – {period['to']}" for period in record["filled_periods"])
        lines.append(say("filled", language, periods=periods))
    lines.append(say("written", language, out=out))
    return lines


def years_given(texts: list[str]) -> tuple[int, ...]:
    """Years from `2019 2021`, `2019,2021` or `2019-2021`."""
    from pakkeforlop.vocabulary.errors import UsageFault

    years: set[int] = set()
    for text in re.split(r"[,\s]+", " ".join(texts).strip()):
        first, _, last = text.partition("-")
        if not text:
            continue
        if not re.fullmatch(r"\d{4}(-\d{4})?", text):
            raise UsageFault("not_a_year", value=text)
        years |= set(range(int(first), int(last or first) + 1))
    return tuple(sorted(years))


def rates_given(texts: list[str]) -> dict[str, float] | float | None:
    """One number for all kinds, or kinds with their shares; None when nothing was said."""
    from pakkeforlop.vocabulary.errors import UsageFault

    if not texts:
        return None
    single = [text for text in texts if "=" not in text]
    rates: dict[str, float] = {}
    for text in texts:
        kind, _, number = text.rpartition("=")
        try:
            rates[kind] = float(number)
        except ValueError:
            raise UsageFault("not_a_share", value=text) from None
        if rates[kind] < 0 or (kind and rates[kind] > 1):
            raise UsageFault("not_a_share", value=text)
    if len(single) == len(texts) == 1:
        return rates[""]
    if single:
        raise UsageFault("not_a_share", value=single[0])
    return rates


def _steps() -> dict[str, dict[str, str]]:
    return tomllib.loads((Path(__file__).parent / "generate.toml").read_text(encoding="utf-8"))


@contextmanager
def steps_shown(language: str, *, quiet: bool) -> Iterator[Callable[[str, str], None]]:
    """Tell the step at work on standard error: a moving line on a terminal, a line per step elsewhere."""
    steps = _steps()
    seen: set[str] = set()

    def text(step: str, about: str) -> str:
        return f"{steps.get(step, {}).get(language, step)} {about}".strip()

    if quiet or not sys.stderr.isatty():

        def plain(step: str, about: str) -> None:
            line = text(step, about if step == "solving" else "")
            if not quiet and line not in seen:
                seen.add(line)
                typer.echo(f"{line} …", err=True)

        yield plain
        return
    from rich.console import Console

    console = Console(stderr=True)
    with console.status("") as status:

        def moving(step: str, about: str) -> None:
            status.update(text(step, about))

        yield moving

"""`pakkeforlop release`: figures made public, for good. Publish a month, build, list, verify, lock a year, withdraw."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from pakkeforlop.cli.common import (
    AS_JSON,
    CATALOGUE,
    INPUTS,
    LANGUAGE,
    NEW_CANCERS,
    PATIENTS,
    QUIET,
    SETTINGS,
    answer,
    day_given,
    today,
)
from pakkeforlop.cli.faults import faults_told
from pakkeforlop.cli.released_told import told, told_import, told_stands

app = typer.Typer(add_completion=False, rich_markup_mode=None, help="Releases of figures.")

RELEASES = typer.Option(
    Path("releases"), "--releases", metavar="DIR", envvar="PAKKEFORLOP_RELEASES", help="The folder of releases."
)
OUT = typer.Option(
    Path("releases"), "--out", metavar="DIR", envvar="PAKKEFORLOP_RELEASES", help="The folder of releases."
)
HOSPITALS = typer.Option(False, "--hospitals", help="Hospitals too.")
PROCESSES = typer.Option(0, "--processes", help="Processes at work (default: one a processor).")
PLAN = typer.Option(None, "--plan", metavar="F.toml", help="Another plan of what is released.")
DAY = typer.Option(None, "--on", metavar="DATE", help="The day of the release, lock or withdrawal (default: today).")
ROWS_WRONG = 1


@app.callback()
def release() -> None:
    """Releases of figures."""


@app.command()
def build(
    indicators: Path = typer.Argument(
        ..., metavar="INDICATORS", readable=False, help="indicators.csv (or .parquet) of a run."
    ),
    out: Path = OUT,
    name: str = typer.Option(..., "--name", help="Name of the release, such as 2021 or 2021T2."),
    since: str = typer.Option("", "--since", metavar="PERIOD", help="First period (2021 or 2021T1)."),
    through: str = typer.Option("", "--through", metavar="PERIOD", help="Last period (2021 or 2021T2)."),
    hospitals: bool = HOSPITALS,
    episodes: Path = typer.Option(
        None,
        "--episodes",
        metavar="F",
        readable=False,
        help="episodes.parquet of the same run (adds days over the limit, and what to expect of fresh periods).",
    ),
    as_of: str = typer.Option(None, "--as-of", metavar="DATE", help="The last day known (default: of the episodes)."),
    synthetic: bool = typer.Option(
        False, "--synthetic", help="All patients are invented (known by itself where the run tells of it)."
    ),
    plan: Path = PLAN,
    on: str = DAY,
    processes: int = PROCESSES,
    catalogue: Path = CATALOGUE,
    language: str = LANGUAGE,
    quiet: bool = QUIET,
    as_json: bool = AS_JSON,
) -> None:
    """Build a release: few persons hidden, nothing to be worked out, files that are never written again.

    Example: pakkeforlop release build result/indicators.csv --out releases --name 2021 --through 2021

    Exit codes: 0 done · 2 usage, or the name is taken · 11 faulty definition · 12 faulty file · 13 cannot read ·
    14 cannot write
    """
    with faults_told(language):
        asked = Asked(
            indicators, out, name, since=_period(since, "--since"), through=_period(through, "--through"),
            hospitals=hospitals, episodes=episodes, as_of=day_given(as_of, "--as-of"), plan=plan,
            on=day_given(on, "--on"), processes=processes, catalogue=catalogue, synthetic=synthetic,
        )  # fmt: skip
        record = built_and_written(asked)
        if as_json:
            answer(_without_hashes(record))
        elif not quiet:
            typer.echo("\n".join(told(record, out / name, language)))


@app.command()
def publish(
    inputs: list[Path] = INPUTS,
    month: str = typer.Option(..., "--month", metavar="YYYY-MM", help="The month whose data have come in."),
    out: Path = OUT,
    result: Path = typer.Option(Path("result"), "--result", metavar="DIR", help="Folder of the run (internal)."),
    patients: Path = PATIENTS,
    new_cancers: Path = NEW_CANCERS,
    since: str = typer.Option("", "--since", metavar="PERIOD", help="First period (default: of the data)."),
    hospitals: bool = HOSPITALS,
    plan: Path = PLAN,
    on: str = DAY,
    processes: int = PROCESSES,
    settings: Path = SETTINGS,
    catalogue: Path = CATALOGUE,
    language: str = LANGUAGE,
    quiet: bool = QUIET,
    as_json: bool = AS_JSON,
) -> None:
    """Publish a month in one go: run, release through the last tertial that has ended, and try the proof anew.

    The release is named after the month. Whoever serves the folder shows it at once; there is nothing to restart.

    Example: pakkeforlop release publish registrations.parquet --month 2024-04 --patients patients.parquet

    Exit codes: 0 done · 1 written, but does not stand · 2 usage, or the month is published · 11 faulty definition ·
    12 faulty file · 13 cannot read · 14 cannot write · 15 nothing left after refusals
    """
    with faults_told(language):
        from pakkeforlop.cli.monitor import run_monitor
        from pakkeforlop.publication.release import shelf as shelves
        from pakkeforlop.publication.release.plan import load_plan
        from pakkeforlop.publication.release.verify import faults_of
        from pakkeforlop.review.origin import synthetic_beside

        last_day, through = _month(month)
        shelf = shelves.open_shelf(out, must_exist=False)
        shelves.check_name(shelf, month)
        shelves.check_kind(shelf, synthetic=synthetic_beside(inputs))
        run_monitor(
            inputs, result, patients=patients, new_cancers=new_cancers, as_of=last_day, settings=settings,
            catalogue=catalogue, report=False, language=language, quiet=quiet or as_json,
        )  # fmt: skip
        asked = Asked(
            result / "indicators.csv", out, month, since=_period(since, "--since"), through=through,
            hospitals=hospitals, episodes=result / "episodes.parquet", as_of=last_day, plan=plan,
            on=day_given(on, "--on"), processes=processes, catalogue=catalogue,
        )  # fmt: skip
        record = built_and_written(asked)
        shelf = shelves.open_shelf(out)
        found = faults_of(shelf, shelf.release(month), load_plan(plan))
        if as_json:
            answer({**_without_hashes(record), "stands": not found, "faults": found})
        elif not quiet:
            typer.echo("\n".join([*told(record, out / month, language), *(found or told_stands(month, language))]))
    if found:
        raise typer.Exit(ROWS_WRONG)


def _without_hashes(record: dict[str, Any]) -> dict[str, Any]:
    """What is answered of a release: its record, but for the hash of each file."""
    return {key: value for key, value in record.items() if key != "sha256"}


@dataclass(frozen=True)
class Asked:
    """What is to be released. Periods as `2021T2` or empty; days as day numbers, None for today or the data's last.

    synthetic: all patients are invented; also found out from the run that the indicators stand beside.
    """

    indicators: Path
    out: Path
    name: str
    since: str = ""
    through: str = ""
    hospitals: bool = False
    episodes: Path | None = None
    as_of: int | None = None
    plan: Path | None = None
    on: int | None = None
    processes: int = 0
    catalogue: Path | None = None
    synthetic: bool = False


def built_and_written(asked: Asked) -> dict[str, Any]:
    """Build the release and write its folders; the record."""
    import os
    from importlib.metadata import version

    from pakkeforlop.catalogue.load import load_catalogue
    from pakkeforlop.publication.release import build as building
    from pakkeforlop.publication.release import shelf as shelves
    from pakkeforlop.publication.release.episodes import read_episodes
    from pakkeforlop.publication.release.plan import load_plan
    from pakkeforlop.publication.release.source import read_source, within
    from pakkeforlop.review.origin import synthetic_beside
    from pakkeforlop.vocabulary.calendar import day_of
    from pakkeforlop.vocabulary.errors import FileFault

    shelf = shelves.open_shelf(asked.out, must_exist=False)
    shelves.check_name(shelf, asked.name)
    synthetic = asked.synthetic or synthetic_beside([asked.indicators])
    shelves.check_kind(shelf, synthetic=synthetic)
    plan, definitions = load_plan(asked.plan), load_catalogue(asked.catalogue)
    figures = within(
        read_source(asked.indicators, plan, hospitals=asked.hospitals), since=asked.since, through=asked.through
    )
    if not figures:
        raise FileFault("release_no_figures", file=asked.indicators, indicators=plan.indicators)
    bands, more = read_episodes(asked.episodes, definitions, figures, as_of=asked.as_of)
    built = building.build(
        figures, definitions, plan, shelf, name=asked.name, source=str(asked.indicators), bands=bands, more=more,
        released_on=day_of(today() if asked.on is None else asked.on).isoformat(), code_version=version("pakkeforlop"),
        processes=asked.processes or os.cpu_count() or 1, synthetic=synthetic,
    )  # fmt: skip
    _write(built, asked.out, asked.name)
    return built.record


@app.command("import")
def import_published(
    figures: Path = typer.Argument(
        None, metavar="[FIGURES]", readable=False, help="Published figures (CSV, .gz, .xz); default: those shipped."
    ),
    out: Path = OUT,
    name: str = typer.Option("open-national-indicators-2015-2021", "--name", help="Name of the release."),
    on: str = typer.Option(None, "--on", metavar="DATE", help="The day they were published (default: of the data)."),
    catalogue: Path = CATALOGUE,
    language: str = LANGUAGE,
    quiet: bool = QUIET,
    as_json: bool = AS_JSON,
) -> None:
    """Put figures that others have published on the shelf, marked external: outside our guarantee, never added up.

    Example: pakkeforlop release import --out releases

    Exit codes: 0 done · 2 usage, or the name is taken · 11 faulty definition · 12 faulty file · 13 cannot read ·
    14 cannot write
    """
    with faults_told(language):
        from importlib.metadata import version

        from pakkeforlop.catalogue.load import load_catalogue
        from pakkeforlop.publication import external
        from pakkeforlop.publication.published import packaged_figures, read_figures
        from pakkeforlop.publication.release import shelf as shelves
        from pakkeforlop.publication.release.past import files_of
        from pakkeforlop.vocabulary.calendar import day_of

        shelf = shelves.open_shelf(out, must_exist=False)
        shelves.check_name(shelf, name)
        day = day_given(on, "--on")
        made = external.external_release(
            read_figures(figures) if figures else packaged_figures(), load_catalogue(catalogue), name=name,
            published_on=external.PUBLISHED_ON if day is None else day_of(day).isoformat(),
        )  # fmt: skip
        public = files_of(made)
        record = {**made.record, "number": len(shelf.releases) + 1, "code": version("pakkeforlop"),
                  "sha256": shelves.hashes(public)}  # fmt: skip
        _write_folder(out / name, public, record)
        if as_json:
            answer(_without_hashes(record))
        elif not quiet:
            typer.echo("\n".join(told_import(record, out / name, language)))


@app.command("list")
def list_releases(
    releases: Path = RELEASES, language: str = LANGUAGE, quiet: bool = QUIET, as_json: bool = AS_JSON
) -> None:
    """List the releases with their periods, and the years that are locked.

    Example: pakkeforlop release list --releases releases

    Exit codes: 0 done · 2 usage · 12 faulty file · 13 cannot read
    """
    with faults_told(language):
        from pakkeforlop.publication.release.shelf import open_shelf

        shelf = open_shelf(releases)
        rows = [
            {"name": one.name, "released": one.record["released"], "periods": one.record["periods"],
             "figures": one.record["figures"], "external": one.external, "synthetic": one.synthetic,
             "withdrawn": one.withdrawn or None}
            for one in shelf.releases
        ]  # fmt: skip
        if as_json:
            answer({"releases": rows, "locked": {str(year): name for year, name in sorted(shelf.locks.items())}})
        elif not quiet:
            for row in rows:
                periods = row["periods"]
                mark = "  (external)" if row["external"] else "  (synthetic)" if row["synthetic"] else ""
                mark += f"  ({row['withdrawn']})" if row["withdrawn"] else ""
                typer.echo(f"{row['name']}  {row['released']}  {periods[0]}-{periods[-1]}  {row['figures']}{mark}")


@app.command()
def verify(
    name: str = typer.Argument(..., metavar="NAME", help="The release."),
    releases: Path = RELEASES,
    plan: Path = PLAN,
    language: str = LANGUAGE,
    quiet: bool = QUIET,
    as_json: bool = AS_JSON,
) -> None:
    """Check a release: its files are what they were, and nothing hidden can be worked out, earlier releases included.

    Example: pakkeforlop release verify 2021 --releases releases

    Exit codes: 0 it stands · 1 it does not · 2 usage · 12 faulty file · 13 cannot read
    """
    with faults_told(language):
        from pakkeforlop.publication.release.plan import load_plan
        from pakkeforlop.publication.release.shelf import open_shelf
        from pakkeforlop.publication.release.verify import faults_of

        shelf = open_shelf(releases)
        found = faults_of(shelf, shelf.release(name), load_plan(plan))
        if as_json:
            answer({"release": name, "stands": not found, "faults": found})
        elif not quiet:
            typer.echo("\n".join(found) if found else f"{name}: ok")
    if found:
        raise typer.Exit(ROWS_WRONG)


@app.command()
def lock(
    year: int = typer.Argument(..., metavar="YEAR", help="The year."),
    releases: Path = RELEASES,
    on: str = DAY,
    language: str = LANGUAGE,
    quiet: bool = QUIET,
) -> None:
    """Lock a year: later releases keep its figures as they stand now, and show revised ones beside them.

    Example: pakkeforlop release lock 2021 --releases releases

    Exit codes: 0 done · 2 usage, or locked already · 12 faulty file · 13 cannot read · 14 cannot write
    """
    with faults_told(language):
        from pakkeforlop.publication.release.shelf import open_shelf
        from pakkeforlop.vocabulary.errors import UsageFault

        shelf = open_shelf(releases)
        if year in shelf.locks:
            raise UsageFault("release_locked", year=year, release=shelf.locks[year])
        held = shelf.holding(year)
        if held is None or str(year) not in held.record["periods"]:
            raise UsageFault("release_no_year", year=year)
        _mark(releases, f"locked-{year}", {"mark": "locked", "year": year, "release": held.name}, on)
        if not quiet:
            typer.echo(f"{year}: {held.name}")


@app.command()
def withdraw(
    name: str = typer.Argument(..., metavar="NAME", help="The release."),
    reason: str = typer.Option(..., "--reason", help="Why, in a sentence that readers of the release will see."),
    releases: Path = RELEASES,
    on: str = DAY,
    language: str = LANGUAGE,
    quiet: bool = QUIET,
) -> None:
    """Withdraw a release: it is marked with the reason and stays where it is, for what was read cannot be unread.

    Example: pakkeforlop release withdraw 2021 --reason "Two trusts were mixed up" --releases releases

    Exit codes: 0 done · 2 usage, withdrawn already, or it holds a locked year · 12 faulty file · 13 cannot read ·
    14 cannot write
    """
    with faults_told(language):
        from pakkeforlop.publication.release.shelf import open_shelf
        from pakkeforlop.vocabulary.errors import UsageFault

        shelf = open_shelf(releases)
        one = shelf.release(name)
        if one.withdrawn:
            raise UsageFault("release_gone", name=name, reason=one.withdrawn)
        if years := sorted(year for year, holder in shelf.locks.items() if holder == name):
            raise UsageFault("release_holds", name=name, years=years)
        if not reason.strip():
            raise UsageFault("release_reason")
        _mark(releases, f"withdrawn-{name}", {"mark": "withdrawn", "release": name, "reason": reason.strip()}, on)
        if not quiet:
            typer.echo(f"{name}: {reason.strip()}")


def _month(text: str) -> tuple[int, str]:
    """(the last day of a month as a day number, the last tertial that has ended by then)."""
    from datetime import date, timedelta

    from pakkeforlop.vocabulary.calendar import day_number
    from pakkeforlop.vocabulary.errors import UsageFault

    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        raise UsageFault("release_month", value=text) from None
    next_month = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    year, tertials = (first.year, first.month // 4) if first.month >= 4 else (first.year - 1, 3)
    return day_number(next_month) - 1, f"{year}T{tertials}"


def _period(text: str, option: str) -> str:
    from pakkeforlop.publication.release.source import period_given
    from pakkeforlop.vocabulary.errors import UsageFault

    found = period_given(text) if text else ""
    if found is None:
        raise UsageFault("release_period", option=option, value=text)
    return found


def _write(built: Any, out: Path, name: str) -> None:
    """The internal files first: a release that is seen has them."""
    from pakkeforlop.publication.release.shelf import INTERNAL, hashes
    from pakkeforlop.vocabulary.errors import unwritable

    try:
        (out / INTERNAL).mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(error, out) from error
    _write_folder(out / INTERNAL / name, built.internal, {"release": name, "sha256": hashes(built.internal)})
    _write_folder(out / name, built.public, built.record)


def _write_folder(folder: Path, files: dict[str, bytes], record: dict[str, Any]) -> None:
    from pakkeforlop.exchange.csv.folder import OutputFolder

    with OutputFolder(folder) as written:
        for file, content in files.items():
            written.write_bytes(file, content)
        written.finish(record)


def _mark(releases: Path, file: str, mark: dict[str, Any], on: str) -> None:
    from pakkeforlop.exchange.csv.write import written_beside
    from pakkeforlop.publication.release.shelf import MARKS
    from pakkeforlop.vocabulary.calendar import day_of

    day = day_given(on, "--on")
    mark = {**mark, "on": day_of(today() if day is None else day).isoformat()}
    with written_beside(releases / MARKS / f"{file}.json") as stream:
        stream.write((json.dumps(mark, ensure_ascii=False, indent=1) + "\n").encode())

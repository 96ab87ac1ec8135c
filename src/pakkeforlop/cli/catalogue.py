"""`pakkeforlop catalogue`: check, show and compare the definitions, and try proposed limits."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from pakkeforlop.cli.faults import faults_told, language
from pakkeforlop.cli.impact import impact

if TYPE_CHECKING:
    from pakkeforlop.catalogue.as_of import PathwayOn
    from pakkeforlop.catalogue.model import Catalogue, Pathway
    from pakkeforlop.catalogue.words import Words

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Check, show and compare the definitions.\n\nExample: pakkeforlop catalogue show A01 --on 2021-04-30",
)

FOLDER_HELP = "The folder that holds the catalogue's files; without it the one that PAKKEFORLOP_CATALOGUE names, "
Folder = Annotated[Path | None, typer.Option("--catalogue", help=FOLDER_HELP + "or the product's own.")]
AsJson = Annotated[bool, typer.Option("--json", help="Write JSON.")]
Language = Literal["nb", "nn", "en"]
Lang = Annotated[Language | None, typer.Option("--lang", help="Without it PAKKEFORLOP_LANGUAGE, or nb.")]
Day = Annotated[str | None, typer.Option("--on", metavar="DATE", help="As of this day (2021-05-01); without it today.")]


@app.command()
def check(
    folder: Annotated[Path | None, typer.Argument(help=FOLDER_HELP + "or the product's own.")] = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Read every file and tell all faults at once, each with file and line. Exit code 11 when there are any.

    \b
    Examples:
    pakkeforlop catalogue check
    pakkeforlop catalogue check my-catalogue --lang en
    """
    chosen = _language(lang)
    with faults_told(chosen):
        from pakkeforlop.catalogue.faults import CatalogueFault
        from pakkeforlop.catalogue.load import check_catalogue, load_catalogue

        faults = check_catalogue(folder)
        if as_json:
            said = [{"file": f.file, "line": f.line, "path": f.path, "fault": f.said.of(chosen)} for f in faults]
            _print_json({"faults": said})
            raise typer.Exit(CatalogueFault.exit_code if faults else 0)
        if faults:
            raise CatalogueFault(faults)
        _say_all_is_well(load_catalogue(folder), chosen)


@app.command()
def show(
    what: Annotated[str, typer.Argument(help="A pathway (A01, breast), or what to list: pathways, codes, messages, "
                                             "units, indicators, sources.")],
    fitting: Annotated[str | None, typer.Argument(help="Only rows that begin with this, or hold it.")] = None,
    on: Day = None,
    catalogue: Folder = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:  # fmt: skip
    """One pathway as of a day, or a list, with the source of each fact and how sure it is.

    \b
    Examples:
    pakkeforlop catalogue show breast --on 2021-04-30
    pakkeforlop catalogue show codes A12
    pakkeforlop catalogue show units --on 2019-01-31 --json
    """
    with faults_told(_language(lang)):
        from pakkeforlop.catalogue.as_of import find_pathway, pathway_on
        from pakkeforlop.catalogue.listing import LISTINGS
        from pakkeforlop.catalogue.load import load_catalogue
        from pakkeforlop.catalogue.words import UnknownName, Words

        words, day = Words(_language(lang)), _day(on) if on else date.today()
        loaded = load_catalogue(catalogue)
        if what in LISTINGS:
            _show_list(loaded, what, fitting, day, words, as_json=as_json)
        elif pathway := find_pathway(loaded, what):
            _show_pathway(pathway_on(loaded, pathway, day), loaded, words, as_json=as_json)
        else:
            raise UnknownName("word.unknown_subject", given=what, known=", ".join(LISTINGS))


@app.command()
def diff(
    before: Annotated[str, typer.Argument(help="The first day.")],
    after: Annotated[str, typer.Argument(help="The second day.")],
    pathway: Annotated[str | None, typer.Argument(help="Only this pathway (A01, breast).")] = None,
    catalogue: Folder = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """What differs between two days: pathways, names, limits, codes, and the trusts of hospitals.

    \b
    Examples:
    pakkeforlop catalogue diff 2021-04-30 2021-05-01
    pakkeforlop catalogue diff 2015-01-01 2024-01-01 testis
    """
    with faults_told(_language(lang)):
        from pakkeforlop.catalogue.compare import differences
        from pakkeforlop.catalogue.load import load_catalogue
        from pakkeforlop.catalogue.words import Words

        words = Words(_language(lang))
        days = _day(before), _day(after)
        loaded = load_catalogue(catalogue)
        only = _pathway(loaded, pathway) if pathway else None
        found = differences(loaded, *days, pathway=only, language=words.language)
        if as_json:
            _print_json([vars(difference) for difference in found])
        elif not found:
            typer.echo(words("word.no_differences", before=days[0], after=days[1]))
        else:
            columns = ("subject", "change", "before", "after", "since", "sure", "source")
            _print_table([words(f"heading.{c}") for c in columns], [_changed(d, words) for d in found])


@app.command()
def schema(
    folder: Annotated[Path | None, typer.Argument(help="Where to write; without it beside the product's own.")] = None,
    lang: Lang = None,
) -> None:
    """Write the JSON Schema of each kind of file, for editors. A TOML file names its schema in its first line.

    Example: pakkeforlop catalogue schema my-catalogue/schema
    """
    with faults_told(_language(lang)):
        from pakkeforlop.catalogue.json_schema import FOLDER, write_schemas
        from pakkeforlop.catalogue.words import Words

        written = write_schemas(folder or FOLDER)
        typer.echo(Words(_language(lang))("word.written", count=len(written), folder=folder or FOLDER))


app.command("impact")(impact)


def _language(chosen: Language | None) -> str:
    return chosen or language()


def _day(text: str) -> date:
    from pakkeforlop.catalogue.words import UnknownName

    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UnknownName("word.not_a_day", given=text) from None


def _pathway(catalogue: Catalogue, text: str) -> Pathway:
    from pakkeforlop.catalogue.as_of import find_pathway
    from pakkeforlop.catalogue.words import UnknownName

    found = find_pathway(catalogue, text)
    if found is None:
        raise UnknownName("word.unknown_pathway", given=text)
    return found


def _say_all_is_well(catalogue: Catalogue, chosen: str) -> None:
    from pakkeforlop.catalogue.words import Words

    counts = {
        name: len(getattr(catalogue, name)) for name in ("pathways", "codes", "messages", "indicators", "sources")
    }
    units = 1 + len(catalogue.regions) + len(catalogue.trusts) + len(catalogue.hospitals)
    typer.echo(Words(chosen)("word.no_faults", units=units, **counts))


def _show_list(catalogue: Catalogue, what: str, fitting: str | None, on: date, words: Words, *, as_json: bool) -> None:
    from pakkeforlop.catalogue import listing

    listed = listing.LISTINGS[what](catalogue, on, words)
    if fitting:
        listed = listing.fitting(listed, fitting)
    if as_json:
        _print_json(listed.rows)
    elif not listed.rows:
        typer.echo(words("word.nothing_found", given=fitting or what))
    else:
        rows = [[_cell(row.get(column)) for column in listed.columns] for row in listed.rows]
        _print_table([words(f"heading.{column}") for column in listed.columns], rows)


def _show_pathway(shown: PathwayOn, catalogue: Catalogue, words: Words, *, as_json: bool) -> None:
    from pakkeforlop.catalogue import account

    if as_json:
        _print_json(account.as_data(shown, catalogue, words))
        return
    rows = account.facts(shown, catalogue, words)
    title = f"{shown.pathway.code} {shown.name.of(words.language)} ({shown.pathway.key})"
    typer.echo(f"{title}, {words('fact.as_of', day=shown.on)}")
    if not shown.in_use:
        typer.echo(words("fact.not_in_use") + ".")
    if shown.pathway.note:
        typer.echo(shown.pathway.note)
    typer.echo("")
    headings = ["", "", words("heading.sure"), words("heading.source")]
    _print_table(headings, [list(row) for row in rows])
    typer.echo("\n" + words("fact.limits" if shown.limits else "fact.no_limits"))
    if shown.limits:
        columns = ("interval", "from_to", "kind_name", "days", "in_force_from", "sure", "source", "note")
        names = [words(f"heading.{'kind' if column == 'kind_name' else column}") for column in columns]
        limits = [[_cell(row[column]) for column in columns] for row in account.limit_rows(shown, words)]
        _print_table(names, limits)
    typer.echo(f"\n{words('fact.codes')}: {' '.join(code.code for code in shown.codes) or '–'}")
    typer.echo(f"\n{words('fact.sources')}")
    for key in account.sources_named(shown, rows):
        source = catalogue.sources[key]
        typer.echo(f"  {key}: {words.source(catalogue, key)}{f' <{source.address}>' if source.address else ''}")


def _changed(difference: Any, words: Words) -> list[str]:
    name = " ".join(part for part in (words(f"what.{difference.what}"), difference.detail) if part)
    before, after = (
        words.yes_no(value == "yes") if difference.what == "inclusion" else value
        for value in (difference.before, difference.after)
    )
    sure = words(f"confidence.{difference.confidence}") if difference.confidence else ""
    return [difference.subject, name, before or "–", after or "–", _cell(difference.since), sure, difference.source]


def _cell(value: object) -> str:
    return "" if value is None else str(value)


def _print_json(data: object) -> None:
    typer.echo(json.dumps(data, ensure_ascii=False, indent=2, default=str))


def _print_table(headings: list[str], rows: list[list[str]]) -> None:
    """A table as wide as the terminal; wide enough for whole lines when it goes to a file."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, show_header=any(headings), header_style="bold")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console = Console(highlight=False)
    if console.is_terminal:
        console.print(table)
        return
    console = Console(highlight=False, width=200)
    with console.capture() as captured:
        console.print(table)
    typer.echo("\n".join(line.rstrip() for line in captured.get().splitlines()))

"""`pakkeforlop keys`: keys by which other systems write and read."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import typer

from pakkeforlop.cli.application import HOME, moment, start
from pakkeforlop.cli.common import AS_JSON, LANGUAGE, answer
from pakkeforlop.cli.faults import faults_told
from pakkeforlop.vocabulary.errors import UsageFault

app = typer.Typer(add_completion=False, rich_markup_mode=None, help="Keys of other systems.")
SAID = {
    "nb": "Nøkkel for {name} – vises bare nå:\n{key}",
    "nn": "Nøkkel for {name} – blir vist berre no:\n{key}",
    "en": "Key of {name} – shown only now:\n{key}",
}
ENDED = {
    "nb": "Nøkkelen {number} gjelder ikke lenger.",
    "nn": "Nøkkelen {number} gjeld ikkje lenger.",
    "en": "The key {number} is good no more.",
}
STATES = {
    "nb": {"in_use": "i bruk", "ended": "avsluttet", "expired": "utløpt"},
    "nn": {"in_use": "i bruk", "ended": "avslutta", "expired": "gått ut"},
    "en": {"in_use": "in use", "ended": "ended", "expired": "expired"},
}


@app.callback()
def keys() -> None:
    """Keys of other systems."""


@app.command(
    help="Make a key for a system, for some scopes and a unit; it is printed once.\n\n"
    "Scopes: registrations.write, events.write, worklist.read, episodes.read, changes.read.\n\n"
    "Example: pakkeforlop keys add laboratory --name 'Laboratoriet' --unit 974557746 --scope events.write\n\n"
    "Exit codes: 0 done · 2 usage · 13 database does not answer"
)
def add(
    system: str = typer.Argument(..., metavar="SYSTEM", help="Short name of the system: small letters and digits."),
    name: str = typer.Option("", "--name", help="The name that people see in the log."),
    scope: list[str] = typer.Option(..., "--scope", help="What the key is for; may be given several times."),
    unit: str = typer.Option(..., "--unit", metavar="ORGNR", help="Hospital, trust or region; 900000000: all."),
    pathway: str = typer.Option("", "--pathway", help="Beginning of the pathway's code; empty: all."),
    expires: str = typer.Option("", "--expires", metavar="YYYY-MM-DD", help="Last day that it is good."),
    store: Path = HOME,
    language: str = LANGUAGE,
    as_json: bool = AS_JSON,
) -> None:
    """A key."""
    with faults_told(language):
        from pakkeforlop.access.scope import units

        found = units().resolve(unit)
        if found is None:
            raise UsageFault("no_such_unit", value=unit)
        last = _day(expires)
        start(store)
        from pakkeforlop.access.actions.faults import Faults
        from pakkeforlop.access.actions.systems import make_key
        from pakkeforlop.access.systems import Scope

        at, on = moment()
        try:
            key = make_key(
                system=system, display_name=name, scopes=scope, org_nr=found.org_nr, pathway=pathway, expires_on=last,
                by=None, on=on, at=at,
            )  # fmt: skip
        except Faults as faults:
            raise UsageFault("key_refused", detail=str(faults), known=[each.value for each in Scope]) from faults
        if as_json:
            answer({"system": system, "key": key})
        else:
            typer.echo(SAID[language].format(name=system, key=key))


@app.command(
    "list",
    help="Keys: whose, for what, until when, last used.\n\nExample: pakkeforlop keys list\n\n"
    "Exit codes: 0 done · 13 database does not answer",
)
def list_(store: Path = HOME, language: str = LANGUAGE, as_json: bool = AS_JSON) -> None:
    """All keys."""
    with faults_told(language):
        start(store)
        from pakkeforlop.access.queries import keys as all_keys

        _, on = moment()
        rows: list[dict[str, Any]] = []
        for key in all_keys():
            state = "ended" if key.ended_at else "expired" if key.expires_on and key.expires_on < on else "in_use"
            rows.append(
                {
                    "key": key.number, "system": key.user.username, "state": state, "scopes": key.scopes.split(),
                    "expires": key.expires_on.isoformat() if key.expires_on else None,
                    "used": key.used_on.isoformat() if key.used_on else None,
                }
            )  # fmt: skip
        if as_json:
            answer({"keys": rows})
            return
        for row in rows:
            state = STATES[language][row["state"]]
            days = f"{row['used'] or '-':<11} {row['expires'] or '-':<11}"
            typer.echo(f"{row['key']}  {row['system']:<20} {state:<10} {days} {' '.join(row['scopes'])}")


@app.command(
    help="End a key: it is good no more from this moment.\n\nExample: pakkeforlop keys end 5f1c0a9b2d3e\n\n"
    "Exit codes: 0 done · 2 no such key in use · 13 database does not answer"
)
def end(
    number: str = typer.Argument(..., metavar="KEY", help="The key's number, the part after pf_."),
    store: Path = HOME,
    language: str = LANGUAGE,
) -> None:
    """End a key."""
    with faults_told(language):
        start(store)
        from pakkeforlop.access.actions.systems import end_key

        at, _ = moment()
        if not end_key(number=number, by=None, at=at):
            raise UsageFault("no_such_key", value=number)
        typer.echo(ENDED[language].format(number=number))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise UsageFault("key_refused", detail=f"expires: {text}", known=[]) from error

"""`pakkeforlop users`: the first administrator, who then adds the others on the pages."""

from __future__ import annotations

from pathlib import Path

import typer

from pakkeforlop.cli.application import HOME, moment, start
from pakkeforlop.cli.common import AS_JSON, LANGUAGE, answer
from pakkeforlop.cli.faults import faults_told
from pakkeforlop.vocabulary.errors import UsageFault

app = typer.Typer(add_completion=False, rich_markup_mode=None, help="Users of the application.")
SAID = {
    "nb": "{name} er laget. Passord: {password} – vises bare nå; bytt det etter innlogging.",
    "nn": "{name} er laga. Passord: {password} – blir vist berre no; byt det etter innlogging.",
    "en": "{name} is made. Password: {password} – shown only now; change it after logging in.",
}


@app.callback()
def users() -> None:
    """Users of the application."""


@app.command(
    help="Add a user with a role for a unit; the password is printed once.\n\n"
    "Example: pakkeforlop users add kari --name 'Kari Lien' --role administrator --unit 983974724\n\n"
    "Exit codes: 0 done · 2 usage · 13 database does not answer"
)
def add(
    username: str = typer.Argument(..., metavar="NAME", help="Name to log in with: small letters and digits."),
    name: str = typer.Option("", "--name", help="The name that others see."),
    role: str = typer.Option(
        ..., "--role", help="coordinator, coder, leader, mdt, department, analyst or administrator."
    ),
    unit: str = typer.Option(..., "--unit", metavar="ORGNR", help="Hospital, trust or region; 900000000: all."),
    pathway: str = typer.Option("", "--pathway", help="Beginning of the pathway's code; empty: all."),
    store: Path = HOME,
    language: str = LANGUAGE,
    as_json: bool = AS_JSON,
) -> None:
    """A user with a role."""
    with faults_told(language):
        from pakkeforlop.access.rights import Role
        from pakkeforlop.access.scope import units

        if role not in set(Role):
            raise UsageFault("no_such_role", value=role, known=[each.value for each in Role])
        found = units().resolve(unit)
        if found is None:
            raise UsageFault("no_such_unit", value=unit)
        start(store)
        from pakkeforlop.access.actions.faults import Faults
        from pakkeforlop.access.actions.first import make_user

        at, day = moment()
        try:
            user, password = make_user(
                username=username, display_name=name, role=role, org_nr=found.org_nr, pathway=pathway, on=day, at=at
            )
        except Faults as faults:
            raise UsageFault("user_refused", detail=str(faults)) from faults
        if as_json:
            answer({"username": user.username, "password": password})
        else:
            typer.echo(SAID[language].format(name=user.username, password=password))

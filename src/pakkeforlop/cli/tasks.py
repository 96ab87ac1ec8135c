"""`pakkeforlop tasks`: reminders and word to leaders, as a job of every morning."""

from __future__ import annotations

from pathlib import Path

import typer

from pakkeforlop.cli.application import HOME, moment, start
from pakkeforlop.cli.common import AS_JSON, LANGUAGE, answer
from pakkeforlop.cli.faults import faults_told

app = typer.Typer(add_completion=False, rich_markup_mode=None, help="Tasks and promised answers.")
SAID = {
    "nb": "{escalated} oppgaver er meldt til leder, {made} påminnelser er laget. {sent} e-poster er sendt, {failed} "
    "kunne ikke sendes og prøves igjen. {waiting} venter.",
    "nn": "{escalated} oppgåver er melde til leiar, {made} påminningar er laga. {sent} e-postar er sende, {failed} "
    "kunne ikkje sendast og blir prøvde igjen. {waiting} ventar.",
    "en": "{escalated} tasks were told to leaders, {made} reminders were made. {sent} e-mails were sent, {failed} "
    "could not be sent and are tried again. {waiting} wait.",
}


@app.callback()
def tasks() -> None:
    """Tasks and promised answers."""


@app.command(
    help="Tell leaders of tasks that are late, and remind everyone who has given an address of what is due. Run it "
    "every morning, as often as one likes: nobody is reminded twice a day. The e-mails name no patient. "
    "PAKKEFORLOP_MAIL names the mail server; without one the messages wait.\n\n"
    "Example: pakkeforlop tasks remind\n\n"
    "Exit codes: 0 done · 13 database does not answer"
)
def remind(store: Path = HOME, language: str = LANGUAGE, as_json: bool = AS_JSON) -> None:
    """Reminders and word to leaders."""
    with faults_told(language):
        start(store)
        from pakkeforlop.coordination.actions import outgoing
        from pakkeforlop.coordination.actions.tasks import escalate_late
        from pakkeforlop.coordination.queries.messages import waiting

        at, day = moment()
        done = {"escalated": escalate_late(on=day, at=at), "made": outgoing.remind(on=day, at=at)}
        done["sent"], done["failed"] = outgoing.send_waiting(at=at)
        done["waiting"] = waiting()
        if as_json:
            answer(done)
        else:
            typer.echo(SAID[language].format(**done))

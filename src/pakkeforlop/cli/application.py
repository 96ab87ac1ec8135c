"""Django made ready for a command: the store's folder, its tables as they should be, and the day."""

from __future__ import annotations

import os
import secrets
from datetime import date, datetime
from pathlib import Path

import typer

from pakkeforlop.vocabulary.errors import UnreadableFault, UsageFault

HOME = typer.Option(
    None, "--store", metavar="DIR", envvar="PAKKEFORLOP_HOME", readable=False,
    help="Folder of the store (default: pakkeforlop-store). PAKKEFORLOP_DATABASE names a PostgreSQL database instead.",
)  # fmt: skip
FOLDER = "pakkeforlop-store"


def folder(home: Path | None) -> Path:
    """The store's folder, made for its owner alone."""
    chosen = (home or Path(os.environ.get("PAKKEFORLOP_HOME") or FOLDER)).resolve()
    chosen.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.environ["PAKKEFORLOP_HOME"] = str(chosen)
    return chosen


def keep_secret_key(home: Path) -> None:
    """A key that sessions are signed with, made once and readable by its owner alone."""
    try:
        number = os.open(home / "secret_key", os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        (home / "secret_key").chmod(0o600)
        return
    with os.fdopen(number, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))


def start(home: Path | None = None) -> None:
    """Make Django ready and bring the tables up to date. A fault where its packages are not installed."""
    chosen = folder(home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pakkeforlop.config.settings")
    try:
        import django

        django.setup()
    except ModuleNotFoundError as error:
        raise UsageFault("application_missing", name=error.name or "?") from error
    _bring_up_to_date(chosen)


def _bring_up_to_date(home: Path) -> None:
    """Run the migrations that have not been run."""
    from django.core.management import call_command
    from django.db.utils import OperationalError

    from pakkeforlop.coordination.actions.definitions import begin

    try:
        call_command("migrate", verbosity=0, interactive=False)
        begin(at=moment()[0])
    except OperationalError as error:
        detail = str(error).strip().splitlines()[0]
        raise UnreadableFault("store_unreachable", detail=detail, home=str(home)) from error


def moment() -> tuple[datetime, date]:
    """This moment and its day in Norway; where PAKKEFORLOP_TODAY fixes the day, the time of day on that day."""
    from django.conf import settings
    from django.utils import timezone

    now = timezone.localtime()
    if settings.TODAY:
        fixed = date.fromisoformat(settings.TODAY)
        now = now.replace(year=fixed.year, month=fixed.month, day=fixed.day, fold=0)
    return now, now.date()

"""`pakkeforlop serve`: the application on this machine or behind a proxy."""

from __future__ import annotations

import os
import socket
import threading
import time
from datetime import date
from pathlib import Path

import typer

from pakkeforlop.cli.application import HOME, folder, keep_secret_key, moment, start
from pakkeforlop.cli.common import LANGUAGE, QUIET
from pakkeforlop.cli.faults import faults_told
from pakkeforlop.vocabulary.errors import UnwritableFault
from pakkeforlop.vocabulary.sentences import Sentences

say = Sentences(Path(__file__).with_suffix(".toml"))
app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command(
    help="Run the application: tables are brought up to date, static files collected, a secret key made and kept in "
    "the store's folder.\n\n"
    "Example: pakkeforlop serve --port 8000\n\n"
    "Exit codes: 0 ended · 2 usage · 13 database does not answer · 14 port taken or folder not writable"
)
def serve(
    host: str = typer.Option("127.0.0.1", "--host", help="Address to listen on; names go in PAKKEFORLOP_HOSTS."),
    port: int = typer.Option(8000, "--port", help="Port; 0 takes a free one."),
    workers: int = typer.Option(1, "--workers", min=1, help="Processes."),
    threads: int = typer.Option(4, "--threads", min=1, help="Threads in each process."),
    releases: Path | None = typer.Option(
        None, "--releases", metavar="DIR", envvar="PAKKEFORLOP_RELEASES",
        help="Releases that the public pages and the open API show (default: releases in the store's folder).",
    ),
    store: Path = HOME,
    language: str = LANGUAGE,
    quiet: bool = QUIET,
) -> None:
    """The application."""
    with faults_told(language):
        if releases is not None:
            os.environ["PAKKEFORLOP_RELEASES"] = str(releases.resolve())
        made_ready(store)
        run_server(host, port, workers=workers, threads=threads, language=language, quiet=quiet)


def made_ready(store: Path | None) -> None:
    """Everything that must be there before the first page: key, tables, static files."""
    keep_secret_key(folder(store))
    os.environ["PAKKEFORLOP_COLLECTING"] = "1"
    start(store)
    from django.conf import settings
    from django.core.management import call_command

    if settings.HELSEID_URL:
        from pakkeforlop.access.helseid import profile_of

        profile_of(settings.HELSEID_URL, settings.HELSEID_CLIENT, settings.HELSEID_KEY, settings.HELSEID_LEVEL)
    call_command("collectstatic", verbosity=0, interactive=False)


def run_server(host: str, port: int, *, workers: int, threads: int, language: str, quiet: bool) -> None:
    """Serve until interrupted."""
    from django.conf import settings
    from django.db import connections
    from granian import Granian
    from granian.constants import Interfaces

    port = free_port(host, port)
    if not (settings.SQLITE_IS_SAFE or _on_postgresql()):
        workers = threads = 1
    if not quiet:
        for line in _announcement(host, port, language):
            typer.echo(line)
    made = _turned(None)  # before the workers are forked: a database must not be at work in that moment
    connections.close_all()
    threading.Thread(target=_turn_days, args=(made, language), daemon=True).start()
    Granian(
        "pakkeforlop.config.wsgi:application", address=host, port=port, interface=Interfaces.WSGI, workers=workers,
        blocking_threads=threads, workers_kill_timeout=5, log_enabled=False, backlog=256,
    ).serve()  # fmt: skip


def free_port(host: str, port: int) -> int:
    """The port, or a free one for 0. A fault when it is taken."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise UnwritableFault("port_taken", port=port) from error
        return int(probe.getsockname()[1])


def _announcement(host: str, port: int, language: str) -> list[str]:
    import sqlite3  # the one that the settings put in place

    from django.conf import settings
    from django.contrib.auth import get_user_model

    shown = "localhost" if host == "127.0.0.1" else host
    lines = [say("store", language, store=settings.DATABASES["default"]["NAME"])]
    if not _on_postgresql():
        key = "sqlite_safe" if settings.SQLITE_IS_SAFE else "sqlite_unsafe"
        lines.append(say(key, language, version=sqlite3.sqlite_version))
    if not get_user_model()._default_manager.exists():
        lines.append(say("nobody", language))
    return [*lines, say("address", language, address=f"http://{shown}:{port}/")]


def _on_postgresql() -> bool:
    from django.db import connection

    return connection.vendor == "postgresql"


def _turn_days(done: date, language: str) -> None:
    """When a new day begins, the list and what depends on the day are made anew; what is kept for a time is cleared."""
    current = False
    while True:
        time.sleep(60)
        current = current or brought_up(language)
        done = turned(done, language)


def brought_up(language: str) -> bool:
    """Whether everything in the store is linked under the definitions of this process; what is not, is linked anew now.

    While that goes on, those on a list come first; a database that does not answer is told, and asked again later.
    """
    from django.db import DatabaseError, connection

    from pakkeforlop.coordination.actions.definitions import link_anew
    from pakkeforlop.episodes.definitions import are_others

    try:
        if are_others():
            typer.echo(say("definitions_others", language), err=True)
            at, day = moment()
            typer.echo(say("definitions_done", language, patients=link_anew(on=day, at=at)), err=True)
        return True
    except DatabaseError as fault:
        typer.echo(say("definitions_wait", language, kind=type(fault).__name__), err=True)
        return False
    finally:
        connection.close()


def turned(done: date, language: str) -> date:
    """As `_turned`; a day that could not be made is told, and tried again a minute later."""
    from django.db import DatabaseError, connection

    try:
        return _turned(done)
    except DatabaseError as fault:
        connection.close()
        typer.echo(say("day_waits", language, kind=type(fault).__name__), err=True)
        return done


def _turned(done: date | None) -> date:
    """The day that the list is made for now; it is made anew when that is another than `done`."""
    from django.db import connection

    from pakkeforlop.coordination.actions.clearing import clear
    from pakkeforlop.coordination.actions.posts import follow_lately
    from pakkeforlop.coordination.actions.taking_in import new_day

    at, day = moment()
    if day != done:
        new_day(on=day, at=at)
        follow_lately(on=day, at=at)
        clear(at=at)
        connection.close()
    return day

"""The application under test: a migrated store on SQLite or PostgreSQL, emptied between tests."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

TABLES = (
    "coding_registration", "access_event", "access_openingseen", "coordination_note", "coordination_assessment",
    "coordination_change", "reporting_submission", "reporting_sentmessage", "reporting_submissionevent", "reporting_return",
    "reporting_periodlock", "reporting_lockedfigure", "reporting_reminder", "episodes_definitions",
)  # fmt: skip
"""Append-only tables; tests that commit for real empty them too, with the triggers taken away for that moment."""


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    request: pytest.FixtureRequest, django_db_modify_db_settings_parallel_suffix: None
) -> Iterator[None]:
    """Starts PostgreSQL where it is asked for."""
    from app import settings
    from tools import postgresql

    running = None
    if settings.ON_POSTGRESQL:
        if postgresql.programs() is None:
            pytest.skip(postgresql.MISSING)
        running = postgresql.start(settings.FOLDER)
    yield
    if running is not None:
        from django.db import connections

        connections.close_all()
        postgresql.stop(running)


@pytest.fixture(scope="session", autouse=True)
def _append_only_tables_can_be_emptied(django_db_setup: None) -> Iterator[None]:
    """Between tests that commit, Django empties all tables; the triggers that refuse it stand aside meanwhile."""
    from django.db import connection
    from django.db.backends.base.operations import BaseDatabaseOperations

    from pakkeforlop.vocabulary.append_only import allowing, refusing

    plain = BaseDatabaseOperations.execute_sql_flush
    if plain.__name__ == "emptying":  # the browser stories ask for the same, in one run with the rest
        yield
        return

    def emptying(self: Any, statements: Any) -> None:
        there = [table for table in TABLES if table in connection.introspection.table_names()]
        with connection.cursor() as cursor:
            for table in there:
                for statement in allowing(table, connection.vendor):
                    cursor.execute(statement)
        plain(self, statements)
        with connection.cursor() as cursor:
            for table in there:
                for statement in refusing(table, connection.vendor):
                    cursor.execute(statement)

    BaseDatabaseOperations.execute_sql_flush = emptying
    yield
    BaseDatabaseOperations.execute_sql_flush = plain


@pytest.fixture(scope="session")
def engine(catalogue: Any) -> Any:
    """The engine of the catalogue that the product ships."""
    from pakkeforlop.episodes.rows import Engine

    return Engine.of(catalogue)


@pytest.fixture(scope="session")
def postgresql_folder() -> Iterator[Path]:
    """A real PostgreSQL server for tests with processes of their own; skipped where it is not installed."""
    from tools import postgresql

    if postgresql.programs() is None:
        pytest.skip(postgresql.MISSING)
    with postgresql.server() as folder:
        yield folder


MIGRATE = "from django.core.management import call_command; call_command('migrate', verbosity=0)"


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite store with nothing in it, made once; tests of processes begin with a copy."""
    from app.store.processes import Store, environment

    folder = tmp_path_factory.mktemp("migrated")
    (folder / "store").mkdir()
    Store(environment(folder), folder).ask(MIGRATE)
    return folder / "store" / "store.sqlite3"


@pytest.fixture(scope="session")
def migrated_database(postgresql_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The same in PostgreSQL: the name of a database that others are copied from."""
    from app.store.processes import Store, environment
    from tools import postgresql

    folder = tmp_path_factory.mktemp("migrated")
    (folder / "store").mkdir()
    Store(environment(folder, postgresql.make_database(postgresql_folder, "migrated")), folder).ask(MIGRATE)
    return "migrated"


@pytest.fixture(params=["sqlite", "postgresql"])
def own_store(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """An empty, migrated store that real processes share, on either database."""
    from app.store.processes import Store, environment

    (tmp_path / "store").mkdir()
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_file"), tmp_path / "store" / "store.sqlite3")
        return Store(environment(tmp_path), tmp_path)
    from tools import postgresql

    folder, like = request.getfixturevalue("postgresql_folder"), request.getfixturevalue("migrated_database")
    name = f"own_{abs(hash(str(tmp_path))) % 10**12}"
    return Store(environment(tmp_path, postgresql.make_database(folder, name, like=like)), tmp_path)

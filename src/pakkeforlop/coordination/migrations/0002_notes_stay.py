"""The database itself refuses to change or remove a note."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from pakkeforlop.vocabulary.append_only import allowing, refusing

TABLE = "coordination_note"


def _close(_apps: Any, schema_editor: Any) -> None:
    for statement in refusing(TABLE, schema_editor.connection.vendor):
        schema_editor.execute(statement)


def _open(_apps: Any, schema_editor: Any) -> None:
    for statement in allowing(TABLE, schema_editor.connection.vendor):
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    """Triggers on the notes, for SQLite and PostgreSQL."""

    dependencies = [("coordination", "0001_initial")]
    operations = [migrations.RunPython(_close, _open)]

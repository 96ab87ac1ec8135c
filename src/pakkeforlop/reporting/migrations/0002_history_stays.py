"""Submissions, returns, locks and reminders are never changed or removed: the database itself refuses."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from pakkeforlop.vocabulary.append_only import allowing, refusing

TABLES = ("submission", "sentmessage", "submissionevent", "return", "periodlock", "lockedfigure", "reminder")


def refuse(_apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Make the tables append-only."""
    for table in TABLES:
        for statement in refusing(f"reporting_{table}", editor.connection.vendor):
            editor.execute(statement, params=None)


def allow(_apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Take it back."""
    for table in TABLES:
        for statement in allowing(f"reporting_{table}", editor.connection.vendor):
            editor.execute(statement, params=None)


class Migration(migrations.Migration):
    """Triggers on what only grows."""

    dependencies = [("reporting", "0001_submissions_returns_locks")]
    operations = [migrations.RunPython(refuse, allow)]

"""Registrations are never changed or removed: the database itself refuses."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from pakkeforlop.vocabulary.append_only import allowing, refusing


def refuse(_apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Make the table append-only."""
    for statement in refusing("coding_registration", editor.connection.vendor):
        editor.execute(statement, params=None)


def allow(_apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Take it back."""
    for statement in allowing("coding_registration", editor.connection.vendor):
        editor.execute(statement, params=None)


class Migration(migrations.Migration):
    """Triggers on the registrations."""

    dependencies = [("coding", "0001_initial")]
    operations = [migrations.RunPython(refuse, allow)]

"""Under which definitions the episodes were linked; a line is never changed or removed."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from pakkeforlop.vocabulary.append_only import allowing, refusing


def refuse(_apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Make the table append-only."""
    for statement in refusing("episodes_definitions", editor.connection.vendor):
        editor.execute(statement, params=None)


def allow(_apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Take it back."""
    for statement in allowing("episodes_definitions", editor.connection.vendor):
        editor.execute(statement, params=None)


class Migration(migrations.Migration):

    dependencies = [
        ("episodes", "0002_times_of_mental_health"),
    ]

    operations = [
        migrations.CreateModel(
            name="Definitions",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64)),
                ("since", models.DateTimeField()),
                ("patients", models.IntegerField()),
            ],
        ),
        migrations.RunPython(refuse, allow),
    ]

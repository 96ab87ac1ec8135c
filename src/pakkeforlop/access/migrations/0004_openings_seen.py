"""Who has seen that a patient of their units was opened with a reason; the database refuses to change or remove it."""

from __future__ import annotations

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from pakkeforlop.vocabulary.append_only import allowing, refusing

TABLE = "access_openingseen"


def _close(_apps: Any, schema_editor: Any) -> None:
    for statement in refusing(TABLE, schema_editor.connection.vendor):
        schema_editor.execute(statement)


def _open(_apps: Any, schema_editor: Any) -> None:
    for statement in allowing(TABLE, schema_editor.connection.vendor):
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    """One table that only grows."""

    dependencies = [("access", "0003_tied_identity")]
    operations = [
        migrations.CreateModel(
            name="OpeningSeen",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "opening",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="seen", to="access.opening"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("opening", "by"), name="an_opening_seen_once")],
            },
        ),
        migrations.RunPython(_close, _open),
    ]

"""Every assessment of a referral stays to be read, a downgraded one stays on a list until it is settled, and every list
has named views of its own."""

from __future__ import annotations

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from pakkeforlop.vocabulary.append_only import allowing, refusing

TABLE = "coordination_assessment"


def _first_rows(apps: Any, _schema_editor: Any) -> None:
    """What was assessed before: one row each; a marked referral that became ordinary is downgraded."""
    referral, assessment = apps.get_model("coordination", "Referral"), apps.get_model("coordination", "Assessment")
    done = referral.objects.exclude(status="new").filter(assessed_at__isnull=False)
    assessment.objects.bulk_create(
        [
            assessment(
                referral=row, became=row.status, into=row.into, reason=row.reason, by=row.assessed_by, at=row.assessed_at
            )
            for row in done
        ],
        batch_size=500,
    )
    referral.objects.filter(status="ordinary", marked=True).update(downgraded=True)


def _close(_apps: Any, schema_editor: Any) -> None:
    for statement in refusing(TABLE, schema_editor.connection.vendor):
        schema_editor.execute(statement)


def _open(_apps: Any, schema_editor: Any) -> None:
    for statement in allowing(TABLE, schema_editor.connection.vendor):
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    """A table that only grows, and a mark on the referral."""

    dependencies = [
        ("coordination", "0002_notes_stay"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AddField("referral", "downgraded", models.BooleanField(default=False)),
        migrations.AddIndex(
            "referral",
            models.Index(condition=models.Q(("downgraded", True)), fields=["institution"], name="referral_downgraded"),
        ),
        migrations.CreateModel(
            name="Assessment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "became",
                    models.CharField(
                        choices=[
                            ("new", "new"),
                            ("pathway", "pathway"),
                            ("ordinary", "ordinary"),
                            ("settled", "settled"),
                        ],
                        max_length=10,
                    ),
                ),
                ("into", models.CharField(blank=True, max_length=3)),
                ("start", models.CharField(blank=True, max_length=10)),
                ("reason", models.CharField(blank=True, max_length=400)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "referral",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="assessments",
                        to="coordination.referral",
                    ),
                ),
            ],
        ),
        migrations.AddField("savedview", "page", models.CharField(default="worklist", max_length=16)),
        migrations.RemoveConstraint("savedview", "one_view_of_a_name"),
        migrations.AddConstraint(
            "savedview", models.UniqueConstraint(fields=("user", "page", "name"), name="one_view_of_a_name")
        ),
        migrations.RunPython(_close, _open),
        migrations.RunPython(_first_rows, migrations.RunPython.noop),
    ]

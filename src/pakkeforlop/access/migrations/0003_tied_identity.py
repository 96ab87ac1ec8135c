"""Logins elsewhere that are users here, by each person's own explicit act."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """One table."""

    dependencies: ClassVar = [("access", "0002_append_only")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="TiedIdentity",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("issuer", models.CharField(max_length=200)),
                ("subject", models.CharField(max_length=255)),
                ("tied_at", models.DateTimeField()),
                ("cut_at", models.DateTimeField(blank=True, null=True)),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="identities",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("cut_at__isnull", True)),
                        fields=("issuer", "subject"),
                        name="identity_of_one_user",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("cut_at__isnull", True)),
                        fields=("user", "issuer"),
                        name="user_of_one_identity",
                    ),
                ]
            },
        ),
    ]

"""Users, assignments, the access log, openings with a reason, and who is who."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """The first tables."""

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("username", models.CharField(max_length=64, unique=True)),
                ("display_name", models.CharField(max_length=120)),
                ("language", models.CharField(default="nb", max_length=2)),
                ("single_keys", models.BooleanField(default=True)),
                ("is_active", models.BooleanField(default=True)),
                ("is_demo", models.BooleanField(default=False)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Assignment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("coordinator", "coordinator"),
                            ("coder", "coder"),
                            ("leader", "leader"),
                            ("mdt", "mdt"),
                            ("department", "department"),
                            ("analyst", "analyst"),
                            ("administrator", "administrator"),
                        ],
                        max_length=16,
                    ),
                ),
                ("org_nr", models.CharField(max_length=20)),
                ("pathway", models.CharField(blank=True, default="", max_length=3)),
                ("department", models.CharField(blank=True, default="", max_length=80)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assignments",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["user", "valid_from"], name="access_assi_user_id_7a8766_idx")],
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("kind", models.CharField(max_length=24)),
                ("what", models.CharField(max_length=80)),
                ("patient_id", models.BigIntegerField(null=True)),
                ("org_nr", models.CharField(blank=True, default="", max_length=20)),
                ("pathway", models.CharField(blank=True, default="", max_length=3)),
                ("listed", models.TextField(blank=True, default="")),
                ("detail", models.JSONField(default=dict)),
                ("reason", models.TextField(blank=True, default="")),
                (
                    "by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("patient_id__isnull", False)),
                        fields=["patient_id", "at"],
                        name="event_patient",
                    ),
                    models.Index(fields=["kind", "at"], name="event_kind"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Opening",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("patient_id", models.BigIntegerField()),
                ("org_nr", models.CharField(blank=True, default="", max_length=20)),
                ("pathway", models.CharField(blank=True, default="", max_length=3)),
                ("kind", models.CharField(max_length=16)),
                ("reason", models.TextField()),
                ("at", models.DateTimeField()),
                ("until", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="openings",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["user", "patient_id", "until"], name="access_open_user_id_2d9e0c_idx"),
                    models.Index(fields=["at"], name="access_open_at_9e6192_idx"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Post",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=24)),
                ("org_nr", models.CharField(max_length=20)),
                ("pathway", models.CharField(blank=True, default="", max_length=3)),
                ("name", models.CharField(blank=True, default="", max_length=120)),
                ("phone", models.CharField(blank=True, default="", max_length=40)),
                ("phone_hours", models.CharField(blank=True, default="", max_length=80)),
                ("department", models.CharField(blank=True, default="", max_length=80)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="posts",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["org_nr", "pathway"], name="access_post_org_nr_203652_idx")],
            },
        ),
    ]

"""What other systems tell, transfers, lists handed over, messages that go out, and a trace of every day that moves."""

from __future__ import annotations

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from pakkeforlop.vocabulary.append_only import allowing, refusing

TABLE = "coordination_change"


def _close(_apps: Any, schema_editor: Any) -> None:
    for statement in refusing(TABLE, schema_editor.connection.vendor):
        schema_editor.execute(statement)


def _open(_apps: Any, schema_editor: Any) -> None:
    for statement in allowing(TABLE, schema_editor.connection.vendor):
        schema_editor.execute(statement)


def _evidence(apps: Any, _schema_editor: Any) -> None:
    """A proposal of before that says nothing of its ground names at least its code."""
    proposal = apps.get_model("coordination", "Proposal")
    for row in proposal.objects.filter(evidence=""):
        row.evidence = row.code
        row.save(update_fields=["evidence"])


class Migration(migrations.Migration):
    """Tables and columns; changes are append-only in the database itself."""

    dependencies = [
        ("coding", "0002_append_only"),
        ("coordination", "0003_referrals_assessed_anew"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Change",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("pathway", models.CharField(max_length=3)),
                ("what", models.CharField(max_length=20)),
                ("row", models.BigIntegerField()),
                ("was", models.CharField(blank=True, max_length=120)),
                ("now", models.CharField(blank=True, max_length=120)),
                ("reason", models.CharField(max_length=400)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="ClinicalEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("external_id", models.CharField(max_length=64, unique=True)),
                ("pathway", models.CharField(blank=True, max_length=3)),
                ("towards", models.CharField(blank=True, max_length=3)),
                ("kind", models.CharField(max_length=20)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("booked", "booked"),
                            ("attended", "attended"),
                            ("missed", "missed"),
                            ("cancelled", "cancelled"),
                        ],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("received_date", models.DateField(null=True)),
                ("institution", models.CharField(max_length=16)),
                ("department", models.CharField(blank=True, max_length=100)),
                ("finding", models.CharField(blank=True, max_length=24)),
                ("text", models.CharField(blank=True, max_length=200)),
                ("result", models.CharField(blank=True, max_length=400)),
                ("source", models.CharField(blank=True, max_length=40)),
                ("answers", models.CharField(blank=True, max_length=64)),
                ("told_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Cover",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first_day", models.DateField()),
                ("last_day", models.DateField()),
                ("note", models.CharField(blank=True, max_length=1000)),
                ("made_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="MailAddress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("address", models.EmailField(max_length=254)),
            ],
        ),
        migrations.CreateModel(
            name="Outgoing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=64, unique=True)),
                ("kind", models.CharField(max_length=20)),
                ("channel", models.CharField(choices=[("mail", "mail"), ("letter", "letter")], max_length=10)),
                ("recipient", models.CharField(max_length=254)),
                ("subject", models.CharField(max_length=200)),
                ("body", models.TextField()),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "waiting"), ("sent", "sent"), ("failed", "failed")],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("fault", models.CharField(blank=True, max_length=200)),
                ("made_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Transfer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("pathway", models.CharField(max_length=3)),
                ("sender", models.CharField(max_length=16)),
                ("receiver", models.CharField(blank=True, max_length=16)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("sent", "sent"),
                            ("received", "received"),
                            ("accepted", "accepted"),
                            ("attended", "attended"),
                            ("declined", "declined"),
                        ],
                        default="sent",
                        max_length=10,
                    ),
                ),
                ("sent_on", models.DateField()),
                ("letter", models.CharField(blank=True, max_length=2000)),
                ("received_on", models.DateField(null=True)),
                ("accepted_on", models.DateField(null=True)),
                ("attended_on", models.DateField(null=True)),
                ("declined_on", models.DateField(null=True)),
                ("reason", models.CharField(blank=True, max_length=400)),
                ("made_at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="expectedanswer",
            name="made_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="expectedanswer",
            name="made_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="expectedanswer",
            name="owner",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="proposal",
            name="became",
            field=models.CharField(blank=True, max_length=5),
        ),
        migrations.AddField(
            model_name="proposal",
            name="became_date",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="proposal",
            name="rule",
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddField(
            model_name="task",
            name="escalated_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="task",
            name="escalated_to",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="worklistrow",
            name="receipt_due",
            field=models.DateField(null=True),
        ),
        migrations.AlterField(
            model_name="proposal",
            name="state",
            field=models.CharField(
                choices=[
                    ("open", "open"),
                    ("confirmed", "confirmed"),
                    ("changed", "changed"),
                    ("rejected", "rejected"),
                ],
                default="open",
                max_length=10,
            ),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(fields=["owner", "done_at", "due"], name="coordinatio_owner_i_759871_idx"),
        ),
        migrations.AddField(
            model_name="change",
            name="by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="change",
            name="patient",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="coding.patient"),
        ),
        migrations.AddField(
            model_name="clinicalevent",
            name="patient",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="coding.patient"),
        ),
        migrations.AddField(
            model_name="expectedanswer",
            name="event",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="coordination.clinicalevent",
            ),
        ),
        migrations.AddField(
            model_name="proposal",
            name="event",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="coordination.clinicalevent",
            ),
        ),
        migrations.RunPython(_evidence, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(("evidence", ""), _negated=True), name="no_proposal_without_evidence"
            ),
        ),
        migrations.AddField(
            model_name="cover",
            name="deputy",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="cover",
            name="ended_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="cover",
            name="made_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="cover",
            name="owner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="mailaddress",
            name="user",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="outgoing",
            name="patient",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="coding.patient"
            ),
        ),
        migrations.AddField(
            model_name="outgoing",
            name="referral",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="coordination.referral"
            ),
        ),
        migrations.AddField(
            model_name="outgoing",
            name="user",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="transfer",
            name="accepted_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="transfer",
            name="declined_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="transfer",
            name="patient",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="coding.patient"),
        ),
        migrations.AddField(
            model_name="transfer",
            name="received_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="transfer",
            name="sent_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddIndex(
            model_name="change",
            index=models.Index(fields=["what", "row"], name="coordinatio_what_9cef1e_idx"),
        ),
        migrations.AddIndex(
            model_name="clinicalevent",
            index=models.Index(fields=["patient", "at"], name="coordinatio_patient_27b22a_idx"),
        ),
        migrations.AddIndex(
            model_name="cover",
            index=models.Index(fields=["deputy", "last_day"], name="coordinatio_deputy__33612c_idx"),
        ),
        migrations.AddIndex(
            model_name="cover",
            index=models.Index(fields=["owner", "last_day"], name="coordinatio_owner_i_11991c_idx"),
        ),
        migrations.AddIndex(
            model_name="outgoing",
            index=models.Index(fields=["state", "made_at"], name="coordinatio_state_df02ac_idx"),
        ),
        migrations.AddIndex(
            model_name="outgoing",
            index=models.Index(fields=["referral"], name="coordinatio_referra_7d558c_idx"),
        ),
        migrations.AddIndex(
            model_name="transfer",
            index=models.Index(fields=["receiver", "state"], name="coordinatio_receive_4d4e6a_idx"),
        ),
        migrations.AddIndex(
            model_name="transfer",
            index=models.Index(fields=["sender", "state"], name="coordinatio_sender_dcb2c9_idx"),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.UniqueConstraint(
                fields=("patient", "pathway", "sender", "sent_on"),
                name="one_transfer_a_day",
                condition=models.Q(("state", "declined"), _negated=True),
            ),
        ),
        migrations.RunPython(_close, _open),
    ]

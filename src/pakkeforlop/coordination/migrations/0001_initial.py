"""Tables of the working day: rows of the list, appointments, answers, proposals, tasks, notes, referrals."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("coding", "0002_append_only"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Proposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("pathway", models.CharField(max_length=3)),
                ("code", models.CharField(max_length=5)),
                ("event_date", models.DateField()),
                ("institution", models.CharField(max_length=16)),
                ("evidence", models.CharField(max_length=500)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "open"), ("confirmed", "confirmed"), ("rejected", "rejected")],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=400)),
                ("made_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="coding.patient"
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Referral",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("external_id", models.CharField(max_length=64, unique=True)),
                ("received_date", models.DateField()),
                ("institution", models.CharField(max_length=16)),
                ("sender", models.CharField(blank=True, max_length=200)),
                ("pathway", models.CharField(blank=True, max_length=3)),
                ("marked", models.BooleanField(default=False)),
                ("diagnosis", models.CharField(blank=True, max_length=200)),
                ("text", models.CharField(blank=True, max_length=2000)),
                (
                    "status",
                    models.CharField(
                        choices=[("new", "new"), ("pathway", "pathway"), ("ordinary", "ordinary")],
                        default="new",
                        max_length=10,
                    ),
                ),
                ("into", models.CharField(blank=True, max_length=3)),
                ("reason", models.CharField(blank=True, max_length=400)),
                ("assessed_at", models.DateTimeField(null=True)),
                (
                    "assessed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="coding.patient"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Responsibility",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("pathway", models.CharField(max_length=3)),
                ("since", models.DateTimeField()),
                (
                    "given_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="coding.patient"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                ("query", models.CharField(max_length=500)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Task",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("pathway", models.CharField(max_length=3)),
                ("text", models.CharField(max_length=400)),
                ("due", models.DateField(null=True)),
                ("made_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(null=True)),
                (
                    "done_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="coding.patient"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="WorklistRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("pathway", models.CharField(max_length=3)),
                ("number", models.PositiveSmallIntegerField()),
                ("episode_id", models.CharField(max_length=120)),
                ("start_date", models.DateField()),
                ("phase", models.CharField(max_length=16)),
                ("phase_from", models.DateField()),
                ("phase_limit", models.PositiveSmallIntegerField(null=True)),
                ("phase_due", models.DateField(null=True)),
                ("whole_limit", models.PositiveSmallIntegerField(null=True)),
                ("whole_due", models.DateField(null=True)),
                ("hospital", models.CharField(max_length=16)),
                ("trust", models.CharField(max_length=16)),
                ("region", models.CharField(max_length=16)),
                ("sender", models.CharField(blank=True, max_length=16)),
                ("receiver", models.CharField(blank=True, max_length=16)),
                ("next_kind", models.CharField(blank=True, max_length=16)),
                ("next_text", models.CharField(blank=True, max_length=200)),
                ("next_at", models.DateTimeField(null=True)),
                ("next_on", models.DateField(null=True)),
                ("next_status", models.CharField(blank=True, max_length=10)),
                ("department", models.CharField(blank=True, max_length=100)),
                ("answer_due", models.DateField(null=True)),
                ("flags", models.PositiveIntegerField(default=0)),
                ("marks", models.JSONField(default=dict)),
                ("last_touched", models.DateField()),
                ("sought", models.CharField(max_length=200)),
                ("worked_out_on", models.DateField()),
                ("changed_at", models.DateTimeField()),
                ("changed_what", models.CharField(blank=True, max_length=20)),
                ("changed_detail", models.CharField(blank=True, max_length=120)),
                ("closed", models.BooleanField(default=False)),
                (
                    "changed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="coding.patient"
                    ),
                ),
                (
                    "proposed",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="coordination.proposal",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Appointment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("pathway", models.CharField(max_length=3)),
                ("external_id", models.CharField(max_length=64, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("attendance", "attendance"),
                            ("examination", "examination"),
                            ("talk", "talk"),
                            ("mdt", "mdt"),
                            ("surgery", "surgery"),
                            ("medical", "medical"),
                            ("radiotherapy", "radiotherapy"),
                            ("surveillance", "surveillance"),
                            ("other", "other"),
                        ],
                        max_length=16,
                    ),
                ),
                ("text", models.CharField(max_length=200)),
                ("at", models.DateTimeField()),
                ("institution", models.CharField(max_length=16)),
                ("department", models.CharField(blank=True, max_length=100)),
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
                ("booked_at", models.DateTimeField(null=True)),
                ("result", models.CharField(blank=True, max_length=400)),
                ("follow_up", models.CharField(blank=True, max_length=400)),
                ("followed_up_at", models.DateTimeField(null=True)),
                (
                    "booked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "followed_up_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="coding.patient"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["patient", "pathway", "at"], name="coordinatio_patient_0142b6_idx")],
            },
        ),
        migrations.CreateModel(
            name="ExpectedAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("pathway", models.CharField(max_length=3)),
                ("external_id", models.CharField(max_length=64, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("pathology", "pathology"),
                            ("imaging", "imaging"),
                            ("other", "other"),
                            ("call", "call"),
                        ],
                        max_length=10,
                    ),
                ),
                ("asked_at", models.DateField()),
                ("expected_date", models.DateField()),
                ("received_at", models.DateField(null=True)),
                ("text", models.CharField(blank=True, max_length=200)),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="coding.patient"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["patient", "pathway"], name="coordinatio_patient_d6ec1b_idx")],
            },
        ),
        migrations.CreateModel(
            name="NewCancer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("icd10", models.CharField(max_length=8)),
                ("first_contact_date", models.DateField()),
                ("institution", models.CharField(max_length=16)),
                ("reason", models.CharField(blank=True, max_length=40)),
                ("reason_text", models.CharField(blank=True, max_length=400)),
                ("reason_at", models.DateTimeField(null=True)),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="coding.patient"
                    ),
                ),
                (
                    "reason_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["institution", "first_contact_date"], name="coordinatio_institu_d4fbdc_idx")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("patient", "icd10", "first_contact_date", "institution"), name="a_new_cancer_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Note",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("pathway", models.CharField(max_length=3)),
                ("text", models.CharField(max_length=2000)),
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
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="coding.patient"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["patient", "pathway"], name="coordinatio_patient_ee720b_idx")],
            },
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.UniqueConstraint(
                fields=("patient", "pathway", "code", "event_date"), name="one_proposal_of_a_code"
            ),
        ),
        migrations.AddIndex(
            model_name="referral",
            index=models.Index(
                fields=["institution", "status", "received_date"], name="coordinatio_institu_d52ba0_idx"
            ),
        ),
        migrations.AddIndex(
            model_name="referral",
            index=models.Index(fields=["patient", "pathway"], name="coordinatio_patient_573726_idx"),
        ),
        migrations.AddIndex(
            model_name="responsibility",
            index=models.Index(fields=["patient", "pathway", "since"], name="coordinatio_patient_ce6f46_idx"),
        ),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.UniqueConstraint(fields=("user", "name"), name="one_view_of_a_name"),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(fields=["patient", "pathway"], name="coordinatio_patient_768070_idx"),
        ),
        migrations.AddIndex(
            model_name="worklistrow",
            index=models.Index(fields=["closed", "hospital", "phase_due"], name="coordinatio_closed_7af563_idx"),
        ),
        migrations.AddIndex(
            model_name="worklistrow",
            index=models.Index(fields=["closed", "owner"], name="coordinatio_closed_f6a841_idx"),
        ),
        migrations.AddIndex(
            model_name="worklistrow",
            index=models.Index(fields=["closed", "receiver"], name="coordinatio_closed_749872_idx"),
        ),
        migrations.AddIndex(
            model_name="worklistrow",
            index=models.Index(fields=["changed_at"], name="coordinatio_changed_25ec0f_idx"),
        ),
        migrations.AddConstraint(
            model_name="worklistrow",
            constraint=models.UniqueConstraint(fields=("patient", "pathway", "number"), name="one_row_of_an_episode"),
        ),
    ]

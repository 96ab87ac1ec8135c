"""Tables as they were first made."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('coding', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='EpisodeMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('episode_id', models.CharField(blank=True, default='', max_length=40)),
                ('pathway', models.CharField(blank=True, default='', max_length=3)),
                ('number', models.IntegerField()),
                ('counted', models.BooleanField()),
                ('patient', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='coding.patient')),
                ('registration', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='coding.registration')),
            ],
        ),
        migrations.CreateModel(
            name='Episode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('episode_id', models.CharField(db_index=True, max_length=40)),
                ('pathway', models.CharField(max_length=3)),
                ('number', models.IntegerField()),
                ('start_date', models.DateField()),
                ('start_institution', models.CharField(max_length=64)),
                ('first_attendance_date', models.DateField(null=True)),
                ('first_attendance_institution', models.CharField(max_length=64, null=True)),
                ('decision_date', models.DateField(null=True)),
                ('decision', models.CharField(max_length=1, null=True)),
                ('decision_institution', models.CharField(max_length=64, null=True)),
                ('treatment_date', models.DateField(null=True)),
                ('treatment', models.CharField(max_length=1, null=True)),
                ('treatment_institution', models.CharField(max_length=64, null=True)),
                ('end_date', models.DateField(null=True)),
                ('end', models.CharField(max_length=2, null=True)),
                ('end_institution', models.CharField(max_length=64, null=True)),
                ('trust', models.CharField(max_length=64)),
                ('institutions', models.IntegerField()),
                ('trusts', models.IntegerField()),
                ('transferred', models.BooleanField()),
                ('postponed', models.BooleanField()),
                ('via_specialist', models.BooleanField()),
                ('of1_days', models.IntegerField(null=True)),
                ('of1_limit', models.IntegerField(null=True)),
                ('of2_days', models.IntegerField(null=True)),
                ('of2_limit', models.IntegerField(null=True)),
                ('of3_days', models.IntegerField(null=True)),
                ('of3_limit', models.IntegerField(null=True)),
                ('of4_days', models.IntegerField(null=True)),
                ('of4_limit', models.IntegerField(null=True)),
                ('share_days', models.IntegerField(null=True)),
                ('share_limit', models.IntegerField(null=True)),
                ('share_within', models.BooleanField(null=True)),
                ('share_reason', models.CharField(max_length=16)),
                ('limit_version', models.CharField(max_length=32, null=True)),
                ('sex', models.IntegerField(null=True)),
                ('age', models.IntegerField(null=True)),
                ('unit', models.CharField(max_length=64, null=True)),
                ('seniority_date', models.DateField(null=True)),
                ('received_date', models.DateField(null=True)),
                ('messages', models.CharField(blank=True, default='', max_length=255)),
                ('patient', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='episodes', to='coding.patient')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('end__isnull', True)), fields=['trust', 'pathway'], name='episodes_open')],
                'constraints': [models.UniqueConstraint(fields=('patient', 'pathway', 'number'), name='episodes_numbered_once')],
            },
        ),
    ]

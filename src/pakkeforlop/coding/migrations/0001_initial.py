"""Tables as they were first made."""

import django.db.models.deletion
from django.db import migrations, models

import pakkeforlop.coding.models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='ActionKey',
            fields=[
                ('key', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('user', models.BigIntegerField(null=True)),
                ('at', models.DateTimeField(db_index=True)),
                ('result', models.JSONField(default=dict)),
            ],
        ),
        migrations.CreateModel(
            name='Patient',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('handle', models.CharField(default=pakkeforlop.coding.models.new_handle, editable=False, max_length=32, unique=True)),
                ('source_id', models.CharField(max_length=64, unique=True)),
                ('told', models.BooleanField(default=False)),
                ('national_number', models.CharField(blank=True, db_index=True, default='', max_length=11)),
                ('name', models.CharField(blank=True, db_index=True, default='', max_length=200)),
                ('birth_date', models.DateField(null=True)),
                ('sex', models.SmallIntegerField(default=0)),
                ('municipality', models.CharField(blank=True, default='', max_length=64)),
                ('district', models.CharField(blank=True, default='', max_length=64)),
                ('death_date', models.DateField(null=True)),
                ('gp', models.CharField(blank=True, default='', max_length=200)),
                ('revision', models.IntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='ImportBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sha256', models.CharField(max_length=64)),
                ('name', models.CharField(max_length=255)),
                ('kind', models.CharField(max_length=32)),
                ('rows', models.IntegerField(default=0)),
                ('new', models.IntegerField(default=0)),
                ('changed', models.IntegerField(default=0)),
                ('same', models.IntegerField(default=0)),
                ('refused', models.IntegerField(default=0)),
                ('later', models.IntegerField(default=0)),
                ('state', models.CharField(default='running', max_length=16)),
                ('position', models.BigIntegerField(default=0)),
                ('started', models.DateTimeField()),
                ('ended', models.DateTimeField(null=True)),
                ('started_by', models.BigIntegerField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('sha256', 'kind'), name='coding_batch_once')],
            },
        ),
        migrations.CreateModel(
            name='ImportRefusal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('row', models.IntegerField()),
                ('column', models.CharField(blank=True, default='', max_length=64)),
                ('value', models.CharField(blank=True, default='', max_length=64)),
                ('reason', models.CharField(max_length=64)),
                ('used', models.BooleanField(default=False)),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='refusals', to='coding.importbatch')),
            ],
        ),
        migrations.CreateModel(
            name='Registration',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('registration_id', models.CharField(max_length=128)),
                ('version', models.IntegerField()),
                ('code', models.CharField(blank=True, default='', max_length=16)),
                ('event_date', models.DateField(null=True)),
                ('event_time', models.CharField(blank=True, default='', max_length=5)),
                ('institution', models.CharField(blank=True, default='', max_length=64)),
                ('unit', models.CharField(blank=True, default='', max_length=64)),
                ('care_level', models.CharField(blank=True, default='', max_length=32)),
                ('received_date', models.DateField(null=True)),
                ('seniority_date', models.DateField(null=True)),
                ('delay_reason', models.CharField(blank=True, default='', max_length=64)),
                ('source', models.CharField(blank=True, default='', max_length=64)),
                ('withdrawn', models.BooleanField(default=False)),
                ('registered_at', models.DateTimeField()),
                ('registered_by', models.BigIntegerField(null=True)),
                ('reason', models.CharField(blank=True, default='', max_length=500)),
                ('rank', models.BigIntegerField(default=-9223372036854775808)),
                ('digest', models.BigIntegerField()),
                ('batch_row', models.IntegerField(null=True)),
                ('revision', models.IntegerField(default=0)),
                ('batch', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='coding.importbatch')),
                ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='registrations', to='coding.patient')),
            ],
            options={
                'indexes': [models.Index(fields=['institution', 'registered_at'], name='coding_place_told')],
                'constraints': [models.UniqueConstraint(fields=('registration_id', 'digest'), name='coding_told_once')],
            },
        ),
    ]

"""Times that mental health measures: from the decision to the evaluation."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('episodes', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='episode',
            name='ce_days',
            field=models.IntegerField(null=True),
        ),
        migrations.AddField(
            model_name='episode',
            name='ce_limit',
            field=models.IntegerField(null=True),
        ),
    ]

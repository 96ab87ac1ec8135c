"""Whether somebody else has given the password, so that the person must choose another."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("access", "0006_shared_between_processes")]
    operations: ClassVar = [
        migrations.AddField(model_name="user", name="password_told", field=models.BooleanField(default=False)),
    ]

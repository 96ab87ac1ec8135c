"""The table of what all processes must know for a moment (settings: CACHES)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.management import call_command
from django.db import migrations


def make(_apps: Any, editor: Any) -> None:
    """Django's own table for a cache; it keeps no model."""
    call_command("createcachetable", database=editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("access", "0005_system_keys")]
    operations: ClassVar = [migrations.RunPython(make, migrations.RunPython.noop)]

"""Keys of posts that were answered, cleared when no post can come back with them any more."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from pakkeforlop.coding.models import ActionKey

PIECE = 5_000
"""Rows of one transaction: others wait for as long as one takes."""


def forget_keys(*, before: datetime, piece: int = PIECE) -> int:
    """Clear the keys used before a moment, some thousand at a time; how many there were."""
    cleared = 0
    while True:
        with transaction.atomic():
            some = list(ActionKey.objects.filter(at__lt=before).order_by("at").values_list("pk", flat=True)[:piece])
            ActionKey.objects.filter(pk__in=some).delete()
        cleared += len(some)
        if len(some) < piece:
            return cleared

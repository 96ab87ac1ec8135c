"""The list follows who is who: a pathway that nobody has taken is its coordinator's, from the day the post is."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from pakkeforlop.access.models import Post
from pakkeforlop.coding.actions.append import hold
from pakkeforlop.coding.queries import chunks
from pakkeforlop.coordination.models import WorklistRow
from pakkeforlop.coordination.rows import refresh

LOOKED_BACK = timedelta(days=14)
"""Posts that began or ended so lately are looked at when a day begins: the server may have been down on the day."""


def follow(*, units: Collection[str], on: date, at: datetime, by: int | None = None) -> int:
    """Work out the rows of some hospitals or trusts anew; how many a reader sees changed."""
    here = Q(hospital__in=units) | Q(trust__in=units)
    patients = WorklistRow.objects.filter(here, closed=False).values_list("patient_id", flat=True)
    seen = 0
    for chunk in chunks(patients, at_once=PIECE):
        with transaction.atomic():
            hold(chunk)
            seen += refresh(chunk, on=on, at=at, by=by, what="owner")
    return seen


PIECE = 400
"""Patients of one transaction."""


def follow_lately(*, on: date, at: datetime) -> int:
    """The same of units where a coordinator's post has begun or ended lately."""
    since = on - LOOKED_BACK
    turned = Q(valid_from__gt=since, valid_from__lte=on) | Q(valid_to__gte=since, valid_to__lt=on)
    units = set(Post.objects.filter(turned, kind="coordinator").values_list("org_nr", flat=True))
    return follow(units=units, on=on, at=at) if units else 0

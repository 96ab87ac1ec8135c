"""Where a person wants reminders."""

from __future__ import annotations

from pakkeforlop.access.models import User
from pakkeforlop.coordination.models import MailAddress


def address_of(user: User) -> str:
    """The person's own mail address; empty where none is given."""
    return MailAddress.objects.filter(user=user).values_list("address", flat=True).first() or ""

"""Messages that go out, as their senders read them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Q

from pakkeforlop.coordination.models import MailAddress, Outgoing
from pakkeforlop.coordination.queries.referrals import theirs

SHOWN_FOR = timedelta(days=14)


def waiting() -> int:
    """E-mails that have not been sent."""
    return Outgoing.objects.filter(channel="mail", state="waiting").count()


def address_of(user: Any) -> str:
    """Where a person wants reminders; empty for nowhere."""
    found = MailAddress.objects.filter(user=user).first()
    return found.address if found else ""


def to_referrers(*, for_: Any, on: date) -> list[Outgoing]:
    """Word to referrers of a person's hospitals: what is to be sent, and what was sent lately; oldest first."""
    mine = theirs(for_, on, path="referral__")
    lately = Q(state="waiting") | Q(sent_at__date__gte=on - SHOWN_FOR)
    rows = Outgoing.objects.filter(mine, lately, channel="letter")
    return list(rows.select_related("referral", "patient", "user").order_by("-state", "made_at", "pk")[:200])


def letter(number: int, *, for_: Any, on: date) -> Outgoing | None:
    """A letter to a referrer of a person's hospitals."""
    return next((one for one in to_referrers(for_=for_, on=on) if one.pk == number), None)

"""Reminders of deadlines, to those who report for a unit and have not done it: once a day, by Django's mail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.utils.timezone import localtime

from pakkeforlop.access.models import Assignment, User
from pakkeforlop.access.queries import access_of, in_force
from pakkeforlop.access.rights import Right
from pakkeforlop.reporting.actions.submit import unit_name
from pakkeforlop.reporting.faults import told
from pakkeforlop.reporting.models import Reminder
from pakkeforlop.reporting.queries.history import senders, waits
from pakkeforlop.reporting.rounds import Round, coming, last_due, reminder_days


@dataclass(frozen=True)
class Due:
    """Someone to be reminded of a round that has not been done."""

    round: Round
    sender: str
    user: User

    def text(self, on: date) -> tuple[str, str]:
        """Subject and text, in the person's language."""
        language = self.user.language or "nb"
        values = {
            "unit": unit_name(self.sender), "period": f"{self.round.period[1]:%Y-%m}",
            "due": f"{self.round.due:%d.%m.%Y}", "days": abs((self.round.due - on).days),
        }  # fmt: skip
        kind = "late" if self.round.due < on else "today" if self.round.due == on else "ahead"
        return told("reminder_subject", language, **values), told(f"reminder_{kind}", language, **values)


def due(on: date) -> Iterator[Due]:
    """Whom to remind on a day, and of what."""
    rounds = [one for one in (last_due(on), *coming(on, 2)) if on in reminder_days(one)]
    if not rounds:
        return
    ids = Assignment.objects.filter(in_force(on)).values_list("user_id", flat=True).distinct()
    for user in User.objects.filter(pk__in=ids, is_active=True).order_by("pk"):
        scope = access_of(user, on=on).scope(Right.REPORTING)
        for sender in senders(scope, on=on) if scope else ():
            for one in rounds:
                if waits(one, sender):
                    yield Due(one, sender, user)


def remind(
    *, at: datetime, address: Callable[[User], str], send: Callable[[str, str, str], Any] | None = None
) -> list[Due]:
    """Remind everyone who is to be reminded today, once. address: a person's mail address, empty where unknown."""
    on = localtime(at).date()
    sent = []
    for one in due(on):
        to = address(one.user)
        if not to:
            continue
        with transaction.atomic():
            _, new = Reminder.objects.get_or_create(
                sender=one.sender, due=one.round.due, to=one.user, on=on, defaults={"kind": one.round.kind, "at": at}
            )
            if new:
                subject, text = one.text(on)
                (send or _mail)(to, subject, text)
                sent.append(one)
    return sent


def _mail(to: str, subject: str, text: str) -> None:
    send_mail(subject, text, settings.DEFAULT_FROM_EMAIL, [to])

"""Messages that go out: reminders and word to leaders by e-mail, word to referrers by letter.

A message is first a row, in the transaction of what it tells of, and sent afterwards: one that was made is never lost.
An e-mail says how much waits and where to log in; it names no patient.
"""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction

from pakkeforlop.access.audit import record
from pakkeforlop.access.models import User
from pakkeforlop.coordination.models import MailAddress, Outgoing, Referral
from pakkeforlop.coordination.queries import tasks
from pakkeforlop.coordination.queries.worklist import reader

MOST_TRIES = 5


@cache
def texts() -> dict[str, dict[str, dict[str, str]]]:
    """Subjects and bodies by kind of message and language."""
    return tomllib.loads((Path(__file__).parent.parent / "texts" / "messages.toml").read_text(encoding="utf-8"))


def to_person(user: User, kind: str, *, key: str, at: datetime, **values: object) -> Outgoing | None:
    """A message to a person who has an address; None without one. The same key is the same message, made once."""
    address = MailAddress.objects.filter(user=user, user__is_active=True).first()
    if address is None:
        return None
    said = texts()[kind][user.language]
    told = {"address": settings.ADDRESS, "name": user.display_name, **values}
    made, _ = Outgoing.objects.get_or_create(
        key=key[:64],
        defaults={
            "kind": kind, "channel": "mail", "user": user, "recipient": address.address,
            "subject": said["subject"].format(**told), "body": said["body"].format(**told), "made_at": at,
        },
    )  # fmt: skip
    return made


def remind(*, on: date, at: datetime) -> int:
    """A reminder to everyone with an address who has something to do today or late; how many were made."""
    made = 0
    for address in MailAddress.objects.select_related("user").filter(user__is_active=True):
        me = reader(address.user, on=on)
        late = tasks.mine(for_=me).filter(due__lte=on).count()
        promised = tasks.awaited(for_=me, own=True).filter(expected_date__lte=on).count()
        if late + promised == 0:
            continue
        key = f"reminder:{address.user_id}:{on}"
        if not Outgoing.objects.filter(key=key).exists():
            made += to_person(address.user, "reminder", key=key, at=at, tasks=late, answers=promised) is not None
    return made


def send_waiting(*, at: datetime) -> tuple[int, int]:
    """Send what waits, each on its own: how many were sent, and how many could not be.

    Tried again at the next call, five times in all; the identity of the e-mail is that of the row, so that a mail
    server sees a second try as the same message.
    """
    if not settings.MAIL_READY:
        return 0, 0
    sent = failed = 0
    for number in Outgoing.objects.filter(channel="mail", state="waiting").order_by("pk").values_list("pk", flat=True):
        done = _send(number, at)
        sent, failed = sent + (done is True), failed + (done is False)
    return sent, failed


def send_soon(message: Outgoing | None, *, at: datetime) -> None:
    """Send a message as soon as what it tells of is kept; where that cannot be done, it waits as the others do."""
    if message is not None and settings.MAIL_READY:
        transaction.on_commit(lambda: _send(message.pk, at))


def _send(number: int, at: datetime) -> bool | None:
    with transaction.atomic():
        held = Outgoing.objects.select_for_update().get(pk=number)
        if held.state != "waiting":
            return None
        held.tries += 1
        held.save(update_fields=["tries"])
    message = EmailMessage(
        held.subject, held.body, settings.DEFAULT_FROM_EMAIL, [held.recipient],
        headers={
            "Message-ID": f"<{held.key.replace(':', '.')}@{settings.MAIL_DOMAIN}>", "Auto-Submitted": "auto-generated",
        },
    )  # fmt: skip
    try:
        message.send()
    except OSError as fault:
        _settle(held, "failed" if held.tries >= MOST_TRIES else "waiting", fault=f"{type(fault).__name__}: {fault}")
        return False
    _settle(held, "sent", at=at)
    return True


def _settle(held: Outgoing, state: str, *, at: datetime | None = None, fault: str = "") -> None:
    held.state, held.sent_at, held.fault = state, at, fault[:200]
    held.save(update_fields=["state", "sent_at", "fault"])


def tell_referrer(referral: Referral, direction: str, reason: str, *, by: Any, at: datetime) -> Outgoing:
    """Word to who referred that a referral was taken into a pathway or out of it (`up`, `down`), with the reason.

    A letter that a person or a system sends by the secure channel; it names the referral by its number, and the patient
    by nothing.
    """
    said = texts()[f"referral_{direction}"]["nb"]
    number = Outgoing.objects.filter(referral=referral).count() + 1
    told = {"day": f"{referral.received_date:%d.%m.%Y}", "reference": referral.external_id, "reason": reason or "–"}
    made, fresh = Outgoing.objects.get_or_create(
        key=f"referral:{referral.pk}:{number}",
        defaults={
            "kind": f"referral_{direction}", "channel": "letter", "recipient": referral.sender[:254] or "–",
            "subject": said["subject"].format(**told), "body": said["body"].format(**told), "patient": referral.patient,
            "referral": referral, "made_at": at,
        },
    )  # fmt: skip
    if fresh:
        record(
            "changed", by=by, at=at, what="referral.told", patient_id=referral.patient_id, org_nr=referral.institution,
            pathway=referral.pathway, detail={"message": made.pk},
        )  # fmt: skip
    return made


@transaction.atomic
def letter_sent(*, message: Outgoing, by: Any, at: datetime) -> bool:
    """A letter was sent by the secure channel. False when that was said before."""
    held = Outgoing.objects.select_for_update().get(pk=message.pk)
    if held.channel != "letter" or held.state == "sent":
        return False
    held.user = by
    _settle(held, "sent", at=at)
    return True


def set_address(*, user: User, address: str) -> None:
    """Where a person wants reminders; empty takes it away."""
    if address:
        MailAddress.objects.update_or_create(user=user, defaults={"address": address})
    else:
        MailAddress.objects.filter(user=user).delete()

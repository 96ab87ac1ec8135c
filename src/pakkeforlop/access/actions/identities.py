"""Logins elsewhere tied to a user, and cut: by the person's own act, with a line on the log."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from pakkeforlop.access import audit
from pakkeforlop.access.actions.faults import refuse
from pakkeforlop.access.models import TiedIdentity, User


@transaction.atomic
def tie(*, user: User, issuer: str, subject: str, at: datetime) -> None:
    """This login is this user from now on. Faults: `subject` is `taken` by another user; `user` `has_one` already.

    Tying the same twice changes nothing.
    """
    held = TiedIdentity.objects.filter(issuer=issuer, cut_at__isnull=True)
    mine, theirs = held.filter(user=user).first(), held.filter(subject=subject).exclude(user=user).exists()
    if mine and mine.subject == subject:
        return
    refuse({"subject": "taken"} if theirs else {"user": "has_one"} if mine else {})
    try:
        with transaction.atomic():
            TiedIdentity.objects.create(user=user, issuer=issuer, subject=subject, tied_at=at)
    except IntegrityError:
        refuse({"subject": "taken"})
    audit.record("user_changed", by=user, at=at, what="own.identity_tied", detail={"user": user.pk})


@transaction.atomic
def cut(*, user: User, issuer: str, by: User, at: datetime) -> bool:
    """The login is nobody's any more; it can be tied anew. False when there was none."""
    held = TiedIdentity.objects.filter(user=user, issuer=issuer, cut_at__isnull=True)
    if not held.update(cut_at=at):
        return False
    audit.record("user_changed", by=by, at=at, what="own.identity_cut", detail={"user": user.pk})
    return True


def used(*, issuer: str, subject: str, at: datetime) -> User | None:
    """The user that this login is tied to, noted as used; None when it is tied to nobody."""
    held = TiedIdentity.objects.select_related("user").filter(issuer=issuer, subject=subject, cut_at__isnull=True)
    found = held.first()
    if found is None:
        return None
    held.update(used_at=at)
    user: User = found.user
    return user

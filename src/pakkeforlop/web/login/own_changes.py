"""Changes of one's own login stand on the log: a new password, a second factor that came or went."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import password_changed
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.dispatch import receiver

from pakkeforlop.access.actions.users import note_own_password
from pakkeforlop.access.audit import record
from pakkeforlop.web import clock


@receiver(password_changed)
def note_password(user: Any, **_: Any) -> None:
    """A new password by the person."""
    note_own_password(user)
    record("user_changed", by=user, at=clock.now(), what="own.password", detail={"user": user.pk})


@receiver(authenticator_added)
def note_added(user: Any, authenticator: Any, **_: Any) -> None:
    """An app, a passkey or recovery codes."""
    _note(user, authenticator, "own.factor_added")


@receiver(authenticator_removed)
def note_removed(user: Any, authenticator: Any, **_: Any) -> None:
    """One of these taken away."""
    _note(user, authenticator, "own.factor_removed")


@receiver(authenticator_reset)
def note_reset(user: Any, authenticator: Any, **_: Any) -> None:
    """New recovery codes."""
    _note(user, authenticator, "own.factor_reset")


def _note(user: Any, authenticator: Any, what: str) -> None:
    detail = {"user": user.pk, "type": str(authenticator.type)}
    record("user_changed", by=user, at=clock.now(), what=what, detail=detail)

"""Users: added, named, switched on and off, given a new password. Only where all their units are one's own."""

from __future__ import annotations

import re
import secrets
from datetime import datetime

from django.db import transaction

from pakkeforlop.access import audit
from pakkeforlop.access.actions.faults import refuse
from pakkeforlop.access.models import User

USERNAME = re.compile(r"[a-z0-9][a-z0-9._@-]{1,63}")
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that are mistaken for each other."""


def first_password() -> str:
    """Sixteen letters in four groups, to be told by mouth and changed by the person."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))


@transaction.atomic
def add_user(*, username: str, display_name: str, password: str, by: User, at: datetime) -> User:
    """A new user without any assignment yet. Names of users are kept in small letters."""
    name, shown = username.strip().lower(), " ".join(display_name.split())
    faults = {}
    if not USERNAME.fullmatch(name):
        faults["username"] = "username"
    elif User.objects.filter(username__iexact=name).exists():
        faults["username"] = "taken"
    if not shown:
        faults["display_name"] = "empty"
    refuse(faults)
    user = User(username=name, display_name=shown, password_told=True)
    user.set_password(password)
    user.save()
    audit.record("user_changed", by=by, at=at, what="user.added", detail={"user": user.pk})
    return user


@transaction.atomic
def change_user(*, user: User, display_name: str, is_active: bool, by: User, at: datetime) -> None:
    """Name, and whether the person can log in."""
    shown = " ".join(display_name.split())
    faults = {} if shown else {"display_name": "empty"}
    if user.pk == by.pk and not is_active:
        faults["is_active"] = "self"
    refuse(faults)
    User.objects.filter(pk=user.pk).update(display_name=shown, is_active=is_active)
    audit.record("user_changed", by=by, at=at, what="user.changed", detail={"user": user.pk, "is_active": is_active})


@transaction.atomic
def give_new_login(*, user: User, password: str, by: User, at: datetime) -> None:
    """A new password, and no second factor any more: for one who has forgotten the one or lost the other."""
    from allauth.mfa.models import Authenticator

    user.set_password(password)
    user.password_told = True
    user.save(update_fields=["password", "password_told"])
    Authenticator.objects.filter(user=user).delete()
    audit.record("user_changed", by=by, at=at, what="user.new_login", detail={"user": user.pk})


def note_own_password(user: User) -> None:
    """The person has chosen a password that nobody else knows."""
    User.objects.filter(pk=user.pk).update(password_told=False)

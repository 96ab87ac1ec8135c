"""Users made at the command line of the machine itself: the first administrator, and whoever is locked out."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from pakkeforlop.access import audit
from pakkeforlop.access.actions.faults import refuse
from pakkeforlop.access.actions.users import USERNAME, first_password
from pakkeforlop.access.models import Assignment, User


@transaction.atomic
def make_user(
    *, username: str, display_name: str, role: str, org_nr: str, pathway: str, on: date, at: datetime
) -> tuple[User, str]:
    """A user with one assignment from today, and a password to be changed; on the log without a person who did it."""
    name = username.strip().lower()
    faults = {}
    if not USERNAME.fullmatch(name):
        faults["username"] = "username"
    elif User.objects.filter(username__iexact=name).exists():
        faults["username"] = "taken"
    refuse(faults)
    password = first_password()
    user = User(username=name, display_name=" ".join(display_name.split()) or name, password_told=True)
    user.set_password(password)
    user.save()
    Assignment.objects.create(user=user, role=role, org_nr=org_nr, pathway=pathway, valid_from=on)
    detail = {"user": user.pk, "role": role, "where": "command line"}
    audit.record("user_changed", by=None, at=at, what="user.added", org_nr=org_nr, pathway=pathway, detail=detail)
    return user, password

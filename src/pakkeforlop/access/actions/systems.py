"""Other systems: their users, their keys, and what they were answered."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from pakkeforlop.access import audit
from pakkeforlop.access.actions.faults import refuse
from pakkeforlop.access.actions.users import USERNAME
from pakkeforlop.access.models import Assignment, SystemAnswer, SystemKey, User
from pakkeforlop.access.systems import ROLE, Scope, new_key

LONGEST_WORK = timedelta(minutes=10)
"""After this a request that was never answered is taken for one whose server died; it may be sent again."""


@transaction.atomic
def make_key(
    *,
    system: str,
    display_name: str,
    scopes: Iterable[str],
    org_nr: str,
    pathway: str,
    expires_on: date | None,
    by: User | None,
    on: date,
    at: datetime,
) -> str:
    """A key for a system, shown this once. A system known before gets a further key and, if new, the unit.

    Faults: `system` (`username`, `person`), `scopes` (`unknown`, `empty`), `expires_on` (`past`).
    """
    name, wanted = system.strip().lower(), sorted(set(scopes))
    user = User.objects.filter(username=name).first()
    faults = {}
    if not USERNAME.fullmatch(name):
        faults["system"] = "username"
    elif user is not None and not user.is_system:
        faults["system"] = "person"
    if not wanted or not set(wanted) <= set(Scope):
        faults["scopes"] = "unknown" if wanted else "empty"
    if expires_on is not None and expires_on < on:
        faults["expires_on"] = "past"
    refuse(faults)
    user = user or _new_system(name, display_name)
    key, number, digest = new_key()
    unit = {"role": ROLE, "org_nr": org_nr, "pathway": pathway}
    if not Assignment.objects.filter(user=user, valid_to__isnull=True, **unit).exists():
        Assignment.objects.create(user=user, valid_from=on, **unit)
    SystemKey.objects.create(
        user=user, number=number, digest=digest, scopes=" ".join(wanted), made_at=at, made_by=by, expires_on=expires_on
    )
    detail = {"user": user.pk, "key": number, "scopes": wanted}
    audit.record("user_changed", by=by, at=at, what="system.key_made", org_nr=org_nr, pathway=pathway, detail=detail)
    return key


def _new_system(name: str, display_name: str) -> User:
    user = User(username=name, display_name=" ".join(display_name.split()) or name, is_system=True)
    user.set_unusable_password()
    user.save()
    return user


@transaction.atomic
def end_key(*, number: str, by: User | None, at: datetime) -> bool:
    """The key is good no more, from now. False when there is no such key in use."""
    key = SystemKey.objects.select_for_update().filter(number=number, ended_at__isnull=True).first()
    if key is None:
        return False
    SystemKey.objects.filter(pk=key.pk).update(ended_at=at, ended_by=by)
    audit.record("user_changed", by=by, at=at, what="system.key_ended", detail={"user": key.user_id, "key": number})
    return True


def note_use(key: SystemKey, *, on: date) -> None:
    """The key was used on a day; written once a day."""
    if key.used_on != on:
        SystemKey.objects.filter(pk=key.pk).update(used_on=on)


def begin_answer(key: SystemKey, name: str, digest: str, *, at: datetime) -> tuple[SystemAnswer, bool]:
    """The answer under a name, and whether it is ours to make: it is new, or its first maker died long ago."""
    try:
        with transaction.atomic():
            return SystemAnswer.objects.create(key=key, name=name, digest=digest, at=at), True
    except IntegrityError:
        found = SystemAnswer.objects.get(key=key, name=name)
    if found.status or found.digest != digest or at - found.at < LONGEST_WORK:
        return found, False
    taken = SystemAnswer.objects.filter(pk=found.pk, status=0, at=found.at).update(at=at)
    return found, bool(taken)


def keep_answer(answer: SystemAnswer, *, status: int, body: dict[str, Any]) -> None:
    """What was answered."""
    SystemAnswer.objects.filter(pk=answer.pk).update(status=status, body=body)


def drop_answer(answer: SystemAnswer) -> None:
    """Nothing was done: the same may be asked again at once."""
    SystemAnswer.objects.filter(pk=answer.pk, status=0).delete()


def forget_answers(*, before: datetime) -> int:
    """Clear the answers of before a moment, with the handles of patients that stand in them; how many there were."""
    return SystemAnswer.objects.filter(at__lt=before).delete()[0]

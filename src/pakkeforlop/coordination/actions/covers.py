"""A list handed over for some days: the deputy has the owner's pathways and tasks, and a brief."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from pakkeforlop.access.audit import record
from pakkeforlop.access.models import User
from pakkeforlop.coding.models import ActionKey
from pakkeforlop.coordination.actions import outgoing
from pakkeforlop.coordination.actions.work import Deed
from pakkeforlop.coordination.blocking import Blocked, Stop
from pakkeforlop.coordination.models import Cover
from pakkeforlop.coordination.queries.covers import out_of_reach


def hand_over(*, owner: User, deputy: User, first_day: date, last_day: date, note: str, deed: Deed) -> Cover:
    """Hand over a list from a day to a day. Raises Blocked where the deputy cannot see all of it."""
    with transaction.atomic():
        if ActionKey.objects.filter(key=deed.key[:64]).exists():
            return Cover.objects.filter(owner=owner).latest("pk")
        _refuse(owner, deputy, first_day, last_day, deed.on)
        ActionKey.objects.create(key=deed.key[:64], user=deed.by.pk, at=deed.at, result={"what": "cover.made"})
        made = Cover.objects.create(
            owner=owner, deputy=deputy, first_day=first_day, last_day=last_day, note=note.strip()[:1000],
            made_by=deed.by, made_at=deed.at,
        )  # fmt: skip
        _log("cover.made", made, deed)
        message = outgoing.to_person(
            deputy, "cover", key=f"cover:{made.pk}", at=deed.at, owner=owner.display_name,
            first=f"{first_day:%d.%m.%Y}", last=f"{last_day:%d.%m.%Y}",
        )  # fmt: skip
        outgoing.send_soon(message, at=deed.at)
    return made


def end_cover(*, cover: Cover, deed: Deed) -> bool:
    """Take the list back. False when that was done before."""
    with transaction.atomic():
        held = Cover.objects.select_for_update().get(pk=cover.pk)
        if held.ended_at is not None:
            return False
        held.ended_at, held.ended_by = deed.at, deed.by
        held.save(update_fields=["ended_at", "ended_by"])
        _log("cover.ended", held, deed)
    return True


def _refuse(owner: User, deputy: User, first_day: date, last_day: date, on: date) -> None:
    found: list[Stop] = []
    if owner.pk == deputy.pk:
        found.append(Stop("cover_to_oneself", "deputy"))
    if last_day < first_day:
        found.append(Stop("cover_backwards", "last_day"))
    if last_day < on:
        found.append(Stop("day_passed", "last_day", {"date": last_day}))
    running = Cover.objects.filter(owner=owner, ended_at=None, first_day__lte=last_day, last_day__gte=first_day).first()
    if running is not None:
        found.append(Stop("cover_overlaps", "first_day", {"who": running.deputy.display_name}))
    outside = 0 if found else out_of_reach(owner, deputy, on=on)
    if outside:
        found.append(Stop("cover_outside", "deputy", {"who": deputy.display_name, "count": outside}))
    if found:
        raise Blocked(*found)


def _log(what: str, cover: Cover, deed: Deed) -> None:
    detail: dict[str, Any] = {"cover": cover.pk, "owner": cover.owner_id, "deputy": cover.deputy_id}
    record("user_changed", by=deed.by, at=deed.at, what=what, detail=detail)

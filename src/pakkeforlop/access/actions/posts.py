"""Who is who: posts added, changed and ended, within the units of one who may."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from pakkeforlop.access import audit
from pakkeforlop.access.actions.faults import refuse
from pakkeforlop.access.models import POST_KINDS, Post, User
from pakkeforlop.access.scope import Scope, units
from pakkeforlop.catalogue.load import load_catalogue


@transaction.atomic
def save_post(
    *,
    post: Post | None,
    kind: str,
    org_nr: str,
    pathway: str,
    name: str,
    phone: str,
    phone_hours: str,
    department: str,
    valid_from: date | None,
    user: User | None = None,
    scope: Scope,
    by: User,
    at: datetime,
) -> Post:
    """A new post, or another holder, unit or pathway of one: then the row of before ends the day before and stays.

    A new phone, hours or department is of the same row, whatever day is given, unless it is an earlier one: who had the
    post when is not to be lost. What a row said before stands on the log.
    """
    refuse(_faults(kind, org_nr, pathway, valid_from, scope, post))
    assert valid_from is not None
    held = {"kind": kind, "org_nr": org_nr, "pathway": pathway, "name": " ".join(name.split())}
    facts: dict[str, Any] = {
        **held, "phone": phone.strip(), "phone_hours": phone_hours.strip(), "department": department.strip(),
        "user": user, "valid_from": valid_from,
    }  # fmt: skip
    was: dict[str, str] = {}
    if post is not None:
        same = all(getattr(post, name) == value for name, value in held.items())
        facts["valid_from"] = min(valid_from, post.valid_from) if same else valid_from
        was = {name: str(getattr(post, name) or "") for name, value in facts.items() if getattr(post, name) != value}
        if not same and valid_from > post.valid_from:
            Post.objects.filter(pk=post.pk).update(valid_to=valid_from - timedelta(days=1))
            post = None
    if post is None:
        saved = Post.objects.create(**facts)
    else:
        Post.objects.filter(pk=post.pk).update(**facts)
        saved = Post.objects.get(pk=post.pk)
    detail = {"post": saved.pk, "was": was}
    audit.record("changed", by=by, at=at, what="post.saved", org_nr=org_nr, pathway=pathway, detail=detail)
    return saved


@transaction.atomic
def end_post(*, post: Post, on: date, scope: Scope, by: User, at: datetime) -> None:
    """The post is no longer there; its last day is `on`."""
    refuse({} if scope.covers(post.org_nr, post.pathway) else {"org_nr": "outside"})
    last = max(on, post.valid_from)
    living = Q(valid_to__isnull=True) | Q(valid_to__gt=last)
    if Post.objects.filter(living, pk=post.pk).update(valid_to=last):
        audit.record(
            "changed", by=by, at=at, what="post.ended", org_nr=post.org_nr, pathway=post.pathway,
            detail={"post": post.pk},
        )  # fmt: skip


def _faults(
    kind: str, org_nr: str, pathway: str, first: date | None, scope: Scope, post: Post | None
) -> dict[str, str]:
    """What is wrong with a post, by field."""
    faults = {}
    if kind not in POST_KINDS:
        faults["kind"] = "kind"
    if units().resolve(org_nr) is None:
        faults["org_nr"] = "unit"
    elif not scope.covers(org_nr, pathway) or (post is not None and not scope.covers(post.org_nr, post.pathway)):
        faults["org_nr"] = "outside"
    if pathway and pathway not in {code[:3] for code in load_catalogue().pathways}:
        faults["pathway"] = "pathway"
    if first is None:
        faults["valid_from"] = "date"
    return faults

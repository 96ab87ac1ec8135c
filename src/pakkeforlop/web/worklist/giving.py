"""Who has a pathway: given to somebody, one or many at once, and taken back by one key."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from pakkeforlop.access.models import User
from pakkeforlop.access.rights import Right
from pakkeforlop.coordination.actions import owners
from pakkeforlop.coordination.actions.owners import Moved
from pakkeforlop.coordination.actions.work import Deed
from pakkeforlop.coordination.models import WorklistRow
from pakkeforlop.coordination.queries import worklist
from pakkeforlop.coordination.queries.worklist import Reader
from pakkeforlop.vocabulary.numbers import whole
from pakkeforlop.web import clock
from pakkeforlop.web.words import Words, words
from pakkeforlop.web.worklist.answers import Said


def coordinating(request: Any) -> Reader:
    """The rows that the person coordinates, not only sees."""
    return worklist.reader(request.user, on=clock.today(), right=Right.COORDINATE)


def deed(request: Any) -> Deed:
    """Who, when and under which key; a form without one is a deed of its own."""
    key = str(request.POST.get("key", "")) or uuid.uuid4().hex
    return Deed(request.user, clock.now(), clock.today(), key)


def person(text: str) -> User | None:
    """Someone who can be given work, by the number that a form has; None for nobody, and for one who has left."""
    return User.objects.filter(pk=whole(text) or 0, is_active=True).first()


def sees(user: User, rows: Sequence[WorklistRow]) -> list[WorklistRow]:
    """Those of some rows that somebody has on the list of his or her units."""
    theirs = worklist.reader(user, on=clock.today()).rows()
    known = set(theirs.filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True))
    return [row for row in rows if row.pk in known]


def give(request: Any, rows: Sequence[WorklistRow], owner: User) -> Said:
    """The rows given to one who sees them; the sentence says how many, and how many that person does not see."""
    t, mine = words(), deed(request)
    theirs = sees(owner, rows)
    name, unseen = owner.display_name, len(rows) - len(theirs)
    left = t.count("worklist.said.unseen", unseen, name=name) if unseen else ""
    if not theirs:
        return Said(left, done=False)
    n = owners.give(rows=theirs, owner=owner, deed=mine)
    said = " ".join([t.count("worklist.said.bulk_assigned", n, name=name), left]).strip()
    return Said(said, undo={"given": mine.key}, what=t.count("worklist.said.undo_given", n, name=name))


def take_back(request: Any) -> Said:
    """What one's deed `given` gave, back where it was; what somebody else has given on since stays, and is told."""
    t, rows = words(), coordinating(request).rows()
    found = owners.take_back(given=str(request.POST.get("given", "")), within=rows, deed=deed(request))
    request.listed = found.patients
    left = [_left(one, t) for one in found.left]
    if not found.n:
        return Said(" ".join([t("worklist.said.given_gone"), *left]), done=False)
    return Said(" ".join([t.count("worklist.said.given_back", found.n), *left]))


def _left(one: Moved, t: Words) -> str:
    """Who has given a pathway on since, and to whom."""
    who = one.by.display_name if one.by else t("worklist.said.somebody")
    to = one.to.display_name if one.to else t("worklist.nobody")
    return t("worklist.said.given_on", who=who, name=one.patient, to=to)

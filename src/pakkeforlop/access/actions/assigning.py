"""Assignments: given and ended, within the administrator's own units, never to oneself."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from pakkeforlop.access import audit
from pakkeforlop.access.actions.faults import refuse
from pakkeforlop.access.models import Assignment, User
from pakkeforlop.access.rights import Role
from pakkeforlop.access.scope import COUNTRY, Scope, units
from pakkeforlop.catalogue.load import load_catalogue


def later_than(day: date) -> Q:
    """Assignments whose last day is after a day, or open."""
    return Q(valid_to__isnull=True) | Q(valid_to__gt=day)


def may_manage(user: User, scope: Scope, *, on: date) -> bool:
    """Whether every assignment of a user that has not ended lies within a scope; of one with none, those of before."""
    rows = list(user.assignments.all())
    living = [row for row in rows if row.valid_to is None or row.valid_to >= on]
    return all(scope.covers(row.org_nr, row.pathway, row.department) for row in living or rows)


@transaction.atomic
def assign(
    *,
    user: User,
    role: str,
    org_nr: str,
    pathway: str = "",
    department: str = "",
    valid_from: date | None,
    valid_to: date | None = None,
    scope: Scope,
    by: User,
    at: datetime,
) -> Assignment:
    """A role for a unit. `scope` is where the administrator holds the right to manage people."""
    refuse(_faults(user, role, org_nr, pathway, valid_from, valid_to, scope, by))
    assert valid_from is not None
    row = Assignment.objects.create(
        user=user, role=role, org_nr=org_nr, pathway=pathway, department=department.strip(),
        valid_from=valid_from, valid_to=valid_to,
    )  # fmt: skip
    audit.record(
        "user_changed", by=by, at=at, what="user.assigned", org_nr=org_nr, pathway=pathway,
        detail={"user": user.pk, "role": role, "from": str(valid_from), "to": str(valid_to or "")},
    )  # fmt: skip
    return row


@transaction.atomic
def end_assignment(*, assignment: Assignment, on: date, scope: Scope, by: User, at: datetime) -> None:
    """Its last day is `on`. The row stays: what somebody could see before can be told later.

    One that has ended before is left alone: a form that was open since then is not to open it again.
    """
    faults = {}
    if assignment.user_id == by.pk:
        faults["role"] = "self"
    elif not scope.covers(assignment.org_nr, assignment.pathway, assignment.department):
        faults["org_nr"] = "outside"
    on = max(on, assignment.valid_from)
    refuse(faults)
    if not Assignment.objects.filter(later_than(on), pk=assignment.pk).update(valid_to=on):
        return
    audit.record(
        "user_changed", by=by, at=at, what="user.assignment_ended", org_nr=assignment.org_nr,
        pathway=assignment.pathway, detail={"user": assignment.user_id, "role": assignment.role, "to": str(on)},
    )  # fmt: skip


def _faults(
    user: User, role: str, org_nr: str, pathway: str, first: date | None, last: date | None, scope: Scope, by: User
) -> dict[str, str]:
    """What is wrong with an assignment, by field."""
    faults = {}
    if user.pk == by.pk:
        faults["role"] = "self"
    elif role not in set(Role):
        faults["role"] = "role"
    if org_nr != COUNTRY and units().resolve(org_nr) is None:
        faults["org_nr"] = "unit"
    elif not scope.covers(org_nr, pathway):
        faults["org_nr"] = "outside"
    if pathway and not any(code.startswith(pathway) for code in load_catalogue().pathways):
        faults["pathway"] = "pathway"
    if first is None:
        faults["valid_from"] = "date"
    elif last is not None and last < first:
        faults["valid_to"] = "order"
    return faults

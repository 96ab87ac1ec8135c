"""Users and assignments in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from pakkeforlop.access.models import Assignment, User
from pakkeforlop.web.layout.choices import pathway_name
from pakkeforlop.web.layout.frame import unit_name
from pakkeforlop.web.words import t


@dataclass(frozen=True)
class Line:
    """One assignment."""

    pk: int
    role: str
    unit: str
    pathway: str
    department: str
    first: str
    last: str
    state: str
    """now, later or before"""


def line(row: Assignment, on: date) -> Line:
    """An assignment as it stands on a day."""
    ended = row.valid_to is not None and row.valid_to < on
    return Line(
        pk=row.pk,
        role=t(f"layout.role.{row.role}"),
        unit=unit_name(row.org_nr),
        pathway=pathway_name(row.pathway) if row.pathway else t("layout.all_pathways"),
        department=row.department,
        first=t.num_day(row.valid_from),
        last=t.num_day(row.valid_to) if row.valid_to else t("people.open_end"),
        state="before" if ended else "later" if row.valid_from > on else "now",
    )


@dataclass(frozen=True)
class Person:
    """One user in the list."""

    pk: int
    name: str
    username: str
    active: bool
    does: list[str]
    last: str
    factors: str


def person(user: User, factors: set[str], on: date) -> Person:
    """A user with what the person does today."""
    held: list[Any] = [line(row, on) for row in user.assignments.all()]
    return Person(
        pk=user.pk,
        name=user.display_name,
        username=user.username,
        active=user.is_active,
        does=[f"{row.role}, {row.unit}" for row in held if row.state == "now"],
        last=t.num_day(user.last_login) if user.last_login else t("people.never"),
        factors=t("people.two_steps") if factors else t("people.one_step"),
    )

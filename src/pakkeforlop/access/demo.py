"""Invented people for the demo and for tests: one per role at the units that are named, and who is who with gaps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from pakkeforlop.access.models import Assignment, Post, User
from pakkeforlop.access.rights import Role
from pakkeforlop.access.scope import units

FIRST_DAY = date(2015, 1, 1)


@dataclass(frozen=True)
class Person:
    """One of the demo: `at` says which of the units the assignment is for."""

    username: str
    name: str
    role: Role
    at: str = "hospital"


PEOPLE = (
    Person("anker", "Stødig Anker", Role.COORDINATOR),
    Person("lykt", "Varm Lykt", Role.COORDINATOR),
    Person("penn", "Klok Penn", Role.CODER),
    Person("kompass", "Rolig Kompass", Role.LEADER),
    Person("lupe", "Skarp Lupe", Role.MDT),
    Person("dorvakt", "Vennlig Dørvakt", Role.DEPARTMENT),
    Person("bro", "Lang Bro", Role.COORDINATOR, "region"),
    Person("linjal", "Nøye Linjal", Role.ANALYST, "region"),
    Person("nokkel", "Trygg Nøkkel", Role.ADMINISTRATOR, "trust"),
    Person("granne", "Hjelpsom Granne", Role.COORDINATOR, "other"),
)

ANKER = ("A02", "A07", "A20", "A38", "C01")
LYKT = ("A06", "A14", "A15", "A21", "A32", "A34")
"""Pathways that the two coordinators hold besides those below."""
POSTS = (
    # kind, pathway, name, user name, phone, hours, department
    ("leader", "", "Rolig Kompass", "kompass", "55 50 10 01", "08.00–15.30", "Kreftavdelingen"),
    ("analysis", "", "Nøye Linjal", "linjal", "55 50 10 09", "09.00–14.00", "Kvalitetsavdelingen"),
    ("coding", "", "Klok Penn", "penn", "55 50 10 05", "08.00–15.00", "Kodeenheten"),
    ("coordinator", "A01", "Stødig Anker", "anker", "55 50 10 02", "08.00–15.30", "Brystsenteret"),
    ("deputy", "A01", "Varm Lykt", "lykt", "55 50 10 03", "08.00–15.30", "Brystsenteret"),
    ("responsible_doctor", "A01", "Lun Overlege", "", "55 50 11 01", "ma og on 12.00–13.00", "Brystsenteret"),
    ("coordinator", "A12", "Stødig Anker", "anker", "55 50 10 02", "08.00–15.30", "Gastrokirurgisk avdeling"),
    ("deputy", "A12", "", "", "", "", "Gastrokirurgisk avdeling"),
    ("responsible_doctor", "A12", "Stø Skalpell", "", "55 50 12 01", "ti 12.00–13.00", "Gastrokirurgisk avdeling"),
    ("coordinator", "A26", "Varm Lykt", "lykt", "55 50 10 03", "08.00–15.30", "Lungeavdelingen"),
    ("deputy", "A26", "Stødig Anker", "anker", "55 50 10 02", "08.00–15.30", "Lungeavdelingen"),
    ("responsible_doctor", "A26", "", "", "", "", "Lungeavdelingen"),
    ("coordinator", "A16", "Varm Lykt", "lykt", "55 50 10 03", "08.00–15.30", "Urologisk avdeling"),
    *(("coordinator", code, "Stødig Anker", "anker", "55 50 10 02", "08.00–15.30", "") for code in ANKER),
    *(("coordinator", code, "Varm Lykt", "lykt", "55 50 10 03", "08.00–15.30", "") for code in LYKT),
    ("department_contact", "", "Mild Mikroskop", "", "55 50 13 01", "08.00–16.00", "Patologi"),
    ("department_contact", "", "Klar Skjerm", "", "55 50 13 02", "07.30–15.30", "Bildediagnostikk"),
)


@transaction.atomic
def people(*, hospital: str, other_hospital: str, on: date, password: str | None = None) -> dict[str, User]:
    """One user per role at a hospital, its trust and its region, and one coordinator elsewhere; by user name.

    Called again it changes nothing. Without a password they can log in by one click only, in a demo.
    """
    at = {"hospital": hospital, "other": other_hospital, **_above(hospital, on)}
    made = {person.username: _person(person, at[person.at], password) for person in PEOPLE}
    if not Post.objects.filter(org_nr=hospital).exists():
        _posts(hospital, made)
    return made


def _above(hospital: str, on: date) -> dict[str, str]:
    """The numbers of the trust and the region of a hospital."""
    trust, region = units().trust_of(hospital, on=on) or "", units().region_of(hospital, on=on) or ""
    found = {"trust": units().resolve(trust), "region": units().resolve(region)}
    return {level: unit.org_nr if unit else hospital for level, unit in found.items()}


def _person(person: Person, org_nr: str, password: str | None) -> User:
    """The user with one assignment from the first day of the data."""
    user, new = User.objects.get_or_create(
        username=person.username, defaults={"display_name": person.name, "is_demo": True}
    )
    if new:
        if password:
            user.set_password(password)
        else:
            user.set_unusable_password()
        user.save()
        Assignment.objects.create(user=user, role=person.role, org_nr=org_nr, valid_from=FIRST_DAY)
    return user


def _posts(hospital: str, made: dict[str, User]) -> None:
    """Who is who at the hospital; two posts stand without a name."""
    for kind, pathway, name, username, phone, hours, department in POSTS:
        Post.objects.create(
            kind=kind, org_nr=hospital, pathway=pathway, name=name, user=made.get(username), phone=phone,
            phone_hours=hours, department=department, valid_from=FIRST_DAY,
        )  # fmt: skip

"""Who may do what: one table of roles and rights. For which units is another question; see scope.py."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Right(StrEnum):
    """One thing that a role allows, within the units of the assignment."""

    WORKLIST = "worklist"  # see the list of open pathways
    PATIENT = "patient"  # see a patient's page
    OPEN_WITH_REASON = "open_with_reason"  # open a patient outside one's units, with a reason
    REFERRALS = "referrals"  # assess new referrals
    COORDINATE = "coordinate"  # tasks, notes, bookings, owner
    CODE = "code"  # register, confirm, correct and withdraw codes
    CODING_LISTS = "coding_lists"  # missing codes, back-coding, new cancers without a pathway
    REPORTING = "reporting"  # make messages to the register, take in what comes back
    LOCKING = "locking"  # lock a year that is reported
    EXPORT = "export"  # take lists out as a spreadsheet
    FIGURES = "figures"  # see counts that are not released
    DIRECTORY = "directory"  # see who is who
    DIRECTORY_EDIT = "directory_edit"  # change who is who
    OPENINGS = "openings"  # see who opened patients with a reason
    LOG = "log"  # see and export the log of one patient
    PEOPLE = "people"  # users and their assignments


class Role(StrEnum):
    """What a person is appointed to. GP, municipality, private provider and patient get their own rows here later."""

    COORDINATOR = "coordinator"
    CODER = "coder"
    LEADER = "leader"
    MDT = "mdt"
    DEPARTMENT = "department"
    ANALYST = "analyst"
    ADMINISTRATOR = "administrator"


_SEES_PATIENTS = frozenset({Right.WORKLIST, Right.PATIENT, Right.OPEN_WITH_REASON, Right.DIRECTORY})

ROLE_RIGHTS: Mapping[Role, frozenset[Right]] = MappingProxyType(
    {
        Role.COORDINATOR: _SEES_PATIENTS
        | {Right.REFERRALS, Right.COORDINATE, Right.CODE, Right.CODING_LISTS, Right.EXPORT, Right.FIGURES},
        Role.CODER: _SEES_PATIENTS
        | {Right.CODE, Right.CODING_LISTS, Right.REPORTING, Right.EXPORT, Right.FIGURES},
        Role.LEADER: _SEES_PATIENTS
        | {Right.REFERRALS, Right.COORDINATE, Right.CODING_LISTS, Right.EXPORT, Right.FIGURES}
        | {Right.REPORTING, Right.LOCKING, Right.DIRECTORY_EDIT, Right.OPENINGS, Right.LOG},
        Role.MDT: _SEES_PATIENTS,
        Role.DEPARTMENT: _SEES_PATIENTS,
        Role.ANALYST: frozenset({Right.FIGURES, Right.DIRECTORY}),
        Role.ADMINISTRATOR: frozenset({Right.PEOPLE, Right.DIRECTORY, Right.DIRECTORY_EDIT, Right.OPENINGS, Right.LOG}),
    }
)


def rights_of(role: str) -> frozenset[Right]:
    """The rights of a role; none for a role that is not known."""
    return ROLE_RIGHTS.get(Role(role), frozenset()) if role in set(Role) else frozenset()

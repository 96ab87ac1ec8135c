"""The page of roles and rights, from the table that the application asks."""

from __future__ import annotations

from pakkeforlop.access.rights import ROLE_RIGHTS, Right, Role
from tools.reference.markdown import page, table

MEANS = {
    Right.WORKLIST: "see the worklist",
    Right.PATIENT: "see a patient's page",
    Right.OPEN_WITH_REASON: "open a patient outside one's units, with a reason",
    Right.REFERRALS: "assess new referrals",
    Right.COORDINATE: "tasks, notes, follow-up, owner",
    Right.CODE: "register, confirm, correct and withdraw codes",
    Right.CODING_LISTS: "missing codes, back-coding, new cancers without a pathway",
    Right.REPORTING: "make messages to the register, take in what comes back",
    Right.LOCKING: "lock a year that is reported",
    Right.EXPORT: "take a list out on paper or as a spreadsheet",
    Right.FIGURES: "see figures that are not released",
    Right.DIRECTORY: "see who is who",
    Right.DIRECTORY_EDIT: "change who is who",
    Right.OPENINGS: "see who opened patients with a reason",
    Right.LOG: "see and take out the log of one patient",
    Right.PEOPLE: "manage users and what they are appointed to",
}


def roles_page() -> str:
    """Rights down, roles across; every right reaches the units of the assignment that gives it."""
    head = ["right", *(role.value for role in Role)]
    rows = [[MEANS[right], *("yes" if right in ROLE_RIGHTS[role] else "" for role in Role)] for right in Right]
    return page(
        "Roles and rights",
        "A right reaches the units, the pathways and the department of the assignment that gives it, between its days. "
        "How to give one: [give-someone-access](../how-to/give-someone-access.md).",
        table(head, rows),
    )

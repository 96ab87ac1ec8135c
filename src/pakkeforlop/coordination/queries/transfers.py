"""Transfers of someone's units: those on their way to and from them, those that arrived lately, and those declined."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, Q, QuerySet, When

from pakkeforlop.access.queries import scope_of, within
from pakkeforlop.access.rights import Right
from pakkeforlop.access.scope import Scope
from pakkeforlop.coding.models import Patient
from pakkeforlop.coordination.models import Transfer, WorklistRow
from pakkeforlop.coordination.states import ACTIVE_TRANSFERS
from pakkeforlop.vocabulary.working_days import working_days_after

SHOWN_FOR = timedelta(days=14)
"""How long a transfer that is settled stays on the page."""
MOST = 200


@dataclass(frozen=True)
class Moving:
    """A transfer with the open pathway's row; `due` is the last day to acknowledge it, None when that is done."""

    transfer: Transfer
    row: WorklistRow | None
    incoming: bool
    outgoing: bool
    due: date | None

    def late(self, on: date) -> bool:
        """Whether one working day has passed without a receipt."""
        return self.due is not None and self.due < on


@dataclass(frozen=True)
class Transfers:
    """The page's groups, oldest first."""

    to_us: list[Moving]
    from_us: list[Moving]
    arrived: list[Moving]
    declined: list[Moving]
    cut: bool = False
    """There are more than the page has room for; those on their way come before those that are settled."""

    def late(self, on: date) -> int:
        """How many nobody has acknowledged within one working day."""
        return len({one.transfer.pk for one in (*self.to_us, *self.from_us) if one.late(on)})


def transfers(*, for_: Any, on: date, unit: str = "") -> Transfers:
    """Transfers that a person's units send or receive; `unit` narrows to one of them."""
    scope = scope_of(for_, on=on, right=Right.WORKLIST)
    people = ("patient", "sent_by", "received_by", "accepted_by", "declined_by")
    found = list(_shown(scope, on, unit).select_related(*people)[: MOST + 1])
    cut, found = len(found) > MOST, found[:MOST]
    there = _rows(found)
    moving = [_moving(one, there, scope, unit) for one in found]
    active = [one for one in moving if one.transfer.state in ACTIVE_TRANSFERS and one.row is not None]
    return Transfers(
        [one for one in active if one.incoming],
        [one for one in active if one.outgoing and not one.incoming],
        [one for one in reversed(moving) if one.transfer.state in ("accepted", "attended")],
        [one for one in reversed(moving) if one.transfer.state == "declined"],
        cut,
    )


def standing(*, for_: Any, on: date, unit: str = "") -> dict[int, str]:
    """Where each transfer of the page stands, in one word: it changes when somebody does something about one."""
    scope = scope_of(for_, on=on, right=Right.WORKLIST)
    rows = _shown(scope, on, unit).values_list("pk", "state", "sender", "receiver")[:MOST]
    return {pk: "-".join(told) for pk, *told in rows}


def _shown(scope: Scope, on: date, unit: str) -> QuerySet[Transfer]:
    """Transfers that units of a scope send or receive: those on their way, then those that were settled lately; each
    oldest first.
    """
    rows = Transfer.objects.filter(within(scope, orgs=("sender", "receiver"), pathway="pathway"))
    if unit:
        rows = rows.filter(Q(sender=unit) | Q(receiver=unit))
    since = on - SHOWN_FOR
    rows = rows.filter(Q(state__in=ACTIVE_TRANSFERS) | Q(accepted_on__gte=since) | Q(declined_on__gte=since))
    settled = Case(When(state__in=ACTIVE_TRANSFERS, then=0), default=1)
    return rows.order_by(settled, "sent_on", "pk")


def one(*, patient: Patient, number: int) -> Transfer | None:
    """A transfer of a patient; whoever asks has been let in to the patient."""
    return Transfer.objects.filter(patient=patient, pk=number).select_related("patient").first()


def usual_receivers(sender: str, pathway: str, *, most: int = 3) -> list[str]:
    """Where a hospital has sent patients of a pathway before, most often first."""
    rows = Transfer.objects.filter(sender=sender, pathway=pathway).exclude(receiver="")
    return [unit for unit, _ in Counter(rows.values_list("receiver", flat=True)).most_common(most)]


def _rows(found: list[Transfer]) -> dict[tuple[int, str], WorklistRow]:
    rows = WorklistRow.objects.filter(patient__in={one.patient_id for one in found}, closed=False)
    return {(row.patient_id, row.pathway): row for row in rows.select_related("owner")}


def _moving(one: Transfer, rows: dict[tuple[int, str], WorklistRow], scope: Scope, unit: str) -> Moving:
    row = rows.get((one.patient_id, one.pathway))
    ours = (lambda org: org == unit) if unit else (lambda org: scope.covers(org, one.pathway))
    due = working_days_after(one.sent_on) if one.state == "sent" else None
    return Moving(one, row, bool(one.receiver) and ours(one.receiver), ours(one.sender), due)

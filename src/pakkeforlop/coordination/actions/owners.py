"""Who coordinates a pathway: given to somebody, one or many at once, and taken back; every step is a further row.

What a deed gave is kept under its key, with whom each pathway had before, so that the deed can be taken back whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from pakkeforlop.access.audit import record
from pakkeforlop.access.models import User
from pakkeforlop.coding.actions.append import hold
from pakkeforlop.coding.models import ActionKey
from pakkeforlop.coordination.actions.work import Deed
from pakkeforlop.coordination.models import Responsibility, WorklistRow
from pakkeforlop.coordination.rows import refresh

KEPT = "owners.given"
"""What the key of such a deed says that it did."""


@dataclass(frozen=True)
class Moved:
    """A pathway that somebody has given on since, and that is left alone: the patient's name, and by and to whom."""

    patient: str
    by: User | None
    to: User | None


@dataclass(frozen=True)
class TakenBack:
    """How many pathways have the owner they had before, those that were left alone, and the patients of both."""

    n: int
    left: tuple[Moved, ...] = ()
    patients: tuple[int, ...] = ()


def give(*, rows: Sequence[WorklistRow], owner: Any, deed: Deed) -> int:
    """Give pathways to one person, all or none; how many. The same deed once more gives nothing, and says the same."""
    with transaction.atomic():
        told = {"user": getattr(deed.by, "pk", None), "at": deed.at, "result": {"what": KEPT}}
        held, fresh = ActionKey.objects.get_or_create(key=deed.key[:64], defaults=told)
        if not fresh:
            return len(held.result.get("given", ()))
        hold(row.patient_id for row in rows)
        given = [_give(row, owner, deed) for row in rows]
        held.result = {"what": KEPT, "given": given}
        held.save(update_fields=["result"])
        _tell([row.patient_id for row in rows], deed, owner)
    return len(given)


def take_back(*, given: str, within: QuerySet[WorklistRow], deed: Deed) -> TakenBack:
    """Take back what one's deed with the key `given` gave, of the rows `within`: each pathway has the owner again
    that it had, except where somebody has given it on since. A second time takes back nothing, and says the same.
    """
    mine = getattr(deed.by, "pk", None)
    with transaction.atomic():
        known = ActionKey.objects.filter(key=given[:64], user=mine).first()
        wanted = dict(known.result.get("given", ())) if known and known.result.get("what") == KEPT else {}
        rows = Responsibility.objects.filter(pk__in=wanted).select_related("patient").order_by("pk")
        theirs = within.filter(patient__in=[one.patient_id for one in rows])
        inside = set(theirs.values_list("patient_id", "pathway"))
        made = [one for one in rows if (one.patient_id, one.pathway) in inside]
        hold(one.patient_id for one in made)
        done, left = [], []
        for one in made:
            last = _last(one.patient_id, one.pathway)
            if last is not None and last.pk == one.pk:
                done.append(_write(one.patient_id, one.pathway, wanted[one.pk], deed))
            elif last is not None and (last.given_by_id != mine or last.owner_id != wanted[one.pk]):
                left.append(Moved(one.patient.name, last.given_by, last.owner))
        for owner in {one.owner for one in done}:
            _tell([one.patient_id for one in done if one.owner == owner], deed, owner)
    return TakenBack(len(made) - len(left), tuple(left), tuple(dict.fromkeys(one.patient_id for one in made)))


def _give(row: WorklistRow, owner: Any, deed: Deed) -> tuple[int, int | None]:
    """The new row, and who had taken the pathway before it; None where it was the named coordinator's, or nobody's."""
    last, now = _last(row.patient_id, row.pathway), WorklistRow.objects.filter(pk=row.pk).first()
    before = last.owner_id if last is not None and now is not None and last.owner_id == now.owner_id else None
    return _write(row.patient_id, row.pathway, owner.pk, deed).pk, before


def _write(patient_id: int, pathway: str, owner_id: int | None, deed: Deed) -> Responsibility:
    made = Responsibility.objects.create(
        patient_id=patient_id, pathway=pathway, owner_id=owner_id, since=deed.at, given_by=deed.by
    )
    record(
        "changed", by=deed.by, at=deed.at, what="owner.given", patient_id=patient_id, pathway=pathway,
        detail={"owner": owner_id},
    )  # fmt: skip
    return made


def _last(patient_id: int, pathway: str) -> Responsibility | None:
    rows = Responsibility.objects.filter(patient=patient_id, pathway=pathway).select_related("owner", "given_by")
    return rows.order_by("since", "pk").last()


def _tell(patients: Sequence[int], deed: Deed, owner: Any) -> None:
    detail = owner.display_name if owner else ""
    by = getattr(deed.by, "pk", None)
    refresh(patients, on=deed.on, at=deed.at, by=by, what="owner", detail=detail[:120])

"""A referral assessed: into a pathway with the date of receipt, or ordinary, with the reason; and assessed anew.

Every assessment is a row that stays. A referral that leaves the pathways is downgraded: it stays on a list until
somebody writes what became of it.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localtime

from pakkeforlop.access.audit import record
from pakkeforlop.coding.actions.append import hold
from pakkeforlop.coding.models import ActionKey, Registration
from pakkeforlop.coding.queries import current
from pakkeforlop.coordination import states
from pakkeforlop.coordination.actions import codes
from pakkeforlop.coordination.actions.outgoing import tell_referrer
from pakkeforlop.coordination.blocking import Blocked, Stop
from pakkeforlop.coordination.models import Assessment, Referral, WorklistRow
from pakkeforlop.coordination.regrading import direction
from pakkeforlop.coordination.rows import refresh

STARTS = ("A", "AA")
"""What begins a pathway by a referral; AA with a work-up by a contract specialist before it."""
LEAVING = ("withdraw", "end")
"""How a referral leaves the pathway that it began: its start was a mistake, or the patient was taken out today."""


def into_pathway(
    *, referral: Referral, pathway: str, reason: str, by: Any, at: datetime, key: str, via_specialist: bool = False
) -> codes.Saved:
    """Start a pathway on the day a new referral was received. Raises Blocked, Conflict or StepRefused; then nothing is
    saved. The same post again is answered as the first time.
    """
    with transaction.atomic():
        held = _held(referral)
        if not _again(held, key, into=pathway):
            if held.status != "new":
                raise states.StepRefused(held.status, "pathway")
            held.status = states.step(states.REFERRAL_STEPS, held.status, "pathway")
            _settle(held, by=by, at=at, reason=reason, into=pathway)
        return _start(held, pathway, by=by, at=at, key=key, via_specialist=via_specialist)


def ordinary(*, referral: Referral, reason: str, by: Any, at: datetime) -> bool:
    """Leave a new referral outside the pathways, with the reason. False when that was done before."""
    with transaction.atomic():
        held = _held(referral)
        if held.status == "ordinary":
            return False
        if held.status == "pathway":
            raise states.StepRefused(held.status, "ordinary")
        held.status = states.step(states.REFERRAL_STEPS, held.status, "ordinary")
        _settle(held, by=by, at=at, reason=reason, into="")
    return True


def assess_anew(
    *,
    referral: Referral,
    into: str,
    leaving: str,
    reason: str,
    by: Any,
    at: datetime,
    key: str,
    via_specialist: bool = False,
) -> Referral:
    """Another answer to a referral that was assessed: into a pathway (`into`), or ordinary (`into` empty).

    leaving: what is done with the pathway that the referral had begun (`LEAVING`). Raises Blocked without a reason, for
    the answer that stands already, for a start that cannot be withdrawn, and where the codes are not the person's to
    change; StepRefused for a referral that nobody has assessed. Then nothing is saved.
    """
    with transaction.atomic():
        held = _held(referral)
        if ActionKey.objects.filter(key=key[:64]).exists():
            return held
        if held.status == "new":
            raise states.StepRefused(held.status, "anew")
        _refuse_anew(held, into, reason)
        ActionKey.objects.create(key=key[:64], user=by.pk, at=at, result={"what": "referral.assessed"})
        left, start = held.into, ""
        if held.status == "pathway":
            start = _leave(held, leaving, reason, by=by, at=at)
            held.status = states.step(states.REFERRAL_STEPS, held.status, "ordinary")
        if into:
            held.status = states.step(states.REFERRAL_STEPS, held.status, "pathway")
        _settle(held, by=by, at=at, reason=reason, into=into, start=start, left=left)
        if into:
            _start(held, into, by=by, at=at, key=uuid.uuid4().hex, via_specialist=via_specialist)
    return held


def settle_downgraded(*, referral: Referral, reason: str, by: Any, at: datetime) -> bool:
    """Write what became of a downgraded referral; it leaves the list. False when that was done before."""
    with transaction.atomic():
        held = _held(referral)
        if not held.downgraded:
            return False
        if not reason.strip():
            raise Blocked(Stop("referral_reason", "reason"))
        held.downgraded = False
        held.save(update_fields=["downgraded"])
        Assessment.objects.create(referral=held, became="settled", reason=reason.strip()[:400], by=by, at=at)
        record(
            "changed", by=by, at=at, what="referral.settled", patient_id=held.patient_id, org_nr=held.institution,
            pathway=held.pathway, reason=reason.strip()[:400],
        )  # fmt: skip
    return True


def start_of(referral: Referral, *, at: datetime) -> Registration | None:
    """The start code that stands for a referral: of its pathway, day of receipt and hospital."""
    wanted = {held + letters for held in [referral.into] for letters in STARTS}
    rows = current(referral.patient, as_of=localtime(at).date())
    return next(
        (
            row
            for row in rows
            if row.code in wanted
            and row.event_date == referral.received_date
            and row.institution == referral.institution
        ),
        None,
    )


def others_after(referral: Referral, *, at: datetime) -> list[str]:
    """The codes of the referral's pathway besides its start, from its day on: then the start cannot be withdrawn."""
    start = start_of(referral, at=at)
    rows = current(referral.patient, as_of=localtime(at).date())
    return [
        row.code
        for row in rows
        if row.code[:3] == referral.into
        and (start is None or row.registration_id != start.registration_id)
        and (row.event_date is None or row.event_date >= referral.received_date)
    ]


def _held(referral: Referral) -> Referral:
    """The referral until the transaction ends; its patient first, as everybody who enters a code does."""
    hold([referral.patient_id])
    return Referral.objects.select_for_update().get(pk=referral.pk)


def _again(held: Referral, key: str, *, into: str) -> bool:
    """Whether this very post has put the referral into the pathway before."""
    return held.status == "pathway" and held.into == into and ActionKey.objects.filter(key=key[:64]).exists()


def _refuse_anew(held: Referral, into: str, reason: str) -> None:
    found = [] if reason.strip() else [Stop("referral_reason", "reason")]
    if into == held.into and held.status == ("pathway" if into else "ordinary"):
        found.append(Stop("referral_same", "into"))
    if found:
        raise Blocked(*found)


def _leave(held: Referral, leaving: str, reason: str, *, by: Any, at: datetime) -> str:
    """What is done with the pathway that the referral began: its start withdrawn, or an X today; told in a word."""
    day = localtime(at).date()
    start = start_of(held, at=at)
    open_now = WorklistRow.objects.filter(patient=held.patient, pathway=held.into, closed=False).exists()
    if start is None or not open_now:
        return "stands"
    key = uuid.uuid4().hex
    if leaving == "withdraw":
        others = others_after(held, at=at)
        if others:
            raise Blocked(Stop("referral_start_used", "leaving", {"codes": ", ".join(others)}))
        codes.withdraw_code(registration=start, reason=reason, by=by, at=at, key=key, revision=None)
        return "withdrawn"
    if leaving == "end":
        codes.register_code(
            patient=held.patient, code=f"{held.into}X", event_date=day, institution=held.institution, by=by, at=at,
            key=key, revision=None, source="referral", reason=reason,
        )  # fmt: skip
        return "ended"
    raise Blocked(Stop("referral_leaving", "leaving"))


def _start(held: Referral, pathway: str, *, by: Any, at: datetime, key: str, via_specialist: bool) -> codes.Saved:
    return codes.register_code(
        patient=held.patient, code=pathway + ("AA" if via_specialist else "A"), event_date=held.received_date,
        institution=held.institution, by=by, at=at, key=key, revision=None, received_date=held.received_date,
        source="referral",
    )  # fmt: skip


def _settle(
    held: Referral, *, by: Any, at: datetime, reason: str, into: str, start: str = "", left: str = ""
) -> None:
    """The assessment as a row of its own, and on the referral as what holds; `left` is the pathway that it leaves."""
    text = reason.strip()[:400]
    held.downgraded = not into and (held.marked or bool(left) or held.downgraded)
    held.reason, held.assessed_by, held.assessed_at, held.into = text, by, at, into
    if into:
        held.pathway = into
    held.save(update_fields=["status", "reason", "assessed_by", "assessed_at", "into", "pathway", "downgraded"])
    before = Assessment.objects.filter(referral=held).exclude(became="settled").order_by("pk").last()
    Assessment.objects.create(referral=held, became=held.status, into=into, start=start, reason=text, by=by, at=at)
    way = direction(held.marked, before.became if before else "", held.status)
    if way:
        tell_referrer(held, way, text, by=by, at=at)
    record(
        "changed", by=by, at=at, what="referral.assessed", patient_id=held.patient_id, org_nr=held.institution,
        pathway=into or held.pathway, detail={"status": held.status, "from": left}, reason=text,
    )  # fmt: skip
    refresh([held.patient_id], on=localtime(at).date(), at=at, by=by.pk, what="referral", detail=into)

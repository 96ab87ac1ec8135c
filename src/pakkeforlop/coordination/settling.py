"""Proposals follow the facts: a new one is made when the records speak for a code, an overtaken one is settled.

A code that was rejected for a day is not proposed for that day again. A proposal whose code has been registered is
confirmed by whoever registered it; one whose point has been registered otherwise is overtaken.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pakkeforlop.coordination.gather import Gathered, Stored
from pakkeforlop.coordination.models import Proposal, Referral
from pakkeforlop.coordination.states import PROPOSAL_STEPS, REFERRAL_STEPS, step
from pakkeforlop.coordination.working import Opened, WorkedOut

OVERTAKEN = "overtaken"
"""The reason of a proposal whose point was registered with another code."""

Key = tuple[int, str, int]


def settle(
    gathered: Gathered, done: Sequence[tuple[Opened, WorkedOut]], *, at: datetime, by: int | None
) -> dict[Key, int]:
    """Make, keep and settle the proposals of some open pathways; the open one of each, by pathway."""
    made: list[tuple[Key, Proposal]] = []
    kept: dict[Key, int] = {}
    for opened, worked in done:
        key = (opened.patient, opened.pathway, opened.number)
        stored = gathered.proposals.get((opened.patient, opened.pathway), [])
        for proposal in stored:
            if proposal.state == "open" and proposal.day >= opened.start:
                if _stands(proposal, opened):
                    kept.setdefault(key, proposal.pk)
                else:
                    _close(proposal, gathered, at=at, by=by)
        draft = worked.draft
        if draft is not None and key not in kept:
            before = next((one for one in stored if (one.code, one.day) == (draft.code, draft.day)), None)
            if before is not None and before.state == "confirmed":
                kept[key] = _reopen(before)
            elif before is None:
                fresh = Proposal(
                    patient_id=opened.patient, pathway=opened.pathway, code=draft.code, event_date=draft.day,
                    institution=draft.institution, evidence=draft.evidence[:500], made_at=at,
                )  # fmt: skip
                made.append((key, fresh))
    if made:
        Proposal.objects.bulk_create([proposal for _, proposal in made])
    return kept | {key: proposal.pk for key, proposal in made}


def settle_referrals(gathered: Gathered, *, at: datetime, by: int | None) -> None:
    """A referral whose hospital has registered the start on its day of receipt, or after, has been assessed."""
    for referral in gathered.unassessed:
        coded = gathered.known[(referral.patient, referral.pathway)].coded
        starts = [one for one in coded if one.event in ("A", "AA") and one.institution == referral.institution]
        if any(one.day >= referral.day for one in starts):
            Referral.objects.filter(pk=referral.pk).update(
                status=step(REFERRAL_STEPS, "new", "pathway"), into=referral.pathway, assessed_at=at, assessed_by=by
            )


def _reopen(proposal: Stored) -> int:
    """The code that was confirmed has been withdrawn, and the records still speak for it."""
    state = step(PROPOSAL_STEPS, proposal.state, "open")
    Proposal.objects.filter(pk=proposal.pk).update(state=state, settled_at=None, settled_by=None)
    return proposal.pk


def _stands(proposal: Stored, opened: Opened) -> bool:
    """Whether the point that the proposal would register is still missing."""
    event = proposal.code[3:4]
    return {
        "S": opened.attendance is None and opened.decision is None,
        "C": opened.decision is None,
        "F": opened.treatment is None,
    }.get(event, True)


def _close(proposal: Stored, gathered: Gathered, *, at: datetime, by: int | None) -> None:
    coded = gathered.known[(proposal.patient, proposal.pathway)].coded
    same = any((one.code, one.day) == (proposal.code, proposal.day) for one in coded)
    state = step(PROPOSAL_STEPS, proposal.state, "confirmed" if same else "rejected")
    Proposal.objects.filter(pk=proposal.pk).update(
        state=state, reason="" if same else OVERTAKEN, settled_at=at, settled_by=by
    )

"""Proposals follow the facts: a new one is made when the records speak for a code, an overtaken one is settled.

A code that was rejected for a day is not proposed for that day again. A proposal whose code has been registered is
confirmed by whoever registered it; one whose point has been registered otherwise is overtaken.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pakkeforlop.coordination.gather import Gathered
from pakkeforlop.coordination.models import Proposal
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
            if proposal.state == "open" and proposal.event_date >= opened.start:
                if _stands(proposal, opened):
                    kept.setdefault(key, proposal.pk)
                else:
                    _close(proposal, gathered, at=at, by=by)
        draft = worked.draft
        if draft is not None and key not in kept:
            before = next((one for one in stored if (one.code, one.event_date) == (draft.code, draft.day)), None)
            if before is not None and before.state == "confirmed":
                kept[key] = _reopen(before)
            elif before is None:
                fresh = Proposal(
                    patient_id=opened.patient, pathway=opened.pathway, code=draft.code, event_date=draft.day,
                    institution=draft.institution, evidence=draft.evidence[:500], made_at=at,
                )  # fmt: skip
                made.append((key, fresh))
    Proposal.objects.bulk_create([proposal for _, proposal in made])
    return kept | {key: proposal.pk for key, proposal in made}


def settle_referrals(gathered: Gathered, *, at: datetime, by: int | None) -> None:
    """A referral whose hospital has registered the start on its day of receipt, or after, has been assessed."""
    for referral in gathered.unassessed:
        coded = gathered.known[(referral.patient_id, referral.pathway)].coded
        starts = [one for one in coded if one.event in ("A", "AA") and one.institution == referral.institution]
        if any(one.day >= referral.received_date for one in starts):
            referral.status, referral.into = step(REFERRAL_STEPS, referral.status, "pathway"), referral.pathway
            referral.assessed_at, referral.assessed_by_id = at, by
            referral.save(update_fields=["status", "into", "assessed_at", "assessed_by"])


def _reopen(proposal: Proposal) -> int:
    """The code that was confirmed has been withdrawn, and the records still speak for it."""
    proposal.state, proposal.settled_at, proposal.settled_by = step(PROPOSAL_STEPS, proposal.state, "open"), None, None
    proposal.save(update_fields=["state", "settled_at", "settled_by"])
    return proposal.pk


def _stands(proposal: Proposal, opened: Opened) -> bool:
    """Whether the point that the proposal would register is still missing."""
    event = proposal.code[3:4]
    return {
        "S": opened.attendance is None and opened.decision is None,
        "C": opened.decision is None,
        "F": opened.treatment is None,
    }.get(event, True)


def _close(proposal: Proposal, gathered: Gathered, *, at: datetime, by: int | None) -> None:
    coded = gathered.known[(proposal.patient_id, proposal.pathway)].coded
    same = any((one.code, one.day) == (proposal.code, proposal.event_date) for one in coded)
    proposal.state = "confirmed" if same else "rejected"
    proposal.reason = "" if same else OVERTAKEN
    proposal.settled_at, proposal.settled_by_id = at, by
    proposal.save(update_fields=["state", "reason", "settled_at", "settled_by"])

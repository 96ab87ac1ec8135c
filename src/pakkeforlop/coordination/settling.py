"""Proposals and transfers follow the facts: made when the records speak for them, settled when they are overtaken.

A code that was rejected for a day is not proposed for that day again. A proposal whose code has been registered is
confirmed by whoever registered it; one whose point has been registered otherwise is overtaken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.utils.timezone import localtime

from pakkeforlop.coordination.carrying import Coded
from pakkeforlop.coordination.gather import Gathered, Stored
from pakkeforlop.coordination.models import Assessment, Proposal, Referral, Transfer
from pakkeforlop.coordination.proposing import Draft
from pakkeforlop.coordination.states import ACTIVE_TRANSFERS, PROPOSAL_STEPS, REFERRAL_STEPS, TRANSFER_STEPS, step
from pakkeforlop.coordination.working import Known, Opened, Sent, WorkedOut

OVERTAKEN = "overtaken"
"""The reason of a proposal whose point was registered with another code."""

TAKEN_BACK = "taken_back"
"""The reason of a transfer whose code was withdrawn."""

Place = tuple[int, str]
Key = tuple[int, str, int]


def settle(
    gathered: Gathered, done: Sequence[tuple[Opened, WorkedOut]], starts: Mapping[Place, Sequence[Draft]], *,
    at: datetime, by: int | None,
) -> dict[Key, int]:  # fmt: skip
    """Make, keep and settle the proposals of some patients; the open one of each open pathway.

    starts: what events speak for in pathways that are not open.
    """
    made: list[tuple[Key, Proposal]] = []
    kept: dict[Key, int] = {}
    for opened, worked in done:
        key = (opened.patient, opened.pathway, opened.number)
        stored = gathered.proposals.get((opened.patient, opened.pathway), [])
        held = [one for one in stored if one.day >= opened.start]
        standing = _standing(held, worked.drafts, opened)
        _close_others(held, standing, gathered, at=at, by=by)
        _propose(key, stored, standing, worked.drafts, made, kept, at=at)
    there = {(opened.patient, opened.pathway) for opened, _ in done}
    for place in {*gathered.proposals, *starts} - there:
        stored, drafts = gathered.proposals.get(place, []), starts.get(place, ())
        standing = _standing(stored, drafts, None)
        _close_others(stored, standing, gathered, at=at, by=by)
        _propose((*place, 0), stored, standing, drafts, made, kept, at=at)
    if made:
        Proposal.objects.bulk_create([proposal for _, proposal in made])
    return kept | {key: proposal.pk for key, proposal in made}


def _standing(stored: Sequence[Stored], drafts: Sequence[Draft], opened: Opened | None) -> list[Stored]:
    """The open proposals that still stand: the events speak for them, or (made by a person) their point is missing."""
    spoken = {(draft.code, draft.day) for draft in drafts}
    return [
        one
        for one in stored
        if one.state == "open"
        if ((one.code, one.day) in spoken if one.rule else opened is not None and _stands(one, opened))
    ]


def _close_others(
    stored: Sequence[Stored], standing: Sequence[Stored], gathered: Gathered, *, at: datetime, by: int | None
) -> None:
    for proposal in stored:
        if proposal.state == "open" and proposal not in standing:
            _close(proposal, gathered, at=at, by=by)


def _propose(
    key: Key, stored: Sequence[Stored], standing: Sequence[Stored], drafts: Sequence[Draft],
    made: list[tuple[Key, Proposal]], kept: dict[Key, int], *, at: datetime,
) -> None:  # fmt: skip
    """Keep the proposal that stands; else take up or make the first that nobody has said no to."""
    if standing:
        kept[key] = standing[0].pk
        return
    for draft in drafts:
        before = next((one for one in stored if (one.code, one.day) == (draft.code, draft.day)), None)
        if before is None:
            made.append((key, _made(key, draft, at)))
            return
        if before.state in ("confirmed", "changed") or before.reason == OVERTAKEN:
            kept[key] = _reopen(before)
            return


def _made(key: Key, draft: Draft, at: datetime) -> Proposal:
    event = int(draft.event[1:]) if draft.event.startswith("e") else None
    return Proposal(
        patient_id=key[0], pathway=key[1], code=draft.code, event_date=draft.day, institution=draft.institution,
        evidence=draft.evidence[:500], rule=draft.rule, event_id=event, made_at=at,
    )  # fmt: skip


def settle_transfers(
    gathered: Gathered, done: Sequence[tuple[Opened, WorkedOut]], *, at: datetime, by: int | None
) -> None:
    """Transfers follow the codes, whoever wrote them: an O is one that was sent, the receiver's A has accepted it."""
    for opened, worked in done:
        known = gathered.known[(opened.patient, opened.pathway)]
        under_way = [one for one in known.transfers if one.state in ACTIVE_TRANSFERS]
        carrier = worked.carrier
        if carrier.sent_on is not None:
            _sent(opened, carrier.sender, carrier.receiver, carrier.sent_on, known.transfers, at)
        for one in under_way if carrier.sent_on is None else ():
            came = _came(one, carrier.hospital, known.coded)
            _accept(one, carrier.hospital, came, by) if came else _taken_back(one, at=at, by=by)
        if carrier.sent_on is None:
            _attended(known)


def _sent(opened: Opened, sender: str, receiver: str, on: date, transfers: Sequence[Sent], at: datetime) -> None:
    """The row of the transfer that nobody has answered: the one there is, or a new one.

    One that the receiver has declined stays so, until the sender takes its code back.
    """
    theirs = [one for one in reversed(transfers) if one.sender == sender]
    if any(one.state == "declined" and one.sent_on == on for one in theirs):
        return
    there = next((one for one in theirs if one.state != "declined"), None)
    if there is not None and there.state in ACTIVE_TRANSFERS:
        if there.sent_on != on or (receiver and not there.receiver):
            Transfer.objects.filter(pk=there.pk).update(sent_on=on, receiver=there.receiver or receiver)
    elif there is not None and there.sent_on == on:
        state = step(TRANSFER_STEPS, there.state, "sent")
        Transfer.objects.filter(pk=there.pk).update(state=state, accepted_on=None, accepted_by=None, attended_on=None)
    else:
        Transfer.objects.create(
            patient_id=opened.patient, pathway=opened.pathway, sender=sender, sent_on=on, receiver=receiver, made_at=at
        )


def _came(transfer: Sent, hospital: str, coded: Sequence[Coded]) -> date | None:
    """The day that the unit which carries the pathway now registered its receipt of the transfer."""
    if hospital == transfer.sender:
        return None
    days = [one.day for one in coded if one.event in ("A", "AA") and one.institution == hospital]
    return min((day for day in days if day >= transfer.sent_on), default=None)


def _accept(transfer: Sent, hospital: str, came: date, by: int | None) -> None:
    state = step(TRANSFER_STEPS, transfer.state, "accepted")
    Transfer.objects.filter(pk=transfer.pk).update(
        state=state, receiver=hospital, received_on=transfer.received_on or came, accepted_on=came, accepted_by_id=by
    )


def _taken_back(transfer: Sent, *, at: datetime, by: int | None) -> None:
    """The code that sent it has been withdrawn."""
    state = step(TRANSFER_STEPS, transfer.state, "declined")
    Transfer.objects.filter(pk=transfer.pk).update(
        state=state, declined_on=localtime(at).date(), declined_by_id=by, reason=TAKEN_BACK
    )


def _attended(known: Known) -> None:
    """The first attendance at the receiver, of the last transfer that was accepted."""
    last = next((one for one in reversed(known.transfers) if one.state == "accepted"), None)
    if last is None or last.accepted_on is None:
        return
    days = [
        one.day
        for one in known.booked
        if one.status == "attended" and one.institution == last.receiver and one.day >= last.accepted_on
    ]
    if days:
        state = step(TRANSFER_STEPS, last.state, "attended")
        Transfer.objects.filter(pk=last.pk).update(state=state, attended_on=min(days))


def settle_referrals(gathered: Gathered, *, at: datetime, by: int | None) -> None:
    """A referral whose hospital has registered the start on its day of receipt, or after, has been assessed."""
    for referral in gathered.unassessed:
        coded = gathered.known[(referral.patient, referral.pathway)].coded
        starts = [one for one in coded if one.event in ("A", "AA") and one.institution == referral.institution]
        if any(one.day >= referral.day for one in starts):
            Referral.objects.filter(pk=referral.pk).update(
                status=step(REFERRAL_STEPS, "new", "pathway"), into=referral.pathway, assessed_at=at, assessed_by=by
            )
            Assessment.objects.create(referral_id=referral.pk, became="pathway", into=referral.pathway, by_id=by, at=at)


def _reopen(proposal: Stored) -> int:
    """The code that was confirmed has been withdrawn, and the records still speak for it."""
    state = step(PROPOSAL_STEPS, proposal.state, "open")
    Proposal.objects.filter(pk=proposal.pk).update(
        state=state, settled_at=None, settled_by=None, reason="", became="", became_date=None
    )
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

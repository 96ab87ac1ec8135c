"""A proposed code saved as it stands, and taken back: the store decides, the list says what happened."""

from __future__ import annotations

from typing import Any

from pakkeforlop.coding.models import Registration
from pakkeforlop.coordination.actions import codes
from pakkeforlop.coordination.actions import work as actions
from pakkeforlop.coordination.actions.work import Deed
from pakkeforlop.coordination.blocking import Blocked, Conflict
from pakkeforlop.coordination.models import Proposal
from pakkeforlop.coordination.states import StepRefused
from pakkeforlop.web import clock
from pakkeforlop.web.words import Words, words
from pakkeforlop.web.worklist.answers import Said


def confirm_proposal(request: Any, proposal: Proposal, *, key: str, revision: int | None) -> Said:
    """Register the proposed code; the sentence says what was saved, or why it was not."""
    t = words()
    try:
        saved = codes.register_code(
            patient=proposal.patient, code=proposal.code, event_date=proposal.event_date,
            institution=proposal.institution, by=request.user, at=clock.now(), key=key, revision=revision,
            source="proposal", confirms=proposal.pk,
        )  # fmt: skip
    except Conflict as fault:
        return Said(" ".join(fault.sentences(t.language)), done=False)
    except Blocked as fault:
        return Said(t("worklist.said.stopped", why=" ".join(fault.sentences(t.language))), done=False)
    except StepRefused:
        return Said(t("worklist.said.gone"), done=False)
    undo = {"registration": str(saved.registration.pk), "handle": proposal.patient.handle}
    said = t("worklist.said.confirmed", code=proposal.code, day=t.day(proposal.event_date))
    return Said(said, undo=undo, what=undo_words(proposal, t))


def undo_words(proposal: Proposal, t: Words) -> str:
    """Which code and for whom, on the button that takes it back."""
    return t("worklist.said.undo_of", code=proposal.code, name=proposal.patient.name or t("worklist.no_name"))


def take_up_again(request: Any, number: str) -> Said:
    """Take up a rejected proposal again."""
    t = words()
    held = Proposal.objects.filter(pk=int(number) if number.isdigit() else 0, patient=request.patient).first()
    try:
        if held is None:
            return Said(t("worklist.said.gone"), done=False)
        by, at = request.user, clock.now()
        actions.reopen_proposal(proposal=held, deed=Deed(by, at, clock.today(), request.POST.get("key", "")))
    except StepRefused:
        return Said(t("worklist.said.gone"), done=False)
    return Said(t("worklist.said.undone"))


def take_back(request: Any, number: str) -> Said:
    """Take back a saved code by a further version of it."""
    t = words()
    made = Registration.objects.filter(patient=request.patient, pk=int(number) if number.isdigit() else 0).first()
    if made is None:
        return Said(t("worklist.said.gone"), done=False)
    try:
        codes.undo(
            registration=made, by=request.user, at=clock.now(), key=request.POST.get("key", ""), revision=None,
            reason=t("worklist.said.undo_reason"),
        )  # fmt: skip
    except Blocked as fault:
        return Said(t("worklist.said.stopped", why=" ".join(fault.sentences(t.language))), done=False)
    return Said(t("worklist.said.undone"))

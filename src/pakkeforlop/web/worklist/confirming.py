"""What is said to a proposed code, and taken back: the store decides, the lists and the page say what happened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pakkeforlop.access.rights import Right
from pakkeforlop.coding.models import Patient, Registration
from pakkeforlop.coordination.actions import codes
from pakkeforlop.coordination.actions import work as actions
from pakkeforlop.coordination.actions.work import Deed
from pakkeforlop.coordination.blocking import Blocked, Conflict
from pakkeforlop.coordination.models import Proposal, WorklistRow
from pakkeforlop.coordination.queries.patient import messages_on, registered_under, saved_by, saved_registration
from pakkeforlop.coordination.states import StepRefused
from pakkeforlop.coordination.verdict import Draft, is_after_death
from pakkeforlop.vocabulary.numbers import whole
from pakkeforlop.web import clock
from pakkeforlop.web.layout.undoing import AT_MOST
from pakkeforlop.web.words import Words, words
from pakkeforlop.web.worklist.answers import Said
from pakkeforlop.web.worklist.presenter import message_words


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
        return Said(settled(proposal, t), done=False)
    return _saved(saved.registration, [one.number for one in saved.messages], proposal.patient, t)


def said_before(key: str, row: WorklistRow) -> Said | None:
    """What a post with this key did to a row's proposal, when it comes once more (a double click); else None."""
    made = registered_under(key)
    if made is None or made.patient_id != row.patient_id:
        return None
    return _saved(made, messages_on(made), row.patient, words())


def _saved(made: Registration, numbers: Sequence[int], patient: Patient, t: Words) -> Said:
    """A code that was saved, what the rules say of it, and what takes it back."""
    said = t("worklist.said.confirmed", code=made.code, day=t.day(made.event_date) if made.event_date else "")
    notes = tuple(" ".join(message_words(number, t)) for number in numbers)
    if is_after_death(Draft(made.code, made.event_date, made.institution), patient.death_date):
        notes += (f"{t('patient.verdict.after_death')} {t('patient.verdict.after_death_do')}",)
    undo = {"registration": str(made.pk), "handle": patient.handle}
    return Said(" ".join([said, *notes]), undo=undo, what=undo_words(made.code, patient, t), notes=notes)


def settled(proposal: Proposal, t: Words) -> str:
    """What became of a proposal that is no longer open: who answered it, how, and when."""
    held = Proposal.objects.select_related("settled_by").get(pk=proposal.pk)
    if held.settled_by is None or held.settled_at is None:
        return t("worklist.said.gone")
    return t(
        f"worklist.said.settled_{held.state}", who=held.settled_by.display_name, code=held.code, became=held.became,
        when=t.moment(held.settled_at), reason=held.reason,
    )  # fmt: skip


def refuse(request: Any, proposal: Proposal | None) -> Said:
    """Say no to a proposal with the form's reason. One of a unit or pathway that the person does not code for stays."""
    t, reason = words(), str(request.POST.get("reason", "")).strip()[:400]
    if not reason:
        return Said(t("worklist.said.reason_missing"), done=False)
    scope = request.access.scope(Right.CODE)
    if proposal is None or not scope.covers(proposal.institution, proposal.pathway):
        return Said(t("worklist.said.gone"), done=False)
    deed = Deed(request.user, clock.now(), clock.today(), str(request.POST.get("key", "")))
    try:
        actions.reject_proposal(proposal=proposal, reason=reason, deed=deed)
    except StepRefused:
        return Said(settled(proposal, t), done=False)
    patient, undo = proposal.patient, {"rejected": str(proposal.pk), "handle": proposal.patient.handle}
    what = undo_words(proposal.code, patient, t)
    return Said(t("worklist.said.rejected", code=proposal.code), undo=undo, what=what)


def undo_words(code: str, patient: Patient, t: Words) -> str:
    """Which code and for whom, on the button that takes it back."""
    return t("worklist.said.undo_of", code=code, name=patient.name or t("layout.no_name"))


def take_up_again(request: Any, number: str) -> Said:
    """Take up a rejected proposal again."""
    t = words()
    held = Proposal.objects.filter(pk=whole(number) or 0, patient=request.patient).first()
    try:
        if held is None:
            return Said(t("worklist.said.gone"), done=False)
        by, at = request.user, clock.now()
        actions.reopen_proposal(proposal=held, deed=Deed(by, at, clock.today(), request.POST.get("key", "")))
    except StepRefused:
        return Said(t("worklist.said.gone"), done=False)
    return Said(t("worklist.said.undone"))


def take_back(request: Any, number: str) -> Said:
    """Take back a saved code by a further version of it; not what somebody else has made of it since."""
    t, made = words(), saved_registration(request.patient, number)
    if made is None:
        return Said(t("worklist.said.gone"), done=False)
    return _take_back(request, made, request.POST.get("key", ""), t)


def take_back_many(request: Any) -> list[Said]:
    """Take back all codes that one's last deed saved (`registrations`), each on its own; what each came to."""
    t, key = words(), request.POST.get("key", "")
    named = str(request.POST.get("registrations", "")).split()[:AT_MOST]
    made = saved_by(request.user, [number for text in named if (number := whole(text)) is not None])
    request.listed = list(dict.fromkeys(one.patient_id for one in made))
    return [_take_back(request, one, f"{key}:{one.pk}", t) for one in made]


def _take_back(request: Any, made: Registration, key: str, t: Words) -> Said:
    reason = t("worklist.said.undo_reason")
    try:
        codes.undo(registration=made, by=request.user, at=clock.now(), key=key, revision=None, reason=reason)
    except Conflict as fault:
        return Said(f"{made.code}: {' '.join(fault.sentences(t.language))}", done=False)
    except Blocked as fault:
        return Said(t("worklist.said.stopped", why=" ".join(fault.sentences(t.language))), done=False)
    return Said(t("worklist.said.undone"))

"""Codes into the store: registered, corrected, withdrawn, undone. One transaction each, and nothing is overwritten.

Lock the patient; answer a repeated post as the first time; tell of a conflict; append; link again; rebuild the list's
rows; write the access log. Either all of it stands or nothing does. A warning never stops a code (`verdict` shows it
before, `Saved.messages` after); what does, stands in `blocking`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localtime

from pakkeforlop.access import audit, statements
from pakkeforlop.access.models import User
from pakkeforlop.access.queries import access_of
from pakkeforlop.access.rights import Right
from pakkeforlop.catalogue.load import load_catalogue
from pakkeforlop.coding.actions.append import Entry, append, entry_of, locked
from pakkeforlop.coding.models import ActionKey, Patient, Registration
from pakkeforlop.coding.queries import held_by, newest, remembering
from pakkeforlop.coordination import rows, states
from pakkeforlop.coordination.blocking import Blocked, Conflict, Stop, stops
from pakkeforlop.coordination.models import Proposal
from pakkeforlop.coordination.verdict import Draft, Verdict, verdict
from pakkeforlop.episodes import store
from pakkeforlop.episodes.models import EpisodeMessage


@dataclass(frozen=True)
class Saved:
    """What was saved: the new version, the patient's revision after it, and the engine's messages on it.

    `repeated`: the same form had been posted before; this is what it did then.
    """

    registration: Registration
    revision: int
    messages: tuple[EpisodeMessage, ...]
    repeated: bool = False


@dataclass(frozen=True)
class _Post:
    """One post of a form: by whom, when, under which key, and from which state of the patient."""

    by: Any
    at: datetime
    key: str
    revision: int | None

    @property
    def user(self) -> int | None:
        return getattr(self.by, "pk", None)

    @property
    def today(self) -> date:
        return localtime(self.at).date()


def register_code(
    *,
    patient: Patient,
    code: str,
    event_date: date | None,
    institution: str,
    by: Any,
    at: datetime,
    key: str,
    revision: int | None,
    event_time: str = "",
    unit: str = "",
    received_date: date | None = None,
    seniority_date: date | None = None,
    delay_reason: str = "",
    source: str = "",
    reason: str = "",
    confirms: int | None = None,
) -> Saved:
    """Register a code. `confirms`: the proposal that it answers. Raises Blocked or Conflict.

    `revision` is what the page showed; None does not ask (a list that shows no patient's state).
    """
    entry = Entry(
        code.strip(), event_date, institution.strip(), event_time, unit, "", received_date, seniority_date,
        delay_reason, source,
    )  # fmt: skip

    def do(held: Patient, post: _Post) -> Registration:
        check(_draft(entry), by=post.by, today=post.today)
        made = append(patient=held, entry=entry, at=post.at, by=post.user, reason=reason)
        if confirms is not None:
            _confirm(confirms, held, post, made)
        return made

    return _once(patient.pk, _Post(by, at, key, revision), "code.registered", do)


def correct_code(
    *,
    registration: Registration,
    code: str,
    event_date: date | None,
    institution: str,
    reason: str,
    by: Any,
    at: datetime,
    key: str,
    revision: int | None,
    **more: Any,
) -> Saved:
    """Correct a registration with a further version. `more`: other fields of Entry that change; the rest stay."""

    def do(held: Patient, post: _Post) -> Registration:
        last = _last(registration)
        before = entry_of(last)
        after = before._replace(code=code.strip(), event_date=event_date, institution=institution.strip(), **more)
        wrong = [] if reason.strip() else [Stop("reason_missing", "reason")]
        if after == before:
            wrong.append(Stop("nothing_changed", "code"))
        check(_draft(after, last.registration_id), by=post.by, today=post.today, more=wrong)
        return append(patient=held, entry=after, at=post.at, by=post.user, reason=reason.strip(), after=last)

    return _once(registration.patient_id, _Post(by, at, key, revision), "code.corrected", do)


def withdraw_code(
    *, registration: Registration, reason: str, by: Any, at: datetime, key: str, revision: int | None
) -> Saved:
    """Withdraw a registration: a version without a code. What it said stays readable."""

    def do(held: Patient, post: _Post) -> Registration:
        last = _last(registration)
        wrong = [] if reason.strip() else [Stop("reason_missing", "reason")]
        if last.withdrawn:
            wrong.append(Stop("not_there", "code"))
        _raise(wrong + _not_theirs(_draft(entry_of(last)), post.by, post.today))
        empty = entry_of(last)._replace(code="")
        return append(patient=held, entry=empty, at=post.at, by=post.user, reason=reason.strip(), after=last)

    return _once(registration.patient_id, _Post(by, at, key, revision), "code.withdrawn", do)


def undo(
    *, registration: Registration, by: Any, at: datetime, key: str, revision: int | None, reason: str = ""
) -> Saved:
    """Take back the last change of a registration by a further version that says what the one before said.

    The first version has none before it: it is withdrawn. Without a `revision` (a list shows none) it must be the last
    version itself that is named: what somebody has made of it since is not taken back with it.
    """

    def do(held: Patient, post: _Post) -> Registration:
        last = _last(registration)
        if post.revision is None and last.pk != registration.pk:
            raise _conflict(held, registration.revision)
        older = Registration.objects.filter(registration_id=last.registration_id, version__lt=last.version)
        before = older.order_by("-version").first()
        entry = entry_of(before) if before else entry_of(last)._replace(code="")
        _raise(_not_theirs(_draft(entry if entry.code else entry_of(last)), post.by, post.today))
        return append(patient=held, entry=entry, at=post.at, by=post.user, reason=reason.strip(), after=last)

    return _once(registration.patient_id, _Post(by, at, key, revision), "code.undone", do)


def check(draft: Draft, *, by: Any, today: date, more: list[Stop] | None = None) -> None:
    """Raise Blocked with everything that stops the draft; nothing when it can be saved."""
    found = stops(draft, load_catalogue(), today=today) + (more or [])
    if not any(stop.field == "institution" for stop in found):
        found += _not_theirs(draft, by, today)
    _raise(found)


def verdict_on(patient: Patient, draft: Draft, *, today: date) -> Verdict:
    """What the register would say of the draft, from the patient's registrations as they stand; nothing is saved."""
    return verdict(
        held_by([patient.pk], as_of=today)[patient.pk], draft, store.engine(), patient_id=patient.source_id,
        facts=store.facts_of(patient), as_of=today, death_date=patient.death_date,
    )  # fmt: skip


def _once(patient_id: int, post: _Post, what: str, do: Callable[[Patient, _Post], Registration]) -> Saved:
    """Do it once under its key, in one transaction with everything that follows from it."""
    with transaction.atomic():
        held = locked(patient_id)
        before = statements.ask(_ANSWERED, (post.key[:64],)) if post.key else []
        if before:
            return _as_before(post.key[:64], held)
        if post.revision is not None and post.revision != held.revision:
            raise _conflict(held, post.revision)
        made = do(held, post)
        with remembering():
            messages = store.relink_one(held, as_of=post.today)
            told, code = _told(made)
            rows.refresh([held.pk], on=post.today, at=post.at, by=post.user, what=told, detail=code)
        _log(made, held, post, what)
        if post.key:
            result = {"what": what, "registration": made.pk, "revision": held.revision}
            line = (post.key[:64], post.user, post.at, result)
            statements.add_rows(ActionKey, ("key", "user", "at", "result"), [line])
        return Saved(made, held.revision, tuple(each for each in messages if each.registration_id == made.pk))


_ANSWERED = f"SELECT 1 FROM {ActionKey._meta.db_table} WHERE key = %s"


def _told(made: Registration) -> tuple[str, str]:
    """What the list tells the others: a code saved, corrected, or taken back, and which."""
    if not made.withdrawn:
        return "correction" if made.version > 1 else "code", made.code
    before = Registration.objects.filter(registration_id=made.registration_id, version=made.version - 1).first()
    return "withdrawn", before.code if before else ""


def _log(made: Registration, held: Patient, post: _Post, what: str) -> None:
    detail = {"registration": made.registration_id, "version": made.version, "code": made.code}
    unit = load_catalogue().units.resolve(made.institution)
    audit.record(
        "changed", by=post.by, at=post.at, what=what, patient_id=held.pk, pathway=made.code[:3],
        org_nr=unit.org_nr if unit else made.institution, detail=detail, reason=made.reason,
    )  # fmt: skip


def _messages(made: Registration) -> tuple[EpisodeMessage, ...]:
    return tuple(EpisodeMessage.objects.filter(patient_id=made.patient_id, registration=made).order_by("pk"))


def _as_before(key: str, held: Patient) -> Saved:
    """The answer that the first post with this key got."""
    made = Registration.objects.get(pk=ActionKey.objects.get(key=key).result["registration"])
    return Saved(made, held.revision, _messages(made), repeated=True)


def _conflict(held: Patient, revision: int) -> Conflict:
    """Who saved what since the page was opened."""
    last = Registration.objects.filter(patient=held, revision__gt=revision).order_by("-revision", "-pk").first()
    if last is None:
        return Conflict(Stop("conflict_changed"), revision=held.revision, who="", at=None, what="")
    user = User.objects.filter(pk=last.registered_by).first() if last.registered_by else None
    who: str | Stop = user.display_name if user else Stop("by_file" if last.batch_id else "somebody")
    at = localtime(last.registered_at)
    values = {"who": who, "what": last.code or Stop("withdrawal"), "time": at, "date": at.date()}
    return Conflict(
        Stop("conflict", values=values), revision=held.revision, who=user.display_name if user else "", at=at,
        what=last.code,
    )  # fmt: skip


def _last(registration: Registration) -> Registration:
    """The newest version of a registration, whichever one the page showed."""
    found = newest(registration.registration_id)
    return registration if found is None else found


def _draft(entry: Entry, replaces: str = "") -> Draft:
    return Draft(entry.code, entry.event_date, entry.institution, replaces, entry.unit)


def _not_theirs(draft: Draft, by: Any, today: date) -> list[Stop]:
    """A person registers for their own units; what comes without a person (a file) is not asked."""
    if by is None:
        return []
    unit = load_catalogue().units.resolve(draft.institution)
    scope = access_of(by, on=today).scope(Right.CODE)
    number = unit.org_nr if unit else draft.institution
    if scope.covers(number, draft.code[:3], draft.unit):
        return []
    return [Stop("institution_outside", "institution", {"place": unit.name if unit else draft.institution})]


def _raise(found: list[Stop]) -> None:
    if found:
        raise Blocked(*found)


def _confirm(proposal_id: int, held: Patient, post: _Post, made: Registration) -> None:
    """The proposal that a code answers is settled with it: confirmed as it stood, or changed into what was saved."""
    proposal = Proposal.objects.select_for_update().get(pk=proposal_id, patient=held)
    same = (made.code, made.event_date) == (proposal.code, proposal.event_date)
    proposal.state = states.step(states.PROPOSAL_STEPS, proposal.state, "confirmed" if same else "changed")
    proposal.settled_by, proposal.settled_at, proposal.reason = post.by, post.at, made.reason[:400]
    if not same:
        proposal.became, proposal.became_date = made.code, made.event_date
    proposal.save(update_fields=["state", "settled_by", "settled_at", "reason", "became", "became_date"])



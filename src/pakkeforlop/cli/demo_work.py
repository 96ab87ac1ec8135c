"""What has been done at the demo's two hospitals before its morning: something to hand over, to receive and to answer.

Everything through the same actions as on the pages, so that it stands on the log and under the same rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from pakkeforlop.vocabulary.working_days import working_days_after

TASKS = (
    ("Bestill ny time etter avlysning", 0), ("Ring pasienten om oppmøtested", 1), ("Purr på patologisvar", -1),
    ("Avklar operasjonsdato med gastro", 2), ("Skaff tolk til samtalen", 3), ("Be om MDT-plass fredag", -6),
)  # fmt: skip
"""Text, and working days from today (below 0: days ago)."""
LETTER = "CT og biopsi er gjort her, svarene ligger i journalen. Pasienten venter en telefon fra dere."
SENT_DAYS_AGO = 2
"""Tuesday, on the demo's Thursday: more than one working day ago."""
WITH_MAIL, DOMAIN = ("anker", "lykt", "kompass", "granne"), "sykehus.example"
DOWN = "CT i går viser arr etter lungebetennelse, ingen svulst"
UP = "Oppfyller kriteriene selv om den ikke er merket"


def some_work(people: Mapping[str, Any], *, hospital: str, other: str, at: datetime, day: date, send: bool) -> None:
    """Tasks and a promised call, a transfer that nobody has acknowledged, referrals taken in and out; e-mails of it."""
    from pakkeforlop.coordination.actions import outgoing
    from pakkeforlop.coordination.actions.tasks import escalate_late

    for name in WITH_MAIL:
        outgoing.set_address(user=people[name], address=f"{name}@{DOMAIN}")
    _tasks(people["anker"], at, day)
    _transfer(people["granne"], other, hospital, at, day)
    _regrade(people["lykt"], at, day)
    escalate_late(on=day, at=at)
    outgoing.remind(on=day, at=at)
    if send:
        outgoing.send_waiting(at=at)


def _tasks(owner: Any, at: datetime, day: date) -> None:
    from pakkeforlop.coordination.actions import answers, work
    from pakkeforlop.coordination.queries.worklist import ranked, reader

    rows = list(ranked(reader(owner, on=day).rows().filter(owner=owner), on=day)[: len(TASKS) + 1])
    for number, (row, (text, after)) in enumerate(zip(rows, TASKS, strict=False)):
        due = working_days_after(day, after) if after >= 0 else day - timedelta(days=-after)
        deed = work.Deed(owner, at, day, f"demo:{number}")
        work.add_task(patient=row.patient, pathway=row.pathway, text=text, due=due, owner=owner, deed=deed)
    if len(rows) > len(TASKS):
        answers.promise(
            patient=rows[-1].patient, pathway=rows[-1].pathway, kind="call", expected=working_days_after(day),
            text="Svar på CT", owner=owner, deed=work.Deed(owner, at, day, "demo:call"),
        )  # fmt: skip


def _transfer(sender: Any, unit: str, receiver: str, at: datetime, day: date) -> None:
    """One that was sent two working days ago, with its letter, and that nobody has acknowledged."""
    from pakkeforlop.coordination.actions import transfers, work
    from pakkeforlop.coordination.queries.worklist import ranked, reader
    from pakkeforlop.coordination.rows import refresh

    then = day - timedelta(days=SENT_DAYS_AGO)
    rows = reader(sender, on=day).rows().filter(
        hospital=unit, sender="", receiver="", phase="workup", start_date__lt=then, last_touched__lt=then, proposed=None
    )  # fmt: skip
    row = ranked(rows, on=day).first()
    if row is None:
        return
    sent_at = datetime.combine(then, time(13, 10), tzinfo=at.tzinfo)
    deed = work.Deed(sender, sent_at, then, "demo:transfer")
    transfers.send(patient=row.patient, pathway=row.pathway, sender=unit, receiver=receiver, letter=LETTER, deed=deed)
    refresh([row.patient_id], on=day, at=at)


def _regrade(by: Any, at: datetime, day: date) -> None:
    """A marked referral that became ordinary, and an unmarked one that was taken into its pathway."""
    from pakkeforlop.coordination.actions import referrals
    from pakkeforlop.coordination.queries.referrals import inbox

    waiting = inbox(for_=by, on=day)
    marked = next((one for one in waiting if one.referral.marked and one.referral.pathway == "A26"), None)
    plain = next((one for one in waiting if not one.referral.marked and one.proposed), None)
    if marked is not None:
        referrals.ordinary(referral=marked.referral, reason=DOWN, by=by, at=at)
    if plain is not None:
        referrals.into_pathway(
            referral=plain.referral, pathway=plain.proposed, reason=UP, by=by, at=at, key="demo:upgraded"
        )

"""A return taken in: each of its messages on its registration, and what the register no longer says cleared.

The file is read in a process of its own. The same file is taken once. Within one transaction: all of it, or nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localtime

from pakkeforlop.access.audit import record
from pakkeforlop.coding.models import Patient, Registration
from pakkeforlop.exchange.enclosed import enclosed
from pakkeforlop.exchange.npr.apart import RETURN_READER
from pakkeforlop.exchange.npr.files import sha256_of
from pakkeforlop.exchange.npr.persons import Persons
from pakkeforlop.exchange.npr.returns import WORKBOOK, columns, patients_by_line
from pakkeforlop.reporting.actions.submit import known_versions, sender_of, unit_name
from pakkeforlop.reporting.faults import Refused
from pakkeforlop.reporting.models import AGAIN, CLEARED, OPEN, SENT, Return, ReturnedLine, SentMessage, Submission
from pakkeforlop.reporting.outbox import outbox, own_secret
from pakkeforlop.review.returning import day_written
from pakkeforlop.vocabulary.calendar import day_number
from pakkeforlop.vocabulary.numbers import whole

ERRORS, REJECTED = "NPR_ERR", "NPR_VAL"
LINE = tuple(columns())
MEMORY = 768 << 20


@dataclass
class _Read:
    """What a return says: its head, and its lines by our words."""

    head: dict[str, Any]
    lines: list[dict[str, str]] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """NPR_VAL, NPR_ERR or workbook."""
        return str(self.head.get("kind", ""))


def take_return(
    path: Path, *, name: str, by: Any, at: datetime, sender: str = "", may: Callable[[str], bool] = lambda _: True
) -> Return:
    """Take a return in. sender: for a workbook, which does not say whom it is about; may: whether the person answers
    for a unit. Refused when it was taken before or is another's; a Fault when the file cannot be read.
    """
    digest = sha256_of(path)
    read = _read(path, name)
    whom = str(read.head.get("sender") or "") or sender
    if not whom:
        raise Refused("no_sender")
    whom = sender_of(whom, localtime(at).date())
    if not may(whom):
        raise Refused("not_yours", sender=unit_name(whom))
    before = Return.objects.filter(sha256=digest, sender=whom).select_related("taken_by").first()
    if before is not None:
        who = before.taken_by.display_name if before.taken_by else "–"
        raise Refused("taken_before", at=f"{localtime(before.taken_at):%d.%m.%Y}", who=who)
    with transaction.atomic():
        submission = _submission(read, whom)
        lines = _matched(read, whom, submission)
        made = Return.objects.create(
            sha256=digest, name=name[:200], kind=read.kind, sender=whom, submission=submission,
            message_id=str(read.head.get("message_id", ""))[:64], taken_at=at, taken_by=by, lines=len(lines),
            unmatched=sum(one["patient_id"] is None for one in lines),
        )  # fmt: skip
        _settle(made, lines, at)
        ReturnedLine.objects.bulk_create(
            [ReturnedLine(returned=made, sender=whom, state=OPEN, state_at=at, **one) for one in lines], batch_size=500
        )
        record(
            "changed", by=by, at=at, what="return.taken", org_nr=whom, detail={"return": made.pk, "lines": len(lines)},
            listed=sorted({one["patient_id"] for one in lines if one["patient_id"] is not None})[:2000],
        )  # fmt: skip
    return made


def _read(path: Path, name: str) -> _Read:
    found = _Read({})
    for kind, told in enclosed(RETURN_READER, str(path.resolve()), file=lambda: name, memory=MEMORY):
        if kind == "head":
            found.head = told
        else:
            found.lines += [dict(zip(LINE, values, strict=True)) for values in told]
    return found


def _submission(read: _Read, sender: str) -> Submission | None:
    """The submission that a return is about: the one it names, else the last that was made for the sender."""
    named = SentMessage.objects.filter(message_id=str(read.head.get("answers") or "-"), sender=sender).first()
    if named is not None:
        return named.submission
    return Submission.objects.filter(sender=sender, test=False).order_by("-made_at", "-pk").first()


# --- on which registration --------------------------------------------------------------------------------------------


def _matched(read: _Read, sender: str, submission: Submission | None) -> list[dict[str, Any]]:
    """Each line as a row: its registration by id, else by patient, code, day and place."""
    by_id = _by_registration({one["registration"] for one in read.lines if one["registration"]})
    numbers = _Numbers(sender, submission)
    found = []
    for row, one in enumerate(read.lines, 1):
        held = by_id.get(one["registration"])
        patient = None if held else numbers.patient(one["patient"], one["line"])
        if held is None and patient is not None:
            held = _by_event(patient, one)
        day = held.event_date if held else _day(one["date"])
        found.append({
            "row": row, "message": one["message"][:20], "severity": one["severity"][:20], "text": one["text"][:500],
            "registration_id": held.registration_id if held else one["registration"][:128],
            "patient_id": held.patient_id if held else patient, "code": (held.code if held else one["code"])[:16],
            "event_date": day, "institution": (held.institution if held else one["institution"] or sender)[:64],
            "seen": held.pk if held else None,
        })  # fmt: skip
    return found


def _by_registration(names: set[str]) -> dict[str, Registration]:
    """The newest version of each registration that says something (a withdrawn one: what it said last)."""
    found: dict[str, Registration] = {}
    ordered = sorted(names)
    for low in range(0, len(ordered), 500):
        rows = Registration.objects.filter(registration_id__in=ordered[low : low + 500]).order_by("rank", "version")
        for row in rows:
            if not row.withdrawn or row.registration_id not in found:
                found[row.registration_id] = row
    return found


def _by_event(patient: int, one: dict[str, str]) -> Registration | None:
    day = _day(one["date"])
    if not one["code"] or day is None:
        return None
    rows = Registration.objects.filter(patient_id=patient, code=one["code"], event_date=day)
    here = rows.filter(institution=one["institution"]) if one["institution"] else rows
    return here.order_by("-rank", "-version").first() or rows.order_by("-rank", "-version").first()


class _Numbers:
    """Patients by the numbers that stand in messages, and by the lines of the message that was sent."""

    def __init__(self, sender: str, submission: Submission | None) -> None:
        self._sender, self._submission = sender, submission
        self._known: dict[str, int] | None = None
        self._lines: list[tuple[int, str]] | None = None

    def patient(self, number: str, line: str) -> int | None:
        """The patient's row; None where nobody is found."""
        if not number and (at := whole(line)):
            number = self._at(at)
        if not number:
            return None
        if self._known is None:
            self._known = self._numbers()
        return self._known.get(number)

    def _numbers(self) -> dict[str, int]:
        persons = Persons(self._sender, own_secret())
        found: dict[str, int] = {}
        for pk, national, source in Patient.objects.values_list("pk", "national_number", "source_id").iterator():
            for name in (source, national):
                if name:
                    found[name] = pk
                    found[persons.number(name)] = pk
        return found

    def _at(self, line: int) -> str:
        if self._lines is None:
            self._lines = self._read_lines()
        return next((who for at, who in reversed(self._lines) if at <= line), "")

    def _read_lines(self) -> list[tuple[int, str]]:
        if self._submission is None:
            return []
        data = self._submission.messages.filter(module="ord").order_by("part").first()
        path = outbox() / self._submission.folder / f"{data.name}.zip" if data else None
        if path is None or not path.is_file():
            return []
        return patients_by_line(path, known_versions().named(self._submission.version))


def _day(text: str) -> date | None:
    found = day_written(text)
    return found if found is not None and day_number(found) > 0 else None


# --- what is settled --------------------------------------------------------------------------------------------------


def _settle(made: Return, lines: Sequence[dict[str, Any]], at: datetime) -> None:
    """Earlier lines that are said again stand as said again; those that a later return no longer says are cleared.

    A return about content clears what it leaves out, for registrations of its submission's year that were returned
    for an earlier submission; a workbook clears workbooks only, since not all senders get all in it. A rejection says
    nothing of content, and clears nothing; one is cleared by a return about content of a later submission.
    """
    waiting = ReturnedLine.objects.filter(sender=made.sender, state__in=(OPEN, SENT)).exclude(returned=made)
    said = {(one["registration_id"], one["message"]) for one in lines if one["registration_id"]}
    again = [pk for pk, *key in waiting.values_list("pk", "registration_id", "message") if tuple(key) in said]
    for low in range(0, len(again), 500):
        ReturnedLine.objects.filter(pk__in=again[low : low + 500]).update(
            state=AGAIN, state_at=at, settled_by=made
        )
    if made.submission is None or made.kind == REJECTED:
        return
    year = made.submission.period_from.year
    older = waiting.filter(
        Q(event_date__year=year) | Q(event_date__isnull=True) | Q(returned__kind=REJECTED),
        returned__submission__made_at__lt=made.submission.made_at,
    )  # fmt: skip
    if made.kind == WORKBOOK:
        older = older.filter(returned__kind=WORKBOOK)
    keys = list(older.values_list("pk", flat=True))
    for low in range(0, len(keys), 500):
        ReturnedLine.objects.filter(pk__in=keys[low : low + 500], state__in=(OPEN, SENT)).update(
            state=CLEARED, state_at=at, settled_by=made
        )

"""A submission: the messages of a trust and a period made from the store, kept in the outbox, and told of in a row.

The files are whole in the outbox before the row says so; a run that is stopped before that leaves a folder that nobody
knows, and no number is used. Two at once cannot have the same number: the database refuses the second.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.timezone import localtime

from pakkeforlop.access.audit import record
from pakkeforlop.access.scope import units
from pakkeforlop.coding.models import Registration
from pakkeforlop.episodes.store import engine
from pakkeforlop.exchange.csv.folder import OutputFolder
from pakkeforlop.exchange.npr.collect import collect
from pakkeforlop.exchange.npr.envelope import System
from pakkeforlop.exchange.npr.system_file import Ledger, read_system
from pakkeforlop.exchange.npr.versions import Versions
from pakkeforlop.reporting.faults import Refused
from pakkeforlop.reporting.models import (
    FETCHED,
    MADE,
    OPEN,
    SENT,
    ReturnedLine,
    SentMessage,
    Submission,
    SubmissionEvent,
)
from pakkeforlop.reporting.outbox import clear_abandoned, outbox, own_secret
from pakkeforlop.reporting.queries.foreseen import foreseen
from pakkeforlop.reporting.queries.locks import lock_of
from pakkeforlop.reporting.queries.registered import Registered, registered
from pakkeforlop.review.reporting import Sent, Shipment, write_collected


@dataclass(frozen=True)
class Asked:
    """What is to be sent. period: from 1 January to the end of a month."""

    sender: str
    period: tuple[date, date]
    by: Any
    at: datetime
    key: str
    test: bool = False
    system: System | None = None


def submit(asked: Asked) -> Submission:
    """Make a submission. The same key gives the same submission. Refused when there is nothing to send, or no leave."""
    made = Submission.objects.filter(key=asked.key).first()
    if made is not None:
        return made
    sender = sender_of(asked.sender, asked.period[1])
    _check(asked, sender)
    clear_abandoned(set(Submission.objects.values_list("folder", flat=True)), at=asked.at)
    rows = registered(as_of=localtime(asked.at).date(), period=asked.period)
    year = asked.period[0].year
    last = _last_number(sender, year, test=asked.test)
    folder = f"{sender}_{asked.period[1]:%Y-%m}_{last + 1:04}_{uuid4().hex[:8]}"
    version = known_versions().for_year(year)
    collected = collect(
        rows.rows, engine().catalogue, version, sender=sender, period=asked.period, people=rows.people
    )
    if not collected.parts:
        raise Refused("nothing_to_send", unit=unit_name(sender), first=asked.period[0], last=asked.period[1])
    shipment = Shipment(
        (), None, sender, asked.period, localtime(asked.at).replace(microsecond=0, tzinfo=None),
        asked.system or read_system(None), asked.test, own_secret(), None, False,
    )  # fmt: skip
    with OutputFolder(outbox() / folder) as out:
        sent = write_collected(out, shipment, collected, engine(), version, Ledger.after(sender, year, last))
        out.finish({"messages": [vars(one) for one in sent]})
    return _told(asked, sender, folder, sent, rows, collected.left_out, version.name)


def _check(asked: Asked, sender: str) -> None:
    if asked.test:
        return
    if asked.period[1] > localtime(asked.at).date():
        raise Refused("period_not_over", last=asked.period[1])
    lock = lock_of(sender, asked.period[1])
    if lock is not None:
        raise Refused("period_locked", year=lock.first.year, at=f"{localtime(lock.locked_at):%d.%m.%Y}")


def _told(
    asked: Asked, sender: str, folder: str, sent: list[Sent], rows: Registered, left_out: dict[str, int], version: str
) -> Submission:
    """The row of the submission, its messages, its line on the log, and what it sends again."""
    data = [one for one in sent if one.module == "ord"]
    expected = Counter(one.number for one in foreseen(sender, asked.period))
    try:
        with transaction.atomic():
            made = Submission.objects.create(
                key=asked.key, sender=sender, period_from=asked.period[0], period_to=asked.period[1],
                made_at=asked.at, made_by=asked.by, test=asked.test, version=version,
                rows=sum(one.rows for one in data), patients=sum(one.patients for one in data), left_out=left_out,
                foreseen={str(number): count for number, count in sorted(expected.items())}, content=rows.content(),
                up_to=rows.up_to, folder=folder,
            )  # fmt: skip
            for one in sent:
                SentMessage.objects.create(
                    submission=made, sender=sender, year=asked.period[0].year, number=one.number, test=asked.test,
                    module=one.module, name=one.name, message_id=one.message_id, rows=one.rows, patients=one.patients,
                    packed=one.packed, part=one.part, parts=one.parts, sha256=one.sha256,
                )  # fmt: skip
            SubmissionEvent.objects.create(submission=made, kind=MADE, at=asked.at, by=asked.by)
            if not asked.test:
                _send_again(made)
            record(
                "exported", by=asked.by, at=asked.at, what="submission.made", org_nr=sender,
                detail={"submission": made.pk, "rows": made.rows, "period": f"{asked.period[1]:%Y-%m}"},
            )  # fmt: skip
    except IntegrityError as fault:
        again = Submission.objects.filter(key=asked.key).first()
        if again is not None:
            return again
        raise Refused("busy") from fault
    return made


def _send_again(made: Submission) -> None:
    """Returned lines whose registration has been mended, and is in this submission as it stands now."""
    waiting = ReturnedLine.objects.filter(sender=made.sender, state=OPEN, registration_id__gt="").exclude(seen=None)
    lines = list(waiting.values_list("pk", "registration_id", "seen"))
    newest = _newest({name for _, name, _ in lines})
    mended = [pk for pk, name, seen in lines if (seen or 0) < newest.get(name, 0) <= made.up_to]
    ReturnedLine.objects.filter(pk__in=mended).update(state=SENT, state_at=made.made_at, resent=made)


def _newest(names: set[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    ordered = sorted(names)
    for low in range(0, len(ordered), 500):
        some = Registration.objects.filter(registration_id__in=ordered[low : low + 500])
        found |= dict(some.values("registration_id").annotate(last=Max("pk")).values_list("registration_id", "last"))
    return found


def handle(submission: Submission, kind: str, *, by: Any, at: datetime) -> None:
    """Tell that the files were fetched, or handed over to be sent."""
    with transaction.atomic():
        SubmissionEvent.objects.create(submission=submission, kind=kind, at=at, by=by)
        record(
            "exported", by=by, at=at, what=f"submission.{kind}", org_nr=submission.sender,
            detail={"submission": submission.pk},
        )  # fmt: skip


def fetched(submission: Submission, *, by: Any, at: datetime) -> None:
    """Tell that the files were fetched."""
    handle(submission, FETCHED, by=by, at=at)


def sender_of(org_nr: str, on: date) -> str:
    """The institution that reports for a unit: the trust of a hospital, a trust itself."""
    vendor = str(known_versions().for_year(on.year).data["vendor_institution"])
    if org_nr == vendor:
        return org_nr
    unit = units().resolve(org_nr)
    key = unit.trust(on) if unit is not None and unit.level in {"hospital", "trust"} else None
    if not key:
        raise Refused("not_a_trust", unit=unit.name if unit else org_nr)
    return engine().catalogue.trusts[key].org_nr


def _last_number(sender: str, year: int, *, test: bool) -> int:
    rows = SentMessage.objects.filter(sender=sender, year=year, test=test)
    return int(rows.aggregate(last=Max("number"))["last"] or 0)


def unit_name(org_nr: str) -> str:
    """The unit as people say it."""
    return units().name_of(org_nr)


@lru_cache(maxsize=1)
def known_versions() -> Versions:
    """The versions of the message: ours, and those of the folder that PAKKEFORLOP_NPR names."""
    import os

    own = os.environ.get("PAKKEFORLOP_NPR", "")
    return Versions(Path(own) if own else None)

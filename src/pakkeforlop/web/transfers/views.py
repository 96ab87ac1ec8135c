"""The page of transfers: to us, from us, arrived, declined; one list for all hospitals that the reader may see."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from pakkeforlop.access.rights import Right
from pakkeforlop.access.scope import units
from pakkeforlop.coordination.phase import days
from pakkeforlop.coordination.queries import transfers as asked
from pakkeforlop.coordination.queries.transfers import Moving
from pakkeforlop.coordination.settling import TAKEN_BACK
from pakkeforlop.web import clock
from pakkeforlop.web.layout.bars import limit_bar
from pakkeforlop.web.layout.live import Shown, answer
from pakkeforlop.web.patients import named
from pakkeforlop.web.words import Words, words
from pakkeforlop.web.worklist.presenter import hospital_name, pathway_name

GROUPS = ("to_us", "from_us", "arrived", "declined")


@dataclass(frozen=True)
class TransferView:
    """A transfer as it is read."""

    pk: int
    anchor: str
    handle: str
    name: str
    born: str
    pathway: str
    way: str
    state: str
    late: bool
    responsible: str
    used: str
    bar: Any
    left: int | None
    next: str
    letter: str
    reason: str
    unnamed: bool
    acknowledged: bool
    key: str


def transfers_page(request: Any) -> HttpResponse:
    """All transfers of the reader's units."""
    on, t = clock.today(), words()
    hospitals, unit = _units(request)
    shown = _shown(request, unit)
    found = asked.transfers(for_=request.user, on=on, unit=unit)
    groups = [(name, [view(one, t) for one in getattr(found, name)]) for name in GROUPS]
    everyone = (*found.to_us, *found.from_us, *found.arrived, *found.declined)
    request.listed = [one.transfer.patient_id for one in everyone]
    return render(
        request,
        "transfers/list.html",
        {
            "groups": groups,
            "waiting": len(found.to_us),
            "late": found.late(on),
            "units": hospitals if len(hospitals) > 1 else [],
            "unit": unit,
            "may_answer": request.access.may(Right.COORDINATE),
            "may_accept": request.access.may(Right.CODE),
            "receivers": receivers(""),
            "shown": shown,
            "cut": asked.MOST if found.cut else 0,
            "now": clock.now(),
        },
    )


def live(request: Any) -> HttpResponse:
    """Whether the page still stands: asked every few seconds by the page itself."""
    t = words()
    return answer(request, _shown(request, _units(request)[1]), t("layout.live.changed", clock=t.clock(clock.now())))


def _units(request: Any) -> tuple[list[tuple[str, str]], str]:
    """The hospitals that the page can be narrowed to, and the one that it is narrowed to."""
    hospitals = [(number, hospital_name(number)) for number in request.access.scope(Right.WORKLIST).hospitals()]
    chosen = request.GET.get("unit", "")
    return hospitals, chosen if chosen in dict(hospitals) else ""


def _shown(request: Any, unit: str) -> Shown:
    """What the page is made from."""
    standing = asked.standing(for_=request.user, on=clock.today(), unit=unit)
    query = f"?{urlencode({'unit': unit})}" if unit else ""
    return Shown(reverse("transfers_live") + query, {f"t-{pk}": word for pk, word in standing.items()})


def receivers(sender: str, pathway: str = "") -> list[tuple[str, str]]:
    """Hospitals to send to: those that the sender has sent to before first, then the sender's region, then the rest."""
    usual = asked.usual_receivers(sender, pathway) if sender else []
    region = units().region_of(sender, on=clock.today()) if sender else None
    known = [(n, u) for n, u in units().by_number.items() if u.level == "hospital" and u.hospital == n and n != sender]
    near = {n for n, u in known if region and units().region_of(n, on=clock.today()) == region}
    ordered = sorted(known, key=lambda pair: (pair[0] not in usual, pair[0] not in near, pair[1].name))
    return [(number, unit.name) for number, unit in ordered]


def view(one: Moving, t: Words) -> TransferView:
    """A transfer in the reader's language."""
    on, transfer, row = clock.today(), one.transfer, one.row
    patient = transfer.patient
    used, left = days(row.start_date, row.whole_due, today=on) if row else (0, None)
    limit = row.whole_limit if row else None
    receiver = hospital_name(transfer.receiver) if transfer.receiver else t("transfers.no_receiver")
    return TransferView(
        transfer.pk, f"t-{transfer.pk}", patient.handle, *named(patient, t),
        pathway_name(transfer.pathway, t), t("transfers.way", sender=hospital_name(transfer.sender), receiver=receiver),
        _state(one, t), one.late(on), hospital_name(transfer.responsible),
        (f"{used}/{limit}" if limit is not None else str(used)) if row else "",
        limit_bar(used, limit) if row else "", left,
        f"{row.next_text} {t.day(row.next_on)}" if row and row.next_on and row.next_on >= on else "",
        transfer.letter, t("transfers.taken_back") if transfer.reason == TAKEN_BACK else transfer.reason,
        not transfer.receiver, transfer.received_on is not None, uuid.uuid4().hex,
    )  # fmt: skip


def _state(one: Moving, t: Words) -> str:
    """Where it stands, with day and person."""
    transfer = one.transfer
    told = {
        "sent": (transfer.sent_on, transfer.sent_by),
        "received": (transfer.received_on, transfer.received_by),
        "accepted": (transfer.accepted_on, transfer.accepted_by),
        "attended": (transfer.attended_on, None),
        "declined": (transfer.declined_on, transfer.declined_by),
    }[transfer.state]
    day, who = told
    said = t(f"transfers.state.{transfer.state}", day=t.day(day) if day else "")
    return f"{said}, {who.display_name}" if who else said

"""Changes of others on the lists of codes, asked for every few seconds: rows are marked, and nothing moves."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.utils import timezone

from pakkeforlop.coding.models import Patient
from pakkeforlop.coordination.queries import codes_lists
from pakkeforlop.coordination.queries.codes_lists import Coder
from pakkeforlop.coordination.queries.codes_live import MOST, Change, arrived, changes
from pakkeforlop.web import clock
from pakkeforlop.web.words import Words, words


def live(request: Any) -> HttpResponse:
    """What others did after `since`, and how many codes have been proposed: the line, the patients by handle, the rows
    that are settled; 204 for nothing.
    """
    t, me = words(), codes_lists.coder(request.user, on=clock.today())
    since = _moment(request.GET.get("since", ""))
    done = changes(for_=me, since=since)
    fresh, last = arrived(for_=me, since=since)
    if not done and not fresh:
        return HttpResponse(status=204)
    request.listed = list(dict.fromkeys(one.patient_id for one in done))
    handles = dict(Patient.objects.filter(pk__in=request.listed).values_list("pk", "handle"))
    told: dict[str, str] = {}
    for one in done:
        told.setdefault(handles[one.patient_id], said(one, t))
    answer = {
        "since": max(moment for moment in (done[0].at if done else None, last) if moment).isoformat(),
        "line": line(done, t) if done else "",
        "fresh": t.count("codes.live.fresh", fresh) if fresh else "",
        "rows": [{"handle": handle, "said": text} for handle, text in told.items()],
        "gone": sorted({key for one in done for key in one.gone}),
        "again": t("codes.live.again"),
        "beyond": bool(fresh) or len(done) == MOST,
    }
    return JsonResponse(answer, headers={"Cache-Control": "no-store"})


def latest(me: Coder, t: Words) -> str:
    """The line of the last change of somebody else today; empty when there was none."""
    midnight = timezone.make_aware(datetime.combine(me.on, time.min))
    done = changes(for_=me, since=midnight)
    return line(done, t) if done else ""


def line(done: list[Change], t: Words) -> str:
    """Time, who, and how much: of the codes of the one who did something last, else that the lists changed."""
    who, at = done[0].who, t.clock(done[0].at)
    coded = sum(1 for one in done if one.coded and one.who == who)
    if coded:
        return t.count("codes.live.coded", coded, clock=at, who=who.display_name)
    return t("codes.live.other", clock=at, who=who.display_name)


def said(one: Change, t: Words) -> str:
    """What stands in a row that somebody else has changed."""
    return t("codes.live.row", who=one.who.display_name, clock=t.clock(one.at))


def _moment(text: str) -> datetime:
    """The moment of the address; now, where it is none."""
    try:
        since = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        return clock.now()
    return since if since.tzinfo is not None else clock.now()

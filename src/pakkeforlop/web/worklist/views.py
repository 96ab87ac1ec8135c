"""The page of the worklist, and the panel under one row."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from pakkeforlop.access.rights import Right
from pakkeforlop.catalogue.load import load_catalogue
from pakkeforlop.coding.queries import held_by
from pakkeforlop.coordination import rows as listed
from pakkeforlop.coordination.models import WorklistRow
from pakkeforlop.coordination.phase import PHASES
from pakkeforlop.coordination.queries import live, panel, worklist
from pakkeforlop.coordination.queries.lists import LISTS, TABS
from pakkeforlop.coordination.queries.worklist import Around, Filters, Reader, Worklist
from pakkeforlop.episodes import store
from pakkeforlop.vocabulary.numbers import whole
from pakkeforlop.web import clock
from pakkeforlop.web.codes.presenter import proposed_rows
from pakkeforlop.web.patient.meaning import code_word
from pakkeforlop.web.patient.possible import possible_codes
from pakkeforlop.web.words import Words, words
from pakkeforlop.web.worklist.asked import asked
from pakkeforlop.web.worklist.presenter import (
    GroupView,
    RowView,
    grouped,
    hospital_name,
    message_words,
    patient_page,
    row_view,
)
from pakkeforlop.web.worklist.telling import told

BY_KEY = 9
"""Possible codes that an open row offers: one for each of the keys 1 to 9."""
Turned = dict[str, Any]
_turned: Turned = {"on": None}


@dataclass(frozen=True)
class Tab:
    """A list as a tab."""

    url: str
    text: str
    current: bool
    n: int | None


def worklist_page(request: Any) -> HttpResponse:
    """The list as the address asks for it; `open` names the row that is open."""
    on, t = clock.today(), words()
    turn_day()
    filters = asked(request)
    me = worklist.reader(request.user, on=on)
    found = worklist.worklist(for_=me, filters=filters, page=whole(request.GET.get("page", "")) or 1)
    scope = request.access.scope(Right.WORKLIST)
    views = [row_view(row, t, on=on, for_=scope) for row in found.rows]
    open_key = request.GET.get("open", "")
    opened = next((row for row, view in zip(found.rows, views, strict=True) if view.key == open_key), None)
    request.listed = [row.patient_id for row in found.rows]
    selects = _selects(me, found, t)
    return render(
        request,
        "worklist/list.html",
        {
            "found": found,
            "groups": _groups(found, views, t),
            "open_key": open_key if opened else "",
            "panel": panel_values(request, opened, t) if opened else None,
            "tabs": _tabs(me, found, t),
            "selects": selects,
            "narrowed_by": _narrowed_by(found.filters, selects, t),
            "saved": _saved(request.user.pk, filters),
            "sorts": _sorts(filters, t),
            "address": lambda **changes: _address(filters, **changes),
            "query": urlencode(filters.pairs()),
            "latest": _latest(me, t),
            "stamp": clock.now().isoformat(),
            "key": uuid.uuid4().hex,
            "may_code": request.access.may(Right.CODE),
            "may_coordinate": request.access.may(Right.COORDINATE),
            "may_export": request.access.may(Right.EXPORT),
            "keys_on": request.user.single_keys,
            "owners": _owners(request.user, found.around),
            "now": clock.now(),
        },
    )


def panel_page(request: Any) -> HttpResponse:
    """The panel under one row, for the page's own script; the row itself with it."""
    t, me = words(), worklist.reader(request.user, on=clock.today())
    row = row_of(me, request.GET.get("row", ""))
    if row is None:
        return HttpResponse("", status=404)
    request.listed = [row.patient_id]
    view = row_view(row, t, on=clock.today(), for_=request.access.scope(Right.WORKLIST))
    values = {"row": view, "panel": panel_values(request, row, t), "open_key": view.key, **panel_rights(request, me)}
    return render(request, "worklist/panel.html", values)


def key_parts(key: str) -> tuple[str, str, int] | None:
    """Handle, pathway and number of a row's key; None for what is no key."""
    handle, _, rest = key.partition(".")
    pathway, _, text = rest.partition(".")
    number = whole(text)
    return (handle, pathway, number) if handle and pathway and number is not None else None


def row_of(me: Reader, key: str) -> WorklistRow | None:
    """The row that a key names, within the reader's units."""
    parts = key_parts(key)
    return next(iter(worklist.some(for_=me, keys=[parts])), None) if parts else None


def panel_rights(request: Any, me: Reader) -> dict[str, Any]:
    """What decides which forms the panel has."""
    return {
        "may_code": request.access.may(Right.CODE),
        "may_coordinate": request.access.may(Right.COORDINATE),
        "owners": _owners(request.user, worklist.look_around(me)),
        "query": urlencode(asked(request).pairs()),
        "key": uuid.uuid4().hex,
    }


def panel_values(request: Any, row: WorklistRow, t: Words) -> dict[str, Any]:
    """What the panel shows of a row."""
    found = panel.panel_of(row, on=clock.today())
    proposal = found.proposal
    shown: dict[str, Any] = {"found": found, "row": row, "proposal": proposal, "revision": row.patient.revision}
    shown["possible"] = []
    shown["mine"] = row.owner_id == request.user.pk
    shown["messages"] = [message_words(number, t) for number in row.marks.get("messages", [])]
    if proposal is not None:
        proposal.patient = row.patient
        view = proposed_rows([proposal], t, on=clock.today())[0]
        shown |= {
            "meaning": view.missing.lower(),
            "day": _day_words(proposal.event_date, t),
            "short": t.short_day(proposal.event_date),
            "effect": view.effect,
        }
    elif request.access.scope(Right.CODE).covers(row.hospital, row.pathway, row.department):
        shown["possible"] = _possible(row, t)
    return shown


def _possible(row: WorklistRow, t: Words) -> list[tuple[str, str, str]]:
    """The codes that are possible now: code, a word for it, and the patient's page with the code in its form."""
    pathway = load_catalogue().pathways[row.pathway]
    family, engine = load_catalogue().families[pathway.family], store.engine()
    found = possible_codes(
        held_by([row.patient_id], as_of=clock.today())[row.patient_id], pathway, family, engine, on=clock.today(),
        institution=row.hospital, facts=store.facts_of(row.patient),
    )[:BY_KEY]  # fmt: skip
    page = patient_page(row.patient.handle)
    asked = {"pathway": row.pathway, "number": row.number}
    return [
        (code, code_word(code, family.key, t).lower(), f"{page}?{urlencode({**asked, 'code': code})}#code")
        for code in found
    ]


def turn_day() -> None:
    """Turn the list to a new day, once a process and day."""
    on = clock.today()
    if _turned["on"] != on:
        listed.turn(on=on, at=clock.now())
        _turned["on"] = on


def _day_words(day: Any, t: Words) -> str:
    """`i dag 20. jan`, else `ti 18. jan`."""
    return f"{t('layout.days.today')} {t.short_day(day)}" if day == clock.today() else t.day(day)


def _groups(found: Worklist, views: list[RowView], t: Words) -> list[GroupView]:
    if found.filters.sort == "rank":
        return grouped(views, found.groups, t)
    return [GroupView("", "", tuple(views))] if views else []


def _tabs(me: Reader, found: Worklist, t: Words) -> list[Tab]:
    filters = found.filters
    tabs = []
    for name in TABS:
        text = "open_all" if name == "open" and filters.owner != "mine" else name
        current = filters.view == name and not filters.flag
        tabs.append(Tab(_address(filters, view=name, flag=""), t(f"worklist.list.{text}"), current, found.counts[name]))
    for user in me.covers:
        text = t("worklist.deputy_for", name=user.get_short_name())
        url, owned = _address(Filters(), owner=str(user.pk)), found.around.owned.get(user.pk, 0)
        tabs.append(Tab(url, text, filters.owner == str(user.pk), owned))
    return tabs


def _selects(me: Reader, found: Worklist, t: Words) -> list[dict[str, Any]]:
    """The filters as selects: name, label, value and choices."""
    filters, there = found.filters, found.around
    names = load_catalogue().pathways
    listed = {*there.pathways, filters.pathway}  # one that is asked for is told, also where the list has none of it
    pathways = [(p, f"{names[p].short.of(t.language)} {p}") for p in listed if p in names]
    mine = t("worklist.mine_and") if me.covers else t("worklist.mine")
    people = [(str(one.pk), one.display_name) for one in there.people]
    owners = [("mine", mine), ("all", t("worklist.everyone")), *people, ("none", t("worklist.unowned"))]
    hospitals = [(h, hospital_name(h)) for h in there.hospitals]
    flags = [(name, f"{t(f'worklist.list.{name}')} ({found.counts[name]})") for name in LISTS if name not in TABS]
    said = [
        ("pathway", "pathway", [("", t("worklist.all_pathways")), *sorted(pathways, key=lambda p: p[1])]),
        ("phase", "phase_label", [("", t("worklist.all_phases")), *_phases(t)]),
        ("owner", "owner", owners),
        ("flag", "flag_label", [("", t("worklist.all_flags")), *flags]),
    ]
    if len(hospitals) > 1:
        said.insert(3, ("unit", "unit", [("", t("worklist.all_units")), *hospitals]))
    return [
        {"name": name, "label": t(f"worklist.{label}"), "choices": choices, "value": getattr(filters, name)}
        for name, label, choices in said
    ]


def _narrowed_by(filters: Filters, selects: list[dict[str, Any]], t: Words) -> str:
    """What the list is narrowed by, in the words of its own choices."""
    asked = [one for one in selects if one["value"] and one["name"] not in ("owner", "flag")]
    chosen = [str(dict(one["choices"]).get(one["value"], one["value"])) for one in asked]
    chosen += [t(f"worklist.list.{filters.flag}")] if filters.flag else []
    return ", ".join([f"«{filters.q}»", *chosen] if filters.q else chosen)


def _phases(t: Words) -> list[tuple[str, str]]:
    return [(phase, t(f"worklist.phase.{phase}")) for phase in PHASES if phase != "none"]


def _saved(user_id: int, filters: Filters) -> list[dict[str, Any]]:
    here = urlencode(filters.pairs())
    return [
        {"id": view.pk, "name": view.name, "url": f"{reverse('worklist')}?{view.query}", "current": view.query == here}
        for view in panel.saved_views(user_id)
    ]


def _sorts(filters: Filters, t: Words) -> dict[str, dict[str, str]]:
    """The heads that order the list: address, and whether they do so now."""
    return {
        name: {
            "url": _address(filters, sort="rank" if filters.sort == name else name),
            "aria": "ascending" if filters.sort == name else "none",
            "text": t(f"worklist.column.{column}"),
        }
        for name, column in (("name", "patient"), ("phase", "left"), ("whole", "whole_left"), ("next", "next"))
    }


def _owners(user: Any, around: Around) -> list[tuple[int, str]]:
    """Whom a pathway can be given to: oneself, and those who have rows of the same units."""
    return [(user.pk, user.display_name), *((one.pk, one.display_name) for one in around.people if one.pk != user.pk)]


def _latest(me: Reader, t: Words) -> dict[str, str] | None:
    """The last change of somebody else today, for the line at the top right."""
    midnight = timezone.make_aware(datetime.combine(me.on, time.min))
    row = live.last_of_others(for_=me, since=midnight)
    return told(row, t) if row else None


def _address(filters: Filters, **changes: str) -> str:
    """The list's address with some filters changed."""
    pairs = Filters.read({**filters.pairs(), **changes}).pairs()
    return f"{reverse('worklist')}?{urlencode(pairs)}" if pairs else reverse("worklist")

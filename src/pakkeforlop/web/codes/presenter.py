"""Rows of the lists in words: who, what is missing, code and day, what it rests on, and what would come of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.timezone import localtime
from markupsafe import Markup, escape

from pakkeforlop.catalogue.load import load_catalogue
from pakkeforlop.coding.queries import held_by
from pakkeforlop.coordination.models import Appointment, NewCancer, Proposal, Referral, WorklistRow
from pakkeforlop.coordination.verdict import Draft, Verdict, verdict
from pakkeforlop.episodes import store
from pakkeforlop.episodes.models import EpisodeMessage
from pakkeforlop.reporting.models import ReturnedLine
from pakkeforlop.reporting.queries.returns import newest_rows, words_of
from pakkeforlop.web.patient.meaning import code_word
from pakkeforlop.web.patient.spans import name_of
from pakkeforlop.web.patients import named
from pakkeforlop.web.words import Words
from pakkeforlop.web.worklist.presenter import pathway_name


@dataclass(frozen=True)
class RowView:
    """One row. `kind`: proposed, gap, returned, marked, downgraded or cancer; `pk` is the row of what it is about."""

    kind: str
    pk: int
    key: str
    handle: str
    name: str
    born: str
    pathway: str
    missing: str
    number: str
    code: str
    day: str
    ground: str
    effect: Markup
    page: str
    todo: str = ""
    within: bool = False


def proposed_rows(rows: Sequence[Proposal], t: Words, *, on: date) -> list[RowView]:
    """Proposals with what each would give."""
    held = held_by([row.patient_id for row in rows], as_of=on)
    return [_proposed(row, held.get(row.patient_id, []), t, on) for row in rows]


def _proposed(row: Proposal, held: Any, t: Words, on: date) -> RowView:
    found = verdict(
        held, Draft(row.code, row.event_date, row.institution), store.engine(), patient_id=row.patient.source_id,
        facts=store.facts_of(row.patient), as_of=on, death_date=row.patient.death_date,
    )  # fmt: skip
    effect, inside = effect_of(found, t)
    family = load_catalogue().pathways[row.pathway].family
    return RowView(
        "proposed", row.pk, f"p{row.pk}", row.patient.handle, *named(row.patient, t), _pathway(row.pathway, t),
        _point(row.code, t) or code_word(row.code, family, t), "", row.code, t.short_day(row.event_date),
        row.evidence, effect, f"{_page(row.patient)}?pathway={row.pathway}&proposal={row.pk}#code",
        within=inside,
    )  # fmt: skip


def effect_of(found: Verdict, t: Words) -> tuple[Markup, bool]:
    """What would come of a code: the first message, the time it completes against its limit, or that it ends."""
    if found.after_death:
        said, todo = t("patient.verdict.after_death"), t("patient.verdict.after_death_do")
        return Markup('<span class="b">{}</span> {}').format(said, todo), False
    if found.come:
        first = found.come[0]
        return Markup('<span class="b">{}</span> {}').format(first.number, first.message.text.of(t.language)), False
    changed = [one for one in found.spans if one.changed and one.then is not None and one.key != "share"]
    if not changed:
        return escape(t("codes.effect.ends" if found.ends else "codes.effect.none")), True
    family = load_catalogue().families[load_catalogue().pathways[found.pathway].family]
    one = changed[-1]
    span = next(span for span in family.span if span.key == one.key)
    name = t(f"patient.phase.{name_of(span)}") if name_of(span) else one.label
    if one.limit is None:
        return escape(t("codes.effect.free", name=name, n=one.then)), True
    said = t("codes.effect.of", n=one.then, limit=one.limit)
    over = (one.over or 0) > 0
    shown = Markup('<span class="over">{}</span>').format(said) if over else escape(said)
    return Markup("{} {}").format(t("codes.effect.becomes", name=name), shown), not over


def gap_rows(
    rows: Sequence[WorklistRow], traces: dict[tuple[int, str], Appointment], t: Words, *, on: date
) -> list[RowView]:
    """Open pathways whose next code is missing, with the last that is known."""
    return [_gap(row, traces.get((row.patient_id, row.pathway)), t, on) for row in rows]


def _gap(row: WorklistRow, trace: Appointment | None, t: Words, on: date) -> RowView:
    if trace is not None:
        ground = t("codes.ground.trace", what=trace.text, day=t.short_day(localtime(trace.at).date()))
    else:
        ground = t("codes.ground.code", day=t.short_day(row.phase_from))
    days = (on - row.start_date).days
    return RowView(
        "gap", row.pk, f"g{row.pk}", row.patient.handle, *named(row.patient, t), _pathway(row.pathway, t),
        t(f"codes.missing.{row.phase}"), "", "", "", ground, escape(t.count("codes.effect.open", days)),
        f"{_page(row.patient)}?pathway={row.pathway}&number={row.number}#code",
    )  # fmt: skip


KINDS: dict[str, frozenset[int]] = {
    "order": frozenset({105, 106, 108, 109, 110, 111, 118, 119, 208, 211, 221, 222, 223, 901, 909, 914, 915}),
    "double": frozenset({102}),
    "superfluous": frozenset({112, 113, 114, 225}),
    "lapsed": frozenset({103, 104, 115, 120, 907, 911, 913}),
    "unknown": frozenset({101, 201, 912}),
    "person": frozenset({100, 116, 117, 216}),
    "day": frozenset({107}),
}
"""Messages by what is wrong, in a word; the rest are remarks."""


def kind_of(number: int) -> str:
    """What a message is about."""
    return next((kind for kind, numbers in KINDS.items() if number in numbers), "remark")


def marked_rows(rows: Sequence[EpisodeMessage], t: Words) -> list[RowView]:
    """Registrations with a message: its text, and what to do."""
    return [_marked(row, t) for row in rows]


def _marked(row: EpisodeMessage, t: Words) -> RowView:
    message = load_catalogue().messages[row.number]
    code, day = row.registration.code, row.registration.event_date
    prefix = code[:3]
    page = f"{_page(row.patient)}?pathway={prefix}&correct={row.registration_id}#code"
    used = t("codes.marked.used" if row.counted else "codes.marked.aside")
    return RowView(
        "marked", row.pk, f"m{row.pk}", row.patient.handle, *named(row.patient, t), _pathway(prefix, t),
        t(f"codes.marked.{kind_of(row.number)}"), str(row.number), code,
        t.short_day(day) if day else t("patient.rows.no_day"), message.text.of(t.language),
        Markup('{} <span class="muted nw">{}</span>').format(message.what_now.of(t.language), used), page,
    )  # fmt: skip


def cancer_rows(rows: Sequence[NewCancer], pathways: Sequence[Sequence[str]], t: Words) -> list[RowView]:
    """New cancers without a pathway; the reason is asked in the row."""
    return [
        RowView(
            "cancer", row.pk, f"c{row.pk}", row.patient.handle, *named(row.patient, t),
            ", ".join(_pathway(prefix, t) for prefix in kinds), t("codes.missing.start"), "", row.icd10,
            t.short_day(row.first_contact_date), t("codes.ground.contact", day=t.num_day(row.first_contact_date)),
            escape(t("codes.effect.not_included")), _page(row.patient),
        )
        for row, kinds in zip(rows, pathways, strict=True)
    ]  # fmt: skip


def returned_rows(rows: Sequence[ReturnedLine], t: Words) -> list[RowView]:
    """What the register itself did not take as it was: its message, and what to do; mended ones wait to be sent."""
    newest = newest_rows(list(rows))
    return [_returned(row, newest.get(row.registration_id), t) for row in rows]


def _returned(row: ReturnedLine, registration: int | None, t: Words) -> RowView:
    said, todo = words_of(row, t.language)
    number = int(row.message) if row.message.isdecimal() else 0
    patient, prefix = row.patient, row.code[:3]
    came = t("codes.returned.came", day=t.short_day(localtime(row.returned.taken_at).date()))
    mended = t("codes.returned.mended") if getattr(row, "mended", False) else ""
    page = ""
    if patient is not None:
        corrects = f"&correct={registration}" if registration else ""
        page = f"{_page(patient)}?pathway={prefix}{corrects}#code"
    return RowView(
        "returned", row.pk, f"e{row.pk}", patient.handle if patient else "",
        *(named(patient, t) if patient else (t("codes.returned.nobody"), "")), _pathway(prefix, t),
        t(f"codes.marked.{kind_of(number)}"), row.message, row.code,
        t.short_day(row.event_date) if row.event_date else t("patient.rows.no_day"), said,
        Markup('{} <span class="muted">{}</span>').format(mended or todo or t("codes.returned.look"), came), page,
    )  # fmt: skip


def downgraded_rows(rows: Sequence[Referral], t: Words) -> list[RowView]:
    """Referrals that left the pathways: which pathway, why, and who decided when."""
    return [
        RowView(
            "downgraded", row.pk, f"d{row.pk}", row.patient.handle, *named(row.patient, t),
            _pathway(row.pathway, t) if row.pathway else t("codes.no_pathway_named"), t("codes.missing.settling"), "",
            row.pathway, t.short_day(row.received_date), row.reason or "–",
            escape(
                t(
                    "codes.effect.taken_out",
                    who=row.assessed_by.display_name if row.assessed_by else t("codes.somebody"),
                    day=t.short_day(localtime(row.assessed_at).date()),
                )
                if row.assessed_at
                else ""
            ),
            reverse("referral_anew", kwargs={"handle": row.patient.handle}) + f"?referral={row.pk}",
        )
        for row in rows
    ]  # fmt: skip


def _pathway(prefix: str, t: Words) -> str:
    return pathway_name(prefix, t) if prefix in load_catalogue().pathways else prefix


def _point(code: str, t: Words) -> str:
    """The measuring point that a code is of."""
    family = load_catalogue().families[load_catalogue().pathways[code[:3]].family]
    point = next((event.point for event in family.event if event.suffix == code[3:]), "")
    name = f"codes.point.{point}"
    return t(name) if t.has(name) else ""


def _page(patient: Any) -> str:
    return reverse("patient", kwargs={"handle": patient.handle})

"""The page of one pathway: the country, then over time, between hospitals, and how it is counted."""

from __future__ import annotations

from datetime import date

from pakkeforlop.catalogue.limit_changes import limit_changes
from pakkeforlop.charts.blocks import Block, Cell, Code, Details, Head, Links, Prose, Row, Section, Table
from pakkeforlop.publication.site import between, over_time, waiting
from pakkeforlop.publication.site.book import SHARE
from pakkeforlop.publication.site.drawn import Gallery
from pakkeforlop.publication.site.front import source_note
from pakkeforlop.publication.site.page import Page
from pakkeforlop.publication.site.scene import Scene, shown


def page(scene: Scene, key: str) -> Page | None:
    """The page; None for a pathway without a released share."""
    t, book = scene.t, scene.book
    share = scene.share(key)
    if share is None:
        return None
    name, path = scene.pathway_name(key), f"kreftform/{key}/"
    gallery = Gallery(scene, path)
    heading = heading_of(scene, key, name)
    days = waiting.section(scene, gallery, key)
    sections = [
        days,
        _treatments(scene, key),
        over_time.section(scene, gallery, key, book.country),
        between.section(scene, gallery, key),
        waiting.fresh(scene, key),
        counted(scene, key),
    ]
    return Page(
        path=path,
        menu="cancers",
        title=t("cancer.title", name=name, period=book.year),
        heading=heading,
        lead=lead_of(scene, key),
        crumbs=[(scene.url(), t("menu.cancers")), ("", name)],
        key_figures=[scene.key_share(share), scene.key_inclusion(scene.inclusion(key)), waiting.key_days(scene, key)],
        notes=source_note(scene),
        sections=[one for one in sections if one is not None],
        charts=gallery.charts,
        paper=True,
    )


def heading_of(scene: Scene, key: str, name: str) -> str:
    """The answer in a sentence."""
    share = scene.share(key)
    if share is None or not shown(share):
        return scene.t("cancer.hidden", name=name)
    return scene.t(f"cancer.heading_{scene.ending(key)}", name=name, rate=scene.rate(share))


def lead_of(scene: Scene, key: str) -> list[str]:
    """Against the target, then what in time means for this pathway."""
    share = scene.share(key)
    told = [scene.against_target(share)] if share is not None and shown(share) else []
    return told + limits_told(scene, key)


def limits_told(scene: Scene, key: str) -> list[str]:
    """Within how many days, by treatment where it matters; and when that last changed."""
    t = scene.t
    limits = waiting.current_limits(scene, key)
    if not limits:
        return []
    by_days: dict[int, list[str]] = {}
    for kind, days in limits.items():
        by_days.setdefault(days, []).append(kind)
    told = []
    if len(by_days) == 1:
        told.append(t(f"limits.one_{scene.ending(key)}", days=next(iter(by_days))))
    else:
        ordered = sorted(by_days.items(), key=lambda pair: (-len(pair[1]), -pair[0]))
        parts = [
            t("limits.part", days=days, kinds=t.joined([t(f"branch_lower.{kind}") for kind in sorted(kinds)]))
            for days, kinds in ordered
        ]
        told.append(t("limits.several", parts=t.joined(parts)))
    pathway = scene.book.pathway(key)
    changes = limit_changes(pathway, scene.book.catalogue.families[pathway.family]) if pathway else []
    past = [one for one in changes if one.day <= date(int(scene.book.year), 12, 31)]
    if past:
        last = past[-1]
        moved = set(last.longer_by.values())
        when = scene.form.long_date(last.day)
        if len(moved) == 1:
            by = moved.pop()
            told.append(t.count("limits.shorter_before" if by > 0 else "limits.longer_before", abs(by), date=when))
        else:
            told.append(t("limits.other_before", date=when))
    return told


def _treatments(scene: Scene, key: str) -> Section | None:
    table = waiting.by_treatment(scene, key)
    return Section("behandling", scene.t("treatment.heading"), [table]) if table else None


def counted(scene: Scene, key: str, org_nr: str = "") -> Section:
    """How it is counted, one click down; and where to fetch it."""
    t = scene.t
    parts: list[Block] = [
        Details(t("counting.who_and_when"), [waiting.who_counts(scene, key)], printed=False),
        Details(t("counting.sure"), [Prose(t.many("counting.sure_told"), small=True)], printed=False),
        Details(
            t("counting.provisional"),
            [Prose([t("counting.provisional_told", days=over_time.PROVISIONAL_DAYS)], small=True)],
            printed=False,
        ),
    ]
    if limits := limits_table(scene, key):
        parts.append(Details(t("counting.limits"), [limits], printed=False))
    query = scene.api_url(f"figures?indicator={SHARE}&pathway_key={key}" + (f"&org_nr={org_nr}" if org_nr else ""))
    fetch = Links(
        [
            (f"{query}&format={kind}", name, "")
            for kind, name in (("csv", "CSV"), ("json", "JSON"), ("json-stat", "JSON-stat 2"), ("parquet", "Parquet"))
        ],
        across=True,
    )
    parts.append(
        Details(
            t("counting.fetch"),
            [
                Prose([t("counting.fetch_told")], small=True),
                fetch,
                Code(f"curl '{scene.host}{query}&format=csv'", t("counting.fetch")),
            ],
            printed=False,
        )
    )
    more = Links([(scene.url("slik-teller-vi/"), t("counting.all"), "")])
    return Section("slik-teller-vi", t("counting.heading"), [*parts, more])


def limits_table(scene: Scene, key: str) -> Table | None:
    """Every version of the limits of a pathway, with its source and how sure it is."""
    t, pathway = scene.t, scene.book.pathway(key)
    if pathway is None or not pathway.time_limit:
        return None
    heads = [
        Head(t("limits.span")),
        Head(t("head.treatment")),
        Head(t("limits.from")),
        Head(t("limits.days"), num=True),
        Head(t("limits.source"), wide=True),
        Head(t("limits.sure"), wide=True),
    ]
    rows = []
    for span, versions in pathway.time_limit.items():
        for one in versions:
            source = scene.book.catalogue.source_named(one.source, scene.language)
            rows.append(
                Row(
                    [
                        Cell(t(f"span.{span}") if t.has(f"span.{span}") else span, sub=span),
                        Cell(t(f"branch.{one.kind}") if one.kind else ""),
                        Cell(scene.form.short_date(one.valid_from), "nw"),
                        Cell(str(one.days) if one.days is not None else t("limits.ended"), "num b"),
                        Cell(source, "muted"),
                        Cell(t(f"sure.{one.confidence}"), "muted"),
                    ]
                )
            )
    return Table(t("limits.table", name=scene.pathway_name(key)), heads, rows)

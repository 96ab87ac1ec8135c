"""The front page: the country now, in one sentence and one chart."""

from __future__ import annotations

from typing import Any

from pakkeforlop.charts.blocks import Block, Cell, Details, Links, Note, Row, Section, Table
from pakkeforlop.charts.dots import draw_dots
from pakkeforlop.publication.site import finding
from pakkeforlop.publication.site.book import TOTAL
from pakkeforlop.publication.site.drawn import Gallery, dot_plot, dot_row
from pakkeforlop.publication.site.page import Page
from pakkeforlop.publication.site.scene import Scene, shown
from pakkeforlop.publication.site.shares import first_upper, inclusion_cells, inclusion_heads, share_cells, share_heads


def page(scene: Scene) -> Page:
    """The front page; a sentence and ways on where nothing has been released."""
    t, book = scene.t, scene.book
    share, included = scene.share(TOTAL), scene.inclusion(TOTAL)
    common: dict[str, Any] = {
        "path": "",
        "menu": "cancers",
        "title": t("front.title"),
        "find": "",
        "suggestions": finding.names(scene),
        "ways": _ways(scene),
    }
    if share is None or not shown(share):
        return Page(heading=t("front.nothing"), lead=[t("front.nothing_lead")], **common)
    lead = []
    if share.numerator is not None and share.denominator:
        lead.append(
            t(
                "front.basis",
                within=scene.form.integer(share.numerator),
                total=scene.form.integer(share.denominator),
                period=book.year,
            )
        )
    lead.append(scene.against_target(share))
    if included is not None and shown(included):
        lead.append(t("front.included", n=scene.n_of_hundred(included)))
    gallery = Gallery(scene, "")
    sections = [_cancers(scene, gallery)]
    if outside := _outside(scene):
        sections.append(outside)
    return Page(
        heading=t("front.heading", rate=first_upper(scene.rate(share))),
        lead=lead,
        notes=source_note(scene),
        key_figures=(),
        sections=sections,
        charts=gallery.charts,
        paper=True,
        small=_small(scene),
        **common,
    )


def source_note(scene: Scene) -> list[Note]:
    """What is told where the figures were published by others, or are of invented patients."""
    release = scene.book.holder
    if release.synthetic:
        return [Note(f"{scene.t('synthetic.mark')} {scene.t('synthetic.told')}")]
    if not release.external:
        return []
    title = release.record.get("title", {}).get(scene.language, release.name)
    return [Note(scene.t("external.note", title=title, publisher=release.record.get("publisher", "")))]


def _small(scene: Scene) -> list[tuple[str, str]]:
    share, included = scene.share(TOTAL), scene.inclusion(TOTAL)
    told = []
    for name, one in (("front.counted_share", share), ("front.counted_inclusion", included)):
        if one is not None and shown(one) and one.ci_low is not None:
            told.append(
                (scene.t(name, percent=scene.percent(one), interval=scene.interval(one, 1)), scene.figure_url(one))
            )
    return told


def _cancers(scene: Scene, gallery: Gallery) -> Section:
    t, book = scene.t, scene.book
    keys = [key for key in book.pathways() if book.in_total(key)]
    figures = {key: scene.share(key) for key in keys}
    known = {key: one for key, one in figures.items() if one is not None and shown(one)}
    reached = sum(scene.reaches(one) for one in known.values())
    heading = (
        t("front.all_reached", total=len(known))
        if known and reached == len(known)
        else t.count("front.reached", reached, total=len(known))
    )
    rows = [
        dot_row(scene, scene.short_name(key), figures[key], beside=scene.inclusion(key), href=scene.pathway_url(key))
        for key in keys
    ]
    ordered = sorted(known, key=lambda key: known[key].percent or 0)
    desc = t(
        "front.desc",
        total=len(known),
        reached=reached,
        target=scene.target_word,
        highest=scene.short_name(ordered[-1]) if ordered else "",
        highest_n=scene.n_of_hundred(known[ordered[-1]]) if ordered else "",
        lowest=scene.short_name(ordered[0]) if ordered else "",
        lowest_n=scene.n_of_hundred(known[ordered[0]]) if ordered else "",
    )
    plot = dot_plot(
        scene, rows, title=t("front.chart", total=len(keys), period=book.year), desc=desc, head=t("head.cancer")
    )
    figure = gallery.figure(
        draw_dots,
        "kreftformer",
        plot,
        title="",
        subtitle=t("front.subtitle", period=book.year),
        signs=["point", "interval", "target"],
    )
    parts: list[Block] = [figure, Details(t("word.show_table"), [table(scene, keys)], printed=False)]
    return Section("kreftformer", heading, parts)


def table(scene: Scene, keys: list[str], org_nr: str = "", *, unit: str = "") -> Table:
    """A row a pathway: counts, percent, interval, inclusion; names lead to the pathway (at a unit)."""
    t = scene.t
    rows = []
    for key in keys:
        share, included = scene.share(key, org_nr), scene.inclusion(key, org_nr)
        href = scene.url(f"sykehus/{org_nr}/{key}/") if org_nr else scene.pathway_url(key)
        narrow = [scene.interval(share)] if share is not None and shown(share) and scene.interval(share) else []
        told = [t("between.narrow_interval", interval=one) for one in narrow]
        name = Cell(scene.short_name(key), href=href, narrow=told)
        rows.append(Row([name, *share_cells(scene, share), *inclusion_cells(scene, included)]))
    caption = (
        t("front.table_at", unit=unit, period=scene.book.year) if unit else t("front.table", period=scene.book.year)
    )
    heads = [*share_heads(scene, "head.cancer"), *inclusion_heads(scene)]
    return Table(caption, heads, rows, notes=[scene.opens])


def _outside(scene: Scene) -> Section | None:
    """Pathways that stand outside the total: told apart, never added."""
    keys = [key for key in scene.book.pathways() if not scene.book.in_total(key)]
    if not keys:
        return None
    items = [(scene.pathway_url(key), scene.pathway_name(key), scene.value(scene.share(key))) for key in keys]
    return Section("utenfor", scene.t("front.outside"), [Links(items)])


def _ways(scene: Scene) -> list[tuple[str, str, str]]:
    t = scene.t
    mental = any(key[2] == "mental_health" for key in scene.book.figures)
    return [
        (scene.url("for-pasienter/"), t("ways.patient"), t("ways.patient_told")),
        (scene.url("sykehus/"), t("ways.hospitals"), t("ways.hospitals_told")),
        (scene.url("last-ned/"), t("ways.figures"), t("ways.figures_told")),
        *([(scene.url("psykisk-helse/"), t("mental_page.title"), t("mental_page.way"))] if mental else []),
        *([(scene.made_up_url, t("synthetic.way"), t("synthetic.way_told"))] if scene.book.library.synthetic else []),
    ]

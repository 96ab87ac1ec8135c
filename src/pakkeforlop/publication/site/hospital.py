"""The pages of hospitals: all of them, one of them, and one pathway at one of them."""

from __future__ import annotations

from collections.abc import Sequence

from pakkeforlop.charts.blocks import Block, Cell, Details, Head, Links, Prose, Row, Section, Table
from pakkeforlop.charts.dots import draw_dots
from pakkeforlop.publication.site import between, completeness, over_time, waiting
from pakkeforlop.publication.site.book import TOTAL, Unit
from pakkeforlop.publication.site.cancer import counted, limits_told
from pakkeforlop.publication.site.drawn import Gallery, dot_plot, dot_row
from pakkeforlop.publication.site.front import source_note, table
from pakkeforlop.publication.site.page import Page
from pakkeforlop.publication.site.scene import Scene, shown
from pakkeforlop.publication.site.shares import inclusion_heads, share_heads, unit_heads


def every(scene: Scene) -> Page:
    """Regions and trusts: the map, the funnel and the table of all pathways together."""
    t, book = scene.t, scene.book
    gallery = Gallery(scene, "sykehus/")
    sections: list[Section] = []
    items = []
    for region in book.regions():
        told = scene.value(scene.share(TOTAL, region.org_nr))
        items.append((scene.unit_url(region), region.name, t("hospitals.region_told", rate=told)))
    sections.append(_where(scene))
    if found := between.section(scene, gallery, TOTAL):
        sections.append(found)
    return Page(
        path="sykehus/",
        menu="hospitals",
        title=t("hospitals.title", period=book.year),
        heading=t("hospitals.heading"),
        lead=[t("hospitals.lead")],
        notes=source_note(scene),
        sections=sections,
        charts=gallery.charts,
        find="",
        suggestions=[unit.name for unit in (*book.regions(), *book.trusts())],
        before=[Links(items, across=True)],
    )


def _where(scene: Scene) -> Section:
    """Trusts by region, alphabetical: two clicks to the nearest."""
    t, book = scene.t, scene.book
    parts: list[Block] = []
    for region in book.regions():
        caption = t("hospitals.table", region=region.name, period=book.year)
        heads, rows = unit_heads(scene, "head.trust"), _unit_rows(scene, book.trusts(region=region.org_nr))
        parts.append(Table(caption, heads, rows, title=region.name))
    return Section("helseforetak", t("hospitals.by_region"), parts)


def _unit_rows(scene: Scene, units: Sequence[Unit]) -> list[Row]:
    """A row a unit, all pathways together."""
    return [between.unit_row(scene, TOTAL, between.place_of(scene, TOTAL, unit)) for unit in units]


def one(scene: Scene, org_nr: str) -> Page | None:
    """A region or trust; None for a number without figures."""
    t, book = scene.t, scene.book
    unit = book.units.get(org_nr)
    share = scene.share(TOTAL, org_nr)
    if unit is None or unit.level == "national" or share is None:
        return None
    path = f"sykehus/{org_nr}/"
    gallery = Gallery(scene, path)
    heading = (
        t("hospital.heading", name=unit.name, rate=scene.rate(share))
        if shown(share)
        else t("hospital.hidden", name=unit.name)
    )
    lead = [scene.against_target(share)] if shown(share) else [scene.why_hidden(share)]
    lead.append(t("hospital.whose"))
    whole = scene.share(TOTAL)
    if whole is not None and shown(whole):
        lead.append(t("hospital.country", rate=scene.rate(whole)))
    sections = [
        _cancers(scene, gallery, unit),
        _standing_out(scene, unit) if unit.level in {"HF", "group"} else None,
        _below(scene, unit),
        waiting.section(scene, gallery, TOTAL, org_nr) if unit.level == "RHF" else None,
        over_time.section(scene, gallery, TOTAL, org_nr),
        waiting.fresh(scene, TOTAL, org_nr) if unit.level == "RHF" else None,
        completeness.section(scene, org_nr),
        counted(scene, TOTAL, org_nr),
    ]
    return Page(
        path=path,
        menu="hospitals",
        title=t("hospital.title", name=unit.name, period=book.year),
        heading=heading,
        lead=lead,
        crumbs=crumbs(scene, unit),
        key_figures=[
            scene.key_share(share),
            scene.key_inclusion(scene.inclusion(TOTAL, org_nr)),
            waiting.key_days(scene, TOTAL, org_nr),
        ],
        notes=source_note(scene),
        sections=[part for part in sections if part is not None],
        charts=gallery.charts,
        paper=True,
    )


def crumbs(scene: Scene, unit: Unit, last: str = "") -> list[tuple[str, str]]:
    """Where a page of a unit lies."""
    found = [(scene.url("sykehus/"), scene.t("menu.hospitals"))]
    above = scene.book.units.get(unit.region)
    if above is not None:
        found.append((scene.unit_url(above), above.name))
    found.append((scene.unit_url(unit) if last else "", unit.name))
    return [*found, ("", last)] if last else found


def _cancers(scene: Scene, gallery: Gallery, unit: Unit) -> Section:
    """Each pathway here beside the country's own share."""
    t, book = scene.t, scene.book
    keys = book.pathways(unit.org_nr)
    rows = []
    for key in keys:
        country = scene.share(key)
        rows.append(
            dot_row(
                scene,
                scene.short_name(key),
                scene.share(key, unit.org_nr),
                beside=scene.inclusion(key, unit.org_nr),
                href=scene.unit_url(unit, key),
                expected=country.percent if country and shown(country) else None,
            )
        )
    hidden = sum(1 for key in keys if (one := scene.share(key, unit.org_nr)) is not None and not shown(one))
    plot = dot_plot(
        scene,
        rows,
        title=t("hospital.chart", name=unit.name, period=book.year),
        desc=t("hospital.desc", total=len(keys)),
        head=t("head.cancer"),
    )
    figure = gallery.figure(
        draw_dots,
        "kreftformer",
        plot,
        title="",
        subtitle=t("hospital.subtitle", period=book.year),
        signs=["point", "interval", "country", "target"],
        caption=between.hidden_note(scene, hidden) if hidden else "",
    )
    known = [
        one for key in keys if book.in_total(key) and (one := scene.share(key, unit.org_nr)) is not None and shown(one)
    ]
    reached = sum(scene.reaches(one) for one in known)
    heading = (
        t.count("front.reached", reached, total=len(known))
        if reached < len(known)
        else t("front.all_reached", total=len(known))
    )
    details = Details(t("word.show_table"), [table(scene, keys, unit.org_nr, unit=unit.name)], printed=False)
    return Section("kreftformer", heading, [figure, details])


def _standing_out(scene: Scene, unit: Unit) -> Section:
    """Pathways in which the trust lies outside what is usual between hospitals."""
    t = scene.t
    rows = []
    for key in scene.book.pathways(unit.org_nr):
        seen = between.between(scene, key)
        mine = next((one for one in seen.drawn if one.unit.org_nr == unit.org_nr), None)
        if mine is None or mine.counts is None or seen.limits is None or unit.org_nr not in seen.outside:
            continue
        low, high = seen.limits.limits(mine.counts[1])
        rows.append(
            Row(
                [
                    Cell(scene.short_name(key), href=scene.unit_url(unit, key)),
                    scene.counts_cell(mine.share),
                    scene.share_cell(mine.share),
                    Cell(scene.form.interval(100 * low, 100 * high, 0), "num"),
                ]
            )
        )
    if not rows:
        return Section("uvanlig", t("hospital.nothing_unusual"), [Prose([t("hospital.unusual_told")])])
    heads = [
        Head(t("head.cancer")),
        Head(t("head.in_time"), num=True),
        Head(t("head.percent"), num=True),
        Head(t("head.usual"), num=True),
    ]
    heading = t.count("hospital.unusual", len(rows))
    return Section(
        "uvanlig",
        heading,
        [Prose([t("hospital.unusual_told"), t("between.one_in_twenty")]), Table(heading, heads, rows)],
    )


def _below(scene: Scene, unit: Unit) -> Section | None:
    """The trusts of a region, or the hospitals of a trust where they are released."""
    t, region = scene.t, unit.level == "RHF"
    units = scene.book.trusts(region=unit.org_nr) if region else scene.book.hospitals(unit.org_nr)
    if not units:
        return None
    heading = t("hospital.trusts" if region else "hospital.hospitals", name=unit.name)
    heads = unit_heads(scene, "head.trust" if region else "head.hospital")
    return Section("enheter", heading, [Table(heading, heads, _unit_rows(scene, units))])


def pair(scene: Scene, org_nr: str, key: str) -> Page | None:
    """One pathway at one hospital: how it goes there, and how sure that is."""
    t, book = scene.t, scene.book
    unit, share = book.units.get(org_nr), scene.share(key, org_nr)
    if unit is None or share is None or key == TOTAL or book.pathway(key) is None:
        return None
    name, path = scene.pathway_name(key), f"sykehus/{org_nr}/{key}/"
    gallery = Gallery(scene, path)
    if shown(share):
        heading = t(f"pair.heading_{scene.ending(key)}", name=name, unit=unit.name, rate=scene.rate(share))
        lead = [scene.against_target(share), *_how_sure(scene, key, org_nr), *limits_told(scene, key)[:1]]
    else:
        heading = t("pair.hidden", name=name, unit=unit.name)
        lead = [scene.why_hidden(share)]
    sections = [
        _beside(scene, gallery, key, unit),
        over_time.section(scene, gallery, key, org_nr),
        _treatments(scene, key, org_nr),
        counted(scene, key, org_nr),
    ]
    return Page(
        path=path,
        menu="hospitals",
        title=t("pair.title", name=name, unit=unit.name, period=book.year),
        heading=heading,
        lead=lead,
        crumbs=crumbs(scene, unit, name),
        key_figures=[
            scene.key_share(share),
            scene.key_inclusion(scene.inclusion(key, org_nr)),
            waiting.key_days(scene, key, org_nr),
        ],
        notes=source_note(scene),
        sections=[part for part in sections if part is not None],
        charts=gallery.charts,
        paper=True,
    )


def _how_sure(scene: Scene, key: str, org_nr: str) -> list[str]:
    """What the interval means, and whether the difference to the country is more than what is usual."""
    t, share, whole = scene.t, scene.share(key, org_nr), scene.share(key)
    if share is None or share.ci_low is None or share.ci_high is None:
        return []
    told = [t("pair.sure", low=scene.form.decimal(share.ci_low, 0), high=scene.form.decimal(share.ci_high, 0))]
    if whole is None or not shown(whole):
        return told
    told.append(t("hospital.country", rate=scene.rate(whole)))
    seen = between.between(scene, key)
    if seen.limits is not None and any(one.unit.org_nr == org_nr for one in seen.drawn):
        told.append(t("pair.outside" if org_nr in seen.outside else "pair.inside"))
    return told


def _treatments(scene: Scene, key: str, org_nr: str) -> Section | None:
    found = waiting.by_treatment(scene, key, org_nr)
    return Section("behandling", scene.t("treatment.heading"), [found]) if found else None


def _beside(scene: Scene, gallery: Gallery, key: str, unit: Unit) -> Section:
    """The hospital, its region and the country under each other."""
    t, book = scene.t, scene.book
    above = book.units.get(unit.region)
    units = [unit, *([above] if above else []), book.units[book.country]]
    rows = [
        dot_row(scene, scene.unit_name(one), scene.share(key, one.org_nr), beside=scene.inclusion(key, one.org_nr))
        for one in units
    ]
    plot = dot_plot(
        scene,
        rows,
        title=t("pair.chart", name=scene.pathway_name(key), period=book.year),
        desc=t("pair.desc"),
        head=t("head.place"),
    )
    figure = gallery.figure(draw_dots, "ved-siden-av", plot, title=plot.title, signs=["point", "interval", "target"])
    heads = [*share_heads(scene, "head.place", wide=False), *inclusion_heads(scene)]
    shares = [(one, scene.share(key, one.org_nr), scene.inclusion(key, one.org_nr)) for one in units]
    rows_ = [
        Row(
            [
                Cell(scene.unit_name(one)),
                scene.counts_cell(a),
                scene.share_cell(a),
                scene.interval_cell(a),
                scene.counts_cell(b),
                scene.share_cell(b, bold=False),
            ]
        )
        for one, a, b in shares
    ]
    parts: list[Block] = [figure, Table(plot.title, heads, rows_, notes=[scene.opens])]
    compare = scene.url(f"sammenlign/?kreftform={key}&a={unit.org_nr}")
    return Section("her-og-der", t("pair.beside"), [*parts, Links([(compare, t("pair.compare"), "")])])

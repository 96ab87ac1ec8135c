"""How it is counted: definitions from the catalogue, sources, how sure; and what is hidden and revised."""

from __future__ import annotations

from pakkeforlop.catalogue.model import Indicator
from pakkeforlop.charts.blocks import Block, Cell, Details, Facts, Head, Links, Prose, Row, Section, Table
from pakkeforlop.publication.site.cancer import limits_table
from pakkeforlop.publication.site.over_time import PROVISIONAL_DAYS
from pakkeforlop.publication.site.page import Page
from pakkeforlop.publication.site.scene import API, Scene

SHOWN = ("of4_share", "inclusion_share", "of1_days", "of2_days", "of3_days", "of4_days", "pathways_started")


def page(scene: Scene) -> Page:
    """The method page; every part has an address of its own."""
    t, book = scene.t, scene.book
    disclosure = book.catalogue.disclosure
    values = {"fewer": disclosure.fewer_than, "below": disclosure.denominator_below}
    parts = [
        Section("hva", t("method.what"), [Prose(t.many("method.what_told"))]),
        Section("definisjoner", t("method.definitions"), [Prose([t("method.definitions_told")]), _definitions(scene)]),
        Section("frister", t("method.limits"), [Prose([t("method.limits_told")]), *_limits(scene)]),
        Section(
            "sikkerhet",
            t("method.sure"),
            [
                Facts(
                    [
                        (head, [text])
                        for head, text in zip(t.many("method.sure_heads"), t.many("method.sure_texts"), strict=True)
                    ]
                )
            ],
        ),
        Section(
            "skjult", t("method.hidden"), [Prose([text.format(**values) for text in t.many("method.hidden_told")])]
        ),
        Section(
            "ferske",
            t("method.fresh"),
            [Prose([text.format(days=PROVISIONAL_DAYS) for text in t.many("method.fresh_told")])],
        ),
        Section("kilder", t("method.sources"), [Prose([t("method.sources_told")]), _sources(scene), *_external(scene)]),
        Section(
            "ordliste",
            t("method.words"),
            [
                Facts(
                    [
                        (head, [text])
                        for head, text in zip(t.many("method.word_heads"), t.many("method.word_texts"), strict=True)
                    ]
                )
            ],
        ),
    ]
    menu = [(f"#{one.key}", one.heading, "") for one in parts]
    return Page(
        path="slik-teller-vi/",
        menu="method",
        title=t("method.title"),
        heading=t("method.heading"),
        lead=[t("method.lead")],
        before=[Links(menu, across=True)],
        sections=parts,
    )


def _definitions(scene: Scene) -> Block:
    catalogue = scene.book.catalogue
    found = [catalogue.indicators[key] for key in SHOWN if key in catalogue.indicators]
    return Facts([(label(scene, one), definition(scene, one)) for one in found])


def label(scene: Scene, one: Indicator) -> str:
    """The name of an indicator, with its short name in the publications."""
    name = one.name.of(scene.language)
    return f"{name} ({one.label})" if one.label else name


def definition(scene: Scene, one: Indicator) -> list[str]:
    """An indicator in a sentence, what is above and below the line, its source and how sure that is."""
    t, language = scene.t, scene.language
    told = [one.sentence.of(language)]
    if one.numerator and one.denominator:
        told.append(t("method.parts", numerator=one.numerator.of(language), denominator=one.denominator.of(language)))
    source = scene.book.catalogue.source_named(one.source, language)
    told.append(t("method.source", source=source, sure=t(f"sure.{one.confidence}")))
    return told


def _limits(scene: Scene) -> list[Block]:
    found = []
    for key in scene.book.pathways():
        table = limits_table(scene, key)
        if table is not None:
            found.append(Details(scene.pathway_name(key), [table], printed=False))
    return list(found)


def _sources(scene: Scene) -> Table:
    """The sources that the shown definitions and limits name."""
    t, catalogue = scene.t, scene.book.catalogue
    used: dict[str, int] = {}
    for key in SHOWN:
        if key in catalogue.indicators:
            for name in (catalogue.indicators[key].source, *catalogue.indicators[key].also):
                used[name] = used.get(name, 0) + 1
    for pathway in catalogue.pathways.values():
        for versions in pathway.time_limit.values():
            for version in versions:
                used[version.source] = used.get(version.source, 0) + 1
    rows = []
    for name, count in sorted(used.items(), key=lambda pair: (-pair[1], pair[0])):
        source = catalogue.sources.get(name)
        if source is not None:
            rows.append(
                Row(
                    [
                        Cell(
                            source.named(scene.language),
                            href=source.address if source.address.startswith("https://") else "",
                        ),
                        Cell(scene.form.integer(count), "num"),
                    ]
                )
            )
    heads = [Head(t("method.source_head")), Head(t("method.facts_head"), num=True)]
    return Table(t("method.sources"), heads, rows)


def _external(scene: Scene) -> list[Block]:
    t, found = scene.t, []
    for one in scene.book.library.releases:
        if one.external:
            record = one.record
            told = [
                record["note"][scene.language],
                t("external.source", publisher=record["publisher"], source=record["source"], licence=record["licence"]),
            ]
            if record.get("own_counts"):
                told.append(t("external.own_counts", n=record["own_counts"]))
            found.append((record["title"][scene.language], told))
    return [Facts(found)] if found else []


def api_links(scene: Scene) -> Links:
    """Ways to the figures for programs."""
    t = scene.t
    return Links(
        [
            (API, t("download.index"), t("download.index_told")),
            (f"{API}openapi.json", "OpenAPI", t("download.openapi_told")),
        ]
    )

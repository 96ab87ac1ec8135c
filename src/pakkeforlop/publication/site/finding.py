"""Finding a cancer or a hospital by what people call it."""

from __future__ import annotations

import unicodedata
from typing import Any

from pakkeforlop.charts.blocks import Links, Prose, Section
from pakkeforlop.publication.site.book import Unit
from pakkeforlop.publication.site.page import Page
from pakkeforlop.publication.site.scene import Scene

AT_MOST = 80
"""Letters of a search."""


def names(scene: Scene) -> list[str]:
    """All names that can be chosen: cancers, then hospitals."""
    book = scene.book
    units = [scene.unit_name(one) for one in places(scene)]
    return [scene.pathway_name(key) for key in book.pathways()] + units


def places(scene: Scene) -> list[Unit]:
    """Regions, trusts, and the hospitals that figures are released for."""
    book = scene.book
    trusts = book.trusts()
    return [*book.regions(), *trusts, *(place for trust in trusts for place in book.hospitals(trust.org_nr))]


def found(scene: Scene, words: str) -> list[tuple[str, str, str]]:
    """Pages whose names hold all the words, in any order and any case: address, name and what kind it is."""
    wanted = _plain(words[:AT_MOST]).split()
    if not wanted:
        return []
    book, t = scene.book, scene.t
    every = [
        (
            scene.pathway_url(key),
            scene.pathway_name(key),
            t("find.cancer"),
            [scene.pathway_name(key), scene.short_name(key), key, *_codes(scene, key)],
        )
        for key in book.pathways()
    ] + [
        (
            scene.unit_url(one),
            scene.unit_name(one),
            t("find.region" if one.level == "RHF" else "find.hospital"),
            [one.name, one.short, *_inside(scene, one.org_nr)],
        )
        for one in places(scene)
    ]
    hits = []
    for href, name, kind, known in every:
        text = _plain(" ".join(known))
        if all(word in text for word in wanted):
            exact = _plain(words) in {_plain(one) for one in known}
            hits.append((not exact, not _plain(name).startswith(wanted[0]), (href, name, kind)))
    return [hit for _, _, hit in sorted(hits, key=lambda hit: hit[:2])]


def straight_to(scene: Scene, words: str) -> str:
    """The address of the one page that is meant; empty where there are several or none."""
    hits = found(scene, words)
    exact = [href for href, name, _ in hits if _plain(name) == _plain(words)]
    return exact[0] if len(exact) == 1 else hits[0][0] if len(hits) == 1 else ""


def page(scene: Scene, words: str) -> Page:
    """What was found; a way on where nothing was."""
    t, hits = scene.t, found(scene, words)
    common: dict[str, Any] = {
        "path": "finn/",
        "menu": "",
        "title": t("find.title"),
        "find": words[:AT_MOST],
        "suggestions": names(scene),
    }
    if not words.strip():
        return Page(heading=t("find.heading"), lead=[t("find.lead")], **common)
    if not hits:
        lead = [t("find.nothing_lead")]
        return Page(heading=t("find.nothing", words=words[:AT_MOST]), lead=lead, sections=[_all(scene)], **common)
    return Page(heading=t.count("find.hits", len(hits), words=words[:AT_MOST]), before=[Links(hits)], **common)


def _all(scene: Scene) -> Section:
    t = scene.t
    items = [(scene.pathway_url(key), scene.pathway_name(key), "") for key in scene.book.pathways()]
    return Section("alle", t("find.all"), [Prose([t("find.all_lead")]), Links(items, across=True)])


def _codes(scene: Scene, key: str) -> list[str]:
    """The prefix of the codes, and names that the pathway had before."""
    one = scene.book.pathway(key)
    return [one.code, *(old.name.of(scene.language) for old in one.renamed)] if one else []


def _inside(scene: Scene, org_nr: str) -> list[str]:
    """The hospitals of a trust: people look for the nearest one."""
    catalogue = scene.book.catalogue
    key = next((trust.key for trust in catalogue.trusts.values() if trust.org_nr == org_nr), "")
    return [one.name for one in catalogue.hospitals.values() if one.belongs and one.belongs[-1].trust == key and key]


def _plain(text: str) -> str:
    """Lower case, and letters without marks: who types `aalesund` or `forde` finds Ålesund and Førde too."""
    text = text.casefold().replace("ø", "o").replace("æ", "ae").replace("å", "a").replace("aa", "a")
    return "".join(letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter)).strip()

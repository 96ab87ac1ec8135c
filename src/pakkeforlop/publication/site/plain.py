"""Pages of words: for patients, and on accessibility."""

from __future__ import annotations

from pakkeforlop.charts.blocks import Facts, Links, Prose, Section
from pakkeforlop.publication.site.page import Page
from pakkeforlop.publication.site.scene import Scene


def patients(scene: Scene) -> Page:
    """What a pathway is, what the figures mean to you, whom to ask."""
    t = scene.t
    parts = [
        Section(key, t(f"patients.{key}"), [Prose(t.many(f"patients.{key}_told"))])
        for key in ("hva", "tallet", "velge", "ringe")
    ]
    ways = Links(
        [
            (scene.url("sykehus/"), t("ways.hospitals"), t("ways.hospitals_told")),
            (scene.url(), t("menu.cancers"), t("patients.cancers_told")),
        ]
    )
    parts.append(Section("videre", t("patients.on"), [ways]))
    return Page(
        path="for-pasienter/",
        menu="",
        title=t("patients.title"),
        heading=t("patients.heading"),
        lead=[t("patients.lead")],
        sections=parts,
    )


def accessibility(scene: Scene) -> Page:
    """What the pages live up to, what is known to be hard, and how to say so."""
    t = scene.t
    facts = Facts([(head, [text]) for head, text in zip(t.many("access.heads"), t.many("access.texts"), strict=True)])
    return Page(
        path="tilgjengelighet/",
        menu="",
        title=t("access.title"),
        heading=t("access.heading"),
        lead=[t("access.lead")],
        before=[facts],
    )


def missing(scene: Scene) -> Page:
    """There is no such page: what now."""
    t = scene.t
    ways = Links(
        [
            (scene.url(), t("menu.cancers"), ""),
            (scene.url("sykehus/"), t("menu.hospitals"), ""),
            (scene.url("slik-teller-vi/"), t("menu.method"), ""),
        ]
    )
    return Page(
        path="",
        menu="",
        title=t("missing.title"),
        heading=t("missing.heading"),
        lead=[t("missing.lead")],
        before=[ways],
        find="",
        status=404,
    )

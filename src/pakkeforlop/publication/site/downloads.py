"""Files and the open API; releases, what changed between them, and the feed that tells of new ones."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from typing import Any

from pakkeforlop.charts.blocks import Block, Cell, Code, Details, Head, Links, Note, Prose, Row, Section, Table
from pakkeforlop.publication.open_api.library import Shelved
from pakkeforlop.publication.site.book import SHARE
from pakkeforlop.publication.site.method import api_links
from pakkeforlop.publication.site.page import Page
from pakkeforlop.publication.site.scene import Scene

FILES = (
    "figures.csv",
    "figures.parquet",
    "figures.json",
    "revisions.csv",
    "definitions.json",
    "changes.json",
    "fresh.parquet",
)
MOST_CHANGES = 40
PYTHON = """import csv, io, urllib.request

address = ("{host}{figures}"
           "&pathway_key=breast&period_type=year&format=csv")
rows = list(csv.DictReader(io.TextIOWrapper(urllib.request.urlopen(address), "utf-8")))

import matplotlib.pyplot as plt
plt.plot([row["period"] for row in rows], [float(row["percent"]) for row in rows], "o-")
plt.savefig("breast.png")"""
R = """address <- paste0("{host}{figures}",
                  "&pathway_key=breast&period_type=year&format=csv")
rows <- read.csv(address)

plot(rows$period, rows$percent, type = "b")"""


def page(scene: Scene) -> Page:
    """The download page."""
    t, book = scene.t, scene.book
    held = {one.name: one for one in book.library.holders().values()}
    parts = [
        Section(
            "filer", t("download.files"), [_files(scene, one) for one in held.values()] or [Prose([t("front.nothing")])]
        ),
        Section("api", t("download.api"), [Prose([t("download.api_told")]), api_links(scene), _examples(scene)]),
        Section(
            "kode",
            t("download.code"),
            [Prose([t("download.code_told")]), Code(_host(scene, PYTHON), "Python"), Code(_host(scene, R), "R")],
        ),
        Section("columns", t("download.columns"), [_columns(scene)]),
        Section("lisens", t("download.licence"), [Prose(t.many("download.licence_told"))]),
    ]
    ways = Links(
        [
            (scene.url("utgaver/"), t("releases.all"), t("releases.all_told")),
            (scene.url("utgaver.atom"), t("releases.feed"), t("releases.feed_told")),
        ]
    )
    parts.append(Section("nytt", t("releases.news"), [ways]))
    return Page(
        path="last-ned/",
        menu="download",
        title=t("download.title"),
        heading=t("download.heading"),
        lead=[t("download.lead")],
        sections=parts,
    )


def _host(scene: Scene, text: str) -> str:
    return text.format(host=scene.host, figures=scene.api_url(f"figures?indicator={SHARE}&org_nr={scene.book.country}"))


def _files(scene: Scene, one: Shelved) -> Table:
    t = scene.t
    rows = [
        Row(
            [
                Cell(name, href=scene.api_url(f"releases/{one.name}/files/{name}")),
                Cell(t(f"files.{name.split('.')[0]}")),
                Cell(_size(scene, one, name), "num"),
            ]
        )
        for name in FILES
        if name in one.files
    ]
    heads = [Head(t("files.file")), Head(t("files.holds")), Head(t("files.size"), num=True)]
    years = ", ".join(str(year) for year in one.years)
    return Table(
        t("files.of", release=scene.release_name(one)),
        heads,
        rows,
        title=scene.release_name(one),
        subtitle=t("files.years", years=years),
    )


def _size(scene: Scene, one: Shelved, name: str) -> str:
    content = one.read(name)
    return scene.t("files.kb", n=scene.form.integer(max(1, round(len(content or b"") / 1000))))


def _examples(scene: Scene) -> Table:
    t = scene.t
    rows = [
        ("figures?indicator=of4_share&org_nr=900000000&format=csv", "csv"),
        ("figures?pathway_key=breast&period=2021", "json"),
        ("figures?indicator=inclusion_share&unit_level=HF&format=json-stat", "json_stat"),
        ("figures/of4_share-all-all_organ_specific-900000000-2021", "one"),
        ("releases", "releases"),
    ]
    if not scene.synthetic:
        rows.append(("fhir/MeasureReport?pathway_key=breast&period=2021&reporter=900000000", "fhir"))
    return Table(
        t("download.examples"),
        [Head(t("download.address")), Head(t("download.gives"))],
        [
            Row([Cell(address, "code break", href=address), Cell(t(f"download.example.{name}"))])
            for address, name in ((scene.api_url(path), name) for path, name in rows)
        ],
    )


def _columns(scene: Scene) -> Table:
    t = scene.t
    names = (
        "figure_id",
        "indicator",
        "branch",
        "pathway_key",
        "unit_level",
        "unit_name",
        "org_nr",
        "period",
        "numerator",
        "denominator",
        "percent",
        "median_days",
        "p90_days",
        "ci_low",
        "ci_high",
        "status",
        "reason",
        "definitions",
        "release",
    )
    return Table(
        t("download.columns"),
        [Head(t("download.column")), Head(t("download.meaning"))],
        [Row([Cell(name, "code"), Cell(t(f"column.{name}"))]) for name in names],
    )


def releases(scene: Scene) -> Page:
    """All releases, newest first."""
    t, book = scene.t, scene.book
    rows = []
    for one in reversed(book.library.releases):
        status = (
            t("releases.withdrawn", reason=one.withdrawn)
            if one.withdrawn
            else t("releases.external")
            if one.external
            else ""
        )
        rows.append(
            Row(
                [
                    Cell(scene.release_name(one), href=scene.url(f"utgaver/{one.name}/"), sub=status),
                    Cell(scene.form.short_date(date.fromisoformat(one.released)), "nw"),
                    Cell(", ".join(str(year) for year in one.years)),
                    Cell(scene.form.integer(int(one.record.get("figures", 0))), "num"),
                ]
            )
        )
    heads = [
        Head(t("releases.release")),
        Head(t("releases.released")),
        Head(t("releases.years")),
        Head(t("releases.figures"), num=True),
    ]
    locks = [t("releases.lock", year=year, release=name) for year, name in sorted(book.library.locks.items())]
    parts: list[Block] = [Table(t("releases.heading"), heads, rows)]
    parts.append(Prose(locks or [t("releases.no_locks")], small=True))
    parts.append(Links([(scene.url("utgaver.atom"), t("releases.feed"), t("releases.feed_told"))]))
    return Page(
        path="utgaver/",
        menu="download",
        title=t("releases.title"),
        heading=t("releases.heading"),
        lead=[t("releases.lead")],
        before=parts,
    )


def release(scene: Scene, name: str) -> Page | None:
    """One release: what it holds, what it hides, and what changed; None for a name that is not there."""
    t, one = scene.t, scene.book.library.release(name)
    if one is None:
        return None
    record = one.record
    notes = [Note(t("releases.withdrawn_note", reason=one.withdrawn))] if one.withdrawn else []
    notes += [Note(record["note"][scene.language])] if record.get("note") else []
    facts = [
        (t("releases.released"), scene.form.long_date(date.fromisoformat(one.released))),
        (t("releases.years"), ", ".join(str(year) for year in one.years)),
        (t("releases.figures"), scene.form.integer(int(record.get("figures", 0)))),
        (t("releases.definitions"), str(record.get("definitions", ""))),
    ]
    facts += [(t("releases.code"), str(record["code"]))] if record.get("code") else []
    facts += [
        (t(f"status.{status}"), scene.form.integer(int(count))) for status, count in record.get("status", {}).items()
    ]
    parts: list[Block] = [
        Table(
            t("releases.about"),
            [Head(t("releases.fact")), Head(t("releases.value"))],
            [Row([Cell(key), Cell(value, "code" if key == t("releases.definitions") else "")]) for key, value in facts],
        )
    ]
    sections = [Section("om", t("releases.about"), parts), _changes(scene, one)]
    if one.files:
        sections.append(Section("filer", t("download.files"), [_files(scene, one), _hashes(scene, one)]))
    return Page(
        path=f"utgaver/{name}/",
        menu="download",
        title=scene.release_name(one),
        heading=scene.release_name(one),
        notes=notes,
        crumbs=[(scene.url("utgaver/"), t("releases.heading")), ("", scene.release_name(one))],
        sections=sections,
    )


def _hashes(scene: Scene, one: Shelved) -> Details:
    t = scene.t
    rows = [
        Row([Cell(name), Cell(f"{value}", "code break")])
        for name, value in sorted(one.record.get("sha256", {}).items())
    ]
    return Details(
        t("releases.hashes"),
        [Table(t("releases.hashes"), [Head(t("files.file")), Head("SHA-256")], rows)],
        printed=False,
    )


def _changes(scene: Scene, one: Shelved) -> Section:
    """Counts by indicator and period, then the figures that changed most, frozen and revised side by side."""
    t = scene.t
    content = one.read("changes.json")
    changed: dict[str, Any] = json.loads(content) if content else {}
    if not changed.get("changed"):
        name = "releases.first" if not changed.get("since") else "releases.unchanged"
        return Section("endringer", t("releases.changes"), [Prose([t(name)])])
    heads = [
        Head(t("head.indicator")),
        Head(t("head.period")),
        *(Head(t(f"releases.kind.{kind}"), num=True) for kind in KINDS),
        Head(t("releases.largest"), num=True, wide=True),
    ]
    rows = [
        Row(
            [
                Cell(_indicator(scene, row["indicator"])),
                Cell(scene.period_name(row["period"])),
                *(Cell(scene.form.integer(row[kind]) if row.get(kind) else "", "num") for kind in KINDS),
                Cell(scene.form.decimal(row["largest_change_percent_points"], 2) if row.get("revised") else "", "num"),
            ]
        )
        for row in changed["changed"]
    ]
    parts: list[Block] = [
        Prose([t("releases.since", release=changed["since"])]),
        Table(t("releases.changes"), heads, rows),
    ]
    if revised := _revised(scene, one):
        parts.append(revised)
    return Section("endringer", t("releases.changes"), parts)


KINDS = ("new", "revised", "newly_hidden", "newly_shown", "gone")


def _indicator(scene: Scene, key: str) -> str:
    one = scene.book.catalogue.indicators.get(key)
    return one.name.of(scene.language) if one else key


def _revised(scene: Scene, one: Shelved) -> Block | None:
    t, content = scene.t, one.read("revisions.csv")
    if content is None:
        return None
    rows = [row for row in csv.DictReader(io.StringIO(content.decode())) if row["percent_points"]]
    rows.sort(key=lambda row: -abs(float(row["percent_points"])))
    if not rows:
        return None
    heads = [
        Head(t("releases.figure")),
        Head(t("releases.frozen"), num=True),
        Head(t("releases.revised"), num=True),
        Head(t("releases.points"), num=True),
    ]
    shown = [
        Row(
            [
                Cell(
                    f"{_indicator(scene, row['indicator'])}, {scene.pathway_name(row['pathway_key'])}",
                    sub=f"{row['unit_name']}, {scene.period_name(row['period'])}",
                ),
                Cell(scene.form.decimal(float(row["frozen_percent"])), "num"),
                Cell(scene.form.decimal(float(row["revised_percent"])), "num b"),
                Cell(scene.form.signed(float(row["percent_points"])), "num"),
            ]
        )
        for row in rows[:MOST_CHANGES]
    ]
    table = Table(
        t("releases.revision_table"),
        heads,
        shown,
        title=t("releases.revision_table"),
        notes=[t("releases.all_revisions", n=scene.form.integer(len(rows)))],
    )
    return table

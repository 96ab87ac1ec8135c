"""Mental health and substance use: the published figures of the three services, for the country and every unit."""

from __future__ import annotations

from pakkeforlop.charts.blocks import Block, Cell, Head, Row, Section, Table
from pakkeforlop.publication.open_api.released import Released
from pakkeforlop.publication.site.book import Unit
from pakkeforlop.publication.site.front import source_note
from pakkeforlop.publication.site.page import Page
from pakkeforlop.publication.site.scene import Scene, shown

PATH = "psykisk-helse/"
KEY = "mental_health"
NONE = "–"
"""Where nothing was published; the word for it would leave no room for names on a phone, so it stands in the notes."""
SERVICES = ("phv", "phbu", "tsb")
"""Adults, children and young people, substance use."""
MEASURES = {"work_up": "mh_utr_{}", "evaluation": "mh_eval_{}_pol", "plan": "mh_plan_{}"}
"""Our words for what was measured, and the publisher's names of the three indicators of each."""


def page(scene: Scene) -> Page | None:
    """The page; None where none of these figures was released."""
    t, year = scene.t, newest_year(scene)
    if not year:
        return None
    country = {service: _figure(scene, "work_up", service, scene.book.country, year) for service in SERVICES}
    adults = country["phv"]
    if adults is not None and shown(adults):
        heading = t("mental_page.heading", rate=scene.rate(adults))
    else:
        heading = t("mental_page.title")
    lead = [t("mental_page.lead", period=year)]
    others = [country["phbu"], country["tsb"]]
    if all(one is not None and shown(one) for one in others):
        lead.append(t("mental_page.others", young=scene.value(others[0]), substance=scene.value(others[1])))
    return Page(
        path=PATH,
        menu="cancers",
        title=t("mental_page.title"),
        heading=heading,
        lead=lead,
        notes=source_note(scene),
        sections=[_section(scene, measure, year) for measure in MEASURES],
    )


def newest_year(scene: Scene) -> str:
    """The newest year with such a figure; empty where there is none."""
    return max((key[4] for key in scene.book.figures if key[2] == KEY and len(key[4]) == 4), default="")


def _figure(scene: Scene, measure: str, service: str, org_nr: str, year: str) -> Released | None:
    return scene.book.figure(MEASURES[measure].format(service), KEY, org_nr, year)


def _section(scene: Scene, measure: str, year: str) -> Section:
    """The country, the regions and every unit below them, a column a service."""
    t = scene.t
    heads = [Head(t("head.place")), *(Head(t(f"mental_page.service.{one}"), num=True) for one in SERVICES)]
    rows = [_row(scene, measure, unit, year) for unit in _units(scene)]
    title = t(f"mental_page.table.{measure}")
    table = Table(
        title,
        heads,
        [row for row in rows if row is not None],
        subtitle=t("mental_page.subtitle", period=year),
        notes=[t("mental_page.columns"), scene.opens, t("mental_page.note")],
    )
    blocks: list[Block] = [table]
    return Section(measure.replace("_", "-"), title, blocks)


def _units(scene: Scene) -> list[Unit]:
    units = scene.book.units
    below = [unit for unit in units.values() if unit.level not in {"national", "RHF"}]
    return [units[scene.book.country], *scene.book.regions(), *scene.book.in_order(below)]


def _row(scene: Scene, measure: str, unit: Unit, year: str) -> Row | None:
    figures = [_figure(scene, measure, service, unit.org_nr, year) for service in SERVICES]
    if not any(figures):
        return None
    name = Cell(scene.unit_name(unit), "b" if unit.level in {"national", "RHF"} else "")
    return Row([name, *(scene.share_cell(one, bold=False) if one else Cell(NONE, "num muted") for one in figures)])

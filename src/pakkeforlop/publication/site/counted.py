"""One figure opened: what was counted, out of what, how sure, by which definitions, from which release."""

from __future__ import annotations

from datetime import date

from pakkeforlop.charts.blocks import Block, Cell, Facts, Head, Links, Note, Prose, Row, Section, Table
from pakkeforlop.publication.open_api.released import Released
from pakkeforlop.publication.site.book import DAYS, INCLUSION, SHARE, SPREAD, TOTAL
from pakkeforlop.publication.site.method import definition, label
from pakkeforlop.publication.site.over_time import is_provisional
from pakkeforlop.publication.site.page import Page
from pakkeforlop.publication.site.scene import Scene, shown

MENTAL = "mh_"


def page(scene: Scene, figure_id: str) -> Page | None:
    """The page; None for a name that is not there."""
    one = scene.book.by_id(figure_id)
    if one is None:
        return None
    t = scene.t
    heading = _heading(scene, one)
    lead = [_lead(scene, one)]
    notes = [Note(t("word.provisional_told"))] if is_provisional(scene, one) else []
    release = scene.book.release_of(one)
    if release is not None and release.external:
        notes.append(
            Note(t("external.note", title=scene.release_name(release), publisher=release.record["publisher"]))
        )
    if release is not None and release.withdrawn:
        notes.append(Note(t("releases.withdrawn_note", reason=release.withdrawn)))
    sections = [
        Section("tallet", t("figure.itself"), [_facts(scene, one)]),
        _definition(scene, one),
        _arithmetic(scene, one),
        _history(scene, one),
        _fetch(scene, one),
    ]
    crumbs = [(_home(scene, one), _about(scene, one)), ("", t("figure.crumb"))]
    return Page(
        path=f"tall/{figure_id}/",
        menu="",
        title=t("figure.title", about=_about(scene, one)),
        heading=heading,
        lead=lead,
        crumbs=crumbs,
        notes=notes,
        sections=[part for part in sections if part is not None],
    )


def _about(scene: Scene, one: Released) -> str:
    """`Brystkreft, Helse Bergen, 2021`."""
    unit = scene.book.units.get(one.org_nr)
    place = scene.unit_name_inside(unit) if unit else one.unit_name
    branch = ", " + scene.t(f"branch_lower.{one.branch}") if scene.t.has(f"branch_lower.{one.branch}") else ""
    return f"{scene.pathway_name(one.pathway_key)}{branch}, {place}, {scene.period_name(one.period)}"


def _home(scene: Scene, one: Released) -> str:
    """The page that the figure stands on."""
    unit = scene.book.units.get(one.org_nr)
    if unit is None or one.indicator.startswith(MENTAL):
        return scene.url()
    return scene.pathway_url(one.pathway_key) if unit.level == "national" else scene.unit_url(unit, one.pathway_key)


def _heading(scene: Scene, one: Released) -> str:
    t, about = scene.t, _about(scene, one)
    if not shown(one):
        return t("figure.hidden", about=about)
    if one.indicator in (DAYS, "of1_days", "of2_days", "of3_days") and one.median_days is not None:
        return t("figure.days", about=about, n=scene.form.days(one.median_days))
    if one.percent is None:
        return t("figure.count", about=about, n=scene.form.integer(one.numerator or 0))
    return t("figure.share", about=about, percent=scene.percent(one))


def _lead(scene: Scene, one: Released) -> str:
    t = scene.t
    if not shown(one):
        return scene.why_hidden(one)
    if one.numerator is None or one.denominator is None:
        return t("figure.no_counts")
    values = {"within": scene.form.integer(one.numerator), "total": scene.form.integer(one.denominator)}
    name = {SHARE: f"figure.of_{scene.ending(one.pathway_key)}", INCLUSION: "figure.of_new"}.get(
        one.indicator, "figure.of"
    )
    return t(name, **values)


def _facts(scene: Scene, one: Released) -> Block:
    t, form = scene.t, scene.form
    hidden = scene.t("word.hidden")
    rows: list[tuple[str, str]] = []
    indicator = scene.book.catalogue.indicators.get(one.indicator)
    above = indicator.numerator.of(scene.language) if indicator and indicator.numerator else t("column.numerator")
    below = indicator.denominator.of(scene.language) if indicator and indicator.denominator else t("column.denominator")
    counted = one.status != "ok"
    rows.append(
        (
            t("figure.numerator", what=above),
            form.integer(one.numerator) if one.numerator is not None else hidden if counted else "–",
        )
    )
    if one.denominator is not None or one.percent is not None:
        rows.append(
            (
                t("figure.denominator", what=below),
                form.integer(one.denominator) if one.denominator is not None else hidden,
            )
        )
    if one.percent is not None:
        rows.append((t("figure.percent"), scene.percent(one)))
    if one.ci_low is not None and one.ci_high is not None:
        rows.append((t("figure.interval"), f"{scene.interval(one, 1)}\u00a0%"))
    if one.median_days is not None:
        rows.append((t("figure.median"), t("key.days", n=form.days(one.median_days))))
    if one.p90_days is not None:
        rows.append((t("figure.p90"), t("key.days", n=form.days(one.p90_days))))
    rows.append(
        (
            t("figure.period"),
            " – ".join(form.long_date(date.fromisoformat(day)) for day in (one.period_from, one.period_to)),
        )
    )
    rows.append((t("figure.status"), t(f"status.{one.status}")))
    rows.append(
        (
            t("figure.definitions"),
            t("figure.definitions_external") if one.definitions == "external" else one.definitions,
        )
    )
    release = scene.book.release_of(one)
    name = (
        Cell(scene.release_name(release), href=scene.url(f"utgaver/{one.release}/")) if release else Cell(one.release)
    )
    table = [Row([Cell(key), Cell(value)]) for key, value in rows]
    table.append(Row([Cell(t("figure.release")), name]))
    table.append(Row([Cell(t("figure.id")), Cell(one.figure_id, "code break")]))
    return Table(t("figure.itself"), [Head(t("figure.what")), Head(t("figure.value"))], table, size="m")


def _definition(scene: Scene, one: Released) -> Section | None:
    t = scene.t
    indicator = scene.book.catalogue.indicators.get(SHARE if one.indicator == SPREAD else one.indicator)
    if indicator is None:
        if t.has(f"mental.{one.indicator}"):
            return Section("definisjon", t("figure.definition"), [Prose([t(f"mental.{one.indicator}")])])
        return None
    told = definition(scene, indicator)
    return Section(
        "definisjon",
        t("figure.definition"),
        [Facts([(label(scene, indicator), told)]), Links([(scene.url("slik-teller-vi/"), t("counting.all"), "")])],
    )


def _arithmetic(scene: Scene, one: Released) -> Section | None:
    """The division and the interval written out, so that anyone can do it again."""
    if one.numerator is None or not one.denominator or one.percent is None:
        return None
    t, form = scene.t, scene.form
    told = [
        t(
            "figure.divided",
            within=form.integer(one.numerator),
            total=form.integer(one.denominator),
            percent=scene.percent(one),
        )
    ]
    if one.ci_low is not None and one.ci_high is not None:
        told.append(t("figure.wilson", low=form.decimal(one.ci_low), high=form.decimal(one.ci_high)))
    return Section("regnet", t("figure.arithmetic"), [Prose(told)])


def _history(scene: Scene, one: Released) -> Section | None:
    """The same figure in every release that has it: frozen and revised side by side."""
    t, library = scene.t, scene.book.library
    if len(library.releases) < 2:
        return None
    rows = []
    for release in library.releases:
        same = library.figures(release.name).by_id(one.figure_id)
        if same is not None:
            status = (
                t("releases.withdrawn", reason=release.withdrawn) if release.withdrawn else t(f"status.{same.status}")
            )
            rows.append(
                Row(
                    [
                        Cell(scene.release_name(release), href=scene.url(f"utgaver/{release.name}/")),
                        scene.counts_cell(same),
                        Cell(scene.n_of_hundred(same, 1) if shown(same) and same.percent is not None else "", "num b"),
                        Cell(status),
                    ]
                )
            )
    if len(rows) < 2:
        return None
    heads = [
        Head(t("releases.release")),
        Head(t("head.in_time") if one.indicator == SHARE else t("head.counts"), num=True),
        Head(t("head.percent"), num=True),
        Head(t("head.remark")),
    ]
    return Section("utgaver", t("figure.history"), [Table(t("figure.history"), heads, rows)])


def _fetch(scene: Scene, one: Released) -> Section:
    t = scene.t
    items = [
        (scene.api_url(f"figures/{one.figure_id}"), t("figure.as_json"), ""),
        (scene.api_url(f"releases/{one.release}"), t("figure.its_release"), ""),
    ]
    if one.pathway_key != TOTAL:
        items.append(
            (
                scene.api_url(f"figures?indicator={one.indicator}&pathway_key={one.pathway_key}&format=csv"),
                t("figure.its_pathway"),
                "",
            )
        )
    return Section("hent", t("figure.fetch"), [Links(items)])

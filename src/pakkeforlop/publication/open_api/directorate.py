"""The shape of the directorate's indicator API: long rows, one for each value (docs/how-to/release-figures.md).

`GET /innhold/nki/kvalitetsindikatorer/{id}/data` answers with `AttachmentDataRows`. An empty Value is a hidden one.
Only shares are there: three rows a figure, for numerator, denominator and percent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pakkeforlop.catalogue.model import Catalogue
from pakkeforlop.publication.open_api.library import FigureSet
from pakkeforlop.publication.open_api.released import Released
from pakkeforlop.publication.open_api.words import Words

SHARES = ("of4_share", "inclusion_share")
NO_DATA = "-10000000"
MENTAL_HEALTH = {
    "mh_utr_phv": 321, "mh_utr_phbu": 328, "mh_utr_tsb": 327, "mh_eval_phv_pol": 325, "mh_eval_phbu_pol": 326,
    "mh_eval_tsb_pol": 320, "mh_plan_phv": 323, "mh_plan_phbu": 322, "mh_plan_tsb": 324,
}  # fmt: skip
"""Mental health and substance use: each measure has a number of its own, whatever the pathway."""
PERIOD_TYPE = {"year": "Årlig", "tertial": "Tertialvis"}
FIELDS = (
    "QualityIndicatorName", "QualityIndicatorId", "LocationId", "LocationName", "OrgNumber", "LocationParentId",
    "ParentName", "MeasureName", "MeasureType", "TimeFrom", "TimeTo", "PeriodType", "Value",
)  # fmt: skip


@dataclass(frozen=True)
class Place:
    """A unit as the directorate's statistics number it."""

    number: int | None
    name: str
    parent: int | None
    parent_name: str


def places_of(catalogue: Catalogue) -> dict[str, Place]:
    """The country, regions and trusts by organisation number."""
    country, name = catalogue.country, catalogue.country.name.nb
    number = country.statistics_id
    found = {country.org_nr: Place(number, name, None, "")}
    for region in catalogue.regions.values():
        found[region.org_nr] = Place(region.statistics_id, region.name, number, name)
    for trust in catalogue.trusts.values():
        above = catalogue.regions.get(trust.region)
        parent = (above.statistics_id, above.name) if above else (number, name)
        found[trust.org_nr] = Place(trust.statistics_id, trust.name, *parent)
    return found


def indicator_number(figure: Released, catalogue: Catalogue) -> int | None:
    """The directorate's number: of the pathway, or of the indicator where it is the total."""
    if figure.indicator in MENTAL_HEALTH:
        return MENTAL_HEALTH[figure.indicator]
    for pathway in catalogue.pathways.values():
        if pathway.key == figure.pathway_key:
            return pathway.figures.nki_id if pathway.figures else None
    known = catalogue.indicators.get(figure.indicator)
    return known.nki_id if known else None


def directorate(figures: Iterable[Released], catalogue: Catalogue, *, number: int | None = None) -> dict[str, Any]:
    """Figures as `AttachmentDataRows`; of one indicator number, or of all."""
    places, words = places_of(catalogue), Words(catalogue, "nb")
    rows = [
        row
        for figure in figures
        if (figure.indicator in SHARES or figure.indicator in MENTAL_HEALTH)
        and number in (None, (own := indicator_number(figure, catalogue)))
        for row in _rows(figure, own, places, words)
    ]  # fmt: skip
    return {"AttachmentDataRows": rows}


def _rows(figure: Released, number: int | None, places: dict[str, Place], words: Words) -> Iterator[dict[str, Any]]:
    place = places.get(figure.org_nr, Place(None, figure.unit_name, None, ""))
    for measure, kind, value in _measures(figure, words):
        yield {
            "QualityIndicatorName": indicator_name(figure.indicator, figure.pathway_key, words),
            "QualityIndicatorId": number,
            "LocationId": place.number,
            "LocationName": figure.unit_name,
            "OrgNumber": figure.org_nr,
            "LocationParentId": place.parent,
            "ParentName": place.parent_name,
            "MeasureName": measure,
            "MeasureType": kind,
            "TimeFrom": f"{figure.period_from}T00:00:00",
            "TimeTo": f"{figure.period_to}T00:00:00",
            "PeriodType": PERIOD_TYPE[figure.period_type],
            "Value": NO_DATA if figure.status == "no_data" else "" if value is None else str(value),
        }


def indicator_name(indicator: str, pathway: str, words: Words) -> str:
    """The name of a quality indicator."""
    if indicator in MENTAL_HEALTH:
        return words.named("indicator", indicator)
    return f"Pakkeforløp: {words.named('pathway_key', pathway)}"


def numbers_of(figures: FigureSet, catalogue: Catalogue) -> dict[int, str]:
    """The indicator numbers that the figures have, with their names."""
    words, found = Words(catalogue, "nb"), {}
    seen = {
        (indicator, pathway): row
        for row, (indicator, pathway) in enumerate(
            zip(figures.columns["indicator"], figures.columns["pathway_key"], strict=True)
        )
        if indicator in SHARES or indicator in MENTAL_HEALTH
    }
    for one in figures.at(seen.values()):
        number = indicator_number(one, catalogue)
        if number is not None:
            found[number] = indicator_name(one.indicator, one.pathway_key, words)
    return found


def _measures(figure: Released, words: Words) -> Iterator[tuple[str, str, int | float | None]]:
    if figure.indicator in MENTAL_HEALTH:
        name = words.named("indicator", figure.indicator)
        yield f"Antall: {name}", "Antall", figure.numerator
        yield f"Antall pasienter i målingen: {name}", "Antall", figure.denominator
        yield f"Andel: {name}", "%", figure.percent
        return
    pathway = words.named("pathway_key", figure.pathway_key)
    branch = "" if figure.branch == "all" else f", {words.named('branch', figure.branch)}"
    if figure.indicator == "inclusion_share":
        whole, part = "Totalt antall nye kreftpasienter", "Antall nye kreftpasienter"
        yield f"{part} som inngår i pakkeforløp for {pathway}", "Antall", figure.numerator
        yield f"{whole}, {pathway}", "Antall", figure.denominator
        yield f"Andel nye kreftpasienter som inngår i pakkeforløp for {pathway}", "%", figure.percent
        return
    within = f"pakkeforløp for {pathway} gjennomført innen maksimal anbefalt forløpstid{branch}"
    yield f"Antall {within}", "Antall", figure.numerator
    yield f"Totalt antall pakkeforløp for {pathway} avsluttet i perioden{branch}", "Antall", figure.denominator
    yield f"Andel {within}", "%", figure.percent

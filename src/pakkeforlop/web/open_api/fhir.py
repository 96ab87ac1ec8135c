"""Figures as FHIR R4 resources: what the interface can, Measures, and MeasureReports by search and by id."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from pakkeforlop.publication.open_api import fhir
from pakkeforlop.publication.open_api.library import CURRENT, FigureSet
from pakkeforlop.publication.open_api.released import Released
from pakkeforlop.web.open_api.answering import LANGUAGE, Answer, Question
from pakkeforlop.web.open_api.asked import Parameter, column, shortened
from pakkeforlop.web.open_api.problems import Problem

KIND = "application/fhir+json"
PAGE, PAGE_MOST = 100, 1_000
SEARCH = (
    Parameter("measure", "Key of the indicator.", many=True, values=lambda found: found.values("indicator")),
    Parameter("reporter", "Organisation number of the unit.", many=True, values=column("org_nr")),
    Parameter("period", "A year or a tertial.", many=True, values=column("period")),
    Parameter("pathway_key", "The pathway.", many=True, values=column("pathway_key")),
    Parameter("_count", "Reports on one page.", kind="integer", least=1, most=PAGE_MOST, default=PAGE),
    Parameter("_offset", "Reports before the page.", kind="integer", least=0, most=1_000_000, default=0),
    LANGUAGE,
)
COLUMNS = {"measure": "indicator", "reporter": "org_nr", "period": "period", "pathway_key": "pathway_key"}


def metadata(question: Question) -> Answer:
    """The CapabilityStatement."""
    about = question.library.about(CURRENT)
    return Answer.of(fhir.capability(base=question.base, date=about["released"]), KIND)


def measures(question: Question) -> Answer:
    """All indicators as Measures."""
    found = [_measure(question, key) for key in _keys(question)]
    return Answer.of(fhir.bundle(found, base=question.base), KIND)


def measure(question: Question) -> Answer:
    """One indicator as a Measure."""
    key = question.parts["id"].replace("-", "_")
    if key not in _keys(question):
        raise Problem(404, "no_measure", name=shortened(question.parts["id"]))
    return Answer.of(_measure(question, key), KIND)


def _keys(question: Question) -> list[str]:
    return [key for key in question.library.current.values("indicator") if key in question.catalogue.indicators]


def _measure(question: Question, key: str) -> dict[str, Any]:
    about = question.library.about(CURRENT)
    return fhir.measure(
        question.catalogue.indicators[key], base=question.base, version=about["definitions"],
        released=about["released"], language=question.language,
    )  # fmt: skip


def reports(question: Question) -> Answer:
    """Figures as MeasureReports, a page of a searchset."""
    found, values = question.library.current, question.values
    asked = {COLUMNS[name]: values[name] for name in COLUMNS}
    asked["indicator"] = asked["indicator"] or _keys(question)
    rows = found.found(**asked)
    offset, count = values["_offset"], values["_count"]
    known = [one for one in found.at(rows[offset : offset + count].tolist()) if one.indicator in _keys(question)]
    links = {"self": offset}
    if offset + count < len(rows):
        links["next"] = offset + count
    bundle = fhir.bundle([_report(question, one) for one in known], base=question.base, total=len(rows))
    bundle["link"] = [{"relation": name, "url": _address(question, at)} for name, at in links.items()]
    return Answer.of(bundle, KIND)


def _address(question: Question, offset: int) -> str:
    given = [(name, one) for name in COLUMNS for one in question.values[name]]
    given += [("_count", question.values["_count"]), ("_offset", offset)]
    return f"{question.base}/fhir/MeasureReport?{urlencode(given)}"


def report(question: Question) -> Answer:
    """One figure as a MeasureReport."""
    found = question.library.current
    figure = found.by_id(_figure_of(found, question.parts["id"]))
    if figure is None or figure.indicator not in question.catalogue.indicators:
        raise Problem(404, "no_measure", name=shortened(question.parts["id"]))
    return Answer.of(_report(question, figure), KIND)


def _report(question: Question, figure: Released) -> dict[str, Any]:
    return fhir.measure_report(figure, question.catalogue, base=question.base, language=question.language)


def _figure_of(found: FigureSet, given: str) -> str:
    """The figure's own id for an id as FHIR has it; the set keeps the list when it is first asked for."""
    ids: dict[str, str] | None = found.extra.get("fhir")
    if ids is None:
        ids = found.extra["fhir"] = {fhir.resource_id(one): one for one in found.columns["figure_id"]}
    return ids.get(given, "")

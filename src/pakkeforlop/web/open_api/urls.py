"""Addresses of the open interface. Each is a row of this table, and of the OpenAPI document that is made from it."""

from __future__ import annotations

from pakkeforlop.web.open_api import definitions, directorate, fhir, figures
from pakkeforlop.web.open_api.answering import JSON, LANGUAGE, Answer, Endpoint, Question, view_of
from pakkeforlop.web.open_api.asked import Parameter
from pakkeforlop.web.open_api.openapi import document
from pakkeforlop.web.open_api.problems import Problem
from pakkeforlop.web.routes import Open, page

NKI = "innhold/nki/kvalitetsindikatorer"
NUMBER = {"number": "Number of the quality indicator."}
NAME = {"release": "Name of the release."}
ANY_FILE = ("text/csv", JSON, figures.PARQUET, "application/octet-stream")
CONTENT_TYPE = Parameter(
    "contentType", "Form of the rows.", values=lambda _: ("application/json",), default="application/json"
)
FORMS = (JSON, "text/csv", figures.PARQUET)


def openapi(question: Question) -> Answer:
    """This table as an OpenAPI document."""
    return Answer.of(document(question.library, ENDPOINTS, base=question.base))


def no_address(question: Question) -> Answer:
    """Anything else below /api/v1."""
    raise Problem(404, "no_address", address=question.parts["rest"][:100], front=f"{question.base}/")


ENDPOINTS = (
    Endpoint("", "api_front", "Where things are.", definitions.front, schema="Front"),
    Endpoint("openapi.json", "api_openapi", "The OpenAPI document.", openapi, schema="Anything"),
    Endpoint(
        "figures", "api_figures", "Figures, chosen by their columns.", figures.figures, figures.CHOOSE, FORMS,
        "FiguresOrDataset",
    ),
    Endpoint(
        "figures/<str:figure_id>", "api_figure", "One figure.", figures.figure, (figures.RELEASE, LANGUAGE),
        schema="OneFigure", parts={"figure_id": "Its id, the same in all releases."}, statuses=(404,),
    ),
    Endpoint(
        "indicators", "api_indicators", "The indicators.", definitions.indicators, schema="Indicators",
    ),
    Endpoint(
        "indicators/<str:key>", "api_indicator", "One indicator.", definitions.indicator, (),
        schema="Indicator", parts={"key": "Key of the indicator."}, statuses=(404,),
    ),
    Endpoint("pathways", "api_pathways", "Pathways and totals.", definitions.pathways, schema="Pathways"),
    Endpoint("units", "api_units", "The country, regions, trusts and hospitals.", definitions.units, schema="Units"),
    Endpoint(
        "releases", "api_releases", "All releases, the newest first.", definitions.releases, (),
        schema="Releases",
    ),
    Endpoint(
        "releases/<str:release>", "api_release", "One release.", definitions.release, schema="Release",
        parts=NAME, statuses=(404,),
    ),
    Endpoint(
        "releases/<str:release>/revisions", "api_revisions", "What a release changed: frozen and revised side by side.",
        definitions.revisions, schema="Revisions", parts=NAME, statuses=(404,),
    ),
    Endpoint(
        "releases/<str:release>/files/<str:file>", "api_release_file", "A file of a release as it was written.",
        definitions.release_file, kinds=ANY_FILE, parts={**NAME, "file": "Name of the file."}, statuses=(404,),
    ),
    Endpoint("problems", "api_problems", "Kinds of problem.", definitions.problems, schema="Problems"),
    Endpoint(NKI, "api_nki", "Indicators as the directorate lists them.", directorate.listed, schema="IndicatorList"),
    Endpoint(
        f"{NKI}/<str:number>", "api_nki_one", "One of the directorate's list.", directorate.one,
        schema="ListedIndicator", parts=NUMBER, statuses=(404,),
    ),
    Endpoint(
        f"{NKI}/<str:number>/data", "api_nki_data", "Its rows, one for each value.", directorate.data, (CONTENT_TYPE,),
        schema="IndicatorData", parts=NUMBER, statuses=(204, 404),
    ),
    Endpoint(
        "fhir/metadata", "api_fhir_metadata", "What the FHIR part can.", fhir.metadata, kinds=(fhir.KIND,),
        schema="Resource",
    ),
    Endpoint(
        "fhir/Measure", "api_fhir_measures", "Indicators as FHIR Measures.", fhir.measures, (), (fhir.KIND,),
        "Resource",
    ),
    Endpoint(
        "fhir/Measure/<str:id>", "api_fhir_measure", "One indicator as a Measure.", fhir.measure, (),
        (fhir.KIND,), "Resource", {"id": "Id of the Measure."}, (404,),
    ),
    Endpoint(
        "fhir/MeasureReport", "api_fhir_reports", "Figures as FHIR MeasureReports.", fhir.reports, fhir.SEARCH,
        (fhir.KIND,), "Resource",
    ),
    Endpoint(
        "fhir/MeasureReport/<str:id>", "api_fhir_report", "One figure as a MeasureReport.", fhir.report, (),
        (fhir.KIND,), "Resource", {"id": "Id of the report."}, (404,),
    ),
)  # fmt: skip
REST = Endpoint("<path:rest>", "api_rest", "Nothing.", no_address, parts={"rest": "What is not there."}, whatever=True)

EVERY_METHOD = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT")
"""Others than reading are answered too: with a sentence."""
pages = [
    page(f"api/v1/{one.route}", view_of(one), name=one.name, right=Open.ANYONE, methods=EVERY_METHOD)
    for one in (*ENDPOINTS, REST)
]

"""Figures: chosen by their columns, as JSON, CSV, JSON-stat or Parquet; and one figure by its id."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from pakkeforlop.publication.files import csv_of, parquet_of
from pakkeforlop.publication.open_api import released
from pakkeforlop.publication.open_api.json_stat import json_stat
from pakkeforlop.publication.open_api.library import CHOICES, CURRENT, FigureSet
from pakkeforlop.publication.open_api.words import Words
from pakkeforlop.web.open_api.answering import LANGUAGE, Answer, Question
from pakkeforlop.web.open_api.asked import Parameter, column, releases
from pakkeforlop.web.open_api.problems import Problem

PAGE, PAGE_MOST = 1_000, 10_000
CUBE_MOST = 20_000
"""So many figures fit in one JSON-stat answer."""
CSV, PARQUET = "text/csv; charset=utf-8", "application/vnd.apache.parquet"
FORMS = ("json", "csv", "json-stat", "parquet")
RELEASE = Parameter(
    "release", "A release by name; `current` is the figures that stand.", values=releases, default=CURRENT
)
TOLD = {
    "indicator": "What is counted; see /indicators.",
    "branch": "Kind of treatment: all, K surgery, M medical, S radiotherapy, O surveillance; bands for of4_spread.",
    "pathway_key": "The pathway, or a total of pathways; see /pathways.",
    "unit_level": "national, RHF (region), HF (trust), hospital, group.",
    "org_nr": "Organisation number of the unit; see /units. 900000000 is the country.",
    "period_type": "tertial or year.",
    "period": "A year (2021) or a tertial (2021T2).",
    "status": "ok, partly_suppressed, suppressed, no_data.",
}
COLUMNS = tuple(
    Parameter(name, TOLD[name], many=True, values=column(name)) for name in CHOICES if name in TOLD
)  # fmt: skip
PAGING = (
    Parameter("limit", "Figures in one answer of JSON.", kind="integer", least=1, most=PAGE_MOST, default=PAGE),
    Parameter("offset", "Figures to leave out before the first.", kind="integer", least=0, most=1_000_000, default=0),
)
FORM = Parameter("format", "Form of the answer; the header Accept may name it too.", values=lambda _: FORMS)
CHOOSE = (RELEASE, *COLUMNS, *PAGING, FORM, LANGUAGE)


def chosen(question: Question) -> tuple[FigureSet, Any]:
    """The set of figures that is asked of, and the rows chosen."""
    figures = question.library.figures(question.values["release"])
    return figures, figures.found(**{one.name: question.values[one.name] for one in COLUMNS})


def figures(question: Question) -> Answer:
    """The figures chosen, in the form asked for."""
    form = question.values["format"] or {"text/csv": "csv", PARQUET: "parquet"}.get(question.accept, "json")
    found, rows = chosen(question)
    about = question.library.about(question.values["release"])
    if form == "json":
        return _page(question, found, rows, about)
    name = f"pakkeforlop-{about['release']}"
    if form == "json-stat":
        if len(rows) > CUBE_MOST:
            raise Problem(400, "too_many", count=len(rows), most=CUBE_MOST)
        return Answer.of(json_stat(list(found.at(rows.tolist())), about, Words(question.catalogue, question.language)))
    table = found.table.take(rows)
    content, kind, ending = (
        (csv_of(table), CSV, "csv") if form == "csv" else (parquet_of(table), PARQUET, "parquet")
    )
    return Answer(content, kind, {"Content-Disposition": f'attachment; filename="{name}.{ending}"'})


def _page(question: Question, found: FigureSet, rows: Any, about: dict[str, Any]) -> Answer:
    offset, limit = question.values["offset"], question.values["limit"]
    here = list(found.at(rows[offset : offset + limit].tolist()))
    value = released.as_json(here, _in(about, question.language))
    value["count"] = len(rows)
    after = offset + limit
    address = _address(question, offset=after) if after < len(rows) else None
    value["next"] = address
    return Answer.of(value, **({"Link": f'<{address}>; rel="next"'} if address else {}))


def _in(about: dict[str, Any], language: str) -> dict[str, Any]:
    """What is told of the release, in one language."""
    note = about.get("note")
    return {**about, "note": note[language]} if isinstance(note, dict) else about


def _address(question: Question, *, offset: int) -> str:
    """The address of the next page."""
    given = [
        (name, one)
        for name, value in {**question.values, "offset": offset}.items()
        if value not in (None, [])
        for one in (value if isinstance(value, list) else [value])
    ]
    defaults = {(one.name, one.default) for one in CHOOSE}
    return f"{question.base}/figures?{urlencode([pair for pair in given if pair not in defaults])}"


def figure(question: Question) -> Answer:
    """One figure, with its names, and how it stands in every release that has it."""
    name = question.parts["figure_id"]
    release = question.values["release"]
    one = question.library.figures(release).by_id(name)
    if one is None:
        raise Problem(404, "no_figure", name=name[:100], release=release)
    words = Words(question.catalogue, question.language)
    named = {column: words.named(column, getattr(one, column)) for column in ("indicator", "branch", "pathway_key")}
    about = _in(question.library.about(one.release), question.language)
    return Answer.of({**released.as_json([one], about), "names": named})

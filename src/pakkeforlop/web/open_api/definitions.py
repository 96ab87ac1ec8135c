"""What the figures are of: indicators, pathways, units, releases, and the kinds of problem."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from pakkeforlop.publication.open_api.library import Shelved
from pakkeforlop.publication.open_api.words import Words
from pakkeforlop.web.open_api.answering import Answer, Question
from pakkeforlop.web.open_api.problems import Problem

KINDS = {
    "csv": "text/csv; charset=utf-8", "json": "application/json", "parquet": "application/vnd.apache.parquet",
}  # fmt: skip


def front(question: Question) -> Answer:
    """Where things are."""
    base, latest = question.base, question.library.latest
    return Answer.of(
        {
            "name": "Pakkeforløp: open figures",
            "version": "1",
            "licence": "NLOD-2.0",
            "latest_release": latest.name,
            "openapi": f"{base}/openapi.json",
            "figures": f"{base}/figures",
            "indicators": f"{base}/indicators",
            "pathways": f"{base}/pathways",
            "units": f"{base}/units",
            "releases": f"{base}/releases",
            "directorate": f"{base}/innhold/nki/kvalitetsindikatorer",
            "fhir": f"{base}/fhir/metadata",
        }
    )


def indicators(question: Question) -> Answer:
    """The indicators that have released figures, with the sentences that define them."""
    words = Words(question.catalogue, question.language)
    return Answer.of({"indicators": [_indicator(question, words, key) for key in question.library.values("indicator")]})


def indicator(question: Question) -> Answer:
    """One indicator."""
    key = question.parts["key"]
    if key not in question.library.values("indicator"):
        raise Problem(404, "no_indicator", name=key[:100], known=", ".join(question.library.values("indicator")))
    return Answer.of(_indicator(question, Words(question.catalogue, question.language), key))


def _indicator(question: Question, words: Words, key: str) -> dict[str, Any]:
    known, language = question.catalogue.indicators.get(key), question.language
    about: dict[str, Any] = {"key": key, "name": words.named("indicator", key)}
    about["figures"] = f"{question.base}/figures?indicator={key}"
    if known is None:
        return about
    parts = {"numerator": known.numerator, "denominator": known.denominator}
    return {
        **about,
        "label": known.label,
        "sentence": known.sentence.of(language),
        "unit": known.unit,
        **{name: text.of(language) for name, text in parts.items() if text is not None},
        "target_percent": known.target_percent,
        "higher_is_better": known.higher_is_better,
        "nki_id": known.nki_id,
        "source": known.source,
        "confidence": known.confidence,
        "measure": f"{question.base}/fhir/Measure/{key.replace('_', '-')}",
    }


def pathways(question: Question) -> Answer:
    """The pathways and totals that have released figures."""
    words = Words(question.catalogue, question.language)
    known = {one.key: one for one in question.catalogue.pathways.values()}
    found = []
    for key in question.library.values("pathway_key"):
        one = known.get(key)
        found.append(
            {
                "key": key,
                "name": words.named("pathway_key", key),
                "code": one.code if one else None,
                "total": one is None,
                "nki_id": one.figures.nki_id if one and one.figures else None,
                "figures": f"{question.base}/figures?pathway_key={key}",
            }
        )
    return Answer.of({"pathways": found})


def units(question: Question) -> Answer:
    """The units that have released figures, and what each is a part of."""
    from pakkeforlop.publication.open_api.directorate import places_of

    catalogue = question.catalogue
    above = {one.org_nr: catalogue.country.org_nr for one in catalogue.regions.values()}
    for trust in catalogue.trusts.values():
        region = catalogue.regions.get(trust.region)
        above[trust.org_nr] = region.org_nr if region else catalogue.country.org_nr
    figures, places = question.library.current, places_of(catalogue)
    names = dict(zip(figures.columns["org_nr"], figures.columns["unit_name"], strict=True))
    levels = dict(zip(figures.columns["org_nr"], figures.columns["unit_level"], strict=True))
    return Answer.of(
        {
            "units": [
                {
                    "org_nr": org_nr,
                    "name": names[org_nr],
                    "unit_level": levels[org_nr],
                    "part_of": above.get(org_nr),
                    "statistics_id": places[org_nr].number if org_nr in places else None,
                    "figures": f"{question.base}/figures?org_nr={org_nr}",
                }
                for org_nr in sorted(names)
            ]
        }
    )


def releases(question: Question) -> Answer:
    """All releases, the newest first; withdrawn ones with the reason."""
    return Answer.of({"releases": [_release(question, one) for one in reversed(question.library.every)]})


def release(question: Question) -> Answer:
    """One release."""
    return Answer.of(_release(question, _known(question)))


def _release(question: Question, one: Shelved) -> dict[str, Any]:
    title, note = one.record.get("title"), one.record.get("note")
    here = f"{question.base}/releases/{one.name}"
    return {
        "name": one.name,
        "title": title[question.language] if isinstance(title, dict) else one.name,
        "number": one.record["number"],
        "released": one.released,
        "external": one.external,
        "synthetic": one.synthetic,
        "withdrawn": one.withdrawn or None,
        "note": note[question.language] if isinstance(note, dict) else None,
        "definitions": one.record["definitions"],
        "code": one.record.get("code"),
        "rule": one.record.get("rule"),
        "after": one.record.get("after") or None,
        "periods": one.record["periods"],
        "locked": one.record.get("locked", {}),
        "figures": one.record["figures"],
        "status": one.record["status"],
        "files": [
            {"name": name, "sha256": one.record["sha256"][name], "address": f"{here}/files/{name}"}
            for name in one.files
        ],
    }


def release_file(question: Question) -> Answer:
    """A public file of a release as it was written."""
    one, name = _known(question), question.parts["file"]
    content = one.read(name)
    if content is None:
        raise Problem(404, "no_file", name=name[:100], release=one.name, known=", ".join(one.files))
    kind = KINDS.get(name.rsplit(".", 1)[-1], "application/octet-stream")
    return Answer(content, kind, {"Content-Disposition": f'attachment; filename="{one.name}-{name}"'})


def revisions(question: Question) -> Answer:
    """The revision table of a release: frozen and revised figures side by side, and how many of each kind changed."""
    one = _known(question)
    table, changes = one.read("revisions.csv"), one.read("changes.json")
    rows = list(csv.DictReader(io.StringIO((table or b"").decode())))
    return Answer.of(
        {
            "release": one.name,
            "changes": json.loads(changes) if changes else {"since": "", "periods": [], "changed": []},
            "count": len(rows),
            "revisions": [{name: _cell(name, text) for name, text in row.items()} for row in rows],
        }
    )


def _cell(name: str, text: str) -> Any:
    if text == "":
        return None
    if name == "locked":
        return text == "true"
    number = name.startswith(("frozen_", "revised_")) and not name.endswith(("status", "release"))
    return float(text) if number or name == "percent_points" else text


def _known(question: Question) -> Shelved:
    one = question.library.release(question.parts["release"])
    if one is None:
        names = ", ".join(known.name for known in question.library.every)
        raise Problem(404, "no_release", name=question.parts["release"][:100], known=names)
    return one


def problems(question: Question) -> Answer:
    """The kinds of problem, each with its sentence."""
    from pakkeforlop.web.words import load_words

    words = load_words(question.language)
    return Answer.of(
        {
            "problems": [
                {"key": key.replace("_", "-"), "title": words(f"open_api.problem.{key}.title")} for key in PROBLEMS
            ]
        }
    )


PROBLEMS = (
    "given_twice", "method", "no_address", "no_figure", "no_file", "no_indicator", "no_measure", "no_number",
    "no_release", "not_a_number", "too_many", "too_often", "unknown_parameter", "unknown_value",
)  # fmt: skip

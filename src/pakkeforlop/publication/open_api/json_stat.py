"""JSON-stat 2.0 (json-stat.org/format): a table with its dimensions, and a sign for each hidden cell.

The measures are a dimension of their own (role metric). Values and signs are sparse: a cell that is not there has no
figure. Signs: `s` suppressed, and what it was hidden for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pakkeforlop.publication.open_api.released import LICENCE, Released
from pakkeforlop.publication.open_api.words import Words

DIMENSIONS = ("indicator", "branch", "pathway_key", "org_nr", "period")
MEASURES = ("numerator", "denominator", "percent", "median_days", "p90_days", "ci_low", "ci_high")
ROLES = {"time": ["period"], "geo": ["org_nr"], "metric": ["measure"]}
HIDDEN_WITH = {
    "suppressed": MEASURES,
    "not_released": MEASURES,
    "partly_suppressed": tuple(name for name in MEASURES if name != "denominator"),
}


def json_stat(figures: Sequence[Released], about: Mapping[str, Any], words: Words) -> dict[str, Any]:
    """Figures as a JSON-stat dataset."""
    names = {name: sorted({str(getattr(one, name)) for one in figures}) for name in DIMENSIONS}
    ids = [*DIMENSIONS, "measure"]
    sizes = [*(len(names[name]) for name in DIMENSIONS), len(MEASURES)]
    at = {name: {value: place for place, value in enumerate(values)} for name, values in names.items()}
    value: dict[str, float | int] = {}
    status: dict[str, str] = {}
    for one in figures:
        start = 0
        for name, size in zip(DIMENSIONS, sizes, strict=False):
            start = start * size + at[name][getattr(one, name)]
        for place, measure in enumerate(MEASURES):
            shown = getattr(one, measure)
            cell = str(start * len(MEASURES) + place)
            if shown is not None:
                value[cell] = shown
            elif measure in HIDDEN_WITH.get(one.status, ()):
                status[cell] = f"s:{one.reason}"
    return {
        "version": "2.0",
        "class": "dataset",
        "label": words("dataset"),
        "source": words("source"),
        "updated": about["released"],
        "id": ids,
        "size": sizes,
        "role": ROLES,
        "dimension": {
            **{name: _dimension(name, names[name], _labels(name, figures, words), words) for name in DIMENSIONS},
            "measure": _dimension("measure", MEASURES, {name: words(f"measure.{name}") for name in MEASURES}, words),
        },
        "value": value,
        "status": status,
        "extension": {"release": about["release"], "definitions": about["definitions"], "licence": LICENCE},
    }


def _dimension(name: str, values: Sequence[str], labels: Mapping[str, str], words: Words) -> dict[str, Any]:
    return {
        "label": words(f"dimension.{name}"),
        "category": {
            "index": {value: place for place, value in enumerate(values)},
            "label": {value: labels.get(value, value) for value in values},
        },
    }


def _labels(name: str, figures: Sequence[Released], words: Words) -> dict[str, str]:
    if name == "org_nr":
        return {one.org_nr: one.unit_name for one in figures}
    return {str(getattr(one, name)): words.named(name, str(getattr(one, name))) for one in figures}

"""Figures as FHIR R4: a Measure for each indicator, a summary MeasureReport for each figure.

A hidden count is absent and says so (`data-absent-reason`, masked). Addresses are made from `base`, where the API is.
"""

from __future__ import annotations

from typing import Any

from pakkeforlop.catalogue.model import Catalogue, Indicator
from pakkeforlop.publication.open_api.released import Released

ORGANISATION = "urn:oid:2.16.578.1.12.4.1.4.101"
"""Organisation numbers (Enhetsregisteret), as the Norwegian profiles write them."""
POPULATION = "http://terminology.hl7.org/CodeSystem/measure-population"
SCORING = "http://terminology.hl7.org/CodeSystem/measure-scoring"
ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
UNITS = "http://unitsofmeasure.org"


def measure(indicator: Indicator, *, base: str, version: str, released: str, language: str = "nb") -> dict[str, Any]:
    """An indicator as a Measure. version: of the definitions."""
    share = indicator.denominator is not None
    parts = {"numerator": indicator.numerator, "denominator": indicator.denominator} if share else {}
    populations = [_population(code, text.of(language)) for code, text in parts.items() if text is not None] or [
        _population("measure-population", indicator.sentence.of(language))
    ]
    return {
        "resourceType": "Measure",
        "id": resource_id(indicator.key),
        "language": language,
        "url": f"{base}/fhir/Measure/{resource_id(indicator.key)}",
        "version": version,
        "name": "".join(part.capitalize() for part in indicator.key.split("_")),
        "title": indicator.name.of(language),
        "status": "active",
        "date": released,
        "description": indicator.sentence.of(language),
        "scoring": _code(SCORING, "proportion" if share else "continuous-variable"),
        "group": [{"population": populations}],
    }


def measure_report(figure: Released, catalogue: Catalogue, *, base: str, language: str = "nb") -> dict[str, Any]:
    """A figure as a summary MeasureReport."""
    indicator = catalogue.indicators[figure.indicator]
    share = indicator.denominator is not None
    counts = {"numerator": figure.numerator, "denominator": figure.denominator} if share else {
        "measure-population": figure.numerator}  # fmt: skip
    group: dict[str, Any] = {
        "code": {"text": f"{figure.pathway_key} {figure.branch}"},
        "population": [{"code": _code(POPULATION, code), **_count(count)} for code, count in counts.items()],
    }
    if share:
        group["measureScore"] = (
            {"value": figure.percent, "unit": "%", "system": UNITS, "code": "%"}
            if figure.percent is not None
            else _absent()
        )
    return {
        "resourceType": "MeasureReport",
        "id": resource_id(figure.figure_id),
        "language": language,
        "identifier": [{"system": f"{base}/figures", "value": figure.figure_id}],
        "status": "complete",
        "type": "summary",
        "measure": f"{base}/fhir/Measure/{resource_id(figure.indicator)}|{figure.definitions}",
        "reporter": {
            "identifier": {"system": ORGANISATION, "value": figure.org_nr},
            "display": figure.unit_name,
        },
        "period": {"start": figure.period_from, "end": figure.period_to},
        "group": [group],
    }


def bundle(resources: list[dict[str, Any]], *, base: str, total: int | None = None) -> dict[str, Any]:
    """Resources as the answer to a search; total: of all pages, where this is one."""
    entries = [
        {"fullUrl": f"{base}/fhir/{one['resourceType']}/{one['id']}", "resource": one, "search": {"mode": "match"}}
        for one in resources
    ]
    count = len(entries) if total is None else total
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": count,
        "entry": entries,
    }


def capability(*, base: str, date: str) -> dict[str, Any]:
    """What the interface can: read and search, of two kinds of resource."""
    parameters = {"Measure": (), "MeasureReport": ("measure", "reporter", "period", "pathway_key")}
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": date,
        "kind": "instance",
        "implementation": {"description": "Pakkeforløp: open figures", "url": f"{base}/fhir"},
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json"],
        "rest": [
            {
                "mode": "server",
                "resource": [
                    {
                        "type": kind,
                        "interaction": [{"code": "read"}, {"code": "search-type"}],
                        **({"searchParam": [{"name": name, "type": "token"} for name in names]} if names else {}),
                    }
                    for kind, names in parameters.items()
                ],
            }
        ],
    }


def _population(code: str, text: str) -> dict[str, Any]:
    return {
        "code": _code(POPULATION, code),
        "description": text,
        "criteria": {"language": "text/plain", "expression": text},
    }


def _code(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}


def _count(count: int | None) -> dict[str, Any]:
    return {"count": count} if count is not None else {"_count": _absent()}


def _absent() -> dict[str, Any]:
    return {"extension": [{"url": ABSENT, "valueCode": "masked"}]}


def resource_id(text: str) -> str:
    """An id as FHIR has them: letters, digits, dash and dot, at most 64."""
    plain = text.replace("_", "-")
    if len(plain) <= 64:
        return plain
    import hashlib

    return f"{plain[:47]}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"

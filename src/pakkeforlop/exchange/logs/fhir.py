"""Resources of FHIR R4 files as events: bundles, or one resource a file, JSON, packed or not.

Every resource is kept whatever it holds. Its fields are flattened one level, so that a mapping can name them:

- `resourceType`, `id`, `status` and other plain fields by their own name;
- codes (`code`, `medicationCodeableConcept`, `type`, `category` ...): NAME as `system|code` and as the code alone,
  NAME.text as the text and every display;
- times: a dateTime by its name, a Period as NAME.start and NAME.end;
- `date`: the first there is of the fields that tell when it happened (DATES).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pakkeforlop.exchange.logs.event import Event, Refused, Seen, Values
from pakkeforlop.exchange.logs.files import opened
from pakkeforlop.exchange.logs.mapping import Mapping
from pakkeforlop.vocabulary.errors import FileFault

DATES = (
    "performedDateTime", "performedPeriod.start", "occurrenceDateTime", "occurrencePeriod.start", "onsetDateTime",
    "onsetPeriod.start", "effectiveDateTime", "effectivePeriod.start", "collection.collectedDateTime", "authoredOn",
    "period.start", "started", "recordedDate", "issued", "date", "birthDate",
)  # fmt: skip
PATIENT_FIELDS = ("subject", "patient", "beneficiary", "individual")


def events(path: Path, mapping: Mapping, seen: Seen, columns: frozenset[str]) -> Iterator[Event]:
    """The resources of a file. FileFault when it is not JSON or not FHIR.

    Resources that refer to no patient, such as organisations, give events without a case: kept, without milestones.
    """
    del mapping, columns
    for row, (resource, patient) in enumerate(_resources(path, seen), start=1):
        seen.events += 1
        yield Event(patient, patient, flattened(resource), row)


def _resources(path: Path, seen: Seen) -> Iterator[tuple[dict[str, Any], str]]:
    with opened(path) as stream:
        try:
            content = json.load(stream)
        except (ValueError, RecursionError) as error:
            line, column = getattr(error, "lineno", 1), getattr(error, "colno", 1)
            raise FileFault("not_json", file=path.name, line=line, column=column) from error
    if not isinstance(content, dict) or not isinstance(content.get("resourceType"), str):
        raise FileFault("not_fhir", file=path.name)
    entries = content.get("entry", []) if content["resourceType"] == "Bundle" else [{"resource": content}]
    known = {name for entry in entries for name in _names(entry)}
    for place, entry in enumerate(entries, start=1):
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if not isinstance(resource, dict) or "resourceType" not in resource:
            seen.refused.append(Refused(path.name, place, "resource", "no_case"))
            continue
        if content["resourceType"] == "Bundle":
            _note_outside(resource, known, seen)
        yield resource, _patient(resource)


def _names(entry: Any) -> Iterator[str]:
    """What a resource of a bundle may be referred to by."""
    resource = entry.get("resource") or {} if isinstance(entry, dict) else {}
    if isinstance(entry, dict) and "fullUrl" in entry:
        yield str(entry["fullUrl"])
    if "id" in resource:
        yield f"{resource.get('resourceType')}/{resource['id']}"
        yield f"urn:uuid:{resource['id']}"


def _note_outside(resource: dict[str, Any], known: set[str], seen: Seen) -> None:
    """Count the references that lead out of the bundle, by resource and field. Conditional ones are searches."""
    for field, reference in _references(resource):
        if reference not in known and "?" not in reference and not reference.startswith("#"):
            name = f"{resource['resourceType']}.{field}"
            seen.outside[name] = seen.outside.get(name, 0) + 1


def _references(value: Any, field: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        if isinstance(value.get("reference"), str):
            yield field, value["reference"]
        for key, part in value.items():
            yield from _references(part, field or key)
    elif isinstance(value, list):
        for part in value:
            yield from _references(part, field)


def _patient(resource: dict[str, Any]) -> str:
    if resource["resourceType"] == "Patient":
        return str(resource.get("id", ""))
    for field in PATIENT_FIELDS:
        reference = resource.get(field)
        if isinstance(reference, dict) and isinstance(reference.get("reference"), str):
            text = str(reference["reference"])
            return text.rpartition(":" if text.startswith("urn:") else "/")[2]
    return ""


def flattened(resource: dict[str, Any]) -> dict[str, Values]:
    """The fields of a resource that a mapping can name."""
    found: dict[str, list[str]] = {}
    for name, value in resource.items():
        for part in value if isinstance(value, list) else [value]:
            for key, text in _texts(name, part):
                found.setdefault(key, []).append(text)
    if "date" not in found:
        when = next((found[name] for name in DATES if name in found), None)
        if when:
            found["date"] = when
    return {key: tuple(texts) for key, texts in found.items()}


def _texts(name: str, part: Any) -> Iterator[tuple[str, str]]:
    if isinstance(part, bool):
        yield name, "true" if part else "false"
    elif isinstance(part, (str, int, float)):
        yield name, str(part)
    elif isinstance(part, dict):
        for key in ("start", "end", "collectedDateTime"):
            if isinstance(part.get(key), str):
                yield f"{name}.{key}", part[key]
        if isinstance(part.get("text"), str):
            yield f"{name}.text", part["text"]
        codings = part.get("coding", [])
        for coding in codings if isinstance(codings, list) else []:
            yield from _coding(name, coding)
        if isinstance(part.get("code"), str):
            yield from _coding(name, part)


def _coding(name: str, coding: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(coding, dict):
        return
    if isinstance(coding.get("code"), str):
        yield name, f"{coding.get('system', '')}|{coding['code']}"
        yield name, coding["code"]
    if isinstance(coding.get("display"), str):
        yield f"{name}.text", coding["display"]

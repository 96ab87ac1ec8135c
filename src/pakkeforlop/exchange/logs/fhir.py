"""Resources of FHIR R4 files as events: bundles, one resource a file, or one a line (NDJSON), packed or not.

Every resource is kept whatever it holds. Its fields are flattened one level, so that a mapping can name them:

- `resourceType`, `id`, `status` and other plain fields by their own name;
- codes (`code`, `medicationCodeableConcept`, `type`, `category` ...): NAME as `system|code` and as the code alone,
  NAME.text as the text and every display;
- times: a dateTime by its name, a Period as NAME.start and NAME.end;
- `date`: the first there is of the fields that tell when it happened (DATES).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pakkeforlop.exchange.logs.event import Event, Refused, Seen, Values
from pakkeforlop.exchange.logs.files import opened
from pakkeforlop.exchange.logs.json_stream import BundleEntry, resources
from pakkeforlop.exchange.logs.mapping import Mapping

DATES = (
    "performedDateTime", "performedPeriod.start", "occurrenceDateTime", "occurrencePeriod.start", "onsetDateTime",
    "onsetPeriod.start", "effectiveDateTime", "effectivePeriod.start", "collection.collectedDateTime", "authoredOn",
    "period.start", "started", "recordedDate", "issued", "date", "birthDate",
)  # fmt: skip
PATIENT_FIELDS = ("subject", "patient", "beneficiary", "individual")


def events(path: Path, mapping: Mapping, seen: Seen, columns: frozenset[str]) -> Iterator[Event | None]:
    """The resources of a file; None for an entry that holds none, which goes to `seen.refused`. FileFault when the file
    is not JSON or not FHIR.

    Resources that refer to no patient, such as organisations, give events without a case: kept, without milestones.
    """
    del mapping, columns
    links = _Links()
    with opened(path) as stream:
        for row, (line, found) in enumerate(resources(stream, path.name), start=1):
            resource: Any = found
            if isinstance(found, BundleEntry):
                resource = found.content.get("resource") if isinstance(found.content, dict) else None
                if not isinstance(resource, dict) or not isinstance(resource.get("resourceType"), str):
                    seen.refused.append(Refused(row, line, "resource", "no_resource"))
                    yield None
                    continue
                links.note(found.content, resource)
            seen.events += 1
            patient = _patient(resource)
            yield Event(patient, patient, flattened(resource), row, line)
    for name, count in links.outside().items():
        seen.outside[name] = seen.outside.get(name, 0) + count


class _Links:
    """The references of a bundle, held against the names of its resources when all are known. Names are kept as their
    hashes: a bundle may be larger than memory.
    """

    def __init__(self) -> None:
        self._names: set[int] = set()
        self._references: Counter[tuple[str, int]] = Counter()

    def note(self, entry: dict[str, Any], resource: dict[str, Any]) -> None:
        """Note an entry's names and references. References that are conditional are searches, `#` leads inside."""
        self._names.update(map(hash, _names(entry)))
        for field, reference in _references(resource):
            if "?" not in reference and not reference.startswith("#"):
                self._references[f"{resource['resourceType']}.{field}", hash(reference)] += 1

    def outside(self) -> Counter[str]:
        """How many references lead out of the bundle, by resource and field."""
        found: Counter[str] = Counter()
        for (name, reference), count in self._references.items():
            if reference not in self._names:
                found[name] += count
        return found


def _names(entry: dict[str, Any]) -> Iterator[str]:
    """What a resource of a bundle may be referred to by."""
    resource = entry["resource"]
    if "fullUrl" in entry:
        yield str(entry["fullUrl"])
    if "id" in resource:
        yield f"{resource.get('resourceType')}/{resource['id']}"
        yield f"urn:uuid:{resource['id']}"


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

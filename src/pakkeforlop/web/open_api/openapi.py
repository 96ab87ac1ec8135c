"""The OpenAPI document of the interface, made from the table of its addresses and what the releases hold now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from pakkeforlop.publication.open_api.library import Library
from pakkeforlop.publication.open_api.released import Released
from pakkeforlop.web.open_api.answering import Endpoint
from pakkeforlop.web.open_api.problems import TYPE

VERSION = "1.0.0"
TOLD = {
    204: "There are no rows.",
    304: "What you have is still right.",
    400: "The request asks for what there is not; the answer says what there is.",
    404: "There is nothing at this address.",
    405: "The interface is read only.",
    429: "Too often in one minute; Retry-After says when to try again.",
}
ABOUT = (
    "Released figures of the Norwegian cancer pathways. Hidden values are null; `status` says how much is hidden and "
    "`reason` why. A row that is not there is zero, where its indicator, pathway and period have rows at all. Answers "
    "have an ETag; ask again with If-None-Match. Names and addresses stay as they are in version 1: columns may be "
    "added, none is renamed or removed."
)


def document(library: Library, endpoints: Iterable[Endpoint], *, base: str) -> dict[str, Any]:
    """OpenAPI 3.1."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Pakkeforløp: open figures",
            "version": VERSION,
            "description": ABOUT,
            "license": {"name": "NLOD 2.0", "url": "https://data.norge.no/nlod/en/2.0"},
        },
        "servers": [{"url": base}],
        "paths": {f"/{one.path}": {"get": _operation(library, one)} for one in endpoints},
        "components": {"schemas": schemas(), "headers": _headers()},
    }


def _operation(library: Library, one: Endpoint) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{one.schema}"} if one.schema else {}
    content = {kind.split(";")[0]: {"schema": schema if "json" in kind else {}} for kind in one.kinds}
    answers: dict[str, Any] = {
        "200": {"description": one.told, "content": content, "headers": {**_used("ETag", "Cache-Control"), **_rates()}}
    }
    problem = {"content": {TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}, "headers": _rates()}
    for status in sorted({304, 405, 429, *one.statuses, *((400,))}):
        bare = status in (204, 304)
        answers[str(status)] = {"description": TOLD[status], **({} if bare else problem)}
    return {
        "operationId": one.name.removeprefix("api_"),
        "summary": one.told,
        "parameters": [
            *(
                {"name": name, "in": "path", "required": True, "description": told, "schema": _part(name)}
                for name, told in one.parts.items()
            ),
            *(
                {"name": p.name, "in": "query", "required": False, "description": p.told, "schema": p.schema(library)}
                for p in one.asked
            ),
        ],
        "responses": answers,
    }


def _part(name: str) -> dict[str, Any]:
    return {"type": "string", "minLength": 1, "maxLength": 200} | ({"pattern": "^[0-9]+$"} if name == "number" else {})


def _rates() -> dict[str, Any]:
    return _used("RateLimit", "RateLimit-Policy")


def _used(*names: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _headers() -> dict[str, Any]:
    told = {
        "ETag": "Changes when the answer does.",
        "Cache-Control": "For how long a cache may keep the answer.",
        "RateLimit": "Requests left in this minute, and seconds until the next.",
        "RateLimit-Policy": "Requests allowed in a minute.",
    }
    return {name: {"description": text, "schema": {"type": "string"}} for name, text in told.items()}


def schemas() -> dict[str, Any]:
    """The forms of the answers."""
    kinds = {
        "str": {"type": "string"},
        "int | None": {"type": ["integer", "null"]},
        "float | None": {"type": ["number", "null"]},
    }
    figure = {field.name: kinds[str(field.type)] for field in fields(Released)}
    text, count, flag = {"type": "string"}, {"type": "integer"}, {"type": "boolean"}
    about = {"licence": text, "release": text, "released": text, "definitions": text}
    listed = {"type": "array", "items": {"type": "object"}}
    figures = {**about, "count": count, "figures": {"type": "array", "items": {"$ref": "#/components/schemas/Figure"}}}
    release = {
        "name": text, "title": text, "number": count, "released": text, "external": flag, "synthetic": flag,
        "withdrawn": {"type": ["string", "null"]}, "definitions": text, "periods": {"type": "array", "items": text},
        "figures": count, "files": listed,
    }  # fmt: skip
    return {
        "Problem": _object(
            {"type": text, "title": text, "status": count, "detail": text, "now": text, "instance": text}
        ),
        "Front": _object({"name": text, "version": text, "latest_release": text, "openapi": text, "figures": text}),
        "Figure": _object(figure),
        "Figures": _object(figures),
        "OneFigure": _object({**figures, "names": {"type": "object"}}),
        "Dataset": _object(
            {
                "version": {"const": "2.0"}, "class": {"const": "dataset"}, "id": {"type": "array", "items": text},
                "size": {"type": "array", "items": count}, "dimension": {"type": "object"}, "value": {"type": "object"},
            }
        ),
        "FiguresOrDataset": {
            "anyOf": [{"$ref": "#/components/schemas/Figures"}, {"$ref": "#/components/schemas/Dataset"}]
        },
        "Indicator": _object({"key": text, "name": text, "figures": text}),
        "Indicators": _object({"indicators": {"type": "array", "items": {"$ref": "#/components/schemas/Indicator"}}}),
        "Pathways": _object({"pathways": listed}),
        "Units": _object({"units": listed}),
        "Release": _object(release),
        "Releases": _object({"releases": {"type": "array", "items": {"$ref": "#/components/schemas/Release"}}}),
        "Revisions": _object({"release": text, "changes": {"type": "object"}, "count": count, "revisions": listed}),
        "Problems": _object({"problems": listed}),
        "IndicatorList": {"type": "array", "items": _object({"id": text, "tittel": text, "attachments": listed})},
        "ListedIndicator": _object({"id": text, "tittel": text, "attachments": listed}),
        "IndicatorData": _object({"AttachmentDataRows": listed}),
        "Resource": _object({"resourceType": text}),
        "Anything": {"type": "object"},
    }  # fmt: skip


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}

"""Each file held against its shape: unknown keys, missing keys, wrong types, each told in a sentence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from pakkeforlop.catalogue.documents import Document
from pakkeforlop.catalogue.faults import Fault
from pakkeforlop.catalogue.shapes import NEEDED, SHAPES


@dataclass
class Parts:
    """The files that hold to their shape, by kind; `incomplete` are kinds of which some file could not be used."""

    files: dict[str, list[tuple[Document, Any]]] = field(default_factory=dict)
    incomplete: set[str] = field(default_factory=set)

    def of(self, kind: str) -> list[tuple[Document, Any]]:
        """The files of a kind, in the order of their names."""
        return self.files.get(kind, [])


def validate(documents: Iterable[Document], *, unread: Iterable[str] = ()) -> tuple[Parts, list[Fault]]:
    """Hold every document against its shape. `unread` names files that could not be parsed at all."""
    parts = Parts(incomplete={_kind(name) for name in unread})
    faults: list[Fault] = []
    for document in documents:
        shape = SHAPES.get(document.folder)
        if shape is None:
            known = ", ".join(sorted(SHAPES))
            faults.append(Fault(document.name, 0, "", f"lies where no definition is read. Known places: {known}."))
            continue
        try:
            definition = shape.model_validate(_as_tuples(document.data), strict=True)
        except ValidationError as error:
            parts.incomplete.add(document.folder)
            faults.extend(_fault(document, shape, detail) for detail in error.errors(include_url=False))
        else:
            parts.files.setdefault(document.folder, []).append((document, definition))
    missing = [kind for kind in NEEDED if kind not in parts.files and kind not in parts.incomplete]
    faults.extend(Fault(kind, 0, "", "is missing. A catalogue cannot do without it.") for kind in missing)
    parts.incomplete.update(missing)
    return parts, faults


def _kind(name: str) -> str:
    return name.rpartition("/")[0] or name.removesuffix(".toml")


def _as_tuples(value: Any) -> Any:
    """TOML's lists as tuples, so that types can be held strictly: "7" is not 7."""
    if isinstance(value, list):
        return tuple(_as_tuples(item) for item in value)
    if isinstance(value, dict):
        return {key: _as_tuples(item) for key, item in value.items()}
    return value


def _fault(document: Document, shape: type[BaseModel], detail: ErrorDetails) -> Fault:
    return document.fault(detail["loc"], sentence_of(detail, shape))


def sentence_of(detail: ErrorDetails, shape: type[BaseModel]) -> str:
    """Say in a sentence what is wrong and what would be right."""
    kind, given, context = detail["type"], detail["input"], detail.get("ctx", {})
    match kind:
        case "extra_forbidden":
            known = ", ".join(_known_keys(shape, detail["loc"][:-1]))
            return f"is not a known key. Known: {known}."
        case "missing":
            return "is missing."
        case "literal_error":
            return f"{_shown(given)} is not one of {context['expected']}."
        case "string_pattern_mismatch":
            return f"{_shown(given)} is not written as it must be ({context['pattern']})."
        case "string_too_short":
            return "is empty."
        case "less_than_equal" | "greater_than_equal":
            bound = "at most" if kind == "less_than_equal" else "at least"
            return f"is {_shown(given)}, but must be {bound} {context.get('le', context.get('ge'))}."
    return f"must be {_WANTED.get(kind, detail['msg'])}, not {_shown(given)}."


_WANTED = {
    "date_type": "a date without quotes, such as 2021-05-01",
    "date_from_datetime_inexact": "a date without a time",
    "int_type": "a whole number without quotes",
    "float_type": "a number without quotes",
    "string_type": "text in quotes",
    "bool_type": "true or false",
    "tuple_type": "a list in [ ]",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "dict_type": "a table",
}


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return "a list"
    if isinstance(value, dict):
        return "a table"
    return repr(value)


def _known_keys(shape: type[BaseModel], loc: tuple[str | int, ...]) -> list[str]:
    """The keys of the model at a place within `shape`."""
    model: Any = shape
    for part in loc:
        if isinstance(part, str) and isinstance(model, type) and issubclass(model, BaseModel):
            model = _model_in(model.model_fields[part].annotation) if part in model.model_fields else model
    fields = model.model_fields if isinstance(model, type) and issubclass(model, BaseModel) else {}
    return sorted(fields)


def _model_in(annotation: Any) -> Any:
    """The model inside `tuple[Model, ...]`, `dict[str, Model]` or `Model | None`."""
    if get_origin(annotation) is None:
        return annotation
    inner = [_model_in(argument) for argument in get_args(annotation)]
    return next((item for item in inner if isinstance(item, type) and issubclass(item, BaseModel)), annotation)

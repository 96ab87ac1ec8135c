"""Each file held against its shape: unknown keys, missing keys, wrong types, each told in a sentence."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from difflib import get_close_matches
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from pakkeforlop.catalogue.documents import Document
from pakkeforlop.catalogue.faults import Fault, Loc, Said, say
from pakkeforlop.catalogue.shapes import NEEDED, SHAPES


@dataclass
class Parts:
    """The files that hold to their shape, by kind.

    `incomplete` are kinds of which some file or part of a file could not be used: a name that is not found among them
    is no fault. `partial` are the names of files that were read without their faulty parts.
    """

    files: dict[str, list[tuple[Document, Any]]] = field(default_factory=dict)
    incomplete: set[str] = field(default_factory=set)
    partial: set[str] = field(default_factory=set)

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
            faults.append(Fault(document.name, 0, "", say("no_such_place", known=known)))
            continue
        try:
            definition = shape.model_validate(as_tuples(document.data), strict=True)
        except ValidationError as error:
            details = error.errors(include_url=False)
            faults.extend(_fault(document, shape, detail) for detail in details)
            parts.incomplete.add(document.folder)
            if rest := _without_faults(document, shape, details):
                parts.partial.add(document.name)
                parts.files.setdefault(document.folder, []).append(rest)
        else:
            parts.files.setdefault(document.folder, []).append((document, definition))
    missing = [kind for kind in NEEDED if kind not in parts.files and kind not in parts.incomplete]
    faults.extend(Fault(kind, 0, "", say("kind_missing")) for kind in missing)
    parts.incomplete.update(missing)
    return parts, faults


def _without_faults(
    document: Document, shape: type[BaseModel], details: list[ErrorDetails]
) -> tuple[Document, Any] | None:
    """The file without its unknown keys and faulty list items, so that the rest can be checked in the same run."""
    data = copy.deepcopy(document.data)
    dropped: dict[Loc, set[int]] = {}
    for detail in details:
        loc = detail["loc"]
        if detail["type"] == "extra_forbidden" or not any(isinstance(part, int) for part in loc):
            _remove_key(data, loc)
            continue
        last = max(place for place, part in enumerate(loc) if isinstance(part, int))
        dropped.setdefault(loc[:last], set()).add(int(loc[last]))
    kept: dict[Loc, tuple[int, ...]] = {}
    for loc, places in sorted(dropped.items(), key=lambda item: -len(item[0])):
        items = _at(data, loc)
        kept[loc] = tuple(place for place in range(len(items)) if place not in places)
        items[:] = [items[place] for place in kept[loc]]
    try:
        definition = shape.model_validate(as_tuples(data), strict=True)
    except ValidationError:
        return None
    return replace(document, kept=kept), definition


def _at(data: Any, loc: Loc) -> Any:
    for part in loc:
        data = data[part]
    return data


def _remove_key(data: Any, loc: Loc) -> None:
    holder = _at(data, loc[:-1]) if len(loc) > 1 else data
    if isinstance(holder, dict):
        holder.pop(loc[-1], None)


def _kind(name: str) -> str:
    return name.rpartition("/")[0] or name.removesuffix(".toml")


def as_tuples(value: Any) -> Any:
    """TOML's lists as tuples, so that types can be held strictly: "7" is not 7."""
    if isinstance(value, list):
        return tuple(as_tuples(item) for item in value)
    if isinstance(value, dict):
        return {key: as_tuples(item) for key, item in value.items()}
    return value


def _fault(document: Document, shape: type[BaseModel], detail: ErrorDetails) -> Fault:
    return document.fault(detail["loc"], sentence_of(detail, shape))


def sentence_of(detail: ErrorDetails, shape: type[BaseModel]) -> Said:
    """Say in a sentence what is wrong and what would be right."""
    kind, given, context = detail["type"], _shown(detail["input"]), detail.get("ctx", {})
    if kind == "extra_forbidden":
        known = _known_keys(shape, detail["loc"][:-1])
        near = get_close_matches(str(detail["loc"][-1]), known, n=1)
        return say("unknown_key_near", near=near[0]) if near else say("unknown_key", known=", ".join(known))
    if kind == "literal_error":
        return say("not_one_of", given=given, known=str(context["expected"]).replace(" or ", ", "))
    if kind == "string_pattern_mismatch":
        return say("not_written_so", given=given, pattern=context["pattern"])
    if kind in ("less_than_equal", "greater_than_equal"):
        return say(_SENTENCES[kind], given=given, bound=context.get("le", context.get("ge")))
    if kind in ("missing", "string_too_short"):
        return say(_SENTENCES[kind])
    return say(_SENTENCES.get(kind, "wanted_other"), given=given, reason=detail["msg"])


_SENTENCES = {
    "missing": "missing",
    "string_too_short": "empty",
    "less_than_equal": "too_large",
    "greater_than_equal": "too_small",
    "date_type": "wanted_date",
    "date_from_datetime_inexact": "wanted_date",
    "int_type": "wanted_whole_number",
    "float_type": "wanted_number",
    "string_type": "wanted_text",
    "bool_type": "wanted_yes_or_no",
    "tuple_type": "wanted_list",
    "model_type": "wanted_table",
    "model_attributes_type": "wanted_table",
    "dict_type": "wanted_table",
}


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return "[…]"
    if isinstance(value, dict):
        return "{…}"
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

"""JSON Schema of each kind of catalogue file, made from the models, so that an editor completes and checks the TOML."""

from __future__ import annotations

import ast
import inspect
import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from pakkeforlop.catalogue import model, shapes
from pakkeforlop.catalogue.shapes import SHAPES

FOLDER = Path(__file__).parent / "schema"
"""The published schemas. A TOML file names its own in its first line: `#:schema ../../schema/pathway.json`."""

SINGULAR = {"families": "family", "pathways": "pathway"}
"""Kinds whose files hold one definition each are named by it; the others by the kind."""


def schema_name(kind: str) -> str:
    """The name of the schema file of a kind of catalogue file."""
    return f"{SINGULAR.get(kind, kind)}.json"


def schemas() -> dict[str, str]:
    """The text of every schema, by file name."""
    return {schema_name(kind): _schema(shape) for kind, shape in SHAPES.items()}


def write_schemas(folder: Path = FOLDER) -> list[Path]:
    """Write every schema to a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in schemas().items():
        path = folder / name
        path.write_text(text, encoding="utf-8")
        written.append(path)
    return written


def _schema(shape: type[BaseModel]) -> str:
    schema: dict[str, Any] = {"$schema": "https://json-schema.org/draft/2020-12/schema", **shape.model_json_schema()}
    for name, described in {schema["title"]: schema, **schema.get("$defs", {})}.items():
        for key, text in _FIELD_TEXTS.get(name, {}).items():
            if key in described.get("properties", {}):
                described["properties"][key]["description"] = text
    _drop_titles(schema)
    return json.dumps(schema, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _drop_titles(schema: Any) -> None:
    """Remove the titles that only repeat the name of a key."""
    if isinstance(schema, dict):
        if isinstance(schema.get("title"), str) and "properties" not in schema:
            del schema["title"]
        for value in schema.values():
            _drop_titles(value)
    elif isinstance(schema, list):
        for item in schema:
            _drop_titles(item)


def _field_texts() -> dict[str, dict[str, str]]:
    """What the string under a field says, by class and field, also for the classes that inherit it."""
    own: dict[str, dict[str, str]] = {}
    bases: dict[str, list[str]] = {}
    for module in (model, shapes):
        for node in ast.parse(inspect.getsource(module)).body:
            if isinstance(node, ast.ClassDef):
                own[node.name] = _texts_in(node)
                bases[node.name] = [base.id for base in node.bases if isinstance(base, ast.Name)]
    return {name: _inherited(name, own, bases) for name in own}


def _texts_in(node: ast.ClassDef) -> dict[str, str]:
    found = {}
    for field, text in zip(node.body, node.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(text, ast.Expr):
            said = ast.literal_eval(text.value) if isinstance(text.value, ast.Constant) else ""
            found[field.target.id] = inspect.cleandoc(str(said)).replace("\n", " ")
    return found


def _inherited(name: str, own: dict[str, dict[str, str]], bases: dict[str, list[str]]) -> dict[str, str]:
    above: dict[str, str] = {}
    for base in bases.get(name, []):
        above |= _inherited(base, own, bases)
    return above | own.get(name, {})


_FIELD_TEXTS = _field_texts()

"""The published JSON Schemas are those of the models, and every file names its own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pakkeforlop.catalogue.json_schema import FOLDER, schema_name, schemas
from pakkeforlop.catalogue.load import PACKAGED
from pakkeforlop.catalogue.shapes import SHAPES

FILES = sorted(PACKAGED.rglob("*.toml"))


def test_the_schemas_are_those_of_the_models():
    """`pakkeforlop catalogue schema` would change nothing."""
    standing = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.iterdir()}
    assert standing == schemas()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGED).as_posix())
def test_a_file_names_its_schema_in_the_first_line(path: Path):
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith("#:schema ")
    named = (path.parent / first.removeprefix("#:schema ")).resolve()
    kind = path.stem if path.parent == PACKAGED else path.parent.name
    assert named == (FOLDER / schema_name(kind)).resolve()
    assert named.is_file()


def test_a_schema_refuses_unknown_keys_and_explains_the_known():
    pathway = json.loads((FOLDER / "pathway.json").read_text(encoding="utf-8"))
    assert pathway["additionalProperties"] is False
    limit = pathway["$defs"]["TimeLimit"]
    assert limit["required"] == ["source", "confidence", "valid_from"]
    assert limit["properties"]["valid_from"] == {"format": "date", "type": "string"}
    assert limit["properties"]["also"]["description"] == "Further sources that say the same."


def test_there_is_a_schema_for_every_kind_of_file():
    assert {schema_name(kind) for kind in SHAPES} == {path.name for path in FOLDER.iterdir()}

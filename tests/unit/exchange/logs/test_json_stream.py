"""FHIR files read an entry at a time give what JSON's own parser gives, wherever the text is cut."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pakkeforlop.exchange.logs import json_stream
from pakkeforlop.exchange.logs.json_stream import BundleEntry, resources
from pakkeforlop.vocabulary.errors import FileFault

VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=8)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=4), inner, max_size=3)),
    max_leaves=6,
)
FIELDS = st.dictionaries(st.text(max_size=5).filter(lambda name: name not in {"entry", "resourceType"}), VALUES, max_size=3)


def read(text):
    return [found for _, found in resources(io.BytesIO(text.encode()), "f.json")]


@pytest.fixture(params=[1, 7, 64])
def small_pieces(request, monkeypatch):
    monkeypatch.setattr(json_stream, "PIECE", request.param)


@settings(deadline=None, max_examples=120)
@given(FIELDS, st.lists(VALUES, max_size=4), st.booleans(), st.integers(1, 40), st.sampled_from([None, 1]))
def test_the_entries_of_a_bundle(fields, entries, first, piece, indent):
    """The kind may stand before or after the entries; what else the bundle holds is passed over."""
    before, kind = json_stream.PIECE, {"resourceType": "Bundle"}
    bundle = {**kind, **fields, "entry": entries} if first else {**fields, "entry": entries, **kind}
    json_stream.PIECE = piece
    try:
        assert read(json.dumps(bundle, indent=indent, ensure_ascii=bool(piece % 2))) == [BundleEntry(one) for one in entries]
    finally:
        json_stream.PIECE = before


def test_one_resource_a_line(small_pieces):
    lines = [{"resourceType": "Patient", "id": str(n), "text": "æøå" * n} for n in range(4)]
    assert read("\n".join(json.dumps(line) for line in lines)) == lines


def test_a_list_that_is_no_bundle_is_a_resource():
    """A List of FHIR has entries too."""
    found = {"resourceType": "List", "entry": [{"item": {"reference": "Condition/1"}}]}
    assert read(json.dumps(found)) == [found]
    assert read(json.dumps(dict(reversed(found.items())))) == [found]


def test_lines_are_those_of_the_file(small_pieces):
    text = '{"resourceType": "Bundle",\n "entry": [\n  {"a": 1},\n\n  {"a":\n 2}]}\n'
    assert [line for line, _ in resources(io.BytesIO(text.encode()), "f.json")] == [3, 5]


@pytest.mark.parametrize(
    ("text", "key", "place"),
    [
        ('{"resourceType": "Bundle", "entry": [', "not_json", (1, 38)),
        ('{"resourceType": "Bundle",\n "entry": [{"a": 1}, {"a" 2}]}', "not_json", (2, 27)),
        ('{"resourceType": "Bundle", "entry": [1 2]}', "not_json", (1, 40)),
        ('{"resourceType": "Patient"', "not_json", (1, 27)),
        ('{"resourceType": "Patient", 1}', "not_json", (1, 29)),
        ('{"resourceType": "Patient"} x', "not_json", (1, 29)),
        ('{"a": "text without an end', "not_json", (1, 7)),
        ('{"a": 1}', "not_fhir", None),
        ("[1, 2]", "not_fhir", None),
        ("nothing", "not_json", (1, 1)),
        ('{"resourceType": "Patient", "a": ' + "[" * 100_000, "json_too_deep", None),
    ],
)
def test_what_is_no_fhir_file(small_pieces, text, key, place):
    with pytest.raises(FileFault) as caught:
        read(text)
    assert caught.value.key == key
    if place:
        assert (caught.value.values["line"], caught.value.values["column"]) == place


def test_a_value_without_end_is_refused_before_it_fills_the_memory(monkeypatch):
    monkeypatch.setattr(json_stream, "LARGEST", 10_000)
    monkeypatch.setattr(json_stream, "PIECE", 1_000)
    with pytest.raises(FileFault) as caught:
        read('{"resourceType": "Patient", "a": "' + "x" * 100_000 + '"}')
    assert caught.value.key == "json_too_large"

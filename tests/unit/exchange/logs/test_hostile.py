"""Files that would harm, and files that are not whole: a sentence, never a crash, and nothing of them is used."""

from __future__ import annotations

import gzip

import pytest

from pakkeforlop.exchange.logs.convert import convert
from pakkeforlop.exchange.logs.files import FREE_GROWTH
from pakkeforlop.vocabulary.errors import FileFault, UnreadableFault

XES = 'name = "n"\n[read]\nformat = "xes"\n[[milestone]]\nkey = "m"\nall = [{ column = "concept:name", is = ["x"] }]\n'
CSV = XES.replace('"xes"', '"csv"\npatient = "p"\ndate = "d"').replace("concept:name", "a")
FHIR = XES.replace('"xes"', '"fhir"').replace("concept:name", "code")
BILLION = """<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>
<log><trace><string key="concept:name" value="&b;"/></trace></log>"""
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE l SYSTEM "file:///etc/passwd"><log/>'


@pytest.fixture
def fault(mapping, tmp_path):
    def refused(text, content, name="log"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        with pytest.raises(FileFault) as caught:
            convert([path], mapping(text))
        assert caught.value.exit_code == 12
        return caught.value.key

    return refused


@pytest.mark.parametrize("text", [BILLION, OUTSIDE])
def test_xml_with_a_document_type_is_not_read(fault, text):
    assert fault(XES, text) == "xml_doctype"


def test_a_zip_bomb_is_stopped_before_it_fills_the_memory(fault):
    bomb = gzip.compress(b'p,d,a\n' + b"0" * (FREE_GROWTH + (1 << 20)), 9)
    assert len(bomb) < 200_000
    assert fault(CSV, bomb) == "grows_too_much"


@pytest.mark.parametrize(
    ("text", "content", "key"),
    [
        (XES, "<log><trace><event>", "not_xml"),
        (XES, "nothing like XML", "not_xml"),
        (FHIR, '{"resourceType": "Bundle", "entry": [', "not_json"),
        (FHIR, "[" * 100_000, "json_too_deep"),
        (FHIR, '{"a": 1}', "not_fhir"),
        (CSV, "", "file_empty"),
        (CSV, "p,d,b\n1,2024-01-01,x\n", "log_column_missing"),
        (CSV, gzip.compress(b"p,d,a\n" * 100_000)[:-40], "half_written"),
    ],
)
def test_files_that_are_not_whole(fault, text, content, key):
    assert fault(text, content) == key


def test_a_file_that_is_not_there(mapping, tmp_path):
    with pytest.raises(UnreadableFault):
        convert([tmp_path / "none.csv"], mapping(CSV))


def test_a_row_with_too_few_fields_costs_only_itself(mapping, tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("p,d,a\n1,2024-01-01,x\n2,2024-01-02\n3,31.02.2024,x\n4,2024-01-04,x\n")
    found = convert([path], mapping(CSV))
    assert [row["case"] for row in found.milestones.to_pylist() if row["date"]] == ["1", "4"]
    assert [(row["row"], row["column"]) for row in found.refused.to_pylist()] == [(2, ""), (3, "d")]


def test_the_same_file_twice_counts_once(mapping, tmp_path):
    one, two = tmp_path / "one.csv", tmp_path / "two.csv"
    one.write_text("p,d,a\n1,2024-01-01,x\n")
    two.write_bytes(one.read_bytes())
    alone, both = convert([one], mapping(CSV)), convert([one, two], mapping(CSV))
    assert alone.milestones.equals(both.milestones)
    assert both.record["events"] == 1

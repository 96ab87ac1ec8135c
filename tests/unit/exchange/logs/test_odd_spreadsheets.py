"""Spreadsheets as people make them: titles above the header, names over two lines, wards instead of numbers, odd dates."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pakkeforlop.exchange.logs.convert import convert
from pakkeforlop.exchange.logs.mapping import MappingFault
from pakkeforlop.vocabulary.errors import FileFault

CLINIC = """Udtræk fra Min Klinik;;;;;
Oprettet 12-03-24;;;;;
"Patient
nr.";Hændelse;Status;Dato ;Afdeling;Bemærkning
4711;Henvisning modtaget;;08-01-24;Brystkir. afd.;
4711;Klinisk undersøgelse;Udeblevet;12-01-24;Brystkir. afd.;
4711;Klinisk undersøgelse;Gennemført;15-01-24 kl. 9.30;Brystkir. afd.;"to
linjer"
4712;Henvisning modtaget;;10.01.2024;Privathosp.;
4713;Henvisning modtaget;;snarest;Brystkir. afd.;
4714;Henvisning modtaget;;11-01-24;Brystkir. afd.;haster; ring
"""
MAPPING = """name = "Min klinik"
[read]
format = "csv"
header_line = 3
patient = "Patient nr."
date = "Dato"
date_format = ["dd-mm-yy", "dd.mm.yyyy"]
[place]
column = "Afdeling"
numbers = { "Brystkir. afd." = "974589095" }
[[milestone]]
key = "henvisning"
all = [{ column = "Hændelse", is = "Henvisning modtaget" }]
code = "A01A"
[[milestone]]
key = "fremmøde"
all = [{ column = "Hændelse", starts_with = "Klinisk" }, { column = "Status", is = "Gennemført" }]
code = "A01S"
"""


@pytest.fixture
def clinic(tmp_path):
    def write(text=CLINIC, encoding="cp1252"):
        path = tmp_path / "klinik.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return write


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig"])
def test_what_can_be_read_is_and_the_rest_is_named(clinic, mapping, encoding):
    found = convert([clinic(encoding=encoding)], mapping(MAPPING))
    rows = [(row["patient_id"], row["code"], str(row["event_date"]), row["institution"]) for row in found.registrations.to_pylist()]
    assert rows == [("4711", "A01A", "2024-01-08", "974589095"), ("4711", "A01S", "2024-01-15", "974589095")]
    refused = [(row["row"], row["line"], row["column"], row["value"]) for row in found.refused.to_pylist()]
    assert refused == [
        (4, 9, "Afdeling", "Privathosp."), (5, 10, "Dato", "snarest"), (6, 11, "", "7 ≠ 6"),
    ]  # fmt: skip
    assert "not among the numbers of [place]" in found.refused["reason_en"][0].as_py()
    dated = {row["case"] for row in found.milestones.to_pylist() if row["date"]}
    assert dated == {"4711", "4712"}, "a day without a known place is still a day"


def test_a_line_for_the_spreadsheet_is_passed_over(clinic, mapping):
    text = "sep=;\n" + "\n".join(CLINIC.splitlines()[2:]) + "\n"
    found = convert([clinic(text)], mapping(MAPPING.replace("header_line = 3\n", "")))
    assert [row["line"] for row in found.refused.to_pylist()] == [8, 9, 10]


def test_a_column_of_another_name_is_pointed_at(clinic, mapping):
    """The file, the line of the mapping that names it, and the nearest column there is."""
    with pytest.raises(FileFault) as caught:
        convert([clinic()], mapping(MAPPING.replace('"Hændelse", is', '"haendelse", is')))
    told = caught.value.what("en")
    assert told.startswith("klinik.csv: the log has no column «haendelse» (mapping.toml:13) → «Hændelse»?")
    assert "It has: Patient nr., Hændelse, Status, Dato, Afdeling, Bemærkning" in told


def test_a_header_that_is_elsewhere_is_told(clinic, mapping):
    with pytest.raises(FileFault) as caught:
        convert([clinic()], mapping(MAPPING.replace("header_line = 3\n", "")))
    assert "give header_line" in caught.value.now("en")


def test_a_column_that_is_there_twice(clinic, mapping):
    with pytest.raises(FileFault) as caught:
        convert([clinic(CLINIC.replace("Bemærkning", "Status"))], mapping(MAPPING))
    assert caught.value.key == "log_column_twice"


def test_a_quotation_mark_without_end_is_named_by_line(clinic, mapping):
    with pytest.raises(FileFault) as caught:
        convert([clinic(CLINIC + '4715;"Henvisning' + " x" * 70_000)], mapping(MAPPING))
    assert (caught.value.key, caught.value.values["line"]) == ("log_row", 12)


def test_what_no_event_fits_is_told_with_the_nearest_texts(clinic, mapping):
    text = MAPPING.replace('"Henvisning modtaget"', '"Henvisning mottatt"').replace('"Gennemført"', '"Udført"')
    (first, second) = convert([clinic()], mapping(text)).record["without_dates"]
    assert (first["key"], first["fitted"], first["looked_at"]["Hændelse"][0]) == ("henvisning", 0, "Henvisning modtaget")
    assert second["looked_at"]["Status"] == ["Gennemført", "Udeblevet"]


def test_what_fits_without_a_date_is_told_apart(clinic, mapping):
    text = MAPPING.replace('["dd-mm-yy", "dd.mm.yyyy"]', '"yyyymmdd"')
    found = convert([clinic()], mapping(text)).record["without_dates"]
    assert [(one["key"], one["fitted"], one["looked_at"]) for one in found] == [("henvisning", 3, {}), ("fremmøde", 1, {})]


WIDE = """Pid;Henvist;1. oppmøte;Besluttet;MDT;Sted
1;3/1-24;10/1-24;Kirurgi;24/1-24;974557746
2;3/1-24;;;;974557746
1;12/11-24;snart;Ikke kreft;20/11-24;974557746
"""
WIDE_MAPPING = """name = "Regneark"
[read]
format = "csv"
patient = "Pid"
case = ["Henvist"]
date_format = "d/m-yy"
[place]
column = "Sted"
[[milestone]]
key = "referral"
date = "Henvist"
code = "A26A"
[[milestone]]
key = "attendance"
date = "1. oppmøte"
code = "A26S"
[[milestone]]
key = "surgery"
date = "MDT"
all = [{ column = "Besluttet", is = "Kirurgi" }]
code = "A26CK"
"""


def test_a_line_for_each_course_and_a_column_for_each_date(clinic, mapping):
    """Patient 1 was referred twice, patient 2 on the same day as 1: three cases. An empty cell is no fault, a word is."""
    found = convert([clinic(WIDE)], mapping(WIDE_MAPPING))
    rows = [(row["patient_id"], str(row["event_date"]), row["code"]) for row in found.registrations.to_pylist()]
    assert sorted(rows) == [
        ("1", "2024-01-03", "A26A"), ("1", "2024-01-10", "A26S"), ("1", "2024-01-24", "A26CK"), ("1", "2024-11-12", "A26A"),
        ("2", "2024-01-03", "A26A"),
    ]  # fmt: skip
    assert (found.record["cases"], found.record["patients"]) == (3, 2)
    assert [(row["line"], row["column"], row["value"]) for row in found.refused.to_pylist()] == [(4, "1. oppmøte", "snart")]


def test_texts_that_no_milestone_takes_are_told(clinic, mapping):
    """A spelling that was forgotten stands among them; a text that only a `none` names, or of a date, does not."""
    text = WIDE.replace("2;3/1-24;;;;", "2;3/1-24;;kirurgi ;25/1-24;")
    found = convert([clinic(text)], mapping(WIDE_MAPPING + 'none = [{ column = "Pid", is = "9" }]\n'))
    assert found.record["texts_left"] == {"Besluttet": {"count": 2, "texts": ["Ikke kreft", "kirurgi "]}}


def test_a_milestone_without_conditions_or_a_date_of_its_own_is_a_fault(mapping):
    with pytest.raises(MappingFault) as caught:
        mapping(WIDE_MAPPING.replace('date = "1. oppmøte"\n', ""))
    assert {line for line, *_ in caught.value.told()} == {2, 13}  # the file's date column, and the milestone


def test_the_mapping_of_the_how_to_reads_such_a_spreadsheet(clinic, mapping):
    page = (Path(__file__).resolve().parents[4] / "docs" / "how-to" / "convert-a-log.md").read_text(encoding="utf-8")
    text, _ = re.findall(r"```toml\n(.*?)```", page, re.S)
    found = convert([clinic("\n" + CLINIC)], mapping(text))
    assert [row["code"] for row in found.registrations.to_pylist()] == ["A01A", "A01S"]

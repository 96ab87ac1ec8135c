"""The scan for whole records agrees with a plain reading of the same text, however it is cut into pieces."""

import csv
import re
from unittest.mock import patch

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from pakkeforlop.exchange.csv.files import InFile
from pakkeforlop.exchange.csv.layout import Column, Kind, Layout
from pakkeforlop.exchange.csv.lines import JOIN_AT_MOST, scan
from pakkeforlop.exchange.csv.text import read_text

TWO = Layout("two", (Column("a", Kind.ID, required=True), Column("b", Kind.ID, required=True)))
FIELD = r'(?:"(?:[^"]|"")*"|[^",\n][^,\n]*|)'
RECORD = re.compile(rf"{FIELD},{FIELD}")
ANY_RECORD = re.compile(rf"{FIELD}(?:,{FIELD})*")


def plainly(text):
    """The rule, line by line: (row, fields or reason)."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    cut = lines.pop() != "" and not text.endswith(("\n", "\r"))
    if cut:
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    found, at = [], 0
    while at < len(lines):
        line = lines[at]
        if line == "":
            at += 1
            continue
        reason = None
        if "\0" in line:
            reason = "nul"
        elif not RECORD.fullmatch(line) or "\n" in line:
            if ANY_RECORD.fullmatch(line):
                reason = "field_count"
            elif line.count('"') % 2:
                end = next((n for n in range(at + 1, len(lines)) if lines[n].count('"') % 2), None)
                whole = "\n".join(lines[at : end + 1]) if end is not None else ""
                if end is not None and "\0" not in whole and RECORD.fullmatch(whole.replace("\n", " ")):
                    found.append(next(csv.reader([whole.replace("\n", " ")])))
                    at = end + 1
                    continue
                reason = "quotes"
            else:
                reason = "quotes"
        found.append(reason if reason else next(csv.reader([line])))
        at += 1
    if cut and found and isinstance(found[-1], str):
        found[-1] = "cut_off"
    return found


LETTERS = st.sampled_from(
    ["a", "b", ",", ",", "\n", "\n", '"', '"', "\r\n", "x,y\n", '"p","q"\n', '"p""q",r\n', " ", "\0"]
)


@settings(max_examples=1500, deadline=None)
@given(st.lists(LETTERS, max_size=24).map("".join))
def test_the_scan_finds_what_a_plain_reading_finds(text):
    expected = plainly(text)
    text = text.replace("\r\n", "\n")
    records = scan(text.encode(), ",", 2, last=True)
    reasons = {int(row): reason for reason, rows in records.refused.items() for row in rows}
    good = list(range(records.count)) if records.good is None else records.good.tolist()
    parsed = list(csv.reader(records.text.decode().splitlines()))
    found = dict(zip(good, parsed, strict=True)) | reasons
    assert [found[row] for row in range(records.count)] == expected


@settings(max_examples=300, deadline=None)
@given(st.lists(LETTERS.filter(lambda letters: letters != "\0"), max_size=40).map("".join), st.integers(1, 30))
def test_pieces_of_any_size_give_the_same_rows(tmp_path_factory, text, size):
    path = tmp_path_factory.mktemp("pieces") / "a.csv"
    path.write_bytes(b"a,b\n" + text.encode())
    whole = read_text(InFile(path, "a.csv", kind="csv"), TWO)
    with patch("pakkeforlop.exchange.csv.text.HEAD", 4):
        pieces = read_text(InFile(path, "a.csv", kind="csv"), TWO, piece=size)
    assert pieces.table.to_pylist() == whole.table.to_pylist()
    everything = np.arange(len(whole))
    assert pieces.number(everything).tolist() == whole.number(everything).tolist()
    assert by_reason(pieces) == by_reason(whole)


def by_reason(rows):
    found = [(reason, row) for numbers, _, reason, _, _ in rows.refusals.pieces for row in numbers.tolist()]
    return sorted(found)


def test_a_stray_quote_does_not_swallow_the_rows_after_it():
    text = b'1,2\n3,"4\n' + b"5,6\n" * 1000
    records = scan(text, ",", 2, last=True)
    assert records.count == 1002
    assert {reason: rows.tolist() for reason, rows in records.refused.items()} == {"quotes": [1]}


def test_a_quoted_field_may_hold_line_breaks_but_not_without_end():
    few = b'1,"2\n' + b"more\n" * (JOIN_AT_MOST - 1) + b'end"\n'
    assert scan(few, ",", 2, last=True).count == 1
    many = b'1,"2\n' + b"more\n" * JOIN_AT_MOST + b'end"\n'
    assert scan(many, ",", 2, last=True).count == JOIN_AT_MOST + 2


def test_a_line_beyond_reason_is_refused_alone():
    text = b"1,2\n3," + b"4" * 600_000 + b"\n5,6\n"
    records = scan(text, ",", 2, last=True)
    assert {reason: rows.tolist() for reason, rows in records.refused.items()} == {"too_long": [1]}
    assert records.text == b"1,2\n5,6\n"


def test_line_breaks_inside_a_value_become_blanks(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('a,b\n1,"two\nlines, and a comma"\n2,x\n')
    rows = read_text(InFile(path, "a.csv", kind="csv"), TWO)
    assert rows.table.to_pylist() == [{"a": "1", "b": "two lines, and a comma"}, {"a": "2", "b": "x"}]
    assert rows.table.schema.field("a").type == pa.string()

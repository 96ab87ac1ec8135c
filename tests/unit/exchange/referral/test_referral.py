"""The pathway part of a referral: read as it stands, dates suggested from words, written so that it reads back."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pakkeforlop.catalogue.load import load_catalogue
from pakkeforlop.exchange.enclosed import enclosed
from pakkeforlop.exchange.referral.dates import dates_in
from pakkeforlop.exchange.referral.read import READER, read_referral, referred_of
from pakkeforlop.exchange.referral.write import Sent, pathway_part
from pakkeforlop.vocabulary.errors import FileFault
from unit.exchange.referral.conftest import referral

MADE = date(2022, 1, 10)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Henvisning mottatt: 20.12.2017", ["2017-12-20"]),
        ("Første fremmøte: 27.12.17", ["2017-12-27"]),
        ("Behandling besluttet 2017-12-29", ["2017-12-29"]),
        ("mottatt 3/1-2022", ["2022-01-03"]),
        ("mottatt 3/1 2022", ["2022-01-03"]),
        ("mottatt den 20. desember 2021 kl. 12.30", ["2021-12-20"]),
        ("20.des. 21", ["2021-12-20"]),
        ("5 mai 2021", ["2021-05-05"]),
        ("20122021", ["2021-12-20"]),
        ("20211220", ["2021-12-20"]),
        ("20. desember", ["2021-12-20"]),
        ("9.1.", ["2022-01-09"]),
        ("11.1.", ["2021-01-11"]),
        ("A 16.12.21, S 27.12.21", ["2021-12-16", "2021-12-27"]),
        ("31.02.2021", []),
        ("PSA 30 ng/ml", []),
        ("se journal", []),
        ("12055612344", []),
        ("", []),
        ("16.12.2021 og 16/12-21", ["2021-12-16"]),
    ],
)
def test_dates_in_words(text: str, days: list[str]):
    """A date alone without a year is the last before the referral (10 January 2022)."""
    assert [day.isoformat() for day in dates_in(text, made=MADE)] == days


@given(st.dates(date(2015, 1, 1), date(2035, 12, 31)), st.sampled_from(["%d.%m.%Y", "%Y-%m-%d", "%d/%m-%Y", "%d%m%Y"]))
def test_every_date_is_read_in_every_spelling(day: date, form: str):
    assert dates_in(f"mottatt: {day.strftime(form)}", made=date(2036, 1, 1)) == [day]


@given(st.text(max_size=200))
def test_any_text_is_read_without_a_fault(text: str):
    assert all(isinstance(day, date) for day in dates_in(text, made=MADE))


@pytest.mark.parametrize("issue", ["2017-11-30", "2017-01-31"])
def test_what_a_referral_tells(letter, issue):
    found = read_referral(letter(referral(issue=issue)))
    assert (found.sender, found.department, found.receiver) == ("Helse Førde HF", "Kirurgi", "Helse Bergen HF")
    assert (found.patient_id, found.patient_name, found.priority, found.diagnosis) == (
        "12055612344", "Lystig Ullgenser", "PK", "C34"
    )  # fmt: skip
    assert found.dates == {"seniority": "2021-12-16", "limit": "2022-01-12"}
    assert [(one.code, one.remark, one.dates) for one in found.codes] == [
        ("A26A", "Henvisning mottatt: 16.12.2021", ["2021-12-16"]), ("A26S", "Første fremmøte 27.12.21", ["2021-12-27"]),
        ("A26CK", "Besluttet i MDT", []),
    ]  # fmt: skip


def test_an_attachment_of_megabytes_is_passed_over(letter):
    assert len(read_referral(letter(referral(attachment="QUJD" * 600_000))).codes) == 3


def test_in_a_process_of_its_own_it_is_the_same(letter):
    path = letter()
    (told,) = enclosed(READER, str(path), file=lambda: path.name)
    assert referred_of(told[0]) == read_referral(path)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("<x/>", "referral_none"),
        ("<MsgHead xmlns='http://www.kith.no/xmlstds/msghead/2006-05-24'><MsgInfo><Type V='NPR_ORD'/></MsgInfo></MsgHead>", "referral_none"),
        ("<!DOCTYPE x [<!ENTITY a 'b'>]><MsgHead/>", "xml_doctype"),
        (referral()[:900], "not_xml"),
        (referral([("A26A", "x")] * 201), "referral_too_many"),
    ],
)
def test_what_is_no_referral_is_refused(letter, text, key):
    with pytest.raises(FileFault) as fault:
        read_referral(letter(text))
    assert fault.value.key == key


CODES = st.lists(
    st.builds(Sent, st.sampled_from(["A26A", "A26S", "A26CK", "A16A", "D01A", "B01CU"]), st.dates(date(2015, 1, 1), date(2030, 12, 31))),
    min_size=1, max_size=12,
)  # fmt: skip


@given(CODES)
def test_what_is_written_reads_back(codes):
    """Code by code with its day, through the words of the remark; mental health by its own list."""
    import tempfile
    from pathlib import Path

    part = pathway_part(codes, load_catalogue(), {"seniority": MADE}).decode().split("?>", 1)[1]
    head = referral([]).split("<Henvisning")[0]
    whole = head + part.strip() + "</Content></RefDoc></Document></MsgHead>"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "r.xml"
        path.write_text(whole, encoding="utf-8")
        found = read_referral(path)
    assert [(one.code, one.dates) for one in found.codes] == [
        (one.code, [one.day.isoformat()]) for one in sorted(codes, key=lambda one: (one.day, one.code))
    ]
    assert (found.priority, found.dates) == ("PK", {"seniority": "2022-01-10"})
    assert {one.code_list.rpartition(".")[2] for one in found.codes if one.code.startswith("D")} <= {"9327"}

"""Message to registrations without loss, and hostile messages refused with a sentence."""

from __future__ import annotations

import gzip
import json
from datetime import date, datetime
from io import BytesIO

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given as every
from hypothesis import settings
from hypothesis import strategies as st

from pakkeforlop.exchange.npr.collect import collect
from pakkeforlop.exchange.npr.envelope import Head, System
from pakkeforlop.exchange.npr.persons import Persons
from pakkeforlop.exchange.npr.read import DataReader, open_message, read_identities
from pakkeforlop.exchange.npr.validate import schema_faults
from pakkeforlop.exchange.npr.versions import Versions
from pakkeforlop.exchange.npr.write import write_data, write_identities
from pakkeforlop.vocabulary.calendar import day_number
from pakkeforlop.vocabulary.errors import FileFault

YEAR = (date(2025, 1, 1), date(2025, 12, 31))
TEXT = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\ufffe\uffff", min_codepoint=32), min_size=1, max_size=9)
AWKWARD = st.sampled_from(["a\tb", "a\nb", "a\rb", "<&>\"'", "]]>", " x ", "Øre", "\x85", "\u2028", "\x7f"])
IDS = st.one_of(st.sampled_from(["p1", "p2", "p3", "01017000000"]), TEXT, AWKWARD)
DAYS = st.dates(YEAR[0], YEAR[1]).map(day_number)
NO_DAY = st.one_of(st.none(), DAYS)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "patient_id": IDS,
            "code": st.one_of(st.sampled_from(["A01A", "A01S", "D01A", "A01CK", "xyz"]), TEXT),
            "day": DAYS,
            "institution": st.sampled_from(["974557746", "974743272", "9745577460", "983974724"]),
            "registration_id": st.one_of(st.none(), TEXT, AWKWARD),
            "unit": st.one_of(st.none(), TEXT, AWKWARD, st.sampled_from(["Hudavdelingen", "4201"])),
            "care_level": st.one_of(st.none(), st.sampled_from(["1", "2", "3", "8"])),
            "seniority_day": NO_DAY,
            "received_day": NO_DAY,
        }
    ),
    min_size=1,
    max_size=14,
)
KINDS = {"day": pa.int32(), "seniority_day": pa.int32(), "received_day": pa.int32()}


def sent(rows, catalogue, folder):
    """The rows through both messages and back, as tuples in any order."""
    version = Versions().named("58_0_1")
    table = pa.table({name: pa.array([row[name] for row in rows], KINDS.get(name, pa.string())) for name in rows[0]})
    (part,) = collect(table, catalogue, version, sender="bergen", period=YEAR).parts
    part = part.load()
    persons = Persons("983974724", b"s" * 32)
    paths = {}
    for module, write in (("ord", lambda s, h: write_data(s, h, part, persons, catalogue, version)),
                          ("ide", lambda s, h: write_identities(s, h, part, persons, version))):  # fmt: skip
        whole = BytesIO()
        write(whole, Head(module, "983974724", "Helse Bergen HF", YEAR, 1, datetime(2026, 1, 3, 8), System()))
        paths[module] = folder / f"{module}.xml"
        paths[module].write_bytes(whole.getvalue())
        assert schema_faults(paths[module], version, module) == []
    identities = read_identities(open_message(paths["ide"], Versions()))
    tables = []
    DataReader(open_message(paths["ord"], Versions()), identities, {}, tables.append, lambda _: None).read()
    return pa.concat_tables(tables).to_pylist()


@settings(deadline=None, max_examples=80)
@every(ROWS)
def test_nothing_of_a_message_is_lost(catalogue, tmp_path_factory, rows):
    """Doubles, empty cells and odd characters too; only the order is the message's."""
    back = sent(rows, catalogue, tmp_path_factory.mktemp("message"))
    dates = {"day": "event_date", "seniority_day": "seniority_date", "received_day": "received_date"}
    found = [
        {ours: None if row[theirs] is None else day_number(row[theirs]) for ours, theirs in dates.items()}
        | {name: row[name] for name in rows[0] if name not in dates}
        for row in back
    ]
    key = lambda row: sorted((name, str(value)) for name, value in row.items())  # noqa: E731
    assert sorted(found, key=key) == sorted(rows, key=key)


def test_figures_of_the_read_message_are_those_of_the_sent_registrations(given, run):
    """The engine gives the same episodes from both."""
    rows = ["patient_id,code,event_date,institution,registration_id"]
    for n in range(40):
        day = n % 9 + 1
        rows += [f"q{n},A{(1, 16, 26, 38)[n % 4]:02}{code},2025-0{month}-0{day},974557746,{n}-{code}"
                 for code, month in (("A", 1), ("S", 2), ("CK", 3), ("FK", 4))[: n % 4 + 1]]  # fmt: skip
    (given / "codes.csv").write_text("\n".join(rows), encoding="utf-8")
    run("npr", "write", given / "codes.csv", "--sender", "bergen", "--period", "2025-12", "--out", given / "message")
    run("npr", "read", *(given / "message").glob("*.zip"), "--out", given / "back")
    for name, file in (("one", given / "codes.csv"), ("two", given / "back/registrations.parquet")):
        run("monitor", file, "--out", given / name, "--no-report", "--quiet", "--as-of", "2025-12-31")
    one, two = (pq.read_table(given / name / "episodes.parquet").to_pylist() for name in ("one", "two"))
    assert len(one) == 40
    assert one == two


def test_the_record_tells_what_was_read(written, given, run):
    folder = written()
    told = run("npr", "read", *folder.glob("*.zip"), "--out", given / "back", "--lang", "en")
    assert "5 registrations of 2 patients, 4 contacts (2 technical)." in told
    people = (given / "back/patients.csv").read_text(encoding="utf-8").splitlines()
    assert people == ['"patient_id","sex","birth_year","municipality"'.replace('"', ""), '"p1","2",1960,"4601"', '"p2","1",1980,']


def test_without_the_identity_message_patients_have_their_numbers(written, given, run):
    folder = written()
    run("npr", "read", *folder.glob("NPR_ORD*.xml"), "--out", given / "back")
    assert set(pq.read_table(given / "back/registrations.parquet")["patient_id"].to_pylist()) == {"p1", "p2"}


def test_the_highest_running_number_replaces(written, given, run):
    """January by its own number 1; January and February with number 3: the three rows of January count once."""
    ledger = ("--ledger", given / "numbers.json")
    january, february = written(*ledger, period="2025-01", out="january"), written(*ledger, out="february")
    run("npr", "read", *january.glob("*.zip"), *february.glob("*.zip"), "--out", given / "back")
    assert pq.read_table(given / "back/registrations.parquet").num_rows == 5
    record = json.loads((given / "back/run.json").read_text(encoding="utf-8"))
    assert record["replaced"] == {"NPR_ORD_983974724_2025-01_0001.zip": ["983974724"]}


def test_a_message_given_twice_is_refused(written, given, run):
    (path,) = written().glob("NPR_ORD*.xml")
    copy = given / "copy.xml"
    copy.write_bytes(path.read_bytes())
    assert "is given twice" in run("npr", "read", path, copy, "--out", given / "back", "--lang", "en", code=12)
    assert not (given / "back").exists()


BILLION = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.fixture
def refused(written, given, run):
    """The sentence that a changed message is refused with; nothing is written."""
    (path,) = written().glob("NPR_ORD*.xml")

    def attempt(change, name="bad.xml"):
        content = change(path.read_bytes())
        (given / name).write_bytes(content)
        told = run("npr", "read", given / name, "--out", given / "back", "--lang", "en", code=12)
        assert not (given / "back").exists()
        return told

    return attempt


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda text: text.replace(b"<MsgHead", BILLION.encode() + b"<MsgHead", 1), "has a DOCTYPE"),
        (lambda text: text.replace(b"<MsgHead", OUTSIDE.encode() + b"<MsgHead", 1), "has a DOCTYPE"),
        (lambda text: text[: len(text) // 2], "the XML is not whole"),
        (lambda text: text + b"<more/>", "the XML is not whole"),
        (lambda text: text.replace(b"Hud", b"H\xf8d").replace(b"Bryst", b"Br\xf8st"), "the XML is not whole"),
        (lambda text: text.replace(b"utf-8", b"x-unknown", 1), "may do harm"),
        (lambda text: b"", "is empty"),
        (lambda text: b"not xml at all", "the XML is not whole"),
        (lambda text: b"<Melding/>", "no message to the register"),
        (lambda text: text.replace(b"2025-01-10T00", b"2025-02-30T00"), "does not follow the schema"),
        (lambda text: b"PK\x03\x04" + text, "is damaged"),
        (lambda text: gzip.compress(text)[:-30], "not whole"),
        (lambda text: text.replace(b"<Kontakt", b"<a>" * 100 + b"<Kontakt", 1), "may do harm"),
    ],
)
def test_harmful_and_broken_messages_are_refused(refused, change, told):
    sentence = refused(change)
    assert told in sentence or "half" in sentence, sentence
    assert "Traceback" not in sentence


def test_a_gigabyte_of_text_is_stopped_early(refused):
    """As one text, and as one attribute: packed, so that the file is small."""

    def text(message):
        return gzip.compress(message.replace(b"<MIGversion>", b"<MIGversion>" + b"x" * (40 << 20), 1), 1)

    def attribute(message):
        return gzip.compress(message.replace(b'kodeVerdi="A01A"', b'kodeVerdi="' + b"x" * (40 << 20) + b'"', 1), 1)

    for change in (text, attribute):
        assert "may do harm" in refused(change, "bad.xml.gz")


def test_a_bomb_of_a_packed_file_is_refused(refused):
    packed = gzip.compress(b'<MsgHead xmlns="http://www.kith.no/xmlstds/msghead/2006-05-24">' + b" " * (300 << 20), 9)
    assert len(packed) < 400_000
    sentence = refused(lambda _: packed, "bomb.gz")
    assert "may do harm" in sentence or "300 times" in sentence


def test_an_unknown_version_is_named(written, given, run):
    (path,) = written().glob("NPR_ORD*.xml")
    (given / "old.xml").write_bytes(path.read_bytes().replace(b"58_0_1_ord", b"53_1_2_ord"))
    told = run("npr", "read", given / "old.xml", "--out", given / "back", "--lang", "en", code=2)
    assert "53_1_2_ord" in told
    assert "58_0_1" in told


def test_without_validation_a_date_that_cannot_be_is_still_refused(written, given, run):
    (path,) = written().glob("NPR_ORD*.xml")
    (given / "bad.xml").write_bytes(path.read_bytes().replace(b"2025-01-10T00", b"2025-02-30T00"))
    told = run("npr", "read", given / "bad.xml", "--no-validate", "--out", given / "back", "--lang", "en", code=12)
    assert "startDatoTid" in told


def test_files_that_are_not_there(given, run):
    run("npr", "read", given / "none.xml", "--out", given / "back", code=13)
    (given / "folder").mkdir()
    run("npr", "read", given / "folder", "--out", given / "back", code=12)


def test_ids_of_one_patient_at_two_senders_are_two_guids():
    """Nobody joins two hospitals' messages by the GUID."""
    one, other = (Persons(sender, b"s" * 32).guid("01017000000") for sender in ("983974724", "883974832"))
    assert one != other


def test_texts_that_xml_cannot_hold_are_left_out(catalogue):
    table = pa.table({
        "patient_id": ["p1", "p\x01", "p" * 300], "code": ["A01A"] * 3, "day": pa.array([day_number(YEAR[0])] * 3, pa.int32()),
        "institution": ["974557746"] * 3,
    })  # fmt: skip
    found = collect(table, catalogue, Versions().named("58_0_1"), sender="bergen", period=YEAR)
    assert (found.sent, found.left_out) == (1, {"unfit_text": 2})


def test_a_message_that_is_no_file_fault_elsewhere(tmp_path):
    path = tmp_path / "m.xml"
    path.write_text('<MsgHead xmlns="http://www.kith.no/xmlstds/msghead/2006-05-24"/>')
    with pytest.raises(FileFault) as caught:
        open_message(path, Versions())
    assert caught.value.key == "npr_not_a_message"

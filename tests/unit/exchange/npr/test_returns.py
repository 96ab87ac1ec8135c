"""What the register will say and what it said: on the registration that it is about."""

from __future__ import annotations

import json
import zipfile

import openpyxl
import pyarrow.parquet as pq
import pytest

CODES = """patient_id,code,event_date,institution,registration_id
p1,A01A,2025-01-08,974557746,r1
p1,A01S,2025-01-10,974557746,r2
p1,A01S,2025-01-12,974557746,r3
p2,A26CK,2025-01-20,974557746,r4
p3,A99A,2025-01-21,974557746,r5
p4,A16A,2025-01-22,974749025,r6
p4,A16A,2025-01-22,974749025,r7
p5,A26S,2024-11-22,974557746,r8
p6,A38A,,974557746,r9
"""
OWN = ("--sender", "983974724", "--period", "2025-02")


@pytest.fixture
def codes(tmp_path):
    (tmp_path / "codes.csv").write_text(CODES, encoding="utf-8")
    return tmp_path


def foreseen(run, folder, *more, code=1):
    run("npr", "check", folder / "codes.csv", *OWN, "--out", folder / "check.parquet", *more, code=code)
    return [(row["registration_id"], row["message"]) for row in pq.read_table(folder / "check.parquet").to_pylist()]


def test_the_outgoing_period_is_checked(codes, run):
    """A second S (102), a C without a start (110), an unknown code (101), one without a date (107).

    Not those of another sender (r7) or of another year (r8).
    """
    found = foreseen(run, codes)
    assert {one for one in found if one[0] in {"r3", "r5", "r9"}} == {("r3", 102), ("r5", 101), ("r9", 107)}
    assert {one for one, _ in found} == {"r3", "r4", "r5", "r9"}


def test_our_own_warnings_come_on_request(codes, run):
    plain, own = foreseen(run, codes), foreseen(run, codes, "--own")
    assert set(plain) <= set(own)
    assert all(number < 900 for _, number in plain)


def test_nothing_to_say_ends_with_zero(tmp_path, run):
    (tmp_path / "codes.csv").write_text(CODES.splitlines()[0] + "\np1,A01A,2025-01-08,974557746,r1\n")
    assert foreseen(run, tmp_path, code=0) == []


@pytest.fixture
def answered(codes, run):
    """The codes sent, and what a receiver answers."""
    run("npr", "write", codes / "codes.csv", *OWN, "--out", codes / "sent", "--at", "2025-03-03T08:00:00")
    run("npr", "answer", *(codes / "sent").glob("*.zip"), "--out", codes / "answers", "--at", "2025-03-04T08:00:00")
    return codes


def test_a_receiver_says_what_the_check_foresaw(answered, run):
    """Message by message, on the same registrations; the one without a date was never sent."""
    (answer,) = (answered / "answers").glob("NPR_ERR*.xml")
    run("npr", "returns", answer, "--registrations", answered / "codes.csv", "--out", answered / "list.parquet")
    returned = [(row["registration_id"], int(row["message"])) for row in pq.read_table(answered / "list.parquet").to_pylist()]
    assert sorted(returned) == sorted(one for one in foreseen(run, answered) if one[0] != "r9")
    assert len(returned) >= 3


def test_each_message_stands_on_its_row_with_text(answered, run):
    (answer,) = (answered / "answers").glob("NPR_ERR*.xml")
    run("npr", "returns", answer, "--registrations", answered / "codes.csv", "--out", answered / "list.parquet")
    row = next(row for row in pq.read_table(answered / "list.parquet").to_pylist() if row["registration_id"] == "r3")
    wanted = {"kind": "NPR_ERR", "sender": "983974724", "message": "102", "file": "codes.csv", "row": 3, "patient_id": "p1",
              "code": "A01S", "institution": "974557746", "found": True}  # fmt: skip
    assert {name: row[name] for name in wanted} == wanted
    assert str(row["event_date"]) == "2025-01-12"
    assert row["text_en"].startswith("The code is registered before in this pathway.")


def test_a_return_without_ids_is_put_on_by_patient_code_day_and_place(answered, run):
    (answer,) = (answered / "answers").glob("NPR_ERR*.xml")
    text = answer.read_text(encoding="utf-8")
    assert 'prosNr="r3"' in text
    plain = answered / "plain.xml"
    plain.write_text(text.replace(' prosNr="r3"', "").replace(' prosNr="r5"', ' prosNr="gone"'), encoding="utf-8")
    told = run("npr", "returns", plain, "--registrations", answered / "codes.csv", "--json", "--quiet")
    assert json.loads(told)["not_found"] == 0


def test_what_fits_no_registration_is_kept_and_told(answered, run):
    (answer,) = (answered / "answers").glob("NPR_ERR*.xml")
    other = answered / "other.csv"
    other.write_text(CODES.splitlines()[0] + "\np9,A01A,2025-01-08,974557746,x1\n")
    told = run("npr", "returns", answer, "--registrations", other, "--out", answered / "list.parquet", "--lang", "en", code=1)
    rows = pq.read_table(answered / "list.parquet").to_pylist()
    assert f"{len(rows)} fit no registration" in told
    assert {row["found"] for row in rows} == {False}
    assert {row["registration_id"] for row in rows} >= {"r3", "r5"}


def test_a_rejection_leads_from_the_line_to_the_patient(codes, run):
    """One patient a line: the second patient's code set is wrong."""
    run("npr", "write", codes / "codes.csv", *OWN, "--out", codes / "sent", "--at", "2025-03-03T08:00:00")
    (path,) = (codes / "sent").glob("NPR_ORD*.xml")
    lines = path.read_text(encoding="utf-8").split("\n")
    (at,) = [n for n, line in enumerate(lines) if "A26CK" in line]
    lines[at] = lines[at].replace('kodeverk="P"', 'kodeverk="p"')
    broken = codes / "NPR_ORD_983974724_2025-02_0001.xml"
    broken.write_text("\n".join(lines), encoding="utf-8")
    run("npr", "answer", broken, "--out", codes / "answers")
    (answer,) = (codes / "answers").glob("NPR_VAL*.xml")
    run("npr", "returns", answer, "--registrations", codes / "codes.csv", "--message", broken,
        "--out", codes / "list.parquet", code=1)  # fmt: skip
    rows = pq.read_table(codes / "list.parquet").to_pylist()
    assert rows
    assert {(row["kind"], row["message"], row["patient_id"], row["line"]) for row in rows} == {
        ("NPR_VAL", "SKJEMA", "p2", str(at + 1))
    }


def test_numbers_of_a_return_are_led_to_ids_by_the_identity_message(tmp_path, run):
    """The register knows the patient by a number only; the two messages that were sent tell who it is."""
    national = "15076500565"
    (tmp_path / "codes.csv").write_text(
        f"patient_id,code,event_date,institution\n{national},A01A,2025-01-08,974557746\n{national},A01A,2025-01-08,974557746\n"
    )
    (tmp_path / "secret").write_text("long enough to be a secret")
    run("npr", "write", tmp_path / "codes.csv", *OWN, "--out", tmp_path / "sent", "--key-file", tmp_path / "secret")
    sent = sorted((tmp_path / "sent").glob("*.xml"))
    assert national not in next(path for path in sent if "ORD" in path.name).read_text(encoding="utf-8")
    run("npr", "answer", *sent, "--out", tmp_path / "answers")
    (answer,) = (tmp_path / "answers").glob("NPR_ERR*.xml")
    words = ("npr", "returns", answer, "--registrations", tmp_path / "codes.csv", "--out", tmp_path / "list.parquet")
    run(*words, code=1)
    run(*words, *[word for path in sent for word in ("--message", path)])
    (row,) = pq.read_table(tmp_path / "list.parquet").to_pylist()
    assert (row["patient_id"], row["message"], row["found"]) == (national, "102", True)


def workbook(path, rows, *, title="Feil"):
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def test_the_monthly_workbook(codes, run):
    """Headers anywhere in the first rows, names in other spellings, dates as dates or as text."""
    path = workbook(codes / "feil.xlsx", [
        ["Feilrapport februar 2025"], [],
        ["Institusjon", "Pasientnummer", "Prosedyre-kode", "Dato", "Feil nr", "Feiltekst"],
        ["974557746", "p1", "A01S", "12.01.2025", 102, "Dobbel"],
        ["974557746", "p3", "A99A", "2025-01-21", 999, "Ukjend kode"],
        [None, None, None, None, None, None],
    ])  # fmt: skip
    run("npr", "returns", path, "--registrations", codes / "codes.csv", "--out", codes / "list.parquet")
    rows = pq.read_table(codes / "list.parquet").to_pylist()
    assert [(row["kind"], row["registration_id"], row["message"], row["row"]) for row in rows] == [
        ("workbook", "r3", "102", 3), ("workbook", "r5", "999", 5)
    ]  # fmt: skip
    assert rows[1]["text_nn"] == "Ukjend kode"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "locked with a password"),
        (b"<!DOCTYPE x><MsgHead/>", "has a DOCTYPE"),
        (b"<MsgHead xmlns='http://www.kith.no/xmlstds/msghead/2006-05-24'><MsgInfo><Type V='NPR_ORD'/>", "NPR_ORD"),
        (b"nonsense", "not whole"),
        (b"", "empty"),
    ],
)
def test_other_files_are_refused(codes, run, content, told):
    (codes / "return.bin").write_bytes(content)
    words = ("npr", "returns", codes / "return.bin", "--registrations", codes / "codes.csv", "--lang", "en")
    assert told in run(*words, code=12)


def test_a_workbook_without_known_headers_says_which_it_looked_for(codes, run):
    path = workbook(codes / "x.xlsx", [["a", "b"], [1, 2]])
    assert "feilkode" in run("npr", "returns", path, "--registrations", codes / "codes.csv", "--lang", "en", code=12)


def test_a_workbook_made_to_harm_is_refused(codes, run):
    with zipfile.ZipFile(codes / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<!DOCTYPE x [<!ENTITY a 'b'>]><Types/>")
    words = ("npr", "returns", codes / "bomb.xlsx", "--registrations", codes / "codes.csv", "--lang", "en")
    assert "DOCTYPE" in run(*words, code=12)


def test_an_answer_follows_its_schema(answered):
    from pakkeforlop.exchange.npr.validate import schema_faults
    from pakkeforlop.exchange.npr.versions import Versions

    (answer,) = (answered / "answers").glob("NPR_ERR*.xml")
    assert schema_faults(answer, Versions().named("58_0_1"), "err") == []


def test_the_receiver_of_tests_keeps_nothing(codes, run, monkeypatch):
    """Only the answers are written: nowhere else, and no patient that nothing is said of stands in them."""
    run("npr", "write", codes / "codes.csv", *OWN, "--out", codes / "sent", "--at", "2025-03-03T08:00:00")
    monkeypatch.setenv("TMPDIR", str(codes / "nowhere"))
    monkeypatch.setattr("tempfile.tempdir", None)
    before = set(codes.rglob("*"))
    run("npr", "answer", *(codes / "sent").glob("*.zip"), "--out", codes / "answers", "--at", "2025-03-04T08:00:00")
    made = {path.relative_to(codes).as_posix() for path in set(codes.rglob("*")) - before}
    assert made == {"answers", "answers/run.json", "answers/NPR_ERR_983974724_0001.xml"}
    assert "p4" not in (codes / "answers/NPR_ERR_983974724_0001.xml").read_text(encoding="utf-8")

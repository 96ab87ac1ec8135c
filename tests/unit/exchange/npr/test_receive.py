"""The register's month in one run: messages in, answers, pathways, figures and deliveries out; nothing harms the rest."""

from __future__ import annotations

import json
import shutil
import zipfile
from datetime import date, timedelta

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

BERGEN, TRONDHEIM = "974557746", "974749025"
HEADER = "patient_id,code,event_date,institution,registration_id"
STEPS = (("A", 0), ("S", 5), ("CK", 15), ("FK", 30))


def pathways(first, count, place):
    for n in range(first, first + count):
        start = date(2025, 1, 2) + timedelta(days=n % 50)
        for code, days in STEPS[: n % 4 + 1]:
            yield f"p{n},{('A01', 'A16', 'A26')[n % 3]}{code},{start + timedelta(days=days)},{place},{place}-{n}-{code}"


@pytest.fixture(scope="module")
def sent(tmp_path_factory, run):
    """What two trusts send for March 2025; p0 is transferred from Bergen to Trondheim, p3 has its S twice."""
    folder = tmp_path_factory.mktemp("sent")
    bergen = [*pathways(0, 40, BERGEN), f"p0,A01O,2025-01-04,{BERGEN},b-0-O", f"p3,A01S,2025-01-20,{BERGEN},b-3-S2"]
    trondheim = [*pathways(200, 30, TRONDHEIM), f"p0,A01A,2025-01-06,{TRONDHEIM},t-0-A", f"p0,A01S,2025-01-09,{TRONDHEIM},t-0-S"]
    for name, rows in (("bergen", bergen), ("st_olav", trondheim)):
        (folder / f"{name}.csv").write_text("\n".join([HEADER, *rows]), encoding="utf-8")
        run("npr", "write", folder / f"{name}.csv", "--sender", name, "--period", "2025-03", "--out",
            folder / "inbox" / name, "--at", "2025-04-02T08:00:00")  # fmt: skip
    return folder


@pytest.fixture
def inbox(tmp_path, sent):
    """A copy of what was sent, for a test to change."""
    shutil.copytree(sent, tmp_path, dirs_exist_ok=True)
    return tmp_path / "inbox"


@pytest.fixture
def receive(run):
    def go(inbox, out, *more, period="2025-03", code=0, at="2025-04-03T09:00:00"):
        run("npr", "receive", inbox, "--period", period, "--out", out, "--at", at, "--quiet", "--no-report", *more, code=code)
        return json.loads((out / "run.json").read_text(encoding="utf-8"))

    return go


def files(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_month_in_one_command(inbox, receive, run, tmp_path):
    """70 pathways of 70 patients (p0's two parts are one); the figures are those of both trusts' files together."""
    record = receive(inbox, tmp_path / "month")
    assert [(one["name"], one["fate"]) for one in record["messages"]] == [
        ("NPR_IDE_883974832_2025-03_0002.zip", "taken"), ("NPR_ORD_883974832_2025-03_0001.zip", "taken"),
        ("NPR_IDE_983974724_2025-03_0002.zip", "taken"), ("NPR_ORD_983974724_2025-03_0001.zip", "taken"),
    ]  # fmt: skip
    assert (record["patients"], record["without_identity"]) == (70, 0)
    run("monitor", tmp_path / "bergen.csv", tmp_path / "st_olav.csv", "--out", tmp_path / "both", "--no-report", "--quiet",
        "--as-of", "2025-03-31")  # fmt: skip
    for name in ("episodes.csv", "indicators.csv"):
        assert (tmp_path / "month/figures" / name).read_bytes() == (tmp_path / "both" / name).read_bytes(), name
    moved = [row for row in pq.read_table(tmp_path / "month/figures/episodes.parquet").to_pylist() if row["patient_id"] == "p0"]
    assert [(row["trusts"], row["transferred"]) for row in moved] == [(2, True)]


def test_each_sender_is_answered_about_its_own_rows(inbox, receive, tmp_path):
    """Bergen's second S of p3 is message 102 on its own registration; Trondheim has nothing wrong."""
    record = receive(inbox, tmp_path / "month")
    answers = {one["sender"]: one for one in record["answers"]}
    assert {key: (one["kind"], one["messages"]) for key, one in answers.items()} == {
        "983974724": ("NPR_ERR", {"102": 1}), "883974832": ("NPR_ERR", {}),
    }  # fmt: skip
    xml, book = (tmp_path / "month" / name for name in answers["983974724"]["files"])
    assert 'prosNr="b-3-S2"' in xml.read_text(encoding="utf-8")
    rows = list(openpyxl.load_workbook(book).active.iter_rows(values_only=True))
    assert (rows[1][0], rows[1][2:5]) == ("102", ("p3", "A01S", "2025-01-20"))


def test_the_hospital_reads_the_answer_and_the_workbook(inbox, receive, run, tmp_path):
    receive(inbox, tmp_path / "month")
    for path in sorted((tmp_path / "month/answers/983974724").iterdir()):
        told = run("npr", "returns", path, "--registrations", tmp_path / "bergen.csv", "--json", "--quiet")
        assert json.loads(told) == {"messages": {"102": 1}, "rows": 1, "not_found": 0}


def test_deliveries_follow_the_calendar(inbox, receive, tmp_path):
    """March's data are delivered in April; January's in February: never."""
    month = receive(inbox, tmp_path / "month")
    assert month["delivery"]["month"] == "2025-04"
    assert (tmp_path / "month/delivery/trusts/Utlevering_bergen_mar25.csv").stat().st_size > 500
    assert (tmp_path / "month/delivery/regions/Utlevering_HV_mar25.csv").exists()


def test_the_same_messages_give_the_same_bytes_in_any_order(inbox, receive, tmp_path):
    """Also when the files come in other folders, and with the list of what was received."""
    other = tmp_path / "turned"
    for n, path in enumerate(sorted(inbox.rglob("*.zip"), reverse=True)):
        (other / str(n)).mkdir(parents=True)
        shutil.copy(path, other / str(n) / path.name)
    listed = ("--received", tmp_path / "received.json")
    for name, place in (("one", inbox), ("two", other), ("three", inbox)):
        receive(place, tmp_path / name, *listed)
    assert files(tmp_path / "one") == files(tmp_path / "two") == files(tmp_path / "three")
    assert len(files(tmp_path / "one")) > 15


def test_the_log_tells_a_colleague_what_happened(inbox, receive, tmp_path):
    receive(inbox, tmp_path / "month")
    log = (tmp_path / "month/log.en.txt").read_text(encoding="utf-8")
    assert "4 messages: 4 used, 0 replaced by a newer one, 0 refused." in log
    assert "Pathways across trusts: 70." in log
    assert "Answer to 983974724: NPR_ERR with 1 messages" in log


# --- what is not taken ------------------------------------------------------------------------------------------------


def change(path, old, new):
    """The packed message with something else in it."""
    with zipfile.ZipFile(path) as archive:
        name = archive.namelist()[0]
        text = archive.read(name).decode("utf-8")
    assert old in text
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, text.replace(old, new))


def data(inbox, name="bergen"):
    (path,) = (inbox / name).glob("NPR_ORD*.zip")
    path.with_suffix(".xml").unlink(missing_ok=True)
    return path


WRONG = {
    "clock": ("2025-04-02T08:00:00", "2025-04-09T08:00:00", "KLOKKE"),
    "period": ('tilDatoPeriode="2025-03-31"', 'tilDatoPeriode="2025-04-30"', "PERIODE"),
    "year": ('fraDatoPeriode="2025-01-01"', 'fraDatoPeriode="2025-02-01"', "PERIODE"),
    "schema": ('kodeverk="P"', 'kodeverk="p"', "SKJEMA"),
    "other": ('institusjonID="983974724"', 'institusjonID="983974694"', "AVSENDER"),
    "doctype": ("<MsgHead", '<!DOCTYPE x [<!ENTITY a "b">]><MsgHead', "ULESELIG"),
    "cut": ("</MsgHead>", "", "ULESELIG"),
    "date": ('startDatoTid="2025-01-02T00:00:00"', 'startDatoTid="2025-01-52T00:00:00"', "SKJEMA"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_message_that_cannot_be_taken_is_answered_and_the_others_used(inbox, receive, tmp_path, what):
    old, new, code = WRONG[what]
    change(data(inbox), old, new)
    record = receive(inbox, tmp_path / "month", code=1)
    refused = [one for one in record["messages"] if one["fate"] == "refused"]
    assert [one["refusal"] for one in refused] == [code]
    assert sum(one["fate"] == "taken" for one in record["messages"]) == 3
    answer = next(one for one in record["answers"] if one["kind"] == "NPR_VAL")
    assert code in answer["messages"]
    assert (tmp_path / "month" / answer["files"][0]).stat().st_size > 500
    assert {one["sender"] for one in record["senders"]} >= {"883974832"}
    log = (tmp_path / "month/log.nb.txt").read_text(encoding="utf-8")
    assert "AVVIST: NPR_ORD_983974724_2025-03_0001.zip" in log


def test_an_answer_that_strayed_into_the_folder_is_told_apart(inbox, receive, run, tmp_path):
    """It has running number 1 as Bergen's data have, and takes nothing from them."""
    (data_message,) = (inbox / "bergen").glob("NPR_ORD*.zip")
    run("npr", "answer", data_message, "--out", tmp_path / "answer", "--at", "2025-04-02T07:00:00")
    (strayed,) = (tmp_path / "answer").glob("NPR_ERR*.xml")
    shutil.copy(strayed, inbox / "bergen")
    record = receive(inbox, tmp_path / "month", code=1)
    assert [(one["type"], one["refusal"]) for one in record["messages"] if one["fate"] == "refused"] == [("NPR_ERR", "SLAG")]
    assert sum(one["fate"] == "taken" for one in record["messages"]) == 4


def test_a_message_that_came_before_is_a_replay(inbox, receive, tmp_path):
    """In the same run (a copy under another name), and in a later month."""
    path = data(inbox)
    shutil.copy(path, path.with_name("copy.zip"))
    record = receive(inbox, tmp_path / "month", "--received", tmp_path / "received.json", code=1)
    assert [(one["name"], one["refusal"]) for one in record["messages"] if one["fate"] == "refused"] == [("copy.zip", "GJENTATT")]
    assert record["registrations"] == 100 + 2 + 73 + 2  # 1 + 2 + 3 + 4 codes for each four patients, 30 = 7 * 4 + 2
    path.with_name("copy.zip").unlink()
    later = receive(inbox, tmp_path / "april", "--received", tmp_path / "received.json", period="2025-04", code=1,
                    at="2025-05-03T09:00:00")  # fmt: skip
    assert {one["refusal"] for one in later["messages"]} == {"GJENTATT"}
    assert later["figures"] is None


def test_the_newest_shipment_holds_and_a_number_is_used_once(inbox, receive, run, tmp_path):
    """Sent again with one row less: the second holds, the first is replaced; a third with the second's number is refused."""
    lines = (tmp_path / "bergen.csv").read_text(encoding="utf-8").splitlines()
    (tmp_path / "less.csv").write_text("\n".join(lines[:-1]), encoding="utf-8")
    for n, at in enumerate(("2025-04-02T09:00:00", "2025-04-02T10:00:00")):
        run("npr", "write", tmp_path / "less.csv", "--sender", "bergen", "--period", "2025-03", "--out", inbox / f"again{n}",
            "--number", "3", "--at", at)  # fmt: skip
    record = receive(inbox, tmp_path / "month", code=1)
    fates = {(one["number"], one["made_at"][11:13], one["fate"]) for one in record["messages"]
             if one["sender"] == "983974724" and one["type"] == "NPR_ORD"}  # fmt: skip
    assert fates == {(1, "08", "replaced"), (3, "09", "taken"), (3, "10", "refused")}
    ids = pq.read_table(tmp_path / "month/registrations.parquet")["registration_id"].to_pylist()
    assert "b-3-S2" not in ids
    assert "b-0-O" in ids


def test_without_an_identity_message_patients_are_the_senders_own(inbox, receive, tmp_path):
    """Message 100 on each row; p0 of Trondheim is nobody that Bergen knows."""
    for path in (inbox / "st_olav").glob("NPR_IDE*"):
        path.unlink()
    record = receive(inbox, tmp_path / "month")
    assert record["without_identity"] == 31
    ids = set(pq.read_table(tmp_path / "month/registrations.parquet")["patient_id"].to_pylist())
    assert "883974832/p0" in ids
    assert "p0" in ids
    answer = next(one for one in record["answers"] if one["sender"] == "883974832")
    assert set(answer["messages"]) == {"100"}


def test_vendors_test_and_nothing_else(tmp_path, receive, run):
    (tmp_path / "in.csv").write_text(f"{HEADER}\np1,A01A,2025-01-08,{BERGEN},r1\n", encoding="utf-8")
    run("npr", "write", tmp_path / "in.csv", "--sender", "777777777", "--test", "--period", "2025-03", "--out",
        tmp_path / "inbox", "--at", "2025-04-02T08:00:00")  # fmt: skip
    assert {one["refusal"] for one in receive(tmp_path / "inbox", tmp_path / "a", code=1)["messages"]} == {"TEST"}
    assert receive(tmp_path / "inbox", tmp_path / "b", "--test")["registrations"] == 1


def test_the_registers_own_file_of_patients_gives_birth_and_residence(inbox, receive, tmp_path):
    people = {"patient_id": ["p201", "p9999"], "birth_date": pa.array([date(2015, 5, 1), None]), "sex": ["1", ""],
              "municipality": ["5001", "1"]}  # fmt: skip
    pq.write_table(pa.table(people), tmp_path / "people.parquet")
    record = receive(inbox, tmp_path / "month", "--patients", tmp_path / "people.parquet")
    messages = {one["sender"]: one["messages"] for one in record["answers"]}
    assert messages["883974832"] == {"117": 2}
    rows = pq.read_table(tmp_path / "month/patients.parquet").to_pylist()
    assert len(rows) == 70
    assert next(row for row in rows if row["patient_id"] == "p201")["municipality"] == "5001"

"""What is larger packed than the register takes goes as several messages, and is read as one."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import pakkeforlop.exchange.npr

HEADER = "patient_id,code,event_date,institution,registration_id"
OWN = Path(pakkeforlop.exchange.npr.__file__).parent / "data" / "58_0_1"
MOST = 6000
"""Bytes packed: the rows below are some four times as many."""


@pytest.fixture
def small(tmp_path):
    """A version of the message that takes small messages only."""
    shutil.copytree(OWN, tmp_path / "versions" / "58_0_1")
    mapping = tmp_path / "versions" / "58_0_1" / "mapping.toml"
    text = mapping.read_text(encoding="utf-8")
    assert "packed_at_most = 52428800" in text
    mapping.write_text(text.replace("packed_at_most = 52428800", f"packed_at_most = {MOST}"), encoding="utf-8")
    rows = [f"p{n:03},A01{code},2025-01-{10 + n % 20},974557746,r{n}{code}" for n in range(200) for code in ("A", "S")]
    (tmp_path / "in.csv").write_text("\n".join([HEADER, *rows]), encoding="utf-8")
    return tmp_path


@pytest.fixture
def divided(small, run):
    run("npr", "write", small / "in.csv", "--sender", "bergen", "--period", "2025-02", "--out", small / "sent", "--no-xml",
        "--versions", small / "versions", "--ledger", small / "numbers.json", "--at", "2025-03-03T08:00:00")  # fmt: skip
    return json.loads((small / "sent/run.json").read_text(encoding="utf-8"))["messages"]


def test_no_message_is_too_large_and_no_patient_is_in_two(small, divided):
    data = [one for one in divided if one["module"] == "ord"]
    assert len(data) > 2
    assert [one["part"] for one in data] == list(range(1, len(data) + 1))
    assert {one["parts"] for one in data} == {len(data)}
    assert all(one["packed"] <= MOST for one in divided)
    assert sum(one["patients"] for one in data) == 200
    assert sum(one["rows"] for one in data) == 400


def test_running_numbers_go_on(small, divided):
    assert [one["number"] for one in divided] == list(range(1, len(divided) + 1))
    assert json.loads((small / "numbers.json").read_text()) == {"983974724/2025": len(divided)}


def test_nothing_else_is_left_in_the_folder(small, divided):
    assert {path.name for path in (small / "sent").iterdir()} == {"run.json", *(f"{one['name']}.zip" for one in divided)}


def test_all_of_them_are_read_as_one(small, divided, run):
    run("npr", "read", *(small / "sent").glob("*.zip"), "--versions", small / "versions", "--out", small / "back")
    rows = pq.read_table(small / "back/registrations.parquet").to_pylist()
    assert sorted((row["patient_id"], row["code"], row["registration_id"]) for row in rows) == sorted(
        (f"p{n:03}", f"A01{code}", f"r{n}{code}") for n in range(200) for code in ("A", "S")
    )
    record = json.loads((small / "back/run.json").read_text(encoding="utf-8"))
    assert (record["patients"], record["replaced"]) == (200, {})


def test_a_part_that_is_missing_is_named(small, divided, run):
    second = next(one["name"] for one in divided if one["part"] == 2 and one["module"] == "ord")
    (small / "sent" / f"{second}.zip").unlink()
    told = run("npr", "read", *(small / "sent").glob("*.zip"), "--versions", small / "versions", "--out", small / "back",
               "--lang", "en", code=12)  # fmt: skip
    assert "these are missing: 2" in told


def test_a_receiver_takes_all_parts_or_none(small, divided, run):
    words = ("npr", "receive", small / "sent", "--versions", small / "versions", "--period", "2025-02", "--no-report",
             "--at", "2025-03-04T08:00:00", "--json", "--quiet")  # fmt: skip
    assert json.loads(run(*words, "--out", small / "all"))["registrations"] == 400
    (small / "sent" / f"{divided[0]['name']}.zip").unlink()
    record = json.loads(run(*words, "--out", small / "none", code=1))
    assert record["registrations"] == 0
    assert {one["refusal"] for one in record["messages"] if one["type"] == "NPR_ORD"} == {"DELER"}


def test_one_patient_that_is_too_large_alone_is_told(small, run):
    rows = [f"p,A01S,2025-01-10,974557746,{n:0150}" for n in range(900)]
    (small / "one.csv").write_text("\n".join([HEADER, *rows]), encoding="utf-8")
    told = run("npr", "write", small / "one.csv", "--sender", "bergen", "--period", "2025-02", "--out", small / "x",
               "--versions", small / "versions", "--lang", "en", code=2)  # fmt: skip
    assert "one patient" in told
    assert not (small / "x").exists()

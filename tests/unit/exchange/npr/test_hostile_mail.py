"""What a register is sent by mistake or in malice: refused with a clear return, logged, and nothing else is harmed."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

GOOD = "patient_id,code,event_date,institution,registration_id\np1,A01A,2025-01-08,974557746,r1\n"
HEAD = "<MsgHead xmlns='http://www.kith.no/xmlstds/msghead/2006-05-24'>"
LAUGHS = "<!DOCTYPE lolz [<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY {chr(98 + n)} '{('&' + chr(97 + n) + ';') * 10}'>" for n in range(9)
) + f"]>{HEAD}&j;</MsgHead>"  # fmt: skip


@pytest.fixture
def inbox(tmp_path, run):
    (tmp_path / "in.csv").write_text(GOOD)
    run("npr", "write", tmp_path / "in.csv", "--sender", "bergen", "--period", "2025-02", "--out", tmp_path / "inbox", "--no-xml",
        "--at", "2025-03-02T08:00:00")  # fmt: skip
    return tmp_path / "inbox"


def good(inbox: Path) -> bytes:
    with zipfile.ZipFile(next(inbox.glob("NPR_ORD*.zip"))) as archive:
        return archive.read(archive.namelist()[0])


def packed(path: Path, content: bytes) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("m.xml", content)


BAD = {
    "laughs.xml": lambda _: LAUGHS.encode(),
    "outside.xml": lambda _: f"<!DOCTYPE x [<!ENTITY f SYSTEM 'file:///etc/passwd'>]>{HEAD}&f;</MsgHead>".encode(),
    "network.xml": lambda _: f"<!DOCTYPE x SYSTEM 'http://192.0.2.1/x.dtd'>{HEAD}</MsgHead>".encode(),
    "cut.xml": lambda text: text[: len(text) // 2],
    "encoding.xml": lambda text: text.replace(b"utf-8", b"utf-7"),
    "bytes.xml": lambda text: text.replace(b"A01A", b"\xff\xfe\xfd"),
    "long_tag.xml": lambda _: f"{HEAD}<a b='{'x' * (5 << 20)}'/></MsgHead>".encode(),
    "deep.xml": lambda _: (HEAD + "<a>" * 5000).encode(),
    "nothing.xml": lambda _: b"",
    "picture.zip": lambda _: b"PK\x03\x04" + b"\0" * 400,
}


@pytest.mark.parametrize("name", BAD)
def test_it_is_refused_and_the_rest_is_used(inbox, tmp_path, run, name):
    (inbox / name).write_bytes(BAD[name](good(inbox)))
    begun = time.monotonic()
    told = run("npr", "receive", inbox, "--period", "2025-02", "--out", tmp_path / "month", "--at", "2025-03-03T08:00:00",
               "--no-report", "--json", "--quiet", code=1)  # fmt: skip
    record = json.loads(told)
    assert [(one["name"], one["refusal"]) for one in record["messages"] if one["fate"] == "refused"] == [(name, "ULESELIG")]
    assert record["registrations"] == 1
    assert any(answer["about"] == name and answer["kind"] == "NPR_VAL" for answer in record["answers"])
    log = (tmp_path / "month/log.en.txt").read_text(encoding="utf-8")
    assert f"REFUSED: {name}" in log
    assert "root:" not in log
    assert time.monotonic() - begun < 60


@pytest.mark.parametrize("kind", ["zip", "gz"])
def test_a_gigabyte_of_text_stops_early(inbox, tmp_path, run, kind):
    """Packed to some hundred kilobytes: the text is refused after its first megabyte."""
    content = HEAD.encode() + b"<MsgInfo><MsgId>" + b"x" * (1 << 27)
    path = inbox / f"large.{'xml.gz' if kind == 'gz' else 'zip'}"
    if kind == "zip":
        packed(path, content)
    else:
        path.write_bytes(gzip.compress(content))
    record = json.loads(run("npr", "receive", inbox, "--period", "2025-02", "--out", tmp_path / "month", "--no-report", "--json",
                            "--at", "2025-03-03T08:00:00", "--quiet", code=1))  # fmt: skip
    assert {one["refusal"] for one in record["messages"] if one["name"] == path.name} == {"ULESELIG"}


@pytest.mark.slow
def test_a_whole_gigabyte_takes_neither_memory_nor_long(inbox, tmp_path):
    """One text of 1 GB in a file of its own: the process that reads it stays small, and the run ends with an answer."""
    path = inbox / "giant.xml"
    with path.open("wb") as stream:
        stream.write(HEAD.encode() + b"<MsgInfo><MsgId>")
        for _ in range(1 << 10):
            stream.write(b"x" * (1 << 20))
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", "from pakkeforlop.cli.main import app; app()", "npr", "receive", inbox, "--period",
         "2025-02", "--out", tmp_path / "month", "--at", "2025-03-03T08:00:00", "--no-report", "--quiet", "--lang", "en"],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    path.unlink()
    assert done.returncode == 1, done.stderr
    assert "REFUSED: giant.xml" in (tmp_path / "month/log.en.txt").read_text(encoding="utf-8")
    assert time.monotonic() - begun < 120

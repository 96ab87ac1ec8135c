"""Reading in a process of its own: bounded memory and time, and a sentence whatever becomes of the process."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from pakkeforlop.exchange.enclosed import enclosed
from pakkeforlop.exchange.logs.convert import READER
from pakkeforlop.vocabulary.errors import FileFault, UnreadableFault

CSV = 'name = "n"\n[read]\nformat = "csv"\npatient = "p"\ndate = "d"\n[[milestone]]\nkey = "m"\n'
FITS = 'all = [{ column = "a", is = ["x"] }]\n'
FHIR = 'name = "n"\n[read]\nformat = "fhir"\n[[milestone]]\nkey = "m"\nall = [{ column = "code", is = ["x"] }]\n'


@pytest.fixture
def others() -> set[int]:
    """Processes that this one had before: a browser or a database of other tests."""
    return set(children())


@pytest.fixture
def reading(mapping, tmp_path):
    """Read a log through a mapping within bounds."""

    def read(text, content, **bounds):
        path = tmp_path / "log"
        path.write_text(content)
        return enclosed(READER, [str(path)], mapping(text).data(), file="log", **bounds)

    return read


def fault(batches):
    with pytest.raises(FileFault) as caught:
        list(batches)
    assert caught.value.exit_code == 12
    assert caught.value.what("en").startswith("log: ")
    return caught.value.key


def test_what_was_read_comes_over(reading):
    (batch,) = reading(CSV + FITS, "p,d,a\n1,2024-01-08,x\n2,2024-01-09,y\n3,31.31.2024,x\n")
    file, events, rows, refused, outside, seen = batch
    assert (file, events, outside, seen) == (0, 3, {}, {"texts": {"a": ["x", "y"]}, "left": {"a": ["y"]}, "fits": [2]})
    assert rows == [["1", "1", 0, 19730, ""], ["2", "2", -1, 0, ""], ["3", "3", -1, 0, ""]]
    assert refused == [[3, 4, "d", "bad_date", "31.31.2024"]]


def test_content_that_takes_too_much_memory(reading):
    """One resource of 30 MB where 20 MB are allowed."""
    content = '{"resourceType": "Patient", "a": "' + "x" * (30 << 20) + '"}'
    assert fault(reading(FHIR, content, memory=20 << 20)) == "read_too_large"


def test_content_that_takes_too_long(reading):
    """An expression that tries every way to part a row of letters: a second, and the system ends it."""
    slow = 'all = [{ column = "a", matches = "^(a+)+$" }]\n'
    assert fault(reading(CSV + slow, "p,d,a\n1,2024-01-08," + "a" * 60 + "b\n", seconds=1)) == "read_too_long"


@pytest.mark.parametrize(("number", "key"), [(signal.SIGKILL, "read_too_large"), (signal.SIGSEGV, "read_died")])
def test_a_reader_that_is_killed(reading, others, number, key):
    batches = reading(CSV + FITS, "p,d,a\n" + "".join(f"{n},2024-01-08,x\n" for n in range(200_000)))
    assert len(next(batches)[2]) == 2_000
    (child,) = set(children()) - others
    os.kill(child, number)
    assert fault(batches) == key


def test_a_reader_nobody_listens_to_any_more_is_ended(reading, others):
    batches = reading(CSV + FITS, "p,d,a\n" + "".join(f"{n},2024-01-08,x\n" for n in range(200_000)))
    next(batches)
    assert len(set(children()) - others) == 1
    batches.close()
    assert set(children()) <= others


def test_a_fault_comes_over_as_itself(mapping, tmp_path):
    with pytest.raises(UnreadableFault) as caught:
        list(enclosed(READER, [str(tmp_path / "none.csv")], mapping(CSV + FITS).data()))
    assert caught.value.key == "file_missing"


def test_the_system_keeps_its_limits(reading, others):
    """No file, no image of its memory, and so much address space beyond what it began with."""
    batches = reading(CSV + FITS, "p,d,a\n" + "".join(f"{n},2024-01-08,x\n" for n in range(200_000)), memory=64 << 20)
    next(batches)
    (child,) = set(children()) - others
    limits = {line[:25].strip(): line[25:].split()[0] for line in Path(f"/proc/{child}/limits").read_text().splitlines()}
    batches.close()
    assert (limits["Max file size"], limits["Max core file size"], limits["Max open files"]) == ("0", "0", "64")
    assert 64 << 20 < int(limits["Max address space"]) < 1 << 30
    assert 60 <= int(limits["Max cpu time"]) < 70


def children() -> list[int]:
    found = [task.read_text().split() for task in Path(f"/proc/{os.getpid()}/task").glob("*/children")]
    return [int(number) for numbers in found for number in numbers]

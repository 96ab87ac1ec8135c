"""Every fault has its sentences in three languages, with the same values in each, and its exit code."""

import errno
import re
import string
import tomllib
from pathlib import Path

import pytest

import pakkeforlop
from pakkeforlop.vocabulary import errors
from pakkeforlop.vocabulary.errors import (
    Fault,
    FaultList,
    FileFault,
    UnreadableFault,
    fault_keys,
    raise_all,
    unreadable,
    unwritable,
)

SOURCE = Path(pakkeforlop.__file__).parent
TEXTS = tomllib.loads((SOURCE / "vocabulary/texts/faults.toml").read_text(encoding="utf-8"))


def names_in(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("key", fault_keys())
def test_each_fault_is_told_in_three_languages_with_the_same_values(key):
    for part, texts in TEXTS[key].items():
        assert part in {"what", "now", "more"}
        assert list(texts) == ["nb", "nn", "en"]
        assert names_in(texts["nb"]) == names_in(texts["nn"]) == names_in(texts["en"])
        assert all(text.strip() == text and text for text in texts.values())


def test_every_fault_that_the_code_raises_has_a_sentence():
    kinds = "|".join(kind.__name__ for kind in Fault.__subclasses__() if kind.__module__ == errors.__name__)
    raised = re.compile(rf"\b(?:{kinds})\(\s*\"([a-z_0-9]+)\"")
    used = {key for path in SOURCE.rglob("*.py") for key in raised.findall(path.read_text(encoding="utf-8"))}
    assert used - set(fault_keys()) == set()


def test_the_exit_codes_are_the_promised_ones():
    promised = {
        "UsageFault": 2,
        "InternalFault": 10,
        "DefinitionFault": 11,
        "FileFault": 12,
        "UnreadableFault": 13,
        "UnwritableFault": 14,
        "NothingLeft": 15,
        "ContradictionsSetAside": 16,
        "Interrupted": 130,
    }
    assert {kind.__name__: kind.exit_code for kind in Fault.__subclasses__() if kind is not FaultList} == promised


def test_a_sentence_says_what_where_and_what_now():
    fault = FileFault("file_empty", file="a.csv")
    assert str(fault) == "a.csv: filen er tom. Hent filen ut på nytt, eller ta den ut av listen."
    assert fault.sentence("en") == "a.csv: the file is empty. Extract it again, or leave it out."


def test_a_fault_without_a_sentence_cannot_be_made():
    with pytest.raises(KeyError):
        FileFault("a key that no sentence has")


def test_several_faults_are_told_together_under_the_gravest_code():
    faults = [UnreadableFault("file_missing", file="b.csv"), FileFault("file_empty", file="a.csv")]
    with pytest.raises(FaultList) as raised:
        raise_all(faults)
    assert raised.value.exit_code == 12
    assert [line[:6] for line in raised.value.sentence("en").splitlines()] == ["b.csv:", "a.csv:"]
    with pytest.raises(UnreadableFault):
        raise_all(faults[:1])
    raise_all([])


def test_a_long_list_of_faults_is_cut_and_counted():
    told = FaultList(FileFault("file_empty", file=f"{n}.csv") for n in range(25)).sentence("en")
    assert len(told.splitlines()) == 21
    assert "5 more" in told


@pytest.mark.parametrize(
    ("number", "key"),
    [(errno.ENOSPC, "disk_full"), (errno.EDQUOT, "disk_full"), (errno.EFBIG, "disk_full"),
     (errno.EACCES, "write_no_permission"), (errno.EROFS, "write_no_permission"), (errno.EIO, "write_failed")],
)  # fmt: skip
def test_the_systems_errors_in_writing(number, key):
    fault = unwritable(OSError(number, "x"), "a.csv")
    assert (fault.key, fault.exit_code) == (key, 14)


@pytest.mark.parametrize(
    ("number", "key", "code"),
    [(errno.ENOENT, "file_missing", 13), (errno.EACCES, "file_no_permission", 13), (errno.EISDIR, "file_is_directory", 12),
     (errno.EIO, "file_unreadable", 13)],
)  # fmt: skip
def test_the_systems_errors_in_reading(number, key, code):
    fault = unreadable(OSError(number, "x"), "a.csv")
    assert (fault.key, fault.exit_code) == (key, code)

"""No traceback reaches a user: every error is a sentence on standard error and an exit code."""

import errno
import os
import signal
import subprocess
import sys
import time

import pytest

from pakkeforlop.cli.faults import fault_of, faults_told, language
from pakkeforlop.vocabulary.errors import FileFault, NothingLeft, UsageFault


def end_of(error, capsys, in_language="en"):
    with pytest.raises(SystemExit) as ended, faults_told(in_language):
        raise error
    out, err = capsys.readouterr()
    assert out == ""
    assert "Traceback" not in err
    return ended.value.code, err


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (FileFault("file_empty", file="a.csv"), 12, "a.csv: the file is empty."),
        (UsageFault("not_a_date", option="--as-of", value="x"), 2, "--as-of: “x” is not a date."),
        (FileNotFoundError(errno.ENOENT, "no", "a.csv"), 13, "a.csv: there is no such file."),
        (OSError(errno.ENOSPC, "full", "out/a.csv"), 14, "out/a.csv: there is no room"),
        (OSError(errno.ENOSPC, "full"), 14, "there is no room"),
        (MemoryError(), 10, "too little memory"),
        (KeyboardInterrupt(), 130, "Interrupted."),
        (ZeroDivisionError("patient 12345"), 10, "A fault in the program itself (ZeroDivisionError, test_faults.py:"),
    ],
)
def test_each_kind_of_error_has_its_code_and_sentence(error, code, told, capsys):
    ended, err = end_of(error, capsys)
    assert ended == code
    assert told in err
    assert "12345" not in err


def test_the_commands_own_exits_pass_through():
    import typer

    with pytest.raises(typer.Exit), faults_told():
        raise typer.Exit(3)


def test_a_developer_may_see_the_traceback(capsys, monkeypatch):
    monkeypatch.setenv("PAKKEFORLOP_TRACEBACK", "1")
    with pytest.raises(SystemExit), faults_told():
        raise ZeroDivisionError
    assert "Traceback" in capsys.readouterr().err


def test_the_language_is_the_one_asked_for_else_the_environments_else_norwegian(monkeypatch):
    monkeypatch.setenv("PAKKEFORLOP_LANGUAGE", "nn_NO")
    assert [language("en"), language("de"), language()] == ["en", "nn", "nn"]
    monkeypatch.delenv("PAKKEFORLOP_LANGUAGE")
    assert language() == "nb"


def test_nothing_left_has_its_own_code():
    values = dict.fromkeys(("rows", "refused", "aside", "replaced", "later"), 0)
    assert fault_of(NothingLeft("nothing_left", reason="", **values)).exit_code == 15


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stopped_run_clears_up_and_says_so(tmp_path, number):
    program = (
        "import signal, sys, time\nfrom pakkeforlop.cli.faults import faults_told\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job inherits it as ignored\n"
        "from pakkeforlop.exchange.csv.folder import OutputFolder\n"
        "with faults_told('en'), OutputFolder(sys.argv[1]) as folder:\n"
        "    folder.write_text('a.txt', 'a'); print('ready', flush=True); time.sleep(60)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path / "out")], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout.readline() == b"ready\n"
    time.sleep(0.05)
    os.kill(process.pid, number)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert err.decode() == "Interrupted. Nothing was left half-written; run the command again.\n"
    assert list(tmp_path.iterdir()) == []


def test_a_reader_that_stops_reading_is_no_fault():
    program = (
        "from pakkeforlop.cli.faults import faults_told\n"
        "with faults_told():\n    for n in range(100000):\n        print(n)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait(timeout=30) == 0

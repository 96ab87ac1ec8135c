"""From the message sent to the error cleared: foreseen, sent, returned, mended, sent again, cleared."""

from __future__ import annotations

import hashlib
import json
import zipfile
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from app.reporting.conftest import AT, BERGEN, YEAR, enter
from pakkeforlop.coordination.actions import codes
from pakkeforlop.coordination.queries.codes_lists import Asked as Filters
from pakkeforlop.coordination.queries.codes_lists import coder
from pakkeforlop.exchange.npr.answer import write_return
from pakkeforlop.exchange.npr.envelope import Head, System
from pakkeforlop.exchange.npr.versions import Versions
from pakkeforlop.exchange.npr.workbook import write_workbook
from pakkeforlop.reporting.actions.submit import Asked, submit
from pakkeforlop.reporting.actions.take import take_return
from pakkeforlop.reporting.faults import Refused
from pakkeforlop.reporting.models import Return, ReturnedLine, SentMessage, Submission
from pakkeforlop.reporting.queries.foreseen import foreseen
from pakkeforlop.reporting.queries.returns import rejected, rejected_of, words_of

pytestmark = pytest.mark.django_db
LATER = timedelta(hours=1)


def send(by: Any, key: str, at: datetime = AT, **more: Any) -> Submission:
    return submit(Asked(BERGEN, YEAR, by, at, key, **more))


def answer(folder: Path, submission: Submission, errors: list[dict[str, str]], kind: str = "NPR_ERR") -> Path:
    """What the register would send back about a submission."""
    folder.mkdir(parents=True, exist_ok=True)
    data = submission.messages.filter(module="ord").first()
    assert data is not None
    head = Head("err", BERGEN, "Helse Bergen", YEAR, len(list(folder.iterdir())) + 1, datetime(2022, 1, 21), System(),
                answers=data.message_id)  # fmt: skip
    path = folder / f"{kind}_{data.number}.xml"
    with path.open("wb") as stream:
        write_return(stream, head, errors, Versions().for_year(2021), kind=kind)
    return path


def take(path: Path, by: Any, at: datetime = AT + LATER, **more: Any) -> Return:
    return take_return(path, name=path.name, by=by, at=at, **more)


def open_lines(user: Any) -> list[tuple[str, str, bool]]:
    rows = rejected(Filters(), for_=coder(user, on=AT.date()))
    return [(line.message, line.code, line.mended) for line in rows]


def test_what_the_register_will_say_is_foreseen(two: Any):
    assert [(one.number, one.registration.code) for one in foreseen(BERGEN, YEAR)] == [(108, "A26CK")]
    assert not foreseen(BERGEN, (date(2022, 1, 1), date(2022, 1, 31)))


def test_a_submission_is_on_disk_and_in_the_history(two: Any, kari: Any):
    """Three codes of two patients; the file's own hash; numbers 1 and 2; no national number in the data message."""
    made = send(kari, "k1")
    assert (made.rows, made.patients, made.foreseen, made.left_out) == (3, 2, {"108": 1}, {})
    messages = list(made.messages.order_by("number"))
    assert [(one.number, one.module, one.parts) for one in messages] == [(1, "ord", 1), (2, "ide", 1)]
    path = Path(settings.HOME) / "outbox" / made.folder / f"{messages[0].name}.zip"
    assert hashlib.sha256(path.read_bytes()).hexdigest() == messages[0].sha256
    with zipfile.ZipFile(path) as archive:
        text = archive.read(archive.namelist()[0]).decode()
    assert "12055612344" not in text
    assert text.count("<Objektholder") == 2


def test_the_same_form_posted_twice_is_one_submission(two: Any, kari: Any):
    assert send(kari, "k1") == send(kari, "k1")
    assert (Submission.objects.count(), SentMessage.objects.count()) == (1, 2)


def test_the_history_cannot_be_rewritten(two: Any, kari: Any):
    made = send(kari, "k1")
    for change in (lambda: Submission.objects.filter(pk=made.pk).update(rows=9), lambda: SentMessage.objects.all().delete()):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_numbers_go_on_and_equal_content_is_seen(two: Any, kari: Any):
    first, second = send(kari, "k1"), send(kari, "k2", AT + LATER)
    assert [one.number for one in second.messages.order_by("number")] == [3, 4]
    assert first.content == second.content
    enter(two["second"].patient, "A01S", date(2021, 12, 9), kari, at=AT + LATER)
    assert send(kari, "k3", AT + 2 * LATER).content != first.content


@pytest.mark.parametrize("kind", ["id", "content"])
def test_an_error_is_put_on_its_registration(two: Any, kari: Any, tmp_path: Path, kind: str):
    """By the id that stands in the message; else by the patient's number, code, day and place."""
    made = send(kari, "k1")
    error = {"message": "108", "severity": "A", "text": "CK uten S", "registration": two["CK"].registration_id}
    if kind == "content":
        from pakkeforlop.exchange.npr.persons import Persons
        from pakkeforlop.reporting.outbox import own_secret

        number = Persons(BERGEN, own_secret()).number("12055612344")
        assert number.startswith("P")
        error = {"message": "108", "patient": number, "code": "A26CK", "date": "2021-11-20"}
    taken = take(answer(tmp_path / "r", made, [error]), kari)
    assert (taken.lines, taken.unmatched, taken.submission) == (1, 0, made)
    (line,) = ReturnedLine.objects.all()
    assert (line.registration_id, line.patient, line.event_date) == (
        two["CK"].registration_id, two["CK"].patient, date(2021, 11, 20)
    )  # fmt: skip
    assert open_lines(kari) == [("108", "A26CK", False)]
    assert list(rejected_of(line.patient)) == [two["CK"].registration_id]
    assert "S" in words_of(line, "nb")[1]


def test_mended_sent_again_and_cleared(two: Any, kari: Any, tmp_path: Path):
    """The decision is corrected by hand; the line says so, goes with the next submission, and goes when nothing is said."""
    made = send(kari, "k1")
    error = {"message": "108", "registration": two["CK"].registration_id}
    take(answer(tmp_path / "r", made, [error]), kari)
    codes.correct_code(registration=two["CK"], code="A26CK", event_date=date(2021, 11, 22), institution=two["CK"].institution,
                       reason="Feil dato", by=kari, at=AT + 2 * LATER, key="c", revision=None)  # fmt: skip
    assert open_lines(kari) == [("108", "A26CK", True)]
    again = send(kari, "k2", AT + 3 * LATER)
    line = ReturnedLine.objects.get()
    assert (line.state, line.resent) == ("sent", again)
    assert open_lines(kari) == []
    cleared = take(answer(tmp_path / "r", again, []), kari, AT + 4 * LATER)
    line.refresh_from_db()
    assert (cleared.lines, line.state, line.settled_by) == (0, "cleared", cleared)
    assert rejected_of(two["CK"].patient) == {}


def test_an_error_that_is_said_again_is_one_open_line(two: Any, kari: Any, tmp_path: Path):
    made = send(kari, "k1")
    error = {"message": "108", "registration": two["CK"].registration_id}
    take(answer(tmp_path / "r", made, [error]), kari)
    again = send(kari, "k2", AT + 2 * LATER)
    take(answer(tmp_path / "r", again, [error]), kari, AT + 3 * LATER)
    assert sorted(ReturnedLine.objects.values_list("state", flat=True)) == ["again", "open"]
    assert open_lines(kari) == [("108", "A26CK", False)]


def test_an_error_mended_by_another_code_is_cleared_too(two: Any, kari: Any, tmp_path: Path):
    """The attendance is registered; the decision itself never changed."""
    made = send(kari, "k1")
    take(answer(tmp_path / "r", made, [{"message": "108", "registration": two["CK"].registration_id}]), kari)
    enter(two["CK"].patient, "A26S", date(2021, 11, 8), kari, at=AT + 2 * LATER)
    assert not foreseen(BERGEN, YEAR)
    again = send(kari, "k2", AT + 3 * LATER)
    take(answer(tmp_path / "r", again, []), kari, AT + 4 * LATER)
    assert ReturnedLine.objects.get().state == "cleared"


def test_a_rejection_leads_to_patients_by_line_and_clears_nothing(two: Any, kari: Any, tmp_path: Path):
    made = send(kari, "k1")
    take(answer(tmp_path / "r", made, [{"message": "108", "registration": two["CK"].registration_id}]), kari)
    with zipfile.ZipFile(Path(settings.HOME) / "outbox" / made.folder / f"{made.messages.order_by('number').first().name}.zip") as archive:
        lines = archive.read(archive.namelist()[0]).decode().split("\n")
    (at,) = [n for n, line in enumerate(lines, 1) if "A26CK" in line]
    error = {"message": "SKJEMA", "line": str(at), "text": "kodeverk"}
    taken = take(answer(tmp_path / "r", made, [error], "NPR_VAL"), kari, AT + 2 * LATER)
    line = ReturnedLine.objects.get(returned=taken)
    assert (line.patient, line.state) == (two["CK"].patient, "open")
    assert ReturnedLine.objects.filter(state="open").count() == 2


@pytest.mark.parametrize(("line", "message"), [("9" * 5000, "SKJEMA"), ("²", "9" * 5000), ("-1", "²"), ("0", "")])
def test_numbers_that_are_none_are_kept_as_texts(two: Any, kari: Any, tmp_path: Path, line: str, message: str):
    """A return is written elsewhere: whatever stands in it, its lines are on the list."""
    path = answer(tmp_path / "r", send(kari, "k"), [{"message": message, "line": line, "text": "Noe er galt"}])
    made = take(path, kari)
    assert (made.lines, made.unmatched) == (1, 1)
    assert words_of(ReturnedLine.objects.get(), "nb") == ("Noe er galt", "")


def test_the_workbook_is_taken_for_the_unit_that_is_chosen(two: Any, kari: Any, tmp_path: Path):
    send(kari, "k1")
    path = tmp_path / "feil.xlsx"
    error = {"message": "108", "text": "CK uten S", "registration": two["CK"].registration_id, "code": "A26CK"}
    with path.open("wb") as stream:
        write_workbook(stream, [error, {"message": "999", "text": "=1+1", "patient": "ukjent"}], datetime(2022, 1, 21))
    with pytest.raises(Refused, match="hvilken enhet"):
        take(path, kari)
    taken = take(path, kari, sender=BERGEN)
    assert (taken.kind, taken.lines, taken.unmatched) == ("workbook", 2, 1)
    assert open_lines(kari) == [("108", "A26CK", False), ("999", "", False)]


def test_a_return_is_taken_once_and_only_by_those_who_answer_for_it(two: Any, kari: Any, tmp_path: Path):
    path = answer(tmp_path / "r", send(kari, "k1"), [{"message": "108", "registration": two["CK"].registration_id}])
    with pytest.raises(Refused, match="Helse Bergen"):
        take(path, kari, may=lambda _: False)
    take(path, kari)
    with pytest.raises(Refused, match="Kari Lien"):
        take(path, kari)
    assert (Return.objects.count(), ReturnedLine.objects.count()) == (1, 1)


def test_what_cannot_be_sent_is_refused_with_a_sentence(two: Any, kari: Any):
    with pytest.raises(Refused, match="ikke over"):
        submit(Asked(BERGEN, (date(2022, 1, 1), date(2022, 1, 31)), kari, AT, "x"))
    with pytest.raises(Refused, match="ingen registreringer"):
        submit(Asked(BERGEN, (date(2020, 1, 1), date(2020, 12, 31)), kari, AT, "y"))
    with pytest.raises(Refused, match="ikke et helseforetak"):
        submit(Asked("983658725", YEAR, kari, AT, "z"))
    assert not Submission.objects.exists()


def test_a_test_has_its_own_numbers_and_settles_nothing(two: Any, kari: Any):
    send(kari, "t", test=True)
    assert [one.number for one in send(kari, "k").messages.order_by("number")] == [1, 2]


def test_the_log_names_no_patient(two: Any, kari: Any):
    from pakkeforlop.access.models import Event

    send(kari, "k1")
    (event,) = Event.objects.filter(what="submission.made")
    assert (event.kind, event.org_nr, event.patient_id) == ("exported", BERGEN, None)
    assert "12055612344" not in json.dumps(event.detail)

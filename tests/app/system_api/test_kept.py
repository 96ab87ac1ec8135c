"""Answers to systems are kept for thirty days and then cleared with the keys of their rows; what was done stays."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from app.system_api.asking import AT, ask, key_for, registration
from pakkeforlop.access.models import SystemAnswer
from pakkeforlop.coding.actions.keys import forget_keys
from pakkeforlop.coding.models import ActionKey, Registration
from pakkeforlop.coordination.actions.clearing import Cleared, clear

pytestmark = pytest.mark.django_db
ROWS = [registration(), registration(code="A01S", event_date="2024-03-08")]


def bring(client, key, rows, name="first"):
    return ask(client, key, "/registrations", {"rows": rows}, name=name)


def as_of(days, **more):
    """Everything answered so far was answered that long ago."""
    SystemAnswer.objects.update(at=AT - timedelta(days=days, **more))
    ActionKey.objects.update(at=AT - timedelta(days=days, **more))


def test_within_the_period_the_same_request_does_nothing_twice(client):
    key = key_for("registrations.write")
    _, told = bring(client, key, ROWS)
    as_of(29)
    assert clear(at=AT) == Cleared(keys=0, answers=0)
    again, before = bring(client, key, ROWS)
    assert (again.headers["Idempotency-Replayed"], before) == ("true", told)


def test_after_the_period_the_answer_is_gone_and_what_was_done_stays(client):
    key = key_for("registrations.write")
    bring(client, key, ROWS)
    as_of(31)
    assert clear(at=AT) == Cleared(keys=2, answers=1)
    assert (SystemAnswer.objects.count(), ActionKey.objects.count(), Registration.objects.count()) == (0, 0, 2)


def test_a_key_used_again_after_the_period_is_of_a_new_request(client):
    """Not one row of the new body is taken for a row of the old one, which had the same key."""
    key = key_for("registrations.write")
    bring(client, key, ROWS)
    as_of(31)
    clear(at=AT)
    other = [registration(patient_id="lab-9"), registration(patient_id="lab-9", code="A01S", event_date="2024-03-09")]
    answer, told = bring(client, key, other)
    assert "Idempotency-Replayed" not in answer.headers
    assert [row["state"] for row in told["rows"]] == ["registered", "registered"]
    assert Registration.objects.filter(patient__source_id="lab-9").count() == 2


def test_keys_of_rows_go_before_the_answer_to_the_request_they_are_of(client):
    """Ten minutes is as long as a request is at work: its last row's key is not to outlive its answer."""
    key = key_for("registrations.write")
    bring(client, key, ROWS)
    as_of(30, minutes=-9)
    assert clear(at=AT) == Cleared(keys=2, answers=0)
    again, _ = bring(client, key, ROWS)
    assert again.headers["Idempotency-Replayed"] == "true"


def test_the_period_is_a_setting(client, settings):
    settings.ANSWERS_KEPT_DAYS = 3
    bring(client, key_for("registrations.write"), ROWS)
    as_of(4)
    assert clear(at=AT).answers == 1


def test_many_keys_go_piece_by_piece():
    ActionKey.objects.bulk_create([ActionKey(key=f"k{n}", at=AT - timedelta(days=n)) for n in range(10)])
    assert forget_keys(before=AT - timedelta(days=2, hours=12), piece=3) == 7
    assert set(ActionKey.objects.values_list("key", flat=True)) == {"k0", "k1", "k2"}


def test_ended_sessions_go_with_them():
    now = timezone.now()
    for name, until in (("old", now - timedelta(minutes=1)), ("new", now + timedelta(hours=1))):
        Session.objects.create(session_key=name, session_data="", expire_date=until)
    clear(at=AT)
    assert list(Session.objects.values_list("session_key", flat=True)) == ["new"]


def test_the_server_clears_when_a_day_begins_and_goes_on_after_a_day_that_failed(monkeypatch, capsys):
    """The database is away at midnight: a sentence on the service's log, and a minute later the day is made."""
    from django.db import OperationalError

    from pakkeforlop.cli import serve
    from pakkeforlop.coordination.actions import clearing, posts, taking_in

    done, fails = [], [OperationalError("secret"), None]
    day = AT.date()

    def new_day(**at):
        if fault := fails.pop(0):
            raise fault
        done.append(("day", at["on"]))

    monkeypatch.setattr(serve, "moment", lambda: (AT, day))
    monkeypatch.setattr(taking_in, "new_day", new_day)
    monkeypatch.setattr(posts, "follow_lately", lambda **at: done.append(("posts", at["on"])))
    monkeypatch.setattr(clearing, "clear", lambda *, at: done.append(("clear", at)))
    yesterday = day - timedelta(days=1)
    assert serve.turned(yesterday, "en") == yesterday
    said = capsys.readouterr().err
    assert "OperationalError" in said
    assert "secret" not in said
    assert serve.turned(yesterday, "en") == day
    assert serve.turned(day, "en") == day
    assert done == [("day", day), ("posts", day), ("clear", AT)]

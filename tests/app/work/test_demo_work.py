"""What the demo has done before its morning: tasks, a transfer nobody has acknowledged, referrals taken in and out."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.work.filling import AT, FORDE, HAUKELAND, TODAY, fill
from pakkeforlop.access.demo import people
from pakkeforlop.cli.demo_work import LETTER, some_work
from pakkeforlop.coordination.models import ExpectedAnswer, Outgoing, Referral, Task
from pakkeforlop.coordination.queries.regradings import regradings
from pakkeforlop.coordination.queries.transfers import transfers
from pakkeforlop.exchange.generate.ward.ward import inbox, joined, morning
from pakkeforlop.vocabulary.working_days import is_working_day

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(db: None, settings: Any) -> Any:
    settings.TODAY = TODAY.isoformat()
    wards = [
        morning(today=TODAY, seed=4, hospital=HAUKELAND, other=FORDE, size=34),
        morning(today=TODAY, seed=6, hospital=FORDE, other=HAUKELAND, size=25, prefix="v"),
        inbox(today=TODAY, seed=5, hospital=HAUKELAND),
    ]
    found = people(hospital=HAUKELAND, other_hospital=FORDE, on=TODAY)
    fill(joined(wards))
    some_work(found, hospital=HAUKELAND, other=FORDE, at=AT, day=TODAY, send=False)
    return found


def test_the_morning_has_something_to_receive_to_hand_over_and_to_answer(made: Any):
    found = transfers(for_=made["anker"], on=TODAY)
    late = [one for one in found.to_us if one.late(TODAY)]
    assert [(one.transfer.sent_on, one.transfer.letter, one.transfer.sent_by) for one in late] == [(date(2022, 1, 18), LETTER, made["granne"])]
    assert late[0].row.worked_out_on == TODAY
    assert late[0].transfer.responsible == FORDE
    mine = Task.objects.filter(owner=made["anker"], done_at=None)
    assert (mine.count(), mine.filter(due__lt=TODAY).count()) == (6, 2)
    assert [one.escalated_to for one in mine.filter(escalated_at__isnull=False)] == [made["kompass"]]
    assert ExpectedAnswer.objects.get(kind="call").expected_date == date(2022, 1, 21)
    ways = regradings(for_=made["anker"], on=TODAY)
    assert (ways.count("up"), ways.count("down"), ways.unsettled) == (1, 1, 1)
    assert {one.message.state for one in ways.rows} == {"waiting"}
    told = sorted(Outgoing.objects.filter(channel="mail").values_list("kind", "user__username", "state"))
    assert told == [("escalation", "kompass", "waiting"), ("reminder", "anker", "waiting"), ("reminder", "lykt", "waiting")]
    assert Referral.objects.filter(status="new").exists()


def test_nobody_is_promised_an_answer_on_a_sunday(made: Any):
    days = set(ExpectedAnswer.objects.filter(expected_date__gt=TODAY).values_list("expected_date", flat=True))
    assert days
    assert all(is_working_day(day) for day in days)

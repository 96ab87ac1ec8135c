"""Handing over a list: the deputy has the same open pathways and tasks, while it lasts, and a brief."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from app.access.people import client_for
from app.work.conftest import morning_ward, people  # noqa: F401
from app.work.filling import AT, FORDE, HAUKELAND, TODAY
from pakkeforlop.access.models import Event
from pakkeforlop.coordination.models import Cover, MailAddress, Outgoing, Responsibility, Task, WorklistRow
from pakkeforlop.coordination.queries import tasks, worklist
from pakkeforlop.coordination.rows import refresh

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _the_day(settings: Any) -> None:
    settings.TODAY = TODAY.isoformat()


@pytest.fixture
def owner(people: Any) -> Any:  # noqa: F811
    """Owns half of the list, with tasks of every kind: own, without an owner, without a day, done."""
    client = client_for(("coordinator", HAUKELAND), username="anker")
    rows = list(WorklistRow.objects.filter(closed=False).order_by("pk"))
    for row in rows[::2]:
        Responsibility.objects.create(patient=row.patient, pathway=row.pathway, owner=client.user, since=AT)
    for n, row in enumerate(rows[:12]):
        Task.objects.create(
            patient=row.patient, pathway=row.pathway, text=f"Oppgave {n}", made_at=AT, due=TODAY + timedelta(days=n - 3) if n % 3 else None,
            owner=client.user if n % 2 else None, done_at=AT if n == 5 else None,
        )  # fmt: skip
    refresh([row.patient_id for row in rows], on=TODAY, at=AT)
    return client


def lists(user: Any, on: date = TODAY) -> tuple[set[int], set[int]]:
    """The rows and the tasks that are a person's own."""
    me = worklist.reader(user, on=on)
    return (
        set(me.rows().filter(owner__in=me.own).values_list("pk", flat=True)),
        set(tasks.mine(for_=me).values_list("pk", flat=True)),
    )


def hand_over(client: Any, deputy: Any, **more: str) -> Any:
    asked = {"deputy": deputy.user.pk, "first_day": TODAY.isoformat(), "last_day": "2022-01-28", "key": "k", **more}
    return client.post("/cover/", asked, follow=True)


def test_the_deputy_has_the_same_open_pathways_and_tasks(owner: Any):
    deputy = client_for(("coordinator", HAUKELAND), username="lykt")
    rows, work = lists(owner.user)
    assert len(rows) > 8
    assert len(work) > 6
    assert lists(deputy.user) == (set(), set())
    page = hand_over(owner, deputy).content.decode()
    assert "har listen til og med fredag 28. januar" in page
    assert lists(deputy.user) == (rows, work)
    assert lists(owner.user) == (rows, work)  # the owner sees what happens
    shown = deputy.get("/tasks/").content.decode()
    assert all(text in shown for text in Task.objects.filter(pk__in=work).values_list("text", flat=True))
    assert lists(deputy.user, date(2022, 1, 28)) == (rows, work)
    assert lists(deputy.user, date(2022, 1, 29)) == (set(), set())
    assert lists(deputy.user, date(2022, 1, 19)) == (set(), set())


def test_what_is_done_during_the_cover_is_done_for_both(owner: Any):
    deputy = client_for(("coordinator", HAUKELAND), username="lykt")
    hand_over(owner, deputy)
    one = tasks.mine(for_=worklist.reader(deputy.user, on=TODAY))[0]
    deputy.post(f"/tasks/{one.patient.handle}/work/", {"do": "done", "row": one.pk, "key": "d"})
    assert lists(owner.user) == lists(deputy.user)
    one.refresh_from_db()
    assert one.done_by == deputy.user


def test_a_list_is_taken_back_and_everything_is_on_the_log(owner: Any):
    deputy = client_for(("coordinator", HAUKELAND), username="lykt")
    hand_over(owner, deputy)
    cover = Cover.objects.get()
    owner.post(f"/cover/{cover.pk}/end/")
    assert lists(deputy.user) == (set(), set())
    assert list(Event.objects.filter(what__startswith="cover.").order_by("pk").values_list("what", flat=True)) == ["cover.made", "cover.ended"]
    assert "var alt avsluttet" in owner.post(f"/cover/{cover.pk}/end/", follow=True).content.decode()


def test_a_double_click_hands_over_once_and_overlaps_are_refused(owner: Any):
    deputy = client_for(("coordinator", HAUKELAND), username="lykt")
    for _ in range(2):
        hand_over(owner, deputy)
    assert Cover.objects.count() == 1
    assert "har listen i en del av tiden alt" in hand_over(owner, deputy, key="k2").content.decode()
    assert "Siste dag er før første dag" in hand_over(owner, deputy, first_day="2022-02-02", last_day="2022-02-01", key="k3").content.decode()
    assert "Velg en annen enn den som skal være borte" in hand_over(owner, owner, key="k4").content.decode()
    assert Cover.objects.count() == 1


def test_a_deputy_who_cannot_see_all_of_it_is_refused_with_how_many(owner: Any):
    bowel = client_for(("coordinator", HAUKELAND, "A12"), username="tarm")
    rows, _ = lists(owner.user)
    assert "mangler tilgang til" in hand_over(owner, bowel).content.decode()
    assert not Cover.objects.exists()
    elsewhere = client_for(("coordinator", FORDE), username="forde")
    hand_over(owner, elsewhere, key="k2")
    assert not Cover.objects.exists()
    assert rows


def test_the_brief_tells_the_most_pressing_first_and_is_not_for_others(owner: Any):
    deputy = client_for(("coordinator", HAUKELAND), username="lykt")
    hand_over(owner, deputy, note="Ring lungeavdelingen før kl. 10")
    number = Cover.objects.get().pk
    page = deputy.get(f"/cover/{number}/brief/").content.decode()
    rows, work = lists(owner.user)
    assert "Ring lungeavdelingen før kl. 10" in page
    assert all(row.patient.name in page for row in WorklistRow.objects.filter(pk__in=rows).select_related("patient"))
    assert all(text in page for text in Task.objects.filter(pk__in=work).values_list("text", flat=True))
    looked = Event.objects.filter(kind="listed", what="cover_brief").latest("pk")
    assert all(f",{row.patient_id}," in looked.listed for row in WorklistRow.objects.filter(pk__in=rows))
    assert client_for(("coordinator", HAUKELAND), username="tredje").get(f"/cover/{number}/brief/").status_code == 404


def test_the_deputy_is_told_by_a_mail_without_patients(owner: Any):
    deputy = client_for(("coordinator", HAUKELAND), username="lykt")
    MailAddress.objects.create(user=deputy.user, address="lykt@sykehuset.example")
    hand_over(owner, deputy)
    mail = Outgoing.objects.get()
    assert "Prøve anker har overlevert listen sin til deg fra 20.01.2022 til 28.01.2022" in mail.body
    names = WorklistRow.objects.values_list("patient__name", flat=True)
    assert not any(name in mail.body for name in names)

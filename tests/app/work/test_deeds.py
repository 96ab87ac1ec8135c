"""What is done from the list: confirm, reject, undo, tasks, notes, follow-up, handing over, and the same once more."""

from __future__ import annotations

import re
from typing import Any

import pytest

from app.access.people import client_for
from app.work.filling import HAUKELAND, TODAY
from pakkeforlop.access.models import Event
from pakkeforlop.coding.models import Registration
from pakkeforlop.coordination.flags import Flag
from pakkeforlop.coordination.models import Note, Proposal, Responsibility, Task, WorklistRow

pytestmark = pytest.mark.django_db


@pytest.fixture
def proposed(people: Any) -> WorklistRow:
    return WorklistRow.objects.select_related("patient", "proposed").filter(proposed__isnull=False).order_by("pk")[0]


def key_of(row: WorklistRow) -> str:
    return f"{row.patient.handle}.{row.pathway}.{row.number}"


def form(row: WorklistRow, key: str = "k1", **values: object) -> dict[str, object]:
    return {"row": key_of(row), "key": key, "query": "view=missing_code", **values}


def confirm(client: Any, row: WorklistRow, key: str = "k1", **more: object) -> Any:
    asked = form(row, key, proposal=row.proposed_id, revision=row.patient.revision, **more)
    return client.post(f"/worklist/{row.patient.handle}/confirm/", asked)


def test_a_confirmed_code_is_saved_and_the_row_goes_on_to_the_next_phase(coordinator: Any, proposed: WorklistRow):
    before = proposed.proposed
    answer = confirm(coordinator, proposed)
    assert (answer.status_code, answer.url) == (302, "/worklist/?view=missing_code")
    made = Registration.objects.get(patient=proposed.patient, code=before.code)
    assert (made.event_date, made.registered_by) == (before.event_date, coordinator.user.pk)
    row = WorklistRow.objects.get(pk=proposed.pk)
    assert row.phase == {"S": "workup", "C": "treatment"}[before.code[3]]
    assert not row.flags & Flag.PROPOSED
    assert (row.changed_by_id, row.changed_what, row.changed_detail) == (coordinator.user.pk, "code", before.code)
    assert Proposal.objects.get(pk=before.pk).state == "confirmed"


def test_a_double_click_saves_one_code(coordinator: Any, proposed: WorklistRow):
    code = proposed.proposed.code
    confirm(coordinator, proposed)
    confirm(coordinator, proposed)
    assert Registration.objects.filter(patient=proposed.patient, code=code).count() == 1


def test_the_second_of_two_is_told_and_nothing_is_lost(coordinator: Any, proposed: WorklistRow):
    other = client_for(("coordinator", HAUKELAND), username="ida")
    second = Proposal.objects.create(
        patient=proposed.patient, pathway=proposed.pathway, code=proposed.pathway + "P",
        event_date=TODAY, institution=HAUKELAND, evidence="Ringt i dag", made_at=proposed.proposed.made_at,
    )  # fmt: skip
    confirm(other, proposed, "k-other")
    answer = coordinator.post(
        f"/worklist/{proposed.patient.handle}/confirm/",
        form(proposed, "k-mine", proposal=second.pk, revision=proposed.patient.revision),
        headers={"X-Asked-By": "worklist"},
    )
    assert answer.status_code == 409
    assert "Prøve ida" in answer.json()["said"]
    assert Registration.objects.filter(patient=proposed.patient, code=second.code).count() == 0


def test_what_was_confirmed_is_taken_back_by_a_correcting_row(coordinator: Any, proposed: WorklistRow):
    code = proposed.proposed.code
    confirm(coordinator, proposed)
    made = Registration.objects.get(patient=proposed.patient, code=code)
    coordinator.post(f"/worklist/{proposed.patient.handle}/undo/", form(proposed, "k2", registration=made.pk))
    assert list(
        Registration.objects.filter(registration_id=made.registration_id).order_by("version").values_list("withdrawn", flat=True)
    ) == [False, True]
    row = WorklistRow.objects.get(pk=proposed.pk)
    assert row.phase == proposed.phase
    assert row.proposed_id == proposed.proposed_id


def test_a_rejection_needs_a_reason_and_can_be_undone(coordinator: Any, proposed: WorklistRow):
    where = f"/worklist/{proposed.patient.handle}"
    coordinator.post(f"{where}/reject/", form(proposed, proposal=proposed.proposed_id, reason=" "))
    assert Proposal.objects.get(pk=proposed.proposed_id).state == "open"
    coordinator.post(f"{where}/reject/", form(proposed, "k2", proposal=proposed.proposed_id, reason="Møtet ble avlyst"))
    rejected = Proposal.objects.get(pk=proposed.proposed_id)
    assert (rejected.state, rejected.reason, rejected.settled_by_id) == ("rejected", "Møtet ble avlyst", coordinator.user.pk)
    assert WorklistRow.objects.get(pk=proposed.pk).proposed_id is None
    coordinator.post(f"{where}/undo/", form(proposed, "k3", rejected=rejected.pk))
    assert WorklistRow.objects.get(pk=proposed.pk).proposed_id == proposed.proposed_id


def test_a_task_is_added_once_and_done(coordinator: Any, proposed: WorklistRow):
    where = f"/worklist/{proposed.patient.handle}/work/"
    for _ in range(2):
        coordinator.post(where, form(proposed, do="task", text="Ring pasienten", due="2022-01-21", owner=""))
    task = Task.objects.get()
    assert (task.text, task.owner_id) == ("Ring pasienten", coordinator.user.pk)
    assert WorklistRow.objects.get(pk=proposed.pk).flags & Flag.TASK
    coordinator.post(where, form(proposed, "k2", do="task_done", task=task.pk))
    assert not WorklistRow.objects.get(pk=proposed.pk).flags & Flag.TASK


def test_a_note_is_written_and_logged(coordinator: Any, proposed: WorklistRow):
    coordinator.post(f"/worklist/{proposed.patient.handle}/work/", form(proposed, do="note", text="Ønsker time etter kl. 12"))
    assert Note.objects.get().text == "Ønsker time etter kl. 12"
    line = Event.objects.filter(kind="changed").latest("pk")
    assert (line.what, line.patient_id) == ("note.added", proposed.patient_id)
    assert "12" not in str(line.detail)


def test_taking_over_changes_the_owner(coordinator: Any, proposed: WorklistRow):
    coordinator.post(f"/worklist/{proposed.patient.handle}/work/", form(proposed, do="take"))
    assert Responsibility.objects.get().owner_id == coordinator.user.pk
    assert WorklistRow.objects.get(pk=proposed.pk).owner_id == coordinator.user.pk


def test_a_missed_appointment_is_followed_up(coordinator: Any, people: Any):
    row = WorklistRow.objects.select_related("patient").filter(marks__has_key="missed")[0]
    from pakkeforlop.coordination.models import Appointment

    missed = Appointment.objects.get(patient=row.patient, status="missed")
    asked = form(row, do="follow", appointment=missed.pk, text="Ringt, ny time ønsket")
    coordinator.post(f"/worklist/{row.patient.handle}/work/", asked)
    missed.refresh_from_db()
    assert (missed.follow_up, missed.followed_up_by_id) == ("Ringt, ny time ønsket", coordinator.user.pk)
    assert not WorklistRow.objects.get(pk=row.pk).flags & Flag.MISSED


def test_marked_rows_are_confirmed_and_handed_over(coordinator: Any, people: Any):
    marked = list(WorklistRow.objects.select_related("patient").filter(proposed__isnull=False))
    plain = WorklistRow.objects.select_related("patient").filter(proposed__isnull=True, closed=False)[0]
    keys = [key_of(row) for row in (*marked, plain)]
    answer = coordinator.post("/worklist/confirm/", {"row": keys, "key": "b1", "query": ""}, follow=True)
    assert Registration.objects.filter(registered_by=coordinator.user.pk).count() == len(marked) >= 1
    assert ("kode er lagret" if len(marked) == 1 else "koder er lagret") in answer.content.decode()
    coordinator.post("/worklist/assign/", {"row": keys, "key": "b2", "owner": coordinator.user.pk, "query": ""})
    assert WorklistRow.objects.filter(owner=coordinator.user).count() == len(keys)


def confirm_all(client: Any) -> list[WorklistRow]:
    """Every proposed code of the list confirmed in one post, and three more; the rows as they were."""
    from pakkeforlop.coordination.rows import refresh
    from pakkeforlop.web import clock

    plain = WorklistRow.objects.filter(proposed__isnull=True, closed=False, hospital=HAUKELAND).order_by("pk")[:3]
    for row in plain:
        Proposal.objects.create(
            patient_id=row.patient_id, pathway=row.pathway, code=row.pathway + "P", event_date=TODAY,
            institution=HAUKELAND, evidence="Ringt i dag", made_at=clock.now(),
        )  # fmt: skip
    refresh([row.patient_id for row in plain], on=TODAY, at=clock.now())
    marked = list(WorklistRow.objects.select_related("patient", "proposed").filter(proposed__isnull=False).order_by("pk"))
    client.post("/worklist/confirm/", {"row": [key_of(row) for row in marked], "key": "b1", "query": ""})
    return marked


def together(html: str) -> tuple[str, dict[str, str], str]:
    """The form that takes back all at once: address, fields, text."""
    inside = re.search(r'<form class="undo-all" method="post" action="([^"]+)">(.*?)</form>', html, re.S)
    assert inside
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', inside[2]))
    return inside[1], fields, re.sub(r"<[^>]+>", "", inside[2]).strip()


def test_all_that_was_confirmed_together_is_taken_back_together(coordinator: Any, people: Any):
    marked = confirm_all(coordinator)
    assert len(marked) > 1
    address, fields, text = together(coordinator.get("/worklist/").content.decode())
    assert (address, text) == ("/worklist/undo/", f"Angre alle {len(marked)} Z")
    for _ in range(2):  # a double click takes back once
        html = coordinator.post(address, fields, follow=True).content.decode()
        assert f"{len(marked)} koder er angret." in html
    mine = Registration.objects.filter(registered_by=coordinator.user.pk).order_by("pk")
    assert [row.withdrawn for row in mine] == [False] * len(marked) + [True] * len(marked)
    for row in marked:
        now = WorklistRow.objects.get(pk=row.pk)
        assert now.phase == row.phase
        assert now.proposed_id == (row.proposed_id if row.proposed.rule else None)  # what events speak for comes back
    assert any(row.proposed.rule for row in marked)
    line = Event.objects.filter(kind="listed", what="worklist_undo_many").latest("pk")
    assert sorted(map(int, line.listed.strip(",").split(","))) == sorted(row.patient_id for row in marked)


def test_taking_back_all_leaves_what_others_have_made_of_it_since(coordinator: Any, people: Any):
    from pakkeforlop.coordination.actions import codes
    from pakkeforlop.web import clock

    marked = confirm_all(coordinator)
    _, fields, _ = together(coordinator.get("/worklist/").content.decode())
    ida = client_for(("coordinator", HAUKELAND), username="ida").user
    first = Registration.objects.filter(registered_by=coordinator.user.pk).order_by("pk")[0]
    codes.correct_code(
        registration=first, code=first.code, event_date=first.event_date, institution=first.institution,
        reason="Spesialisthenvisning", by=ida, at=clock.now(), key="c1", revision=None, delay_reason="capacity",
    )  # fmt: skip
    html = coordinator.post("/worklist/undo/", fields, follow=True).content.decode()
    n = len(marked) - 1
    assert (f"{n} koder er angret." if n > 1 else "1 kode er angret.") in html
    assert f"{first.code}: Prøve ida lagret {first.code}" in html
    held = Registration.objects.filter(registration_id=first.registration_id).order_by("version")
    assert [(row.registered_by, row.withdrawn) for row in held] == [(coordinator.user.pk, False), (ida.pk, False)]


def test_nobody_takes_back_anothers_codes_together(coordinator: Any, people: Any):
    confirm_all(coordinator)
    _, fields, _ = together(coordinator.get("/worklist/").content.decode())
    ida = client_for(("coordinator", HAUKELAND), username="ida")
    assert "Ingen koder er angret." in ida.post("/worklist/undo/", fields, follow=True).content.decode()
    assert not Registration.objects.filter(withdrawn=True).exists()


def test_what_somebody_has_corrected_since_is_not_taken_back_by_the_row(coordinator: Any, proposed: WorklistRow):
    from pakkeforlop.coordination.actions import codes
    from pakkeforlop.web import clock

    confirm(coordinator, proposed)
    made = Registration.objects.get(patient=proposed.patient, registered_by=coordinator.user.pk)
    ida = client_for(("coordinator", HAUKELAND), username="ida").user
    codes.withdraw_code(registration=made, reason="Feil pasient", by=ida, at=clock.now(), key="w1", revision=None)
    answer = coordinator.post(
        f"/worklist/{proposed.patient.handle}/undo/", form(proposed, "k2", registration=made.pk),
        headers={"X-Asked-By": "worklist"},
    )  # fmt: skip
    assert answer.status_code == 409
    assert "Prøve ida" in answer.json()["said"]
    assert Registration.objects.filter(registration_id=made.registration_id).count() == 2


def test_one_who_codes_for_another_pathway_does_not_reject(coordinator: Any, proposed: WorklistRow):
    """The patient is known through the pathway of one's own too; the proposal is not one's to answer."""
    other = next(prefix for prefix in ("A01", "A02") if prefix != proposed.pathway)
    Registration.objects.create(
        patient=proposed.patient, registration_id="own", version=1, code=f"{other}A", event_date=TODAY,
        institution=HAUKELAND, registered_at=proposed.changed_at, rank=1, digest=1,
    )  # fmt: skip
    narrow = client_for(("coder", HAUKELAND, other), username="penn")
    answer = narrow.post(
        f"/worklist/{proposed.patient.handle}/reject/", form(proposed, proposal=proposed.proposed_id, reason="Nei")
    )
    assert answer.status_code == 302
    assert Proposal.objects.get(pk=proposed.proposed_id).state == "open"


@pytest.mark.parametrize("odd", ["²", "9" * 5000, "9" * 30, "-1", "x"])
def test_numbers_that_are_none_are_nobodys_row(coordinator: Any, proposed: WorklistRow, odd: str):
    where = f"/worklist/{proposed.patient.handle}"
    assert coordinator.get("/worklist/", {"page": odd, "open": f"{proposed.patient.handle}.A01.{odd}"}).status_code == 200
    assert coordinator.get("/worklist/", {"owner": odd}).status_code == 200
    for address, fields in (
        (f"{where}/confirm/", form(proposed, proposal=odd, revision=odd)),
        (f"{where}/undo/", form(proposed, registration=odd)),
        (f"{where}/undo/", form(proposed, rejected=odd)),
        (f"{where}/work/", form(proposed, do="task_done", task=odd)),
        (f"{where}/work/", form(proposed, do="follow", appointment=odd, text="x")),
        ("/worklist/undo/", {"registrations": f"{odd} {odd}"}),
        ("/worklist/assign/", {"row": key_of(proposed), "owner": odd}),
        ("/worklist/views/", {"drop": odd, "name": "", "query": ""}),
        ("/codes/missing/confirm/", {"proposal": [odd]}),
        ("/codes/missing/settle/", {"referral": odd}),
        ("/codes/missing/reason/", {"cancer": odd}),
        (f"/patient/{proposed.patient.handle}/undo/", {"registration": odd}),
    ):
        assert coordinator.post(address, fields).status_code == 302, address
    assert not Registration.objects.filter(registered_by=coordinator.user.pk).exists()


def test_rows_of_others_cannot_be_marked(people: Any, proposed: WorklistRow):
    stranger = client_for(("coordinator", "974703300"), username="ole")
    stranger.post("/worklist/assign/", {"row": [key_of(proposed)], "key": "b", "owner": stranger.user.pk})
    assert not Responsibility.objects.exists()
    confirm(stranger, proposed)
    assert not Registration.objects.filter(registered_by=stranger.user.pk).exists()


def test_the_script_gets_the_row_and_what_undoes_it(coordinator: Any, proposed: WorklistRow):
    asked = form(proposed, proposal=proposed.proposed_id, revision=proposed.patient.revision)
    told = coordinator.post(
        f"/worklist/{proposed.patient.handle}/confirm/", asked, headers={"X-Asked-By": "worklist"}
    ).json()
    assert told["done"]
    assert proposed.proposed.code in told["said"]
    assert f'data-row="{key_of(proposed)}"' in told["html"]
    assert told["undo"]["handle"] == proposed.patient.handle


def test_others_changes_come_alive_and_nothing_new_is_not_sent_again(coordinator: Any, proposed: WorklistRow):
    first = coordinator.get("/worklist/live/", {"since": "2022-01-20T00:00:00+01:00"})
    tag = first.headers["ETag"]
    assert coordinator.get("/worklist/live/", headers={"If-None-Match": tag}).status_code == 304
    other = client_for(("coordinator", HAUKELAND), username="ida")
    confirm(other, proposed)
    told = coordinator.get("/worklist/live/", {"since": first.json()["since"]}, headers={"If-None-Match": tag}).json()
    assert [row["key"] for row in told["rows"]] == [key_of(proposed)]
    assert "Prøve ida lagret" in told["line"]["sentence"]
    assert proposed.patient.name in told["line"]["sentence"]


def test_single_keys_can_be_switched_off(coordinator: Any):
    assert 'data-single-keys="on"' in coordinator.get("/worklist/").content.decode()
    coordinator.post("/worklist/keys/", {"on": "0"})
    assert 'data-single-keys="off"' in coordinator.get("/worklist/").content.decode()

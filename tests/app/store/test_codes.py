"""Codes registered, corrected, withdrawn and undone: every version stays, two people lose nothing, a click is one deed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from pakkeforlop.access.models import Assignment, Event, User
from pakkeforlop.coding.models import ActionKey, Patient, Registration
from pakkeforlop.coding.queries import current
from pakkeforlop.coordination.actions import codes
from pakkeforlop.coordination.blocking import Blocked, Conflict
from pakkeforlop.coordination.models import Proposal, WorklistRow
from pakkeforlop.episodes.models import Episode, EpisodeMessage

pytestmark = pytest.mark.django_db

NOW = datetime(2024, 3, 15, 9, 30, tzinfo=UTC)
TODAY = date(2024, 3, 15)
BERGEN, STAVANGER = "974557746", "974703300"


@pytest.fixture
def kari() -> User:
    user = User.objects.create(username="kari", display_name="Kari Lien")
    Assignment.objects.create(user=user, role="coder", org_nr=BERGEN, valid_from=date(2020, 1, 1))
    return user


@pytest.fixture
def patient() -> Patient:
    return Patient.objects.create(source_id="p1", told=True, birth_date=date(1950, 5, 5), sex=2)


def register(patient: Patient, code: str, day: date | None, by: Any, **other: Any) -> codes.Saved:
    patient.refresh_from_db()
    values = {"institution": BERGEN, "at": NOW, "key": "", "revision": patient.revision} | other
    return codes.register_code(patient=patient, code=code, event_date=day, by=by, **values)


def test_a_code_stands_with_its_episode_its_row_and_its_line_in_the_log(patient: Patient, kari: User):
    saved = register(patient, "A26A", date(2024, 3, 4), kari)
    assert (saved.registration.version, saved.revision, saved.messages) == (1, 1, ())
    episode = Episode.objects.get(patient=patient)
    assert (episode.pathway, episode.start_date, episode.start_institution) == ("A26", date(2024, 3, 4), BERGEN)
    row = WorklistRow.objects.get(patient=patient)
    assert (row.pathway, row.hospital, row.changed_by_id) == ("A26", BERGEN, kari.pk)
    event = Event.objects.get(kind="changed")
    assert (event.by_id, event.patient_id, event.what, event.pathway) == (kari.pk, patient.pk, "code.registered", "A26")


def test_the_messages_of_the_engine_come_with_what_was_saved(patient: Patient, kari: User):
    register(patient, "A26A", date(2024, 3, 4), kari)
    saved = register(patient, "A26CK", date(2024, 3, 11), kari)
    assert [(m.number, m.counted) for m in saved.messages] == [(108, True)]


def test_a_correction_of_a_correction_keeps_all_three(patient: Patient, kari: User):
    first = register(patient, "A26A", date(2024, 3, 4), kari).registration
    for n, day in enumerate((date(2024, 3, 5), date(2024, 3, 1))):
        codes.correct_code(
            registration=first, code="A26A", event_date=day, institution=BERGEN, reason="feil dag", by=kari,
            at=NOW + timedelta(minutes=n), key=f"k{n}", revision=n + 1,
        )  # fmt: skip
    versions = Registration.objects.filter(registration_id=first.registration_id).order_by("version")
    assert [(r.version, r.event_date, r.reason) for r in versions] == [
        (1, date(2024, 3, 4), ""), (2, date(2024, 3, 5), "feil dag"), (3, date(2024, 3, 1), "feil dag"),
    ]  # fmt: skip
    assert [r.event_date for r in current(patient, as_of=TODAY)] == [date(2024, 3, 1)]
    assert Episode.objects.get(patient=patient).start_date == date(2024, 3, 1)


def test_a_second_correction_in_the_same_moment_still_comes_after_the_first(patient: Patient, kari: User):
    first = register(patient, "A26A", date(2024, 3, 4), kari).registration
    for code in ("A26AA", "A01A"):
        codes.correct_code(
            registration=first, code=code, event_date=date(2024, 3, 4), institution=BERGEN, reason="x", by=kari, at=NOW,
            key="", revision=None,
        )  # fmt: skip
    assert [r.code for r in current(patient, as_of=TODAY)] == ["A01A"]


def test_withdrawn_and_brought_back(patient: Patient, kari: User):
    first = register(patient, "A26A", date(2024, 3, 4), kari).registration
    with pytest.raises(Blocked, match="reason_missing"):
        codes.withdraw_code(registration=first, reason=" ", by=kari, at=NOW, key="", revision=1)
    codes.withdraw_code(registration=first, reason="feil pasient", by=kari, at=NOW, key="", revision=1)
    assert (Episode.objects.count(), WorklistRow.objects.filter(closed=False).count()) == (0, 0)
    with pytest.raises(Blocked, match="not_there"):
        codes.withdraw_code(registration=first, reason="en gang til", by=kari, at=NOW, key="", revision=2)
    codes.undo(registration=first, by=kari, at=NOW, key="", revision=2)
    assert [e.start_date for e in Episode.objects.all()] == [date(2024, 3, 4)]
    assert Registration.objects.count() == 3


def test_undoing_the_first_version_withdraws_it(patient: Patient, kari: User):
    first = register(patient, "A26A", date(2024, 3, 4), kari).registration
    assert codes.undo(registration=first, by=kari, at=NOW, key="", revision=1).registration.withdrawn
    assert current(patient, as_of=TODAY) == []


def test_a_double_click_is_one_registration(patient: Patient, kari: User):
    one = register(patient, "A26A", date(2024, 3, 4), kari, key="abc", revision=0)
    two = register(patient, "A26A", date(2024, 3, 4), kari, key="abc", revision=0)
    assert (two.repeated, two.registration.pk) == (True, one.registration.pk)
    assert (Registration.objects.count(), ActionKey.objects.count(), Event.objects.count()) == (1, 1, 1)


def test_the_second_of_two_people_is_told_who_saved_what_and_loses_nothing(patient: Patient, kari: User):
    register(patient, "A26A", date(2024, 3, 4), kari)
    with pytest.raises(Conflict) as told:
        register(patient, "A26S", date(2024, 3, 11), kari, revision=0, key="mine")
    conflict = told.value
    assert (conflict.who, conflict.what, conflict.revision) == ("Kari Lien", "A26A", 1)
    assert conflict.sentences("nb")[0].startswith("Kari Lien lagret A26A kl. 10.30 15.03.2024, etter")
    saved = register(patient, "A26S", date(2024, 3, 11), kari, revision=conflict.revision, key="mine")
    assert not saved.repeated
    assert [r.code for r in current(patient, as_of=TODAY)] == ["A26A", "A26S"]


@pytest.mark.parametrize(
    ("code", "day", "place", "keys"),
    [
        ("A26Q", date(2024, 3, 4), BERGEN, {"code_unknown"}),
        ("", date(2024, 3, 4), BERGEN, {"code_missing"}),
        ("A26B", date(2024, 3, 4), BERGEN, {"code_lapsed"}),
        ("A03A", date(2021, 5, 1), BERGEN, {"code_lapsed"}),
        ("A26A", None, BERGEN, {"date_missing"}),
        ("A26A", date(2024, 3, 16), BERGEN, {"date_future"}),
        ("A26A", date(2014, 12, 31), BERGEN, {"date_early"}),
        ("A26A", date(2024, 3, 4), "", {"institution_missing"}),
        ("A26A", date(2024, 3, 4), "123", {"institution_unknown"}),
        ("A26A", date(2024, 3, 4), STAVANGER, {"institution_outside"}),
        ("A26Q", None, STAVANGER, {"code_unknown", "date_missing", "institution_outside"}),
    ],
)  # fmt: skip
def test_what_stops_a_code_says_so_in_every_language(
    patient: Patient, kari: User, code: str, day: date | None, place: str, keys: set[str]
):
    with pytest.raises(Blocked) as told:
        register(patient, code, day, kari, institution=place)
    assert {stop.key for stop in told.value.stops} == keys
    for language in ("nb", "nn", "en"):
        assert all(sentence.endswith((".", "?")) for sentence in told.value.sentences(language))
    assert (Registration.objects.count(), ActionKey.objects.count(), Event.objects.count()) == (0, 0, 0)
    patient.refresh_from_db()
    assert patient.revision == 0


def test_the_last_day_of_a_code_is_still_its_own(patient: Patient, kari: User):
    assert register(patient, "A03A", date(2021, 4, 30), kari).registration.pk
    assert register(patient, "A26A", TODAY, kari).registration.pk


def test_a_code_for_a_dead_patient_is_noted_and_saved(patient: Patient, kari: User):
    Patient.objects.filter(pk=patient.pk).update(death_date=date(2024, 3, 10))
    patient.refresh_from_db()
    late = codes.Draft("A26S", date(2024, 3, 11), BERGEN)
    assert codes.verdict_on(patient, late, today=TODAY).after_death
    assert not codes.verdict_on(patient, codes.Draft("A26S", date(2024, 3, 10), BERGEN), today=TODAY).after_death
    assert not codes.verdict_on(patient, codes.Draft("A26X", date(2024, 3, 11), BERGEN), today=TODAY).after_death
    assert register(patient, "A26S", date(2024, 3, 11), kari).registration.pk


def test_confirming_settles_the_proposal(patient: Patient, kari: User):
    register(patient, "A26A", date(2024, 3, 4), kari)
    proposal = Proposal.objects.create(
        patient=patient, pathway="A26", code="A26S", event_date=date(2024, 3, 11), institution=BERGEN, evidence="møtt",
        made_at=NOW,
    )  # fmt: skip
    register(patient, "A26S", date(2024, 3, 11), kari, confirms=proposal.pk)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.settled_by, proposal.settled_at) == ("confirmed", kari, NOW)


def test_when_the_log_cannot_be_written_nothing_is_saved(patient: Patient, kari: User, monkeypatch: pytest.MonkeyPatch):
    from pakkeforlop.access.audit import LogNotWritten

    def fail(*_: Any, **__: Any) -> None:
        raise LogNotWritten("code.registered")

    monkeypatch.setattr(codes.audit, "record", fail)
    with pytest.raises(LogNotWritten):
        register(patient, "A26A", date(2024, 3, 4), kari)
    assert (Registration.objects.count(), Episode.objects.count(), EpisodeMessage.objects.count()) == (0, 0, 0)

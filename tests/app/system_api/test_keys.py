"""Keys: scope x address from one table, and what a key that is not good gets."""

import json
from datetime import date

import pytest

from app.access.people import STAVANGER
from app.system_api.asking import AT, EVERY, ON, ROOT, ask, key_for, registration
from pakkeforlop.access.actions.faults import Faults
from pakkeforlop.access.actions.systems import end_key
from pakkeforlop.access.models import Event, SystemKey, User
from pakkeforlop.web.system_api.urls import document

pytestmark = pytest.mark.django_db

# The table: what each scope opens. Written by hand from what systems do.
TABLE = {
    "registrations.write": {("post", "/registrations")},
    "events.write": {("post", "/events")},
    "worklist.read": {("get", "/worklist")},
    "episodes.read": {("post", "/patients/find"), ("get", "/patients/{handle}/episodes")},
    "changes.read": {("get", "/changes")},
}
ADDRESSES = sorted(set.union(*TABLE.values()))
BODIES = {
    "/registrations": {"rows": [registration()]},
    "/events": {
        "rows": [
            {"event_id": "e", "patient_id": "p", "kind": "attendance", "at": "2024-03-01", "institution": STAVANGER}
        ]
    },
    "/patients/find": {"patient_id": "nobody"},
}


def test_the_description_has_just_these_addresses():
    paths = document()["paths"]
    assert {(method, path.removeprefix(ROOT)) for path, methods in paths.items() for method in methods} == set(
        ADDRESSES
    )


@pytest.mark.parametrize("scope", EVERY)
@pytest.mark.parametrize(("method", "path"), ADDRESSES)
def test_a_scope_opens_its_own_addresses_alone(client, scope, method, path):
    body = BODIES[path] if method == "post" else None
    answer, told = ask(client, key_for(scope), path.replace("{handle}", "nobody"), body, name="x")
    if (method, path) in TABLE[scope]:
        assert answer.status_code in {200, 404}
    else:
        assert (answer.status_code, told["title"]) == (403, "The key has not this scope")


@pytest.mark.parametrize(
    "sent", ["", "Bearer", "Bearer x", "Bearer pf_000000000000_" + "a" * 43, "Basic eDp5", "bearer  "]
)
def test_without_a_good_key_nothing_is_answered(client, sent):
    answer = client.get(f"{ROOT}/worklist", headers={"Authorization": sent} if sent else {})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_session_is_no_key(client):
    from app.access.people import client_for

    assert client_for(("coordinator", STAVANGER)).get(f"{ROOT}/worklist").status_code == 401


def test_a_key_with_another_secret_is_not_the_key(client):
    key = key_for("worklist.read")
    other = key[:-1] + ("A" if key[-1] != "A" else "B")
    assert ask(client, other, "/worklist")[0].status_code == 401


def test_a_key_is_good_to_its_last_day(client, settings):
    key = key_for("worklist.read", expires_on=ON)
    assert ask(client, key, "/worklist")[0].status_code == 200
    settings.TODAY = "2024-03-16"
    assert ask(client, key, "/worklist")[0].status_code == 401


def test_an_ended_key_is_good_no_more(client):
    key = key_for("worklist.read")
    number = SystemKey.objects.get().number
    assert end_key(number=number, by=None, at=AT)
    assert ask(client, key, "/worklist")[0].status_code == 401
    assert not end_key(number=number, by=None, at=AT)
    assert list(Event.objects.filter(kind="user_changed").values_list("what", flat=True)) == [
        "system.key_made",
        "system.key_ended",
    ]


def test_a_system_that_is_switched_off_gets_nothing(client):
    key = key_for("worklist.read")
    User.objects.update(is_active=False)
    assert ask(client, key, "/worklist")[0].status_code == 401


def test_the_secret_is_not_kept(client):
    key = key_for("worklist.read")
    kept = SystemKey.objects.get()
    assert key.split("_", 2)[2] not in json.dumps([kept.number, kept.digest, kept.scopes])


def test_a_system_cannot_log_in(client):
    key_for("worklist.read")
    assert not User.objects.get().has_usable_password()


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"system": "Ø!"}, "system"), ({"expires_on": date(2024, 3, 14)}, "expires_on")],
)
def test_a_key_that_makes_no_sense_is_not_made(changed, field):
    with pytest.raises(Faults) as faults:
        key_for("worklist.read", **changed)
    assert set(faults.value.by_field) == {field}
    assert not SystemKey.objects.exists()


def test_a_scope_that_is_not_known_and_the_name_of_a_person_are_refused():
    User.objects.create(username="anker", display_name="Stødig Anker")
    with pytest.raises(Faults) as faults:
        key_for("all", system="anker")
    assert faults.value.by_field == {"system": "person", "scopes": "unknown"}


def test_who_asks_too_often_is_told_when_to_go_on(client, settings):
    settings.SYSTEM_API_PER_MINUTE = 3
    key = key_for("worklist.read")
    answers = [ask(client, key, "/worklist")[0] for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert 0 < int(answers[3].headers["Retry-After"]) <= 60
    assert answers[0].headers["RateLimit"].startswith('"minute";r=2;t=')


def test_guessing_keys_is_slowed_down(client):
    codes = [client.get(f"{ROOT}/worklist").status_code for _ in range(61)]
    assert (codes[0], codes[-1]) == (401, 429)


def test_when_the_log_cannot_be_written_nothing_is_shown(client, monkeypatch):
    from pakkeforlop.access.audit import LogNotWritten
    from pakkeforlop.web.system_api import reading

    def full(*args, **more):
        raise LogNotWritten("system_worklist")

    monkeypatch.setattr(reading, "record", full)
    answer, told = ask(client, key_for("worklist.read"), "/worklist")
    assert (answer.status_code, told["status"]) == (503, 503)


def test_answers_stay_in_no_cache(client):
    assert "no-store" in ask(client, key_for("worklist.read"), "/worklist")[0].headers["Cache-Control"]

"""Logging in: password, lock after five failures, rest, demo, and what no page may do."""

from urllib.parse import parse_qs, urlsplit

import pytest

from pakkeforlop.access.models import Event, User

pytestmark = pytest.mark.django_db
PASSWORD = "syv-kloke-elger-spiser"


@pytest.fixture
def anker():
    user = User(username="anker", display_name="Stødig Anker")
    user.set_password(PASSWORD)
    user.save()
    return user


def log_in(client, password=PASSWORD):
    return client.post("/login/", {"login": "anker", "password": password})


def test_the_right_password_logs_in_and_stands_on_the_log(client, anker):
    assert log_in(client).headers["Location"] == "/"
    assert list(Event.objects.values_list("kind", "by")) == [("logged_in", anker.pk)]


def test_a_wrong_password_gets_a_sentence_and_the_log_does_not_keep_what_was_typed(client, anker):
    answer = log_in(client, "feil-passord-her")
    assert "passer ikke sammen" in answer.content.decode()
    (event,) = Event.objects.all()
    assert (event.kind, event.by_id, event.detail) == ("login_refused", None, {})


def test_the_fifth_failure_closes_the_login_also_for_the_right_password(client, anker):
    answers = [log_in(client, "feil") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 429]
    assert "15 minutter" in answers[-1].content.decode()
    assert log_in(client).status_code == 429


def test_a_session_that_has_rested_is_ended_with_a_sentence(client, anker, monkeypatch):
    from pakkeforlop.web import clock

    start = 1_700_000_000.0
    monkeypatch.setattr(clock, "seconds", lambda: start)
    log_in(client)
    client.get("/")
    monkeypatch.setattr(clock, "seconds", lambda: start + 20 * 60)
    assert client.get("/").status_code == 200  # twenty minutes to the second are within
    monkeypatch.setattr(clock, "seconds", lambda: start + 40 * 60 + 1)
    assert client.get("/").headers["Location"] == "/login/?next=/"
    page = client.get("/login/").content.decode()
    assert "etter 20 minutter uten aktivitet" in page


def test_quiet_pages_do_not_keep_a_session_awake(client, anker, monkeypatch):
    from pakkeforlop.web import clock
    from pakkeforlop.web.login import session

    start = 1_700_000_000.0
    monkeypatch.setattr(clock, "seconds", lambda: start)
    log_in(client)
    client.get("/")
    monkeypatch.setattr(session, "_is_quiet", lambda request: True)
    monkeypatch.setattr(clock, "seconds", lambda: start + 19 * 60)
    assert client.get("/").status_code == 200
    monkeypatch.setattr(clock, "seconds", lambda: start + 20 * 60 + 1)
    assert client.get("/").status_code == 302


def test_demo_login_is_not_there_outside_a_demo(client, anker, settings):
    User.objects.update(is_demo=True)
    assert client.post("/login/demo/", {"username": "anker"}).status_code == 404
    assert "Stødig Anker" not in client.get("/login/").content.decode()
    settings.DEMO = True
    assert "Stødig Anker" in client.get("/login/").content.decode()
    assert client.post("/login/demo/", {"username": "anker"}).headers["Location"] == "/"


def test_demo_login_takes_demo_users_only(client, anker, settings):
    settings.DEMO = True
    assert client.post("/login/demo/", {"username": "anker"}).status_code == 404


def test_one_who_is_switched_off_does_not_get_in(client, anker):
    User.objects.update(is_active=False)
    log_in(client)
    assert client.get("/").status_code == 302


def test_a_page_may_load_its_own_files_only(client):
    answer = client.get("/login/")
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in str(policy)
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_passwords_are_kept_by_argon2():
    from pakkeforlop.config import login

    assert login.PASSWORD_HASHERS[0].endswith("Argon2PasswordHasher")


@pytest.mark.parametrize("address", ["/signup/", "/login/signup/", "/accounts/signup/", "/admin/"])
def test_nobody_signs_up(client, address):
    assert client.get(address).status_code == 404


def test_pages_behind_login_are_kept_in_no_cache(client, anker):
    log_in(client)
    assert client.get("/").headers["Cache-Control"] == "private, no-store"


def test_behind_tls_cookies_are_secure_and_the_browser_stays_with_tls():
    """In a process of its own: the settings are read once."""
    import json
    import os
    import subprocess
    import sys

    script = (
        "import json; from pakkeforlop.config import settings as s; "
        "print(json.dumps([s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS > 0, "
        "s.SESSION_COOKIE_HTTPONLY, s.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN]))"
    )
    told = {}
    for hosts in ("localhost", "pakkeforlop.sykehus.no"):
        environment = {**os.environ, "PAKKEFORLOP_HOSTS": hosts}
        answer = subprocess.run(
            [sys.executable, "-c", script], env=environment, capture_output=True, check=True, text=True
        )
        told[hosts] = json.loads(answer.stdout)
    assert told["localhost"] == [False, False, False, True, True]
    assert told["pakkeforlop.sykehus.no"] == [True, True, True, True, False]


def test_a_session_ends_after_twelve_hours_however_busy(client, anker, monkeypatch):
    from pakkeforlop.web import clock

    start = 1_700_000_000.0
    monkeypatch.setattr(clock, "seconds", lambda: start)
    log_in(client)
    for minute in range(0, 12 * 60 + 1, 15):
        monkeypatch.setattr(clock, "seconds", lambda minute=minute: start + minute * 60)
        assert client.get("/").status_code == 200, minute
    monkeypatch.setattr(clock, "seconds", lambda: start + 12 * 3600 + 1)
    assert client.get("/").headers["Location"] == "/login/?next=/"
    assert "fordi det er 12 timer siden du logget inn" in client.get("/login/").content.decode()
    log_in(client)
    assert client.get("/").status_code == 200


@pytest.mark.parametrize(
    ("came_from", "led_to"),
    [
        ("http://testserver/worklist/?view=stale", "/worklist/?view=stale"),
        ("http://elsewhere.example/worklist/", "/"),
        ("http://testserver//elsewhere.example/", "/"),
        ("", "/"),
    ],
)
def test_what_is_posted_after_the_session_has_ended_leads_back_to_the_page_it_stood_on(client, anker, came_from, led_to):
    """The address of the post itself takes no GET: after logging in one would meet a fault instead of the list."""
    headers = {"Referer": came_from} if came_from else {}
    answer = client.post("/worklist/views/", {"name": "x"}, headers=headers)
    place = parse_qs(urlsplit(answer.headers["Location"]).query)["next"]
    assert place == [led_to]


def test_a_secret_key_of_before_still_opens_what_it_sealed(settings):
    from pakkeforlop.web.login.sealing import opened, sealed

    kept = sealed("JBSWY3DP", purpose="mfa")
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another"
    assert opened(kept, purpose="mfa") == "JBSWY3DP"

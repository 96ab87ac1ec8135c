"""A login by OpenID Connect against a real provider in a process of its own, on this machine: what it may say and not."""

import json
import subprocess
import sys
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

import pytest

from app.access import provider as own
from pakkeforlop.access.models import Event, User

pytestmark = pytest.mark.django_db
BACK = "/login/other/oidc/back/"


class _Stay(HTTPRedirectHandler):
    """The browser's part is played by the test: it reads where it is sent, and goes there itself."""

    def redirect_request(self, *args):
        return None


@pytest.fixture(scope="module")
def address():
    """The provider's address while it runs."""
    running = subprocess.Popen([sys.executable, str(Path(own.__file__))], stdout=subprocess.PIPE, text=True)
    yield running.stdout.readline().strip()
    running.terminate()
    running.wait(10)


@pytest.fixture
def provider(address, settings):
    """The login is set up for the provider; call it to say what the next answers are like."""
    from django.core.cache import cache

    cache.clear()
    settings.OIDC_URL = address
    app = {
        "provider_id": "oidc", "name": "Sykehuset", "client_id": own.CLIENT, "secret": own.SECRET,
        "settings": {"server_url": address},
    }  # fmt: skip
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}

    def tell(**told):
        build_opener().open(Request(f"{address}/tell", json.dumps(told).encode(), method="POST")).read()

    tell()
    return tell


@pytest.fixture
def anker():
    return User.objects.create(username="anker", display_name="Stødig Anker")


def sent_away(client):
    """Where the browser is sent by the button."""
    return client.post("/login/other/oidc/").headers["Location"]


def sent_back(to):
    """Where the provider sends the browser: path and query of ours."""
    with pytest.raises(HTTPError) as answer:
        build_opener(_Stay).open(to)
    assert answer.value.code == 302, answer.value.read()
    back = urlsplit(answer.value.headers["Location"])
    return f"{back.path}?{back.query}"


def there_and_back(client):
    return client.get(sent_back(sent_away(client)))


def is_in(client):
    return client.get("/").wsgi_request.user.is_authenticated


def test_a_login_elsewhere_is_tied_to_the_user_of_that_name(client, provider, anker):
    assert "Logg inn med" in client.get("/login/").content.decode()
    assert there_and_back(client).status_code == 302
    assert client.get("/").wsgi_request.user == anker
    assert Event.objects.filter(kind="logged_in", by=anker).exists()


def test_what_is_asked_has_a_proof_key_a_nonce_and_a_state_of_its_own(client, provider, anker):
    asked = [parse_qs(urlsplit(sent_away(client)).query) for _ in range(2)]
    for one in asked:
        assert one["code_challenge_method"] == ["S256"]
        assert one["response_type"] == ["code"]
        assert "openid" in one["scope"][0].split()
        assert own.SECRET not in str(one)
    for name in ("state", "nonce", "code_challenge"):
        assert asked[0][name] != asked[1][name]


def test_the_second_time_it_is_the_same_user_whatever_the_name_is_by_then(client, provider, anker):
    there_and_back(client)
    client.post("/logout/")
    provider(claims={"preferred_username": "nokkel"}, userinfo={"preferred_username": "nokkel"})
    User.objects.create(username="nokkel", display_name="Trygg Nøkkel")
    there_and_back(client)
    assert client.get("/").wsgi_request.user == anker


WRONG = {
    "wrong nonce": {"nonce": "of-another-exchange"},
    "no nonce": {"claims": {"nonce": None}},
    "wrong audience": {"claims": {"aud": "another-client"}},
    "several audiences without an authorised party": {"claims": {"aud": ["pakkeforlop", "another"]}},
    "authorised party is another": {"claims": {"aud": ["pakkeforlop", "another"], "azp": "another"}},
    "wrong issuer": {"claims": {"iss": "https://evil.example"}},
    "description of another issuer": {"issuer": "https://evil.example"},
    "expired": {"expired": True},
    "no end": {"claims": {"exp": None}},
    "no person": {"claims": {"sub": None}},
    "issued in the future": {"claims": {"iat": 4102444800}},
    "wrong key": {"signed": "other_key"},
    "unknown key": {"signed": "unknown_kid"},
    "changed after it was signed": {"signed": "changed"},
    "unsigned": {"signed": "none"},
    "signed by the shared secret": {"signed": "secret"},
    "no identity token": {"no_identity": True},
    "userinfo of another person": {"userinfo": {"sub": "43"}},
}


@pytest.mark.parametrize("told", WRONG.values(), ids=WRONG.keys())
def test_what_does_not_fit_logs_nobody_in(client, provider, anker, told):
    provider(**told)
    try:
        back = sent_back(sent_away(client))
    except KeyError:  # refused before anybody was sent away
        back = ""
    if back:
        answer = client.get(back)
        assert answer.status_code == 400
        assert "ble ikke fullført" in answer.content.decode()
    assert not is_in(client)
    assert list(Event.objects.values_list("kind", "what")) == [("login_refused", "oidc")]


def test_a_stranger_gets_a_sentence_and_no_user(client, provider):
    answer = there_and_back(client)
    assert answer.status_code == 403
    assert "det finnes ingen bruker for deg her" in answer.content.decode()
    assert User.objects.count() == 0
    assert not is_in(client)


def test_one_who_is_switched_off_does_not_get_in_that_way_either(client, provider, anker):
    User.objects.update(is_active=False)
    assert there_and_back(client).status_code == 403
    assert not is_in(client)


def test_one_who_is_switched_off_afterwards_does_not_get_in_again(client, provider, anker):
    there_and_back(client)
    client.post("/logout/")
    User.objects.update(is_active=False)
    there_and_back(client)
    assert not is_in(client)


def test_one_who_says_no_there_comes_back_to_a_sentence(client, provider, anker):
    provider(says_no=True)
    answer = there_and_back(client)
    assert "ble ikke fullført" in answer.content.decode() or answer.headers["Location"] == "/login/other-cancelled/"
    assert not is_in(client)


def test_an_answer_that_nobody_asked_for_logs_nobody_in(client, provider, anker):
    answer = client.get(BACK, {"code": "c", "state": "forged"})
    assert "ble ikke fullført" in answer.content.decode()
    assert not is_in(client)


def test_an_answer_works_once_and_in_the_browser_that_asked(client, provider, anker):
    from django.test import Client

    back = sent_back(sent_away(client))
    thief = Client()
    assert "ble ikke fullført" in thief.get(back).content.decode()
    assert not is_in(thief)
    assert client.get(back).status_code == 302
    assert is_in(client)
    client.post("/logout/")
    assert "ble ikke fullført" in client.get(back).content.decode()
    assert not is_in(client)


def test_a_code_from_another_exchange_does_not_fit_this_ones_proof_key(client, provider, anker):
    from django.test import Client

    other = parse_qs(urlsplit(sent_back(sent_away(Client()))).query)["code"][0]
    state = parse_qs(urlsplit(sent_away(client)).query)["state"][0]
    answer = client.get(BACK, {"code": other, "state": state})
    assert answer.status_code == 400
    assert not is_in(client)


def test_without_such_a_login_set_up_there_is_no_address(client, anker):
    assert client.post("/login/other/oidc/").status_code == 404
    assert client.get(BACK).status_code == 404


def test_another_name_than_the_one_set_up_is_no_address(client, provider):
    assert client.post("/login/other/google/").status_code == 404


def test_a_provider_that_does_not_answer_is_a_sentence(client, provider, anker, settings):
    settings.OIDC_URL = "http://127.0.0.1:9"
    settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["settings"]["server_url"] = "http://127.0.0.1:9"
    answer = client.post("/login/other/oidc/")
    assert answer.status_code == 400
    assert "ble ikke fullført" in answer.content.decode()


@pytest.mark.parametrize(
    ("two_steps", "amr", "led"),
    [("", ["pwd", "mfa"], True), ("1", ["pwd"], False), ("amr", ["pwd"], True), ("amr", ["pwd", "mfa"], False)],
)
def test_whether_a_login_elsewhere_is_two_steps_is_a_setting(client, provider, anker, settings, two_steps, amr, led):
    settings.SECOND_FACTOR, settings.OIDC_TWO_STEPS = frozenset({"all"}), two_steps
    provider(claims={"amr": amr})
    there_and_back(client)
    assert (client.get("/").headers.get("Location") == "/login/two-steps/") is led

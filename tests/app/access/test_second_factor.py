"""One-time codes, recovery codes, and a login by OpenID Connect; the passkey is in the browser's story."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

from pakkeforlop.access.models import Event, User

pytestmark = pytest.mark.django_db
PASSWORD = "syv-kloke-elger-spiser"


@pytest.fixture
def anker(client):
    from django.core.cache import cache

    cache.clear()
    user = User(username="anker", display_name="Stødig Anker")
    user.set_password(PASSWORD)
    user.save()
    client.post("/login/", {"login": "anker", "password": PASSWORD})
    return user


def confirm(client):
    """Whoever changes how they log in says the password once more."""
    assert client.get("/login/totp/activate/").headers["Location"].startswith("/login/again/")
    client.post("/login/again/", {"password": PASSWORD})


def code_of(secret):
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def switch_on(client):
    confirm(client)
    page = client.get("/login/totp/activate/").content.decode()
    secret = page.split('class="code secret">')[1].split("<")[0]
    answer = client.post("/login/totp/activate/", {"code": code_of(secret)})
    assert answer.status_code == 302
    return secret


def test_a_code_is_asked_for_once_the_app_is_on(client, anker):
    secret = switch_on(client)
    client.post("/logout/")
    assert client.post("/login/", {"login": "anker", "password": PASSWORD}).headers["Location"] == "/login/code/"
    assert client.get("/").status_code == 302, "not logged in by the password alone"
    assert "Koden er feil" in client.post("/login/code/", {"code": "000000"}).content.decode()
    from django.core.cache import cache

    cache.clear()  # the same code is taken once only; the test cannot wait for the next
    assert client.post("/login/code/", {"code": code_of(secret)}).status_code == 302
    assert client.get("/").status_code == 200


def test_codes_cannot_be_guessed_at_leisure(client, anker):
    secret = switch_on(client)
    client.post("/logout/")
    client.post("/login/", {"login": "anker", "password": PASSWORD})
    pages = [client.post("/login/code/", {"code": "000000"}).content.decode() for _ in range(12)]
    assert "Koden er feil" in pages[0]
    assert "For mange forsøk" in pages[-1]
    assert client.post("/login/code/", {"code": code_of(secret)}).status_code == 200, "the right code neither, for now"
    assert client.get("/").status_code == 302


def test_the_secret_is_not_kept_as_it_is(client, anker):
    secret = switch_on(client)
    kept = Authenticator.objects.get(type="totp")
    assert secret not in str(kept.data)
    from allauth.mfa.adapter import get_adapter

    assert get_adapter().decrypt(kept.data["secret"]) == secret


def test_changes_of_ones_own_login_stand_on_the_log(client, anker, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        switch_on(client)
    new = "ni-flinke-rever-danser"
    client.post("/login/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    lines = Event.objects.filter(kind="user_changed", by=anker).order_by("pk").values_list("what", "detail__type")
    assert list(lines) == [("own.factor_added", "totp"), ("own.factor_added", "recovery_codes"), ("own.password", None)]


def test_a_recovery_code_works_once(client, anker):
    switch_on(client)
    codes = re.findall(r'class="code tn">([^<]+)<', client.get("/login/recovery/").content.decode())
    assert len(codes) == 10
    for expected in (302, 200):
        client.post("/logout/")
        client.post("/login/", {"login": "anker", "password": PASSWORD})
        assert client.post("/login/code/", {"code": codes[0]}).status_code == expected


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
@pytest.mark.parametrize(
    "address",
    [
        "/login/factors/", "/login/password/", "/login/totp/activate/", "/login/totp/deactivate/", "/login/recovery/",
        "/login/recovery/new/", "/login/recovery/file/", "/login/passkeys/", "/login/passkeys/add/", "/login/again/",
        "/login/again/code/", "/logout/",
    ],
)  # fmt: skip
def test_every_page_of_ones_own_login_is_ours_in_three_languages(client, anker, address, language):
    switch_on(client)
    User.objects.update(language=language)
    answer = client.get(address, follow=True)
    assert answer.status_code == 200
    if not address.endswith("/file/"):
        assert f'<html lang="{language}"' in answer.content.decode()


# --- OpenID Connect ---------------------------------------------------------------------------------------------------

PROVIDER = "https://login.example.no"


@pytest.fixture
def oidc(settings, monkeypatch):
    """A provider whose answers are written here; `told` is what it says about the person."""
    from allauth.socialaccount.providers.openid_connect import views

    settings.OIDC_URL = PROVIDER
    app = {
        "provider_id": "oidc",
        "name": "Sykehuset",
        "client_id": "id",
        "secret": "s" * 40,
        "settings": {"server_url": PROVIDER},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
    config = {
        "issuer": PROVIDER, "authorization_endpoint": f"{PROVIDER}/authorize", "token_endpoint": f"{PROVIDER}/token",
        "userinfo_endpoint": f"{PROVIDER}/userinfo", "jwks_uri": f"{PROVIDER}/keys",
    }  # fmt: skip
    told = {"sub": "42", "preferred_username": "anker"}
    adapter = views.OpenIDConnectOAuth2Adapter
    monkeypatch.setattr(adapter, "openid_config", property(lambda self: config))
    monkeypatch.setattr(adapter, "_fetch_user_info", lambda self, token: dict(told), raising=False)
    monkeypatch.setattr(adapter, "_decode_id_token", lambda self, app, token: dict(told), raising=False)
    monkeypatch.setattr(
        adapter,
        "get_access_token_data",
        lambda self, request, app, client, **kw: {"access_token": "a", "id_token": "x"},
    )
    return told


def go_there_and_back(client):
    from urllib.parse import parse_qs, urlsplit

    sent = client.post("/login/other/oidc/").headers["Location"]
    asked = parse_qs(urlsplit(sent).query)
    assert sent.startswith(f"{PROVIDER}/authorize?")
    assert asked["code_challenge_method"] == ["S256"]
    return client.get("/login/other/oidc/back/", {"code": "c", "state": asked["state"][0]})


def test_a_login_elsewhere_is_tied_to_the_user_of_that_name(client, oidc):
    user = User.objects.create(username="anker", display_name="Stødig Anker")
    assert "Logg inn med" in client.get("/login/").content.decode()
    assert go_there_and_back(client).status_code == 302
    assert client.get("/").wsgi_request.user == user
    assert Event.objects.filter(kind="logged_in", by=user).exists()


def test_a_stranger_gets_a_sentence_and_no_user(client, oidc):
    answer = go_there_and_back(client)
    assert answer.status_code == 403
    assert "det finnes ingen bruker for deg her" in answer.content.decode()
    assert User.objects.count() == 0


def test_one_who_is_switched_off_does_not_get_in_that_way_either(client, oidc):
    User.objects.create(username="anker", display_name="Stødig Anker", is_active=False)
    assert go_there_and_back(client).status_code == 403


def test_an_answer_that_nobody_asked_for_logs_nobody_in(client, oidc):
    User.objects.create(username="anker", display_name="Stødig Anker")
    answer = client.get("/login/other/oidc/back/", {"code": "c", "state": "forged"})
    assert answer.status_code in {400, 401, 403}
    assert "ble ikke fullført" in answer.content.decode()
    assert client.get("/").status_code == 302

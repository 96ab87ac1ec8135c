"""Login by HelseID against a provider of our own on loopback: what lets a person in, and what never may."""

import json
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests

from app.login.provider import BACK, CLIENT, LEVEL, Provider
from pakkeforlop.access.helseid import profile_of
from pakkeforlop.access.models import Event, TiedIdentity, User
from pakkeforlop.web.helseid import exchange
from pakkeforlop.web.helseid import provider as description

pytestmark = pytest.mark.django_db
PASSWORD = "syv-kloke-elger-spiser"


@pytest.fixture
def helseid(settings, tmp_path):
    """A provider, and an application that knows it."""
    running = Provider()
    key = tmp_path / "key.json"
    key.touch(mode=0o600)
    key.write_text(json.dumps(running.client_key.to_dict()))
    settings.HELSEID_URL, settings.HELSEID_CLIENT, settings.HELSEID_KEY = running.issuer, CLIENT, str(key)
    settings.HELSEID_LEVEL = 4
    description.forget()
    profile_of.cache_clear()
    yield running
    running.stop()


@pytest.fixture
def anker(client):
    """A user, logged out."""
    from django.core.cache import cache

    cache.clear()
    user = User(username="anker", display_name="Stødig Anker")
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def tied(anker, helseid):
    """The user with HelseID tied."""
    from pakkeforlop.web import clock

    TiedIdentity.objects.create(user=anker, issuer=helseid.issuer, subject="person-42", tied_at=clock.now())
    return anker


def off(client, address="/login/helseid/", **form):
    """The button; where it sends the person, or the page that says why not."""
    return client.post(address, form)


def at_the_provider(answer):
    """The person logs in there; the query that they come back with."""
    there = requests.get(answer.headers["Location"], allow_redirects=False, timeout=5)
    assert there.status_code == 302, there.text
    assert there.headers["Location"].startswith(BACK)
    return urlsplit(there.headers["Location"]).query


def back(client, query):
    """Home again."""
    return client.get(f"/login/helseid/back/?{query}")


def round_trip(client, **form):
    """There and back, or the refusal on the way."""
    answer = off(client, **form)
    return back(client, at_the_provider(answer)) if answer.status_code == 302 else answer


def log_in(client, name="anker", *, again=True):
    """By password; `again`: and proved anew, as changes of one's own login ask for."""
    client.post("/login/", {"login": name, "password": PASSWORD})
    if again:
        client.post("/login/again/", {"password": PASSWORD})


def is_in(client):
    return client.get("/login/factors/").status_code == 200


def last_check():
    """Which check the log says stopped it."""
    return Event.objects.filter(kind="login_refused", what="helseid").latest("pk").detail["check"]


# --- what lets a person in --------------------------------------------------------------------------------------------


def test_one_whose_helseid_is_tied_is_let_in(client, helseid, tied):
    answer = round_trip(client)
    assert answer.status_code == 302
    assert client.session["_auth_user_id"] == str(tied.pk)
    assert client.session["logged_in_by"] == "helseid"
    assert Event.objects.filter(kind="logged_in", by=tied).count() == 1
    assert TiedIdentity.objects.get().used_at is not None
    assert helseid.complaints == []


def test_the_request_is_pushed_signed_and_bound_to_a_key(client, helseid, tied):
    address = off(client).headers["Location"]
    asked = parse_qs(urlsplit(address).query)
    assert set(asked) == {"client_id", "request_uri"}, "nothing of the request stands in the address"
    (pushed,) = helseid.pushed.values()
    assert pushed["scope"] == "openid profile helseid://scopes/identity/security_level"
    assert (pushed["redirect_uri"], pushed["response_type"], pushed["code_challenge_method"]) == (BACK, "code", "S256")
    assert len(pushed["dpop_jkt"]) == 43


def test_a_nonce_for_the_proof_is_used_when_the_provider_wants_one(client, helseid, tied):
    round_trip(client)
    assert helseid.asked.count("/par") == 2, "the first time without the nonce, then with it"
    assert helseid.asked.count("/token") == 1, "the nonce is kept from one step to the next"
    assert is_in(client)


def test_the_session_keeps_the_exchange_sealed(client, helseid, tied):
    off(client)
    kept = client.session["helseid"]
    (pushed,) = helseid.pushed.values()
    assert pushed["state"] not in kept
    assert pushed["nonce"] not in kept


def test_a_new_key_of_the_provider_is_fetched(client, helseid, tied):
    helseid.fault = "key_changed"
    round_trip(client)
    assert is_in(client)
    assert helseid.asked.count("/jwks") == 2


def test_the_way_on_is_the_page_that_was_asked_for(client, helseid, tied):
    assert round_trip(client, next="/login/factors/").headers["Location"] == "/login/factors/"


@pytest.mark.parametrize("wanted", ["https://evil.example.no/", "//evil.example.no/", "javascript:alert(1)"])
def test_the_way_on_never_leads_elsewhere(client, helseid, tied, wanted):
    assert round_trip(client, next=wanted).headers["Location"] == "/"


# --- who is who: only by an explicit act ------------------------------------------------------------------------------


def test_the_same_name_there_is_not_the_same_person_here(client, helseid, anker):
    answer = round_trip(client)
    assert answer.status_code == 403
    assert "ikke knyttet til noen bruker her" in answer.content.decode()
    assert last_check() == "not_tied"
    assert not is_in(client)
    assert User.objects.count() == 1
    assert TiedIdentity.objects.count() == 0


def test_one_ties_ones_own_and_can_then_log_in_by_it(client, helseid, anker):
    log_in(client)
    answer = back(client, at_the_provider(off(client, "/login/helseid/tie/")))
    assert answer.status_code == 302
    page = client.get("/login/factors/").content.decode()
    assert "HelseID er knyttet til brukeren din." in page
    assert "Løs fra HelseID" in page
    assert Event.objects.filter(what="own.identity_tied", by=anker).count() == 1
    client.post("/logout/")
    round_trip(client)
    assert is_in(client)


def test_tying_asks_for_the_password_anew(client, helseid, anker):
    log_in(client, again=False)
    answer = off(client, "/login/helseid/tie/")
    assert answer.headers["Location"].startswith("/login/again/")
    assert helseid.asked == []


def test_one_helseid_is_one_user(client, helseid, tied):
    other = User(username="lykt", display_name="Klar Lykt")
    other.set_password(PASSWORD)
    other.save()
    log_in(client, "lykt")
    answer = back(client, at_the_provider(off(client, "/login/helseid/tie/")))
    assert answer.status_code == 409
    assert last_check() == "taken"
    assert TiedIdentity.objects.get().user == tied


def test_one_user_has_one_helseid(client, helseid, tied):
    log_in(client)
    helseid.person["sub"] = "person-43"
    answer = back(client, at_the_provider(off(client, "/login/helseid/tie/")))
    assert answer.status_code == 409
    assert last_check() == "has_one"
    assert TiedIdentity.objects.get().subject == "person-42"


def test_tying_the_same_twice_changes_nothing(client, helseid, tied):
    log_in(client)
    assert back(client, at_the_provider(off(client, "/login/helseid/tie/"))).status_code == 302
    assert TiedIdentity.objects.count() == 1
    assert not Event.objects.filter(what="own.identity_tied").exists()


def test_a_cut_tie_lets_nobody_in_and_can_be_tied_anew(client, helseid, tied):
    log_in(client)
    client.post("/login/helseid/cut/")
    assert Event.objects.filter(what="own.identity_cut", by=tied).count() == 1
    client.post("/logout/")
    assert round_trip(client).status_code == 403
    log_in(client)
    assert back(client, at_the_provider(off(client, "/login/helseid/tie/"))).status_code == 302
    assert TiedIdentity.objects.count() == 2, "the old tie stays as it was, with the day it was cut"


def test_one_who_is_switched_off_is_not_let_in(client, helseid, tied):
    User.objects.update(is_active=False)
    answer = round_trip(client)
    assert (answer.status_code, last_check()) == (403, "inactive")


# --- what never lets anybody in: answers of the provider --------------------------------------------------------------

REFUSED = {
    # its description of itself
    "described_other_issuer": (400, "issuer_described"),
    "described_no_par": (400, "lacks_pushed_authorization_request_endpoint"),
    "described_no_pkce": (400, "lacks_S256"),
    "described_no_signed_clients": (400, "lacks_private_key_jwt"),
    "described_no_dpop": (400, "lacks_dpop"),
    "described_token_elsewhere": (400, "elsewhere_token_endpoint"),
    "described_keys_elsewhere": (400, "elsewhere_jwks_uri"),
    "described_in_words": (503, "description"),
    "described_without_end": (503, "description"),
    "no_keys": (400, "no_keys"),
    # the pushed request
    "pushed_down": (503, "pushed"),
    "pushed_broken": (503, "pushed_answer_InvalidPushedAuthorizationResponse"),
    "pushed_in_words": (503, "pushed"),
    "pushed_list": (503, "pushed_answer_AttributeError"),
    "pushed_elsewhere": (503, "pushed"),
    "pushed_without_address": (503, "pushed_answer"),
    "client_unknown": (503, "pushed_answer_InvalidClient"),
    "nonce_missing_header": (503, "pushed_answer_InvalidTokenResponse"),
    "nonce_repeated": (503, "pushed_answer_InvalidTokenResponse"),
    "nonce_endless": (503, "pushed_answer_InvalidTokenResponse"),
    # the answer in the address
    "answered_other_issuer": (400, "issuer_answered"),
    "answered_no_issuer": (400, "issuer_answered"),
    "answered_other_state": (400, "state"),
    "answered_no_state": (400, "state"),
    "answered_no_code": (400, "no_code"),
    "answered_empty_code": (400, "no_code"),
    "answered_denied": (400, "access_denied"),
    "answered_error": (503, "error_answered"),
    "answered_other_code": (400, "token_invalid_grant"),
    # the token
    "code_refused": (400, "token_invalid_grant"),
    "token_down": (503, "token"),
    "token_broken": (400, "token_answer_InvalidTokenResponse"),
    "token_in_words": (400, "token_answer_InvalidTokenResponse"),
    "token_list": (400, "token_answer_InvalidTokenResponse"),
    "token_elsewhere": (503, "token"),
    "token_bearer": (400, "token_not_bound"),
    "token_without_id": (400, "no_id_token"),
    "id_token_garbage": (400, "token_answer_InvalidTokenResponse"),
    # the signature
    "signed_none": (400, "algorithm"),
    "signed_secret": (400, "algorithm"),
    "signed_other_key": (400, "id_token_InvalidSignature"),
    "signed_unknown_key": (400, "id_token_InvalidIdToken"),
    "signed_no_kid": (400, "id_token_InvalidIdToken"),
    "signed_then_changed": (400, "id_token_InvalidSignature"),
    "key_retired": (400, "id_token_InvalidIdToken"),
    # what it says
    "id_other_issuer": (400, "issuer"),
    "id_no_issuer": (400, "issuer"),
    "id_other_audience": (400, "audience"),
    "id_no_audience": (400, "audience"),
    "id_two_audiences": (400, "audience"),
    "id_other_party": (400, "id_token_MismatchingIdTokenAzp"),
    "id_other_nonce": (400, "nonce"),
    "id_no_nonce": (400, "nonce"),
    "id_no_subject": (400, "subject"),
    "id_empty_subject": (400, "subject"),
    "id_subject_a_number": (400, "subject"),
    "id_subject_too_long": (400, "subject"),
    "id_expired": (400, "expired"),
    "id_no_expiry": (400, "times"),
    "id_issued_long_ago": (400, "issued"),
    "id_issued_in_future": (400, "issued"),
    "id_no_issued": (400, "times"),
    "id_not_yet": (400, "not_yet"),
    "id_level_three": (403, "level"),
    "id_no_level": (403, "level"),
    "id_odd_level": (403, "level"),
    "id_list_level": (403, "level"),
    "id_other_access_token": (400, "id_token_InvalidIdToken"),
    "id_other_code": (400, "id_token_InvalidIdToken"),
    "id_other_state": (400, "id_token_InvalidIdToken"),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_a_wrong_answer_lets_nobody_in(client, helseid, tied, fault):
    """Each for its own reason: the person gets a sentence, the log the check, and nothing of it is a fault page."""
    helseid.fault = fault
    answer = round_trip(client)
    page = answer.content.decode()
    assert (answer.status_code, last_check()) == REFUSED[fault]
    assert "Innloggingen med HelseID ble ikke fullført" in page
    assert not is_in(client)
    assert "person-42" not in page
    assert "Traceback" not in page


def test_a_provider_that_is_not_there_is_told_so(client, helseid, tied):
    helseid.stop()
    answer = off(client)
    assert (answer.status_code, last_check()) == (503, "description")
    assert "HelseID svarte ikke som ventet." in answer.content.decode()


# --- what never lets anybody in: answers used wrongly -----------------------------------------------------------------


def test_an_answer_is_used_once(client, helseid, tied):
    query = at_the_provider(off(client))
    back(client, query)
    client.post("/logout/")
    answer = back(client, query)
    assert (answer.status_code, last_check()) == (400, "not_asked")
    assert not is_in(client)


def test_an_answer_that_failed_is_not_tried_again(client, helseid, tied):
    query = at_the_provider(off(client))
    helseid.fault = "token_broken"
    back(client, query)
    helseid.fault = ""
    answer = back(client, query)
    assert (answer.status_code, last_check()) == (400, "not_asked")


def test_an_answer_belongs_to_the_session_that_asked(client, helseid, tied):
    from django.test import Client

    query, other = at_the_provider(off(client)), Client()
    answer = back(other, query)
    assert (answer.status_code, last_check()) == (400, "not_asked")
    off(other)
    assert back(other, query).status_code == 400, "nor one that has asked for itself: login by another's answer"
    assert last_check() == "state"
    assert not is_in(other)


def test_the_code_of_another_session_is_no_use_with_ones_own_state(client, helseid, tied):
    from django.test import Client

    other = Client()
    mine, theirs = at_the_provider(off(client)), at_the_provider(off(other))
    mixed = {**{k: v[0] for k, v in parse_qs(mine).items()}, "code": parse_qs(theirs)["code"][0]}
    answer = back(client, urlencode(mixed))
    assert (answer.status_code, last_check()) == (400, "token_invalid_grant")
    assert helseid.complaints[-1] == ("invalid_grant", ["key"]), "the code is bound to the other's key"


def test_only_the_last_of_two_begun_logins_counts(client, helseid, tied):
    first, second = at_the_provider(off(client)), None
    second = at_the_provider(off(client))
    assert back(client, first).status_code == 400
    assert last_check() == "state"
    assert back(client, second).status_code == 400, "and a wrong answer ends what was begun"


def test_a_login_that_took_too_long_is_begun_anew(client, helseid, tied, monkeypatch):
    from pakkeforlop.web import clock

    query, now = at_the_provider(off(client)), clock.seconds()
    monkeypatch.setattr(clock, "seconds", lambda: now + 601)
    answer = back(client, query)
    assert (answer.status_code, last_check()) == (400, "too_late")


@pytest.mark.parametrize("name", ["code", "state", "iss"])
def test_what_is_said_twice_is_not_believed(client, helseid, tied, name):
    query = at_the_provider(off(client))
    answer = back(client, f"{query}&{name}=another")
    assert (answer.status_code, last_check()) == (400, "said_twice")


@pytest.mark.parametrize("extra", ["nonce=x", "code_verifier=x", "redirect_uri=https://evil.example.no", "issuer=x"])
def test_what_stands_besides_in_the_address_changes_nothing(client, helseid, tied, extra):
    query = at_the_provider(off(client))
    assert back(client, f"{query}&{extra}").status_code == 302
    assert is_in(client)


def test_an_answer_that_nobody_asked_for_is_refused(client, helseid, tied):
    answer = back(client, urlencode({"code": "c", "state": "s", "iss": helseid.issuer}))
    assert (answer.status_code, last_check()) == (400, "not_asked")


def test_an_answer_is_not_taken_by_post(client, helseid, tied):
    assert client.post("/login/helseid/back/").status_code == 405


def test_someone_logged_in_meanwhile_is_not_tied_to_the_first_ones_helseid(client, helseid, anker):
    other = User(username="lykt", display_name="Klar Lykt")
    other.set_password(PASSWORD)
    other.save()
    log_in(client)
    query = at_the_provider(off(client, "/login/helseid/tie/"))
    kept = client.session["helseid"]
    client.post("/logout/")
    log_in(client, "lykt")
    session = client.session
    session["helseid"] = kept
    session.save()
    answer = back(client, query)
    assert (answer.status_code, last_check()) == (409, "session")
    assert TiedIdentity.objects.count() == 0


def test_a_login_that_comes_back_to_someone_logged_in_changes_nobody(client, helseid, tied):
    query = at_the_provider(off(client))
    other = User(username="lykt", display_name="Klar Lykt")
    other.set_password(PASSWORD)
    other.save()
    log_in(client, "lykt")
    assert back(client, query).status_code in {400, 409}
    assert client.session["_auth_user_id"] == str(other.pk)


def test_what_was_sealed_with_another_key_is_not_opened(client, helseid, tied, settings):
    query = at_the_provider(off(client))
    session = client.session
    session["helseid"] = session["helseid"][:-4] + "AAA="
    session.save()
    answer = back(client, query)
    assert (answer.status_code, last_check()) == (400, "not_asked")


# --- settings ---------------------------------------------------------------------------------------------------------


def test_without_the_setting_there_is_no_such_login(client, anker):
    assert client.post("/login/helseid/").status_code == 404
    assert "HelseID" not in client.get("/login/").content.decode()


def test_the_login_page_has_the_button(client, helseid):
    assert "Logg inn med HelseID" in client.get("/login/").content.decode()


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ("none", "helseid_no_key"), ("readable", "helseid_open_key"), ("words", "helseid_bad_key"),
        ("public", "helseid_bad_key"), ("secret", "helseid_bad_key"), ("nameless", "helseid_bad_key"),
    ],
)  # fmt: skip
def test_a_key_that_cannot_sign_is_told_before_anybody_logs_in(tmp_path, change, key):
    from jwskate import Jwk

    from pakkeforlop.vocabulary.errors import UnreadableFault

    made, file = Jwk.generate(alg="ES256", kid="ours"), tmp_path / "key.json"
    text = {
        "words": "hemmelig", "public": json.dumps(made.public_jwk().to_dict()),
        "secret": json.dumps({"kty": "oct", "k": "c2VjcmV0", "kid": "x", "alg": "HS256"}),
        "nameless": json.dumps({k: v for k, v in made.to_dict().items() if k != "kid"}),
    }.get(change, json.dumps(made.to_dict()))  # fmt: skip
    if change != "none":
        file.write_text(text)
        file.chmod(0o644 if change == "readable" else 0o600)
    with pytest.raises(UnreadableFault) as fault:
        profile_of("https://helseid-sts.nhn.no", CLIENT, str(file), 4)
    assert fault.value.key == key


@pytest.mark.parametrize("address", ["http://helseid-sts.nhn.no", "helseid-sts.nhn.no", "ftp://127.0.0.1"])
def test_the_address_must_be_safe(tmp_path, address):
    from pakkeforlop.vocabulary.errors import UnreadableFault

    with pytest.raises(UnreadableFault):
        profile_of(address, CLIENT, str(tmp_path / "key.json"), 4)


def test_the_level_that_is_demanded_is_a_setting(client, helseid, tied, settings):
    helseid.person[LEVEL] = "3"
    settings.HELSEID_LEVEL = 3
    round_trip(client)
    assert is_in(client)


def test_each_refusal_has_its_sentence_and_what_to_do():
    from pakkeforlop.web.helseid.refusal import REASONS
    from pakkeforlop.web.words import words

    for language in ("nb", "nn", "en"):
        for reason in REASONS:
            assert words(language)(f"helseid.refused.{reason}")
            assert words(language)(f"helseid.todo.{reason}")


def test_the_assertion_is_for_the_issuer_alone(helseid):
    from jwskate import SignedJwt

    signed = exchange.SignedClient(CLIENT, helseid.client_key, aud=helseid.issuer).client_assertion(helseid.issuer)
    claims = SignedJwt(signed).claims
    assert claims["aud"] == helseid.issuer
    assert claims["exp"] - claims["iat"] == 60

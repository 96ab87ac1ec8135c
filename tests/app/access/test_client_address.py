"""What failed logins are counted on: the address that the proxy saw, where there is one, and never what a client says."""

import pytest
from allauth.account.adapter import get_adapter
from axes.models import AccessAttempt

from pakkeforlop.access.models import User
from pakkeforlop.web.client import NOBODY, client_address


@pytest.mark.parametrize(
    ("behind", "through", "remote", "is_"),
    [
        (False, "1.1.1.1", "10.0.0.1", "10.0.0.1"),
        (True, "1.1.1.1", "10.0.0.1", "1.1.1.1"),
        (True, "9.9.9.9, 1.1.1.1", "10.0.0.1", "1.1.1.1"),
        (True, "1.1.1.1:4711", "10.0.0.1", "1.1.1.1"),
        (True, "2001:DB8::1", "10.0.0.1", "2001:db8::1"),
        (True, "[2001:db8::1]:443", "10.0.0.1", "2001:db8::1"),
        (True, "unknown", "10.0.0.1", "10.0.0.1"),
        (True, "", "10.0.0.1", "10.0.0.1"),
        (False, "", "", NOBODY),
    ],
)
def test_the_address_that_asks(rf, settings, behind, through, remote, is_):
    settings.BEHIND_PROXY = behind
    request = rf.get("/", REMOTE_ADDR=remote, headers={"X-Forwarded-For": through} if through else {})
    assert client_address(request) == is_
    assert get_adapter().get_client_ip(request) == is_


@pytest.mark.django_db
def test_one_who_guesses_from_elsewhere_does_not_shut_out_the_person_behind_the_same_proxy(client, settings):
    """All come through the proxy at 10.0.0.1; five wrong tries from one address close the name for that one alone,
    and it does not help to claim another address with every try.
    """
    settings.BEHIND_PROXY = True
    user = User(username="anker", display_name="Stødig Anker")
    user.set_password("syv-kloke-elger-spiser")
    user.save()

    def log_in(password, through):
        body = {"login": "anker", "password": password}
        return client.post("/login/", body, REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": through}).status_code

    assert [log_in("feil", f"8.8.8.{n}, 203.0.113.9") for n in range(5)] == [200, 200, 200, 200, 429]
    assert AccessAttempt.objects.get().ip_address == "203.0.113.9"
    assert log_in("syv-kloke-elger-spiser", "203.0.113.9") == 429
    assert log_in("syv-kloke-elger-spiser", "198.51.100.7") == 302

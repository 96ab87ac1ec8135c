"""What a page says when something went wrong: our look, a sentence, no traceback; and which language it is in."""

import pytest
from django.test import Client, RequestFactory

from app.access.people import STAVANGER, client_for
from pakkeforlop.web.layout import faults

pytestmark = pytest.mark.django_db


def test_there_is_no_such_page():
    answer = client_for(("coder", STAVANGER)).get("/nothing/")
    page = answer.content.decode()
    assert answer.status_code == 404
    assert "Siden finnes ikke" in page
    assert "Hvem er hvem" in page, "the navigation stays"


def test_a_page_that_failed_says_so_without_a_traceback_and_without_the_store(monkeypatch, django_assert_num_queries):
    from pakkeforlop.web.directory import views

    client = client_for(("coder", STAVANGER))
    client.raise_request_exception = False

    def broken(*args, **kwargs):
        raise RuntimeError("secret of the house")

    monkeypatch.setattr(views, "directory", broken)
    answer = client.get("/directory/")
    page = answer.content.decode()
    assert answer.status_code == 500
    assert "Noe gikk galt hos oss" in page
    assert "secret of the house" not in page
    assert "Traceback" not in page
    with django_assert_num_queries(0):
        faults.server(RequestFactory().get("/"))


def test_a_form_without_its_key_is_told_to_load_again():
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/login/", {"login": "x", "password": "y"})
    assert answer.status_code == 403
    assert "Siden var for gammel" in answer.content.decode()


def test_a_request_that_cannot_be_read():
    answer = faults.bad_request(RequestFactory().get("/"))
    assert answer.status_code == 400
    assert "kunne ikke leses" in answer.content.decode()


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_refused(method):
    assert getattr(client_for(("coder", STAVANGER)), method)("/directory/").status_code == 405


# --- language ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "language"),
    [("", "nb"), ("no", "nb"), ("nn-NO,nn;q=0.9", "nn"), ("de,en-GB;q=0.8", "en"), ("de", "nb"), ("nb-NO", "nb")],
)
def test_before_login_the_browser_decides(client, wanted, language):
    page = client.get("/login/", headers={"Accept-Language": wanted}).content.decode()
    assert f'<html lang="{language}"' in page


def test_a_chosen_language_is_kept_before_and_after_login(client):
    client.post("/language/", {"language": "nn", "next": "/login/"})
    assert '<html lang="nn"' in client.get("/login/").content.decode()
    mine = client_for(("coder", STAVANGER))
    mine.post("/language/", {"language": "en", "next": "/directory/"})
    mine.user.refresh_from_db()
    assert mine.user.language == "en"
    assert "Who is who" in mine.get("/directory/").content.decode()


def test_a_change_of_language_sends_nobody_to_another_site(client):
    assert client.post("/language/", {"language": "nn", "next": "https://evil.example/"}).headers["Location"] == "/"
    assert client.post("/language/", {"language": "nn", "next": "//evil.example/"}).headers["Location"] == "/"


def test_one_who_is_appointed_to_nothing_gets_a_sentence():
    page = client_for().get("/").content.decode()
    assert "Du har ingen oppgaver her ennå" in page


# --- the bar ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("used", "limit", "booked", "inside", "over"),
    [
        (6, 12, None, 37.0, ""),  # half of the way to the limit, which stands at 74 of 100
        (12, 12, None, 74.0, ""),  # the last day is within
        (13, 12, None, 74.0, 'x="74.0" y="3" width="6.2"'),
        (40, 12, None, 74.0, "M74.0 3H96"),  # no room: an arrow
        (0, 12, None, 0.0, ""),
    ],
)
def test_the_bar(used, limit, booked, inside, over):
    from pakkeforlop.web.layout.bars import limit_bar

    drawn = limit_bar(used, limit, booked, width=100)
    assert f'class="us" x="0" y="5.5" width="{inside}"' in drawn or f'width="{inside:g}"' in drawn
    assert ('class="ov"' in drawn) is bool(over)
    assert over in drawn


def test_the_ring_stands_on_the_booked_day_and_stays_on_the_bar():
    from pakkeforlop.web.layout.bars import limit_bar

    assert 'cx="37.0"' in limit_bar(3, 12, 6, width=100)
    assert 'cx="95"' in limit_bar(3, 12, 200, width=100)
    assert limit_bar(3, None) == ""

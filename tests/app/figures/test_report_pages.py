"""The report of the last run, behind the right to see figures that are not released."""

import pytest

from app.access.people import BERGEN, client_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def report(tmp_path, settings):
    """A folder with a report in two languages, and a file that is none of it."""
    (tmp_path / "index.html").write_text("<title>Landet</title><style>p{}</style>")
    (tmp_path / "index.en.html").write_text("<title>The country</title>")
    (tmp_path / "run.json").write_text("{}")
    settings.REPORT = str(tmp_path)


def test_the_front_leads_to_the_report(report):
    answer = client_for(("leader", BERGEN)).get("/figures/report/", follow=True)
    assert "<title>Landet</title>" in answer.content.decode()


def test_the_front_follows_the_readers_language(report):
    client = client_for(("leader", BERGEN))
    client.cookies["language"] = "en"
    client.user.language = "en"
    client.user.save()
    assert client.get("/figures/report/").headers["Location"].endswith(("index.en.html",))


def test_the_policy_allows_the_reports_own_style_and_no_script(report):
    policy = client_for(("leader", BERGEN)).get("/figures/index.html").headers["Content-Security-Policy"]
    parts = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert parts["style-src"] == "'unsafe-inline'"
    assert parts["script-src"] == "'none'"
    assert parts["default-src"] == "'none'"


@pytest.mark.parametrize("name", ["run.json", "..%2Frun.json", "missing.html", ".html"])
def test_nothing_but_the_pages_of_the_report(report, name):
    assert client_for(("leader", BERGEN)).get(f"/figures/{name}").status_code == 404


def test_a_member_of_the_mdt_has_no_right_to_figures(report):
    assert client_for(("mdt", BERGEN)).get("/figures/index.html").status_code == 403


def test_no_report_is_told_in_a_sentence(settings):
    settings.REPORT = ""
    answer = client_for(("leader", BERGEN)).get("/figures/report/")
    assert "Ingen rapport er lagt inn." in answer.content.decode()

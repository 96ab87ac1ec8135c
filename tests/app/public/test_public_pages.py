"""The public pages over HTTP: open to all, cached, tagged, packed, without cookies, and safe from what is typed."""

from __future__ import annotations

import gzip
import html
import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from PIL import Image

FRONT = "/statistikk/"


@pytest.fixture
def client(settings: Any, tmp_path: Path) -> Client:
    settings.RELEASES = str(tmp_path / "none")
    return Client()


def test_anyone_gets_the_page_and_no_cookie_comes_with_it(client: Client):
    answer = client.get(FRONT)
    assert answer.status_code == 200
    assert "72 av 100 i pakkeforløp startet behandlingen i tide" in answer.content.decode()
    assert answer.cookies == {}
    assert "Cookie" not in answer.headers.get("Vary", "")
    assert answer.headers["Cache-Control"] == "public, max-age=300"


def test_what_the_reader_has_already_is_not_sent_again(client: Client):
    first = client.get(FRONT)
    again = client.get(FRONT, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    packed = client.get(FRONT, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["ETag"] != first.headers["ETag"]
    assert gzip.decompress(packed.content) == first.content
    assert client.get(FRONT, headers={"If-None-Match": packed.headers["ETag"]}).status_code == 200


def test_each_language_has_its_address_whatever_the_browser_asks_for(client: Client):
    for path, words in (("", "i pakkeforløp startet"), ("nn/", "i pakkeforløp starta"), ("en/", "in a cancer pathway started")):
        page = client.get(FRONT + path, headers={"Accept-Language": "en"}).content.decode()
        assert words in page
        assert f'<html lang="{path.strip("/") or "nb"}"' in page


def test_the_policy_allows_no_script_and_the_page_has_none(client: Client):
    answer = client.get(f"{FRONT}kreftform/breast/")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'none'" in policy
    page = answer.content.decode()
    assert "<script" not in page
    assert " style=" not in page
    assert "onclick" not in page


def test_the_style_may_be_kept_for_good_and_its_name_tells_its_content(client: Client):
    page = client.get(FRONT).content.decode()
    address = page.split('rel="stylesheet" href="')[1].split('"')[0]
    answer = client.get(address)
    assert answer.headers["Content-Type"].startswith("text/css")
    assert "immutable" in answer.headers["Cache-Control"]
    fonts = client.get(f"{FRONT}fil/inter-latin-wght-normal.woff2")
    assert fonts.headers["Content-Type"] == "font/woff2"


@pytest.mark.parametrize(
    "path", ["kreftform/none/", "sykehus/1/", "sykehus/983974724/none/", "tall/none/", "utgaver/none/", "nowhere/", "fil/../settings.py"]
)  # fmt: skip
def test_a_page_that_is_not_there_says_so_in_a_sentence(client: Client, path: str):
    answer = client.get(FRONT + path)
    assert answer.status_code == 404
    assert "Denne siden finnes ikke" in answer.content.decode()
    assert "ETag" not in answer.headers


def test_what_is_typed_is_told_back_as_text_only(client: Client):
    page = client.get(f"{FRONT}finn/", {"q": '"><script>alert(1)</script>'}).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
    long = client.get(f"{FRONT}finn/", {"q": "x" * 5000}).content.decode()
    assert "x" * 81 not in long


@pytest.mark.parametrize(
    ("words", "address"),
    [("brystkreft", "kreftform/breast/"), ("Helse Bergen", "sykehus/983974724/"), ("haukeland", "sykehus/983974724/"),
     ("forde", "sykehus/983974732/"), ("A26", "kreftform/lung/")],
)  # fmt: skip
def test_a_word_leads_straight_to_its_page(client: Client, words: str, address: str):
    answer = client.get(f"{FRONT}finn/", {"q": words})
    assert (answer.status_code, answer.headers["Location"]) == (302, FRONT + address)


def test_breast_cancer_at_the_nearest_hospital_is_three_clicks_away(client: Client):
    """Front page, hospitals, the trust, the cancer: the last has share, interval and how sure it is."""
    at = FRONT
    for step in ("sykehus/", "sykehus/983974724/", "sykehus/983974724/breast/"):
        assert f'href="{FRONT}{step}"' in client.get(at).content.decode()
        at = FRONT + step
    page = client.get(at).content.decode()
    assert "Vi er 95 prosent sikre på at det rette nivået er mellom 64 og 74" in page
    assert "254 av 368" in page


def test_what_a_page_offers_to_fetch_is_there(client: Client):
    """Every file, chart and answer of the open interface that pages link to, the chart of a comparison too."""
    asked: set[str] = set()
    compare = "sammenlign/?kreftform=breast&a=983974724&b=983974899"
    for path in ("", "kreftform/breast/", "sykehus/983974724/breast/", "last-ned/", "utgaver/", compare,
                 "tall/of4_share-all-breast-983974724-2021/"):  # fmt: skip
        page = html.unescape(client.get(FRONT + path).content.decode())
        asked |= {href for href in re.findall(r'href="([^"]+)"', page) if href.startswith("/api/") or ".svg" in href}
    assert len(asked) > 25
    assert [href for href in sorted(asked) if client.get(href).status_code != 200] == []


def test_only_reading_is_allowed(client: Client):
    assert client.post(FRONT).status_code == 405
    assert client.head(FRONT).status_code == 200


def test_the_feed_is_atom_and_names_the_release(client: Client, settings: Any):
    from xml.etree import ElementTree as ET

    answer = client.get(f"{FRONT}utgaver.atom")
    assert answer.headers["Content-Type"].startswith("application/atom+xml")
    feed = ET.fromstring(answer.content)
    space = "{http://www.w3.org/2005/Atom}"
    assert {one.tag for one in feed} >= {f"{space}{name}" for name in ("id", "title", "updated", "author", "entry", "link")}
    entry = feed.find(f"{space}entry")
    assert entry is not None
    address = entry.find(f"{space}link").get("href")
    assert client.get(address.removeprefix(settings.ADDRESS)).status_code == 200


def test_a_chart_is_a_file_of_its_own_in_two_forms(client: Client):
    drawn = client.get(f"{FRONT}kreftform/breast/sykehus.svg")
    assert drawn.headers["Content-Type"] == "image/svg+xml"
    assert drawn.content.startswith(b'<svg xmlns="http://www.w3.org/2000/svg"')
    assert "unsafe-inline" in drawn.headers["Content-Security-Policy"]
    picture = client.get(f"{FRONT}kreftform/breast/sykehus.png")
    assert picture.content[:8] == b"\x89PNG\r\n\x1a\n"
    seen = Image.open(io.BytesIO(picture.content)).convert("RGB")
    assert seen.width > 1000
    colours = {colour for _, colour in seen.getcolors(1 << 20)}
    assert {(0, 98, 186), (221, 234, 246), (184, 26, 26)} <= colours  # the points, the band, and the one outside it


@pytest.mark.slow
def test_one_sheet_of_a_cancer_and_of_a_hospital(client: Client):
    """A tagged PDF in the reader's language; the counts of the page stand in it."""
    import pypdfium2

    for path, words in (("kreftform/breast/", "Brystkreft: 74 av 100"), ("sykehus/983974724/", "Helse Bergen: 77 av 100")):
        answer = client.get(f"{FRONT}{path}ark.pdf")
        assert answer.headers["Content-Type"] == "application/pdf"
        document = pypdfium2.PdfDocument(answer.content)
        text = " ".join(document[0].get_textpage().get_text_bounded().split())
        assert words in text
        assert len(document) == 1
        assert pypdfium2.raw.FPDFCatalog_IsTagged(document)
        document.close()


def test_a_server_that_cannot_write_paper_says_so(client: Client, monkeypatch: pytest.MonkeyPatch):
    from pakkeforlop.publication.site import paper
    from pakkeforlop.web.public import views

    views._SITES.clear()
    monkeypatch.setattr(paper, "find_spec", lambda name: None)
    answer = client.get(f"{FRONT}kreftform/lung/ark.pdf")
    views._SITES.clear()
    assert answer.status_code == 503
    assert "Skriv ut siden fra nettleseren" in answer.content.decode()


def test_a_withdrawn_release_is_gone_from_the_pages_at_once(client: Client, settings: Any, tmp_path: Path):
    """Own figures stand while their release does; when it is withdrawn, the page says that nothing is published."""
    from factories.released import PLAIN, build, run, with_inclusion, write_indicators

    shelf = tmp_path / "shelf"
    build(write_indicators(tmp_path / "indicators.csv", with_inclusion(PLAIN)), shelf, "2021")
    settings.RELEASES = str(shelf)
    assert "Brystkreft: " in client.get(f"{FRONT}kreftform/breast/").content.decode()
    run("release", "withdraw", "2021", "--reason", "Feil enhet", "--releases", shelf)
    assert client.get(f"{FRONT}kreftform/breast/").status_code == 404
    assert "Ingen tall er publisert ennå" in client.get(FRONT).content.decode()
    assert "Trukket tilbake: Feil enhet" in client.get(f"{FRONT}utgaver/").content.decode()


def test_invented_figures_are_asked_for_by_name_and_never_stand_among_the_published(
    client: Client, settings: Any, tmp_path: Path
):
    """The release of a demo, over HTTP: its own pages, its own name in the open interface, nowhere else."""
    from factories.released import PLAIN, build, with_inclusion, write_indicators

    shelf = tmp_path / "shelf"
    build(write_indicators(tmp_path / "indicators.csv", with_inclusion(PLAIN)), shelf, "demo", "--synthetic")
    settings.RELEASES = str(shelf)
    assert "Oppdiktede tall." in client.get(f"{FRONT}oppdiktet/kreftform/breast/").content.decode()
    asked = "/api/v1/figures?indicator=of4_share&pathway_key=breast&org_nr=900000000&period=2021&branch=all"
    (real,) = client.get(asked).json()["figures"]
    assert (real["numerator"], real["denominator"]) == (3267, 4404)  # as published
    answer = client.get(f"{asked}&release=demo")
    assert answer.json()["synthetic"] is True
    assert [(one["numerator"], one["denominator"]) for one in answer.json()["figures"]] == [(276, 413)]
    assert "synthetic" not in client.get(asked).json()
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    told = {one["name"]: one["synthetic"] for one in client.get("/api/v1/releases").json()["releases"]}
    assert told == {"open-national-indicators-2015-2021": False, "demo": True}

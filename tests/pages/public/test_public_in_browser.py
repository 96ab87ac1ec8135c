"""The public pages as a reader meets them: on a screen and a phone, without JavaScript, with the keyboard, and enlarged."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest

from factories.released import PLAIN, build, with_inclusion, write_indicators
from pages.measures import COVERED, CUT, too_wide
from pakkeforlop.publication.open_api.library import library
from pakkeforlop.publication.site.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ROOT = "/statistikk/"
POLICY = "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; form-action 'self'"
PAGES = {
    "front": "",
    "cancer": "kreftform/breast/",
    "cancer_to_a_decision": "kreftform/diagnostic/",
    "hospitals": "sykehus/",
    "region": "sykehus/983658725/",
    "hospital": "sykehus/983974724/",
    "cancer_at_a_hospital": "sykehus/983974724/breast/",
    "hidden": "sykehus/983974929/breast/",
    "compare": "sammenlign/?kreftform=breast&a=983974724&b=983974899&c=900000000",
    "method": "slik-teller-vi/",
    "download": "last-ned/",
    "releases": "utgaver/",
    "release": "utgaver/open-national-indicators-2015-2021/",
    "figure": "tall/of4_share-all-breast-900000000-2021/",
    "found": "finn/?q=helse",
    "not_found": "finn/?q=xyz",
    "patients": "for-pasienter/",
    "accessibility": "tilgjengelighet/",
    "england": "england/",
    "mental_health": "psykisk-helse/",
    "invented_front": "oppdiktet/",
    "invented_cancer": "oppdiktet/kreftform/breast/",
    "invented_hospital": "oppdiktet/sykehus/983974724/",
    "invented_region": "oppdiktet/sykehus/983658725/",
    "invented_release": "oppdiktet/utgaver/demo/",
    "missing": "finnes-ikke/",
}
CHARTS = "svg.ch[aria-labelledby]"
OPEN_ALL = "() => document.querySelectorAll('main details').forEach(d => { d.open = true; })"


@pytest.fixture(scope="module")
def address(catalogue: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The site on a free port of this machine, with the policy that the application sends; a release of invented patients
    stands beside the published past.
    """
    folder = tmp_path_factory.mktemp("shelf")
    build(write_indicators(folder / "indicators.csv", with_inclusion(PLAIN)), folder / "releases", "demo", "--synthetic")
    site = Site(library(folder / "releases"), catalogue)

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            made = site.answer(unquote(parts.path.removeprefix(ROOT)), dict(parse_qsl(parts.query)))
            self.send_response(made.status)
            for name, value in (("Content-Type", made.kind), ("Content-Security-Policy", POLICY), ("Location", made.moved)):
                if value:
                    self.send_header(name, value)
            self.end_headers()
            self.wfile.write(made.content)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}{ROOT}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", [390, 1440])
def test_a_page_is_accessible_and_fits(page: Any, accessible: Any, address: str, name: str, width: int, tmp_path: Any):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(address + PAGES[name])
    assert page.evaluate("() => document.fonts.ready.then(() => true)")
    accessible(page)
    page.evaluate(OPEN_ALL)
    accessible(page)
    assert too_wide(page) <= 0
    assert page.evaluate(COVERED, CHARTS) == []
    assert page.evaluate(CUT, CHARTS) == []
    assert page.outside == []
    assert len(page.screenshot(path=tmp_path / f"{name}-{width}.png", full_page=True)) > 10_000


@pytest.mark.parametrize("language", ["nn", "en"])
@pytest.mark.parametrize("name", ["front", "cancer", "hospital", "compare"])
def test_the_other_languages_are_as_good(page: Any, accessible: Any, address: str, language: str, name: str):
    page.set_viewport_size({"width": 390, "height": 900})
    page.goto(f"{address}{language}/{PAGES[name]}")
    accessible(page)
    assert too_wide(page) <= 0
    assert page.evaluate(COVERED, CHARTS) == []
    assert page.locator("html").get_attribute("lang") == language


@pytest.mark.parametrize("name", ["front", "cancer", "hospital", "compare", "download"])
def test_at_320_pixels_and_letters_twice_the_size_nothing_scrolls_sideways(page: Any, address: str, name: str):
    for width in (320, 640):
        page.set_viewport_size({"width": width, "height": 700})
        page.goto(address + PAGES[name])
        assert too_wide(page) <= 0, width


def test_a_journalist_finds_breast_cancer_at_the_nearest_hospital_in_three_clicks(browser: Any, address: str):
    """Without JavaScript; and from there one click opens how the figure was counted."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(address)
    page.get_by_role("navigation", name="Hovedmeny").get_by_role("link", name="Sykehus").click()
    page.locator("#helseforetak").get_by_role("link", name="Helse Bergen").click()
    page.locator("#kreftformer svg a", has_text="Bryst").first.click()
    assert page.locator("h1").inner_text() == "Brystkreft, Helse Bergen: 69 av 100 startet behandlingen i tide"
    assert "Vi er 95 prosent sikre på at det rette nivået er mellom 64 og 74." in page.locator(".lead").inner_text()
    page.get_by_role("link", name="Slik er det talt: I tide").click()
    assert "254 av 368" in page.locator(".lead").inner_text()
    assert page.get_by_text("254 delt på 368 er 69,0").is_visible()
    context.close()


def test_a_search_leads_to_the_page(page: Any, address: str):
    page.goto(address)
    page.get_by_label("Finn en kreftform eller et sykehus").fill("haukeland")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sykehus/983974724/")


def test_the_keyboard_reaches_content_menu_and_tables(page: Any, address: str):
    page.goto(address)
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.textContent") == "Hopp til innholdet"
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.id") == "main"
    page.locator("#kreftformer summary").focus()
    page.keyboard.press("Enter")
    assert page.locator("#kreftformer table").is_visible()
    page.set_viewport_size({"width": 390, "height": 800})
    page.locator(".menu summary").focus()
    page.keyboard.press("Enter")
    assert page.get_by_role("navigation", name="Meny").get_by_role("link", name="Sykehus").is_visible()


def test_every_link_between_pages_leads_somewhere(page: Any, address: str):
    """From one page of each kind: what it links to on the site is there."""
    asked: set[str] = set()
    for path in ("", "kreftform/breast/", "sykehus/", "sykehus/983974724/", "last-ned/", "utgaver/", "slik-teller-vi/"):
        page.goto(address + path)
        asked |= set(page.evaluate("() => [...document.querySelectorAll('a[href]')].map(a => a.href.baseVal || a.href)"))
    own = sorted(
        {href.split("#")[0] if href.startswith("http") else address.split(ROOT, maxsplit=1)[0] + href for href in asked}
    )
    own = [href for href in own if href.startswith(address) and not href.endswith((".pdf", ".png"))]
    assert len(own) > 120
    assert [href for href in own if page.request.get(href).status != 200] == []

"""The report as a pathway leader meets it: on a screen, a phone, without JavaScript, with the keyboard, and on paper."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from pages.measures import COVERED, CUT, too_wide

pytestmark = pytest.mark.browser
PAGES = (
    "country/index.html",
    "country/breast.html",
    "country/diagnostic.html",
    "one_trust/index.html",
    "nothing/index.html",
)

CHARTS = "svg.ch[role=img]"
OPEN_ALL = "() => document.querySelectorAll('details').forEach(d => { d.open = true; })"


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", [320, 390, 1440])
def test_a_page_is_accessible_and_fits_at_every_width(page: Any, accessible: Any, reports: Path, name: str, width: int):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto((reports / name).as_uri())
    accessible(page)
    page.evaluate(OPEN_ALL)
    accessible(page)
    assert too_wide(page) <= 0
    assert page.evaluate(COVERED, CHARTS) == []
    assert page.evaluate(CUT, CHARTS) == []
    assert page.outside == []


@pytest.mark.parametrize("zoom", [2.0])
def test_a_page_enlarged_to_twice_its_size_needs_no_sideways_scroll(page: Any, reports: Path, zoom: float):
    page.set_viewport_size({"width": round(1280 / zoom), "height": 700})
    page.goto((reports / "country/index.html").as_uri())
    assert too_wide(page) <= 0


def test_a_phone_gets_its_own_drawing_of_each_chart(page: Any, reports: Path):
    page.goto((reports / "country/breast.html").as_uri())
    for width, look in ((1440, "wide"), (390, "narrow")):
        page.set_viewport_size({"width": width, "height": 900})
        shown = page.evaluate(
            "() => [...document.querySelectorAll('figure > div > svg')].filter(s => s.getBoundingClientRect().width)"
            ".map(s => s.parentElement.className)"
        )
        assert set(shown) == {look}
        assert len(shown) >= 3


def test_everything_is_there_without_javascript(browser: Any, reports: Path):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto((reports / "country/index.html").as_uri())
    assert re.match(r"[\d,]+ av 100 startet behandlingen i tide", page.locator("h1").inner_text())
    table = page.locator("#forlop details table")
    assert not table.is_visible()
    page.locator("#forlop summary").click()
    assert table.is_visible()
    page.locator("#forlop details a", has_text="Bryst").click()
    assert page.locator("h1").inner_text().startswith("Brystkreft: ")
    page.get_by_role("link", name="Oversikt").click()
    assert page.locator("h2").first.inner_text().endswith("kreftformer nådde målet")
    context.close()


def test_the_keyboard_reaches_the_content_and_opens_a_table(page: Any, reports: Path):
    page.goto((reports / "country/index.html").as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.textContent") == "Hopp til innholdet"
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.id") == "main"
    page.locator("#forlop summary").focus()
    page.keyboard.press("Enter")
    assert page.locator("#forlop details").get_attribute("open") is not None


def test_the_font_and_the_colours_are_in_the_page(page: Any, reports: Path):
    page.goto((reports / "country/index.html").as_uri())
    assert page.evaluate("() => document.fonts.ready.then(() => document.fonts.check('600 16px Inter'))")
    assert page.evaluate("() => getComputedStyle(document.querySelector('.ch .dp')).fill") == "rgb(0, 98, 186)"


@pytest.mark.parametrize("name", ["country/index.html", "country/breast.html", "nothing/index.html"])
def test_on_paper_each_sheet_is_marked_and_no_chart_is_cut(page: Any, reports: Path, name: str):
    page.goto((reports / name).as_uri())
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 688, "height": 995})  # A4 less its margins, at 96 to the inch
    shown = page.evaluate(
        "() => [...document.querySelectorAll('figure > div:not(.legend)')].filter(d => d.getBoundingClientRect().width).map(d => d.className)"
    )
    assert set(shown) <= {"paper"}
    heights = page.evaluate(
        "() => [...document.querySelectorAll('figure, .pair')].map(f => f.getBoundingClientRect().height)"
    )
    assert all(height < 995 for height in heights)
    assert too_wide(page) <= 0
    assert page.evaluate(COVERED, CHARTS) == []
    pdf = page.pdf(prefer_css_page_size=True, print_background=True)
    sheets = len(re.findall(rb"/Type\s*/Page[^s]", pdf))
    assert 1 <= sheets <= 9
    boxes = {tuple(round(float(n)) for n in box.split()) for box in re.findall(rb"/MediaBox\s*\[([^\]]+)\]", pdf)}
    assert boxes == {(0, 0, 595, 842)}

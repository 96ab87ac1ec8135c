"""What all tests share: the catalogue, the reference data, and a browser where there is one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

ROOT = Path(__file__).resolve().parent.parent
SLOW_PLACES = {"bench", "recount", "test_disclosure.py", "test_fit.py", "test_partitioned.py", "test_writing_fails.py"}
"""Folders and files whose tests are all slow, that is, for `make test`."""

INNER_LOOP = {
    "spec": "the rules as stories",
    "contracts": "what is agreed about the source, the commands and the texts",
    "property": "what always holds",
    "twin": "the rules once more, in SQL",
    "unit/vocabulary": "days, periods and words",
    "unit/catalogue": "definitions",
    "unit/coding": "a single code",
    "unit/episodes": "codes become episodes",
    "unit/coordination": "episodes become work",
    "unit/indicators": "episodes become figures",
    "unit/charts": "figures become pictures",
    "unit/reporting": "who reports what, and when",
    "app/texts": "each text in three languages",
    "app/access/test_policy.py": "who may do what",
}
"""What `make check` runs, in under a minute: the rule book and the engine that follows it, each with its reason.

Files that come and go, made-up data, releases, processes, and all that asks a store or a page are for `make test`,
which runs everything that is not long.
"""

LONG_PLACES = {
    "test_killed.py", "test_killed_between.py", "test_everything.py", "test_large_file.py", "test_commands.py",
    "test_two_instances.py", "test_every_writer_fails.py", "test_hostile_mail.py", "test_hospitals_and_register.py",
    "test_publish.py", "test_by_its_document.py", "test_completeness.py", "test_england.py", "test_crossing.py",
}  # fmt: skip
"""Files whose slow tests take a quarter of an hour together; `make test` leaves them to `make test-long`."""

WIDE_STORY = "test_a_correction_morning.py"
"""Every list at every width, in a browser: several minutes, so with the long ones."""

hypothesis.settings.register_profile(
    "pakkeforlop",
    deadline=None,
    derandomize=not os.environ.get("EXPLORE"),
    print_blob=True,
    suppress_health_check=[hypothesis.HealthCheck.too_slow, hypothesis.HealthCheck.data_too_large],
)
hypothesis.settings.load_profile("pakkeforlop")
"""Hypothesis: the same examples on every run, so that a red test is a change; other ones with EXPLORE=1. No clock."""

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def reference_folder() -> Path | None:
    """The folder of reference data: PAKKEFORLOP_REFERENCE, else ../shared beside the repository; None where absent."""
    folder = Path(os.environ.get("PAKKEFORLOP_REFERENCE") or ROOT.parent / "shared")
    return folder if folder.is_dir() else None


@cache
def chromium() -> str | None:
    """The browser to test with: CHROMIUM, else Debian's."""
    names = (os.environ.get("CHROMIUM", ""), *CHROMIUM_NAMES)
    return next((found for name in names if name and (found := shutil.which(name))), None)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take --inner-loop, as `make check` gives it."""
    parser.addoption("--inner-loop", action="store_true", help="of the folders of tests, those of INNER_LOOP alone")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """In the inner loop, other folders are not even read, unless they are asked for by name."""
    named = {Path(argument.split("::")[0]).resolve() for argument in config.args} - {ROOT / "tests"}
    if named or not config.getoption("inner_loop"):
        return None
    here = collection_path
    chosen = [ROOT / "tests" / place for place in INNER_LOOP]
    return None if any(here.is_relative_to(one) or one.is_relative_to(here) for one in chosen) else True


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser and reference tests are skipped, with the reason, where they cannot run; whole folders are slow."""
    no_browser = pytest.mark.skip(reason="no Chromium: sudo apt-get install chromium")
    no_reference = pytest.mark.skip(reason="no reference data: set PAKKEFORLOP_REFERENCE to its folder")
    for item in items:
        parts = item.path.relative_to(ROOT / "tests").parts
        if SLOW_PLACES & set(parts):
            item.add_marker(pytest.mark.slow)
        slow = item.get_closest_marker("slow") is not None
        if (
            (slow and LONG_PLACES & set(parts))
            or "at_length" in item.name
            or parts[:2] == ("pages", "public")
            or parts[-1] == WIDE_STORY
        ):
            item.add_marker(pytest.mark.long)
        if item.get_closest_marker("browser") and chromium() is None:
            item.add_marker(no_browser)
        if item.get_closest_marker("reference") and reference_folder() is None:
            item.add_marker(no_reference)


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's folder."""
    return ROOT


@pytest.fixture(scope="session")
def reference() -> Path:
    """The folder of reference data; the test is skipped where there is none."""
    folder = reference_folder()
    if folder is None:
        pytest.skip("no reference data: set PAKKEFORLOP_REFERENCE to its folder")
    return folder


@pytest.fixture(scope="session")
def catalogue() -> Any:
    """The catalogue that the product ships."""
    from pakkeforlop.catalogue.load import load_catalogue

    return load_catalogue()


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Debian's Chromium, without a window and without traffic of its own."""
    executable = chromium()
    if executable is None:
        pytest.skip("no Chromium: sudo apt-get install chromium")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=executable, args=list(CHROMIUM_FLAGS))
        yield started
        started.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A new, empty browser session in bokmål that may speak to this machine only."""
    opened = browser.new_context(locale="nb-NO", viewport={"width": 1280, "height": 900})
    opened.route("**/*", lambda route: route.continue_() if _is_local(route.request.url) else route.abort())
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A page to tell a story on; what it asked for outside this machine is in `page.outside` and must be empty."""
    opened = context.new_page()
    outside: list[str] = []
    opened.on("request", lambda request: None if _is_local(request.url) else outside.append(request.url))
    opened.outside = outside
    return opened


@pytest.fixture
def accessible() -> Any:
    """Call `accessible(page)`: fails with axe-core's findings (WCAG 2.2 A and AA), one line each."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

    def check(page: Page) -> None:
        results = axe.run(page, options={"runOnly": {"type": "tag", "values": tags}})
        violations = results.response["violations"]
        lines = [f"{v['id']} ({v['impact']}): {v['help']} - {v['nodes'][0]['html'][:160]}" for v in violations]
        assert not lines, "\n".join(lines)

    return check


def _is_local(url: str) -> bool:
    return url.startswith(("http://127.0.0.1", "http://localhost", "file:", "data:", "blob:", "about:"))

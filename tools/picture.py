"""Take the README's picture of the report: python -m tools.picture OUT/report/index.html docs/images/report.png."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

WIDTH, HEIGHT = 1180, 1240


def main(report: str, picture: str) -> None:
    """The first screen of the report, as a reader meets it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, locale="nb-NO", color_scheme="light")
        page.goto(Path(report).resolve().as_uri())
        page.screenshot(path=picture)
        browser.close()
    print(f"{picture}: {Path(picture).stat().st_size // 1000} kB")


if __name__ == "__main__":
    main(*sys.argv[1:3])

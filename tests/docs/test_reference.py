"""The reference pages say what the code says now."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.reference.pages import all_pages


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return all_pages()


def test_the_reference_is_up_to_date(pages, root: Path):
    """`make docs` would change nothing."""
    folder = root / "docs" / "reference"
    standing = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
    stale = sorted(name for name in pages.keys() | standing.keys() if pages.get(name) != standing.get(name))
    assert not stale, f"run `make docs`; out of date: {', '.join(stale)}"


def test_every_message_and_indicator_is_printed(pages, catalogue):
    """Nothing of the catalogue is left out of its page."""
    assert [n for n in catalogue.messages if f"## {n}\n" not in pages["messages.md"]] == []
    assert [k for k in catalogue.indicators if f"## {k}" not in pages["indicators.md"]] == []
    assert [p for p in catalogue.pathways if f"## {p} " not in pages["pathways.md"]] == []


def test_every_story_of_the_rule_book_is_printed(pages, root: Path):
    """One heading for each spec test, and a table under most."""
    stories = sum(
        line.startswith(("def test_", "    def test_"))
        for path in (root / "tests" / "spec").rglob("test_*.py")
        if "\n@rule(" in path.read_text(encoding="utf-8")
        for line in path.read_text(encoding="utf-8").splitlines()
    )
    assert pages["rule-book.md"].count("\n### ") == stories

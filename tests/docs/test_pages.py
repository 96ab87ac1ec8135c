"""The written pages: links lead somewhere, nothing of a workplace slips in, and the glossary is whole."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\(([^)#\s]+)(#[^)]*)?\)")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_to_files_that_exist(path: Path):
    text = path.read_text(encoding="utf-8")
    targets = [target for target, _ in LINK.findall(text) if "://" not in target and not target.startswith("mailto:")]
    missing = [target for target in targets if not (path.parent / target).exists()]
    assert not missing


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_anchors_lead_to_headings_that_exist(path: Path):
    for target, anchor in LINK.findall(path.read_text(encoding="utf-8")):
        if anchor and target.endswith(".md") and "://" not in target:
            headings = re.findall(r"^#+ (.*)$", (path.parent / target).read_text(encoding="utf-8"), re.M)
            slugs = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
            assert anchor[1:] in slugs, f"{target}{anchor}"


def test_every_term_of_the_glossary_has_both_norwegian_forms():
    lines = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines if line.startswith("| ")]
    terms = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    terms = [term for term in terms if term[0] not in {"English", "---"}]
    assert len(terms) >= 60
    assert [term for term in terms if len(term) != 4 or not all(term[:3])] == []
    assert len({term[0] for term in terms}) == len(terms)


def test_every_decision_is_in_the_list():
    folder = ROOT / "docs" / "decisions"
    listed = set(re.findall(r"\((\d{4}-[^)]+\.md)\)", (folder / "README.md").read_text(encoding="utf-8")))
    assert listed == {path.name for path in folder.glob("0*.md")}


def test_no_page_is_longer_than_a_sitting():
    written = [path for path in PAGES if "reference" not in path.parts]
    assert [path.name for path in written if path.read_text(encoding="utf-8").count("\n") > 260] == []


def test_every_make_command_on_a_page_exists():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    written = [path for path in PAGES if "reference" not in path.parts]
    named = {(path.name, word) for path in written for word in re.findall(r"[`\n]make ([a-z]+)", path.read_text("utf-8"))}
    assert {(page, word) for page, word in named if word not in targets} == set()
    assert {"demo", "test"} <= {word for page, word in named if page == "README.md"}

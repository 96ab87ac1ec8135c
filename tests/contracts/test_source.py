"""Sweeps over the source for what always holds, which no import contract can say."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "pakkeforlop"
MODULES = sorted(PACKAGE.rglob("*.py"))
CLOCK_FOLDERS = {"cli", "exchange", "web"}
BELOW_THE_DOORS = [path for path in MODULES if path.relative_to(PACKAGE).parts[0] not in CLOCK_FOLDERS]
CLOCK_CALLS = {"today", "now", "utcnow", "time", "time_ns", "localtime", "gmtime", "fromtimestamp"}


def named(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


@pytest.mark.parametrize("path", BELOW_THE_DOORS, ids=named)
def test_the_clock_is_not_looked_at(path: Path):
    """Below the doors the as-of day is an argument."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    attributes = [f for f in calls if isinstance(f, ast.Attribute) and f.attr in CLOCK_CALLS]
    clocks = {"date", "datetime", "time", "dt"}
    asked = [f for f in attributes if isinstance(f.value, ast.Name) and f.value.id in clocks]
    asked += [f for f in attributes if isinstance(f.value, ast.Attribute) and f.value.attr in {"date", "datetime"}]
    assert not [f"line {f.lineno}: {ast.unparse(f)}" for f in asked]


@pytest.mark.parametrize("path", [p for p in MODULES if p.name == "__init__.py"], ids=named)
def test_a_folder_says_its_job_and_imports_nothing(path: Path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]


def test_no_folder_or_module_has_a_name_that_says_nothing():
    empty = {"utils", "util", "helpers", "helper", "misc", "manager", "stuff"}
    assert [named(path) for path in PACKAGE.rglob("*") if path.stem in empty] == []


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_every_module_says_what_it_is_for(path: Path):
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def test_modules_can_be_read_in_a_sitting():
    """The kernel is one function and the exception."""
    long = {named(p): n for p in MODULES if (n := p.read_text(encoding="utf-8").count("\n")) > 560}
    assert set(long) <= {"episodes/kernel.py", "catalogue/model.py"}, long


def test_no_file_tells_of_the_place_it_was_made():
    """Addresses and folders of one machine have no place in the product."""
    foreign = re.compile(r"/work/(main|shared)|/root/|\.noreply\.|/opt/(pypi|wheels)")
    texts = [p for p in ROOT.rglob("*") if p.suffix in {".py", ".md", ".toml", ".sh", ".html", ".css", ".js", ".txt"}]
    texts = [p for p in texts if not {".venv", ".git", "node_modules"} & set(p.relative_to(ROOT).parts)]
    found = [str(p.relative_to(ROOT)) for p in texts if p != Path(__file__) and foreign.search(p.read_text("utf-8"))]
    assert found == []


def test_comments_point_at_pages_that_exist():
    """A page named in the source is one of ours."""
    texts = [*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.toml"), *(ROOT / "tools").rglob("*.py")]
    page_name = re.compile(r"\b(docs/[\w/-]+\.md|(?<![\w/-])(?:decisions|coding|architecture)\.md)")
    named_pages = {(path.name, page) for path in texts for page in page_name.findall(path.read_text("utf-8"))}
    assert {(file, page) for file, page in named_pages if not (ROOT / page).exists()} == set()

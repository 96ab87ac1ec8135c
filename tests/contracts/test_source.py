"""Sweeps over the source for what always holds, which no import contract can say."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "pakkeforlop"
MODULES = sorted(PACKAGE.rglob("*.py"))
CLOCK_FOLDERS = {"cli", "exchange", "web"}
BELOW_THE_DOORS = [path for path in MODULES if path.relative_to(PACKAGE).parts[0] not in CLOCK_FOLDERS]
CLOCK_CALLS = {"today", "now", "utcnow", "time", "time_ns", "localtime", "gmtime", "fromtimestamp"}


def named(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def looks_at_the_clock(tree: ast.Module) -> list[str]:
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    attributes = [f for f in calls if isinstance(f, ast.Attribute) and f.attr in CLOCK_CALLS]
    clocks = {"date", "datetime", "time", "dt"}
    asked = [f for f in attributes if isinstance(f.value, ast.Name) and f.value.id in clocks]
    asked += [f for f in attributes if isinstance(f.value, ast.Attribute) and f.value.attr in {"date", "datetime"}]
    return [f"line {f.lineno}: {ast.unparse(f)}" for f in asked]


def test_the_clock_is_not_looked_at():
    """Below the doors the as-of day is an argument."""
    assert len(BELOW_THE_DOORS) > 300
    assert {named(path): found for path in BELOW_THE_DOORS if (found := looks_at_the_clock(tree_of(path)))} == {}


def test_the_sweep_sees_a_clock():
    assert looks_at_the_clock(ast.parse("def f():\n    return date.today()")) == ["line 2: date.today"]
    assert looks_at_the_clock(ast.parse("datetime.datetime.now(UTC)")) == ["line 1: datetime.datetime.now"]
    assert not looks_at_the_clock(ast.parse("self.today(); row.date.isoformat()"))


def test_a_folder_says_its_job_and_imports_nothing():
    folders = {named(path): tree_of(path) for path in MODULES if path.name == "__init__.py"}
    assert len(folders) > 50
    assert [name for name, tree in folders.items() if not ast.get_docstring(tree)] == []
    imports = (ast.Import, ast.ImportFrom)
    assert [name for name, tree in folders.items() if any(isinstance(node, imports) for node in ast.walk(tree))] == []


def test_no_folder_or_module_has_a_name_that_says_nothing():
    empty = {"utils", "util", "helpers", "helper", "misc", "manager", "stuff"}
    assert [named(path) for path in PACKAGE.rglob("*") if path.stem in empty] == []


def test_every_module_says_what_it_is_for():
    assert len(MODULES) > 600
    assert [named(path) for path in MODULES if not ast.get_docstring(tree_of(path))] == []


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

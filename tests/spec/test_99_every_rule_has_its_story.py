"""Every rule has its story

Each message, warning, case, vector, decision and reading is shown by at least one story above, and each message that a
code can trigger also by a neighbour that just does not.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

from factories.tables import table

HERE = Path(__file__).parent

REGISTER = [str(number) for number in (*range(100, 121), 201, 208, 211, 216, 221, 222, 225)]
OWN = [str(number) for number in range(901, 917)]
CASES = [f"case {number}" for number in range(1, 42)]
VECTORS = [f"T{number}" for number in range(1, 33)]
DECISIONS = [f"decision {number}" for number in range(1, 15)]
READINGS = [f"R{number}" for number in range(1, 16)]
SETTINGS = [
    f"setting {name}"
    for name in ("include_postponed", "p_counts_as_treatment_start", "surveillance_without_limit_counts")
]


@cache
def stories() -> dict[str, list[str]]:
    """The names that the stories' marks carry, and the stories of each."""
    found: dict[str, list[str]] = {}
    for file in sorted(HERE.glob("test_*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.FunctionDef):
                continue
            for mark in node.decorator_list:
                if isinstance(mark, ast.Call) and isinstance(mark.func, ast.Name) and mark.func.id == "rule":
                    for name in mark.args:
                        assert isinstance(name, ast.Constant)
                        found.setdefault(str(name.value), []).append(f"{file.name}::{node.name}")
    return found


@pytest.mark.parametrize("name", [*REGISTER, *OWN, *CASES, *VECTORS, *DECISIONS, *READINGS, *SETTINGS])
def test_it_has_a_story(name: str) -> None:
    """The mark of at least one story names it."""
    assert name in stories(), f"no story shows {name}"


def test_no_story_shows_what_is_not_there() -> None:
    """A mark names something on the lists."""
    known = {*REGISTER, *OWN, *CASES, *VECTORS, *DECISIONS, *READINGS, *SETTINGS}
    assert not set(stories()) - known


@pytest.mark.parametrize("number", [*REGISTER, *OWN])
def test_each_message_is_triggered_and_just_not(catalogue, number: str) -> None:
    """In the tables of its stories a row gets the number, and a row with the same event does not."""
    assert int(number) in catalogue.messages, f"{number} has no text in the catalogue"
    rows = [row for story in stories()[number] for row in rows_of(story)]
    given = {row["code"][3:4] for row in rows if number in row.get("message", "").split()}
    spared = {row["code"][3:4] for row in rows if number not in row.get("message", "").split()}
    assert given, f"{number} is not shown on any row"
    assert given & spared or number == "101", f"{number} has no neighbour that just does not get it"


def rows_of(story: str) -> list[dict[str, str]]:
    """The registrations in the tables of a story."""
    file, name = story.split("::")
    tree = ast.parse((HERE / file).read_text(encoding="utf-8"))
    function = next(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == name)
    texts = [
        node.value for node in ast.walk(function) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    assert not any(isinstance(node, ast.JoinedStr) for node in ast.walk(function)), (
        f"{name}: tables are printed as they stand"
    )
    return [row for text in texts if text.strip().startswith("date ") for row in table(text)]


def test_every_story_tells_its_rule() -> None:
    """Modules are chapters and functions are rules: each has its words."""
    for file in sorted(HERE.glob("test_*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        assert ast.get_docstring(tree), file.name
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                assert ast.get_docstring(node), f"{file.name}: {node.name}"

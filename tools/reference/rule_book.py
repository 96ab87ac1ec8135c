"""The spec tests printed as the rule book: titles, docstrings and tables, in the order of the files.

A spec test is a function with a sentence for a name, a docstring that states the rule, and tables in text. Each module
is a chapter, each function a rule, each text with bars a table. The words before a table come from the name of the
argument it is given as (`gives=` is printed as "gives").
"""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

from tools.reference.markdown import page, table

SPEC = Path(__file__).resolve().parents[2] / "tests" / "spec"


def rule_book_page() -> str:
    """Every chapter."""
    parts = [
        "Each rule below is a test: the tables are what the test gives to the engine and what it must give back. "
        "The engine, a plain reading of the rules and an SQL twin are all held to them."
    ]
    for path in sorted(SPEC.rglob("test_*.py")):
        parts += _chapter(ast.parse(path.read_text(encoding="utf-8")), path)
    return page("Rule book", *parts)


def _chapter(module: ast.Module, path: Path) -> list[str]:
    text = ast.get_docstring(module) or path.stem.removeprefix("test_").replace("_", " ").capitalize()
    title, _, rest = text.partition("\n")
    parts = [f"## {title.strip().rstrip('.:')}", inspect.cleandoc(rest) if rest.strip() else ""]
    for node in module.body:
        if isinstance(node, ast.ClassDef):
            for inner in node.body:
                parts += _rule(inner)
        else:
            parts += _rule(node)
    return parts


def _rule(node: ast.stmt) -> list[str]:
    if not isinstance(node, ast.FunctionDef) or not node.name.startswith("test_"):
        return []
    sentence = node.name.removeprefix("test_").replace("_", " ")
    parts = [f"### {sentence[0].upper()}{sentence[1:]}"]
    named = _rules(node)
    docstring = ast.get_docstring(node)
    if docstring:
        parts.append(docstring)
    body = node.body[1:] if docstring else node.body
    for statement in body:
        parts += _tables(statement)
    return [*parts, f"Shows: {', '.join(named)}"] if named else parts


def _rules(node: ast.FunctionDef) -> list[str]:
    """The names that the story's `rule(...)` mark gives: readings, messages, cases, decisions."""
    marks = [mark for mark in node.decorator_list if isinstance(mark, ast.Call) and "rule" in ast.unparse(mark.func)]
    return [str(name.value) for mark in marks for name in mark.args if isinstance(name, ast.Constant)]


def _tables(statement: ast.stmt) -> list[str]:
    """Every text with a table in a statement, in the order it is written."""
    labels = {
        id(keyword.value): (keyword.arg or "").replace("_", " ")
        for call in ast.walk(statement)
        if isinstance(call, ast.Call)
        for keyword in call.keywords
    }
    texts = [n for n in ast.walk(statement) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    texts.sort(key=lambda n: (n.lineno, n.col_offset))
    found = []
    for text in texts:
        printed = _as_markdown(str(text.value))
        if printed:
            label = labels.get(id(text), "")
            found += [f"*{label}*" if label else "", printed]
    return found


def _as_markdown(text: str) -> str:
    """A text of lines with bars as a Markdown table; empty for any other text."""
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    if len(lines) < 2 or not all("|" in line for line in lines):
        return ""
    rows = [[part.strip() for part in line.strip("|").split("|")] for line in lines if set(line) - set("|-: +")]
    width = len(rows[0])
    return table(rows[0], [(row + [""] * width)[:width] for row in rows[1:]])

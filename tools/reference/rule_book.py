"""The spec tests printed as the rule book: titles, docstrings and tables, in the order of the files.

A spec test is a function with a sentence for a name, a docstring that states the rule, and tables in text. Each module
is a chapter, each function a rule, each text with bars a table. The words before a table come from the name of the
argument that it is given as (`gives=` is printed as "gives").
"""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

from tools.reference.markdown import page, table

CAPITAL = re.compile(r"^(a[as]?\d\d\w*|[bc]01\w*|of[1-4]|oa2|t\d+|f[kmslo]|c[kmaud]|[bcopsfx]|aa|hf\d?)$")
MONTH = re.compile(r"\b(january|february|march|april|june|july|august|september|october|november|december|may(?= 20))")
SPEC = Path(__file__).resolve().parents[2] / "tests" / "spec"


def rule_book_page() -> str:
    """Every chapter."""
    parts = [
        "Each rule below is a test: the tables are what the test gives to the engine and what it must give back. "
        "The engine and a plain reading of the rules are both held to them.",
        _places(),
    ]
    modules = [(path, ast.parse(path.read_text(encoding="utf-8"))) for path in sorted(SPEC.rglob("test_*.py"))]
    modules = [(path, module) for path, module in modules if any(map(_rules, _tests(module)))]
    for path, module in modules:
        parts += _chapter(module, path)
    return page("Rule book", *parts, *_index([module for _, module in modules]))


def _places() -> str:
    """Which units the short names of the stories stand for, in the words of the tests."""
    module = ast.parse((SPEC.parent / "factories" / "units.py").read_text(encoding="utf-8"))
    said = ast.get_docstring(module) or ""
    return "\n".join(said.splitlines()[1:]).strip()


def _index(modules: list[ast.Module]) -> list[str]:
    """Where each message, reading, decision, case and vector is shown."""
    shown: dict[str, list[str]] = {}
    for node in (test for module in modules for test in _tests(module)):
        for name in _rules(node):
            shown.setdefault(name, []).append(_sentence(node.name))
    rows = [
        [name, "; ".join(f"[{title}](#{_anchor(title)})" for title in titles)]
        for name, titles in sorted(shown.items(), key=lambda item: _by_number(item[0]))
    ]
    about = (
        "Numbers are messages and warnings ([messages](messages.md)); R and *decision* are "
        "[our own readings](../decisions/0004-own-readings.md); cases and T are worked examples."
    )
    return ["## Index", about, table(["name", "shown by"], rows)]


def _tests(module: ast.Module) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(module) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]


def _anchor(title: str) -> str:
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def _by_number(name: str) -> tuple[str, int]:
    """R2 before R10, case 2 before case 10."""
    letters, digits = re.match(r"(\D*)(\d*)", name).groups()  # type: ignore[union-attr]
    return letters, int(digits or 0)


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
    docstring = ast.get_docstring(node)
    parts = [f"### {_sentence(node.name)}", docstring or "", *_each_of(node)]
    for statement in node.body[1:] if docstring else node.body:
        for call in (found for found in ast.walk(statement) if isinstance(found, ast.Call)):
            parts += _told(call)
    named = _rules(node)
    return [*parts, f"Shows: {', '.join(named)}"] if named else parts


def _sentence(name: str) -> str:
    """A test's name as a sentence, with capitals where words need them."""
    words = name.removeprefix("test_").split("_")
    written = " ".join(CAPITAL.sub(lambda word: word.group().upper(), word) for word in words)
    written = MONTH.sub(lambda word: word.group().capitalize(), written)
    return written[0].upper() + written[1:]


def _rules(node: ast.FunctionDef) -> list[str]:
    """The names that the story's `rule(...)` mark gives: readings, messages, cases, decisions."""
    marks = [mark for mark in node.decorator_list if isinstance(mark, ast.Call) and "rule" in ast.unparse(mark.func)]
    return [str(name.value) for mark in marks for name in mark.args if isinstance(name, ast.Constant)]


def _each_of(node: ast.FunctionDef) -> list[str]:
    """The values that a story is told for, where they are written out beside it."""
    found = []
    for mark in node.decorator_list:
        if isinstance(mark, ast.Call) and "parametrize" in ast.unparse(mark.func) and len(mark.args) == 2:
            named = ast.literal_eval(mark.args[0])
            columns = [name.strip() for name in named.split(",")] if isinstance(named, str) else list(named)
            try:
                values = ast.literal_eval(mark.args[1])
            except ValueError:
                found.append(f"For every {', '.join(columns).replace('_', ' ')} that the rules know.")
                continue
            rows = [value if isinstance(value, tuple | list) else (value,) for value in values]
            if len(columns) == 1:
                found.append(f"For each {columns[0]}: " + ", ".join(f"`{row[0]}`" for row in rows))
            else:
                found += ["For each row:", table(columns, rows)]
    return found


def _told(call: ast.Call) -> list[str]:
    """The tables of one call and what they are given as; nothing for a call without a table."""
    story = [printed for argument in call.args if (printed := _as_markdown(_text(argument)))]
    if not story:
        return []
    for keyword in call.keywords:
        text, name = _text(keyword.value), (keyword.arg or "").replace("_", " ")
        printed = _as_markdown(text)
        if printed:
            story += [f"*{name}*", printed]
        elif keyword.arg == "gives" and text.strip():
            story.append("*gives* no episode" if "\n" not in text.strip() else "")
        elif text or not isinstance(keyword.value, ast.Name):
            story.append(f"*{name}* `{text or ast.unparse(keyword.value)}`")
    return story


def _text(node: ast.expr) -> str:
    """A text, or a text with values in it, which stand as their names in braces."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else "{" + ast.unparse(part.value) + "}"
            for part in node.values
            if isinstance(part, ast.Constant | ast.FormattedValue)
        )
    return ""


def _as_markdown(text: str) -> str:
    """A text of lines with bars as a Markdown table; empty for any other text."""
    lines = [line for line in text.splitlines() if line.strip()]
    columns = lines[0].split("|") if lines else []
    if len(lines) < 2 or any(line.count("|") != len(columns) - 1 for line in lines):
        return ""
    return table([name.strip() for name in columns], [[part.strip() for part in line.split("|")] for line in lines[1:]])

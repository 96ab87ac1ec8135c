"""Only actions write: nothing else calls what changes a table."""

from __future__ import annotations

import ast
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "pakkeforlop"
WRITING = {
    "create", "get_or_create", "update_or_create", "bulk_create", "bulk_update", "save", "delete", "update",
    "acreate", "asave", "adelete", "aupdate",
}  # fmt: skip
PLAIN = {"statements.write", "statements.add", "statements.add_rows", "statements.replace_rows", "insert"}
"""The same by plain statements (`access.statements`, `coding.bulk`)."""
ALLOWED = {
    "access/audit.py", "access/demo.py", "coding/bulk.py", "coordination/rows.py", "coordination/settling.py", "episodes/store.py",
    "web/layout/language.py", "web/login/adapters.py", "web/login/settings_page.py",
}  # fmt: skip
"""Written inside an action's transaction: the log, the demo's people, and what is made again from other tables. And a
person's own settings, which nobody else sees."""
DOMAINS = ("access", "coding", "coordination", "reporting", "episodes", "web", "cli", "review", "exchange")
MODULES = sorted(path for domain in DOMAINS for path in (PACKAGE / domain).rglob("*.py"))


def writes(tree: ast.AST) -> list[str]:
    """Calls on rows or tables that write: `.objects.create(...)`, `rows.update(field=...)`, `row.save()`."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in PLAIN:
            found.append(f"line {node.lineno}: {ast.unparse(node)[:80]}")
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITING):
            continue
        on = ast.unparse(node.func.value)
        manager = "objects" in on or "_manager" in on or "filter(" in on
        of_a_row = node.func.attr in {"save", "asave"} and not node.args
        if manager or of_a_row:
            found.append(f"line {node.lineno}: {ast.unparse(node)[:80]}")
    return found


def is_action(path: Path) -> bool:
    parts = path.relative_to(PACKAGE).parts
    return "actions" in parts or path.name == "actions.py" or "migrations" in parts or path.name == "models.py"


def test_only_actions_write():
    """Of what may write, each does: a name that no longer needs to be there is taken off."""
    others = {str(path.relative_to(PACKAGE)): path for path in MODULES if not is_action(path)}
    assert len(others) > 300
    writers = {name: found for name, path in others.items() if (found := writes(ast.parse(path.read_text("utf-8"))))}
    assert {name: found for name, found in writers.items() if name not in ALLOWED} == {}
    assert set(writers) >= ALLOWED


def test_the_sweep_sees_a_write():
    assert writes(ast.parse("Patient.objects.filter(pk=1).update(name='x')"))
    assert writes(ast.parse("row.save()"))
    assert writes(ast.parse("statements.replace_rows(WorklistRow, columns, key, rows)"))
    assert not writes(ast.parse("seen.update(more); workbook.save('x')"))

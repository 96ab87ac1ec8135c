"""The commands' own help, printed as a page."""

from __future__ import annotations

import inspect
import re
from typing import Any

import typer.main

from tools.reference.markdown import code, page, table

Path = tuple[str, ...]


def commands_page() -> str:
    """Each command: what it does, its arguments and options, its example."""
    from pakkeforlop.cli.main import app

    root = typer.main.get_command(app)
    leaves = list(_leaves(root, ("pakkeforlop",)))
    rows = [[f"`{' '.join(path)}`", _first_sentence(command)] for path, command in leaves]
    parts = [_described(root), table(["command", "does"], rows)]
    for path, command in leaves:
        parts += [f"## {' '.join(path)}", _described(command), _parameters(command)]
    return page("Commands", *parts)


def _leaves(command: Any, path: Path) -> list[tuple[Path, Any]]:
    """Every command below a group, those that are loaded late too, in the group's own order."""
    if not hasattr(command, "list_commands"):
        return [(path, command)]
    context = command.context_class(command)
    children = [(name, command.get_command(context, name)) for name in command.list_commands(context)]
    return [leaf for name, child in children if not child.hidden for leaf in _leaves(child, (*path, name))]


def _help(command: Any) -> str:
    text = inspect.cleandoc(command.help or "").replace("\b\n", "").replace("\f", "")
    return re.sub(r"\[/?[a-z ]+\]", "", text)


def _first_sentence(command: Any) -> str:
    paragraph = " ".join(_help(command).split("\n\n")[0].split())
    return re.split(r"(?<=\.)\s", paragraph)[0]


def _described(command: Any) -> str:
    """The help; paragraphs that are commands to type are printed as code."""
    parts = []
    for paragraph in _help(command).split("\n\n"):
        lines = paragraph.splitlines()
        typed = [line.strip() for line in lines if line.strip().startswith(("pakkeforlop ", "$ "))]
        if typed and len(typed) == len(lines):
            parts.append(code("\n".join(typed), "sh"))
        elif typed and len(typed) == len(lines) - 1 and lines[0].rstrip().endswith(":"):
            parts += [lines[0].strip() + "\n", code("\n".join(typed), "sh")]
        elif paragraph.startswith("Example: "):
            parts.append(code(" ".join(paragraph.removeprefix("Example: ").split()), "sh"))
        elif paragraph:
            parts.append(paragraph + "\n")
    return "\n".join(parts)


def _parameters(command: Any) -> str:
    rows = []
    for parameter in command.params:
        if parameter.name == "help" or getattr(parameter, "hidden", False):
            continue
        if parameter.param_type_name == "option":
            value = f" {parameter.metavar}" if parameter.metavar and not parameter.is_flag else ""
            names = ", ".join(f"`{name}{value}`" for name in (*parameter.opts, *parameter.secondary_opts))
        else:
            names = f"`{(parameter.metavar or parameter.name or '').upper()}`"
        meaning = re.sub(r"\s+", " ", getattr(parameter, "help", "") or "")
        rows.append([names, "yes" if parameter.required else "", _default(parameter), meaning])
    return table(["argument or option", "required", "default", "meaning"], rows) if rows else ""


def _default(parameter: Any) -> str:
    value = parameter.default
    if value in (None, False, True, (), [], "") or callable(value) or "Sentinel" in type(value).__name__:
        return ""
    return f"`{getattr(value, 'value', value)}`"

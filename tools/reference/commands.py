"""The commands' own help, printed as a page."""

from __future__ import annotations

import inspect
import re

import click
import typer.main

from tools.reference.markdown import code, page, table


def commands_page() -> str:
    """Each command: what it does, its arguments and options, its example."""
    from pakkeforlop.cli.main import app

    root = typer.main.get_command(app)
    parts = [_described(root)]
    rows = [[f"`{' '.join(path)}`", _first_sentence(command)] for path, command in _leaves(root, ("pakkeforlop",))]
    parts.append(table(["command", "does"], rows))
    for path, command in _leaves(root, ("pakkeforlop",)):
        parts += [f"## {' '.join(path)}", _described(command), _parameters(command)]
    return page("Commands", *parts, _exit_codes())


def _leaves(command: click.Command, path: tuple[str, ...]) -> list[tuple[tuple[str, ...], click.Command]]:
    children = getattr(command, "commands", None)
    if not children:
        return [(path, command)]
    found = []
    for name in sorted(children):
        if not children[name].hidden:
            found += _leaves(children[name], (*path, name))
    return found


def _help(command: click.Command) -> str:
    text = inspect.cleandoc(command.help or "").replace("\b\n", "").replace("\f", "")
    return re.sub(r"\[/?[a-z ]+\]", "", text)


def _first_sentence(command: click.Command) -> str:
    paragraph = " ".join(_help(command).split("\n\n")[0].split())
    return re.split(r"(?<=\.)\s", paragraph)[0]


def _described(command: click.Command) -> str:
    """The help, its indented or example paragraphs as code."""
    parts = []
    for paragraph in _help(command).split("\n\n"):
        lines = paragraph.splitlines()
        if lines and lines[0].strip().lower().rstrip(":") in {"example", "examples", "eksempel"} and len(lines) > 1:
            parts += ["Example:\n", code("\n".join(line.strip() for line in lines[1:]), "sh")]
        elif lines and all(line.startswith(("    ", "  ", "$ ")) or line.startswith("pakkeforlop ") for line in lines):
            parts.append(code("\n".join(line.strip() for line in lines), "sh"))
        else:
            parts.append(paragraph + "\n")
    return "\n".join(parts)


def _parameters(command: click.Command) -> str:
    rows = []
    for parameter in command.params:
        if isinstance(parameter, click.Option) or getattr(parameter, "param_type_name", "") == "option":
            if parameter.name == "help" or getattr(parameter, "hidden", False):
                continue
            names = ", ".join(f"`{name}`" for name in (*parameter.opts, *parameter.secondary_opts))
        else:
            names = f"`{parameter.make_metavar(click.Context(command))}`"
        needed = "yes" if parameter.required else ""
        rows.append([names, needed, _default(parameter), re.sub(r"\s+", " ", getattr(parameter, "help", "") or "")])
    return table(["option", "required", "default", "meaning"], rows) if rows else ""


def _default(parameter: click.Parameter) -> str:
    value = parameter.default
    if value is None or value is False or callable(value) or value == () or "Sentinel" in repr(value):
        return ""
    return f"`{value}`"


def _exit_codes() -> str:
    """The exit codes, from the one place where the commands take them."""
    try:
        from pakkeforlop.cli import exits
    except ImportError:
        return ""
    rows = [[code.value, exits.MEANINGS[code] if hasattr(exits, "MEANINGS") else code.name] for code in exits.Exit]
    return "## Exit codes\n\n" + table(["code", "meaning"], rows)

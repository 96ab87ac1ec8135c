"""Sweeps over the commands: each has an example that parses, and asking for help loads nothing heavy."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from typing import Any

import pytest
import typer.main

HEAVY = ("numba", "pyarrow", "duckdb", "highspy", "jinja2")


def leaves(command: Any, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], Any]]:
    if not hasattr(command, "list_commands"):
        return [(path, command)]
    context = command.context_class(command)
    children = [(name, command.get_command(context, name)) for name in command.list_commands(context)]
    return [leaf for name, child in children for leaf in leaves(child, (*path, name))]


def commands() -> list[tuple[tuple[str, ...], Any]]:
    from pakkeforlop.cli.main import app

    return leaves(typer.main.get_command(app))


COMMANDS = commands()
NAMES = [" ".join(path) for path, _ in COMMANDS]


@pytest.mark.parametrize(("path", "command"), COMMANDS, ids=NAMES)
def test_every_command_shows_an_example_of_itself(path: tuple[str, ...], command: Any):
    examples = re.findall(r"pakkeforlop (.*)", command.help)
    own = [example for example in examples if tuple(shlex.split(example)[: len(path)]) == path]
    assert own, f"the help of `pakkeforlop {' '.join(path)}` has no example that begins with it"
    known = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
    for example in own:
        options = {word.split("=")[0] for word in shlex.split(example) if word.startswith("--")}
        assert options <= known, f"unknown options in the example: {options - known}"


@pytest.mark.parametrize(("path", "command"), COMMANDS, ids=NAMES)
def test_every_option_says_what_it_is_for(path: tuple[str, ...], command: Any):
    unsaid = [p.name for p in command.params if p.param_type_name == "option" and not (p.help or "").strip()]
    assert not unsaid


@pytest.mark.parametrize(("path", "command"), COMMANDS, ids=NAMES)
def test_asking_for_help_loads_nothing_heavy(path: tuple[str, ...], command: Any):
    """So that `--help` answers at once."""
    program = (
        "import sys; from pakkeforlop.cli.main import app\n"
        f"try: app({[*path, '--help']!r})\nexcept SystemExit: pass\n"
        f"print('LOADED', [name for name in {HEAVY!r} if name in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert said.rstrip().endswith("LOADED []"), said.splitlines()[-1]

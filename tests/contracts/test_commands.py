"""Sweeps over the commands: each has an example that parses, and asking for help loads nothing heavy."""

from __future__ import annotations

import json
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


ASK = """
import json, os, sys
import numpy, pydantic.fields, typer.rich_utils  # light, and wanted by nearly all
from pakkeforlop.cli.main import app
paths, heavy = json.load(sys.stdin)
for path in paths:
    sys.stdout.flush()
    if os.fork() == 0:
        try: app([*path, "--help"])
        except SystemExit: pass
        print("LOADED", [name for name in heavy if name in sys.modules], flush=True)
        os._exit(0)
    os.wait()
    print("NEXT")
"""


@pytest.fixture(scope="module")
def helps() -> dict[str, str]:
    """What each command says to --help, in a process of its own that has read the list of commands and no more."""
    asked = json.dumps(([path for path, _ in COMMANDS], HEAVY))
    said = subprocess.run([sys.executable, "-c", ASK], input=asked, capture_output=True, text=True, check=True).stdout
    return dict(zip(NAMES, said.split("NEXT\n")[:-1], strict=True))


@pytest.mark.parametrize("name", NAMES)
def test_asking_for_help_loads_nothing_heavy(helps: dict[str, str], name: str):
    """So that `--help` answers at once."""
    assert "Usage: " in helps[name]
    assert helps[name].rstrip().endswith("LOADED []"), helps[name].splitlines()[-1]

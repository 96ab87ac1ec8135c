"""The command `pakkeforlop`: noun and verb, each noun in a module of its own, loaded when it is asked for."""

from __future__ import annotations

import importlib
from typing import Any

import typer
from typer.core import TyperGroup

COMMANDS = {
    "monitor": ("monitor", "The main job: check, link, measure and report a file of registrations."),
    "registrations": ("registrations", "Check registrations, or make them from an event log."),
    "milestones": ("milestones", "Measure the times between the milestones of a converted log."),
    "episodes": ("episodes", "Link registrations into pathway episodes, or explain one patient's."),
    "indicators": ("indicators", "Compute figures from episodes, or compare them with published ones."),
    "deliver": ("deliver", "Make, read and compare the register's monthly person-level files."),
    "npr": ("npr", "Write, read and check the national patient register's message."),
    "release": ("release", "Make figures public: hide the few, freeze, verify, lock, withdraw."),
    "catalogue": ("catalogue", "Check, show and compare the definitions."),
    "generate": ("generate", "Make synthetic registrations that give published figures exactly."),
    "import": ("importing", "Load files into the store of the application."),
    "export": ("exporting", "Write everything that the store holds as files."),
    "restore": ("restoring", "Make the same store again from an export."),
    "serve": ("serve", "Run the application."),
    "tasks": ("tasks", "Remind people of tasks and promised answers."),
    "users": ("users", "Add users and give them roles."),
    "keys": ("keys", "Make, list and end keys of other systems."),
    "demo": ("demo", "Generate the country, run the main job and serve the report on this machine."),
}
"""Each command, the module in `pakkeforlop.cli` that holds it, and one line about it."""


class LazyGroup(TyperGroup):
    """Lists the commands without loading them, so that `--help` answers at once."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The commands in the order a newcomer meets them."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Load the module of a command."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"pakkeforlop.cli.{COMMANDS[cmd_name][0]}")
        command = typer.main.get_command(module.app)
        command.name = cmd_name
        return command

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """One line per command."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, about) for name, (_, about) in COMMANDS.items()])


app = typer.Typer(
    cls=LazyGroup,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Standardised patient pathways: from codes to figures, checked and explained.\n\n"
    "Example: pakkeforlop monitor registrations.csv --out result",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"pakkeforlop {version('pakkeforlop')}")
        raise typer.Exit


@app.callback()
def main(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> Any:
    """Standardised patient pathways: from codes to figures, checked and explained."""
    del version

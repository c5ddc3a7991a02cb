"""The command line: parse, call, render; no arithmetic.

Each command is a module of this package, imported when it is used, and imports numpy, pandas and the
rest inside the function that needs them: help and completion load click alone.
"""

from __future__ import annotations

import importlib
import sys
from difflib import get_close_matches
from typing import NoReturn

import click

from hedgekit.errors import HedgekitError

# command -> module of this package; help shows them in this order
COMMANDS = {
    "hedge": "hedge",
    "price": "price",
    "iv": "iv",
    "chain": "chain",
    "doctor": "doctor",
}

BUG = 70
"""Exit code of a fault of our own, so that it is never taken for a breached check (1)."""


class Commands(click.Group):
    """The group of commands; a command's module is imported when the command is named."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of use."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command, or None when there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"hedgekit.cli.{COMMANDS[cmd_name]}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Suggest the nearest command when the one given does not exist."""
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            near = get_close_matches(args[0], COMMANDS, n=1)
            hint = f" Did you mean '{near[0]}'?" if near else f" Commands: {', '.join(COMMANDS)}."
            raise click.UsageError(f"No such command '{args[0]}'.{hint}", ctx)
        return super().resolve_command(ctx, args)


@click.group(
    cls=Commands,
    context_settings={
        "help_option_names": ["-h", "--help"],
        "max_content_width": 100,
        "auto_envvar_prefix": "HEDGEKIT",
    },
    epilog="Example:  hedgekit hedge --shares 1700 --chain iwm.json --by 2026-09-18 --floor 0.90",
)
@click.version_option(package_name="hedgekit", message="hedgekit %(version)s")
def group() -> None:
    """Size option hedges before the trade.

    American pricing, cost at the touch, whole contracts that truly hold the floor.

    \b
    Exit codes: 0 done, 1 a risk check breached, 2 usage, 3 data,
    4 numerical or infeasible, 5 environment, 70 a fault of hedgekit.
    """


def main() -> NoReturn:
    """Run the command line and end the process with its exit code."""
    try:
        # Without standalone mode Click returns the code of an early end instead of raising it.
        returned = group(prog_name="hedgekit", standalone_mode=False)
        code = returned if isinstance(returned, int) else 0
    except click.Abort:
        code = 130
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except HedgekitError as error:
        click.echo(f"hedgekit: {error}", err=True)
        code = error.exit_code
    except OSError as error:
        click.echo(f"hedgekit: {error.filename or 'system'}: {error.strerror or error}", err=True)
        code = 5
    except Exception:
        import traceback

        traceback.print_exc()
        click.echo("hedgekit: this is a fault of hedgekit, not of your input; please report the lines above", err=True)
        code = BUG
    sys.exit(code)

"""The command line: parse, call, render; no arithmetic.

Each command is a module of this package, imported when it is used, and imports numpy, pandas and the
rest inside the function that needs them: help and completion load click alone.
"""

from __future__ import annotations

import os
import sys
from typing import NoReturn

import click

from hedgekit.cli.groups import lazy_group
from hedgekit.cli.summaries import SUMMARIES
from hedgekit.errors import HedgekitError

# command -> its module; help shows them in this order
COMMANDS = {
    "hedge": "hedgekit.cli.hedge",
    "structure": "hedgekit.cli.structure",
    "pair": "hedgekit.cli.pair",
    "book": "hedgekit.cli.book",
    "check": "hedgekit.cli.check",
    "policy": "hedgekit.cli.policy",
    "scenario": "hedgekit.cli.scenario",
    "allocate": "hedgekit.cli.allocate",
    "leadership": "hedgekit.cli.leadership",
    "screen": "hedgekit.cli.screen",
    "rotate": "hedgekit.cli.rotate",
    "chain": "hedgekit.cli.chain",
    "surface": "hedgekit.cli.surface",
    "price": "hedgekit.cli.price",
    "iv": "hedgekit.cli.iv",
    "record": "hedgekit.cli.record",
    "history": "hedgekit.cli.history",
    "report": "hedgekit.cli.report",
    "config": "hedgekit.cli.config",
    "doctor": "hedgekit.cli.doctor",
}

BUG = 70
"""Exit code of a fault of our own, so that it is never taken for a breached check (1)."""


@click.group(
    cls=lazy_group(COMMANDS, SUMMARIES),
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


def _nearest(error: click.NoSuchOption) -> click.UsageError:
    """Name the one option that was meant, or say that the word is an argument and takes no flag."""
    from difflib import get_close_matches

    flag = error.option_name
    params = error.ctx.command.params if error.ctx is not None else []
    for param in params:
        if isinstance(param, click.Argument) and flag == f"--{param.human_readable_name.lower()}":
            return click.UsageError(f"No such option '{flag}': give {param.human_readable_name} without it.", error.ctx)
    near = get_close_matches(flag, error.possibilities or [], n=1)
    return click.NoSuchOption(flag, possibilities=near, ctx=error.ctx)


def main() -> NoReturn:
    """Run the command line and end the process with its exit code."""
    for library in ("OPENBLAS", "MKL", "BLIS"):
        # our matrices are small: sharing them between cores costs more than it saves, and moves the last digits
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")
    stdout = sys.stdout
    try:
        # Without standalone mode Click returns the code of an early end instead of raising it.
        returned = group(prog_name="hedgekit", standalone_mode=False)
        code = returned if isinstance(returned, int) else 0
    except SystemExit:
        # When the reader of its help has gone Click puts a mute stream in place of stdout and ends with 1: no breach.
        if sys.stdout is stdout:
            raise
        code = 0
    except click.Abort:
        code = 130
    except click.NoSuchOption as error:
        _nearest(error).show()
        code = error.exit_code
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

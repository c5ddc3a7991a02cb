"""``hedgekit doctor``: whether this installation is sound."""

from __future__ import annotations

import click

from hedgekit.cli.options import deliver, output_options


@click.command(epilog="Example:  hedgekit doctor --format json")
@click.option("--asof", expose_value=False, help="Taken as by every command; nothing here has a date.")
@output_options
def command(*, format_: str, output: str, quiet: bool, verbose: bool) -> None:
    """Check versions, the compiled core, extras, and hundreds of prices against vollib.

    Ends with 5 when a check fails.
    """
    from hedgekit.diagnosis import diagnose

    result = diagnose()
    deliver(result, format_=format_, output=output, quiet=quiet)
    if not result.sound:
        raise click.exceptions.Exit(5)

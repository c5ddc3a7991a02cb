"""``hedgekit policy init``: a commented policy to begin with."""

from __future__ import annotations

import click

from hedgekit.cli.options import deliver, output_options


@click.command(epilog="Example:  hedgekit policy init --output desk.toml")
@output_options
def command(*, format_: str, output: str, quiet: bool, verbose: bool) -> None:
    """Write a commented starter policy (TOML): every rule, what it measures, example limits."""
    from hedgekit.risk.explain import starter_policy

    if verbose:
        click.echo("writing the starter policy", err=True)
    deliver(starter_policy(), format_=format_, output=output, quiet=quiet)

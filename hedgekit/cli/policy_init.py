"""``hedgekit policy init``: a commented policy to begin with."""

from __future__ import annotations

from pathlib import Path

import click

from hedgekit.cli.options import deliver, output_options


@click.command(epilog="Example:  hedgekit policy init --output desk.toml")
@click.option("--force", is_flag=True, help="Replace the file of --output: a policy may hold limits of your own.")
@output_options
def command(*, force: bool, format_: str, output: str, quiet: bool, verbose: bool) -> None:
    """Write a commented starter policy (TOML): every rule, what it measures, example limits."""
    from hedgekit.risk.explain import starter_policy

    if Path(output).is_file() and not force:
        raise click.UsageError(
            f"--output {output} exists and may hold limits of your own: give another name, or --force to replace it"
        )
    if verbose:
        click.echo("writing the starter policy", err=True)
    deliver(starter_policy(), format_=format_, output=output, quiet=quiet)

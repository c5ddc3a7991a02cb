"""``hedgekit config``: what is configured, and where each value comes from."""

from __future__ import annotations

import click

from hedgekit.cli.groups import lazy_group


@click.group(
    cls=lazy_group({"show": "hedgekit.cli.config_show"}),
    epilog="Example:  hedgekit config show hedge",
)
def command() -> None:
    """Show defaults set in hedgekit.toml, your own file and HEDGEKIT_* variables."""

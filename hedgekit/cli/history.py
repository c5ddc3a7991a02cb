"""``hedgekit history``: what many days of chains become."""

from __future__ import annotations

import click

from hedgekit.cli.groups import lazy_group

# command -> its module; help shows them in this order
COMMANDS = {
    "enrich": "hedgekit.cli.history_enrich",
}


@click.group(cls=lazy_group(COMMANDS), epilog="Example:  hedgekit history enrich chains/ --out enriched")
def command() -> None:
    """Work through histories of option chains, on every core or a Dask cluster."""

"""``hedgekit policy``: what a policy file is made of."""

from __future__ import annotations

import click

from hedgekit.cli.groups import lazy_group

# command -> its module; help shows them in this order
COMMANDS = {
    "init": "hedgekit.cli.policy_init",
}


@click.group(cls=lazy_group(COMMANDS), epilog="Example:  hedgekit policy init --output desk.toml")
def command() -> None:
    """Write policies for 'hedgekit check'."""

"""``hedgekit structure``: option structures with a limited loss, built from a chain or from legs."""

from __future__ import annotations

from difflib import get_close_matches

import click

from hedgekit.cli.groups import LazyGroup, offering
from hedgekit.structures import STRUCTURES

# command -> its module; help shows them before the catalogue
COMMANDS = {
    "analyze": "hedgekit.cli.structure_analyze",
    "find": "hedgekit.cli.structure_find",
}


class StructureGroup(LazyGroup):
    """The commands above and one for each structure of the catalogue."""

    modules = COMMANDS

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands, then the catalogue."""
        return [*COMMANDS, *STRUCTURES]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command; one of the catalogue is made from its structure's file."""
        if cmd_name in STRUCTURES:
            from hedgekit.cli.numbers import read_as_written
            from hedgekit.cli.structure_build import command_of

            return offering(ctx, read_as_written(command_of(cmd_name)))
        return super().get_command(ctx, cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Suggest the nearest name when the one given does not exist."""
        names = self.list_commands(ctx)
        if args[0] not in names and not args[0].startswith("-") and not ctx.resilient_parsing:
            near = get_close_matches(args[0], names, n=1)
            hint = f" Did you mean '{near[0]}'?" if near else f" Commands: {', '.join(names)}."
            raise click.UsageError(f"No such command '{args[0]}'.{hint}", ctx)
        return click.Group.resolve_command(self, ctx, args)


@click.group(
    cls=StructureGroup,
    subcommand_metavar="COMMAND ...",
    epilog="Example:  hedgekit structure iron-condor --chain iwm.json --by 2026-09-18 --delta 0.16 --width 10",
)
def command() -> None:
    """Measure option structures: exact extremes, probabilities under stated measures, margin, assignment.

    'analyze' takes any legs; the other commands build a structure from a chain at the touch.
    """

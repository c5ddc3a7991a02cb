"""Groups of commands whose modules are imported when a command is named."""

from __future__ import annotations

import importlib
from collections.abc import Mapping

import click


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports the one that is used.

    Parameters
    ----------
    modules : mapping of str to str
        Command -> module that defines it as ``command``; help shows them in this order.
    summaries : mapping of str to str
        Command -> first sentence of its help; where given, help imports none of the modules.
    """

    modules: Mapping[str, str] = {}
    summaries: Mapping[str, str] = {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of use."""
        return list(self.modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command, or None when there is none of that name."""
        if cmd_name not in self.modules:
            return None
        from hedgekit.cli.numbers import read_as_written

        command: click.Command = importlib.import_module(self.modules[cmd_name]).command
        return offering(ctx, read_as_written(command))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands with their summaries."""
        if not set(self.modules) <= set(self.summaries):
            super().format_commands(ctx, formatter)
            return
        names = self.list_commands(ctx)
        room = formatter.width - 6 - max(map(len, names))  # the same as Click leaves
        told = (click.Command(name, help=self.summaries[name]) for name in names)
        shown = [command.get_short_help_str(room) for command in told]
        with formatter.section("Commands"):
            formatter.write_dl(list(zip(names, shown, strict=True)))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Suggest the nearest command when the one given does not exist."""
        if args[0] not in self.modules and not args[0].startswith("-") and not ctx.resilient_parsing:
            from difflib import get_close_matches

            near = get_close_matches(args[0], self.modules, n=1)
            hint = f" Did you mean '{near[0]}'?" if near else f" Commands: {', '.join(self.modules)}."
            raise click.UsageError(f"No such command '{args[0]}'.{hint}", ctx)
        return super().resolve_command(ctx, args)


def offering(ctx: click.Context, command: click.Command) -> click.Command:
    """Return the command; while a shell completes, with what to offer for its options."""
    if not ctx.resilient_parsing:
        return command
    from hedgekit.cli.completion import attach

    return attach(command)


def lazy_group(modules: Mapping[str, str], summaries: Mapping[str, str] | None = None) -> type[LazyGroup]:
    """Return the class of a group with these commands, for ``click.group(cls=...)``."""
    return type("Commands", (LazyGroup,), {"modules": dict(modules), "summaries": dict(summaries or {})})


def refuse_options_before(ctx: click.Context) -> None:
    """Refuse options written between a group and its command: they would be the group's and be lost.

    Raises
    ------
    click.UsageError
        Names the first of them.
    """
    for param in ctx.command.params:
        given = ctx.get_parameter_source(param.name or "") is click.core.ParameterSource.COMMANDLINE
        if given and isinstance(param, click.Option):
            name, command = param.opts[0], ctx.invoked_subcommand
            raise click.UsageError(f"{name} stands before '{command}': write {ctx.info_name} {command} {name} ...", ctx)

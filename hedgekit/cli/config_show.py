"""``hedgekit config show``: every option's value and its source."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hedgekit.cli.options import CONFIG, deliver, flag_name, levels, output_options

if TYPE_CHECKING:
    from hedgekit.settings import Setting

OTHERS = frozenset(("HEDGEKIT_THREADS", "HEDGEKIT_ISA", "HEDGEKIT_CACHE", "HEDGEKIT_CBOE_URL"))
"""Variables that set no option."""


@click.command(epilog="Example:  hedgekit config show hedge")
@click.argument("names", metavar="[COMMAND]...", nargs=-1)
@click.option("--asof", expose_value=False, help="Taken as by every command; nothing here has a date.")
@output_options
@click.pass_context
def command(
    ctx: click.Context, *, names: tuple[str, ...], format_: str, output: str, quiet: bool, verbose: bool
) -> None:
    """Show where options take their values from.

    A flag wins over a HEDGEKIT_* variable, that over the project's hedgekit.toml, that over the user's
    file, that over the default. Without COMMAND only what is configured is shown; with one (`hedge`,
    `pair ratio`) its every option.
    """
    from hedgekit.results import Note
    from hedgekit.settings import ConfigResult, files

    named = ctx.meta[CONFIG]
    root = ctx.find_root()
    found = [
        (path, option, setting)
        for path, at in _commands(root, names)
        for option, setting in _settings(at, named)
        if names or setting.source != "default"
    ]
    result = ConfigResult(
        settings=tuple(found),
        files=tuple((str(file), file.is_file()) for file in files(named)),
        warnings=tuple(Note("unknown_variable", message) for message in _unread(root)),
    )
    deliver(result, format_=format_, output=output, quiet=quiet)


def _unread(root: click.Context) -> Iterator[str]:
    """Say of each HEDGEKIT_* variable that sets nothing which one was meant."""
    from difflib import get_close_matches

    known = {
        f"{at.auto_envvar_prefix}_{flag_name(option).upper()}"
        for _, at in _commands(root, ())
        for option in at.command.params
        if isinstance(option, click.Option)
    }
    for name in sorted(os.environ):
        if name.startswith("HEDGEKIT_") and name not in known and name not in OTHERS:
            near = get_close_matches(name, known, n=1)
            yield f"{name} is set and nothing reads it{f': did you mean {near[0]}?' if near else ''}"


def _commands(root: click.Context, names: tuple[str, ...]) -> Iterator[tuple[str, click.Context]]:
    """Yield every command at or below the one named, with a context that knows where it is."""
    at, path = root, ""
    for name in names:
        if not isinstance(at.command, click.Group):
            raise click.UsageError(f"{path!r} has no commands below it")
        _, below, _ = at.command.resolve_command(at, [name])
        assert below is not None
        at, path = click.Context(below, parent=at, info_name=name), f"{path} {name}".strip()
    yield from _walk(at, path)


def _walk(at: click.Context, path: str) -> Iterator[tuple[str, click.Context]]:
    if path:
        yield path, at
    if isinstance(at.command, click.Group):
        for name in at.command.list_commands(at):
            below = at.command.get_command(at, name)
            assert below is not None
            yield from _walk(click.Context(below, parent=at, info_name=name), f"{path} {name}".strip())


def _settings(at: click.Context, config: Path | None) -> Iterator[tuple[str, Setting]]:
    from hedgekit.cli import COMMANDS
    from hedgekit.settings import Setting, defaults_for

    configured = defaults_for(levels(at), config, commands=tuple(COMMANDS))
    for option in at.command.params:
        if not isinstance(option, click.Option) or not option.expose_value or option.name is None:
            continue
        flag = flag_name(option)
        variable = f"{at.auto_envvar_prefix}_{flag.upper()}"
        text = os.environ.get(variable)
        if text:
            yield flag, Setting(value=text, source=f"environment {variable}")
        elif option.name in configured:
            yield flag, configured[option.name]
        else:
            default = option.get_default(at, call=False)
            yield flag, Setting(value=default if isinstance(default, str | int | float) else None, source="default")

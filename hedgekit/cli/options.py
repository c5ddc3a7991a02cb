"""Options that commands share, and how an answer leaves the process."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from hedgekit.results import Result
    from hedgekit.valuation import ValuationResult

F = TypeVar("F", bound=Callable[..., Any])

FORMATS = ("table", "json", "csv")


def day_option(name: str, help_: str) -> Callable[[F], F]:
    """Return an option that takes a calendar day."""
    return click.option(name, metavar="DATE", callback=_day, help=help_)


def _day(ctx: click.Context, param: click.Parameter, value: str | None) -> date | None:
    """Read a calendar day, or fail saying the form."""
    try:
        return None if value is None else date.fromisoformat(str(value))
    except ValueError:
        message = f"{value!r} is not a day of the calendar: write YYYY-MM-DD, like 2026-09-18"
        raise click.BadParameter(message, ctx, param) from None


def _configured(ctx: click.Context, param: click.Parameter, path: Path | None) -> Path | None:
    """Take a command's defaults from TOML files: the one named, the project's and the user's."""
    from hedgekit.cli import COMMANDS
    from hedgekit.settings import defaults_for

    words: list[str] = []
    at = ctx
    while at.parent is not None:
        words.insert(0, at.info_name or "")
        at = at.parent
    known = {name for option in ctx.command.params for name in [option.name or ""]}
    rooms = ctx.command.list_commands(ctx) if isinstance(ctx.command, click.Group) else []
    defaults: dict[str, Any] = {}
    for depth in range(1, len(words) + 1):
        found = defaults_for(" ".join(words[:depth]), path, commands=tuple(COMMANDS))
        if depth < len(words):  # the group's table: what it says of options that this command shares
            found = {key: value for key, value in found.items() if key in known and not isinstance(value, dict)}
        defaults.update({key: value for key, value in found.items() if key not in rooms})
    for key, value in defaults.items():
        if not isinstance(value, str | int | float):
            raise click.UsageError(f"the configuration sets {key.replace('_', '-')!r} to {value!r}: expected one value")
        if key not in known:
            near = get_close_matches(key, known, n=1)
            hint = f"; did you mean {near[0].replace('_', '-')!r}?" if near else ""
            raise click.UsageError(f"the configuration sets {key.replace('_', '-')!r}, no option of this command{hint}")
    ctx.default_map = {**(ctx.default_map or {}), **defaults}
    return path


def _with(command: F, decorators: Sequence[Callable[[F], F]]) -> F:
    """Add options so that help shows them in the order given."""
    for decorator in reversed(decorators):
        command = decorator(command)
    return command


def output_options(command: F) -> F:
    """Add the options that every command accepts."""
    decorators = [
        click.option(
            "--format",
            "format_",
            type=click.Choice(FORMATS),
            default="table",
            show_default=True,
            help="Form of the answer.",
        ),
        click.option(
            "--output",
            default="-",
            show_default=True,
            metavar="FILE",
            help="Where the answer goes; - is standard output. A file is replaced whole or not at all.",
        ),
        click.option(
            "--config",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            is_eager=True,
            expose_value=False,
            callback=_configured,
            help="TOML file with defaults for these options.",
        ),
        click.option("--quiet", is_flag=True, help="No warnings on standard error."),
        click.option("--verbose", is_flag=True, help="Also say what is being done, on standard error."),
    ]
    return _with(command, decorators)


def market_options(command: F) -> F:
    """Add the market inputs; what is not given is inferred from the chain and said."""
    decorators = [
        click.option(
            "--spot",
            type=float,
            help="Price of the underlying, dollars a share.  [default: the file's, or parity's when the file's is off]",
        ),
        click.option(
            "--rate",
            metavar="NUMBER|FILE",
            help="Continuously compounded rate a year (0.0375), or a Treasury curve file.  [default: from the chain]",
        ),
        click.option(
            "--dividends",
            metavar="NUMBER|FILE",
            help="Dividend yield a year (0.011), or a CSV of date,amount.  [default: the yield the chain implies]",
        ),
        click.option(
            "--asof",
            metavar="DATE",
            help="Moment of the quotes: a day, or 2026-06-17T16:00 New York.  [default: the file's]",
        ),
    ]
    return _with(command, decorators)


def _say(result: Result, format_: str) -> None:
    """Write to standard output; a reader that has gone, or none at all, is not an error."""
    from hedgekit.report import render

    if sys.stdout is None:
        return
    try:
        sys.stdout.write(render(result, format_, terminal=sys.stdout.isatty()))
        sys.stdout.flush()
    except BrokenPipeError:
        # What is left in the buffer has nowhere to go: without this Python says so again when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def contract_options(command: F) -> F:
    """Add the options that name one contract and say where its market comes from."""
    decorators = [
        click.option("--kind", type=click.Choice(["call", "put"]), help="Instead of a symbol."),
        click.option("--strike", type=float, help="Dollars a share, instead of a symbol."),
        day_option("--expiry", "Listed expiry, instead of a symbol."),
        click.option("--t-years", type=float, help="Years of 365 days to expiry, instead of a date."),
        click.option(
            "--exercise",
            type=click.Choice(["american", "european"]),
            default="american",
            show_default=True,
            help="Style.",
        ),
        click.option("--chain", metavar="SOURCE", help="Option chain file that gives what is not given."),
    ]
    return _with(command, decorators)


def value_contract(
    *,
    question: str,
    symbol: str | None,
    kind: str | None,
    strike: float | None,
    expiry: date | None,
    t_years: float | None,
    exercise: str,
    chain: str | None,
    vol: float | None,
    premium: float | None,
    spot: float | None,
    rate: str | None,
    dividends: str | None,
    asof: str | None,
) -> ValuationResult:
    """Answer ``price`` and ``iv``, which differ in what is asked for."""
    from hedgekit.market.sources import load
    from hedgekit.model import Option
    from hedgekit.valuation import contract_for, moment, value

    loaded = load(chain, asof=asof, spot=spot) if chain else None
    when = loaded.asof if loaded else moment(asof)
    contract = contract_for(
        option=Option.parse(symbol) if symbol else None,
        kind=kind,
        strike=strike,
        expiry=expiry,
        t_years=t_years,
        asof=when,
    )
    return value(
        contract,
        asof=when,
        spot=spot,
        vol=vol,
        premium=premium,
        rate=rate,
        dividends=dividends,
        exercise="european" if exercise == "european" else "american",
        chain=loaded,
        question="iv" if question == "iv" else "price",
    )


def deliver(result: Result, *, format_: str, output: str, quiet: bool) -> None:
    """Render an answer to standard output or a file, its warnings to standard error."""
    from hedgekit.report import render, write_text

    if not quiet and format_ != "table":
        for note in result.warnings:
            click.echo(f"warning: {note.message}", err=True)
    if output == "-":
        _say(result, format_)
    else:
        write_text(Path(output), render(result, format_, terminal=False))
        if not quiet:
            click.echo(f"written: {output}", err=True)


def write_beside(files: Mapping[str, str], *, quiet: bool) -> None:
    """Write files that go with an answer, each whole or not at all."""
    from hedgekit.report import write_text

    for name, text in files.items():
        write_text(Path(name), text)
        if not quiet:
            click.echo(f"written: {name}", err=True)

"""Options that commands share, and how an answer leaves the process."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

if TYPE_CHECKING:
    from hedgekit.model import ExerciseStyle
    from hedgekit.results import Result
    from hedgekit.settings import Level, Setting
    from hedgekit.valuation import ValuationResult

F = TypeVar("F", bound=Callable[..., Any])

FORMATS = ("table", "json", "csv")

HTML = "hedgekit.html"
"""Where a context keeps the page asked for."""

PLOT = "hedgekit.plot"
"""Whether a context asks for a picture under the table."""

CONFIG = "hedgekit.config"
"""Where a context keeps the configuration file named on the command line."""


def day_option(name: str, help_: str) -> Callable[[F], F]:
    """Return an option that takes a calendar day."""
    return click.option(name, metavar="DATE", callback=_day, help=help_)


def _day(ctx: click.Context, param: click.Parameter, value: str | None) -> date | None:
    """Read a calendar day as in an option's name, or fail saying the form."""
    if value is None:
        return None
    from hedgekit.errors import InputError
    from hedgekit.model.spellings import read_day

    try:
        found = read_day(str(value))
        if found is None:
            raise ValueError
        return date(*found)
    except (ValueError, InputError):
        message = f"{value!r} is not a day of the calendar: write YYYY-MM-DD, like 2026-09-18"
        raise click.BadParameter(message, ctx, param) from None


def seconds(ctx: click.Context, param: click.Parameter, value: float) -> float:
    """Take a time of zero seconds or more."""
    if not value >= 0.0:
        raise click.BadParameter(f"{value:g}: expected seconds, 0 or more", ctx, param)
    return value


class KindType(click.Choice[str]):
    """Calls or puts, as people write them: ``put``, ``P``, ``Puts``."""

    name = "kind"

    def __init__(self) -> None:
        super().__init__(["call", "put"])

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return ``call`` or ``put``.

        Raises
        ------
        click.BadParameter
            Neither.
        """
        word = str(value).strip().lower().removesuffix("s")
        return super().convert({"c": "call", "p": "put"}.get(word, word), param, ctx)


class FormatOption(click.Option):
    """``--format``, whose variable is named as the flag is and not as its parameter, which must not hide a builtin."""

    def resolve_envvar_value(self, ctx: click.Context) -> str | None:
        """Return what HEDGEKIT_COMMAND_FORMAT says, if anything."""
        return os.environ.get(f"{ctx.auto_envvar_prefix}_FORMAT") or None


def flag_name(option: click.Parameter) -> str:
    """Return an option's long flag without its dashes, with underscores: its name in files and variables."""
    flags = [flag for flag in option.opts if flag.startswith("--")]
    return flags[0].lstrip("-").replace("-", "_") if flags else option.name or ""


def _html(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
    """Keep where the page goes for `deliver`: no command has to pass it on."""
    ctx.meta[HTML] = value


def levels(ctx: click.Context) -> list[Level]:
    """Return the steps of a command's path below ``hedgekit``, as the configuration names them."""
    from hedgekit.settings import Level

    found: list[Level] = []
    at: click.Context | None = ctx
    while at is not None and at.parent is not None:
        options = {flag_name(option): option.name or "" for option in at.command.params}
        below = at.command.list_commands(at) if isinstance(at.command, click.Group) else []
        found.append(Level(name=at.info_name or "", options=options, commands=below))
        at = at.parent
    return found[::-1]


def _configured(ctx: click.Context, param: click.Parameter, path: Path | None) -> Path | None:
    """Take a command's defaults from TOML files: the one named, the project's and the user's."""
    from hedgekit.cli import COMMANDS
    from hedgekit.errors import DataError
    from hedgekit.settings import defaults_for

    ctx.meta[CONFIG] = path
    try:
        defaults = defaults_for(levels(ctx), path, commands=tuple(COMMANDS))
    except DataError:
        if path is not None:
            from hedgekit.market.mistaken import instead

            if told := instead(path.read_bytes(), "settings"):
                raise DataError(f"{path}: {told}") from None
        raise
    _check_types(ctx, defaults)
    ctx.default_map = {**(ctx.default_map or {}), **{name: setting.value for name, setting in defaults.items()}}
    return path


def _check_types(ctx: click.Context, defaults: Mapping[str, Setting]) -> None:
    """Refuse a value of a file that its option cannot take, naming the file: a flag's error would not."""
    from hedgekit.errors import DataError

    for option in ctx.command.params:
        setting = defaults.get(option.name or "")
        if setting is None or option.multiple or option.nargs != 1:
            continue
        try:
            option.type.convert(setting.value, option, ctx)
        except click.BadParameter as error:
            raise DataError(f"{setting.source}: [{ctx.info_name}] {flag_name(option)}: {error.message}") from None


def _with(command: F, decorators: Sequence[Callable[[F], F]]) -> F:
    """Add options so that help shows them in the order given."""
    for decorator in reversed(decorators):
        command = decorator(command)
    return command


def output_options(command: F, *, more: tuple[str, ...] = ()) -> F:
    """Add the options that every command accepts; `more` forms of the answer beside table, JSON and CSV."""
    decorators = [
        click.option(
            "--format",
            "format_",
            cls=FormatOption,
            type=click.Choice((*FORMATS, *more)),
            default="table",
            show_default=True,
            help="Form of the answer.",
        ),
        click.option(
            "--output",
            default="-",
            show_default=True,
            metavar="FILE",
            help="Where the answer goes; - is standard output. A file is replaced whole or not at all, and never one "
            "that the command reads.",
        ),
        click.option(
            "--config",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            is_eager=True,
            expose_value=False,
            callback=_configured,
            help="TOML file with defaults for these options.",
        ),
        click.option(
            "--html",
            metavar="FILE",
            expose_value=False,
            callback=_html,
            help="Also write one self-contained page of the answer; needs the extra `report`.",
        ),
        click.option("--quiet", is_flag=True, help="No warnings on standard error."),
        click.option("--verbose", is_flag=True, help="Also say what is being done, on standard error."),
    ]
    return _with(_watched(command), decorators)


def _watched(command: F) -> F:
    """Return the command so that it writes over none of its inputs and says how far it is when it takes long."""

    @functools.wraps(command)
    def run(*args: Any, **given: Any) -> Any:
        from hedgekit.cli.progress import working

        refuse_own_inputs(click.get_current_context())
        with working("working", quiet=given["quiet"]):
            return command(*args, **given)

    return cast("F", run)


WRITTEN = ("--output", "--html", "--ticket", "--certificate", "--promises")
"""Options that name a file to write."""


def refuse_own_inputs(ctx: click.Context) -> None:
    """Refuse to write over a file that the command reads: it would be gone when the answer turns out wrong.

    Raises
    ------
    click.UsageError
        Names both.
    """
    values = {param.name: ctx.params.get(param.name or "") for param in ctx.command.params}
    values = {**values, "html": ctx.meta.get(HTML), "config": ctx.meta.get(CONFIG)}
    names = {
        param.name: param.opts[-1] if isinstance(param, click.Option) else param.human_readable_name.upper()
        for param in ctx.command.params
    }
    targets = {names[key]: value for key, value in values.items() if names.get(key) in WRITTEN and value}
    read = {names[key]: value for key, value in values.items() if key in names and names[key] not in WRITTEN}
    for flag, target in targets.items():
        for source, value in read.items():
            for one in value if isinstance(value, tuple) else (value,):
                if isinstance(one, str | Path) and _same_file(str(one).rpartition("=")[2], str(target)):
                    raise click.UsageError(f"{flag} {target} is the file that {source} reads: name another", ctx)


def _same_file(source: str, target: str) -> bool:
    """Whether a word names the file to write; IWM=dividends.csv has lost its ticker by now."""
    try:
        return Path(target).is_file() and Path(source).samefile(target)
    except (OSError, ValueError):
        return False


def plot_option(command: F) -> F:
    """Add ``--plot`` for a command whose answer has a picture in `hedgekit.report.plot`."""

    def keep(ctx: click.Context, param: click.Parameter, value: bool) -> None:
        ctx.meta[PLOT] = value

    option = click.option(
        "--plot", is_flag=True, expose_value=False, callback=keep, help="Also draw it under the table."
    )
    return option(command)


def rows_output_options(command: F) -> F:
    """Add the same for a command whose rows are also written as parquet."""
    return output_options(command, more=("parquet",))


def fee_option(command: F) -> F:
    """Add the fee that every command counts which proposes or compares trades."""
    from hedgekit.fees import DEFAULT_FEE

    return click.option(
        "--fee", type=float, default=DEFAULT_FEE, show_default=True, help="Dollars a contract, bought or sold."
    )(command)


def market_options(command: F) -> F:
    """Add the market inputs; what is not given is inferred from the chain and said."""
    decorators = [
        click.option(
            "--ticker", metavar="SYMBOL", help="The underlying (or index root) to take from a chain file of several."
        ),
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


def _text(result: Result, format_: str, *, terminal: bool) -> str:
    """Return the answer in the form asked for, with its picture where one is asked."""
    from hedgekit.report import render

    text = render(result, format_, terminal=terminal)
    ctx = click.get_current_context(silent=True)
    if format_ == "table" and ctx is not None and ctx.meta.get(PLOT):
        from hedgekit.report.plot import plot

        text = f"{text}\n{plot(result)}"
    return text


def _say(result: Result, format_: str) -> None:
    """Write to standard output; a reader that has gone, or none at all, is not an error."""
    if sys.stdout is None:
        return
    try:
        sys.stdout.write(_text(result, format_, terminal=sys.stdout.isatty()))
        sys.stdout.flush()
    except BrokenPipeError:
        # What is left in the buffer has nowhere to go: without this Python says so again when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def contract_options(command: F) -> F:
    """Add the options that name one contract and say where its market comes from."""
    decorators = [
        click.option("--kind", type=KindType(), help="Instead of a symbol."),
        click.option("--strike", type=float, help="Dollars a share, instead of a symbol."),
        day_option("--expiry", "Listed expiry, instead of a symbol."),
        click.option("--t-years", type=float, help="Years of 365 days to expiry, instead of a date."),
        click.option(
            "--exercise",
            type=click.Choice(["american", "european"]),
            help="Style.  [default: that of the option root: indices European, the rest American]",
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
    exercise: ExerciseStyle | None,
    chain: str | None,
    vol: float | None,
    premium: float | None,
    ticker: str | None,
    spot: float | None,
    rate: str | None,
    dividends: str | None,
    asof: str | None,
) -> ValuationResult:
    """Answer ``price`` and ``iv``, which differ in what is asked for."""
    from hedgekit.market.sources import load
    from hedgekit.model import Option
    from hedgekit.valuation import contract_for, moment, value

    loaded = load(chain, asof=asof, spot=spot, ticker=ticker, expiry=expiry) if chain else None
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
        exercise=exercise,
        chain=loaded,
        question="iv" if question == "iv" else "price",
    )


def say(text: str) -> None:
    """Write a line to standard error; when its reader has gone, what is still to be done is done all the same."""
    try:
        click.echo(text, err=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())


def deliver(
    result: Result, *, format_: str, output: str, quiet: bool, beside: Callable[[], Sequence[Result]] | None = None
) -> None:
    """Render an answer to standard output or a file, its warnings to standard error, and its page where one is asked.

    Parameters
    ----------
    beside : callable, optional
        Further answers for the page; only computed when there is one.
    """
    from hedgekit.cli.progress import clear_line, tell
    from hedgekit.report import write_text

    ctx = click.get_current_context(silent=True)
    target = ctx.meta.get(HTML) if ctx else None
    further = []
    if target and beside:
        tell("the page")
        further = list(beside())
    clear_line()
    if not quiet and format_ != "table":
        for note in result.warnings:
            say(f"warning: {note.message}")
    if format_ == "parquet":
        from hedgekit.report.parquet import write_parquet

        if output == "-":
            raise click.UsageError("parquet is no text: give --output FILE")
        write_parquet(Path(output), result)
        if not quiet:
            say(f"written: {output}")
    elif output == "-":
        _say(result, format_)
    else:
        write_text(Path(output), _text(result, format_, terminal=False))
        if not quiet:
            say(f"written: {output}")
    if target:
        from hedgekit.report.page import page

        write_beside({target: page([answer.to_dict() for answer in (result, *further)])}, quiet=quiet)


def write_beside(files: Mapping[str, str], *, quiet: bool) -> None:
    """Write files that go with an answer, each whole or not at all."""
    from hedgekit.report import write_text

    for name, text in files.items():
        write_text(Path(name), text)
        if not quiet:
            say(f"written: {name}")

"""What the shell offers after an option: files, expiries and tickers of the files already typed.

Only loaded while a shell completes. Options are plain text otherwise: nothing here decides what they accept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem
from click.types import StringParamType

FILES = ("FILE", "SOURCE", "PRICES", "RESULT.json", "NUMBER|FILE", "CHAIN")
"""Words of a metavar that stand for a file."""

CHAINS = ("chain", "source", "long_chain")
PRICES = ("prices", "history")


class Offered(StringParamType):
    """Text, with what the shell may offer for it.

    Parameters
    ----------
    offer : callable
        Context -> the words there are.
    """

    def __init__(self, offer: Callable[[click.Context], Iterable[tuple[str, str]]]) -> None:
        self.offer = offer

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the words that begin with what is typed, each with its description."""
        found = []
        # A file that cannot be read offers nothing: the command itself will say what is wrong with it.
        with suppress(Exception):
            found = list(self.offer(ctx))
        wanted = incomplete.casefold()
        return [CompletionItem(word, help=told) for word, told in found if word.casefold().startswith(wanted)]


class OfferedFiles(StringParamType):
    """Text that names a file."""

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Leave it to the shell, which knows files best."""
        return [CompletionItem(incomplete, type="file")]


def attach(command: click.Command) -> click.Command:
    """Give a command's plain-text options what the shell may offer for them."""
    for param in command.params:
        if type(param.type) is not StringParamType:
            continue
        if isinstance(param, click.Option) and param.metavar == "DATE" and param.name in ("by", "expiry"):
            param.type = Offered(expiries)
        elif param.name in ("ticker", "long", "short", "benchmark", "leader"):
            param.type = Offered(tickers)
        elif param.metavar and any(word in param.metavar for word in FILES):
            param.type = OfferedFiles()
    return command


def expiries(ctx: click.Context) -> list[tuple[str, str]]:
    """Return the expiries of the chain typed before, with the days to each."""
    from hedgekit.market.sources import load

    source = _given(ctx, CHAINS)
    if source is None:
        return []
    chain = load(source, asof=ctx.params.get("asof"))
    start = chain.asof.date()
    days = sorted({day.item() for day in chain.expiry.astype("datetime64[D]")})
    return [(day.isoformat(), f"{day:%a} {(day - start).days} days") for day in days if day >= start]


def tickers(ctx: click.Context) -> list[tuple[str, str]]:
    """Return the tickers of the prices or the chain typed before."""
    prices = _given(ctx, PRICES, many=True)
    if prices:
        from hedgekit.market.prices import load_prices

        history = load_prices(prices)
        return [(ticker, f"{history.source}") for ticker in history.tickers]
    source = _given(ctx, CHAINS)
    if source is None:
        return []
    from hedgekit.market.sources import load

    chain = load(source, asof=ctx.params.get("asof"))
    return [(chain.ticker, Path(source).name)]


def _given(ctx: click.Context, names: Iterable[str], *, many: bool = False) -> Any:
    """Return what was typed for the first of these parameters; a remote source is not asked while completing."""
    for name in names:
        value = ctx.params.get(name)
        if value is None or value == ():
            # An option that still waits for its value ends the reading of a line: arguments are then left over.
            takes = any(isinstance(param, click.Argument) and param.name == name for param in ctx.command.params)
            value = tuple(word for word in ctx.args if Path(word).is_file()) if takes else None
        if value and many:
            return value if isinstance(value, tuple | list) else (value,)
        if isinstance(value, tuple) and value:
            value = value[0]
        if isinstance(value, str | Path) and Path(value).is_file():
            return str(value)
    return None

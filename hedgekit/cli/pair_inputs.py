"""Options that the pair commands share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

import click

from hedgekit.cli.options import day_option

if TYPE_CHECKING:
    from hedgekit.model import PriceHistory

F = TypeVar("F", bound=Callable[..., Any])


def pair_inputs(command: F) -> F:
    """Add the price files, the two legs, and the days used."""
    decorators = [
        click.argument("prices", nargs=-1, required=True, metavar="PRICES..."),
        click.option("--long", "long", metavar="TICKER", help="Leg that is bought.  [default: the first of two]"),
        click.option("--short", "short", metavar="TICKER", help="Leg that is sold.  [default: the second of two]"),
        day_option("--asof", "Last day used: what comes after is not looked at.  [default: the last in the files]"),
        day_option("--since", "First day used.  [default: the first in the files]"),
    ]
    for decorator in reversed(decorators):
        command = decorator(command)
    return command


def load_pair(
    prices: tuple[str, ...],
    long: str | None,
    short: str | None,
    asof: date | None,
    since: date | None,
    *,
    verbose: bool,
) -> PriceHistory:
    """Read the prices of the two legs, cut to the days asked for."""
    from hedgekit.market.prices import load_prices

    if verbose:
        click.echo(f"reading {', '.join(prices)}", err=True)
    tickers = (long, short) if long is not None and short is not None and long.upper() != short.upper() else None
    history = load_prices(prices, tickers=tickers)
    history = history if asof is None else history.until(asof)
    return history if since is None else history.since(since)

"""Options of the commands that value a book, and how their files are read."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from hedgekit.model import Chain, PriceHistory
    from hedgekit.risk.betas import Beta

_OWNED = re.compile(r"\s*[A-Za-z][A-Za-z0-9.]{0,9}\s*=")

F = TypeVar("F", bound=Callable[..., Any])


def book_options(command: F) -> F:
    """Add where chains, prices, betas, rate and dividends come from."""
    decorators = [
        click.option(
            "--chain",
            "chains",
            multiple=True,
            metavar="[TICKER=]SOURCE",
            help="Option chain file, one a ticker; IWM=FILE where it holds several.",
        ),
        click.option(
            "--prices",
            "prices",
            multiple=True,
            metavar="FILE",
            help="Price history: last closes for shares without a chain, betas, past moves.",
        ),
        click.option("--betas", metavar="FILE", help="CSV of ticker,beta and where known low,high."),
        click.option(
            "--rate",
            metavar="NUMBER|FILE",
            help="Continuously compounded rate a year (0.0375), or a Treasury curve file.  [default: from the chain]",
        ),
        click.option(
            "--dividends",
            multiple=True,
            metavar="[TICKER=]NUMBER|FILE",
            help="Dividend yield a year (0.011), or a CSV of date,amount; with several chains say whose: IWM=iwm.csv.  "
            "[default: the yield each chain implies]",
        ),
        click.option(
            "--asof",
            metavar="DATE",
            help="Moment of the check: a day, or 2026-06-17T16:00 New York; it does not re-date quotes.  "
            "[default: now]",
        ),
    ]
    for decorator in reversed(decorators):
        command = decorator(command)
    return command


def read_chains(sources: Sequence[str], asof: str | None) -> list[Chain]:
    """Read chains at their own moment; `asof` only picks the day of a file that holds several or names none.

    ``IWM=FILE`` takes one underlying of a file that holds several.
    """
    from hedgekit.errors import DataError, InputError
    from hedgekit.market.sources import load

    chains = []
    for given in sources:
        owned = _OWNED.match(given)
        source = given[owned.end() :] if owned else given
        ticker = owned[0].strip().rstrip("=").strip().upper() if owned else None
        try:
            try:
                chains.append(load(source, ticker=ticker))
            except (InputError, DataError) as error:
                if asof is None or "asof" not in str(error):
                    raise
                chains.append(load(source, asof=asof, ticker=ticker))
        except InputError as error:
            raise InputError(str(error).replace("choose with --ticker", f"write --chain IWM={source}")) from None
    return chains


def read_prices(sources: Sequence[str]) -> PriceHistory | None:
    """Read price histories, if any are named."""
    if not sources:
        return None
    from hedgekit.market.prices import load_prices

    return load_prices(list(sources))


def read_beta_file(source: str | None) -> dict[str, Beta] | None:
    """Read betas, if a file is named."""
    if source is None:
        return None
    from hedgekit.risk.betas import read_betas

    return read_betas(source)


def check_moment(asof: str | None) -> datetime:
    """Return the moment of the check, New York."""
    from hedgekit.valuation import moment

    return moment(asof)


def read_dividend_options(given: Sequence[str]) -> float | str | dict[str, float | str | None] | None:
    """Return dividends as given for all chains, or by ticker."""
    if not given:
        return None
    plain = [text for text in given if not _OWNED.match(text)]
    if len(given) == 1 and plain:
        return plain[0]
    if plain:
        raise click.UsageError(f"--dividends {plain[0]}: given several times, say whose each is, like IWM=iwm.csv")
    found: dict[str, float | str | None] = {}
    for text in given:
        ticker, _, value = text.partition("=")
        if ticker.strip().upper() in found:
            raise click.UsageError(f"--dividends {text}: {ticker} is given twice")
        found[ticker.strip().upper()] = value
    return found

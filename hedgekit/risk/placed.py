"""Where an allocation starts from: spot, portfolio and shares held, given or taken from the present book."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from hedgekit.errors import DataError, InputError
from hedgekit.market.inputs import Given
from hedgekit.model import Chain
from hedgekit.risk.betas import Beta
from hedgekit.risk.book import load_book
from hedgekit.risk.valued import GivenByTicker, ValuedBook, value_book

if TYPE_CHECKING:
    from hedgekit.model import PriceHistory


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A starting point.

    Attributes
    ----------
    spot : float
        Dollars a share.
    portfolio_usd : float
    held : float
        Shares.
    inputs : dict
        Files and hashes behind them.
    """

    spot: float
    portfolio_usd: float
    held: float
    inputs: dict[str, Any]


def place(
    *,
    ticker: str,
    spot: float | None = None,
    portfolio_usd: float | None = None,
    held: float | None = None,
    book: str | None = None,
    chains: Sequence[Chain] = (),
    prices: PriceHistory | None = None,
    betas: Mapping[str, Beta] | None = None,
    rate: Given = None,
    dividends: GivenByTicker = None,
    now: datetime,
) -> Place:
    """Settle spot, portfolio and shares held; what is given wins over the book.

    Raises
    ------
    InputError
        When one of them is neither given nor to be had.
    DataError
        When the portfolio's value is asked of a book with a line that cannot be valued.
    """
    valued: ValuedBook | None = None
    inputs: dict[str, Any] = {}
    if book is not None:
        asof = max((chain.asof for chain in chains), default=now)
        loaded = load_book(book)
        valued = value_book(
            loaded,
            chains=chains,
            prices=prices,
            betas=betas,
            benchmark=ticker,
            rate=rate,
            dividends=dividends,
            asof=asof,
        )
        inputs.update(book=loaded.source, book_sha256=loaded.source_sha256, asof=asof)
    if spot is None:
        spot = _spot(ticker, valued, chains, prices)
    if portfolio_usd is None:
        if valued is None:
            raise InputError("give --portfolio, or --book to take it from")
        if valued.problems:
            raise DataError(f"{valued.book.source}: its value is not known: {valued.problems[0].problem}")
        portfolio_usd = valued.net_usd
    if held is None:
        held = 0.0 if valued is None else valued.book.shares(ticker)
    return Place(spot=spot, portfolio_usd=portfolio_usd, held=held, inputs=inputs)


def _spot(ticker: str, valued: ValuedBook | None, chains: Sequence[Chain], prices: PriceHistory | None) -> float:
    for chain in chains:
        if chain.ticker == ticker:
            return chain.spot
    if valued is not None and ticker in valued.underlyings:
        return valued.underlyings[ticker].spot
    if prices is not None and ticker in prices.tickers and prices.last_close(ticker) > 0.0:
        return prices.last_close(ticker)
    raise InputError(f"no price of {ticker}: give --spot, or --chain or --prices to take it from")

"""A file of holdings as one portfolio: its value, its beta to an index fund with an interval, its own risk."""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING

import numpy as np

from hedgekit.errors import DataError, InputError
from hedgekit.hedges.portfolio import Portfolio
from hedgekit.market.tables import Table, read_table
from hedgekit.model import Option
from hedgekit.risk.betas import FEWEST, WINDOW, Beta, estimate, given_beta, settle

if TYPE_CHECKING:
    from hedgekit.model import PriceHistory

SESSIONS_A_YEAR = 252
OWN_NAME = "(portfolio)"


def read_holdings(
    source: str | os.PathLike[str], benchmark: str, *, beta: float | None = None, prices: PriceHistory | None = None
) -> Portfolio:
    """Read holdings and settle their beta to a benchmark.

    Parameters
    ----------
    source : path
        CSV with columns ``ticker,shares,price`` and, where known, ``beta`` with ``low,high``.
    benchmark : str
        The index fund.
    beta : float, optional
        Of the whole portfolio, in place of everything else.
    prices : PriceHistory, optional
        Daily prices of the holdings and the benchmark: betas that the file does not give are estimated from them, and
        the portfolio's own risk is measured where they cover all holdings.

    Returns
    -------
    Portfolio

    Raises
    ------
    DataError
        A bad cell: names line, column and value.
    InputError
        A holding whose beta nothing tells.
    """
    table = read_table(source, "holdings")
    values, given = _lines(table)
    total = math.fsum(values.values())
    weights = {ticker: value / total for ticker, value in values.items()}
    series = _combined(prices, weights, benchmark)
    residual = None
    if beta is not None:
        whole = given_beta("the portfolio", beta, label="--beta")
    elif series is not None and not given and (own := estimate(series, OWN_NAME, benchmark)) is not None:
        whole = own
    else:
        settled = settle(list(values), benchmark, given, prices)
        missing = [ticker for ticker in values if ticker not in settled]
        if missing:
            raise InputError(
                f"{table.label}: no beta of {', '.join(missing[:8])} to {benchmark}: add a column beta, give --beta "
                "for the whole, or --prices with their histories"
            )
        whole = _weighted(weights, settled)
    if series is not None:
        residual = _residual_vol(series, benchmark, whole.value)
    return Portfolio(
        value_usd=total,
        beta=whole.value,
        beta_low=whole.low,
        beta_high=whole.high,
        beta_basis=whole.basis,
        residual_vol=residual,
        holdings=len(values),
        source=table.label,
    )


def _lines(table: Table) -> tuple[dict[str, float], dict[str, Beta]]:
    """Return dollars by ticker, and the betas that the file gives."""
    at = [table.column(*names) for names in (("ticker", "symbol"), ("shares", "quantity"), ("price", "last", "close"))]
    values: dict[str, float] = {}
    given: dict[str, Beta] = {}
    for line, cells in table.lines:
        ticker = cells[at[0]].strip().upper()
        if not ticker or ticker in values:
            raise DataError(f"{table.label}: line {line}: ticker {ticker!r} is blank or listed twice")
        if is_option(ticker):
            raise DataError(f"{table.label}: line {line}: {ticker!r} is an option: holdings are shares alone")
        shares, price = (
            table.number(line, name, cells[column]) for name, column in zip(("shares", "price"), at[1:], strict=True)
        )
        if not 0.0 < shares < math.inf:
            raise DataError(
                f"{table.label}: line {line}, shares: {cells[at[1]]!r}: expected shares owned, above 0; a hedge of "
                "long holdings has no place for short ones"
            )
        if not 0.0 < price < math.inf:
            raise DataError(f"{table.label}: line {line}, price: {cells[at[2]]!r}: expected dollars a share above 0")
        values[ticker] = shares * price
        if "beta" in table.names and cells[table.names.index("beta")]:
            entry = {
                name: table.number(line, name, cells[table.names.index(name)])
                for name in ("beta", "low", "high")
                if name in table.names and cells[table.names.index(name)]
            }
            try:
                given[ticker] = given_beta(ticker, entry, label=table.label)
            except InputError as error:
                raise DataError(f"{table.label}: line {line}: {error}") from None
    if not values:
        raise DataError(f"{table.label}: no holdings below the header")
    return values, given


def is_option(symbol: str) -> bool:
    """Whether a symbol reads as an option's."""
    try:
        Option.parse(symbol)
    except InputError:
        return False
    return True


def _weighted(weights: dict[str, float], betas: dict[str, Beta]) -> Beta:
    """Add betas by weight; their errors are taken to go together, so that the interval is no narrower than it is."""
    value, low, high = (
        math.fsum(weight * getattr(betas[ticker], name) for ticker, weight in weights.items())
        for name in ("value", "low", "high")
    )
    bases = sorted({betas[ticker].basis for ticker in weights})
    return Beta(value=value, low=low, high=high, basis="; ".join(bases[:3]) + ("..." if len(bases) > 3 else ""))


def _combined(prices: PriceHistory | None, weights: dict[str, float], benchmark: str) -> PriceHistory | None:
    """Return the history of the portfolio at today's weights beside the benchmark; None where one is missing."""
    from hedgekit.model import PriceHistory

    if prices is None:
        return None
    held = {name.upper() for name in prices.tickers}
    tickers = list(weights)
    if benchmark.upper() not in held or not {ticker.upper() for ticker in tickers} <= held:
        return None
    both = prices.select([*dict.fromkeys([*tickers, benchmark])])
    days, levels = both.levels(total=True)
    if len(levels) < FEWEST:
        return None
    order = [both.column(ticker) for ticker in tickers]
    returns = levels[1:] / levels[:-1] - 1.0
    own = returns[:, order] @ np.array([weights[ticker] for ticker in tickers])
    close = np.column_stack([np.concatenate([[1.0], np.cumprod(1.0 + own)]), levels[:, both.column(benchmark)]])
    return PriceHistory(
        tickers=(OWN_NAME, benchmark), dates=days, close=close, total_return=close, source=prices.source
    )


def _residual_vol(series: PriceHistory, benchmark: str, beta: float) -> float | None:
    """Return the standard deviation a year of the portfolio's returns less beta times the benchmark's."""
    returns = np.expm1(series.select([OWN_NAME, benchmark]).log_returns())
    returns = returns[np.isfinite(returns).all(axis=1)][-WINDOW:]
    if len(returns) < FEWEST:
        return None
    return float(np.std(returns[:, 0] - beta * returns[:, 1], ddof=1) * math.sqrt(SESSIONS_A_YEAR))

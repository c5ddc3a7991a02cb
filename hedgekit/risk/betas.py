"""Betas to a benchmark: given, or estimated from price histories, always with an interval."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from hedgekit import units
from hedgekit.errors import DataError, InputError
from hedgekit.market.tables import read_table

if TYPE_CHECKING:
    from hedgekit.model import PriceHistory

WINDOW = 252
"""Daily returns of a year."""

FEWEST = 60
"""Common returns below this tell no beta."""

NORMAL_95 = 1.959963984540054
"""Two-sided 95% of the normal distribution."""

LARGEST = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Beta:
    """Dollars a ticker moves for a dollar of the benchmark.

    Attributes
    ----------
    value, low, high : float
        Estimate and 95% interval; a given beta without interval has all three alike.
    basis : str
        Where it comes from, in words.
    """

    value: float
    low: float
    high: float
    basis: str

    def __post_init__(self) -> None:
        """Check order and size."""
        if not all(math.isfinite(number) for number in (self.low, self.value, self.high)):
            raise InputError(f"beta {self.value} in {self.low} to {self.high}: expected finite numbers")
        if not -LARGEST <= self.low <= self.value <= self.high <= LARGEST:
            raise InputError(
                f"beta {self.value:g} in {self.low:g} to {self.high:g}: expected low <= beta <= high, "
                f"all within +-{LARGEST:g}"
            )


def given_beta(ticker: str, entry: Any, *, label: str) -> Beta:
    """Read a beta as a number or as a table with beta, low and high.

    Raises
    ------
    InputError
        For anything else.
    """
    if isinstance(entry, int | float) and not isinstance(entry, bool):
        return Beta(value=float(entry), low=float(entry), high=float(entry), basis=f"given in {label}")
    if isinstance(entry, Mapping) and {"beta"} <= set(entry) <= {"beta", "low", "high"}:
        value, low, high = (entry.get(name, entry["beta"]) for name in ("beta", "low", "high"))
        if all(isinstance(n, int | float) and not isinstance(n, bool) for n in (value, low, high)):
            return Beta(value=float(value), low=float(low), high=float(high), basis=f"given in {label}")
    raise InputError(f"beta of {ticker} is {entry!r}: expected a number, or {{beta = 1.1, low = 1.0, high = 1.2}}")


def read_betas(source: str | os.PathLike[str]) -> dict[str, Beta]:
    """Read betas from a CSV file with columns ``ticker,beta`` and, where known, ``low,high``.

    Raises
    ------
    DataError
        A bad file, number or interval; names line and value.
    """
    table = read_table(source, "betas")
    ticker_at, beta_at = table.column("ticker", "symbol"), table.column("beta")
    found: dict[str, Beta] = {}
    for line, cells in table.lines:
        ticker = cells[ticker_at].upper()
        entry = {"beta": table.number(line, "beta", cells[beta_at])}
        for name in ("low", "high"):
            if name in table.names and cells[table.names.index(name)]:
                entry[name] = table.number(line, name, cells[table.names.index(name)])
        if not ticker or ticker in found:
            raise DataError(f"{table.label}: line {line}: ticker {ticker!r} is blank or listed twice")
        try:
            found[ticker] = given_beta(ticker, entry, label=table.label)
        except InputError as error:
            raise DataError(f"{table.label}: line {line}: {error}") from None
    return found


def estimate(prices: PriceHistory, ticker: str, benchmark: str, *, window: int = WINDOW) -> Beta | None:
    """Estimate a beta by least squares of daily total returns, with a Newey-West interval.

    ``r_ticker = alpha + beta r_benchmark``; the standard error allows for heteroscedasticity and for correlation over
    ``floor(4 (n/100)^(2/9))`` days (Newey and West 1987, 1994).

    Returns
    -------
    Beta or None
        None when fewer than `FEWEST` common returns are known.
    """
    if ticker not in prices.tickers or benchmark not in prices.tickers:
        return None
    returns = np.expm1(prices.select([ticker, benchmark]).log_returns())
    returns = returns[np.isfinite(returns).all(axis=1)][-window:]
    n = len(returns)
    if n < FEWEST or np.ptp(returns[:, 1]) == 0.0:
        return None
    y, x = returns[:, 0], returns[:, 1] - returns[:, 1].mean()
    sxx = float(x @ x)
    beta = float(x @ y) / sxx
    score = x * (y - y.mean() - beta * x)
    lags = int(4.0 * units.fraction(n) ** (2.0 / 9.0))
    variance = float(score @ score)
    for lag in range(1, lags + 1):
        variance += 2.0 * (1.0 - lag / (lags + 1.0)) * float(score[lag:] @ score[:-lag])
    error = math.sqrt(max(variance, 0.0)) / sxx * math.sqrt(n / (n - 2.0))
    half = NORMAL_95 * error
    return Beta(
        value=beta,
        low=beta - half,
        high=beta + half,
        basis=f"{n} daily returns to {prices.dates[-1]} in {prices.source}",
    )


def settle(
    tickers: Sequence[str], benchmark: str, given: Mapping[str, Beta], prices: PriceHistory | None
) -> dict[str, Beta]:
    """Return a beta for each ticker that has one: given, the benchmark's own 1, or estimated."""
    found = {}
    for ticker in tickers:
        if ticker in given:
            found[ticker] = given[ticker]
        elif ticker == benchmark:
            found[ticker] = Beta(value=1.0, low=1.0, high=1.0, basis="the benchmark itself")
        elif prices is not None and (beta := estimate(prices, ticker, benchmark)) is not None:
            found[ticker] = beta
    return found

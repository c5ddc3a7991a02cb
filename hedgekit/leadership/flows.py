"""Creations and redemptions of a fund's shares, and how unusual today's are."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import numpy as np

from hedgekit.errors import DataError
from hedgekit.leadership.averages import Floats
from hedgekit.market.tables import Table, read_table


@dataclass(frozen=True, slots=True, kw_only=True)
class Flows:
    """A fund's flows by day.

    Attributes
    ----------
    ticker : str
    days : tuple of date
        Ascending.
    flow_usd : ndarray of float64, shape (n,)
        Dollars in (+) or out; NaN where the file is blank.
    assets_usd : ndarray of float64, shape (n,)
        Assets the day before; NaN where unknown.
    blank : tuple of date
        Days in the file without a flow.
    source, source_sha256 : str
    """

    ticker: str
    days: tuple[date, ...]
    flow_usd: Floats
    assets_usd: Floats
    blank: tuple[date, ...]
    source: str
    source_sha256: str = ""

    def zscore(self, length: int) -> Floats:
        """Return each day's flow in standard deviations of the `length` known flows before it.

        Returns
        -------
        ndarray of float64, shape (n,)
            NaN on blank days, and until `length` flows are known. The window ends the day before.
        """
        out = np.full(len(self.days), np.nan)
        known = np.flatnonzero(np.isfinite(self.flow_usd))
        values = self.flow_usd[known]
        for i in range(length, len(values)):
            past = values[i - length : i]
            spread = past.std(ddof=1)
            if spread > 0:
                out[known[i]] = (values[i] - past.mean()) / spread
        return out


def read_flows(path: str | os.PathLike[str], ticker: str) -> Flows:
    """Read a fund's flows from a CSV of ``date,ticker,flow_usd`` or of ``date,ticker,shares,price``.

    Parameters
    ----------
    path : path
        A `ticker` column may be missing when the file is one fund's. From shares outstanding the flow is
        (shares_t - shares_t-1) x price_t, and blank where any of the three is.
    ticker : str
        The fund.

    Returns
    -------
    Flows

    Raises
    ------
    DataError
        When the file cannot be read, holds no line of the fund, or repeats a day.
    """
    table = read_table(path, "flows")
    mine = [
        (line, cells)
        for line, cells in table.lines
        if "ticker" not in table.names or cells[table.column("ticker")].upper() == ticker.upper()
    ]
    if not mine:
        raise DataError(f"{table.label}: no line of {ticker}: give the file of its flows")
    day_of = table.column("date", "day")
    rows = sorted((table.day(line, cells[day_of]), line, cells) for line, cells in mine)
    for (first, _, _), (second, line, _) in pairwise(rows):
        if first == second:
            raise DataError(f"{table.label}: line {line}: {second} is there twice for {ticker}")
    days = tuple(day for day, _, _ in rows)
    if "flow_usd" in table.names or "flow" in table.names:
        flow = np.array([_number(table, line, cells, "flow_usd", "flow") for _, line, cells in rows])
        assets = np.full(len(days), np.nan)
        if "aum_usd" in table.names:
            assets[1:] = [_number(table, line, cells, "aum_usd") for _, line, cells in rows[:-1]]
    else:
        shares = np.array([_number(table, line, cells, "shares", "shares_outstanding") for _, line, cells in rows])
        price = np.array([_number(table, line, cells, "price", "nav") for _, line, cells in rows])
        flow = np.concatenate([[np.nan], np.diff(shares) * price[1:]])
        assets = np.concatenate([[np.nan], shares[:-1] * price[:-1]])
    blank = tuple(day for day, value in zip(days, flow, strict=True) if not np.isfinite(value))
    return Flows(
        ticker=ticker.upper(),
        days=days,
        flow_usd=flow,
        assets_usd=assets,
        blank=blank,
        source=os.fspath(path),
        source_sha256=sha256(Path(path).read_bytes()).hexdigest(),
    )


def _number(table: Table, line: int, cells: tuple[str, ...], *names: str) -> float:
    """Return a cell's number, NaN where it is blank."""
    at = table.column(*names)
    return table.number(line, table.names[at], cells[at]) if cells[at] else np.nan

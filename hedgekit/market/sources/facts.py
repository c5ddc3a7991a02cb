"""What every layout says of a whole chain: its ticker, spot and moment, and whether anybody quotes it."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import numpy as np

from hedgekit.market.files import shown
from hedgekit.market.moments import read_moment
from hedgekit.market.sources.content import Content
from hedgekit.market.sources.rows import Rows
from hedgekit.market.sources.tickers import plain_ticker

NO_VALUE = -999.0
"""How Cboe and its customers write that there is no number."""


def refuse_without_quotes(rows: Rows, bid: str, ask: str, *, leave_out: tuple[str, ...] = ()) -> None:
    """Refuse a chain that nobody quotes: no hedge can be bought at a price that is not there.

    Raises
    ------
    DataError
        When a side's column is missing, or nobody offers a single option.
    """
    missing = [side for side, name in (("bid", bid), ("ask", ask)) if name not in rows.names]
    if missing:
        seen, remedy = f"columns: {rows.listed(leave_out)}", "Use a file with quotes."
    elif not np.any(rows.numbers(ask) > 0.0):
        missing = ["ask"] if np.any(rows.numbers(bid) > 0.0) else ["bid", "ask"]
        seen, remedy = (
            "all are zero or blank",
            "Fetch it while the market trades: some vendors blank quotes at night.",
        )
    if missing:
        raise rows.content.error(
            f"no {' or '.join(missing)} in any of {rows.count:,} options ({seen}): "
            f"this chain cannot be traded on. {remedy}"
        )


def ticker_of(content: Content, value: object) -> str:
    """Return the underlying's plain name; empty when the file does not say.

    Raises
    ------
    DataError
        When it is no text.
    """
    if value is None:
        return ""
    if not isinstance(value, str) or not value.isascii():
        raise content.error(f"symbol is {shown(value)}, expected a ticker like IWM")
    return plain_ticker(value)


def spot_of(content: Content, name: str, value: object) -> float:
    """Return the file's spot; NaN when it says none.

    Raises
    ------
    DataError
        When it is no number, or not positive.
    """
    if value is None:
        return math.nan
    try:
        spot = math.nan if isinstance(value, bool) else float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        spot = math.nan
    if spot == 0.0 or spot == NO_VALUE:
        return math.nan
    if not 0.0 < spot < math.inf:
        raise content.error(f"{name} is {shown(value)}, expected a positive number of dollars a share")
    return spot


def utc(content: Content, name: str, value: object) -> datetime:
    """Read a quote time that is UTC unless it says otherwise.

    Raises
    ------
    DataError
        When it is no time.
    """
    try:
        return read_moment(value, UTC).astimezone(UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        raise content.error(f"{name} is {shown(value)}, expected a time like 2026-06-17 20:32:30 (UTC)") from None

"""Rate and dividends of a past day's chain, from that day and those before it alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from hedgekit.errors import HedgekitError
from hedgekit.market.calendar import exercise_cutoff
from hedgekit.market.contract_terms import cutoff
from hedgekit.market.inputs import MarketInputs, resolve
from hedgekit.record.archive import Archive, Quoted

AHEAD = (7, 30, 60, 90)
"""Days ahead whose nearest expiries of each chain are looked at: those beside them share their fate."""


def chosen(quoted: Quoted, *, least: int = 1) -> set[date]:
    """Return a chain's expiries nearest to `AHEAD`, of those at least so many days ahead; nothing later decides."""
    chain, today = quoted.chain, quoted.day
    listed = [day for day in chain.expiries if (day - today).days >= least and chain.years_to(day) > 0.0]
    return {min(listed, key=lambda day: abs((day - today).days - ahead)) for ahead in AHEAD} if listed else set()


def market_of(archive: Archive, quoted: Quoted, expiries: Sequence[date]) -> MarketInputs:
    """Return the market of some expiries as it could be known on the chain's own day.

    Parameters
    ----------
    archive : Archive
    quoted : Quoted
    expiries : sequence of date

    Raises
    ------
    HedgekitError
        Where neither the chain nor a file tells it.

    Notes
    -----
    The rate is the newest line of a rates file on or before the day, else the chain's parity. Dividends are the yield
    parity implies; a chain without calls takes what went ex in the year before over its spot.
    """
    chain = quoted.chain
    rate = archive.rate(quoted.day)
    if (chain.kind > 0).any():
        try:
            return resolve(chain, expiries, rate=rate)
        except HedgekitError:
            pass  # calls too few for parity: as without any
    return resolve(chain, expiries, rate=rate, dividends=archive.trailing_yield(quoted.ticker, quoted.day, chain.spot))


def unsettled(archive: Archive) -> str:
    """Say why no chain has an expiry whose close is known."""
    if not archive.chains:
        return "there are no option chains"
    tickers = {quoted.ticker for quoted in archive.chains}
    if not tickers & set(archive.histories):
        return f"no daily prices of {', '.join(sorted(tickers))} say where their expiries closed"
    ends = [max(one.dates[-1].item() for one in archive.histories[t]) for t in sorted(tickers & set(archive.histories))]
    return f"no chain quoted at the close of its day has an expiry whose close is known (prices end on {max(ends)})"


def opens(ticker: str, expiry: date) -> bool:
    """Whether an expiry settles on the opening: then no daily price says what its options paid."""
    return cutoff(ticker, expiry) < exercise_cutoff(expiry)


def settled(archive: Archive, quoted: Quoted) -> list[tuple[date, float]]:
    """Return the chain's open expiries whose close is known by now, with it; none that settles on the opening."""
    found, scale = [], archive.scale(quoted)
    for expiry in quoted.chain.expiries:
        if expiry > quoted.day and quoted.chain.years_to(expiry) > 0.0 and not opens(quoted.ticker, expiry):
            close = archive.close(quoted.ticker, expiry)
            if np.isfinite(close * scale):
                found.append((expiry, close * scale))
    return found

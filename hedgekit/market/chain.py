"""What is wrong with a chain's quotes: flags on each, and a report. Nothing is dropped."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from hedgekit.market import calendar
from hedgekit.model import BoolArray, Chain, Flag, FloatArray
from hedgekit.units import percent

WIDE_FRACTION, WIDE_DOLLARS = 0.20, 0.10
"""A spread is wide when it is above both: this fraction of the mid, and this many dollars a share."""

HALF_CENT = 0.005
"""Quotes are whole cents: a breach of a bound by less may be the spot's own rounding."""

FIRST_TRADES = timedelta(minutes=30)
"""So long after the open a chain has traded, and a feed delayed by a quarter of an hour shows it."""

EXAMPLES = 3  # symbols a defect names
SYMBOL_TAIL = 15  # what follows the root in a compact symbol

# roots that are another listing of the same index, not another deliverable
_SISTER_ROOTS = {
    "SPX": {"SPXW"},
    "NDX": {"NDXP"},
    "RUT": {"RUTW"},
    "VIX": {"VIXW"},
    "DJX": set[str](),
    "XSP": set[str](),
}

_MESSAGES = {
    Flag.CROSSED: "the bid is above the ask",
    Flag.ZERO_BID: "nobody bids: it cannot be sold",
    Flag.NO_ASK: "nobody offers: it cannot be bought",
    Flag.BELOW_INTRINSIC: "the ask is below the exercise value at the spot",
    Flag.ABOVE_MAXIMUM: "the bid is above the most the option can be worth",
    Flag.WIDE: f"the spread is above {percent(WIDE_FRACTION):g}% of the mid and above ${WIDE_DOLLARS:.2f}",
    Flag.DUPLICATE: "listed before in the same file, or listed again with another quote",
    Flag.EXPIRED: "past the exercise cut-off",
    Flag.STALE: "quoted in an earlier session than the as-of time",
    Flag.NON_STANDARD: "mini or adjusted contract: another deliverable",
    Flag.VERTICAL: "two strikes are quoted so that buying one and selling the other pays at once",
}

Rows: TypeAlias = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """One kind of defect of a chain.

    Parameters
    ----------
    slug : str
        The flag's name.
    count : int
        Quotes that have it.
    message : str
        What it means.
    examples : tuple of str
        Symbols of the first few.
    """

    slug: str
    count: int
    message: str
    examples: tuple[str, ...]


def inspect(chain: Chain) -> Chain:
    """Return the chain with every quote flagged for what is wrong with it.

    Parameters
    ----------
    chain : Chain
        Its `spot` decides what is below exercise value.

    Returns
    -------
    Chain
        The same quotes, `flags` set anew.

    Notes
    -----
    Wide: the spread is above 20% of the mid and above $0.10 (against the ask alone when nobody bids). Vertical, for
    strikes K1 < K2 of one expiry: a call bid at K2 above the ask at K1, or bid at K1 more than K2 - K1 above the ask
    at K2; puts mirrored.
    """
    value = chain.kind * (chain.spot - chain.strike)
    alive = chain.t_years > 0.0
    root = np.array([symbol[:-SYMBOL_TAIL] for symbol in chain.symbol.tolist()])
    bid = np.nan_to_num(chain.bid)
    flags = np.zeros(len(chain), dtype=np.int64)
    spread = chain.ask - bid
    most = np.where(chain.kind > 0, chain.spot, chain.strike)
    for flag, rows in {
        Flag.CROSSED: bid > chain.ask,
        Flag.ZERO_BID: bid <= 0.0,
        Flag.NO_ASK: np.isnan(chain.ask),
        Flag.BELOW_INTRINSIC: alive & (chain.ask < value - HALF_CENT),
        Flag.ABOVE_MAXIMUM: alive & (bid > most + HALF_CENT),
        Flag.WIDE: (spread > WIDE_DOLLARS) & (spread > WIDE_FRACTION * 0.5 * (chain.ask + bid)),
        Flag.DUPLICATE: _repeated(chain),
        Flag.EXPIRED: ~alive,
        Flag.STALE: np.full(len(chain), _stale(chain)),
        Flag.NON_STANDARD: _non_standard(root, chain.ticker),
    }.items():
        flags[rows] |= flag
    flags[_verticals(chain, root, flags)] |= Flag.VERTICAL
    return replace(chain, flags=flags)


def defects(chain: Chain) -> list[Defect]:
    """Count an inspected chain's defects by kind.

    Returns
    -------
    list of Defect
        Only the kinds that occur, the rarest first.
    """
    found = []
    for flag, message in _MESSAGES.items():
        rows = np.flatnonzero(chain.flags & flag)
        if len(rows):
            examples = tuple(chain.symbol[rows[:EXAMPLES]].tolist())
            found.append(Defect(slug=flag.slug, count=len(rows), message=message, examples=examples))
    return sorted(found, key=lambda defect: defect.count)


def _repeated(chain: Chain) -> BoolArray:
    """Mark rows after the first of a symbol, and the first too where they disagree: nobody knows which is right."""
    _, first, back = np.unique(chain.symbol, return_index=True, return_inverse=True)
    repeated = np.ones(len(chain), dtype=np.bool_)
    repeated[first] = False
    quotes = np.column_stack([chain.bid, chain.ask])
    differs = ~np.isclose(quotes, quotes[first][back], rtol=0.0, atol=0.0, equal_nan=True).all(axis=1)
    disputed = np.zeros(len(first), dtype=np.bool_)
    disputed[back[differs]] = True
    return repeated | disputed[back]


def _stale(chain: Chain) -> bool:
    """Whether not one option of the chain traded in the session that the as-of time names."""
    traded = chain.last_time[~np.isnat(chain.last_time)]
    if not len(traded):
        return False
    session = calendar.last_session_at(chain.asof - FIRST_TRADES)
    return bool(traded.max().astype("M8[D]") < np.datetime64(session))


def _non_standard(root: npt.NDArray[np.str_], ticker: str) -> BoolArray:
    listed = ticker.replace(".", "").replace("/", "")  # BRK.B is listed as BRKB
    plain = {ticker, listed, *_SISTER_ROOTS.get(ticker, ())}
    return ~np.isin(root, list(plain))


def _verticals(chain: Chain, root: npt.NDArray[np.str_], flags: npt.NDArray[np.int64]) -> Rows:
    """Return the rows of quotes that make a vertical spread pay at once."""
    unfit = Flag.CROSSED | Flag.EXPIRED | Flag.NON_STANDARD | Flag.DUPLICATE
    usable = (flags & unfit) == 0
    found: list[Rows] = []
    series = np.unique(np.rec.fromarrays([root, chain.expiry.astype(np.int64), chain.kind]), return_inverse=True)[1]
    order = np.lexsort((chain.strike, series))
    order = order[usable[order]]
    starts = np.flatnonzero(np.diff(series[order], prepend=-1))
    for rows in np.split(order, starts[1:]) if len(order) else []:
        # a put's strikes are taken from above: then, as for a call, each option is worth more than those after it
        down = rows if chain.kind[rows[0]] > 0 else rows[::-1]
        moneyness = chain.strike[down] * chain.kind[down]
        bid = np.where(chain.bid[down] > 0.0, chain.bid[down], -np.inf)
        ask = np.where(np.isnan(chain.ask[down]), np.inf, chain.ask[down])
        found += [down[_outbid(bid, ask)], down[::-1][_outbid((bid + moneyness)[::-1], (ask + moneyness)[::-1])]]
    return np.concatenate(found) if found else np.empty(0, dtype=np.intp)


def _outbid(bid: FloatArray, ask: FloatArray) -> Rows:
    """Positions of each bid that is above an ask before it, and of that ask."""
    cheapest = np.minimum.accumulate(ask)
    above = np.flatnonzero(bid[1:] > cheapest[:-1] + HALF_CENT) + 1
    sellers = [int(np.argmin(ask[:row])) for row in above]
    return np.unique(np.concatenate([above, np.array(sellers, dtype=np.intp)]))

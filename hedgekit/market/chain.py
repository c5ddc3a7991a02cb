"""What is wrong with a chain's quotes: flags on each, and a report. Nothing is dropped."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
import numpy.typing as npt

from hedgekit.market import calendar
from hedgekit.market.arbitrage import HALF_CENT, blame
from hedgekit.market.contract_terms import SISTER_ROOTS
from hedgekit.model import BoolArray, Chain, Flag, FloatArray
from hedgekit.units import percent

WIDE_FRACTION, WIDE_DOLLARS = 0.20, 0.10
"""A spread is wide when it is above both: this fraction of the mid, and this many dollars a share."""

HIGHEST_CARRY = 0.06
"""Rates and dividend yields up to this are allowed for where a European option may be worth less than exercise."""

FIRST_TRADES = timedelta(minutes=30)
"""So long after the open a chain has traded, and a feed delayed by a quarter of an hour shows it."""

EXAMPLES = 3  # symbols a defect names
SYMBOL_TAIL = 15  # what follows the root in a compact symbol

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
    Flag.VERTICAL: "a vertical spread with it pays at once",
    Flag.BUTTERFLY: "a butterfly with it pays at once",
    Flag.CALENDAR: "a calendar spread with it pays at once",
}


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
    Wide: the spread is above 20% of the mid and above $0.10 (against the ask alone when nobody bids). Vertical,
    butterfly and calendar: see `hedgekit.market.arbitrage`. What only the file knew, non-standard deliverables and
    quotes of an earlier session, stays flagged.
    """
    alive = chain.t_years > 0.0
    root = np.array([symbol[:-SYMBOL_TAIL] for symbol in chain.symbol.tolist()])
    bid = np.nan_to_num(chain.bid)
    flags = chain.flags & (Flag.NON_STANDARD | Flag.STALE)
    spread = chain.ask - bid
    most = np.where(chain.kind > 0, chain.spot, chain.strike)
    for flag, rows in {
        Flag.CROSSED: bid > chain.ask,
        Flag.ZERO_BID: bid <= 0.0,
        Flag.NO_ASK: np.isnan(chain.ask),
        Flag.BELOW_INTRINSIC: alive & (chain.ask < _least(chain) - HALF_CENT),
        Flag.ABOVE_MAXIMUM: alive & (bid > most + HALF_CENT),
        Flag.WIDE: (spread > WIDE_DOLLARS) & (spread > WIDE_FRACTION * 0.5 * (chain.ask + bid)),
        Flag.DUPLICATE: _repeated(chain),
        Flag.EXPIRED: ~alive,
        Flag.STALE: np.full(len(chain), _stale(chain)),
        Flag.NON_STANDARD: _non_standard(root, chain.ticker),
    }.items():
        flags[rows] |= flag
    unfit = Flag.CROSSED | Flag.EXPIRED | Flag.NON_STANDARD | Flag.DUPLICATE
    flags |= blame(chain, root, (flags & unfit) == 0)
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


def _least(chain: Chain) -> FloatArray:
    """Return what each option is worth at least: its exercise value, discounted where exercise has to wait."""
    if chain.exercise == "american":
        return chain.kind * (chain.spot - chain.strike)
    waits = np.exp(-HIGHEST_CARRY * np.maximum(chain.t_years, 0.0))
    call = chain.kind > 0
    return np.where(call, chain.spot * waits - chain.strike, chain.strike * waits - chain.spot)


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
    plain = {ticker, listed, *SISTER_ROOTS.get(ticker, ())}
    return ~np.isin(root, list(plain))

"""What is wrong with a chain's quotes: flags on each, and a report. Nothing is dropped."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

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

NEAR_MONEY = 0.03  # strikes this fraction from the spot tell an expiry's usual spread
WIDE_STRADDLE, WIDE_SPOT = 0.03, 3e-4
"""An expiry is quoted wide when its usual spread is above both: this share of the at-the-money straddle (usual are
0.2% to 2%), and this share of the spot (0.09 on IWM), below which near expiries are simply cheap."""

WIDE_MARKET = 2e-3
"""Without a straddle to judge by, a usual spread above this share of the spot is wide."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpirySpread:
    """How widely one expiry is quoted near the money.

    Parameters
    ----------
    expiry : date
    spread : float
        Median spread within 3% of the spot, dollars a share.
    of_straddle : float
        The same as a fraction of the at-the-money straddle; NaN where that is not quoted.
    wide : bool
        Whether it is wide for its own length of time.
    """

    expiry: date
    spread: float
    of_straddle: float
    wide: bool


def spreads(chain: Chain) -> list[ExpirySpread]:
    """Say how widely each expiry ahead is quoted near the money; those without such quotes are left out."""
    found = []
    near = (np.abs(chain.strike / chain.spot - 1.0) <= NEAR_MONEY) & (chain.t_years > 0.0) & (chain.bid > 0.0)
    near &= chain.ask > chain.bid
    for day in np.unique(chain.expiry[near]):
        rows = np.flatnonzero(near & (chain.expiry == day))
        middle = float(np.median((chain.ask - chain.bid)[rows]))
        calls, puts = (rows[chain.kind[rows] == sign] for sign in (1, -1))
        strikes, c, p = np.intersect1d(chain.strike[calls], chain.strike[puts], return_indices=True)
        share = float("nan")
        if len(strikes):
            at = int(np.argmin(np.abs(strikes - chain.spot)))
            share = middle / float(chain.mid[calls[c[at]]] + chain.mid[puts[p[at]]])
        wide = middle > WIDE_SPOT * chain.spot and share > WIDE_STRADDLE
        if np.isnan(share):
            wide = middle > WIDE_MARKET * chain.spot
        found.append(ExpirySpread(expiry=day.item(), spread=middle, of_straddle=share, wide=bool(wide)))
    return found


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
    listed = re.sub(r"[./ -]", "", ticker)  # BRK.B, or BRK-B as Yahoo writes it, is listed as BRKB
    plain = {ticker, listed, *SISTER_ROOTS.get(ticker, ())}
    return ~np.isin(root, list(plain))

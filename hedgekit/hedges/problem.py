"""What is to be hedged, with what, at which prices: the one input of every hedge."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from hedgekit import units
from hedgekit.errors import DataError, InputError
from hedgekit.model import Chain, Flag, Leg, Option
from hedgekit.structures.payoff import exact

DEFAULT_FEE = 0.65
"""Dollars a contract, a common retail commission."""

STANDARD_FLOOR = 0.90
"""Fraction of today's value kept when no floor is asked for."""

STANDARD_CAP = 1.10
"""Calls are sold at this fraction of the spot or above when no cap is asked for."""

HIGHEST_PUT = 1.10
"""Puts above this fraction of the spot are shares sold short in disguise and are left out."""

WIDEST_SPREAD = 0.30
"""Quotes with a spread above this fraction of their mid are not traded on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotes:
    """Quotes of one kind and expiry that can be traded on, by ascending strike.

    Attributes
    ----------
    strike, bid, ask, mid : ndarray of float64, shape (n,)
        Dollars a share.
    bid_size, ask_size : ndarray of float64, shape (n,)
        Displayed contracts; NaN where the file does not say.
    options : tuple of Option
    """

    options: tuple[Option, ...]
    strike: npt.NDArray[np.float64]
    bid: npt.NDArray[np.float64]
    ask: npt.NDArray[np.float64]
    bid_size: npt.NDArray[np.float64]
    ask_size: npt.NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.options)

    def bought(self, row: int, contracts: int) -> Leg:
        """Return `contracts` bought at the ask."""
        return Leg(contracts=contracts, option=self.options[row], premium=float(self.ask[row]))

    def sold(self, row: int, contracts: int) -> Leg:
        """Return `contracts` sold at the bid."""
        return Leg(contracts=-contracts, option=self.options[row], premium=float(self.bid[row]))

    def last_at_or_below(self, level: float) -> int | None:
        """Return the row of the highest strike at or below a level; None when all lie above."""
        row = int(np.searchsorted(self.strike, level, side="right")) - 1
        return row if row >= 0 else None

    def first_at_or_above(self, level: float) -> int | None:
        """Return the row of the lowest strike at or above a level; None when all lie below."""
        row = int(np.searchsorted(self.strike, level, side="left"))
        return row if row < len(self) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A long share position, one expiry of a chain, and a floor to keep.

    Attributes
    ----------
    shares : int
        Shares owned, positive.
    spot : float
        Dollars a share.
    floor : float
        Fraction of today's value to keep at expiry, 0 < floor <= 1.
    expiry : datetime.date
    t_years, rate, div_yield : float
        Years to the exercise cut-off, continuously compounded rate and dividend yield a year.
    dividends : tuple of (t_years, amount)
        Cash dividends before expiry.
    fee : float
        Dollars a contract.
    cap : float
        Calls are sold only at this fraction of the spot or above.
    calls_allowed : bool
        Whether a hedge that sells calls may be recommended: the user named the cap.
    puts, calls : Quotes
        What can be traded.
    """

    shares: int
    spot: float
    floor: float
    expiry: date
    t_years: float
    days: int
    rate: float
    div_yield: float
    dividends: tuple[tuple[float, float], ...]
    fee: float
    cap: float
    calls_allowed: bool
    puts: Quotes
    calls: Quotes

    @property
    def value(self) -> Fraction:
        """Today's value of the shares, exact dollars."""
        return self.shares * exact(self.spot)

    @property
    def value_usd(self) -> float:
        """Today's value of the shares, dollars."""
        return float(self.value)

    @property
    def target(self) -> Fraction:
        """The wealth the floor promises, exact dollars: 0.9 means nine tenths, not its nearest double."""
        return exact(self.floor) * self.value

    @property
    def target_usd(self) -> float:
        """The wealth the floor promises, dollars."""
        return float(self.target)

    @property
    def most_puts(self) -> int:
        """Contracts that cover every share; the last one may cover an odd lot."""
        return math.ceil(self.shares / units.MULTIPLIER)

    @property
    def most_calls(self) -> int:
        """Contracts that the shares cover."""
        return self.shares // units.MULTIPLIER


def pick_expiry(chain: Chain, *, by: date | None, expiry: date | None) -> date:
    """Return the expiry to use: exactly `expiry`, or the first listed on or after `by` that has not passed.

    Raises
    ------
    InputError
        When neither or both are given, or the chain has no such expiry; names those it has.
    """
    open_ = tuple(day for day in chain.expiries if chain.years_to(day) > 0)
    listed = ", ".join(f"{day}" for day in open_) or "none"
    if (by is None) == (expiry is None):
        raise InputError(f"give one of --by DATE and --expiry DATE; open expiries: {listed}")
    if expiry is not None:
        if expiry not in open_:
            raise InputError(f"--expiry {expiry}: {chain.source} lists no such open expiry; open: {listed}")
        return expiry
    later = [day for day in open_ if by is not None and day >= by]
    if not later:
        raise InputError(f"--by {by}: {chain.source} lists no expiry on or after it; open: {listed}")
    return later[0]


def tradable(chain: Chain, sign: int) -> Quotes:
    """Return the quotes of one kind that can be traded on: two-sided, unflagged, spread at most 30% of mid.

    Parameters
    ----------
    chain : Chain
        One expiry, inspected (flags set).
    sign : int
        +1 calls, -1 puts.
    """
    with np.errstate(invalid="ignore"):
        clean = (chain.flags & ~np.int64(Flag.WIDE)) == 0
        two_sided = (chain.bid > 0) & (chain.ask > chain.bid)
        narrow = chain.ask - chain.bid <= WIDEST_SPREAD * chain.mid
        rows = np.flatnonzero((chain.kind == sign) & clean & two_sided & narrow)
    rows = rows[np.argsort(chain.strike[rows], kind="stable")]
    options = tuple(Option.parse(symbol) for symbol in chain.symbol[rows].tolist())
    columns = {name: getattr(chain, name)[rows] for name in ("strike", "bid", "ask", "bid_size", "ask_size")}
    return Quotes(options=options, **columns)


def make_problem(
    chain: Chain,
    *,
    shares: int,
    expiry: date,
    floor: float,
    rate: float,
    div_yield: float,
    dividends: tuple[tuple[float, float], ...] = (),
    fee: float = DEFAULT_FEE,
    min_cap: float | None = None,
) -> Problem:
    """Check the goal and lay out what can be traded.

    Raises
    ------
    InputError
        A bad number, naming the range.
    DataError
        When no put of that expiry can be traded on.
    """
    if isinstance(shares, bool) or int(shares) != shares or shares < 1:
        raise InputError(f"--shares {shares}: expected a whole number of shares, 1 or more")
    if not 0.0 < floor <= 1.0:
        hint = f" (did you mean {floor / units.PERCENT:g}?)" if 1.0 < floor <= units.PERCENT else ""
        raise InputError(f"--floor {floor:g}: expected a fraction of today's value above 0 and up to 1{hint}")
    if not 0.0 <= fee < np.inf:
        raise InputError(f"--fee {fee:g}: expected dollars a contract, 0 or more")
    if min_cap is not None and not 1.0 <= min_cap < np.inf:
        raise InputError(f"--min-cap {min_cap:g}: expected a fraction of the spot, 1 or more (1.10 is +10%)")
    slice_ = chain.at(expiry)
    puts, calls = tradable(slice_, -1), tradable(slice_, 1)
    puts = _up_to(puts, HIGHEST_PUT * chain.spot)
    if not len(puts):
        raise DataError(
            f"{chain.source}: none of the {int((slice_.kind == -1).sum())} puts of {expiry} can be traded on "
            f"(two-sided, unflagged, spread at most {units.percent(WIDEST_SPREAD):.0f}% of mid): choose another expiry"
        )
    return Problem(
        shares=int(shares),
        spot=chain.spot,
        floor=float(floor),
        expiry=expiry,
        t_years=chain.years_to(expiry),
        days=(expiry - chain.asof.date()).days,
        rate=rate,
        div_yield=div_yield,
        dividends=dividends,
        fee=fee,
        cap=STANDARD_CAP if min_cap is None else min_cap,
        calls_allowed=min_cap is not None,
        puts=puts,
        calls=calls,
    )


def _up_to(quotes: Quotes, level: float) -> Quotes:
    """Return the quotes with strikes at or below a level."""
    keep = int(np.searchsorted(quotes.strike, level, side="right"))
    columns = {name: getattr(quotes, name)[:keep] for name in ("strike", "bid", "ask", "bid_size", "ask_size")}
    return Quotes(options=quotes.options[:keep], **columns)

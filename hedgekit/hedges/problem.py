"""What is to be hedged, with what, at which prices: the one input of every hedge."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from hedgekit import units
from hedgekit.errors import DataError, InputError
from hedgekit.fees import DEFAULT_FEE, checked_fee
from hedgekit.hedges.goal import Goal
from hedgekit.model import BoolArray, Chain, ExerciseStyle, Flag, Leg, Option
from hedgekit.payoff import exact

if TYPE_CHECKING:
    from hedgekit.distributions import Distribution

STANDARD_CAP = 1.10
"""Calls are sold at this fraction of the spot or above when no cap is asked for."""

HIGHEST_PUT = 1.10
"""Puts above this fraction of the spot are shares sold short in disguise and are left out."""

WIDEST_SPREAD = 0.30
"""Quotes with a spread above this fraction of their mid are not traded on."""

ANY_SPREAD = 2.0
"""A quote without a bid has a spread of twice its mid: nothing is wider."""

MOST_SHARES = 10_000_000
HIGHEST_CAP = 3.0
LARGEST_MOVE = 0.5
"""Up to this a cap given as a move is taken for one."""


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
    goal : Goal
        What is asked for beside the floor.
    max_spread : float
        Quotes with a wider spread, as a fraction of the mid, were left out.
    distribution : Distribution or None
        Of the spot at expiry, where the goal is a tail loss under it.
    exercise : {"american", "european"}
        The style of the chain's options: how their vols and greeks are found.
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
    goal: Goal = field(default_factory=Goal)
    max_spread: float = WIDEST_SPREAD
    distribution: Distribution | None = None
    exercise: ExerciseStyle = "american"

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
    def until(self) -> Fraction:
        """The spot from which up the floor is to hold, exact dollars a share."""
        return exact(self.goal.until)

    @property
    def budget(self) -> Fraction | None:
        """The most to pay, exact dollars; None when the goal sets no limit."""
        return None if self.goal.budget is None else exact(self.goal.budget) * self.value

    def level(self, *fractions: float) -> float:
        """Return the spot times a sum of decimal fractions, dollars a share: 1.1 x 100 is 110, not just above."""
        return float(sum((exact(fraction) for fraction in fractions), start=Fraction(0)) * exact(self.spot))

    @property
    def most_puts(self) -> int:
        """Contracts that cover every share; the last one may cover an odd lot."""
        return math.ceil(self.shares / units.MULTIPLIER)

    @property
    def most_calls(self) -> int:
        """Contracts that the shares cover."""
        return self.shares // units.MULTIPLIER


def pick_expiry(chain: Chain, *, by: date | str | None, expiry: date | str | None) -> date:
    """Return the expiry to use: exactly `expiry`, or the first listed on or after `by` that has not passed.

    Raises
    ------
    InputError
        When neither or both are given, or the chain has no such expiry; names those it has.
    """
    open_ = tuple(day for day in chain.expiries if chain.years_to(day) > 0)
    listed = ", ".join(f"{day}" for day in open_) or "none"
    by, expiry = _day("--by", by), _day("--expiry", expiry)
    if (by is None) == (expiry is None):
        raise InputError(f"give one of --by DATE and --expiry DATE; open expiries: {listed}")
    if by is not None and by < chain.asof.date():
        raise InputError(f"--by {by} is before the quotes' own day, {chain.asof.date()}; open expiries: {listed}")
    if expiry is not None:
        if expiry not in open_:
            raise InputError(f"--expiry {expiry}: {chain.source} lists no such open expiry; open: {listed}")
        return expiry
    later = [day for day in open_ if by is not None and day >= by]
    if not later:
        raise InputError(f"--by {by}: {chain.source} lists no expiry on or after it; open: {listed}")
    return later[0]


def _day(name: str, value: object) -> date | None:
    """Take a day as a date, a datetime or ISO text."""
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise InputError(f"{name} {value!r}: expected a day like 2026-09-18") from None
    if isinstance(value, datetime):
        return value.date()
    if value is None or isinstance(value, date):
        return value
    raise InputError(f"{name} {value!r}: expected a day like 2026-09-18")


def tradable(chain: Chain, sign: int, *, max_spread: float = WIDEST_SPREAD) -> Quotes:
    """Return the quotes of one kind that can be traded on: two-sided, unflagged, spread at most 30% of mid.

    Parameters
    ----------
    chain : Chain
        One expiry, inspected (flags set).
    sign : int
        +1 calls, -1 puts.
    max_spread : float
        Widest spread, as a fraction of the mid.
    """
    kept, _ = _screen(chain, max_spread)
    rows = np.flatnonzero((chain.kind == sign) & kept)
    rows = rows[np.argsort(chain.strike[rows], kind="stable")]
    options = tuple(Option.parse(symbol) for symbol in chain.symbol[rows].tolist())
    columns = {name: getattr(chain, name)[rows] for name in ("strike", "bid", "ask", "bid_size", "ask_size")}
    return Quotes(options=options, **columns)


def left_out(chain: Chain, *, max_spread: float = WIDEST_SPREAD) -> dict[str, int]:
    """Count the quotes that are not traded on by the first reason that holds: flags, one-sided, wide.

    Parameters
    ----------
    chain : Chain
        One expiry.
    max_spread : float
        Widest spread, as a fraction of the mid.
    """
    _, reasons = _screen(chain, max_spread)
    return {reason: int(rows.sum()) for reason, rows in reasons.items() if rows.any()}


def _screen(chain: Chain, max_spread: float) -> tuple[BoolArray, dict[str, BoolArray]]:
    """Return which quotes can be traded on, and for each reason which cannot."""
    with np.errstate(invalid="ignore"):
        tests = {flag.slug.replace("_", " "): (chain.flags & flag.value) != 0 for flag in Flag if flag is not Flag.WIDE}
        tests["one-sided"] = ~((chain.bid > 0) & (chain.ask > chain.bid))
        tests[f"spread above {units.percent(max_spread):g}% of mid"] = chain.wider_than(max_spread)
    kept = np.ones(len(chain), dtype=bool)
    reasons = {}
    for reason, rows in tests.items():
        reasons[reason] = rows & kept
        kept = kept & ~rows
    return kept, reasons


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
    max_spread: float = WIDEST_SPREAD,
    goal: Goal | None = None,
) -> Problem:
    """Check the terms and lay out what can be traded.

    Raises
    ------
    InputError
        A bad number, naming the range.
    DataError
        When no put of that expiry can be traded on.
    """
    if isinstance(shares, bool) or not 1 <= shares <= MOST_SHARES or int(shares) != shares:
        split = "; split the position" if shares > MOST_SHARES else ""
        raise InputError(f"--shares {shares}: expected a whole number of shares from 1 to {MOST_SHARES:,}{split}")
    goal = Goal(floor=floor, floor_given=True) if goal is None else goal
    checked_fee(fee)
    if min_cap is not None and not 1.0 <= min_cap <= HIGHEST_CAP:
        raise InputError(
            f"--min-cap {min_cap:g}: expected a fraction of the spot from 1 to {HIGHEST_CAP:g}, 1.10 being +10%"
            f"{_cap_meant(min_cap)}"
        )
    if not 0.0 < max_spread <= ANY_SPREAD:
        meant = f" (did you mean {units.fraction(max_spread):g}?)" if ANY_SPREAD < max_spread <= units.PERCENT else ""
        raise InputError(f"--max-spread {max_spread:g}: expected a fraction of the mid above 0 and up to 2{meant}")
    slice_ = chain.at(expiry)
    puts, calls = tradable(slice_, -1, max_spread=max_spread), tradable(slice_, 1, max_spread=max_spread)
    puts = _up_to(puts, HIGHEST_PUT * chain.spot)
    if not len(puts):
        raise DataError(
            f"{chain.source}: none of the {int((slice_.kind == -1).sum())} puts of {expiry} can be traded on "
            f"(of its quotes: {_counted(left_out(slice_, max_spread=max_spread))}): choose another expiry or file"
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
        goal=goal,
        max_spread=max_spread,
        exercise=chain.exercise,
    )


def _cap_meant(cap: float) -> str:
    """Suggest the cap that was probably meant: 110 and 10 are percent numbers, 0.1 is a move."""
    meant = units.fraction(cap)
    if cap < units.PERCENT:
        meant = 1.0 + (cap if cap < 1.0 else meant)
    return f" (did you mean {meant:g}?)" if 1.0 < meant <= 1.0 + LARGEST_MOVE else ""


def _counted(reasons: dict[str, int]) -> str:
    """Say counts by reason: "3 zero bid, 12 stale"."""
    return ", ".join(f"{count:,} {reason}" for reason, count in reasons.items()) or "none up to 110% of the spot"


def _up_to(quotes: Quotes, level: float) -> Quotes:
    """Return the quotes with strikes at or below a level."""
    keep = int(np.searchsorted(quotes.strike, level, side="right"))
    columns = {name: getattr(quotes, name)[:keep] for name in ("strike", "bid", "ask", "bid_size", "ask_size")}
    return Quotes(options=quotes.options[:keep], **columns)

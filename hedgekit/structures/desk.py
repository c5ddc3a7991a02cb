"""Where a structure finds its strikes and prices: the quotes of one expiry, or two, that can be traded on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from hedgekit.errors import DataError, InfeasibleError, InputError
from hedgekit.market.calendar import previous_session
from hedgekit.market.inputs import Given, MarketInputs, resolve
from hedgekit.market.legs import share_price, touch
from hedgekit.market.vols import solve
from hedgekit.model import Chain, Flag, Kind, Leg, Option, Shares
from hedgekit.results import Note
from hedgekit.structures.choice import Choice, Distance
from hedgekit.units import MULTIPLIER, percent

WIDEST_SPREAD = 0.30
"""Quotes with a spread above this fraction of their mid are not chosen."""

FAR_DAYS = 25
"""A calendar's later expiry is the first listed so many days after the near one, unless named."""

MOST_CONTRACTS = 100_000

DELTA_SLACK, LEVEL_SLACK, WIDTH_SLACK = 0.05, 0.01, 0.25
"""A strike is said to be off when its delta, its level (of the spot) or its width (of the one asked) misses by more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a structure is built from.

    Attributes
    ----------
    chain : Chain
    expiry : date
    far_expiry : date or None
        Of structures with two expiries.
    contracts : int
        How many of the structure.
    choice : Choice
        With the structure's defaults filled in.
    market : MarketInputs
        Rate and dividends of the expiries.
    max_spread : float
    notes : list of Note
        Where what was asked for is not listed or not tradable, and something else was taken.
    """

    chain: Chain
    expiry: date
    contracts: int
    choice: Choice
    market: MarketInputs
    far_expiry: date | None = None
    max_spread: float = WIDEST_SPREAD
    notes: list[Note] = field(default_factory=list, repr=False, compare=False)
    _deltas: dict[date, npt.NDArray[np.float64]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def spot(self) -> float:
        """Dollars a share."""
        return self.chain.spot

    def buy(self, kind: Kind, strike: float, *, times: int = 1, far: bool = False) -> Leg:
        """Return a bought leg at the ask."""
        return self._leg(kind, strike, times, far=far)

    def sell(self, kind: Kind, strike: float, *, times: int = 1, far: bool = False) -> Leg:
        """Return a sold leg at the bid."""
        return self._leg(kind, strike, -times, far=far)

    def shares(self) -> Shares:
        """Return the shares that the contracts cover, at the spot to the cent."""
        return Shares(shares=MULTIPLIER * self.contracts, ticker=self.chain.ticker, price=share_price(self.chain))

    def main(self, kind: Kind, position: int = 0, *, far: bool = False) -> float:
        """Return a main strike: by delta, else by distance out of the money.

        Parameters
        ----------
        kind : {"call", "put"}
        position : int
            Which of several deltas or distances, from the lowest strike up; the last one given counts for the rest.
        far : bool
            At the later expiry.
        """
        choice = self.choice
        if choice.deltas:
            return self.by_delta(kind, _at(choice.deltas, position), far=far)
        away = _at(choice.otm, position)
        return self.nearest(kind, self.spot * (1.0 + away if kind == "call" else 1.0 - away), far=far)

    def by_delta(self, kind: Kind, delta: float, *, far: bool = False) -> float:
        """Return the tradable strike whose delta is nearest in size.

        Raises
        ------
        InfeasibleError
            When no tradable quote has a delta.
        """
        rows, day = self._tradable(kind, far=far), self._day(far)
        deltas = np.abs(self._delta_of(day)[rows])
        known = np.isfinite(deltas)
        if not known.any():
            raise InfeasibleError(f"{self.chain.source}: no tradable {kind} of {day} has a delta: give --strikes")
        strikes = self.chain.at(day).strike[rows][known]
        best = int(np.argmin(np.abs(deltas[known] - delta)))
        found, has = float(strikes[best]), float(deltas[known][best])
        if abs(has - delta) > DELTA_SLACK:
            self._note(f"no tradable {kind} of {day} has a delta of {delta:g}: the {found:g} has {has:.2f}")
        return found

    def nearest(self, kind: Kind, level: float, *, far: bool = False) -> float:
        """Return the tradable strike nearest to a level; of two the one farther from the spot."""
        strikes = self.strikes(kind, far=far)
        order = np.lexsort((-np.abs(strikes - self.spot), np.round(np.abs(strikes - level), 9)))
        found = float(strikes[order[0]])
        if abs(found - level) > LEVEL_SLACK * self.spot:
            self._note(f"no {kind} of {self._day(far)} near {level:.2f} can be traded on: the {found:g} is taken")
        return found

    def _note(self, message: str) -> None:
        self.notes.append(Note("strike_off", message))

    def wing(
        self, kind: Kind, strike: float, direction: int, position: int = 0, *, width: Distance | None = None
    ) -> float:
        """Return the strike at the chosen width from another, strictly beyond it.

        Parameters
        ----------
        kind : {"call", "put"}
        strike : float
            The main strike.
        direction : int
            +1 above, -1 below.
        position : int
            Which of several widths, from the lowest up.
        width : Distance, optional
            Instead of the choice's.

        Raises
        ------
        InfeasibleError
            When no tradable strike lies beyond.
        """
        away = (width or _at(self.choice.widths, position)).dollars(self.spot)
        strikes = self.strikes(kind)
        beyond = strikes[direction * (strikes - strike) > 0.0]
        if not len(beyond):
            side = "above" if direction > 0 else "below"
            raise InfeasibleError(
                f"{self.chain.source}: no {kind} of {self.expiry} {side} {strike:g} can be traded on: choose a main "
                "strike nearer the money"
            )
        found = float(beyond[np.argmin(np.round(np.abs(beyond - (strike + direction * away)), 9))])
        got = abs(found - strike)
        if abs(got - away) > WIDTH_SLACK * away:
            self._note(
                f"no tradable {kind} of {self.expiry} is {away:.2f} from {strike:g}: the {found:g} is {got:g} away"
            )
        return found

    @property
    def kind(self) -> Kind:
        """Call or put, of a structure that can be made of either."""
        return "call" if self.choice.kind == "call" else "put"

    def common(self, strike: float) -> float:
        """Return the strike nearest to one at which both a put and a call can be traded on."""
        return self._shared(self.strikes("put"), self.strikes("call"), strike, f"no strike of {self.expiry} has both")

    def in_both(self, kind: Kind, strike: float) -> float:
        """Return the strike nearest to one that can be traded on at both expiries."""
        what = f"no {kind} strike can be traded on at both {self.expiry} and {self.far_expiry}"
        return self._shared(self.strikes(kind), self.strikes(kind, far=True), strike, what)

    def even_wings(self, kind: Kind, body: float) -> tuple[float, float, float]:
        """Return two strikes equally far from a middle one, as near the chosen width as there are.

        Raises
        ------
        InfeasibleError
            When no two tradable strikes are equally far.
        """
        strikes = self.strikes(kind)
        below = np.round(body - strikes[strikes < body], 6)
        widths = np.intersect1d(below, np.round(strikes[strikes > body] - body, 6))
        if not len(widths):
            raise InfeasibleError(
                f"{self.chain.source}: no two {kind}s of {self.expiry} equally far from {body:g} can be traded on: use "
                "broken-wing-butterfly, or --strikes"
            )
        width = float(widths[np.argmin(np.abs(widths - _at(self.choice.widths, 0).dollars(self.spot)))])
        return round(body - width, 6), body, round(body + width, 6)

    def _shared(
        self, first: npt.NDArray[np.float64], second: npt.NDArray[np.float64], strike: float, none: str
    ) -> float:
        both = np.intersect1d(first, second)
        if not len(both):
            raise InfeasibleError(f"{self.chain.source}: {none} tradable quotes")
        return float(both[np.argmin(np.abs(both - strike))])

    def strikes(self, kind: Kind, *, far: bool = False) -> npt.NDArray[np.float64]:
        """Return the tradable strikes of one kind, ascending.

        Raises
        ------
        InfeasibleError
            When there is none.
        """
        return np.unique(self.chain.at(self._day(far)).strike[self._tradable(kind, far=far)])

    def _leg(self, kind: Kind, strike: float, times: int, *, far: bool) -> Leg:
        day = self._day(far)
        option = self._option(kind, strike, day)
        quantity = times * self.contracts
        return Leg(contracts=quantity, option=option, premium=touch(self.chain, option, quantity))

    def _option(self, kind: Kind, strike: float, day: date) -> Option:
        """Return the listed option, of the standard deliverable where several roots list it."""
        slice_ = self.chain.at(day)
        sign = 1 if kind == "call" else -1
        rows = np.flatnonzero((slice_.kind == sign) & (np.abs(slice_.strike - strike) < _SAME))
        if not len(rows):
            listed = np.unique(slice_.strike[slice_.kind == sign])
            if not len(listed):
                raise DataError(f"{self.chain.source}: no {kind} of {day}")
            near = ", ".join(f"{k:g}" for k in listed[np.argsort(np.abs(listed - strike), kind="stable")[:4]])
            raise InputError(f"{self.chain.source}: no {kind} of {day} is struck at {strike:g}; nearest: {near}")
        standard = [row for row in rows if not slice_.flags[row] & Flag.NON_STANDARD]
        return Option.parse(str(slice_.symbol[(standard or list(rows))[0]]))

    def _day(self, far: bool) -> date:
        if not far:
            return self.expiry
        assert self.far_expiry is not None
        return self.far_expiry

    def _tradable(self, kind: Kind, *, far: bool) -> npt.NDArray[np.intp]:
        day = self._day(far)
        slice_ = self.chain.at(day)
        sign = 1 if kind == "call" else -1
        with np.errstate(invalid="ignore"):
            good = (slice_.flags & ~int(Flag.WIDE)) == 0
            good &= (slice_.kind == sign) & (slice_.bid > 0.0) & (slice_.ask > slice_.bid)
            good &= ~slice_.wider_than(self.max_spread)
        rows = np.flatnonzero(good)
        if not len(rows):
            raise InfeasibleError(
                f"{self.chain.source}: no {kind} of {day} has an unflagged two-sided quote with a spread up to "
                f"{percent(self.max_spread):g}% of its mid: choose another expiry, or allow more with --max-spread"
            )
        return rows

    def _delta_of(self, day: date) -> npt.NDArray[np.float64]:
        if day not in self._deltas:
            self._deltas[day] = np.asarray(solve(self.chain.at(day), self.market).greeks.delta)
        return self._deltas[day]


_SAME = 1e-6  # dollars: two strikes are one


def _at(values: Sequence[Any], position: int) -> Any:
    return values[min(position, len(values) - 1)]


def open_desk(
    chain: Chain,
    *,
    choice: Choice,
    contracts: int = 1,
    by: date | None = None,
    expiry: date | None = None,
    far_by: date | None = None,
    far_expiry: date | None = None,
    two_expiries: bool = False,
    rate: Given = None,
    dividends: Given = None,
    max_spread: float = WIDEST_SPREAD,
) -> Desk:
    """Settle expiries and market of a chain for building.

    Raises
    ------
    InputError
        No or a bad expiry or number.
    DataError
        Quotes of a day without trading.
    """
    if isinstance(contracts, bool) or not 1 <= contracts <= MOST_CONTRACTS:
        raise InputError(f"--contracts {contracts}: expected 1 to {MOST_CONTRACTS:,}")
    if not 0.0 < max_spread <= 2.0:
        raise InputError(f"--max-spread {max_spread:g}: expected a fraction of the mid above 0 and up to 2")
    if chain.market_closed:
        last = previous_session(chain.asof.date())
        raise DataError(
            f"{chain.source}: quoted on {chain.asof:%a %Y-%m-%d}, when the market was shut ({chain.closed_reason}): "
            f"these are the quotes of {last:%a %Y-%m-%d}. Bring a newer file, or use them as of then: --asof {last}"
        )
    near = pick_expiry(chain, by=by, expiry=expiry)
    far = None
    if two_expiries:
        far = _later(chain, near, far_by, far_expiry)
    elif far_by is not None or far_expiry is not None:
        raise InputError("--far-by and --far-expiry are for structures with two expiries: calendar and diagonal")
    days = [near] if far is None else [near, far]
    market = resolve(chain, days, rate=rate, dividends=dividends)
    return Desk(
        chain=chain, expiry=near, far_expiry=far, contracts=contracts, choice=choice, market=market,
        max_spread=max_spread,
    )  # fmt: skip


def pick_expiry(chain: Chain, *, by: date | None, expiry: date | None) -> date:
    """Return exactly `expiry`, or the first listed on or after `by` that has not passed.

    Raises
    ------
    InputError
        Neither or both given, or none such; names the open expiries.
    """
    open_ = tuple(day for day in chain.expiries if chain.years_to(day) > 0)
    listed = ", ".join(f"{day}" for day in open_) or "none"
    if (by is None) == (expiry is None):
        raise InputError(f"give one of --by DATE and --expiry DATE; open expiries: {listed}")
    if expiry is not None:
        if expiry not in open_:
            raise InputError(f"--expiry {expiry}: {chain.source} lists no such open expiry; open: {listed}")
        return expiry
    assert by is not None
    if by < chain.asof.date():
        raise InputError(f"--by {by} is before the quotes' own day, {chain.asof.date()}; open expiries: {listed}")
    later = [day for day in open_ if day >= by]
    if not later:
        raise InputError(f"--by {by}: {chain.source} lists no expiry on or after it; open: {listed}")
    return later[0]


def _later(chain: Chain, near: date, far_by: date | None, far_expiry: date | None) -> date:
    if far_by is not None or far_expiry is not None:
        try:
            far = pick_expiry(chain, by=far_by, expiry=far_expiry)
        except InputError as error:
            raise InputError(str(error).replace("--by", "--far-by").replace("--expiry", "--far-expiry")) from None
        if far <= near:
            raise InputError(f"the later expiry {far} is not after the near one, {near}")
        return far
    later = [day for day in chain.expiries if (day - near).days >= FAR_DAYS] or [
        day for day in chain.expiries if day > near
    ]
    if not later:
        raise InputError(f"{chain.source} lists no expiry after {near}: name an earlier --by for the near legs")
    return later[0]


def with_choice(desk: Desk, choice: Choice) -> Desk:
    """Return the desk with another choice of strikes."""
    return replace(desk, choice=choice)


def require_rising(names: Sequence[str], strikes: Sequence[float]) -> None:
    """Check that strikes ascend as a structure's do.

    Raises
    ------
    InputError
        Wrong number or order; names what each is.
    """
    if len(strikes) != len(names):
        raise InputError(f"--strikes: {len(strikes)} given, {len(names)} needed: {', '.join(names)}")
    for low, high in pairwise(strikes):
        if not low < high:
            raise InputError(f"--strikes {', '.join(f'{k:g}' for k in strikes)}: must ascend: {', '.join(names)}")
    if any(not (math.isfinite(k) and k > 0) for k in strikes):
        raise InputError("--strikes: expected positive dollars a share")

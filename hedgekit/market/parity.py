"""The spot that a chain's own quotes imply, by the bounds of American put-call parity.

For American options on a share that pays dividends D before expiry (Hull, *Options, Futures, and Other Derivatives*,
section 11.4 and 11.6; tau is the time over which the strike is financed)::

    S - PV(D) - K <= C - P <= S - K exp(-r tau)          r >= 0

so each pair of a call and a put holds the spot between ``C_bid - P_ask + K exp(-r tau)`` and
``C_ask - P_bid + K + PV(D)``. Exercise is paid for at settlement, so tau runs from the settlement of a trade made now
to the settlement of an exercise at expiry: over a long weekend it is days longer than the time to the cut-off.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from hedgekit.market import calendar
from hedgekit.model import Chain, Flag, FloatArray
from hedgekit.units import years

TOLERANCE = 2e-4
"""A spot this fraction outside the interval still agrees: a tick or two of the underlying within the quotes' time."""

NEUTRAL_RATE, RATE_MARGIN = 0.03, 0.03
"""Without a rate, 0 to 6% a year is allowed for: 0.008% of the spot for each day to expiry, either way."""

YIELD_ALLOWANCE = 0.02
"""Without known dividends, what may fall due before an expiry: 2% a year, that is 0.005% of the spot a day."""

NEAR_MONEY = 0.03  # strikes this fraction from the forward
PAIRS_AN_EXPIRY = 12
NEAREST_EXPIRIES = 5
FAR_DAYS = 60.0  # beyond this many days dividends and early exercise blur the spot more than they tell it
LEAST_PAIRS = 3
DISPUTED = Flag.CROSSED | Flag.VERTICAL | Flag.BUTTERFLY | Flag.CALENDAR | Flag.DUPLICATE | Flag.NON_STANDARD
"""Quotes that other quotes contradict tell no parity."""

LARGEST_DIVIDEND = 0.015  # of the spot
EXERCISE_EXPIRIES, EXERCISE_REACH = 3, 0.15  # the nearest, and strikes so far from the forward, tell early exercise
EXERCISE_CLEAR, EXERCISE_SOUND = 0.7, 0.9  # of the gap that must be explained; of the calls that tell
STRICT_DAYS = 4  # over a long weekend: an expiry within so many days leaves little room for an ex-date


@dataclass(frozen=True, slots=True, kw_only=True)
class ParitySpot:
    """The spot that near-the-money pairs imply.

    Parameters
    ----------
    spot : float
        Point estimate, dollars a share.
    low, high : float
        The interval that most pairs allow.
    pairs : int
        Pairs of a call and a put used.
    first_expiry, last_expiry : date
        The nearest and farthest expiry used.
    asof : date
        Day of the quotes.
    nearest : tuple of float
        The interval of the nearest expiry alone.
    today : tuple of float, optional
        What the options that expire on the as-of day allow, before any dividend; not part of the estimate, as few of
        them are quoted and they stop trading at the close.
    """

    spot: float
    low: float
    high: float
    pairs: int
    first_expiry: date
    last_expiry: date
    asof: date
    nearest: tuple[float, float]
    today: tuple[float, float] | None = None

    def agrees(self, spot: float) -> bool:
        """Whether a spot lies in the interval, to within `TOLERANCE` of itself."""
        return _within(spot, (self.low, self.high))

    def dividend_explains(self, spot: float, calls: bool | None = None) -> bool:
        """Whether a dividend due before the expiries used explains a spot above the interval.

        So it does when the gap is one that a dividend can make, and the nearest expiry alone, or the options that
        expire on the day itself, agree with the spot; without the latter, also when `calls` say so (see
        `calls_tell_dividend`) or the nearest expiry is far enough for an ex-date to be likely before. It does not when
        they deny it.
        """
        if calls is False or not 0.0 < spot - self.high < LARGEST_DIVIDEND * spot:
            return False
        if _within(spot, self.nearest):
            return True
        if self.today is None:
            return bool(calls) or (self.first_expiry - self.asof).days > STRICT_DAYS
        return _within(spot, self.today)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Calls and puts of one expiry that share a strike, all arrays of shape (m,), dollars a share."""

    strike: FloatArray
    call_bid: FloatArray
    call_ask: FloatArray
    put_bid: FloatArray
    put_ask: FloatArray

    def __len__(self) -> int:
        return len(self.strike)

    @property
    def bid(self) -> FloatArray:
        """What selling the call and buying the put brings."""
        return self.call_bid - self.put_ask

    @property
    def ask(self) -> FloatArray:
        """What buying the call and selling the put costs."""
        return self.call_ask - self.put_bid


def parity_spot(
    chain: Chain, *, rate: float | None = None, dividends: Sequence[tuple[float, float]] = ()
) -> ParitySpot | None:
    """Tell the spot from put-call parity near the money of the nearest expiries that outlive the day.

    Parameters
    ----------
    chain : Chain
    rate : float, optional
        Continuously compounded, decimal a year. Without it the rate is taken as 3% give or take 3%, which widens the
        interval and gives nearer expiries more weight.
    dividends : sequence of (t_years, amount)
        Known cash dividends; without any, the interval allows for 2% a year.

    Returns
    -------
    ParitySpot or None
        None when the chain has too few quotes on both sides near the money within 60 days.

    Notes
    -----
    The interval is the one that lies within most pairs' bounds (Marzullo's intersection, 1984), so that a few stale
    quotes do not empty it; the point is the median of ``C - P + K exp(-r tau) + PV(D)`` at the mids, weighted by the
    inverse square of each pair's width, moved into the interval. Expiries from which on the spot they imply is lower,
    by a step no interest explains, lie beyond an ex-date: they tell the spot less a dividend, and are left out.
    """
    centre, margin = (NEUTRAL_RATE, RATE_MARGIN) if rate is None else (rate, 0.0)
    lows, highs, mids, widths = [], [], [], []
    used: list[date] = []
    for expiry, t_years in _nearest(chain):
        pairs = pairs_near_money(chain.at(expiry), NEAR_MONEY, PAIRS_AN_EXPIRY)
        strike, bid, ask = pairs.strike, pairs.bid, pairs.ask
        if not len(pairs):
            continue
        tau = financing_years(chain.asof.date(), expiry)
        paid = sum(amount * math.exp(-centre * t) for t, amount in dividends if 0.0 < t <= t_years)
        allowed = paid if dividends else YIELD_ALLOWANCE * tau * strike
        discounts = np.exp(-np.array([[centre - margin], [centre], [centre + margin]]) * tau)
        lows.append(bid + strike * np.minimum(1.0, discounts[2]))
        highs.append(ask + strike * np.maximum(1.0, discounts[0]) + allowed)
        mids.append(0.5 * (bid + ask) + strike * discounts[1] + paid)
        widths.append(ask - bid + strike * margin * tau)
        used.append(expiry)
    if sum(map(len, mids)) < LEAST_PAIRS:
        return None
    before = _before_a_dividend(lows, highs)
    lows, highs, mids, widths, used = lows[:before], highs[:before], mids[:before], widths[:before], used[:before]
    low, high = deepest(np.concatenate(lows), np.concatenate(highs))
    point = weighted_median(np.concatenate(mids), np.concatenate(widths) ** -2.0)
    return ParitySpot(
        spot=round(min(max(point, low), high), 4),
        low=low,
        high=high,
        pairs=sum(map(len, mids)),
        first_expiry=used[0],
        last_expiry=used[-1],
        asof=chain.asof.date(),
        nearest=deepest(lows[0], highs[0]),
        today=_today(chain),
    )


def calls_tell_dividend(chain: Chain, spot: float, ex_dividend: float) -> bool | None:
    """Whether calls in the money are offered at exercise value of a spot above the one that parity says, not below.

    None where too few of them tell, or the gap is none that a dividend makes.

    Parameters
    ----------
    chain : Chain
    spot, ex_dividend : float
        The spot doubted and parity's, dollars a share.

    Notes
    -----
    Were `spot` only too high, calls deep in the money would be offered below what exercising at it brings: they are
    worth parity's spot less the strike, and little more where their puts are cheap. Were a dividend due before the
    nearest expiry, nobody would offer them below exercise value at the spot of today.
    """
    gap = spot - ex_dividend
    if chain.exercise != "american" or not 0.0 < gap < LARGEST_DIVIDEND * spot:
        return None
    telling = sound = 0
    for expiry, _ in _nearest(chain)[:EXERCISE_EXPIRIES]:
        pairs = pairs_near_money(chain.at(expiry), EXERCISE_REACH, len(chain), bid_for=False)
        # what a call would be offered at above its exercise value at parity's spot
        over = pairs.put_ask + (pairs.call_ask - pairs.call_bid)
        rows = (pairs.strike < ex_dividend) & (over < EXERCISE_CLEAR * gap)
        telling += int(rows.sum())
        sound += int((pairs.call_ask[rows] + pairs.strike[rows] >= spot - TOLERANCE * spot).sum())
    return sound >= EXERCISE_SOUND * telling if telling >= LEAST_PAIRS else None


def _within(spot: float, interval: tuple[float, float]) -> bool:
    return interval[0] - TOLERANCE * spot <= spot <= interval[1] + TOLERANCE * spot


def _before_a_dividend(lows: list[FloatArray], highs: list[FloatArray]) -> int:
    """Return how many of the nearest expiries lie before a step down that the next two share; all without one.

    Farther ones need not show it: the interest allowed for fills the step within weeks.
    """
    if sum(map(len, lows)) < LEAST_PAIRS:
        return len(lows)
    ends = [deepest(low, high) for low, high in zip(lows, highs, strict=True)]
    for place in range(1, len(ends)):
        if sum(map(len, lows[:place])) < LEAST_PAIRS:
            continue
        floor = deepest(np.concatenate(lows[:place]), np.concatenate(highs[:place]))[0]
        steps = [floor - high for _, high in ends[place : place + 2]]
        if min(steps) > TOLERANCE * floor and max(steps) < LARGEST_DIVIDEND * floor:
            return place
    return len(ends)


def financing_years(trade_day: date, expiry: date) -> float:
    """Years over which a strike is financed: from the settlement of a trade now to that of an exercise at expiry.

    Examples
    --------
    >>> round(financing_years(date(2026, 6, 15), date(2026, 6, 18)) * 365, 9)  # Friday 06-19 is a holiday
    6.0
    """
    session = trade_day if calendar.is_session(trade_day) else calendar.previous_session(trade_day)
    exercised = calendar.exercise_cutoff(expiry).date()
    return years((calendar.settlement_day(exercised) - calendar.settlement_day(session)).days)


def pairs_near_money(chain: Chain, near: float, most: int, *, bid_for: bool = True) -> Pairs:
    """Return the calls and puts of one expiry that share a strike near its forward.

    Parameters
    ----------
    chain : Chain
        Quotes of one expiry.
    near : float
        Greatest distance of a strike from the forward, as a fraction of it.
    most : int
        Greatest number of strikes; the nearest are kept.
    bid_for : bool
        Leave out options that nobody bids for: their mid says little, though a bid of nothing is still a bound.
    """
    calls, puts = _two_sided(chain, 1, bid_for), _two_sided(chain, -1, bid_for)
    strike, c, p = np.intersect1d(chain.strike[calls], chain.strike[puts], return_indices=True)
    c, p = calls[c], puts[p]
    if len(strike):
        # where call and put are worth the same, the strike is the forward
        forward = strike[np.argmin(np.abs(chain.mid[c] - chain.mid[p]))]
        distance = np.abs(strike / forward - 1.0)
        kept = np.sort(np.argsort(distance, kind="stable")[: min(most, int((distance <= near).sum()))])
        strike, c, p = strike[kept], c[kept], p[kept]
    return Pairs(
        strike=strike, call_bid=chain.bid[c], call_ask=chain.ask[c], put_bid=chain.bid[p], put_ask=chain.ask[p]
    )


def _two_sided(chain: Chain, sign: int, bid_for: bool) -> npt.NDArray[np.intp]:
    """Rows of one side that are offered and, if wanted, bid for, of the plain contract, and disputed by no other."""
    plain = np.array([symbol[:-15] for symbol in chain.symbol.tolist()]) == _plain_root(chain)
    bid = chain.bid > 0.0 if bid_for else chain.bid >= 0.0
    sound = (chain.flags & DISPUTED) == 0
    return np.flatnonzero((chain.kind == sign) & bid & (chain.ask >= chain.bid) & plain & sound)


def _plain_root(chain: Chain) -> str:
    roots, counts = np.unique([symbol[:-15] for symbol in chain.symbol.tolist()], return_counts=True)
    return str(chain.ticker if chain.ticker in roots else roots[np.argmax(counts)])


def _nearest(chain: Chain) -> list[tuple[date, float]]:
    """Return the nearest expiries that outlive the as-of day, but are not too far to tell the spot."""
    today = chain.asof.date()
    left = []
    for expiry in chain.expiries:
        t_years = chain.years_to(expiry)
        if calendar.exercise_cutoff(expiry).date() > today and t_years <= years(FAR_DAYS):
            left.append((expiry, t_years))
    return left[:NEAREST_EXPIRIES]


def _today(chain: Chain) -> tuple[float, float] | None:
    """Return what the options expiring on the as-of day say of the spot: no interest, no dividend in between."""
    today = chain.asof.date()
    for expiry in chain.expiries:
        if calendar.exercise_cutoff(expiry).date() == today:
            pairs = pairs_near_money(chain.at(expiry), NEAR_MONEY, PAIRS_AN_EXPIRY, bid_for=False)
            return deepest(pairs.strike + pairs.bid, pairs.strike + pairs.ask) if len(pairs) else None
    return None


def deepest(lows: FloatArray, highs: FloatArray) -> tuple[float, float]:
    """Return the interval that lies within most of the intervals given."""
    edges = np.concatenate([lows, highs])
    # at equal edges an interval opens before another closes
    steps = np.concatenate([np.ones(len(lows)), -np.ones(len(highs))])
    order = np.lexsort((-steps, edges))
    depth = np.cumsum(steps[order])
    best = int(np.argmax(depth))
    return float(edges[order[best]]), float(edges[order[best + 1]])


def weighted_median(values: FloatArray, weights: FloatArray) -> float:
    """Return the value with half of the weight on either side."""
    order = np.argsort(values, kind="stable")
    mass = np.cumsum(weights[order])
    return float(values[order[np.searchsorted(mass, 0.5 * mass[-1])]])

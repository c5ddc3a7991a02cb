"""Interest and dividends as the chain's own quotes imply them, by put-call parity freed of early exercise.

For European options ``c - p = D (F - K)`` at every strike, so a line through calls less puts gives the discount factor
D as its slope and the forward F as its zero. American quotes hold an early exercise premium besides, which grows with
the strike and would be taken for interest. It is found with the model (the vol of the out-of-the-money side, at the
rate and forward found so far), taken off, and the line drawn again until nothing moves.

The premium of a put depends on when dividends fall, not only on how much: nobody exercises just before an ex-date. So
dividends are taken as equal cash amounts every quarter, whose amount and first date are fitted to the steps in the
forwards; a continuous yield instead would turn a rate of 3.6% into 3.3%.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from numpy.polynomial import chebyshev

from hedgekit.errors import DataError
from hedgekit.market.parity import deepest, financing_years, pairs_near_money, weighted_median
from hedgekit.model import BoolArray, Chain, FloatArray
from hedgekit.pricing import implied_vol, price
from hedgekit.units import percent, years

SHORTEST, LONGEST = 0.2, 2.1
"""Expiries that tell the rate, in years: nearer ones discount too little, farther ones are quoted too wide."""

SHORTEST_EUROPEAN = 0.04
"""Without early exercise in the way nearer expiries tell it too."""

WIDEST_INTERVAL = 0.025
"""A rate known no better than this, decimal a year from end to end, is refused: a rate assumed would be no worse."""

MODEL_MARGIN = 0.001
"""What the early exercise model and the dividend dates may be wrong by, decimal a year, added to either side."""

RATE_REACH, RATE_PAIRS = 0.13, 16  # strikes around the forward that tell the slope
FORWARD_REACH, FORWARD_PAIRS, FEW_PAIRS = 0.05, 12, 6  # and those that tell the zero; fewer while the rate is sought
LEAST_PAIRS, LEAST_EXPIRIES = 6, 2
LEAST_WIDTH = 0.02  # dollars: quotes in cents cannot tell a pair better
STARTING_RATE = 0.03
ROUNDS, SETTLED = 10, 2e-5
TELLING_STEP = 5e-4  # steps of the search smaller than this tell robust fits' jumps, not how strongly rates pull
LOWEST_RATE, HIGHEST_RATE = -0.05, 0.20  # where the search stays
QUARTER, LEAST_FORWARDS = years(91.0), 4  # ex-dates keep to the same weekday, 13 weeks apart
DRIFT = 0.005  # how far forwards may grow otherwise than at the rate, decimal a year, while dividends are fitted
TRUST, GROSS = 0.25, 25.0  # a mid is good to about a quarter of the spread; greatest square while dating dividends
USUAL_DIVIDEND, HIGHEST_DIVIDEND = 0.0025, 0.05  # of the spot, a quarter
CONFIDENCE = 2.3  # standard errors to either side of a rate that few expiries tell: Student's, not the normal's
HUBER = 1.345  # residuals beyond this many scales count less (Huber 1981, 95% efficient for normal noise)
TO_SCALE = 1.4826  # median absolute residual to standard deviation
REWEIGHTINGS, FORWARD_ROUNDS, DIVIDEND_ROUNDS, GROWTH_ROUNDS = 20, 3, 4, 4
LEAST_SCALE = 0.02  # of a pair's width
POINTS, FEW_POINTS = 6, 3  # strikes of an expiry at which early exercise is priced; and of one that tells no rate
SMILE_DEGREE = 3

TELLING_DIVIDENDS, CLEARLY_BETTER = 5, 0.8
"""Cash dividends are inferred from so many expiries or more, when they take a fifth of the crookedness away."""

Cash: TypeAlias = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RateEstimate:
    """The interest rate that a chain implies.

    Parameters
    ----------
    rate : float
        Continuously compounded, decimal a year.
    low, high : float
        About 95% of the time the rate lies between.
    expiries : int
        How many expiries tell it.
    basis : str
        In words.
    dividends : tuple of (t_years, amount)
        The cash dividends that go with it: those given, or those fitted (see `infer_dividends`).
    """

    rate: float
    low: float
    high: float
    expiries: int
    basis: str
    dividends: tuple[tuple[float, float], ...] = ()

    @property
    def interval(self) -> tuple[float, float]:
        """Low and high together."""
        return self.low, self.high


@dataclass(frozen=True, slots=True, kw_only=True)
class Forward:
    """The forward of one expiry; numbers are NaN where no strike near the money is quoted on both sides.

    Parameters
    ----------
    expiry : date
    t_years : float
        Years of 365 days to the exercise cut-off.
    forward, forward_low, forward_high : float
        Dollars a share, and the interval that most pairs' bids and asks allow.
    div_yield : float
        The continuous yield that makes it so: ``rate - ln(forward / spot) / t_years``; dividends, borrow fees and
        whatever else carries, together.
    residual_yield : float
        The continuous yield that makes it so beside the cash dividends given; `div_yield` without any.
    pairs : int
        Strikes used.
    """

    expiry: date
    t_years: float
    forward: float
    forward_low: float
    forward_high: float
    div_yield: float
    residual_yield: float
    pairs: int


def infer_rate(chain: Chain, *, dividends: Cash = ()) -> RateEstimate:
    """Tell the interest rate from put-call parity across strikes.

    Parameters
    ----------
    chain : Chain
    dividends : sequence of (t_years, amount)
        Known cash dividends; without any, quarterly ones are fitted to the forwards.

    Returns
    -------
    RateEstimate

    Raises
    ------
    DataError
        When fewer than two expiries between 0.2 and 2.1 years are quoted on both sides near the money, or their rates
        disagree so that the interval is wider than 2.5% a year.

    Notes
    -----
    Each expiry's slope is a robust line (Huber weights) through the mids, weighted by the inverse width of each pair's
    quotes. The expiries are pooled as in a random-effects mean (DerSimonian and Laird 1986), so that a rate that truly
    differs by expiry, or quotes that are off together, widen the interval. Interest runs from settlement to settlement.
    The answer is the rate at which early exercise priced at it leaves slopes that say the same, found by secants.
    """
    board = _Board.of(chain)
    told = [expiry for expiry, tells in zip(board.expiries, board.telling, strict=True) if tells]
    if len(told) < LEAST_EXPIRIES:
        raise DataError(
            f"{chain.source}: cannot tell the interest rate: {len(told)} of {len(chain.expiries)} expiries have "
            f"{LEAST_PAIRS} strikes quoted on both sides near the money {SHORTEST} to {LONGEST} years ahead. "
            "Give --rate."
        )
    rate, error = _fixed_point(lambda trial: board.implied(trial, dividends))
    half = CONFIDENCE * error + MODEL_MARGIN
    if not 2.0 * half <= WIDEST_INTERVAL:
        says = (
            f"{percent(rate):.2f}% give or take {percent(half):.2f} a year"
            if math.isfinite(half)
            else "nothing definite"
        )
        raise DataError(f"{chain.source}: cannot tell the interest rate: parity says {says}. Give --rate.")
    return RateEstimate(
        rate=rate,
        low=rate - half,
        high=rate + half,
        expiries=len(told),
        basis=f"put-call parity of {len(told)} expiries, {told[0]} to {told[-1]}",
        dividends=tuple(dividends or board.quarterly(np.full(len(board.expiries), rate))),
    )


def infer_dividends(chain: Chain, rate: float) -> tuple[tuple[float, float], ...]:
    """Tell equal quarterly cash dividends from the quotes, as far as the longest expiry.

    Parameters
    ----------
    chain : Chain
    rate : float
        Continuously compounded, decimal a year.

    Returns
    -------
    tuple of (t_years, amount)
        What pricing and `forwards` take; empty when the quotes are told better without any. Dates are good to about a
        fortnight, and amounts that truly differ by season come out as their mean.
    """
    board = _Board.of(chain)
    if not board.telling.any():
        return ()
    rates = np.full(len(board.expiries), rate)
    cash: Cash = ()
    for _ in range(DIVIDEND_ROUNDS):
        cash = board.quarterly(rates)
        board.european(rates, cash)
    return tuple(cash)


def better_dividends(chain: Chain, rate: float, cash: Cash | None = None) -> tuple[tuple[float, float], ...]:
    """Return inferred cash dividends where the chain is told clearly better with them than with yields; else none.

    Parameters
    ----------
    chain : Chain
    rate : float
        Continuously compounded, decimal a year; known, not assumed.
    cash : sequence of (t_years, amount), optional
        Those of `infer_rate` at this rate, when at hand. Default: `infer_dividends`.

    Returns
    -------
    tuple of (t_years, amount)
        Empty for European options, where fewer than `TELLING_DIVIDENDS` expiries tell, and where they leave calls
        less puts nearly as crooked as a yield does: on few expiries the dates and amounts fitted are often wrong.
    """
    board = _Board.of(chain)
    if not board.american or board.telling.sum() < TELLING_DIVIDENDS:
        return ()
    cash = tuple(infer_dividends(chain, rate) if cash is None else cash)
    if not cash:
        return ()
    rates = np.full(len(board.expiries), rate)
    bent = []
    for tried in ((), cash):
        fresh = replace(board, forward=board.forward.copy(), vol=board.vol.copy())
        for _ in range(FORWARD_ROUNDS - 1):
            bid, ask, _ = fresh.european(rates, tried)
        bent.append(fresh.crookedness(bid, ask))
    return cash if bent[1] < CLEARLY_BETTER * bent[0] else ()


def forwards(chain: Chain, rate: float | Mapping[date, float], *, dividends: Cash = ()) -> list[Forward]:
    """Tell each expiry's forward from put-call parity near the money.

    Parameters
    ----------
    chain : Chain
    rate : float or mapping of date to float
        Continuously compounded, decimal a year; a mapping gives one an expiry, and only those expiries are told.
    dividends : sequence of (t_years, amount)
        Known cash dividends, for the early exercise premia.

    Returns
    -------
    list of Forward
        One an expiry that lies ahead, ascending; NaN where it cannot be told.

    Notes
    -----
    Early exercise is priced with the dividends given and `residual_yield`, so that an American engine given the same
    gives back the calls less puts that are quoted. Without any, what a yield does not know of early exercise moves the
    forward of an expiry shortly after an ex-date, by up to 0.25%; with those of `infer_dividends` by 0.08%; with the
    true ones it is within the quotes' own width.
    """
    board = _Board.of(chain, frozenset(rate) if isinstance(rate, Mapping) else None, slopes=False)
    rates = np.array([rate[expiry] if isinstance(rate, Mapping) else rate for expiry in board.expiries])
    for _ in range(FORWARD_ROUNDS):  # early exercise depends a little on the forward
        bid, ask, discount = board.european(rates, dividends)
    made = []
    for place, expiry in enumerate(board.expiries):
        rows = np.flatnonzero((board.which == place) & board.near & np.isfinite(bid))
        low = high = level = math.nan
        if len(rows):
            strike = board.strike[rows]
            low, high = deepest(strike + bid[rows] / discount[place], strike + ask[rows] / discount[place])
            level = min(max(float(board.forward[place]), low), high)
            # where pairs contradict each other few of them share a sliver: half of their mids are no surer than that
            middle = strike + 0.5 * (bid[rows] + ask[rows]) / discount[place]
            low, high = min(low, float(np.quantile(middle, 0.25))), max(high, float(np.quantile(middle, 0.75)))
        t_years = float(board.t_years[place])
        told = float(rates[place])
        made.append(
            Forward(
                expiry=expiry,
                t_years=t_years,
                forward=level,
                forward_low=low,
                forward_high=high,
                div_yield=_residual_yield(chain.spot, level, t_years, told, ()),
                residual_yield=_residual_yield(chain.spot, level, t_years, told, dividends),
                pairs=len(rows),
            )
        )
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class _Points:
    """Where early exercise is priced, (k,): few strikes tell that of all the pairs, (n,), of an expiry.

    It is smooth in the strike, so it is priced at Chebyshev points between the lowest and highest strike, at the vol of
    a polynomial through the pairs' vols, and interpolated. Near expiries have a bend where puts are exercised at once:
    each of their strikes is priced.
    """

    which: npt.NDArray[np.intp]  # (k,) the point's expiry
    strike: FloatArray  # (k,)
    smoothing: FloatArray  # (k, n) from vols of pairs to vols of points
    interpolation: FloatArray  # (n, k) from points to pairs

    @classmethod
    def of(cls, strike: FloatArray, which: npt.NDArray[np.intp], most: npt.NDArray[np.intp]) -> _Points:
        """Lay out the points of some pairs; `most` (m,) of an expiry, or 0 for each of its strikes."""
        strikes, places = [np.empty(0)], [np.empty(0, dtype=np.intp)]
        blocks: list[tuple[npt.NDArray[np.intp], FloatArray, FloatArray]] = []
        for place in np.unique(which):
            rows = np.flatnonzero(which == place)
            at, to_points, to_pairs = strike[rows], np.eye(len(rows)), np.eye(len(rows))
            if 0 < (count := int(most[place])) < len(rows):
                low, high = at.min(), at.max()
                x = 2.0 * (at - low) / (high - low) - 1.0
                nodes = np.cos(np.pi * (np.arange(count) + 0.5) / count)
                smile = min(SMILE_DEGREE, count - 1)
                to_points = chebyshev.chebvander(nodes, smile) @ np.linalg.pinv(chebyshev.chebvander(x, smile))
                to_pairs = chebyshev.chebvander(x, count - 1) @ np.linalg.inv(chebyshev.chebvander(nodes, count - 1))
                at = low + 0.5 * (nodes + 1.0) * (high - low)
            strikes.append(at)
            places.append(np.full(len(at), place))
            blocks.append((rows, to_points, to_pairs))
        points = sum(map(len, strikes))
        smoothing, interpolation = np.zeros((points, len(strike))), np.zeros((len(strike), points))
        start = 0
        for rows, to_points, to_pairs in blocks:
            span = np.arange(start, start := start + len(to_points))
            smoothing[np.ix_(span, rows)], interpolation[np.ix_(rows, span)] = to_points, to_pairs
        return cls(
            which=np.concatenate(places),
            strike=np.concatenate(strikes),
            smoothing=smoothing,
            interpolation=interpolation,
        )

    def vols(self, vol: FloatArray, which: npt.NDArray[np.intp]) -> FloatArray:
        """Return the vol at each point; a pair without one counts as its neighbours do."""
        filled = vol
        if not np.isfinite(vol).all():
            filled = vol.copy()
            for place in np.unique(which[~np.isfinite(vol)]):
                rows = np.flatnonzero(which == place)
                known = rows[np.isfinite(vol[rows])]
                filled[rows] = np.interp(rows, known, vol[known]) if len(known) else 0.0
        return np.asarray(self.smoothing @ filled)

    def spread(self, values: FloatArray) -> FloatArray:
        """Return at each pair what is known at the points; NaN where a point that it needs is."""
        known = np.isfinite(values)
        if known.all():
            return np.asarray(self.interpolation @ values)
        needed = (self.interpolation != 0.0) @ ~known
        return np.where(needed, np.nan, self.interpolation @ np.where(known, values, 0.0))


@dataclass(slots=True, kw_only=True)
class _Board:
    """Pairs of all expiries in columns, (n,) a pair and (m,) an expiry, while rate and forwards are being found."""

    spot: float
    expiries: list[date]
    t_years: FloatArray  # (m,) to the exercise cut-off
    financed: FloatArray  # (m,) from settlement to settlement
    telling: BoolArray  # (m,) whether the expiry tells the rate
    forward: FloatArray  # (m,) as found so far
    which: npt.NDArray[np.intp]  # (n,) the pair's expiry
    near: BoolArray  # (n,) whether the pair tells the forward
    strike: FloatArray
    bid: FloatArray  # (n,) of call less put, American
    ask: FloatArray
    out: FloatArray  # (n,) mid of the out-of-the-money side
    out_sign: FloatArray
    vol: FloatArray  # (n,) implied by `out`
    excess: FloatArray  # (n,) what early exercise and cash dividends add to Black's value of `out`, as found so far
    points: _Points
    american: bool = True
    first: float = math.nan  # when the first quarterly dividend is due, years; infinite when none is paid

    @classmethod
    def of(cls, chain: Chain, only: frozenset[date] | None = None, *, slopes: bool = True) -> _Board:
        """Collect the pairs of the expiries that lie ahead; without `slopes` only those near the money."""
        ahead = [day for day in chain.expiries if chain.years_to(day) > 0.0 and (only is None or day in only)]
        t_years = np.array([chain.years_to(day) for day in ahead])
        shortest = SHORTEST if chain.exercise == "american" else SHORTEST_EUROPEAN
        telling = (t_years >= shortest) & (t_years <= LONGEST) & slopes
        found = [
            pairs_near_money(chain.at(day), RATE_REACH if tells else FORWARD_REACH, len(chain))
            for day, tells in zip(ahead, telling, strict=True)
        ]
        counts = np.array([len(pairs) for pairs in found], dtype=np.intp)
        which = np.repeat(np.arange(len(found)), counts)
        columns = {
            name: np.concatenate([getattr(pairs, name) for pairs in found] or [np.empty(0)])
            for name in ("strike", "bid", "ask", "call_bid", "call_ask", "put_bid", "put_ask")
        }
        strike, level = columns["strike"], columns["strike"] + 0.5 * (columns["bid"] + columns["ask"])
        forward = np.array(
            [np.median(level[which == place]) if count else np.nan for place, count in enumerate(counts)]
        )
        near = _nearest(strike / forward[which] - 1.0, which, FEW_PAIRS if slopes else FORWARD_PAIRS)
        kept = near | (telling[which] & _spread_out(which, RATE_PAIRS))
        put_out = strike <= forward[which]
        put_mid, call_mid = columns["put_bid"] + columns["put_ask"], columns["call_bid"] + columns["call_ask"]
        return cls(
            spot=chain.spot,
            expiries=ahead,
            t_years=t_years,
            # an option of today may settle with one of the next session: no time at all would discount nothing
            financed=np.array([max(financing_years(chain.asof.date(), day), years(0.5)) for day in ahead]),
            telling=telling & (counts >= LEAST_PAIRS),
            forward=forward,
            which=which[kept],
            near=near[kept],
            strike=strike[kept],
            bid=columns["bid"][kept],
            ask=columns["ask"][kept],
            out=0.5 * np.where(put_out, put_mid, call_mid)[kept],
            out_sign=np.where(put_out, -1.0, 1.0)[kept],
            vol=np.full(int(kept.sum()), np.nan),
            excess=np.zeros(int(kept.sum())),
            points=_Points.of(
                strike[kept], which[kept], np.where(telling, POINTS, np.where(t_years >= SHORTEST, FEW_POINTS, 0))
            ),
            american=chain.exercise == "american",
        )

    def implied(self, rate: float, dividends: Cash) -> tuple[float, float]:
        """Return the rate that the slopes say, and its standard error, when early exercise is priced at a rate."""
        rates = np.full(len(self.expiries), rate)
        bid, ask, _ = self.european(rates, dividends or self.quarterly(rates))
        return _pool(self._slopes(bid, ask))

    def european(
        self, rates: FloatArray, cash: Cash, *, keep_vol: bool = False
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Take early exercise off every pair: bid and ask of call less put (n,), and discount factors (m,).

        Sets `vol`, unless it is to be kept, and then `forward`.
        """
        discount = np.exp(-rates * self.financed)
        if not len(self.strike):
            return self.bid, self.ask, discount
        early = self._early_exercise(rates, cash, keep_vol)
        bid, ask = self.bid - early, self.ask - early
        level = self.strike + 0.5 * (bid + ask) / discount[self.which]
        trust = np.maximum(ask - bid, LEAST_WIDTH) ** -2.0
        for place in range(len(self.expiries)):
            rows = np.flatnonzero((self.which == place) & self.near & np.isfinite(level))
            if len(rows):
                self.forward[place] = weighted_median(level[rows], trust[rows])
        return bid, ask, discount

    def _early_exercise(self, rates: FloatArray, cash: Cash, keep_vol: bool) -> FloatArray:
        """Return the early exercise premium of each pair's call less that of its put; NaN without a vol.

        American less Black's value hardly depends on the vol, so the vol is Black's of the out-of-the-money mid less
        what was found of it before: it settles with rate and forward, and no American vol is solved for.
        """
        if not self.american:
            return np.zeros(len(self.strike))
        # the model counts interest to the cut-off; what is paid runs from settlement to settlement
        rate = rates * self.financed / self.t_years
        # what the dividends do not explain of a forward is met by a yield
        div_yield = np.array(
            [
                _residual_yield(self.spot, *place, cash)
                for place in zip(self.forward.tolist(), self.t_years.tolist(), rate.tolist(), strict=True)
            ]
        )
        parked = self.forward * np.exp(-rate * self.t_years)  # the spot of a Black model without dividends

        none = np.zeros(len(parked))
        at, count = self.points, len(self.points.strike)
        sign, twice = np.repeat([1.0, -1.0], count), np.tile(at.which, 2)
        if not keep_vol:
            terms = tuple(column[self.which] for column in (self.t_years, rate, none))
            left = self.out - self.excess
            self.vol = implied_vol(left, self.out_sign, parked[self.which], self.strike, *terms, exercise="european")
        strike, vol = np.tile(at.strike, 2), np.tile(at.vols(self.vol, self.which), 2)
        t_years, interest = self.t_years[twice], rate[twice]
        american = _american(sign, self.spot, strike, t_years, interest, div_yield[twice], vol, cash=cash)
        european = price(sign, parked[twice], strike, t_years, interest, none[twice], vol, exercise="european")
        call, put = (at.spread(side) for side in np.split(american - european, 2))
        if not keep_vol:
            out = np.where(self.out_sign > 0.0, call, put)
            self.excess = np.where(np.isfinite(out), out, 0.0)
        return np.where(np.isfinite(self.vol), call - put, np.nan)

    def quarterly(self, rates: FloatArray) -> Cash:
        """Fit equal quarterly cash dividends to the quotes.

        Their dates are those at which calls less puts, freed of early exercise, lie on the straightest lines: just
        before an ex-date calls are exercised early and puts are not, which bends the lines if it is put elsewhere.
        The amount follows from how the forwards of neighbouring expiries fall.
        """
        if math.isnan(self.first):
            self.first = self._first_date(rates)
        return self._dividends(self.first, self._stair(rates, self.first)[0])

    def _first_date(self, rates: FloatArray) -> float:
        """Search the date of the first dividend by fortnights, then weeks, then half weeks; infinite for none."""
        for _ in range(2):
            bid, ask, _ = self.european(rates, ())
        forward, without = self.forward.copy(), self.crookedness(bid, ask) + self._stair(rates, math.inf)[1]
        tried: dict[float, float] = {}

        def best(dates: Sequence[float]) -> float:
            for when in dates:
                if years(1.0) <= when <= QUARTER and when not in tried:
                    # the best date hardly depends on the amount
                    cash = self._dividends(when, USUAL_DIVIDEND * self.spot)
                    bent = self.crookedness(*self.european(rates, cash, keep_vol=True)[:2])
                    tried[when] = bent + self._stair(rates, when)[1]
                    self.forward = forward.copy()
            return min(tried, key=lambda when: tried[when])

        found = best([years(7.0 * week + 3.5) for week in range(0, 13, 2)])
        for step in (years(7.0), years(3.5)):
            found = best([found - step, found + step])
        return found if tried[found] < without else math.inf

    def crookedness(self, bid: FloatArray, ask: FloatArray) -> float:
        """Return how far calls less puts lie off straight lines, in squares of `TRUST` of their quotes' width."""
        total = 0.0
        for place in np.flatnonzero(self.telling):
            rows = np.flatnonzero((self.which == place) & np.isfinite(bid))
            if len(rows) >= LEAST_PAIRS:
                trust = 1.0 / (TRUST * np.maximum(ask - bid, LEAST_WIDTH)[rows])
                line = np.stack([trust, trust * self.strike[rows]], axis=1)
                total += _misfit(line, 0.5 * (bid + ask)[rows] * trust)[1]
        return total

    def _stair(self, rates: FloatArray, first: float) -> tuple[float, float]:
        """Fit the dividend that takes ``F exp(-r tau)`` down by a stair, and say how badly it fits.

        A drift is fitted besides, lest a wrong rate become dividends.
        """
        paired = np.bincount(self.which, minlength=len(self.forward)) > 0
        known = np.isfinite(self.forward) & paired
        if known.sum() < LEAST_FORWARDS:
            return 0.0, 0.0
        t_years = self.t_years[known]
        level = (self.forward * np.exp(-rates * self.financed))[known]
        width = np.array([np.median((self.ask - self.bid)[self.which == place]) for place in np.flatnonzero(known)])
        # the last row holds the drift near zero
        trust = np.append(1.0 / (TRUST * np.maximum(width, LEAST_WIDTH)), 1.0 / (DRIFT * self.spot))
        count = np.zeros(len(t_years))
        if math.isfinite(first):
            count = np.floor(np.maximum(t_years - first, -QUARTER) / QUARTER) + 1.0
        stair = np.append(np.stack([-count, np.ones(len(count)), t_years], axis=1), [[0.0, 0.0, 1.0]], axis=0)
        fit, misfit = _misfit(stair * trust[:, None], np.append(level, 0.0) * trust)
        return float(fit[0]), misfit

    def _dividends(self, first: float, amount: float) -> Cash:
        if not 0.0 < amount < HIGHEST_DIVIDEND * self.spot:
            return ()
        last = float(self.t_years.max())
        return [(first + QUARTER * k, amount) for k in range(math.ceil((last - first) / QUARTER))]

    def _slopes(self, bid: FloatArray, ask: FloatArray) -> list[tuple[float, float]]:
        """Return the rate of each telling expiry and its standard error, by robust lines through calls less puts."""
        found = []
        for place in np.flatnonzero(self.telling).tolist():
            rows = np.flatnonzero((self.which == place) & np.isfinite(bid))
            if len(rows) < LEAST_PAIRS:
                continue
            value, trust = 0.5 * (bid + ask)[rows], 1.0 / np.maximum(ask - bid, LEAST_WIDTH)[rows]
            discount, error = _robust_slope(self.forward[place] - self.strike[rows], value, trust)
            if 0.0 < discount < 2.0 and error > 0.0:
                financed = float(self.financed[place])
                found.append((-math.log(discount) / financed, error / discount / financed))
        return found


def _american(
    sign: FloatArray,
    spot: float,
    strike: FloatArray,
    t_years: FloatArray,
    rate: FloatArray,
    div_yield: FloatArray,
    vol: FloatArray,
    *,
    cash: Cash,
) -> FloatArray:
    """Return American values (n,); those that expire before the first cash dividend by the quicker engine."""
    columns = (strike, t_years, rate, div_yield, vol)
    paid = t_years >= min((when for when, _ in cash), default=math.inf)
    value = np.empty(len(sign))
    for rows, dividends in ((~paid, ()), (paid, cash)):
        if rows.any():
            value[rows] = price(sign[rows], spot, *(column[rows] for column in columns), dividends=dividends)
    return value


def _robust_slope(x: FloatArray, value: FloatArray, trust: FloatArray) -> tuple[float, float]:
    """Return the slope of a line with Huber weights on residuals times `trust`, and its standard error."""
    scale, slope, spread, huber = 1.0, math.nan, math.nan, np.ones(len(x))
    for _ in range(REWEIGHTINGS):
        weight = trust * trust * huber
        total = float(weight.sum())
        dx, dy = x - float(weight @ x) / total, value - float(weight @ value) / total
        spread = float(weight @ (dx * dx))
        slope = float(weight @ (dx * dy)) / spread
        residual = np.abs(dy - slope * dx) * trust
        # mids may happen to lie on a line better than they can be known
        scale = max(TO_SCALE * _median(residual), LEAST_SCALE)
        huber = np.minimum(1.0, HUBER * scale / np.maximum(residual, 1e-300))
    return slope, scale / math.sqrt(spread)


def _residual_yield(spot: float, forward: float, t_years: float, rate: float, cash: Cash) -> float:
    """Return the yield q at which ``F = S exp((r - q) t) - sum(D exp((r - q)(t - t_D)))``; NaN without a forward."""
    if not forward > 0.0:
        return math.nan
    growth = math.log(forward / spot) / t_years
    for _ in range(GROWTH_ROUNDS):
        paid = sum(amount * math.exp(-growth * when) for when, amount in cash if 0.0 < when <= t_years)
        growth = math.log(forward / (spot - paid)) / t_years if paid < spot else math.nan
    return rate - growth


def _misfit(columns: FloatArray, wanted: FloatArray) -> tuple[FloatArray, float]:
    """Fit by least squares; return the fit and what it leaves, no single square counted for more than `GROSS`."""
    fit = np.asarray(np.linalg.lstsq(columns, wanted, rcond=None)[0], dtype=np.float64)
    return fit, float(np.sum(np.minimum((wanted - columns @ fit) ** 2, GROSS)))


def _median(values: FloatArray) -> float:
    """Return the median of some finite numbers, as ``np.median`` does at twenty times the cost of so few."""
    ordered = np.sort(values)
    half = len(ordered) // 2
    return float(ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2.0)


def _nearest(distance: FloatArray, which: npt.NDArray[np.intp], most: int) -> BoolArray:
    """Mark the pairs nearest each forward, at most so many and within FORWARD_REACH."""
    order = np.lexsort((np.abs(distance), which))
    rank = np.empty(len(order), dtype=np.intp)
    rank[order] = np.arange(len(order)) - np.searchsorted(which[order], which[order])
    return (rank < most) & (np.abs(distance) <= FORWARD_REACH)


def _spread_out(which: npt.NDArray[np.intp], most: int) -> BoolArray:
    """Mark at most so many pairs of each expiry, evenly along its strikes: the ends tell a slope best."""
    kept = np.zeros(len(which), dtype=np.bool_)
    for place in np.unique(which):
        rows = np.flatnonzero(which == place)
        kept[rows[np.unique(np.linspace(0, len(rows) - 1, min(most, len(rows))).round().astype(np.intp))]] = True
    return kept


def _pool(found: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Return the random-effects mean of rates with standard errors, and its own standard error."""
    if len(found) < LEAST_EXPIRIES:
        return math.nan, math.nan
    rate, error = np.array(found).T
    weight = error**-2.0
    mean = np.sum(weight * rate) / np.sum(weight)
    excess = np.sum(weight * (rate - mean) ** 2) - (len(rate) - 1)
    between = max(float(excess / (np.sum(weight) - np.sum(weight**2) / np.sum(weight))), 0.0)
    weight = 1.0 / (error**2 + between)
    return float(np.sum(weight * rate) / np.sum(weight)), float(np.sum(weight) ** -0.5)


def _fixed_point(step: Callable[[float], tuple[float, float]]) -> tuple[float, float]:
    """Find the rate that comes back as it went in, and its standard error, by secants on out less in.

    Early exercise priced at a higher rate gives back about half of it, so an error in what the slopes say moves the
    answer by about twice as much.
    """
    rate, before, gap_before, pull = STARTING_RATE, math.nan, math.nan, -0.5
    for _ in range(ROUNDS):
        found, error = step(rate)
        gap = found - rate
        if not math.isfinite(gap):
            return math.nan, math.nan
        if math.isfinite(before) and abs(rate - before) > TELLING_STEP:
            pull = min(max((gap - gap_before) / (rate - before), -1.0), -0.25)
        before, gap_before = rate, gap
        rate = min(max(rate - gap / pull, LOWEST_RATE), HIGHEST_RATE)
        if abs(gap) < SETTLED:
            return rate, error / -pull
    return math.nan, math.nan

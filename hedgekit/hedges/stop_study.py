"""A stop beside the put that holds the same level: how often it is hit, where it fills, what each leaves."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, ClassVar, Final

import numpy as np

from hedgekit import units
from hedgekit.distributions.lines import Line
from hedgekit.distributions.touch import touch, touch_at_closes
from hedgekit.errors import DataError, InputError
from hedgekit.fees import DEFAULT_FEE
from hedgekit.hedges.candidate import Candidate, leg_greeks
from hedgekit.hedges.comparison import HedgeResult, compare
from hedgekit.hedges.problem import WIDEST_SPREAD, Problem
from hedgekit.hedges.stop_paths import BLOCK, DRAWS, FloatArray, Paths, Stopped, days_of, simulate
from hedgekit.market.calendar import is_session
from hedgekit.market.inputs import Given
from hedgekit.model import Chain, Leg, PriceHistory
from hedgekit.payoff import carried_exact, exact, expiry_wealth, total_cost
from hedgekit.results import Note, Result

TAIL: Final = 0.05
"""Share of the worst outcomes that the tail's mean is taken over."""

BESIDE: Final = ("put", "collar", "put spread", "holding less (same delta)")
"""Candidates whose final wealth is shown on the stop's own paths."""


OF_THE_TOUCHED: Final = (
    "gap_share",
    "fill_below_mean_pct",
    "fill_below_p95_pct",
    "fill_below_worst_pct",
    "mean_fill",
    "whipsaw",
    "limit_missed_same_day",
    "limit_never_filled",
)
"""What is unknown when no path touches the stop."""

DEEPEST_STOP: Final = 0.5
"""A stop farther below the entry was probably meant as a fraction of it."""

STALE_DAYS: Final = 30
"""Calendar days between the history's end and the quotes beyond which that is said."""

QUANTILES: Final = (0.001, 0.005, *(round(0.01 * step, 2) for step in range(1, 100)), 0.995, 0.999)
"""Probabilities at which a distribution of final wealth is told whole."""


@dataclass(frozen=True, kw_only=True)
class StopResult(Result):
    """Stops beside the put of the same level.

    Attributes
    ----------
    problem : Problem
        Of the first stop: its floor is the stop's level.
    stops : tuple of dict
        One a level: ``level``, ``stop_pct``, ``lognormal``, ``historical`` and ``wealth`` (None without prices).
    put : dict
        The put of the first level: legs, cost, floor, and its wealth on the same paths.
    others : tuple of dict
        The other positions on the same paths.
    statement : str or None
        Where the paths come from.
    """

    schema_name: ClassVar[str] = "hedge_stop"

    problem: Problem
    entry: float
    stops: tuple[dict[str, Any], ...]
    put: dict[str, Any] | None
    others: tuple[dict[str, Any], ...]
    statement: str | None

    def body(self) -> dict[str, Any]:
        """Return the first stop, the put, and everything beside them."""
        return {
            "position": {
                "shares": self.problem.shares,
                "value_usd": self.problem.value_usd,
                "entry": self.entry,
            },
            "stop": self.stops[0],
            "stops": self.stops,
            "put": self.put,
            "others": self.others,
            "quantile_levels": QUANTILES if self.statement else None,
            "paths": self.statement,
        }

    def records(self) -> list[dict[str, Any]]:
        """Return one row a position with its final wealth."""
        rows = [
            {"name": f"stop {stop['stop_pct']:g}%", "level": stop["level"], **_row(stop["wealth"])}
            for stop in self.stops
        ]
        beside = (*([self.put] if self.put else []), *self.others)
        return rows + [{"name": other["name"], "level": None, **_row(other["wealth"])} for other in beside]


def study(
    chain: Chain,
    *,
    shares: int,
    stops: Sequence[float] = (0.15, 0.20),
    entry: float | None = None,
    by: date | str | None = None,
    expiry: date | str | None = None,
    prices: PriceHistory | None = None,
    ticker: str | None = None,
    drift: str = "forward",
    draws: int = DRAWS,
    block: float = BLOCK,
    seed: int = 0,
    rate: Given = None,
    dividends: Given = None,
    fee: float = DEFAULT_FEE,
    max_spread: float = WIDEST_SPREAD,
) -> StopResult:
    r"""Measure stops to an expiry, beside the put, the collar and holding less on the same paths.

    Parameters
    ----------
    chain : Chain
    shares : int
    stops : sequence of float
        Fractions below the entry: 0.15 sells at 85% of it.
    entry : float, optional
        What was paid, dollars a share; the spot when not given.
    by, expiry : date
        The horizon, as for `hedgekit.compare`.
    prices : PriceHistory, optional
        Opens, highs, lows and closes of the ticker: the gaps. Without it only the lognormal figures are known.
    ticker : str, optional
        Of the history; the chain's when not given.
    drift : {"forward", "past"}
        The mean of the paths: the chain's forward, so that no view is taken, or what the past had.
    draws, block, seed
        As for `hedgekit.hedges.stop_paths.simulate`.
    rate, dividends, fee, max_spread
        As for `hedgekit.compare`.

    Returns
    -------
    StopResult

    Raises
    ------
    InputError
        A stop that is no fraction, or at or above the spot.
    DataError
        A history without opens, highs and lows, or too short.

    Notes
    -----
    Lognormal: the touch when watched all the time is Harrison (1985), chapter 1, equation 11; at closes the density of
    the untouched is carried by quadrature. Whipsaw is :math:`P(S_T > E \mid \min S \le H)`, with
    :math:`P(S_T > E, \min S \le H) = (H/S)^{2m/\sigma^2} N\big((2\ln(H/S) - \ln(E/S) + mT)/(\sigma\sqrt T)\big)`
    for an entry :math:`E \ge H` by reflection. The vol is that of the put struck nearest the level, at its mid.
    Cash from a sale earns nothing here, as a credit earns nothing in a hedge.
    """
    start = chain.spot if entry is None else entry
    if not 0.0 < start < math.inf:
        raise InputError(f"entry {start!r}: expected a positive number of dollars a share")
    if drift not in ("forward", "past"):
        raise InputError(f"drift {drift!r}: expected 'forward' or 'past'")
    for fraction in stops:
        if not 0.0 < fraction < 1.0:
            raise InputError(f"stop {fraction!r}: expected a fraction of the entry like 0.15")
        if start * (1.0 - fraction) >= chain.spot:
            raise InputError(
                f"a stop {units.percent(fraction):g}% below an entry of {start:g} is {start * (1.0 - fraction):.2f}, "
                f"at or above the spot of {chain.spot:.2f}: it would sell at once"
            )
    levels = tuple(start * (1.0 - fraction) for fraction in sorted(stops))
    compared = compare(
        chain,
        shares=shares,
        floor=levels[0] / chain.spot,
        by=by,
        expiry=expiry,
        rate=rate,
        dividends=dividends,
        fee=fee,
        max_spread=max_spread,
        max_legs=1,
    )
    problem = compared.problem
    notes = list(compared.warnings)
    sessions = _sessions(chain.asof.date(), problem.expiry)
    paths = None
    if prices is None:
        notes.append(
            Note(
                "no_price_history",
                "without --prices the fill below the stop, the stop-limit's misses and final wealth are unknown: a "
                "lognormal spot has no gaps",
            )
        )
    else:
        # Nothing after the quotes' day may speak of what was then ahead.
        past = prices.until(chain.asof.date())
        days = days_of(past, ticker or chain.ticker)
        behind = (chain.asof.date() - days.last.astype(date)).days
        if behind > STALE_DAYS:
            notes.append(
                Note("prices_end_early", f"{prices.source} ends on {days.last}, {behind} days before the quotes")
            )
        if days.left_out:
            notes.append(Note("days_left_out", f"{prices.source}: {days.left_out} rows are no whole day and left out"))
        paths = simulate(
            days,
            spot=chain.spot,
            sessions=sessions,
            levels=levels,
            mean=_forward(problem) if drift == "forward" else None,
            draws=draws,
            block=block,
            seed=seed,
        )
    if max(stops) > DEEPEST_STOP:
        deep = max(stops)
        notes.append(
            Note(
                "stop_far_below",
                f"a stop {units.percent(deep):g}% below the entry sells at {start * (1.0 - deep):.2f}; a stop at "
                f"{units.percent(deep):g}% of it is --stop {units.percent(1.0 - deep):g}%",
            )
        )
    put, others = _beside(compared, paths)
    return StopResult(
        problem=problem,
        entry=start,
        stops=tuple(
            {
                "level": level,
                "stop_pct": units.percent(1.0 - level / start),
                "lognormal": _lognormal(problem, level, start, sessions),
                "historical": None if paths is None else _historical(paths, paths.stops[i], start),
                "wealth": None if paths is None else _wealth(_stopped(paths, paths.stops[i]) * shares, problem),
                "wealth_stop_limit": None
                if paths is None
                else _wealth(_limited(paths, paths.stops[i]) * shares, problem),
            }
            for i, level in enumerate(levels)
        ),
        put=put,
        others=others,
        statement=None if paths is None else paths.statement,
        inputs={
            **compared.inputs,
            "sessions": sessions,
            "drift": drift,
            "prices": None if prices is None else prices.source,
            "prices_sha256": None if prices is None else prices.source_sha256,
            "draws": None if paths is None else draws,
            "block": None if paths is None else block,
            "seed": None if paths is None else seed,
            "proceeds": "cash from a sale earns nothing",
        },
        warnings=tuple(notes),
    )


def _sessions(start: date, expiry: date) -> int:
    """Return the sessions after a day up to an expiry, its own included."""
    count = sum(is_session(start + timedelta(days=ahead)) for ahead in range(1, (expiry - start).days + 1))
    if not count:
        raise DataError(f"no session between {start} and {expiry}: a stop needs a day to be hit on")
    return count


def _forward(problem: Problem) -> float:
    """Return the forward of the spot at expiry, cash dividends taken off."""
    growth = problem.rate - problem.div_yield
    paid = sum(
        amount * math.exp(growth * (problem.t_years - when))
        for when, amount in problem.dividends
        if 0.0 < when <= problem.t_years
    )
    return problem.spot * math.exp(growth * problem.t_years) - paid


def _lognormal(problem: Problem, level: float, entry: float, sessions: int) -> dict[str, float | None]:
    """Return touch and whipsaw when the spot is lognormal at the vol of the put nearest the level."""
    if not len(problem.puts):
        return {"vol": None}
    row = int(np.argmin(np.abs(problem.puts.strike - level)))
    vol = float(leg_greeks(problem, [Leg(contracts=1, option=problem.puts.options[row], premium=0.0)])["vol"][0])
    if not (math.isfinite(vol) and vol > 0.0):
        return {"vol": None}
    drift = math.log(_forward(problem) / problem.spot) / problem.t_years
    watched = touch(problem.spot, level, problem.t_years, drift, vol)
    closes = touch_at_closes(problem.spot, level, problem.t_years, drift, vol, closes=sessions)
    return {
        "vol": vol,
        "vol_strike": float(problem.puts.strike[row]),
        "touch_continuous": watched.probability,
        "touch_daily_closes": closes.probability,
        "whipsaw": whipsaw(problem.spot, level, entry, problem.t_years, drift, vol),
        "mean_fill_at_close": closes.touched_mean / closes.probability if closes.probability > 0.0 else None,
        "mean_proceeds": watched.touched_mean + watched.untouched_mean,
    }


def whipsaw(spot: float, level: float, entry: float, t_years: float, drift: float, vol: float) -> float | None:
    """Return the chance that a lognormal spot ends above the entry once it has touched a lower level.

    Returns
    -------
    float or None
        None when the touch itself has no chance that a double can hold.

    Examples
    --------
    >>> round(whipsaw(100.0, 85.0, 100.0, 0.25, 0.0, 0.25), 4)
    0.0217
    """
    from scipy.special import log_ndtr

    m = drift - 0.5 * vol * vol
    b, k = math.log(level / spot), math.log(entry / spot)
    spread = vol * math.sqrt(t_years)
    both = math.exp(2.0 * m * b / (vol * vol) + float(log_ndtr((2.0 * b - k + m * t_years) / spread)))
    touched = touch(spot, level, t_years, drift, vol).probability
    return min(both / touched, 1.0) if touched > 0.0 else None


def _historical(paths: Paths, stop: Stopped, entry: float) -> dict[str, Any]:
    """Return how often the stop is hit on the paths, and where it fills."""
    hit, n = stop.touched, len(stop.touched)
    touched = int(hit.sum())
    out: dict[str, Any] = {
        "touch": touched / n,
        "touch_se": math.sqrt(touched / n * (1.0 - touched / n) / n),
        "touch_daily_closes": float(stop.touched_close.mean()),
    }
    if not touched:
        return {**out, **dict.fromkeys(OF_THE_TOUCHED)}
    below = units.percent(1.0) * (1.0 - stop.fill[hit] / stop.level)
    return {
        **out,
        "gap_share": float(stop.by_gap[hit].mean()),
        "fill_below_mean_pct": float(below.mean()),
        "fill_below_p95_pct": float(np.quantile(below, 1.0 - TAIL)),
        "fill_below_worst_pct": float(below.max()),
        "mean_fill": float(stop.fill[hit].mean()),
        "whipsaw": float((paths.final[hit] > entry).mean()),
        "limit_missed_same_day": float((~stop.limit_same_day[hit]).mean()),
        "limit_never_filled": float(np.isnan(stop.limit_fill[hit]).mean()),
    }


def _stopped(paths: Paths, stop: Stopped) -> FloatArray:
    """Return what a share leaves with a stop order."""
    return np.where(stop.touched, stop.fill, paths.final)


def _limited(paths: Paths, stop: Stopped) -> FloatArray:
    """Return what a share leaves with a stop-limit order at the level, good till cancelled."""
    return np.where(np.isfinite(stop.limit_fill), stop.limit_fill, paths.final)


def _beside(compared: HedgeResult, paths: Paths | None) -> tuple[dict[str, Any] | None, tuple[dict[str, Any], ...]]:
    """Return the put, and the other positions, with their wealth on the paths."""
    problem = compared.problem
    rows = {}
    for candidate in compared.candidates:
        if candidate.name in BESIDE and (candidate.legs or candidate.shares_sold):
            wealth = None if paths is None else _wealth(_candidate_wealth(problem, candidate, paths.final), problem)
            rows[candidate.name] = {**candidate.to_dict(), "wealth": wealth}
    if paths is not None:
        rows["no hedge"] = {"name": "no hedge", "legs": [], "wealth": _wealth(paths.final * problem.shares, problem)}
    put = rows.pop("put", None)
    return put, tuple(rows.values())


def _candidate_wealth(problem: Problem, candidate: Candidate, spots: FloatArray) -> FloatArray:
    """Return a hedge's wealth at expiry on each path, dollars, by the same arithmetic as its floor."""
    carried = carried_exact(total_cost(candidate.legs, problem.fee), problem.rate, problem.t_years)
    cash = (candidate.shares_sold or 0) * exact(problem.spot)
    return Line.of(expiry_wealth(candidate.shares, candidate.legs).minus(carried - cash)).at(spots)


def _row(wealth: dict[str, Any] | None) -> dict[str, float]:
    """Return the numbers of a distribution that fit a row."""
    return {name: value for name, value in (wealth or {}).items() if name != "quantiles_pct"}


def _wealth(wealth: FloatArray, problem: Problem) -> dict[str, Any]:
    """Return a distribution of final wealth in percent of today's value."""
    percent = units.percent(1.0) * wealth / problem.value_usd
    ordered = np.sort(percent)
    tail = ordered[: max(1, round(TAIL * len(ordered)))]
    return {
        "mean_pct": float(percent.mean()),
        "p05_pct": float(np.quantile(ordered, 0.05)),
        "median_pct": float(np.quantile(ordered, 0.5)),
        "p95_pct": float(np.quantile(ordered, 0.95)),
        "cvar95_pct": float(tail.mean()),
        "worst_pct": float(ordered[0]),
        "below_level": float((wealth < problem.target_usd * (1.0 - 1e-12)).mean()),
        "quantiles_pct": [float(value) for value in np.quantile(ordered, QUANTILES)],
    }

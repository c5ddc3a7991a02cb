"""The book's P/L under the days of a price history, or under the chain's own vol: what the two tail rules share."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt

from hedgekit import units
from hedgekit.model import Flag
from hedgekit.pricing import implied_vol
from hedgekit.risk.rule import LIMITS, Context, Param, Unknown, usd

NEAR_MONEY = 0.05
"""Farthest strike from the spot, as a fraction of it, that tells the vol at the money."""

NODES = 81
"""Spots at which each ticker's P/L is computed; between them it is interpolated."""


OUTCOMES = 4000
"""Equally likely moves of the benchmark that stand for its distribution."""

SESSIONS_A_YEAR = 252


def losses(context: Context, params: Mapping[str, Any]) -> tuple[npt.NDArray[np.float64], str]:
    """Return the book's P/L for equally likely outcomes, ascending, and in words where they are from.

    Outcomes are the overlapping periods of the price history, or quantiles of a lognormal at the chain's own vol.

    Raises
    ------
    Unknown
        No price file, too short a one, or one without a ticker that is held; no chain that tells the benchmark's vol.
    """
    context.lines()
    if params["basis"] == "implied":
        return _implied(context, params)
    if context.prices is None:
        raise Unknown('no price history is given: use --prices, or basis = "implied" for the chain\'s own vol')
    days = params["horizon_days"]
    moves = context.past_moves(days, params["window"])
    total = np.zeros(len(moves))
    for column, ticker in enumerate(context.valued.book.tickers):
        own = moves[:, column]
        nodes = np.unique(np.append(np.linspace(own.min(), own.max(), NODES), 0.0))
        total += np.interp(own, nodes, context.spot_pnl(ticker, nodes))
    words = (
        f"{len(moves)} overlapping {days}-day total returns to {context.prices.dates[-1]} in {context.prices.source}, "
        f"applied to today's book by full revaluation at {NODES} spots a ticker (linear between), vols, date as now; "
        f"worst {usd(float(total.min()), sign=True)}"
    )
    return np.sort(total), words


def _implied(context: Context, params: Mapping[str, Any]) -> tuple[npt.NDArray[np.float64], str]:
    """Return P/L when the benchmark's return is lognormal at its at-the-money vol and tickers move by beta."""
    years = params["horizon_days"] / SESSIONS_A_YEAR
    vol, where = _money_vol(context, units.days(years))
    spread = vol * years**0.5
    moves = np.expm1(_normal() * spread - 0.5 * spread**2)
    nodes = np.unique(np.append(np.linspace(moves.min(), moves.max(), 2 * NODES), 0.0))
    total = np.zeros(len(moves))
    for ticker in context.valued.book.tickers:
        own = np.maximum(-1.0, context.beta(ticker).value * nodes)
        total += np.interp(moves, nodes, context.spot_pnl(ticker, own))
    words = (
        f"{OUTCOMES:,} equally likely {params['horizon_days']}-day moves of {context.benchmark}, lognormal at its "
        f"at-the-money vol {vol:.2%} ({where}), no drift, other tickers by beta, today's book by full revaluation, "
        "vols and date as now"
    )
    return np.sort(total), words


@cache
def _normal() -> npt.NDArray[np.float64]:
    """Return the equally likely outcomes of a standard normal number."""
    chances = (np.arange(OUTCOMES) + 0.5) / OUTCOMES
    return np.array([NormalDist().inv_cdf(float(chance)) for chance in chances])


def _money_vol(context: Context, days: float) -> tuple[float, str]:
    """Return the benchmark's at-the-money vol at the first expiry past some days, and which strike and expiry.

    The mean of the call's and the put's at the strike nearest the spot: what carry does to one it undoes to the other.
    """
    name = context.benchmark
    if name not in context.valued.chains:
        raise Unknown(f"no chain of {name} is given: its vol is not known")
    chain = context.valued.chains[name]
    for expiry in chain.expiries:
        left = chain.years_to(expiry)
        if units.days(left) < days:
            continue
        of = chain.at(expiry)
        sound = (of.flags & ~(Flag.WIDE | Flag.STALE) == 0) & (of.bid > 0.0)
        strikes = np.intersect1d(of.strike[sound & (of.kind == 1)], of.strike[sound & (of.kind == -1)])
        if not len(strikes):
            continue
        strike = float(strikes[np.argmin(np.abs(strikes - chain.spot))])
        if abs(strike / chain.spot - 1.0) > NEAR_MONEY:
            continue
        rows = np.flatnonzero((of.strike == strike) & sound)
        vols = implied_vol(of.mid[rows], of.kind[rows], chain.spot, strike, left, 0.0, 0.0, exercise="european")
        if np.isfinite(vols).all():
            return float(np.mean(vols)), f"{strike:g} of {expiry}"
    raise Unknown(f"{chain.source}: no call and put near the money {days:.0f} days or more ahead: no vol of {name}")


def tail_count(count: int, level: float) -> float:
    """Return how many periods the tail holds: (1 - level) of them, not rounded."""
    return (1.0 - level) * count


PARAMS = {
    "level": Param(kind="number", default=0.95, help="confidence", low=0.5, high=0.9999),
    "horizon_days": Param(kind="count", default=10, help="sessions ahead", low=1, high=252),
    "window": Param(kind="count", default=500, help="past periods used", low=50, high=10_000),
    "basis": Param(
        kind="text",
        default="history",
        help="past periods of --prices, or a lognormal at the chain's own vol",
        choices=("history", "implied"),
    ),
    **LIMITS,
}

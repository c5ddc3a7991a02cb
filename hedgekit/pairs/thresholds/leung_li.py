"""Leung and Li's levels: when to enter and leave once, the value of waiting and the cost of each trade counted."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from hedgekit.errors import InfeasibleError, InputError
from hedgekit.pairs.thresholds.ornstein_uhlenbeck import OrnsteinUhlenbeck

FARTHEST = 12.0
"""Long-run deviations within which levels are looked for."""


_STEP = 1.0 / 32.0
_LOG_U = np.arange(-40.0, 3.5, _STEP)
_U = np.exp(_LOG_U)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeungLiLevels:
    """Buy at or below `entry`, sell at or above `exit`.

    Attributes
    ----------
    entry, exit : float
        Levels of the spread.
    value_at_mean : float
        Of a position held at the mean, sold at its best, discounted.
    option_at_mean : float
        Of the right to enter and leave, at the mean.
    """

    entry: float
    exit: float
    value_at_mean: float
    option_at_mean: float


def leung_li(process: OrnsteinUhlenbeck, *, rate: float, entry_cost: float, exit_cost: float) -> LeungLiLevels:
    """Solve the two nested stopping problems of one round trip.

    Parameters
    ----------
    process : OrnsteinUhlenbeck
    rate : float
        Discount rate, in the process's unit of time; positive.
    entry_cost, exit_cost : float
        In units of the spread; zero or more.

    Returns
    -------
    LeungLiLevels

    Raises
    ------
    InputError
        A rate that is not positive (waiting would cost nothing), or a cost below zero.
    InfeasibleError
        Entering never pays: the costs exceed what a round trip can earn.

    Notes
    -----
    ``V(x) = sup E e^(-r tau) (X_tau - c)`` and ``J(x) = sup E e^(-r nu) (V(X_nu) - X_nu - c')``. With
    ``F(x) = e^(z^2/4) D_(-r/mu)(-z)``, ``G(x) = F`` of ``-z``, ``z = (x - mean) sqrt(2 mu) / sigma``: the exit b
    solves ``F(b) = (b - c) F'(b)``, the entry d ``G(d) (V'(d) - 1) = G'(d) (V(d) - d - c')``. T. Leung and X. Li,
    "Optimal mean reversion trading with transaction costs and stop-loss exit", IJTAF 18 (2015), theorems 4.2, 4.4.

    Examples
    --------
    >>> best = leung_li(OrnsteinUhlenbeck(speed=8.0, mean=0.3, vol=0.3), rate=0.05, entry_cost=0.05, exit_cost=0.05)
    >>> round(best.exit, 8), round(best.entry, 8)
    (0.46912013, 0.10863224)
    """
    from scipy.optimize import brentq

    if not 0.0 < rate < math.inf:
        raise InputError(f"rate {rate!r}: expected a positive discount rate; without one, waiting costs nothing")
    for name, cost in (("entry_cost", entry_cost), ("exit_cost", exit_cost)):
        if not 0.0 <= cost < math.inf:
            raise InputError(f"{name} {cost!r}: expected zero or more")
    order, unit, mean = rate / process.speed, process.sd, process.mean
    low, high = mean - FARTHEST * unit, mean + FARTHEST * unit

    def rising(x: float) -> tuple[float, float]:
        """Return log F and F'/F."""
        return _log_solution(order, (x - mean) / unit, unit)

    def falling(x: float) -> tuple[float, float]:
        """Return log G and G'/G."""
        log, slope = _log_solution(order, (mean - x) / unit, unit)
        return log, -slope

    def sell(x: float) -> float:
        return (x - exit_cost) * rising(x)[1] - 1.0

    # Below the cost selling earns nothing; from there on the left side grows.
    start = max(low, exit_cost)
    if start >= high or sell(start) > 0.0 or sell(high) < 0.0:
        raise InfeasibleError(
            f"no exit within {FARTHEST:g} deviations of {mean:g}: "
            f"the spread itself must be worth more than {exit_cost:g}"
        )
    b = brentq(sell, start, high, xtol=1e-14, rtol=1e-14)

    def value(x: float) -> tuple[float, float]:
        if x >= b:
            return x - exit_cost, 1.0
        log, slope = rising(x)
        held = (b - exit_cost) * math.exp(log - rising(b)[0])
        return held, held * slope

    def buy(x: float) -> float:
        held, slope = value(x)
        return (slope - 1.0) - falling(x)[1] * (held - x - entry_cost)

    d = _last_root(buy, low, b)
    if d is None or value(d)[0] - d - entry_cost <= 0.0:
        raise InfeasibleError(
            f"entering never pays: costs of {entry_cost + exit_cost:.4g} a round trip against a standard deviation of "
            f"{unit:.4g}"
        )
    gained = value(d)[0] - d - entry_cost
    option = gained * math.exp(falling(mean)[0] - falling(d)[0]) if d < mean else value(mean)[0] - mean - entry_cost
    return LeungLiLevels(entry=d, exit=b, value_at_mean=value(mean)[0], option_at_mean=option)


def _log_solution(order: float, z: float, unit: float) -> tuple[float, float]:
    """Return the logarithm and the logarithmic derivative in x of ``e^(z^2/4) D_(-order)(-z)``.

    As ``I = int_0^inf u^(order-1) g(u) du`` with ``g = exp(z u - u^2/2)``, up to a constant; the derivative has one
    more power of u. A small order nearly makes a pole at 0: ``Gamma(order)``, the integral with ``exp(-u)`` for g,
    takes it out. By the trapezoidal rule in log u, which converges exponentially.
    """
    rest = np.exp(order * _LOG_U - _U) * np.expm1((z + 1.0) * _U - 0.5 * _U * _U)
    total = math.gamma(order) + _STEP * float(rest.sum())
    slope = _STEP * float(np.exp((order + 1.0) * _LOG_U + z * _U - 0.5 * _U * _U).sum())
    return math.log(total), slope / total / unit


def _last_root(function: Callable[[float], float], low: float, high: float) -> float | None:
    """Return the root nearest to `high` at which the function changes sign."""
    from scipy.optimize import brentq

    steps = 240
    points = [low + (high - low) * i / steps for i in range(steps + 1)]
    values = [function(point) for point in points]
    for i in range(steps, 0, -1):
        if values[i - 1] * values[i] < 0.0:
            return float(brentq(function, points[i - 1], points[i], xtol=1e-14, rtol=1e-14))
    return None

"""How much variance each ratio took away out of sample, fitted only on days before, with errors and differences.

At every rebalancing day the ratio is fitted on the days up to it, turned into shares, and held; the profit and loss of
the days until the next one is measured on prices with dividends, per dollar of the long leg at the rebalancing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hedgekit.model import FloatArray
from hedgekit.pairs.ratios import fitted
from hedgekit.pairs.ratios.fit import Estimator, Path, shares
from hedgekit.pairs.ratios.inference import CONFIDENCE
from hedgekit.pairs.sample import Pair

HOLD = 21
"""Days between rebalancings: a month."""

START = 504
"""Days before the first one, or half of a shorter history."""

BLOCK = 3
"""Holding periods that the bootstrap keeps together: volatility clusters."""

DRAWS = 2000
SEED = 7
LEAST_PERIODS = 8
"""Holding periods below which no interval is given."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Walk:
    """Profit and loss a day per dollar of the long leg, out of sample.

    Parameters
    ----------
    days : ndarray of int, shape (m,)
        Positions in the pair's days.
    period : ndarray of int, shape (m,)
        Holding period of each day.
    unhedged : ndarray, shape (m,)
    hedged : mapping of estimator name to ndarray, shape (m,)
    ratios : mapping of estimator name to ndarray, shape (periods,)
        Dollars of the short leg per dollar of the long leg at each rebalancing.
    """

    days: np.ndarray
    period: np.ndarray
    unhedged: FloatArray
    hedged: Mapping[str, FloatArray]
    ratios: Mapping[str, FloatArray]


@dataclass(frozen=True, slots=True, kw_only=True)
class Effectiveness:
    """Share of variance removed: 1 - Var(hedged) / Var(unhedged).

    Parameters
    ----------
    value : float
    low, high : float
        95% interval by a block bootstrap; NaN when there are too few holding periods.
    behind_low, behind_high : float
        95% interval of what it lacks to the best, from the same draws; 0 for the best itself.
    """

    value: float
    low: float
    high: float
    behind_low: float
    behind_high: float


def walk_forward(
    pair: Pair, estimators: Mapping[str, Estimator], *, window: int, hold: int = HOLD, start: int | None = None
) -> Walk:
    """Hold every ratio through the days after the ones it was fitted on.

    Parameters
    ----------
    pair : Pair
    estimators : mapping of name to Estimator
    window : int
        Returns that estimators without a length of their own are fitted on.
    hold : int
        Days between rebalancings.
    start : int, optional
        Day of the first one.
    """
    n = len(pair)
    y, x = pair.window.y, pair.window.x
    start = min(max(START, window), n // 2) if start is None else start
    stops = np.arange(start, n, hold)
    ratios: dict[str, FloatArray] = {}
    held: dict[str, FloatArray] = {}
    for name, module in estimators.items():
        if isinstance(module, Path):
            of_days = module.path(y, x, stops)
        else:
            of_days = np.array([_shares_at(pair, module, int(stop), window) for stop in stops])
        held[name] = of_days
        ratios[name] = of_days * x[stops - 1] / y[stops - 1]
    days = np.arange(start, n)
    period = (days - start) // hold
    base = y[stops - 1][period]
    dy, dx = (y[days] - y[days - 1]) / base, (x[days] - x[days - 1]) / base
    known = np.isfinite(pair.window.ry[days - 1]) & np.isfinite(pair.window.rx[days - 1])
    return Walk(
        days=days[known],
        period=period[known],
        unhedged=dy[known],
        hedged={name: (dy - of_days[period] * dx)[known] for name, of_days in held.items()},
        ratios=ratios,
    )


def _shares_at(pair: Pair, module: Estimator, stop: int, window: int) -> float:
    seen = pair.upto(stop)
    days = window if module.DAYS == 0 else module.DAYS
    part = seen if module.LEVELS and days is None else seen.last(days)
    return shares(fitted(module, part, interval=False).ratio, module.UNIT, float(seen.y[-1]), float(seen.x[-1]))


def effectiveness(walk: Walk, among: Sequence[str] | None = None) -> dict[str, Effectiveness]:
    """Return the share of variance each ratio removed, with paired block-bootstrap intervals.

    Parameters
    ----------
    walk : Walk
    among : sequence of str, optional
        Estimators of which the best is the one that the others are compared with; default all.

    Notes
    -----
    Blocks of `BLOCK` holding periods are drawn with replacement, the same for all estimators, so that what two of them
    share does not widen the interval of their difference.
    """
    names = list(walk.hedged)
    columns = np.column_stack([walk.unhedged, *(walk.hedged[name] for name in names)])
    block = walk.period // BLOCK
    blocks = int(block.max()) + 1 if len(block) else 0
    sums = np.zeros((3, blocks, columns.shape[1]))
    np.add.at(sums[0], block, np.ones_like(columns))
    np.add.at(sums[1], block, columns)
    np.add.at(sums[2], block, columns * columns)
    values = _removed(sums.sum(axis=1)[:, None, :])[0]
    allowed = [i for i, name in enumerate(names) if (among is None or name in among) and np.isfinite(values[i])]
    best = max(allowed, key=lambda i: float(values[i])) if allowed else 0
    if blocks * BLOCK < LEAST_PERIODS:
        nan = float("nan")
        return {
            name: Effectiveness(value=float(v), low=nan, high=nan, behind_low=nan, behind_high=nan)
            for name, v in zip(names, values, strict=True)
        }
    dice = np.random.default_rng(SEED)
    counts = dice.multinomial(blocks, np.full(blocks, 1.0 / blocks), size=DRAWS).astype(np.float64)
    drawn = _removed(np.stack([counts @ part for part in sums]))
    behind = drawn[:, [best]] - drawn
    edges = [0.5 - CONFIDENCE / 2, 0.5 + CONFIDENCE / 2]
    low, high = np.quantile(drawn, edges, axis=0)
    behind_low, behind_high = np.quantile(behind, edges, axis=0)
    return {
        name: Effectiveness(
            value=float(values[i]),
            low=float(low[i]),
            high=float(high[i]),
            behind_low=float(behind_low[i]),
            behind_high=float(behind_high[i]),
        )
        for i, name in enumerate(names)
    }


def _removed(sums: FloatArray) -> FloatArray:
    """Return the share of variance removed from (count, sum, sum of squares), shape (3, draws, 1 + k)."""
    count, total, squares = sums
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = squares / count - (total / count) ** 2
        removed: FloatArray = 1.0 - variance[:, 1:] / variance[:, :1]
    return removed

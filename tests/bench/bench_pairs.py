"""Pair statistics against statsmodels, arch and scipy, on one thread; nanoseconds a step, a fit or a test."""

from __future__ import annotations

import math
from collections.abc import Callable
from importlib import import_module
from types import ModuleType

import numpy as np
from harness import Row, interleaved

from hedgekit.pairs.filtering import fit_noise, kalman_regression
from hedgekit.pairs.rolling import rolling_engle_granger, rolling_regression
from hedgekit.pairs.stationarity import adf, default_lags, engle_granger_pairs

STEPS = 100_000
DAYS = 6_300
WINDOW = 60
PAIRS = 1_000
PAIR_DAYS = 2_520


def optional(name: str) -> ModuleType | None:
    try:
        return import_module(name)
    except ImportError:
        print(f"skipped: {name} is not installed")
        return None


def made(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Random walks of prices around 100, one leaning on the other."""
    random = np.random.default_rng(20260617)
    x = 100 + np.cumsum(random.normal(size=n))
    return 0.8 * x + 5 + np.cumsum(0.3 * random.normal(size=n)), x


def textbook_filter(y: np.ndarray, x: np.ndarray) -> float:
    """The filter as it is usually written in Python."""
    state, cov, walk = np.zeros(2), 1e6 * np.eye(2), np.diag([1e-6, 1e-4])
    total = 0.0
    for t in range(len(y)):
        h = np.array([x[t], 1.0])
        cov = cov + walk
        f = h @ cov @ h + 0.1
        e = y[t] - h @ state
        gain = cov @ h / f
        state = state + gain * e
        cov = cov - np.outer(gain, h @ cov)
        total -= 0.5 * (math.log(2 * math.pi * f) + e * e / f)
    return total


def rows() -> list[Row]:
    """Time each work against its rivals; absent ones are named and left out."""
    table: list[Row] = []
    y, x = made(STEPS)

    def add(
        work: str,
        rival: str,
        ours: Callable[[], object],
        theirs: Callable[[], object],
        sizes: tuple[int, int],
        error: str,
    ) -> None:
        ours_ns, rival_ns = interleaved(ours, theirs, ours_size=sizes[0], rival_size=sizes[1], repeats=3)
        table.append(Row(work=work, rival=rival, ours_ns=ours_ns, rival_ns=rival_ns, error=error))

    few = 5_000
    if pandas := optional("pandas"):
        a, b = pandas.Series(y), pandas.Series(x)

        def moments() -> object:
            return a.rolling(WINDOW).cov(b) / b.rolling(WINDOW).var()

        slope = rolling_regression(y, x, WINDOW).slope
        gap = np.nanmax(np.abs(moments() / slope - 1))
        add(
            "rolling OLS with errors, a step",
            "pandas, slope alone",
            lambda: rolling_regression(y, x, WINDOW),
            moments,
            (STEPS, STEPS),
            f"{gap:.0e}",
        )
    if rolling := optional("statsmodels.regression.rolling"):
        design = np.column_stack([np.ones(few), x[:few]])

        def statsmodels_rolling() -> object:
            return rolling.RollingOLS(y[:few], design, WINDOW).fit()

        gap = np.nanmax(
            np.abs(statsmodels_rolling().bse[:, 1] / rolling_regression(y[:few], x[:few], WINDOW).slope_se - 1)
        )
        add(
            "rolling OLS with errors, a step",
            "statsmodels RollingOLS",
            lambda: rolling_regression(y, x, WINDOW),
            statsmodels_rolling,
            (STEPS, few),
            f"{gap:.0e} of an error",
        )
    noise = fit_noise(y[:500], x[:500]).noise
    add(
        "Kalman filter and likelihood, a step",
        "numpy, written out",
        lambda: kalman_regression(y, x, noise),
        lambda: textbook_filter(y[:few], x[:few]),
        (STEPS, few),
        "exact start",
    )
    walk_y, walk_x = y[:DAYS], x[:DAYS]
    add(
        f"Kalman noise by likelihood, {DAYS:,} days",
        f"numpy, {fit_noise(walk_y, walk_x).evaluations} likelihoods of 500 days",
        lambda: fit_noise(walk_y, walk_x),
        lambda: textbook_filter(walk_y[:500], walk_x[:500]),
        (1, 1),
        "whole fit against one likelihood",
    )
    lags = default_lags(DAYS, "c")
    walks = np.cumsum(np.random.default_rng(1).normal(size=(PAIR_DAYS, 46)), axis=0)
    first, second = (part[:PAIRS] for part in np.triu_indices(46, 1))
    if stattools := optional("statsmodels.tsa.stattools"):
        tested = adf(walk_y, lags=lags)
        expected = stattools.adfuller(walk_y, maxlag=lags, autolag="AIC", result_object=False)
        gap = abs(tested.statistic / expected[0] - 1)
        add(
            f"ADF, AIC of {lags} lags, {DAYS:,} days",
            "statsmodels adfuller",
            lambda: adf(walk_y, lags=lags),
            lambda: stattools.adfuller(walk_y, maxlag=lags, autolag="AIC", result_object=False),
            (1, 1),
            f"{gap:.0e}",
        )

        def windows() -> list[float]:
            return [stattools.coint(y[t : t + WINDOW], x[t : t + WINDOW], maxlag=1, autolag=None)[0] for t in range(20)]

        gap = np.max(np.abs(rolling_engle_granger(y, x, WINDOW).statistic[WINDOW - 1 : WINDOW + 19] / windows() - 1))
        add(
            "rolling Engle-Granger, a step",
            "statsmodels coint",
            lambda: rolling_engle_granger(y, x, WINDOW),
            windows,
            (STEPS, 20),
            f"{gap:.0e}",
        )
    if unitroot := optional("arch.unitroot"):
        add(
            f"ADF, AIC of {lags} lags, {DAYS:,} days",
            "arch ADF",
            lambda: adf(walk_y, lags=lags),
            lambda: unitroot.ADF(walk_y, max_lags=lags, method="aic").stat,
            (1, 1),
            "as above",
        )
    if cointegration := optional("arch.unitroot.cointegration"):

        def arch_pairs() -> list[float]:
            return [
                cointegration.engle_granger(walks[:, i], walks[:, j], method="aic").stat
                for i, j in zip(first[:5], second[:5], strict=True)
            ]

        found = engle_granger_pairs(walks, first, second)
        gap = np.max(np.abs(found.statistic[:5] / arch_pairs() - 1))
        add(
            f"Engle-Granger, AIC, {PAIR_DAYS:,} days, a pair",
            "arch engle_granger",
            lambda: engle_granger_pairs(walks, first, second),
            arch_pairs,
            (PAIRS, 5),
            f"{gap:.0e}",
        )
    return table


if __name__ == "__main__":
    for row in rows():
        print(f"{row.work:45}{row.rival:42}{row.ours_ns:12,.1f}{row.rival_ns:16,.1f}{row.ratio:10.5f}  {row.error}")

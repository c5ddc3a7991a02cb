"""Unit-root and cointegration statistics by compiled kernels; p-values and critical values from statsmodels' tables."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from hedgekit.core import _unit_root
from hedgekit.errors import InputError, Status
from hedgekit.pairs.series import column, columns, finite
from hedgekit.pricing import threads

Trend = Literal["n", "c", "ct"]
Criterion = Literal["aic", "bic"]

GRAIN = 64
"""Fewest pairs worth a thread."""

SCHWERT_DAYS = 100.0
"""Sample in which Schwert's rule has 12 lags."""

LEVELS = {"1%": 0, "5%": 1, "10%": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRoot:
    """One augmented Dickey-Fuller test. Null hypothesis: the series has a unit root (does not revert).

    Attributes
    ----------
    statistic : float
        t statistic of the level's coefficient; low is evidence against the null hypothesis.
    coefficient : float
        Of the level: 0 at a unit root, -1 when nothing is carried over.
    lags, rows : int
        Lags used, and rows of the final regression.
    trend : {"n", "c", "ct"}
    """

    statistic: float
    coefficient: float
    lags: int
    rows: int
    trend: Trend


@dataclass(frozen=True, slots=True, kw_only=True)
class PairTests:
    """Engle-Granger tests of many pairs, shape (pairs,). Null hypothesis of each: not cointegrated.

    Attributes
    ----------
    statistic : ndarray
        For MacKinnon's two-variable tables.
    lags : ndarray of int32
    slope, intercept : ndarray
        First regression; with a trend, the intercept at the first observation.
    coefficient : ndarray
        Of the residual's level: 0 when nothing pulls it back.
    status : ndarray of int8
        `hedgekit.errors.Status`.
    trend : {"n", "c", "ct"}
    """

    statistic: NDArray[np.float64]
    lags: NDArray[np.int32]
    slope: NDArray[np.float64]
    intercept: NDArray[np.float64]
    coefficient: NDArray[np.float64]
    status: NDArray[np.int8]
    trend: Trend


def default_lags(n: int, trend: Trend = "n") -> int:
    """Return how many lags a criterion chooses from: Schwert's rule, as statsmodels and arch have it.

    Examples
    --------
    >>> default_lags(393), default_lags(2520), default_lags(12)
    (17, 27, 4)
    """
    schwert = math.ceil(12.0 * math.sqrt(math.sqrt(n / SCHWERT_DAYS)))
    terms = _unit_root.TRENDS[trend]
    return max(0, min(schwert, n // 2 - terms - 1, (n - 3 - terms) // 2))


def adf(series: Any, *, trend: Trend = "c", lags: int | None = None, criterion: Criterion | None = "aic") -> UnitRoot:
    """Test a series for a unit root.

    Parameters
    ----------
    series : array_like, shape (n,)
    trend : {"n", "c", "ct"}
        Deterministic terms.
    lags : int, optional
        Lags, or most lags when `criterion` is given. Default: `default_lags`.
    criterion : {"aic", "bic"}, optional
        Chooses the number of lags; None uses `lags` of them.

    Returns
    -------
    UnitRoot
        Equal to ``statsmodels.tsa.stattools.adfuller``.

    Raises
    ------
    InputError
        A gap, a constant series, or too few values for the lags.

    Examples
    --------
    >>> noise = np.random.default_rng(1).normal(size=500)
    >>> test = adf(np.cumsum(noise))
    >>> round(test.statistic, 3), test.lags, round(pvalue(test.statistic), 2)
    (-1.717, 2, 0.42)
    """
    values = finite("series", column("series", series))
    most = _lags(len(values), trend, lags, criterion)
    statistic, coefficient, used, rows, status = _unit_root.adf(values, trend, most, criterion)
    if status != Status.OK:
        raise InputError("no unit-root test: the series is constant, or a line or its own past explains all of it")
    return UnitRoot(statistic=statistic, coefficient=coefficient, lags=used, rows=rows, trend=trend)


def engle_granger_pairs(
    series: Any,
    y: Any,
    x: Any,
    *,
    trend: Trend = "c",
    lags: int | None = None,
    criterion: Criterion | None = "aic",
) -> PairTests:
    """Test many pairs of series for cointegration, on every core.

    Parameters
    ----------
    series : array_like, shape (n, k)
        One series a column, such as log prices.
    y, x : array_like of int, shape (pairs,)
        Column of the dependent series and of the regressor.
    trend : {"n", "c", "ct"}
        Terms of the first regression.
    lags : int, optional
        Lags, or most lags when `criterion` is given. Default: `default_lags`.
    criterion : {"aic", "bic"}, optional

    Returns
    -------
    PairTests
        Equal to ``statsmodels.tsa.stattools.coint``; a pair without a test has its status instead.

    Raises
    ------
    InputError
        A column that is not there, or too few values for the lags.

    Examples
    --------
    >>> walks = np.cumsum(np.random.default_rng(1).normal(size=(500, 2)), axis=0)
    >>> tests = engle_granger_pairs(walks, [0, 1], [1, 0])
    >>> tests.statistic.round(3).tolist(), tests.lags.tolist()
    ([-0.877, -2.714], [0, 0])
    """
    rows = np.ascontiguousarray(np.asarray(series, dtype=np.float64).T)
    if rows.ndim != 2:
        raise InputError(f"series has shape {rows.T.shape}: give one series a column, shape (n, k)")
    a, b = np.ascontiguousarray(y, dtype=np.int32), np.ascontiguousarray(x, dtype=np.int32)
    if a.shape != b.shape or a.ndim != 1:
        raise InputError(f"y has shape {a.shape} and x {b.shape}: give as many columns of each")
    if a.size and not (min(a.min(), b.min()) >= 0 and max(a.max(), b.max()) < len(rows)):
        raise InputError(f"y and x name columns {min(a.min(), b.min())} to {max(a.max(), b.max())} of {len(rows)}")
    most = _lags(rows.shape[1], trend, lags, criterion)
    out = np.empty((4, a.size))
    used, status = np.empty(a.size, dtype=np.int32), np.empty(a.size, dtype=np.int8)
    statistic, slope, intercept, coefficient = out

    def run(piece: slice) -> None:
        arrays = (statistic[piece], used[piece], slope[piece], intercept[piece], coefficient[piece], status[piece])
        _unit_root.engle_granger_into(rows, a[piece], b[piece], trend, most, criterion, *arrays)

    _split(run, a.size)
    return PairTests(
        statistic=statistic,
        lags=used,
        slope=slope,
        intercept=intercept,
        coefficient=coefficient,
        status=status,
        trend=trend,
    )


def engle_granger(
    y: Any, x: Any, *, trend: Trend = "c", lags: int | None = None, criterion: Criterion | None = "aic"
) -> PairTests:
    """Test one pair for cointegration: `engle_granger_pairs` of one pair, its arrays of shape (1,).

    Raises
    ------
    InputError
        A gap, a constant series, y a multiple of x, or too few values for the lags.

    Examples
    --------
    >>> x = np.cumsum(np.random.default_rng(1).normal(size=500))
    >>> test = engle_granger(2 * x + np.random.default_rng(2).normal(size=500), x, lags=1, criterion=None)
    >>> round(float(test.slope[0]), 2), pvalue(float(test.statistic[0]), variables=2) < 1e-6
    (2.0, True)
    """
    a, b = columns(y, x)
    tests = engle_granger_pairs(
        np.column_stack([finite("y", a), finite("x", b)]), [0], [1], trend=trend, lags=lags, criterion=criterion
    )
    if tests.status[0] != Status.OK:
        raise InputError("no cointegration test: x is constant, or y is a multiple of it and a constant")
    return tests


def pvalue(statistic: float, *, trend: Trend = "c", variables: int = 1) -> float:
    """Return MacKinnon's approximate asymptotic p-value, from statsmodels.

    Parameters
    ----------
    statistic : float
    trend : {"n", "c", "ct"}
        Terms of the first regression.
    variables : int
        1 for a series of its own, 2 for the residual of a pair.

    Examples
    --------
    >>> round(pvalue(-4.7438331726, variables=2), 7), round(pvalue(-4.7438331726), 7)
    (0.0004734, 6.96e-05)
    """
    from statsmodels.tsa.adfvalues import mackinnonp

    return float(mackinnonp(statistic, regression=trend, N=variables)) if math.isfinite(statistic) else math.nan


def critical_values(rows: int, *, trend: Trend = "c", variables: int = 1) -> dict[str, float]:
    """Return MacKinnon's (2010) critical values for a sample of `rows`, from statsmodels.

    Examples
    --------
    >>> {level: round(value, 4) for level, value in critical_values(499, variables=2, trend="ct").items()}
    {'1%': -4.3587, '5%': -3.7997, '10%': -3.5105}
    """
    from statsmodels.tsa.adfvalues import mackinnoncrit

    values = mackinnoncrit(N=variables, regression=trend, nobs=rows)
    return {level: float(values[place]) for level, place in LEVELS.items()}


def _lags(n: int, trend: str, lags: int | None, criterion: str | None) -> int:
    if trend not in _unit_root.TRENDS:
        raise InputError(f"trend is {trend!r}: use 'n' (none), 'c' (constant) or 'ct' (constant and trend)")
    if criterion not in _unit_root.CRITERIA:
        raise InputError(f"criterion is {criterion!r}: use 'aic', 'bic' or None")
    if n < 6:
        raise InputError(f"{n} values: a unit-root test needs 6 or more")
    if lags is None:
        return default_lags(n, "c" if trend == "c" else "ct" if trend == "ct" else "n")
    most = min((n - 3 - _unit_root.TRENDS[trend]) // 2, _unit_root.MOST_LAGS)
    if isinstance(lags, bool) or not isinstance(lags, int | np.integer) or not 0 <= lags <= most:
        raise InputError(f"lags is {lags!r}: give a whole number from 0 to {most} for {n} values")
    return int(lags)


def _split(run: Any, size: int) -> None:
    """Run pieces of the pairs in threads; every pair is computed alone, so the pieces make no difference."""
    workers = min(threads(), size // GRAIN)
    if workers < 2:
        run(slice(0, size))
        return
    bounds = [size * i // (4 * workers) for i in range(4 * workers + 1)]
    with ThreadPoolExecutor(workers, thread_name_prefix="hedgekit-pairs") as pool:
        list(pool.map(run, [slice(low, high) for low, high in pairwise(bounds)]))

"""Relative strength of one total-return series against another, and Mansfield's form of it."""

from __future__ import annotations

import numpy as np

from hedgekit import units
from hedgekit.leadership.averages import Floats, sma


def relative_strength(leader: Floats, benchmark: Floats) -> Floats:
    """Return the ratio of two dividend-adjusted prices.

    Parameters
    ----------
    leader, benchmark : ndarray of float64, shape (n,) or (n, k) and (n,)
        Total-return prices on the same days; NaN where unknown.

    Returns
    -------
    ndarray of float64, the shape of `leader`
        The ratio; only its changes mean anything, its level depends on the adjustment.

    Examples
    --------
    >>> relative_strength(np.array([10.0, 12.0]), np.array([100.0, 110.0])).round(4)
    array([0.1   , 0.1091])
    """
    other = benchmark if leader.ndim == benchmark.ndim else benchmark[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where((leader > 0) & (other > 0), leader / other, np.nan))


def mansfield(strength: Floats, length: int) -> Floats:
    r"""Return Mansfield's relative strength, percent.

    :math:`100\,(RS_t / SMA_L(RS)_t - 1)`; above zero the series has been leading. Stan Weinstein, *Secrets for
    Profiting in Bull and Bear Markets* (1988), chapter 4, uses 52 weeks.

    Examples
    --------
    >>> mansfield(np.array([1.0, 1.0, 1.3]), 3).round(2)
    array([  nan,   nan, 18.18])
    """
    return np.asarray(units.percent(1.0) * (strength / sma(strength, length) - 1.0))

"""Splits that a close column does not hold: found from the adjusted column, or from the fall itself, and applied."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from hedgekit.model import FloatArray
from hedgekit.results import Note

# shares after for one before; their inverses are reverse splits
_RATIOS = np.array([1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0, 15.0, 20.0, 25.0, 30.0, 40.0, 50.0])
RATIOS = np.concatenate([_RATIOS, 1.0 / _RATIOS])
"""Ratios that are looked for."""

NEAR_PROVEN = 0.06
"""How far the adjusted column's own jump may be from a ratio: a dividend may fall on the same day."""

NEAR_ALONE = 0.03
"""The same for a bare fall of the price, which holds the day's return as well."""

NEAR_HALF = 0.015
"""The same for three for two, which a bad day could resemble."""

CALM = 0.06
"""Log range of a day, in its new prices, beyond which a bare fall is rather a crash."""


MANY_MOVES = 20
"""A bare fall must be this many times the usual daily move: a vol index halves by itself."""


def missing(
    ticker: str,
    dates: npt.NDArray[np.datetime64],
    close: FloatArray,
    adjusted: FloatArray,
    high: FloatArray,
    low: FloatArray,
) -> tuple[FloatArray, list[Note]]:
    """Find splits that the close column does not hold.

    Parameters
    ----------
    ticker : str
    dates : ndarray of datetime64[D], shape (n,)
        Ascending.
    close, adjusted, high, low : ndarray, shape (n,)
        Dollars a share, NaN where unknown.

    Returns
    -------
    factor : ndarray, shape (n,)
        What earlier closes must be divided by.
    notes : list of Note
        ``split_applied`` with the days, and whether the adjusted column proves them.
    """
    proven = np.isfinite(adjusted).any()
    found = _from_adjusted(close, adjusted) if proven else _from_fall(close, high, low)
    factor = np.ones(len(close))
    for at, ratio in found:
        factor[:at] *= ratio
    if not found:
        return factor, []
    listed = ", ".join(f"{dates[at]} ({_words(ratio)})" for at, ratio in found)
    how = "its adjusted close shows them" if proven else "nothing else in the file proves it: check"
    text = f"{ticker}: prices before a split were not adjusted for it; done here: {listed}; {how}"
    return factor, [Note("split_applied", text)]


def _words(ratio: float) -> str:
    return f"{ratio:g} for 1" if ratio >= 1.0 else f"1 for {1.0 / ratio:g}"


def _from_adjusted(close: FloatArray, adjusted: FloatArray) -> list[tuple[int, float]]:
    """Return splits where close over adjusted jumps by a ratio while the adjusted price does not."""
    known = np.flatnonzero(np.isfinite(close) & np.isfinite(adjusted))
    level = close[known] / adjusted[known]
    jumps = level[:-1] / level[1:]
    found = []
    for i in np.flatnonzero((jumps > 1.0 + 1.0 / 3.0) | (jumps < 1.0 / 1.3)):
        ratio = float(RATIOS[np.argmin(np.abs(np.log(RATIOS / jumps[i])))])
        if abs(jumps[i] / ratio - 1.0) < NEAR_PROVEN:
            found.append((int(known[i + 1]), ratio))
    return found


def _from_fall(close: FloatArray, high: FloatArray, low: FloatArray) -> list[tuple[int, float]]:
    """Return splits where the price itself jumps by a ratio on a day that is calm in its new prices."""
    known = np.flatnonzero(np.isfinite(close))
    jumps = close[known[:-1]] / close[known[1:]]
    found: list[tuple[int, float]] = []
    if not len(jumps):
        return found
    usual = float(np.median(np.abs(np.log(jumps))))
    for i in np.flatnonzero((jumps > 1.4) | (jumps < 1.0 / 1.9)):
        ratio = float(RATIOS[np.argmin(np.abs(np.log(RATIOS / jumps[i])))])
        if abs(np.log(ratio)) < MANY_MOVES * usual:
            continue
        limit = NEAR_HALF if ratio < 1.6 else NEAR_ALONE
        at = int(known[i + 1])
        spread = np.log(high[at] / low[at]) if np.isfinite(high[at]) and np.isfinite(low[at]) else 0.0
        if abs(jumps[i] / ratio - 1.0) < limit and spread < CALM:
            found.append((at, ratio))
    return found

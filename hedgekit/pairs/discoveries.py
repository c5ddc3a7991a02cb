"""False discoveries among many tests: p-values made comparable with the share of errors one can bear."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from hedgekit.errors import InputError

Method = Literal["by", "bh"]

METHODS: dict[str, str] = {
    "by": "Benjamini-Yekutieli: holds whatever the tests have in common",
    "bh": "Benjamini-Hochberg: holds for independent or positively dependent tests",
}


def adjusted(pvalues: Any, method: Method = "by") -> NDArray[np.float64]:
    """Turn p-values into q-values: the least rate of false discoveries at which each test counts as one.

    Parameters
    ----------
    pvalues : array_like, shape (m,)
        Of every test made, not only of the promising ones; NaN for a test that could not be made.
    method : {"by", "bh"}
        Benjamini and Yekutieli's holds under any dependence; pairs that share a leg are dependent.

    Returns
    -------
    ndarray, shape (m,)
        NaN stays NaN and does not count as a test.

    Raises
    ------
    InputError
        A p-value outside 0 to 1, or an unknown method.

    Notes
    -----
    With the p-values in ascending order, ``q_i = min over j >= i of c m p_j / j``; ``c = 1`` (Benjamini and Hochberg,
    J. R. Statist. Soc. B 57, 1995) or ``c = sum 1/k, k = 1..m`` (Benjamini and Yekutieli, Ann. Statist. 29, 2001,
    theorem 1.3).

    Examples
    --------
    >>> adjusted([0.01, 0.02, 0.03, 0.8], "bh").round(4).tolist()
    [0.04, 0.04, 0.04, 0.8]
    >>> adjusted([0.01, 0.02, 0.03, 0.8]).round(4).tolist()
    [0.0833, 0.0833, 0.0833, 1.0]
    """
    values = np.asarray(pvalues, dtype=np.float64)
    if method not in METHODS:
        raise InputError(f"method is {method!r}: use {' or '.join(METHODS)}")
    known = np.flatnonzero(~np.isnan(values))
    if ((values[known] < 0.0) | (values[known] > 1.0)).any():
        raise InputError("p-values lie between 0 and 1")
    m = len(known)
    out = np.full(values.shape, np.nan)
    if not m:
        return out
    order = known[np.argsort(values[known], kind="stable")]
    scaled = _factor(m, method) * m * values[order] / np.arange(1, m + 1)
    out[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return out


def largest(found: int, tests: int, rate: float, method: Method = "by") -> float:
    """Return the p-value up to which tests were discoveries, when `found` of them were.

    Examples
    --------
    >>> round(largest(3, 4, 0.05, "bh"), 4), round(largest(3, 4, 0.05), 4)
    (0.0375, 0.018)
    """
    return rate * found / (tests * _factor(tests, method))


def _factor(tests: int, method: Method) -> float:
    return float((1.0 / np.arange(1, tests + 1)).sum()) if method == "by" else 1.0

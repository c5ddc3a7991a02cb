"""How sure a share or a score is when its cases overlap: intervals over independent clusters, never over rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hedgekit.model import FloatArray

CONFIDENCE = 0.95
DRAWS, SEED = 2000, 20260617
FEW = 12
"""Clusters below which a bootstrap says too little and the exact binomial interval of the clusters is given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A mean with its interval.

    Attributes
    ----------
    value, low, high : float
        NaN where there is nothing to tell it from.
    cases, clusters : int
        Rows, and independent groups among them.
    thin : bool
        Whether there are fewer than `FEW` clusters.
    """

    value: float
    low: float
    high: float
    cases: int
    clusters: int

    @property
    def thin(self) -> bool:
        """Whether there are fewer than `FEW` clusters."""
        return self.clusters < FEW

    def row(self, name: str) -> dict[str, float]:
        """Return value and interval under a name."""
        return {name: self.value, f"{name}_low": self.low, f"{name}_high": self.high}


def mean_of(values: npt.ArrayLike, clusters: Sequence[object], *, share: bool = False) -> Estimate:
    """Return the mean over rows, with a 95% interval over clusters.

    Parameters
    ----------
    values : array_like, shape (n,)
    clusters : sequence of length n
        What each row shares its fate with: the expiry month, the year.
    share : bool
        Values are between 0 and 1: with few clusters, or where all are alike, the exact binomial interval (Clopper and
        Pearson, 1934) of as many cases as there are clusters is given, for no bootstrap of identical rows says
        anything.

    Examples
    --------
    >>> found = mean_of([1, 1, 0, 1], ["a", "b", "c", "d"], share=True)
    >>> round(found.value, 2), round(found.low, 2), round(found.high, 2), found.thin
    (0.75, 0.19, 0.99, True)
    """
    column = np.asarray(values, dtype=np.float64)
    if not len(column):
        return Estimate(value=np.nan, low=np.nan, high=np.nan, cases=0, clusters=0)
    sums, counts = totals(column, clusters)
    value, n = float(column.mean()), len(counts)
    low, high = np.nan, np.nan
    alike = bool(np.ptp(column) == 0.0)
    if share and (n < FEW or alike):
        low, high = binomial(value, n)
    elif n >= FEW:
        drawn = drawn_means(sums, counts)
        low, high = np.quantile(drawn, [0.5 - CONFIDENCE / 2, 0.5 + CONFIDENCE / 2]).tolist()
    return Estimate(value=value, low=float(low), high=float(high), cases=len(column), clusters=n)


def totals(column: FloatArray, clusters: Sequence[object]) -> tuple[FloatArray, FloatArray]:
    """Return each cluster's sum and count, in the order of the clusters' names."""
    _, back = np.unique([str(cluster) for cluster in clusters], return_inverse=True)
    sums, counts = np.bincount(back, weights=column), np.bincount(back, weights=np.ones(len(column)))
    return sums.astype(np.float64), counts.astype(np.float64)


def drawn_means(sums: FloatArray, counts: FloatArray) -> FloatArray:
    """Return the means of clusters drawn with replacement."""
    dice = np.random.default_rng(SEED)
    n = len(counts)
    weight = dice.multinomial(n, np.full(n, 1.0 / n), size=DRAWS).astype(np.float64)
    return np.asarray((weight @ sums) / (weight @ counts))


def binomial(share: float, n: int) -> tuple[float, float]:
    """Return Clopper and Pearson's interval of a share of `n` cases; the share need not be a whole number of them."""
    from scipy.special import betaincinv

    hits, tail = share * n, 0.5 - CONFIDENCE / 2
    low = 0.0 if hits <= 0.0 else float(betaincinv(hits, n - hits + 1.0, tail))
    high = 1.0 if hits >= n else float(betaincinv(hits + 1.0, n - hits, 1.0 - tail))
    return low, high


BINS = (0.0, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.95, 0.98, 1.0)


def reliability(
    promised: FloatArray, happened: FloatArray, clusters: Sequence[object], edges: Sequence[float] = BINS
) -> list[dict[str, float]]:
    """Return for each range of promised probability the mean promised and the share that came true.

    Parameters
    ----------
    promised, happened : ndarray, shape (n,)
        Probabilities, and 1 or 0.
    clusters : sequence of length n
    edges : sequence of float
        Of the ranges, ascending from 0 to 1.
    """
    rows = []
    bins = np.clip(np.searchsorted(edges, promised, side="right") - 1, 0, len(edges) - 2)
    for at in range(len(edges) - 1):
        here = np.flatnonzero(bins == at)
        if not len(here):
            continue
        found = mean_of(happened[here], [clusters[i] for i in here.tolist()], share=True)
        rows.append(
            {
                "from": edges[at],
                "to": edges[at + 1],
                "promised": float(promised[here].mean()),
                **found.row("happened"),
                "cases": found.cases,
                "clusters": found.clusters,
            }
        )
    return rows

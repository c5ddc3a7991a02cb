"""Every pair of many tickers tested for cointegration, with the number of false findings under control."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from hedgekit.errors import DataError, InputError
from hedgekit.pairs.discoveries import METHODS, Method, adjusted, largest
from hedgekit.pairs.half_life import half_lives
from hedgekit.pairs.scan_parts import DIRECTIONS, LEAST_DAYS, Bench, InThisProcess, Spread, run_tests
from hedgekit.pairs.stationarity import Criterion, pvalue
from hedgekit.pairs.unit_root import reverts_by_itself
from hedgekit.results import Note, Result

if TYPE_CHECKING:
    from hedgekit.model import PriceHistory

RATE = 0.05
"""Share of false ones among the discoveries that is borne by default."""

BY_CHANCE = 0.044
"""Share of pairs of unrelated walks with p below 5%: doubled for the better direction it is a little cautious."""

CLUSTERED = {2: 1.0, 3: 0.333, 5: 0.2, 10: 0.18, 20: 0.126, 40: 0.091, 80: 0.0755, 160: 0.064}
"""Of scans of so many unrelated walks, the share of pairs below 5% that 19 in 20 stay within: pairs share legs, so that
one odd walk makes many. From 80 to 2,000 simulated scans each."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannedPair:
    """One pair in the better of its two directions.

    Attributes
    ----------
    y, x : str
        Tickers: log price of y regressed on that of x.
    statistic : float
        Engle-Granger t; the other direction's in `other_statistic`.
    pvalue : float
        MacKinnon's, doubled for having kept the better direction.
    by_chance : float
        Pairs that look as good in a scan of this size in which none is cointegrated, on average.
    q : float
        The least rate of false discoveries at which the pair is one.
    discovery : bool
        ``q <= rate``.
    elasticity : float
        Slope of log y on log x: dollars of x sold per dollar of y bought; below zero both are bought.
    half_life_days : float
        Trading days in which half of a deviation goes, median-unbiased among statistics that would have been found
        (`hedgekit.pairs.half_life.half_lives`); NaN for a pair not found, and for one found so barely that no pull at
        all is as likely.
    half_life_low, half_life_high : float
        Its 95% interval; of a pair not found only the lower end is told, for the pair may not revert at all.
    lags, days : int
        Lags of the test, and days both had prices.
    """

    y: str
    x: str
    statistic: float
    other_statistic: float
    pvalue: float
    by_chance: float
    q: float
    discovery: bool
    elasticity: float
    half_life_days: float
    half_life_low: float
    half_life_high: float
    lags: int
    days: int


@dataclass(frozen=True, kw_only=True)
class PairScanResult(Result):
    """The pairs of a scan, the most convincing first.

    Attributes
    ----------
    pairs : tuple of ScannedPair
        All discoveries, and the next best up to the number asked for.
    tickers : int
        Tickers whose pairs were tested: long enough, and not reverting by themselves.
    tested, discoveries : int
        Pairs tested, and those found at the rate.
    untestable : int
        Pairs without a test: fewer than `LEAST_DAYS` common days, or one a multiple of the other.
    below_5pct : int
        Pairs with p below 5%.
    expected_by_chance, most_by_chance : float
        Pairs that would show p below 5% in a scan of as many tickers of which none is cointegrated: on average, and at
        most in 19 scans of 20.
    expected_false : float
        Pairs among the discoveries that are expected not to be cointegrated, at most.
    rate : float
        Share of false discoveries borne.
    """

    schema_name: ClassVar[str] = "pair_scan"

    pairs: Sequence[ScannedPair]
    tickers: int
    tested: int
    untestable: int
    discoveries: int
    below_5pct: int
    expected_by_chance: float
    most_by_chance: float
    expected_false: float
    rate: float

    def body(self) -> dict[str, Any]:
        """Return the fields of the public contract."""
        names = ("tickers", "tested", "untestable", "discoveries", "below_5pct", "expected_by_chance")
        more = ("most_by_chance", "expected_false", "rate")
        return {"pairs": list(self.pairs), **{name: getattr(self, name) for name in (*names, *more)}}

    def records(self) -> list[dict[str, Any]]:
        """Return one row a pair."""
        return [{name: getattr(pair, name) for name in ScannedPair.__slots__} for pair in self.pairs]


def pair_scan(
    prices: PriceHistory,
    *,
    rate: float = RATE,
    method: Method = "by",
    lags: int | None = None,
    criterion: Criterion | None = "aic",
    top: int | None = 20,
    engine: Spread | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> PairScanResult:
    """Test all pairs of tickers for cointegration, both ways, and keep the rate of false discoveries.

    Parameters
    ----------
    prices : PriceHistory
        Dividend-adjusted prices are used where known, traded ones otherwise.
    rate : float
        Expected share of pairs among the discoveries that are not cointegrated, over everything scanned.
    method : {"by", "bh"}
        How p-values become q-values: `hedgekit.pairs.discoveries.adjusted`.
    lags : int, optional
        Lags of the tests, or most lags when `criterion` is given. Default: Schwert's rule.
    criterion : {"aic", "bic"}, optional
    top : int, optional
        Pairs to return at least, discoveries or not; None returns all.
    engine : Spread, optional
        Who tests the parts of the scan: `hedgekit.scale.engines.LocalProcesses` or ``DaskCluster``. Default: threads
        of this process on every core. The answer is the same.
    progress : callable, optional
        Called with the tests done and the tests to do.

    Returns
    -------
    PairScanResult

    Raises
    ------
    InputError
        A rate outside (0, 1), an unknown method, or fewer than two tickers.
    DataError
        No pair has enough common days, or a part of the scan was lost with its worker.

    Notes
    -----
    Engle and Granger's test on log prices over the days that both tickers have. A pair's p-value is MacKinnon's for the
    better direction, doubled (Bonferroni); the q-values are over every pair tested. The tests are asymptotic and assume
    that each ticker alone has a unit root: one that has none at 1% is in no test. A half-life is told by the statistic,
    allowing for having been found.

    Examples
    --------
    >>> from hedgekit.model import PriceHistory
    >>> random = np.random.default_rng(1)
    >>> logs = np.cumsum(0.01 * random.normal(size=(1000, 4)), axis=0)
    >>> logs[:, 3] = 0.8 * logs[:, 0] + 0.02 * random.normal(size=1000)
    >>> days, prices = np.datetime64("2020-01-01") + np.arange(1000), np.exp(logs)
    >>> made = PriceHistory(tickers=tuple("ABCD"), dates=days, close=prices, total_return=prices, source="made")
    >>> found = pair_scan(made)
    >>> [(pair.y, pair.x) for pair in found.pairs if pair.discovery], found.tested
    ([('D', 'A')], 6)
    """
    if not 0.0 < rate < 1.0:
        raise InputError(f"rate {rate:g}: expected a share of false discoveries between 0 and 1, such as 0.05")
    if method not in METHODS:
        raise InputError(f"method is {method!r}: use {' or '.join(METHODS)}")
    if top is not None and top < 0:
        raise InputError(f"top {top}: expected 0 or more")
    if len(prices.tickers) < 2:
        raise InputError(f"{prices.source}: a scan needs two tickers or more; it holds {prices.tickers[0]}")
    logs = _logs(prices)
    alone = _reverting(logs)
    first, second = np.triu_indices(logs.shape[1], 1)
    walking = ~(alone[first] | alone[second])
    first, second = first[walking], second[walking]
    bench = Bench(logs=logs, lags=lags, criterion=criterion)
    found = run_tests(bench, first, second, InThisProcess() if engine is None else engine, progress)
    statistic = found.statistic
    if not np.isfinite(statistic).any():
        if alone.any() and not len(first):
            raise DataError(
                f"{prices.source}: every pair has a ticker that reverts by itself ({_listed(prices.tickers, alone)}): "
                "with any other it looks cointegrated, and that says nothing"
            )
        raise DataError(
            f"{prices.source}: none of the {len(first):,} pairs can be tested: each needs {LEAST_DAYS} days on which "
            "both tickers have a price, and both must move"
        )
    better = np.nanargmin(np.where(np.isfinite(statistic), statistic, np.inf), axis=0)
    columns = np.arange(len(first))
    least = statistic[better, columns]
    pvalues = _pvalues(least)
    q = adjusted(pvalues, method)
    order = np.lexsort((columns, least))
    order = order[np.isfinite(least[order])]
    count = int((q <= rate).sum())
    tested = len(order)
    kept = order if top is None else order[: max(count, top)]
    found_ones = q[kept] <= rate
    bound = largest(count, tested, rate, method) if count else math.nan
    cut = np.where(found_ones, np.fmax(_critical(bound), least[kept]), np.inf)
    lives = half_lives(least[kept], found.days[kept], below=cut)
    pairs = []
    for place, at in enumerate(kept):
        ends = (int(first[at]), int(second[at]))
        y, x = ends if better[at] == 0 else ends[::-1]
        life = float(lives.middle[place])
        pairs.append(
            ScannedPair(
                y=prices.tickers[y],
                x=prices.tickers[x],
                statistic=float(least[at]),
                other_statistic=float(statistic[1 - better[at], at]),
                pvalue=float(pvalues[at]),
                by_chance=tested * float(pvalues[at]),
                q=float(q[at]),
                discovery=bool(q[at] <= rate),
                elasticity=float(found.slope[better[at], at]),
                half_life_days=life if found_ones[place] and life < math.inf else math.nan,
                half_life_low=float(lives.low[place]),
                half_life_high=float(lives.high[place]) if found_ones[place] else math.inf,
                lags=int(found.lags[better[at], at]),
                days=int(found.days[at]),
            )
        )
    long = np.isfinite(logs).sum(axis=0) >= LEAST_DAYS
    used = long & ~alone
    return PairScanResult(
        pairs=tuple(pairs),
        tickers=int(used.sum()),
        tested=tested,
        untestable=len(first) - tested,
        discoveries=count,
        below_5pct=int((pvalues < RATE).sum()),
        expected_by_chance=BY_CHANCE * tested,
        most_by_chance=tested * float(np.interp(math.log(max(used.sum(), 2)), *_clusters())),
        expected_false=count * float(q[order[:count]].max()) if count else 0.0,
        rate=rate,
        inputs=_inputs(prices, method, lags, criterion),
        warnings=_warnings(prices, long, alone, len(first) - tested),
    )


def _logs(prices: PriceHistory) -> Floats:
    """Return log prices, shape (n, k); a price that is not positive is no price."""
    held = np.isfinite(prices.total_return).any(axis=0)
    levels = np.where(held, prices.total_return, prices.close)
    with np.errstate(invalid="ignore", divide="ignore"):
        logs: Floats = np.log(np.where(levels > 0.0, levels, np.nan))
    return logs


def _reverting(logs: Floats) -> NDArray[np.bool_]:
    """Return which tickers revert by themselves, or jumped once and stayed: their pairs look cointegrated."""
    enough = np.isfinite(logs).sum(axis=0) >= LEAST_DAYS
    return np.array(
        [
            bool(known) and reverts_by_itself(column[np.isfinite(column)])
            for known, column in zip(enough, logs.T, strict=True)
        ]
    )


def _pvalues(statistic: Floats) -> Floats:
    """Return MacKinnon's p-values doubled: 1 wherever the better direction is worse than a coin."""
    out = np.where(np.isfinite(statistic), 1.0, np.nan)
    order = np.argsort(statistic, kind="stable")
    for at in order:
        if not math.isfinite(statistic[at]):
            break
        doubled = DIRECTIONS * pvalue(float(statistic[at]), variables=2)
        if doubled >= 1.0:
            break
        out[at] = doubled
    return out


def _clusters() -> tuple[Floats, Floats]:
    return np.log(list(CLUSTERED)), np.array(list(CLUSTERED.values()))


def _critical(bound: float) -> float:
    """Return the statistic whose doubled p-value is `bound`; NaN for none."""
    low, high = -60.0, 0.0
    while high - low > 1e-6:
        middle = 0.5 * (low + high)
        low, high = (middle, high) if DIRECTIONS * pvalue(middle, variables=2) < bound else (low, middle)
    return low if bound > 0.0 else math.nan


def _inputs(prices: PriceHistory, method: str, lags: int | None, criterion: str | None) -> dict[str, Any]:
    from hedgekit import __version__

    return {
        "asof": prices.dates[-1].item(),
        "first_day": prices.dates[0].item(),
        "days": len(prices),
        "prices": "log, dividends put back where known",
        "test": "Engle-Granger with a constant, both directions, the better one's p-value doubled",
        "lags": lags,
        "criterion": criterion,
        "method": method,
        "least_days": LEAST_DAYS,
        "source": prices.source,
        "source_sha256": prices.source_sha256,
        "version": __version__,
    }


def _listed(tickers: Sequence[str], chosen: NDArray[np.bool_]) -> str:
    names = [ticker for ticker, one in zip(tickers, chosen, strict=True) if one]
    return ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")


def _warnings(
    prices: PriceHistory, long: NDArray[np.bool_], alone: NDArray[np.bool_], untestable: int
) -> tuple[Note, ...]:
    notes = list(prices.notes)
    if not long.all():
        text = f"{(~long).sum():,} tickers have fewer than {LEAST_DAYS} days of prices and are in no test"
        notes.append(Note("short_histories", f"{text} ({_listed(prices.tickers, ~long)})"))
    if alone.any():
        text = (
            f"{alone.sum():,} tickers revert by themselves, or jumped once and stayed, and are in no test: with any "
            "other they look cointegrated"
        )
        notes.append(Note("legs_revert", f"{text} ({_listed(prices.tickers, alone)})"))
    if untestable:
        text = f"{untestable:,} pairs have no test: too few common days, or one ticker a multiple of the other"
        notes.append(Note("untestable_pairs", text))
    return tuple(notes)

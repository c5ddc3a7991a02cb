"""Is the pair cointegrated, does its spread revert and how fast: tests with the tables that belong to them."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from hedgekit.errors import InfeasibleError, InputError, MissingExtra
from hedgekit.pairs.half_life import HalfLife, half_life
from hedgekit.pairs.ratio import about_legs
from hedgekit.pairs.ratios.inference import ols
from hedgekit.pairs.sample import pair_of
from hedgekit.pairs.stationarity import (
    Criterion,
    adf,
    critical_values,
    engle_granger,
    engle_granger_pairs,
    pvalue,
)
from hedgekit.pairs.thresholds.ornstein_uhlenbeck import OrnsteinUhlenbeck
from hedgekit.pairs.thresholds.ornstein_uhlenbeck import fit as fit_process
from hedgekit.pairs.unit_root import better_critical, better_pvalue, reverts_by_itself, simulated_null, tail
from hedgekit.results import Note, Result

if TYPE_CHECKING:
    from hedgekit.model import FloatArray, PriceHistory
    from hedgekit.pairs.sample import Pair

LEVEL = 0.05
LEAST_DAYS = 60
MOST_SCREENED = 10_000_000
MOST_SIMULATED = 100_000
SEED = 41
BLOCK = 21
"""Days of returns the simulation keeps together."""

MOST_POINTS = 800
"""Of the spread's history in the answer."""

VARIANCE_RATIO_DAYS = 5
TWO_SIDED = {"1%": 0.01, "5%": 0.05, "10%": 0.1}
NEEDS = "this test needs statsmodels and arch: pip install statsmodels arch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one test says.

    Parameters
    ----------
    name, label : str
    null : str
        What a low p-value speaks against.
    statistic : float
    pvalue : float
        NaN where only critical values exist.
    critical : mapping of level to value
    lags : int or None
    rejects : bool
        At 5%.
    """

    name: str
    label: str
    null: str
    statistic: float
    pvalue: float = math.nan
    critical: Mapping[str, float] = field(default_factory=dict)
    lags: int | None = None
    rejects: bool = False


@dataclass(frozen=True, kw_only=True)
class PairTestResult(Result):
    """All tests of a pair.

    Attributes
    ----------
    tests : tuple of Outcome
    pvalue : float
        The one to judge by: the better direction of Engle and Granger, corrected for having chosen it and, where
        asked, for the number of pairs screened.
    basis : str
        What that p-value allows for.
    half_life : HalfLife
    process : OrnsteinUhlenbeck or None
        By exact likelihood; None when nothing pulls the spread back.
    spread_now, spread_sd : float
        Residual of the price regression today, and its deviation over these days.
    history : mapping
        ``date`` and ``value`` of the spread: at most `MOST_POINTS` days, evenly spaced, today the last.
    """

    schema_name: ClassVar[str] = "pair_test"

    tests: Sequence[Outcome]
    pvalue: float
    basis: str
    direction: str
    slope: float
    half_life: HalfLife
    process: OrnsteinUhlenbeck | None
    spread_now: float
    spread_sd: float
    history: Mapping[str, Sequence[Any]]
    legs_that_revert: Sequence[str] = ()

    @property
    def cointegrated(self) -> bool:
        """Whether the corrected p-value is below 5% and neither leg reverts by itself."""
        return self.pvalue < LEVEL and not self.legs_that_revert

    def body(self) -> dict[str, Any]:
        """Return the fields of the public contract."""
        life, process = self.half_life, self.process
        return {
            "cointegrated": self.cointegrated,
            "pvalue": self.pvalue,
            "pvalue_basis": self.basis,
            "tests": list(self.tests),
            "half_life": {
                "reverting": life.reverting,
                "days": life.days,
                "days_linear": life.days_linear,
                "unbiased_days": life.unbiased_days,
                "ci95": [life.low, life.high] if math.isfinite(life.low) else None,
                "coefficient": life.coefficient,
            },
            "ornstein_uhlenbeck": None
            if process is None
            else {
                "kappa_per_day": process.speed,
                "theta": process.mean,
                "sigma_per_root_day": process.vol,
                "stationary_sd": process.sd,
            },
            "spread": {
                "direction": self.direction,
                "slope": self.slope,
                "now": self.spread_now,
                "sd": self.spread_sd,
                "history": self.history,
            },
        }

    def records(self) -> list[dict[str, Any]]:
        """Return one row a test."""
        return [
            {
                "name": test.name,
                "statistic": test.statistic,
                "pvalue": test.pvalue,
                **{f"critical_{level}": test.critical.get(level) for level in ("1%", "5%", "10%")},
                "lags": test.lags,
                "rejects_at_5%": test.rejects,
                "null": test.null,
            }
            for test in self.tests
        ]


def pair_test(
    prices: PriceHistory,
    long: str | None = None,
    short: str | None = None,
    *,
    asof: date | str | None = None,
    since: date | str | None = None,
    lags: int | None = None,
    logs: bool = False,
    screened: int = 1,
    simulate: int = 0,
) -> PairTestResult:
    """Test a pair for cointegration and mean reversion.

    Parameters
    ----------
    prices : PriceHistory
    long, short : str, optional
        Tickers; may be left out when the history holds exactly two.
    asof, since : date or str, optional
        Last and first day used.
    lags : int, optional
        Lagged changes of the Engle-Granger and Dickey-Fuller tests; default by the Akaike criterion.
    logs : bool
        Log prices instead of prices.
    screened : int
        Pairs that were looked at before this one was chosen.
    simulate : int
        Simulate the whole procedure (both directions, lag choice, the pairs screened) this many times on blocks of the
        pair's own returns, instead of taking the p-value from walks and Sidak's formula.

    Returns
    -------
    PairTestResult

    Raises
    ------
    InputError, DataError
        For tickers, days or counts that cannot be.
    MissingExtra
        When statsmodels or arch is not installed.

    Notes
    -----
    Engle and Granger's statistic has MacKinnon's two-variable distribution in one direction chosen beforehand. Keeping
    the better of both has another: its p-value here is simulated. The best of K pairs is corrected by
    ``1 - (1 - p)^K``.

    Examples
    --------
    >>> import hedgekit as hk
    >>> prices = hk.load_prices("examples/data/pair.csv")
    >>> result = hk.pair_test(prices, "SMALL", "LARGE")
    >>> result.cointegrated, round(result.half_life.days, 1)
    (True, 12.5)
    """
    if not 1 <= screened <= MOST_SCREENED:
        raise InputError(f"screened {screened}: expected 1 (this pair alone) to {MOST_SCREENED:,}")
    if not 0 <= simulate <= MOST_SIMULATED:
        raise InputError(f"simulate {simulate}: expected 0 (none) to {MOST_SIMULATED:,} times")
    prices = prices if asof is None else prices.until(asof)
    prices = prices if since is None else prices.since(since)
    pair = pair_of(prices, long, short, least_days=LEAST_DAYS)
    y, x = pair.window.y, pair.window.x
    if logs:
        y, x = np.log(y), np.log(x)
    criterion: Criterion | None = "aic" if lags is None else None
    forward = engle_granger(y, x, lags=lags, criterion=criterion)
    backward = engle_granger(x, y, lags=lags, criterion=criterion)
    better = min(float(forward.statistic[0]), float(backward.statistic[0]))
    alone = better_pvalue(better)
    if simulate:
        corrected = _whole_procedure(pair, better, lags, simulate, screened, logs=logs)
        basis = f"the whole procedure simulated {simulate:,} times on the pair's own returns"
    else:
        corrected = -math.expm1(screened * math.log1p(-min(alone, 1.0 - 1e-12)))
        basis = "the better of both directions kept"
    basis += f", the best of {screened:,} pairs" if screened > 1 else ""
    slope, _, spread = ols(y, x)
    tests = _tests(pair, y, x, lags, forward, backward, better, alone)
    reverting = [ticker for ticker, level in ((pair.long, y), (pair.short, x)) if reverts_by_itself(level)]
    notes = [*pair.notes, *_flip(y, x, lags, better), *_full_rank(tests), *about_legs(reverting)]
    return PairTestResult(
        tests=tuple(tests),
        pvalue=corrected,
        basis=basis,
        direction=f"{pair.long} on {pair.short}",
        slope=slope,
        half_life=_half_life(spread, better, corrected, screened),
        process=_process(spread),
        spread_now=float(spread[-1]),
        spread_sd=float(spread.std(ddof=2)),
        history=_history(pair, spread),
        legs_that_revert=tuple(reverting),
        inputs={
            **pair.inputs,
            "levels": "log prices" if logs else "prices",
            "lags": "Akaike" if lags is None else lags,
            "screened": screened,
            "simulated": simulate,
        },
        warnings=tuple(notes),
    )


def _history(pair: Pair, spread: FloatArray) -> dict[str, list[Any]]:
    """Return the spread for a picture."""
    days = np.arange(len(spread) - 1, -1, -max(1, -(-len(spread) // MOST_POINTS)))[::-1]
    return {"date": [str(day) for day in pair.dates[days]], "value": spread[days].tolist()}


def _half_life(spread: FloatArray, better: float, corrected: float, screened: int) -> HalfLife:
    """Return the half-life that the better direction's statistic tells, also of a pair picked among many.

    The best of many was picked for looking quick: its half-life is told among statistics that would have passed, or,
    when it does not pass, only from below.
    """
    if screened == 1:
        return half_life(spread, statistic=better)
    if corrected < LEVEL:
        cut = better_critical(-math.expm1(math.log1p(-LEVEL) / screened))
        return half_life(spread, statistic=better, below=max(cut, better))
    seen = half_life(spread, statistic=better)
    return replace(seen, reverting=False, unbiased_days=math.nan, high=math.inf)


def _tests(
    pair: Pair, y: FloatArray, x: FloatArray, lags: int | None, forward: Any, backward: Any, better: float, alone: float
) -> list[Outcome]:
    try:
        found = [
            _engle_granger("engle_granger", f"Engle-Granger, {pair.long} on {pair.short}", forward, len(y)),
            _engle_granger("engle_granger_reversed", f"Engle-Granger, {pair.short} on {pair.long}", backward, len(y)),
            _better(better, alone),
            *_phillips_ouliaris(y, x),
            *_johansen(y, x),
        ]
        legs = [(pair.long, "long", y), (pair.short, "short", x)]
        found += [_adf(f"adf_{side}", f"ADF, {ticker}", series, lags) for ticker, side, series in legs]
        ratio = np.log(pair.window.y / pair.window.x)
        return [*found, _adf("adf_ratio", "ADF, log price ratio", ratio, lags), *_of_ratio(ratio)]
    except ImportError:
        raise MissingExtra(NEEDS) from None


def _engle_granger(name: str, label: str, test: Any, n: int) -> Outcome:
    statistic = float(test.statistic[0])
    p = pvalue(statistic, variables=2)
    return Outcome(
        name=name,
        label=label,
        null="not cointegrated",
        statistic=statistic,
        pvalue=p,
        critical=critical_values(n - 1, variables=2),
        lags=int(test.lags[0]),
        rejects=p < LEVEL,
    )


def _better(statistic: float, p: float) -> Outcome:
    null = simulated_null()
    points = {level: float(np.quantile(null, share)) for level, share in (("1%", 0.01), ("5%", 0.05), ("10%", 0.1))}
    return Outcome(
        name="engle_granger_better",
        label="Engle-Granger, better of both",
        null="not cointegrated",
        statistic=statistic,
        pvalue=p,
        critical=points,
        rejects=p < LEVEL,
    )


def _phillips_ouliaris(y: FloatArray, x: FloatArray) -> list[Outcome]:
    from arch.unitroot.cointegration import phillips_ouliaris

    found = []
    for kind in ("Zt", "Za"):
        test = phillips_ouliaris(y, x, trend="c", test_type=kind)
        p = float(test.pvalue)
        found.append(
            Outcome(
                name=f"phillips_ouliaris_{kind.lower()}",
                label=f"Phillips-Ouliaris {kind}",
                null="not cointegrated",
                statistic=float(test.stat),
                pvalue=p,
                critical=_points(test.critical_values),
                rejects=p < LEVEL,
            )
        )
    return found


def _johansen(y: FloatArray, x: FloatArray) -> list[Outcome]:
    from statsmodels.tsa.vector_ar.vecm import coint_johansen

    test = coint_johansen(np.column_stack([y, x]), det_order=0, k_ar_diff=1)
    nulls = ("no relation", "one relation")
    return [
        Outcome(
            name=f"johansen_trace_{rank}",
            label=f"Johansen trace, rank {rank}",
            null=nulls[rank],
            statistic=float(test.lr1[rank]),
            critical=dict(zip(("10%", "5%", "1%"), map(float, test.cvt[rank]), strict=True)),
            lags=1,
            rejects=bool(test.lr1[rank] > test.cvt[rank][1]),
        )
        for rank in (0, 1)
    ]


def _adf(name: str, label: str, series: FloatArray, lags: int | None) -> Outcome:
    test = adf(series, lags=lags, criterion="aic" if lags is None else None)
    p = pvalue(test.statistic)
    return Outcome(
        name=name,
        label=label,
        null="a walk",
        statistic=test.statistic,
        pvalue=p,
        critical=critical_values(test.rows),
        lags=test.lags,
        rejects=p < LEVEL,
    )


def _of_ratio(ratio: FloatArray) -> list[Outcome]:
    from arch.unitroot import KPSS, VarianceRatio
    from scipy.special import ndtri

    with warnings.catch_warnings():
        # arch says once more that its default changed: the new one is wanted
        warnings.filterwarnings("ignore", message="Lag selection has changed", category=DeprecationWarning)
        kpss = KPSS(ratio)
    variance = VarianceRatio(ratio, lags=VARIANCE_RATIO_DAYS)
    return [
        Outcome(
            name="kpss_ratio",
            label="KPSS, log price ratio",
            null="stationarity",
            statistic=float(kpss.stat),
            pvalue=float(kpss.pvalue),
            critical=_points(kpss.critical_values),
            lags=int(kpss.lags),
            rejects=bool(kpss.pvalue < LEVEL),
        ),
        Outcome(
            name="variance_ratio",
            label=f"variance ratio, {VARIANCE_RATIO_DAYS} days: {float(variance.vr):.2f}",
            null="a walk",
            statistic=float(variance.stat),
            pvalue=float(variance.pvalue),
            # arch rejects for a large or a small ratio, but keeps the one-sided values beside it
            critical={level: float(ndtri(1.0 - 0.5 * share)) for level, share in TWO_SIDED.items()},
            lags=VARIANCE_RATIO_DAYS,
            rejects=bool(variance.pvalue < LEVEL),
        ),
    ]


def _points(critical: Any) -> dict[str, float]:
    return {f"{str(level).rstrip('%')}%": float(value) for level, value in critical.items()}


def _process(spread: FloatArray) -> OrnsteinUhlenbeck | None:
    try:
        return fit_process(spread)
    except InfeasibleError:
        return None


def _flip(y: FloatArray, x: FloatArray, lags: int | None, better: float) -> list[Note]:
    """Say when another usual number of lags turns the verdict."""
    if lags is not None:
        return []
    one = min(float(engle_granger(a, b, lags=1, criterion=None).statistic[0]) for a, b in ((y, x), (x, y)))
    chosen, other = better_pvalue(better), better_pvalue(one)
    if (chosen < LEVEL) == (other < LEVEL):
        return []
    text = f"the choice of lags turns the verdict: p = {chosen:.2g} with Akaike's, {other:.2g} with one lag"
    return [Note("lag_choice_flips", text)]


def _full_rank(tests: Sequence[Outcome]) -> list[Note]:
    """Say when Johansen's test takes both legs for stationary, which prices are not."""
    if not all(test.rejects for test in tests if test.name.startswith("johansen")):
        return []
    text = (
        "Johansen's test rejects every rank, as if both prices reverted by themselves: it is misled here (drift, "
        "clustered volatility) and says nothing for cointegration"
    )
    return [Note("johansen_full_rank", text)]


def _whole_procedure(pair: Pair, better: float, lags: int | None, count: int, screened: int, *, logs: bool) -> float:
    """Return how often the best of `screened` unrelated pairs, each in its better direction, looks this good.

    A made pair has levels that walk by blocks of the pair's own returns: correlated, clustered, with the same drift,
    and not cointegrated.
    """
    returns = np.column_stack(pair.window.returns())
    n = len(returns)
    dice = np.random.default_rng(SEED)
    width = max(1, min(2_000_000 // (n * 2), 512))
    total = count * screened
    if total > MOST_SIMULATED * 10:
        raise InputError(f"simulate {count} x screened {screened} = {total:,} pairs: at most {MOST_SIMULATED * 10:,}")
    best = np.empty(total)
    done = 0
    while done < total:
        pairs = min(width, total - done)
        levels = _walks(returns, pairs, dice)
        levels = levels if logs else np.exp(levels)
        series = levels.reshape(len(levels), 2 * pairs)
        y, x = np.arange(0, 2 * pairs, 2), np.arange(1, 2 * pairs, 2)
        tests = engle_granger_pairs(
            series,
            np.concatenate([y, x]),
            np.concatenate([x, y]),
            lags=lags,
            criterion="aic" if lags is None else None,
        )
        best[done : done + pairs] = tests.statistic.reshape(2, pairs).min(axis=0)
        done += pairs
    lowest = best.reshape(count, screened).min(axis=1)
    return tail(np.sort(lowest), better)


def _walks(returns: FloatArray, pairs: int, dice: np.random.Generator) -> FloatArray:
    """Return log levels, shape (n + 1, pairs, 2), of blocks of joint returns drawn with replacement."""
    n = len(returns)
    blocks = -(-n // BLOCK)
    starts = dice.integers(0, n, size=(blocks, pairs))
    rows = (starts[:, None, :] + np.arange(BLOCK)[None, :, None]) % n
    drawn = returns[rows.reshape(blocks * BLOCK, pairs)[:n]]
    zero = np.zeros((1, pairs, 2))
    walks: FloatArray = np.concatenate([zero, np.cumsum(drawn, axis=0)])
    return walks

"""Every hedge ratio of a pair side by side, judged out of sample, and the one to use."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from hedgekit.errors import InputError
from hedgekit.results import Note, Result

if TYPE_CHECKING:
    from hedgekit.model import FloatArray, PriceHistory
    from hedgekit.pairs.effectiveness import Effectiveness
    from hedgekit.pairs.stability import Stability

WINDOW = 252
"""Returns an estimator is fitted on unless it has a length of its own: a year."""

YEAR = 252
"""Trading days over which a ratio's change is told."""

LEAST_WINDOW = 20
LEVEL_OF_TEST = 0.05
"""A pair is taken for cointegrated below this p-value."""

FEW_PERIODS = 24
FEW_HALF_LIVES = 58
NARROW = ("fmols", "johansen")
"""Estimators whose 95% interval covers too seldom below that many half-lives of the spread."""

OTHER_AIMS = ("dollar_neutral", "vol_parity", "tls", "deming")
"""Estimators that aim at something else than the least variance left: how narrow their intervals are says nothing of
how well the hedge is known, so that they are recommended only where they are told to do better."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """One estimator's answer.

    Parameters
    ----------
    name, label : str
    unit : str
        Of `ratio`, `se` and `ci95`: ``shares_per_share``, ``dollars_per_dollar`` or ``elasticity``, always of the short
        leg per one of the long leg.
    ratio, se : float
    ci95 : tuple of float
        NaN where no interval holds; `why` then says so.
    share_ratio : float
        Shares of the short leg per share of the long leg; NaN without traded prices.
    dollar_ratio : float
        Dollars of the short leg per dollar of the long leg.
    elasticity : float
        NaN unless the ratio is one.
    level_based : bool
        Fits price levels: only for a cointegrated pair.
    days : int
        Days it was fitted on.
    effectiveness : Effectiveness
    why : str
    narrow : bool
        Whether the 95% interval is known to cover less often: a slowly reverting spread in too few days.
    moved : float
        By how much `dollar_ratio`, fitted again and again on the days before, was another `YEAR` days later: the median
        of the out-of-sample days, without sign; NaN when they do not last that long.
    """

    name: str
    label: str
    unit: str
    ratio: float
    se: float
    ci95: tuple[float, float]
    share_ratio: float
    dollar_ratio: float
    dollar_ci95: tuple[float, float]
    elasticity: float
    intercept: float
    level_based: bool
    days: int
    effectiveness: Effectiveness
    why: str
    narrow: bool = False
    moved: float = math.nan

    def body(self) -> dict[str, Any]:
        """Return the fields of the public contract."""
        gained = self.effectiveness
        return {
            "name": self.name,
            "label": self.label,
            "unit": self.unit,
            "ratio": self.ratio,
            "se": self.se,
            "ci95": _interval(self.ci95),
            "share_ratio": self.share_ratio,
            "dollar_ratio": self.dollar_ratio,
            "dollar_ci95": _interval(self.dollar_ci95),
            "ci95_too_narrow": self.narrow,
            "elasticity": self.elasticity,
            "intercept": self.intercept,
            "level_based": self.level_based,
            "days": self.days,
            "effectiveness": gained.value,
            "effectiveness_ci95": _interval((gained.low, gained.high)),
            "behind_best_ci95": _interval((gained.behind_low, gained.behind_high)),
            "moved_in_a_year": self.moved,
            "why": self.why,
        }


def _interval(pair: tuple[float, float]) -> list[float] | None:
    return list(pair) if all(math.isfinite(end) for end in pair) else None


@dataclass(frozen=True, kw_only=True)
class PairRatioResult(Result):
    """Every estimator, and the one to use.

    Attributes
    ----------
    estimates : tuple of Estimate
    recommended : str
        Name of the estimator to use.
    cointegration_statistic, cointegration_pvalue : float
        Engle and Granger's better direction, the p-value for having taken the better one.
    cointegrated : bool
        Whether that p-value is below 5% and neither leg reverts by itself.
    stability : Stability
        Of the return regression over all days.
    as_good : tuple of str
        The others whose effectiveness cannot be told from the best one's: of all these that aim at the least
        variance the one with the narrowest interval is recommended.
    """

    schema_name: ClassVar[str] = "pair_ratio"

    estimates: Sequence[Estimate]
    recommended: str
    cointegration_statistic: float
    cointegration_pvalue: float
    cointegrated: bool
    stability: Stability
    as_good: Sequence[str]
    hold: int
    periods: int

    def named(self, name: str) -> Estimate:
        """Return an estimate by its name.

        Raises
        ------
        InputError
            When there is none; lists those there are.
        """
        for estimate in self.estimates:
            if estimate.name == name:
                return estimate
        raise InputError(f"no estimator {name!r}; there are {', '.join(e.name for e in self.estimates)}")

    def body(self) -> dict[str, Any]:
        """Return the fields of the public contract."""
        return {
            "estimators": [estimate.body() for estimate in self.estimates],
            "recommended": self.recommended,
            "as_good": list(self.as_good),
            "cointegration": {
                "statistic": self.cointegration_statistic,
                "pvalue": self.cointegration_pvalue,
                "cointegrated": self.cointegrated,
            },
            "stability": self.stability,
            "out_of_sample": {"periods": self.periods, "hold_days": self.hold},
        }

    def records(self) -> list[dict[str, Any]]:
        """Return one row an estimator."""
        rows = []
        for estimate in self.estimates:
            row = estimate.body()
            for name in ("ci95", "dollar_ci95", "effectiveness_ci95", "behind_best_ci95"):
                low, high = row.pop(name) or (None, None)
                row[f"{name}_low"], row[f"{name}_high"] = low, high
            rows.append({**row, "recommended": estimate.name == self.recommended})
        return rows


def pair_ratio(
    prices: PriceHistory,
    long: str | None = None,
    short: str | None = None,
    *,
    window: int = WINDOW,
    hold: int | None = None,
    asof: date | str | None = None,
    since: date | str | None = None,
    estimators: Sequence[str] | None = None,
) -> PairRatioResult:
    """Estimate how much of one leg hedges the other, in every way there is.

    Parameters
    ----------
    prices : PriceHistory
    long, short : str, optional
        Tickers; may be left out when the history holds exactly two.
    window : int
        Returns fitted on by estimators without a length of their own, 20 or more.
    hold : int, optional
        Days between rebalancings of the out-of-sample test; default 21.
    asof, since : date or str, optional
        Last and first day used.
    estimators : sequence of str, optional
        Names of `hedgekit.pairs.ratios.ESTIMATORS`; default all.

    Returns
    -------
    PairRatioResult
        A ratio fitted on price levels is never recommended for a pair that is not cointegrated.

    Raises
    ------
    InputError, DataError
        For tickers, days or a window that cannot be.

    Examples
    --------
    >>> import hedgekit as hk
    >>> prices = hk.load_prices("examples/data/pair.csv")
    >>> hk.pair_ratio(prices, "SMALL", "LARGE").recommended
    'dols'
    """
    from hedgekit.pairs.effectiveness import HOLD, effectiveness, walk_forward
    from hedgekit.pairs.ratios import ESTIMATORS, estimator
    from hedgekit.pairs.sample import pair_of
    from hedgekit.pairs.stability import stability
    from hedgekit.pairs.unit_root import better_direction, reverts_by_itself

    hold = HOLD if hold is None else hold
    if window < LEAST_WINDOW:
        raise InputError(f"window {window}: expected {LEAST_WINDOW} days or more")
    if hold < 1:
        raise InputError(f"hold {hold}: expected one day or more")
    names = tuple(ESTIMATORS) if estimators is None else tuple(estimators)
    for name in names:
        if name not in ESTIMATORS:
            raise InputError(f"no estimator {name!r}; there are {', '.join(ESTIMATORS)}")
    prices = prices if asof is None else prices.until(asof)
    prices = prices if since is None else prices.since(since)
    pair = pair_of(prices, long, short, least_days=max(2 * LEAST_WINDOW, 40))
    modules = {name: estimator(name) for name in names}
    walk = walk_forward(pair, modules, window=window, hold=hold)
    statistic, pvalue = better_direction(pair.window.y, pair.window.x)
    alone = [t for t, level in ((pair.long, pair.window.y), (pair.short, pair.window.x)) if reverts_by_itself(level)]
    cointegrated = pvalue < LEVEL_OF_TEST and not alone
    allowed = [name for name in names if cointegrated or not modules[name].LEVELS]
    gained = effectiveness(walk, allowed)
    slow = _half_lives(pair.window.y, pair.window.x) < FEW_HALF_LIVES
    estimates = [
        _estimate(
            pair,
            name,
            modules[name],
            window,
            gained[name],
            _moved(walk.ratios[name], hold),
            narrow=slow and name in NARROW,
        )
        for name in names
    ]
    ry, rx = pair.window.returns()
    recommended, as_good = _best([estimate for estimate in estimates if estimate.name in allowed])
    periods = int(walk.period.max()) + 1
    chosen = next(estimate for estimate in estimates if estimate.name == recommended)
    notes = [*pair.notes, *about_legs(alone), *_no_hedge(pair, chosen)]
    if periods < FEW_PERIODS:
        text = f"only {periods} holding periods out of sample: effectiveness is known poorly"
        notes.append(Note("few_periods", text))
    if slow and cointegrated and any(estimate.narrow for estimate in estimates):
        text = (
            f"fewer than {FEW_HALF_LIVES} half-lives of the spread in these days: the 95% intervals marked ? hold the "
            "slope 50 to 90% of the time in simulation, DOLS 70 to 95%"
        )
        notes.append(Note("narrow_intervals", text))
    if len(pair) <= window:
        text = f"{len(pair)} days in common, fewer than the window of {window} returns: all are used"
        notes.append(Note("short_history", text))
    return PairRatioResult(
        estimates=tuple(estimates),
        recommended=recommended,
        cointegration_statistic=statistic,
        cointegration_pvalue=pvalue,
        cointegrated=cointegrated,
        stability=stability(ry, rx),
        as_good=tuple(as_good),
        hold=hold,
        periods=periods,
        inputs={**pair.inputs, "window_days": window, "hold_days": hold, "returns": "log, daily"},
        warnings=tuple(notes),
    )


def about_legs(tickers: Sequence[str]) -> list[Note]:
    """Say which legs revert by themselves: then the pair's cointegration means nothing."""
    text = "reverts by itself: that the pair does too says nothing of the other leg, and price levels give no ratio"
    return [Note("leg_reverts", f"{ticker} {text}") for ticker in tickers]


def _no_hedge(pair: Any, chosen: Estimate) -> list[Note]:
    """Say when the short leg is not seen to hedge the long one at all."""
    from hedgekit.units import percent

    gained = chosen.effectiveness
    least = gained.low if math.isfinite(gained.low) else gained.value
    if least > 0.0:
        return []
    span = f" (95%: {percent(gained.low):.1f}% to {percent(gained.high):.1f}%)" if math.isfinite(gained.low) else ""
    text = (
        f"{pair.short} is not seen to hedge {pair.long}: out of sample the ratio recommended, {chosen.label}, removed "
        f"{percent(gained.value):.1f}% of the variance{span}"
    )
    return [Note("no_hedge", text)]


def _best(allowed: Sequence[Estimate]) -> tuple[str, list[str]]:
    """Return the estimator to use and those that did as well.

    Of the ones that cannot be told from the one that removed most variance, the one whose ratio is known best is taken:
    picking the highest of many near-equal scores picks noise. Of `OTHER_AIMS` one is taken only when it stands alone.
    """
    known = [e for e in allowed if math.isfinite(e.effectiveness.value) and math.isfinite(e.dollar_ratio)]
    if not known:
        raise InputError("none of the estimators asked for fits a pair that is not cointegrated: add return_ols")
    usual = next((e for e in known if e.name == "return_ols"), None)
    if usual is not None and not math.isfinite(usual.effectiveness.low):
        return usual.name, []  # too few periods to tell any two apart
    highest = max(known, key=lambda e: e.effectiveness.value)
    equal = [e for e in known if e is highest or e.effectiveness.behind_low <= 0.0 <= e.effectiveness.behind_high]
    aimed = [e for e in equal if e.name not in OTHER_AIMS]
    precise = [e for e in aimed or equal if math.isfinite(e.dollar_ci95[0]) and not e.narrow]
    first = max(aimed, key=lambda e: e.effectiveness.value, default=highest)
    chosen = min(precise, key=lambda e: (e.dollar_ci95[1] - e.dollar_ci95[0]) / abs(e.dollar_ratio), default=first)
    return chosen.name, [e.name for e in equal if e is not chosen]


def _half_lives(y: FloatArray, x: FloatArray) -> float:
    """Return how many half-lives of the price regression's residual the days hold; none when it does not revert."""
    from hedgekit.pairs.ratios.inference import ols

    _, _, spread = ols(y, x)
    carried = float(spread[1:] @ spread[:-1]) / float(spread[:-1] @ spread[:-1])
    if carried <= 0.0:
        return math.inf
    return len(spread) * -math.log(carried) / math.log(2.0) if carried < 1.0 else 0.0


def _moved(ratios: FloatArray, hold: int) -> float:
    """Return the median change, without sign, of a ratio over a year of rebalancings `hold` days apart."""
    import numpy as np

    apart = max(1, round(YEAR / hold))
    changes = np.abs(ratios[apart:] - ratios[:-apart])
    changes = changes[np.isfinite(changes)]
    return float(np.median(changes)) if len(changes) else math.nan


def _estimate(
    pair: Any, name: str, module: Any, window: int, gained: Effectiveness, moved: float, *, narrow: bool
) -> Estimate:
    from hedgekit.pairs.ratios import fitted
    from hedgekit.pairs.ratios.fit import dollars, shares

    days = window if module.DAYS == 0 else module.DAYS
    part = pair.window.last(days)
    fit = fitted(module, part)
    y, x = float(pair.window.y[-1]), float(pair.window.x[-1])
    low, high = (dollars(end, module.UNIT, y, x) for end in (fit.low, fit.high))
    dollar_ratio = dollars(fit.ratio, module.UNIT, y, x)
    return Estimate(
        name=name,
        label=module.LABEL,
        unit=module.UNIT,
        ratio=fit.ratio,
        se=fit.se,
        ci95=(fit.low, fit.high),
        share_ratio=shares(dollar_ratio, "dollars_per_dollar", pair.long_close, pair.short_close),
        dollar_ratio=dollar_ratio,
        dollar_ci95=(low, high),
        elasticity=fit.ratio if module.UNIT == "elasticity" else math.nan,
        intercept=fit.intercept,
        level_based=module.LEVELS,
        days=len(part.ry),
        effectiveness=gained,
        why=fit.why,
        narrow=narrow and math.isfinite(fit.low),
        moved=moved,
    )

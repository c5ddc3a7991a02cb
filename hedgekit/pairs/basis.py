"""The ratio that a pair is sized with, and what is known about it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hedgekit.errors import InputError
from hedgekit.results import Note
from hedgekit.units import percent

if TYPE_CHECKING:
    from hedgekit.model import PriceHistory
    from hedgekit.pairs.sample import Pair

NEGLIGIBLE = 0.25
"""Leftover beta, in standard errors of the ratio, that makes no difference: it adds 3% to what the ratio leaves."""

TWO_SIDED_95 = 1.96

SPREAD_DAYS = 504
"""Days of the spread, unless its ratio was fitted to levels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """The ratio that a pair is sized with, and what is known about it.

    Parameters
    ----------
    value : float
        Dollars of the short leg per dollar of the long leg.
    source : str
        Estimator, and whether it was asked for.
    ci95 : tuple of float
        NaN where no interval holds or the ratio was given.
    moved : float
        How far such a ratio was from itself a year later, the median; NaN when not known.
    level_based : bool
        Whether it was fitted to the price levels that the spread is made of.
    spread_days : int
        Days that the spread's level and half-life are told from: those of the fit, or two years for a ratio that was
        not fitted to levels.
    effectiveness : float
        Share of variance it removed out of sample; NaN when not known.
    rivals : tuple of float
        Least and greatest ratio of the estimators that cannot be told from the best out of sample; NaN without them.
    """

    value: float
    source: str
    ci95: tuple[float, float] = (math.nan, math.nan)
    moved: float = math.nan
    level_based: bool = False
    spread_days: int = SPREAD_DAYS
    effectiveness: float = math.nan
    rivals: tuple[float, float] = (math.nan, math.nan)

    @property
    def slack(self) -> float:
        """Leftover beta per long dollar that is nothing beside what the ratio leaves open."""
        low, high = self.ci95
        return NEGLIGIBLE * (high - low) / (2.0 * TWO_SIDED_95) if math.isfinite(high - low) else 0.0


def basis_of(
    prices: PriceHistory | None, pair: Pair | None, ratio: float | None, estimator: str | None, notes: list[Note]
) -> Basis:
    """Return the ratio to size with: as given, as asked, or the one recommended out of sample.

    Parameters
    ----------
    prices : PriceHistory, optional
    pair : Pair, optional
        Of the same days.
    ratio : float, optional
        Dollars of the short leg per dollar of the long leg.
    estimator : str, optional
    notes : list of Note
        Gets what speaks against the estimator asked for.

    Raises
    ------
    InputError
        For a ratio that sizes nothing, neither ratio nor prices, or a level-based estimator without cointegration.
    """
    if ratio is not None:
        if not 0.0 < ratio < math.inf:
            raise InputError(f"ratio {ratio:g}: expected a positive number of dollars short per dollar long")
        return Basis(value=float(ratio), source="as given")
    if prices is None or pair is None:
        raise InputError("give price files to estimate the ratio from, or the ratio itself")
    from hedgekit.pairs.ratio import pair_ratio

    result = pair_ratio(prices, pair.long, pair.short)
    best = result.named(result.recommended)
    estimate = best if estimator is None else result.named(estimator)
    if estimator is not None and estimate.level_based and not result.cointegrated:
        raise InputError(
            f"{estimate.label} needs a cointegrated pair, which {pair.long} and {pair.short} are not "
            f"(p = {result.cointegration_pvalue:.2g}): use {result.recommended}"
        )
    if not 0.0 < estimate.dollar_ratio < math.inf:
        raise InputError(
            f"{estimate.label} is {estimate.dollar_ratio:.3f}: {pair.long} and {pair.short} move against each other: a "
            "hedge holds both, and there is no short leg to size; give another ratio if you have one"
        )
    notes += [note for note in result.warnings if note.slug == "no_hedge"]
    gained = estimate.effectiveness
    if estimate is not best and gained.behind_low > 0.0:
        text = (
            f"{estimate.label} removed {percent(gained.behind_low):.1f} to {percent(gained.behind_high):.1f} points "
            f"less of the variance out of sample than the best ratio (95%): {best.label}, {best.dollar_ratio:.4f}, is "
            "recommended"
        )
        notes.append(Note("worse_ratio", text))
    rivals = [best.dollar_ratio, *(result.named(name).dollar_ratio for name in result.as_good)]
    return Basis(
        value=estimate.dollar_ratio,
        source=f"{estimate.label}, {'recommended' if estimator is None else 'as asked'}",
        ci95=estimate.dollar_ci95,
        moved=estimate.moved,
        level_based=estimate.level_based,
        spread_days=estimate.days + 1 if estimate.level_based else SPREAD_DAYS,
        effectiveness=gained.value,
        rivals=(min(rivals), max(rivals)) if len(rivals) > 1 else (math.nan, math.nan),
    )

"""Dollar neutral: a dollar short for each dollar long, whatever the two do."""

from __future__ import annotations

from hedgekit.pairs.ratios.fit import Fit, Unit
from hedgekit.pairs.sample import Window

LABEL = "dollar neutral"
UNIT: Unit = "dollars_per_dollar"
LEVELS = False
DAYS: int | None = 0


def fit(window: Window, *, interval: bool = True) -> Fit:
    """Return one."""
    return Fit(ratio=1.0, why="a choice, not an estimate")

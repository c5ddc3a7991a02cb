"""The rules of the screen: each says yes, no, or that it cannot know.

A rule gets one ticker's `Row` and its own parameters, and returns an `Answer`. Adding one is a function here
and a line in `PREDICATES`; its keyword-only parameters are what a TOML table of its name may set.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from hedgekit.leadership.averages import Floats, above


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What is known of one ticker.

    Attributes
    ----------
    facts : dict of str to (float or None)
    close, high, low, volume : ndarray of float64, shape (n,), or None
        Its days up to today, without gaps filled; None without a price history.
    index : ndarray of float64, shape (n,), or None
        The index on the same days.
    """

    facts: Mapping[str, float | None]
    close: Floats | None = None
    high: Floats | None = None
    low: Floats | None = None
    volume: Floats | None = None
    index: Floats | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A rule's answer.

    Attributes
    ----------
    passed : bool or None
        None is unknown, which is never a pass.
    value : float or None
    why : str
    """

    passed: bool | None
    value: float | None
    why: str


def _unknown(why: str) -> Answer:
    return Answer(None, None, why)


def debt_to_equity(row: Row, *, below: float = 1.0) -> Answer:
    """Debt is less than equity; negative equity fails, however small the ratio looks."""
    value = row.facts.get("debt_to_equity")
    if value is None:
        return _unknown("no debt/equity")
    if value < 0:
        return Answer(False, value, f"debt/equity {value:.2f}: negative equity")
    return Answer(value < below, value, f"debt/equity {value:.2f}, below {below:g} wanted")


def revenue_growth(row: Row, *, above: float = 0.10) -> Answer:
    """Revenue grows by more than 10% a year."""
    value = row.facts.get("revenue_growth")
    if value is None:
        return _unknown("no revenue growth")
    return Answer(value > above, value, f"revenue growth {value:.1%}, above {above:.1%} wanted")


def earnings_growth(row: Row, *, above: float = 0.0) -> Answer:
    """Earnings grow; growth from a loss is no number, and unknown unless earnings themselves are given."""
    now, before = row.facts.get("earnings"), row.facts.get("earnings_before")
    if now is not None and before is not None:
        if before <= 0:
            return Answer(False, None, f"earnings {now:g} after {before:g}: no growth rate from a loss")
        value = now / before - 1.0
    else:
        given = row.facts.get("earnings_growth")
        if given is None:
            return _unknown("no earnings growth")
        value = given
    return Answer(value > above, value, f"earnings growth {value:.1%}, above {above:.1%} wanted")


def insider_buying(row: Row, *, above: float = 0.0) -> Answer:
    """Insiders bought more than they sold."""
    value = row.facts.get("insider_buying")
    if value is None:
        return _unknown("no insider trades")
    return Answer(value > above, value, f"net insider buying {value:,.0f}, above {above:g} wanted")


def volume(row: Row, *, above: float = 2.0, days: int = 50) -> Answer:
    """Volume is above 200% of its average: the file's columns, or the history's days before today."""
    now, usual = row.facts.get("volume"), row.facts.get("average_volume")
    if (now is None or usual is None) and row.volume is not None and len(row.volume) > days:
        past = row.volume[-1 - days : -1]
        if np.isfinite(row.volume[-1]) and np.isfinite(past).all():
            now, usual = float(row.volume[-1]), float(past.mean())
    if now is None or usual is None or not usual > 0:
        return _unknown(f"no volume with an average ({days} days before today)")
    return Answer(now / usual > above, now / usual, f"volume {now / usual:.0%} of average, above {above:.0%} wanted")


def higher_highs_and_lows(row: Row, *, windows: int = 3, days: int = 20) -> Answer:
    """Each of the last windows has a higher high and a higher low than the one before it."""
    high = row.high if row.high is not None and np.isfinite(row.high).any() else row.close
    low = row.low if row.low is not None and np.isfinite(row.low).any() else row.close
    span = windows * days
    if high is None or low is None or len(high) < span:
        return _unknown(f"fewer than {span} days of prices")
    top, bottom = high[-span:].reshape(windows, days), low[-span:].reshape(windows, days)
    if not (np.isfinite(top).all() and np.isfinite(bottom).all()):
        return _unknown(f"a day without a price in the last {span}")
    tops, bottoms = top.max(axis=1), bottom.min(axis=1)
    rising = int((np.diff(tops) > 0).sum()), int((np.diff(bottoms) > 0).sum())
    return Answer(
        rising == (windows - 1, windows - 1),
        float(min(rising)),
        f"{rising[0]} higher highs and {rising[1]} higher lows of {windows - 1} over {windows} x {days} days",
    )


def relative_strength(row: Row, *, days: int = 126, above_index: float = 0.0) -> Answer:
    """Its total return beats the index's over the last half year."""
    if row.close is None or row.index is None or len(row.close) <= days:
        return _unknown(f"fewer than {days + 1} days of prices with the index's")
    ends = np.array([row.close[-1], row.close[-1 - days], row.index[-1], row.index[-1 - days]])
    if not (np.isfinite(ends).all() and (ends > 0).all()):
        return _unknown(f"no price today or {days} days ago")
    mine, its = ends[0] / ends[1], ends[2] / ends[3]
    value = float(mine / its - 1.0)
    beats = bool(above(np.array([mine / its]), np.array([1.0 + above_index]))[0])
    return Answer(beats, value, f"{value:+.1%} against the index over {days} days")


PREDICATES: Mapping[str, Callable[..., Answer]] = {
    "debt_to_equity": debt_to_equity,
    "revenue_growth": revenue_growth,
    "earnings_growth": earnings_growth,
    "insider_buying": insider_buying,
    "volume": volume,
    "higher_highs_and_lows": higher_highs_and_lows,
    "relative_strength": relative_strength,
}
"""Rule -> function, in the order of the table."""


def parameters(rule: str) -> dict[str, Any]:
    """Return a rule's parameters with their defaults.

    Examples
    --------
    >>> parameters("volume")
    {'above': 2.0, 'days': 50}
    """
    signature = inspect.signature(PREDICATES[rule])
    return {p.name: p.default for p in signature.parameters.values() if p.kind is p.KEYWORD_ONLY}

"""What the status of one option means, as an exception that says what to do."""

from __future__ import annotations

import math
from typing import Any

from hedgekit.errors import ArbitrageError, ConvergenceError, HedgekitError, InputError, NotIdentifiedError, Status
from hedgekit.pricing.columns import PLACE
from hedgekit.pricing.compiled import SIGNS


def refuse(status: Status, kind: Any, values: tuple[Any, ...]) -> None:
    """Raise what the status of a price of (spot, strike, t_years, rate, div_yield, vol) means."""
    names = (*PLACE, "vol")
    for name, value in zip(names, values, strict=True):
        number = float(value)
        if not math.isfinite(number):
            raise InputError(f"{name} is {number}: give a finite number")
        if name in ("spot", "strike", "t_years") and number <= 0.0:
            raise InputError(f"{name} is {number:g}: it must be more than 0")
        if name == "vol" and number < 0.0:
            raise InputError(f"vol is {number:g}: it must be 0 or more (0.20 is 20% a year)")
    described = ", ".join(f"{name} {float(value):g}" for name, value in zip(names, values, strict=True))
    raise ConvergenceError(f"no price for {kind} with {described}: the engine stopped with {status.name}")


def refuse_premium(
    status: Status, premium: Any, kind: Any, place: tuple[Any, ...], exercise: str, upper: float
) -> None:
    """Raise what the status of a premium means; `upper` is the bound of a vol that is not identified."""
    paid, (spot, strike, t_years, rate, div_yield) = float(premium), (float(value) for value in place)
    if not math.isfinite(paid):
        raise InputError(f"premium is {paid}: give a finite number")
    if status is Status.INVALID_INPUT:
        refuse(status, kind, (*place, 0.0))
    raise _premium_error(status, paid, _bounds(kind, spot, strike, t_years, rate, div_yield, exercise), upper)


def _premium_error(status: Status, premium: float, bounds: tuple[float, float], upper: float) -> HedgekitError:
    low, high = bounds
    if status is Status.NOT_IDENTIFIED:
        return NotIdentifiedError(
            f"premium {premium:g} equals the exercise value: every vol up to {upper:.4f} explains it"
        )
    if status is Status.BELOW_INTRINSIC:
        return ArbitrageError(
            f"premium {premium:g} is at or below the option's value without volatility: "
            f"a vol exists only between {low:g} and {high:g}"
        )
    if status is Status.ABOVE_MAXIMUM:
        return ArbitrageError(
            f"premium {premium:g} is above the most the option can be worth: "
            f"a vol exists only between {low:g} and {high:g}"
        )
    return ConvergenceError(f"no vol found for premium {premium:g}: the solver stopped between {low:g} and {high:g}")


def _bounds(
    kind: Any, spot: float, strike: float, t_years: float, rate: float, div_yield: float, exercise: str
) -> tuple[float, float]:
    """No-arbitrage bounds of a premium without cash dividends, dollars a share."""
    sign = SIGNS[kind]
    forward, bond = spot * math.exp(-div_yield * t_years), strike * math.exp(-rate * t_years)
    low = max(0.0, sign * (forward - bond))
    high = forward if sign == 1 else bond
    if exercise == "american":
        low, high = max(low, sign * (spot - strike)), max(high, spot if sign == 1 else strike)
    return low, high

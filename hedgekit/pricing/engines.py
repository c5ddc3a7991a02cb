"""Which engine answers, and the one way all of them are run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from hedgekit.errors import Status
from hedgekit.pricing.columns import Columns, Dividends, Exercise
from hedgekit.pricing.compiled import SIGNS, american, cash_dividends, european
from hedgekit.pricing.workers import share

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Fewest options in a piece of their own: about 50 microseconds of work, and enough to fill the lanes of a kernel.
GRAIN = {european: 4096, american: 64, cash_dividends: 64}

MOST_WHOLE = 2**1000  # a whole number that large overflows a float


def engine_name(exercise: Exercise, dividends: Dividends, t_years: float) -> str:
    """Say in words which engine prices an option, for the inputs of a result.

    Examples
    --------
    >>> engine_name("european", (), 1.0)
    'European, closed form (Black-Scholes-Merton)'
    """
    if any(0.0 < when <= t_years and amount > 0.0 for when, amount in dividends):
        return f"{exercise.capitalize()}, cash dividends in the spot model"
    if exercise == "european":
        return "European, closed form (Black-Scholes-Merton)"
    return "American, exercise boundary by spectral collocation"


def instruction_sets() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return, for each compiled kernel, the instruction set in use and those this processor offers."""
    kernels = {"european": european, "american": american, "cash dividends": cash_dividends}
    return {name: (kernel.isa(), kernel.available_isas()) for name, kernel in kernels.items()}


def one_option(kind: Any, values: tuple[Any, ...], exercise: str, dividends: Dividends) -> bool:
    """Whether the shortcut for one option applies: Python numbers, a known kind, no cash dividends.

    What the shortcut cannot answer takes the long way, which says why.
    """
    return (
        type(kind) in (str, int)
        and kind in SIGNS
        and exercise in ("american", "european")
        and isinstance(dividends, tuple | list)
        and not dividends
        and all(isinstance(value, float) or (isinstance(value, int) and abs(value) < MOST_WHOLE) for value in values)
    )


def engine_of(exercise: Exercise, columns: Columns) -> Any:
    """Return the module of `hedgekit.core` that solves these options."""
    if columns.cash[0].size:
        return cash_dividends
    return american if exercise == "american" else european


def solve(function: str, exercise: Exercise, columns: Columns, outs: Sequence[NDArray[Any]]) -> None:
    """Run a kernel over all columns, in threads where that pays.

    Parameters
    ----------
    function : {"price_into", "greeks_into", "implied_vol_into", "implied_vol_band_into"}
        One that the engine has.
    exercise : {"american", "european"}
        Style.
    columns : Columns
        In the order of the kernel's arguments.
    outs : sequence of ndarray, shape (size,)
        Written: the kernel's outputs, the status last.
    """
    engine = engine_of(exercise, columns)
    kernel, grain = getattr(engine, function), GRAIN[engine]
    lead: tuple[Any, ...] = ()
    tail: tuple[Any, ...] = ()
    if engine is cash_dividends:
        lead, tail = (exercise == "american",), columns.cash
        if columns.size >= 2 * grain:
            columns = columns.alike_together()

    def run(piece: slice) -> None:
        kernel(*lead, *columns.part(piece), *tail, *(out[piece] for out in outs))

    share(run, columns.size, grain)
    columns.restore(outs)
    if engine is american:
        _rescue(getattr(cash_dividends, function), columns.arrays, outs)


def _rescue(kernel: Any, arrays: Sequence[NDArray[Any]], outs: Sequence[NDArray[Any]]) -> None:
    """Solve what the collocation could not (a few in a thousand at vols below 1%) by finite differences.

    These are good to about 1e-5 of the strike, and need no boundary to start from.
    """
    rows = np.flatnonzero(outs[-1] == Status.NO_CONVERGENCE)
    if not len(rows):
        return
    none = np.empty(0)
    answers = [np.empty(len(rows), dtype=out.dtype) for out in outs]
    kernel(True, *(column[rows] for column in arrays), none, none, *answers)
    lost = np.isinf(answers[0])  # vols beyond 10^6, which no lattice spans
    for answer in answers[:-1]:
        answer[lost] = np.nan
    answers[-1][lost] = Status.NO_CONVERGENCE
    for out, answer in zip(outs, answers, strict=True):
        out[rows] = answer

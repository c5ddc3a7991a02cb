"""What a caller gives, checked and broadcast: flat columns that a kernel reads."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from hedgekit.errors import InputError
from hedgekit.pricing.compiled import signs

if TYPE_CHECKING:
    from numpy.typing import NDArray

Exercise = Literal["american", "european"]
Kind = Literal["call", "put", "c", "p", 1, -1]
Dividends = Sequence[tuple[float, float]]

PLACE = ("spot", "strike", "t_years", "rate", "div_yield")
TERMS = ("kind", *PLACE, "vol")
"""What prices and greeks are computed from, in the kernels' order."""


class Columns(NamedTuple):
    """Flat views of the broadcast inputs (stride 0 where shared), in the kernels' order.

    Attributes
    ----------
    shape, size : tuple of int, int
        The shape to give back, and how many elements that is.
    names, arrays : tuple of str, tuple of ndarray of shape (size,)
        The columns; "kind" is a sign.
    cash : two ndarray
        Times and amounts of the cash dividends ahead, sorted; empty when no option lives to see the first.
    order : ndarray of int, shape (size,), optional
        Rows in the order in which they are solved, when that is not their own.
    """

    shape: tuple[int, ...]
    size: int
    names: tuple[str, ...]
    arrays: tuple[NDArray[Any], ...]
    cash: tuple[NDArray[np.float64], NDArray[np.float64]]
    order: NDArray[np.intp] | None = None

    def part(self, piece: slice) -> tuple[NDArray[Any], ...]:
        """Return the columns of one piece."""
        rows = piece if self.order is None else self.order[piece]
        return tuple(column[rows] for column in self.arrays)

    def restore(self, outs: Sequence[NDArray[Any]]) -> None:
        """Put what was solved in `order` back in the rows' own."""
        if self.order is not None:
            for out in outs:
                out[self.order] = out.copy()

    def alike_together(self) -> Columns:
        """Bring options that can share a lattice next to each other, before they are cut into pieces.

        Under cash dividends only options of one kind, with about the same life and spread, fill a kernel's lanes
        together; a piece that mixes all of them would leave most lanes empty.
        """
        given = dict(zip(self.names, self.arrays, strict=True))
        with np.errstate(all="ignore"):
            t_years = np.maximum(given["t_years"], 1e-9)
            spread = np.maximum(given.get("vol", 1.0) * np.sqrt(t_years), 0.25)
            # Spread and life by the kernel's own quarters and eighths of octaves.
            keys = (np.ceil(8.0 * np.log2(t_years)), np.ceil(4.0 * np.log2(spread)))
            live = np.searchsorted(self.cash[0], t_years)
        return self._replace(order=np.lexsort((*keys, live, given["kind"])))


def prepare(names: tuple[str, ...], values: tuple[Any, ...], exercise: str, dividends: Dividends) -> Columns:
    """Check and broadcast the inputs.

    Raises
    ------
    InputError
        An exercise style of another name, a kind or number that is none, shapes that do not broadcast.
    """
    if exercise not in ("american", "european"):
        raise InputError(f"exercise is {exercise!r}: use 'american' or 'european'")
    arrays = [
        signs(value) if name == "kind" else _numbers(name, value) for name, value in zip(names, values, strict=True)
    ]
    try:
        shape = np.broadcast_shapes(*({array.shape for array in arrays} - {()}))
    except ValueError:
        shapes = ", ".join(f"{name} {array.shape}" for name, array in zip(names, arrays, strict=True) if array.ndim)
        raise InputError(f"these shapes do not broadcast together: {shapes}") from None
    size = math.prod(shape)
    cash = _cash(dividends)
    if cash[0].size:
        longest = np.nanmax(arrays[names.index("t_years")], initial=-np.inf)
        if not cash[0][0] <= longest:
            cash = _cash(())
    return Columns(shape, size, names, tuple(_flat(array, shape, size) for array in arrays), cash)


def _numbers(name: str, value: Any) -> NDArray[np.float64]:
    kind = getattr(getattr(value, "dtype", None), "kind", "f")
    if kind in "mMc":  # NumPy would take a date for its count of days, and of a complex number half
        raise InputError(f"{name} has the type {value.dtype}: give real numbers, times in years")
    try:
        if hasattr(value, "filled"):  # a masked array, whose hidden elements NumPy would read
            value = value.astype(np.float64).filled(np.nan)
        return np.asarray(value, dtype=np.float64)
    except OverflowError:
        raise InputError(f"{name} has a whole number beyond what a float holds (1.8e308)") from None
    except (TypeError, ValueError):
        raise InputError(f"{name} is {value!r}: give a number or an array of numbers") from None


def _flat(array: NDArray[Any], shape: tuple[int, ...], size: int) -> NDArray[Any]:
    """Flatten to `size` elements; one shared element becomes a view of stride 0."""
    if array.shape == shape:
        return array.reshape(-1)
    if array.size == 1:
        return np.ndarray((size,), array.dtype, array.reshape(1), strides=(0,))
    return np.broadcast_to(array, shape).reshape(-1)


def _cash(dividends: Dividends) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Check the cash dividends and return those that lie ahead, sorted by time."""
    ahead = []
    for item in dividends:
        try:
            t_years, amount = (float(x) for x in item)
        except (TypeError, ValueError):
            raise InputError(f"dividends holds {item!r}: give pairs (t_years, amount)") from None
        if not (math.isfinite(t_years) and math.isfinite(amount) and amount >= 0.0):
            raise InputError(f"dividends holds {item!r}: times must be finite and amounts zero or more")
        if t_years > 0.0 and amount > 0.0:
            ahead.append((t_years, amount))
    ahead.sort()
    table = np.array(ahead, dtype=np.float64).reshape(-1, 2)
    return np.ascontiguousarray(table[:, 0]), np.ascontiguousarray(table[:, 1])

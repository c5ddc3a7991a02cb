"""Memory that results are written to: all columns of one answer in a block, which is used again once they are gone."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

MANY = 4096
"""Elements from which a block of its own pays; below it finding its address takes longer than that saves."""

MOST_SPARE = 1 << 24
"""Doubles (128 MB) that are kept for the next call when nobody holds them any more."""

LINE = 8
"""Doubles in a cache line."""

_spare: deque[NDArray[np.float64]] = deque(maxlen=1)


class _Lent:
    """Memory in the hands of a caller: NumPy keeps this object as long as any view of it is alive."""

    __slots__ = ("__array_interface__", "_memory")

    def __init__(self, memory: NDArray[np.float64]) -> None:
        self._memory = memory
        self.__array_interface__ = memory.__array_interface__

    def __del__(self, spare: deque[Any] = _spare) -> None:
        if self._memory.size <= MOST_SPARE:
            spare.append(self._memory)


def columns(count: int, size: int) -> list[NDArray[np.float64]]:
    """Return `count` columns of `size` doubles to be written.

    Fresh memory costs as much as half the work of a million European greeks: the system clears every page of it, on two
    threads no faster than on one where the memory is the bottleneck. So the last block that nobody holds any more is
    lent again. Each column begins a cache line: stores that straddle two cost a twentieth more.
    """
    if size < MANY:
        return list(np.empty((count, size)))
    step = -(-size // LINE) * LINE
    wanted = count * step + LINE
    try:
        memory = _spare.pop()
    except IndexError:
        memory = np.empty(0)
    if not wanted <= memory.size <= 2 * wanted:
        memory = np.empty(wanted)
    start = -(memory.ctypes.data // memory.itemsize) % LINE
    block = np.asarray(_Lent(memory))
    return [block[start + i * step : start + i * step + size] for i in range(count)]

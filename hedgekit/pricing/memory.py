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
"""Doubles (128 MB) of the largest block that is kept for a next call when nobody holds it any more."""

LINE = 8
"""Doubles in a cache line."""

_spare: list[deque[NDArray[np.float64]]] = [deque(maxlen=1) for _ in range(MOST_SPARE.bit_length() + 1)]
"""The last block let go of each size, in octaves: together less than 256 MB."""


class _Lent:
    """Memory in the hands of a caller: NumPy keeps this object as long as any view of it is alive."""

    __slots__ = ("__array_interface__", "_memory")

    def __init__(self, memory: NDArray[np.float64]) -> None:
        self._memory = memory
        self.__array_interface__ = memory.__array_interface__

    def __del__(self, spare: list[deque[Any]] = _spare) -> None:
        if self._memory.size <= MOST_SPARE:
            spare[self._memory.size.bit_length()].append(self._memory)


def columns(count: int, size: int) -> list[NDArray[np.float64]]:
    """Return `count` columns of `size` doubles to be written.

    Fresh memory costs as much as half the work of a million European greeks: the system clears every page of it, on two
    threads no faster than on one where the memory is the bottleneck. So a block that nobody holds any more is lent
    again. Each column begins a cache line: stores that straddle two cost a twentieth more.
    """
    if size < MANY:
        return list(np.empty((count, size)))
    step = -(-size // LINE) * LINE
    wanted = count * step + LINE
    memory = _taken(wanted)
    start = -(memory.ctypes.data // memory.itemsize) % LINE
    block = np.asarray(_Lent(memory))
    return [block[start + i * step : start + i * step + size] for i in range(count)]


def _taken(wanted: int) -> NDArray[np.float64]:
    """Return a spare block of that many doubles or some more, else a fresh one."""
    if wanted <= MOST_SPARE:
        try:
            memory = _spare[wanted.bit_length()].pop()
        except IndexError:
            return np.empty(wanted)
        if memory.size >= wanted:
            return memory
    return np.empty(wanted)

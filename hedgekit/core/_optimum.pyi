from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

MAX_LEGS: int
MAX_KEPT: int

_Found = tuple[tuple[int, ...], tuple[int, ...], int, int]

class Search:
    def __init__(
        self,
        kind: npt.NDArray[np.int8],
        side: npt.NDArray[np.int8],
        strike: npt.NDArray[np.int64],
        cost: npt.NDArray[np.int64],
        limit: npt.NDArray[np.int64],
        *,
        shares: int,
        multiplier: int,
        most_puts: int,
        most_calls: int,
        lowest_spot: int,
        mantissa: int,
        exponent: int,
    ) -> None: ...
    def run(
        self,
        *,
        target: int | None,
        max_legs: int,
        keep: int = 1,
        margin: int = 0,
        budget: int | None = None,
        watch: Callable[[int, float], bool | None] | None = None,
    ) -> tuple[list[_Found], list[_Found | None], dict[str, int]]: ...
    @property
    def passes(self) -> int: ...
    def multipliers(
        self, legs: Sequence[int], low: Sequence[int], high: Sequence[int], part: int = 0
    ) -> tuple[bool, list[tuple[int, int, float]], list[float]]: ...

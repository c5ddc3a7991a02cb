import numpy as np
import numpy.typing as npt

MAX_KEPT: int

_Floats = npt.NDArray[np.float64]
_Rows = npt.NDArray[np.int64]

def condors(
    put_value: _Floats,
    put_cost: _Floats,
    put_width: _Floats,
    put_strike: _Floats,
    call_value: _Floats,
    call_cost: _Floats,
    call_width: _Floats,
    call_strike: _Floats,
    first: _Rows,
    last: _Rows,
    *,
    multiplier: float,
    fees: float,
    max_loss: float,
    max_capital: float,
    min_probability: float,
    table_start: float,
    table_step: float,
    table: _Floats,
    keep: int,
    covered: bool = False,
) -> tuple[list[tuple[float, int, int]], int, int]: ...
def butterflies(
    strike: _Floats,
    bought_value: _Floats,
    bought_cost: _Floats,
    sold_value: _Floats,
    sold_cost: _Floats,
    *,
    kind: int,
    broken: bool,
    multiplier: float,
    fees: float,
    max_loss: float,
    max_capital: float,
    min_probability: float,
    table_start: float,
    table_step: float,
    table: _Floats,
    keep: int,
) -> tuple[list[tuple[float, int, int, int]], int, int]: ...

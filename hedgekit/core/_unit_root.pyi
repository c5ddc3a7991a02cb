from typing import Literal

import numpy as np
from numpy.typing import NDArray

_Reals = NDArray[np.float64]
_Rows = NDArray[np.int32]
_Codes = NDArray[np.int8]
_Criterion = Literal["aic", "bic"] | None

TRENDS: dict[str, int]
CRITERIA: dict[str | None, int]
MOST_LAGS: int

def isa() -> str: ...
def available_isas() -> tuple[str, ...]: ...
def set_isa(name: str) -> None: ...
def adf(series: _Reals, trend: str, most_lags: int, criterion: _Criterion) -> tuple[float, float, int, int, int]: ...
def engle_granger_into(
    series: _Reals,
    y: _Rows,
    x: _Rows,
    trend: str,
    most_lags: int,
    criterion: _Criterion,
    statistic: _Reals,
    lags: _Rows,
    slope: _Reals,
    intercept: _Reals,
    coefficient: _Reals,
    status: _Codes,
) -> None: ...

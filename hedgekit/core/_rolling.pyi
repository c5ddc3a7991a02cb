import numpy as np
from numpy.typing import NDArray

_Reals = NDArray[np.float64]
_Codes = NDArray[np.int8]

OLS_LEAST_WINDOW: int
ENGLE_GRANGER_LEAST_WINDOW: int

def ols_into(
    y: _Reals,
    x: _Reals,
    window: int,
    slope: _Reals,
    intercept: _Reals,
    slope_se: _Reals,
    intercept_se: _Reals,
    residual_sd: _Reals,
    status: _Codes,
) -> None: ...
def engle_granger_into(
    y: _Reals,
    x: _Reals,
    window: int,
    statistic: _Reals,
    slope: _Reals,
    intercept: _Reals,
    residual_sd: _Reals,
    status: _Codes,
) -> None: ...

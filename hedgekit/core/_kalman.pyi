import numpy as np
from numpy.typing import NDArray

_Reals = NDArray[np.float64]
_Codes = NDArray[np.int8]
_Noise = tuple[float, float, float]
_Prior = tuple[float, float, float, float, float] | None

def filter_into(
    y: _Reals,
    x: _Reals,
    noise: _Noise,
    prior: _Prior,
    burn: int,
    beta: _Reals,
    alpha: _Reals,
    beta_variance: _Reals,
    covariance: _Reals,
    alpha_variance: _Reals,
    error: _Reals,
    error_variance: _Reals,
    status: _Codes,
) -> float: ...
def log_likelihood(y: _Reals, x: _Reals, noise: _Noise, prior: _Prior = None, burn: int = 0) -> float: ...
def maximum_likelihood(y: _Reals, x: _Reals, most_evaluations: int = 600) -> tuple[_Noise, float, int, int]: ...

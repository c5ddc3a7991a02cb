import numpy as np
from numpy.typing import NDArray

_Reals = NDArray[np.float64]
_Codes = NDArray[np.int8]

def isa() -> str: ...
def available_isas() -> tuple[str, ...]: ...
def set_isa(name: str) -> None: ...
def price_scalar(
    sign: int, spot: float, strike: float, t_years: float, rate: float, div_yield: float, vol: float
) -> tuple[float, int]: ...
def greeks_scalar(
    sign: int, spot: float, strike: float, t_years: float, rate: float, div_yield: float, vol: float
) -> tuple[float, float, float, float, float, float, float, float, float, int]: ...
def implied_vol_scalar(
    premium: float, sign: int, spot: float, strike: float, t_years: float, rate: float, div_yield: float
) -> tuple[float, int]: ...
def price_into(
    sign: _Codes,
    spot: _Reals,
    strike: _Reals,
    t_years: _Reals,
    rate: _Reals,
    div_yield: _Reals,
    vol: _Reals,
    price: _Reals,
    status: _Codes,
) -> None: ...
def greeks_into(
    sign: _Codes,
    spot: _Reals,
    strike: _Reals,
    t_years: _Reals,
    rate: _Reals,
    div_yield: _Reals,
    vol: _Reals,
    price: _Reals,
    delta: _Reals,
    gamma: _Reals,
    vega: _Reals,
    theta: _Reals,
    rho: _Reals,
    vanna: _Reals,
    volga: _Reals,
    charm: _Reals,
    status: _Codes,
) -> None: ...
def implied_vol_into(
    premium: _Reals,
    sign: _Codes,
    spot: _Reals,
    strike: _Reals,
    t_years: _Reals,
    rate: _Reals,
    div_yield: _Reals,
    vol: _Reals,
    status: _Codes,
) -> None: ...

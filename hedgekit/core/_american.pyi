import numpy as np
from numpy.typing import NDArray

_Column = NDArray[np.float64]
_Signs = NDArray[np.int8]

def price_scalar(
    sign: int, spot: float, strike: float, t_years: float, rate: float, div_yield: float, vol: float
) -> tuple[float, int]: ...
def greeks_scalar(
    sign: int, spot: float, strike: float, t_years: float, rate: float, div_yield: float, vol: float
) -> tuple[float, float, float, float, float, float, float, float, float, int]: ...
def implied_vol_scalar(
    premium: float, sign: int, spot: float, strike: float, t_years: float, rate: float, div_yield: float
) -> tuple[float, float, int]: ...
def price_into(
    sign: _Signs,
    spot: _Column,
    strike: _Column,
    t_years: _Column,
    rate: _Column,
    div_yield: _Column,
    vol: _Column,
    price: _Column,
    status: _Signs,
) -> None: ...
def greeks_into(
    sign: _Signs,
    spot: _Column,
    strike: _Column,
    t_years: _Column,
    rate: _Column,
    div_yield: _Column,
    vol: _Column,
    price: _Column,
    delta: _Column,
    gamma: _Column,
    vega: _Column,
    theta: _Column,
    rho: _Column,
    vanna: _Column,
    volga: _Column,
    charm: _Column,
    status: _Signs,
) -> None: ...
def implied_vol_into(
    premium: _Column,
    sign: _Signs,
    spot: _Column,
    strike: _Column,
    t_years: _Column,
    rate: _Column,
    div_yield: _Column,
    vol: _Column,
    upper: _Column,
    status: _Signs,
) -> None: ...
def isa() -> str: ...
def available_isas() -> tuple[str, ...]: ...
def set_isa(name: str) -> None: ...

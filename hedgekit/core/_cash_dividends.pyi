import numpy as np
from numpy.typing import NDArray

_Numbers = NDArray[np.float64]
_Signs = NDArray[np.int8]

def price_into(
    american: bool,
    sign: _Signs,
    spot: _Numbers,
    strike: _Numbers,
    t_years: _Numbers,
    rate: _Numbers,
    div_yield: _Numbers,
    vol: _Numbers,
    div_times: _Numbers,
    div_amounts: _Numbers,
    price: _Numbers,
    status: _Signs,
) -> None: ...
def greeks_into(
    american: bool,
    sign: _Signs,
    spot: _Numbers,
    strike: _Numbers,
    t_years: _Numbers,
    rate: _Numbers,
    div_yield: _Numbers,
    vol: _Numbers,
    div_times: _Numbers,
    div_amounts: _Numbers,
    price: _Numbers,
    delta: _Numbers,
    gamma: _Numbers,
    vega: _Numbers,
    theta: _Numbers,
    rho: _Numbers,
    vanna: _Numbers,
    volga: _Numbers,
    charm: _Numbers,
    status: _Signs,
) -> None: ...
def implied_vol_into(
    american: bool,
    premium: _Numbers,
    sign: _Signs,
    spot: _Numbers,
    strike: _Numbers,
    t_years: _Numbers,
    rate: _Numbers,
    div_yield: _Numbers,
    div_times: _Numbers,
    div_amounts: _Numbers,
    vol: _Numbers,
    upper: _Numbers,
    status: _Signs,
) -> None: ...
def implied_vol_band_into(
    american: bool,
    bid: _Numbers,
    mid: _Numbers,
    ask: _Numbers,
    sign: _Signs,
    spot: _Numbers,
    strike: _Numbers,
    t_years: _Numbers,
    rate: _Numbers,
    div_yield: _Numbers,
    div_times: _Numbers,
    div_amounts: _Numbers,
    vol_bid: _Numbers,
    vol_mid: _Numbers,
    vol_ask: _Numbers,
    status_bid: _Signs,
    status_mid: _Signs,
    status_ask: _Signs,
) -> None: ...
def available_isas() -> tuple[str, ...]: ...
def isa() -> str: ...
def set_isa(name: str) -> None: ...

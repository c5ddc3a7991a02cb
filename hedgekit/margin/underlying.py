"""What kind of underlying a position is on: it sets the percentages of the rules and the range of a scan.

FINRA 4210(f)(2)(E)(i) asks 20% for an equity or a narrow index, 15% for a broad index and for an unlevered fund on
one. A leveraged fund's percentage is multiplied by its leverage, to at most 100% (FINRA Regulatory Notice 09-53, Cboe
RG09-97).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from hedgekit.errors import InputError

NAKED_RATES: Final = {
    "equity": Fraction(20, 100),
    "narrow_index": Fraction(20, 100),
    "broad_large": Fraction(15, 100),
    "broad_small": Fraction(15, 100),
}
"""Kind -> share of the underlying's value that an uncovered option is asked for."""

# Large-cap, small- and mid-cap broad indices, the unlevered funds on them, and funds with a daily multiple.
# Whatever is not here is treated as an equity: the strictest.
_BROAD_LARGE = "SPX SPXW XSP OEX XEO NDX NDXP XND DJX DIA SPY IVV VOO SPLG QQQ QQQM VTI ITOT SCHB IWB VV SH PSQ DOG"
_BROAD_SMALL = "RUT RUTW MRUT IWM VTWO IJR SCHA VB SPSM MDY IJH MID RWM"
_LEVERED = {
    "broad_large": {"SSO": 2, "SDS": 2, "UPRO": 3, "SPXU": 3, "SPXL": 3, "SPXS": 3, "QLD": 2, "QID": 2, "TQQQ": 3}
    | {"SQQQ": 3, "DDM": 2, "DXD": 2, "UDOW": 3, "SDOW": 3},
    "broad_small": {"UWM": 2, "TWM": 2, "TNA": 3, "TZA": 3, "URTY": 3, "SRTY": 3, "MVV": 2, "MZZ": 2},
}
# roots that are another listing of the same index
_SISTERS = {"SPXW": "SPX", "NDXP": "NDX", "RUTW": "RUT", "VIXW": "VIX"}

CASH_SETTLED: Final = frozenset({"SPX", "XSP", "NDX", "XND", "RUT", "MRUT", "DJX", "XEO", "MID", "VIX"})
"""Indices whose options are European and settled in cash (OEX options are American)."""

NAKED_LEAST: Final = Fraction(10, 100)
"""The least that an uncovered option is asked for, of the spot for a call, of the strike for a put; not levered."""

MOST_LEVERAGE = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Underlying:
    """What positions are on.

    Parameters
    ----------
    ticker : str
    spot : float
        Dollars a share.
    kind : {"equity", "narrow_index", "broad_large", "broad_small"}
        Broad: on a broad-based index or a fund on one, large-cap or small- and mid-cap.
    leverage : int
        Size of a fund's daily multiple, 1 when it has none; an inverse fund of -2 has 2.
    """

    ticker: str
    spot: float
    kind: str = "equity"
    leverage: int = 1

    def __post_init__(self) -> None:
        """Check every field."""
        if isinstance(self.spot, bool) or not isinstance(self.spot, int | float) or not 0.0 < self.spot < float("inf"):
            raise InputError(f"spot {self.spot!r} of {self.ticker}: expected a positive number of dollars a share")
        if self.kind not in NAKED_RATES:
            raise InputError(
                f"underlying kind {self.kind!r} of {self.ticker}: expected one of {', '.join(NAKED_RATES)}"
            )
        if isinstance(self.leverage, bool) or self.leverage not in range(1, MOST_LEVERAGE + 1):
            raise InputError(
                f"leverage {self.leverage!r} of {self.ticker}: expected a whole number from 1 to {MOST_LEVERAGE}"
            )

    @property
    def naked_rate(self) -> Fraction:
        """Share of the underlying's value asked for an uncovered option: 20% or 15%, times leverage, at most 100%."""
        return min(Fraction(1), NAKED_RATES[self.kind] * self.leverage)

    @property
    def words(self) -> str:
        """What it is, for a derivation."""
        what = {"equity": "equity", "narrow_index": "narrow index"}.get(self.kind, "broad index")
        return what if self.leverage == 1 else f"{what}, {self.leverage}x leveraged"


def ticker_of(root: str) -> str:
    """Return the underlying that an option root is on: SPXW options are on SPX.

    Examples
    --------
    >>> ticker_of("SPXW"), ticker_of("IWM")
    ('SPX', 'IWM')
    """
    return _SISTERS.get(root, root)


def known_kind(ticker: str) -> tuple[str, int]:
    """Return kind and leverage of a ticker; one that is not listed here is an equity, the strictest.

    Examples
    --------
    >>> known_kind("IWM"), known_kind("TNA"), known_kind("IBM")
    (('broad_small', 1), ('broad_small', 3), ('equity', 1))
    """
    for kind, funds in _LEVERED.items():
        if ticker in funds:
            return kind, funds[ticker]
    if ticker in _BROAD_LARGE.split():
        return "broad_large", 1
    return ("broad_small", 1) if ticker in _BROAD_SMALL.split() else ("equity", 1)


def describe(
    ticker: str,
    spot: float | Mapping[str, float],
    kind: str | Mapping[str, str] | None = None,
    leverage: int | Mapping[str, int] | None = None,
) -> Underlying:
    """Return the underlying of a ticker from what a caller gave: one value, or one a ticker.

    Raises
    ------
    InputError
        When the spot of the ticker is not given, or a value is out of range.
    """
    listed_kind, listed_leverage = known_kind(ticker)
    price = spot.get(ticker) if isinstance(spot, Mapping) else spot
    if price is None:
        raise InputError(f"spot: the positions are on {ticker}, and no spot is given for it")
    own_kind = kind.get(ticker) if isinstance(kind, Mapping) else kind
    own_leverage = leverage.get(ticker) if isinstance(leverage, Mapping) else leverage
    if own_leverage is None:
        own_leverage = listed_leverage
    return Underlying(ticker=ticker, spot=price, kind=own_kind or listed_kind, leverage=own_leverage)

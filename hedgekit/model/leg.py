"""The lines of a position: options or shares, with a price."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TypeAlias

from hedgekit.errors import InputError
from hedgekit.model.option import ROOT, Option


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """A number of one option contract at a price.

    Parameters
    ----------
    contracts : int
        Signed, + is bought; not zero.
    option : Option
    premium : float
        Dollars a share, zero or more: the ask when bought at the touch, the bid when sold.

    Examples
    --------
    >>> leg = Leg(contracts=17, option=Option.parse("IWM 2026-09-18 272 P"), premium=5.45)
    >>> str(leg)
    '+17 IWM 2026-09-18 272 P @5.45'
    """

    contracts: int
    option: Option
    premium: float

    def __post_init__(self) -> None:
        """Check every field."""
        if isinstance(self.contracts, bool) or not isinstance(self.contracts, int) or self.contracts == 0:
            raise InputError(f"leg contracts {self.contracts!r}: expected a whole number other than 0")
        if not 0.0 <= self.premium < inf:
            raise InputError(f"leg premium {self.premium!r}: expected zero or more dollars a share")

    def __str__(self) -> str:
        return f"{self.contracts:+d} {self.option} @{self.premium:.10g}"

    @property
    def written(self) -> str:
        """As files and ``--leg`` have it: ``"+1 IWM260918P00270000 @4.1"``."""
        return f"{self.contracts:+d} {self.option.compact} @{self.premium:.10g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """A number of shares of the underlying at a price, beside options.

    Parameters
    ----------
    shares : int
        Signed, + is long; not zero.
    ticker : str
    price : float
        Dollars a share paid (or received when sold short), zero or more.

    Examples
    --------
    >>> str(Shares(shares=100, ticker="IWM", price=297.78))
    '+100 IWM @297.78'
    """

    shares: int
    ticker: str
    price: float

    def __post_init__(self) -> None:
        """Check every field."""
        if isinstance(self.shares, bool) or not isinstance(self.shares, int) or self.shares == 0:
            raise InputError(f"shares {self.shares!r}: expected a whole number other than 0")
        if not ROOT.fullmatch(self.ticker):
            raise InputError(f"ticker {self.ticker!r}: expected 1 to 6 capital letters or digits, like IWM")
        if not 0.0 <= self.price < inf:
            raise InputError(f"share price {self.price!r}: expected zero or more dollars a share")

    def __str__(self) -> str:
        return f"{self.shares:+d} {self.ticker} @{self.price:.10g}"


Holding: TypeAlias = Leg | Shares
"""One line of a position: options or shares."""

"""Orders in words, one way on every screen and page: buy 17 x 272 put, sell 17 x 318 call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from hedgekit.model import Leg, Option


def order(contracts: int, option: Option, *, at: float | None = None, day: bool = False, root: bool = False) -> str:
    """Return one order.

    Parameters
    ----------
    contracts : int
        Signed, + bought.
    option : Option
    at : float, optional
        Premium, dollars a share.
    day, root : bool
        Say the expiry, the option root: where orders differ in them.

    Examples
    --------
    >>> put = Option.parse("IWM 2026-09-18 272 P")
    >>> order(17, put), order(-1, put, at=4.1, day=True, root=True)
    ('buy 17 x 272 put', 'sell 1 x IWM 18 Sep 272 put at 4.10')
    """
    what = f"{option.root} " if root else ""
    what += f"{option.expiry:%d %b} " if day else ""
    price = "" if at is None else f" at {at:.2f}"
    return f"{'buy' if contracts > 0 else 'sell'} {abs(contracts):,} x {what}{option.strike:.10g} {option.kind}{price}"


def orders(legs: Iterable[Leg], *, day: bool = False) -> str:
    """Return legs as orders at their premium."""
    return ", ".join(order(leg.contracts, leg.option, at=leg.premium, day=day) for leg in legs)


def ticket(legs: Iterable[Mapping[str, Any]]) -> str:
    """Return legs of an answer's JSON as orders; expiries are said where they differ, shares with their sign.

    Examples
    --------
    >>> put = {"symbol": "IWM260918P00272000", "contracts": 17}
    >>> ticket([put, {"symbol": "IWM", "contracts": None, "shares": 1700}])
    'buy 17 x 272 put, +1,700 shares'
    """
    read = [(leg, Option.parse(leg["symbol"]) if leg.get("contracts") else None) for leg in legs]
    several = len({option.expiry for _, option in read if option is not None}) > 1
    return ", ".join(
        f"{leg['shares']:+,} shares" if option is None else order(leg["contracts"], option, day=several)
        for leg, option in read
    )

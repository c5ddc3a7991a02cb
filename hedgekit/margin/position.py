"""Legs and shares sorted by underlying: long and short options netted, shares summed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from hedgekit.errors import InputError
from hedgekit.margin.long_option import long_dated
from hedgekit.margin.pairing import OptionHolding
from hedgekit.margin.underlying import Underlying, describe, ticker_of
from hedgekit.model import NEW_YORK, Leg, Option
from hedgekit.payoff import exact

Shares = int | Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """What an account holds on one underlying."""

    underlying: Underlying
    longs: tuple[OptionHolding, ...]
    shorts: tuple[OptionHolding, ...]
    shares: int


def day_of(asof: date | datetime | None) -> date | None:
    """Return the New York day of an as-of time."""
    if isinstance(asof, datetime):
        return (asof.astimezone(NEW_YORK) if asof.tzinfo else asof).date()
    return asof


def split(legs: Iterable[Any], shares: Shares) -> tuple[list[Leg], dict[str, int]]:
    """Return the option legs, and the shares of each ticker.

    A leg without an option but with `shares` counts as that many shares of its `ticker`.

    Raises
    ------
    InputError
        When shares are given as a number and the legs are on several underlyings, or a leg is neither.
    """
    options: list[Leg] = []
    held: dict[str, int] = {}
    unnamed = 0
    for leg in legs:
        if isinstance(getattr(leg, "option", None), Option):
            options.append(leg)
        elif isinstance(getattr(leg, "shares", None), int):
            ticker = getattr(leg, "ticker", None)
            if ticker is None:
                unnamed += leg.shares
            else:
                held[ticker] = held.get(ticker, 0) + leg.shares
        else:
            raise InputError(f"leg {leg!r}: expected an option leg, or shares of a ticker")
    if isinstance(shares, Mapping):
        for ticker, count in shares.items():
            held[ticker] = held.get(ticker, 0) + _whole(count)
    else:
        unnamed += _whole(shares)
    if unnamed:
        tickers = sorted({ticker_of(leg.option.root) for leg in options} | set(held)) or ["shares"]
        if len(tickers) > 1:
            raise InputError(f"shares {unnamed}: the legs are on {', '.join(tickers)}; give shares as ticker -> count")
        held[tickers[0]] = held.get(tickers[0], 0) + unnamed
    return options, held


def _whole(count: object) -> int:
    if isinstance(count, bool) or not isinstance(count, int):
        raise InputError(f"shares {count!r}: expected a whole number")
    return count


def positions(
    legs: Iterable[Any],
    *,
    spot: float | Mapping[str, float],
    shares: Shares = 0,
    underlying_kind: str | Mapping[str, str] | None = None,
    leverage: int | Mapping[str, int] | None = None,
    asof: date | datetime | None = None,
) -> list[Position]:
    """Return what is held on each underlying, by ticker; long and short contracts of one option cancel.

    Raises
    ------
    InputError
        A bad spot, kind or leverage, one spot for several underlyings, or an option that has expired.
    """
    options, held = split(legs, shares)
    today = day_of(asof)
    tickers = sorted({ticker_of(leg.option.root) for leg in options} | {t for t, count in held.items() if count})
    if len(tickers) > 1 and not isinstance(spot, Mapping):
        raise InputError(f"spot {spot!r}: the positions are on {', '.join(tickers)}; give ticker -> spot")
    found = []
    for ticker in tickers:
        mine = [leg for leg in options if ticker_of(leg.option.root) == ticker]
        for leg in mine:
            if today is not None and leg.option.expiry < today:
                raise InputError(f"{leg.option} expired before {today}: leave it out")
        longs, shorts = _netted(mine, today)
        found.append(
            Position(
                underlying=describe(ticker, spot, underlying_kind, leverage),
                longs=longs,
                shorts=shorts,
                shares=held.get(ticker, 0),
            )
        )
    return found


def _netted(legs: list[Leg], today: date | None) -> tuple[tuple[OptionHolding, ...], tuple[OptionHolding, ...]]:
    longs: list[OptionHolding] = []
    shorts: list[OptionHolding] = []
    for option in sorted(
        {leg.option for leg in legs}, key=lambda o: (o.expiry, o.strike, o.kind, o.root, o.multiplier)
    ):
        mine = [leg for leg in legs if leg.option == option]
        net = sum(leg.contracts for leg in mine)
        if net == 0:
            continue
        same = [leg for leg in mine if leg.contracts * net > 0]
        paid = sum((leg.contracts * exact(leg.premium) for leg in same), Fraction(0))
        holding = OptionHolding(
            option=option,
            contracts=abs(net),
            premium=paid / sum(leg.contracts for leg in same),
            dated_long=long_dated(option.expiry, today),
        )
        (longs if net > 0 else shorts).append(holding)
    return tuple(longs), tuple(shorts)

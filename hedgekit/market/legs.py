"""Legs as people write them: ``SIGNED_QUANTITY SYMBOL [@ PRICE]``, or a CSV of them, priced at the touch when bare."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass

from hedgekit.errors import DataError, InputError
from hedgekit.market.contract_terms import INDEX_OF
from hedgekit.market.tables import read_table, ungrouped
from hedgekit.model import Chain, Flag, Holding, Leg, Option, Quote, Shares

FORM = (
    'SIGNED_QUANTITY SYMBOL [@ PRICE], like "+1 IWM260918P00270000 @4.10", "-2 IWM 9/18/26 270P" or "+100 IWM @297.78"'
)

_LEG = re.compile(
    r"\s*(?:(buy|sell)\s+)?([+-]?\d[\d,.]*)\s*(?:x\s+)?\s*([^@]*?)\s*(?:@\s*(\S+)\s*)?", re.ASCII | re.IGNORECASE
)
_MINUS = "\N{MINUS SIGN}"  # as word processors and web pages write it
_TICKER = re.compile(r"[A-Z^][A-Z0-9.^/-]{0,5}", re.ASCII)
_CENTS = 2  # decimals of a share price
_MOST = 10_000_000  # contracts or shares; beyond it a number is a slip of the keyboard


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A leg that may not have its price yet.

    Parameters
    ----------
    quantity : int
        Signed contracts, or shares when `instrument` is a ticker.
    instrument : Option or str
    price : float or None
        Dollars a share; None to take the touch of a chain.
    """

    quantity: int
    instrument: Option | str
    price: float | None = None


def parse_leg(text: str) -> Order:
    """Read one leg.

    Parameters
    ----------
    text : str
        ``SIGNED_QUANTITY SYMBOL [@ PRICE]``, or with BUY or SELL before a quantity without a sign; the symbol in any
        form that `Option.parse` reads, or a ticker for shares.

    Raises
    ------
    InputError
        Says which part is not readable.

    Examples
    --------
    >>> order = parse_leg("-2 IWM 2026-09-18 270 P @ 4.10")
    >>> order.quantity, order.instrument.compact, order.price
    (-2, 'IWM260918P00270000', 4.1)
    >>> parse_leg("+100 iwm")
    Order(quantity=100, instrument='IWM', price=None)
    """
    found = _LEG.fullmatch(text.replace(_MINUS, "-"))
    if not found:
        raise InputError(f"leg {text!r} is not readable: expected {FORM}")
    action, quantity, symbol, price = found.groups()
    where = f"leg {text!r}"
    return _order(where, quantity if action is None else _signed(where, action, quantity), symbol, price)


def read_legs(path: str | os.PathLike[str]) -> tuple[Order, ...]:
    """Read legs from a CSV file with columns ``quantity``, ``symbol`` and, where prices are known, ``price``.

    An order ticket as ``hedge --ticket`` writes it is read too: ``action`` (BUY or SELL) gives the sign of its
    quantities, ``osi_symbol`` the contract, ``limit_touch`` the price.

    Raises
    ------
    DataError
        For a bad file; names line, column and value.
    """
    table = read_table(path, "legs")
    quantity_at = table.column("quantity", "contracts", "qty")
    symbol_at = table.column("symbol", "option", "osi_symbol")
    prices = ("price", "premium", "limit_touch")
    price_at = next((table.names.index(name) for name in prices if name in table.names), None)
    action_at = table.names.index("action") if "action" in table.names else None
    orders = []
    for line, cells in table.lines:
        price = cells[price_at] if price_at is not None else ""
        where = f"{table.label}: line {line}"
        try:
            quantity = cells[quantity_at] if action_at is None else _signed(where, cells[action_at], cells[quantity_at])
            orders.append(_order(where, quantity, cells[symbol_at], price or None))
        except InputError as error:
            raise DataError(str(error)) from None
    return tuple(orders)


def _signed(where: str, action: str, quantity: str) -> str:
    """Return the quantity of a ticket with its sign."""
    sign = {"BUY": "+", "SELL": "-"}.get(action.strip().upper())
    if sign is None:
        raise InputError(f"{where}: action {action!r}: expected BUY or SELL")
    if quantity.strip()[:1] in ("+", "-"):
        raise InputError(f"{where}: quantity {quantity!r}: expected it without a sign beside {action.strip()}")
    return sign + quantity.strip()


def priced(orders: Sequence[Order], chain: Chain | None) -> tuple[Holding, ...]:
    """Return the legs with a price each: the one given, else bought at the ask and sold at the bid of the chain.

    Parameters
    ----------
    orders : sequence of Order
        Of one underlying.
    chain : Chain or None
        Where bare legs find their quote; shares are taken at its spot.

    Raises
    ------
    InputError
        A bare leg and no chain, an option the chain does not list, legs of several underlyings, or a contract that
        delivers something else.
    DataError
        The side of the quote that is needed is absent, or the quote is flagged as no quote to trade on.
    """
    if not orders:
        raise InputError(f"no leg: give --leg at least once: {FORM}")
    _one_underlying(orders, chain)
    return tuple(_priced(order, chain) for order in orders)


def underlying(orders: Sequence[Order | Holding]) -> str:
    """Return the ticker that legs belong to: that of their shares, else the option root without its digits.

    Examples
    --------
    >>> underlying([parse_leg("+1 IWM260918P00270000 @4.10")])
    'IWM'
    """
    tickers = [_ticker(order) for order in orders]
    return tickers[0]


def _ticker(order: Order | Holding) -> str:
    if isinstance(order, Shares):
        return order.ticker
    instrument = order.option if isinstance(order, Leg) else order.instrument
    return instrument if isinstance(instrument, str) else INDEX_OF.get(instrument.root, instrument.root)


def _order(where: str, quantity: str, symbol: str, price: str | None) -> Order:
    try:
        number = float(ungrouped(quantity))
    except ValueError:
        number = math.nan
    if number != number or number != int(number if math.isfinite(number) else 0) or number == 0 or abs(number) > _MOST:
        raise InputError(f"{where}: quantity {quantity!r}: expected a whole number other than 0, like +1 or -2")
    return Order(quantity=int(number), instrument=_instrument(where, symbol), price=_price(where, price))


def _instrument(where: str, symbol: str) -> Option | str:
    wanted = symbol.strip().upper()
    if not wanted:
        raise InputError(f"{where}: no symbol: expected {FORM}")
    if _TICKER.fullmatch(wanted):
        return wanted
    try:
        return Option.parse(symbol)
    except InputError as error:
        raise InputError(f"{where}: {error}") from None


def _price(where: str, text: str | None) -> float | None:
    if text is None:
        return None
    try:
        price = float(ungrouped(text))
    except ValueError:
        price = math.nan
    if not 0.0 <= price < math.inf:
        raise InputError(f"{where}: price {text!r}: expected zero or more dollars a share, like 4.10")
    return price


def _one_underlying(orders: Sequence[Order], chain: Chain | None) -> None:
    tickers = {_ticker(order): None for order in orders}
    if len(tickers) > 1:
        adjusted = next((name for name in tickers if name[-1:].isdigit()), None)
        hint = f"; {adjusted} looks like an adjusted or mini contract, whose deliverable differs" if adjusted else ""
        raise InputError(f"legs of several underlyings ({', '.join(tickers)}): analyse one at a time{hint}")
    ticker = next(iter(tickers))
    if chain is not None and ticker != chain.ticker:
        raise InputError(f"the legs are on {ticker}, the chain {chain.source} is on {chain.ticker}")


def _priced(order: Order, chain: Chain | None) -> Holding:
    instrument = order.instrument
    if isinstance(instrument, str):
        price = order.price if order.price is not None else (share_price(chain) if chain is not None else None)
        if price is None:
            raise InputError(f"leg {order.quantity:+d} {instrument} has no price: write @ PRICE, or give --chain")
        return Shares(shares=order.quantity, ticker=instrument, price=price)
    if order.price is not None:
        return Leg(contracts=order.quantity, option=instrument, premium=order.price)
    if chain is None:
        raise InputError(f"leg {order.quantity:+d} {instrument} has no price: write @ PRICE, or give --chain")
    return Leg(contracts=order.quantity, option=instrument, premium=touch(chain, instrument, order.quantity))


def share_price(chain: Chain) -> float:
    """Return the spot of a chain as a price shares can trade at: whole cents.

    Parity tells spots between cents.
    """
    return round(chain.spot, _CENTS)


# A leg cannot be priced from a quote that is none, or that contradicts another.
_UNUSABLE = Flag.CROSSED | Flag.DUPLICATE | Flag.EXPIRED | Flag.NON_STANDARD


def touch(chain: Chain, option: Option, quantity: int) -> float:
    """Return what a leg trades at now: the ask when bought, the bid when sold, dollars a share.

    Raises
    ------
    DataError
        When that side is not quoted, or the quote is crossed, disputed, expired or of another deliverable.
    """
    quote: Quote = chain.quote(option)
    bad = quote.flags & _UNUSABLE
    if bad:
        names = ", ".join(flag.slug.replace("_", " ") for flag in bad)
        raise DataError(
            f"{chain.source}: {option} is quoted {quote.bid:g}/{quote.ask:g} ({names}): give it a price, @ PRICE"
        )
    price, side = (quote.ask, "ask") if quantity > 0 else (quote.bid, "bid")
    if not price > 0.0:
        what = "bought" if quantity > 0 else "sold"
        raise DataError(f"{chain.source}: {option} has no {side}: it cannot be {what} there; give it a price, @ PRICE")
    return price

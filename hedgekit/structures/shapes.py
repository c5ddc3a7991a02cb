"""Every structure of one or two listed strikes in columns: expected profit, greatest loss, capital, where it profits.

Larger ones (condors, butterflies, jade lizards) are searched by the compiled kernel. All are of one contract, dollars,
fees included.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hedgekit.model import Option
from hedgekit.units import MULTIPLIER

FloatArray = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]
Part = tuple[str, int, Rows]
"""Kind (``call``, ``put`` or ``far call``, ``far put``), contracts and, for each combination, the row of its quote."""

CENT = 0.005
"""A greatest loss of less than half a cent is none: such quotes are not to be had."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """Quotes of one kind and expiry that can be traded on, by ascending strike, and what the view says of each.

    Attributes
    ----------
    options : tuple of Option
    strike, bid, ask, bid_size, ask_size, open_interest : ndarray of float64, shape (n,)
    worth : ndarray of float64, shape (n,)
        Today's value of the payoff that the view expects, with the right of early exercise, dollars a contract.
    fee : float
        Dollars a contract.
    """

    options: tuple[Option, ...]
    strike: FloatArray
    bid: FloatArray
    ask: FloatArray
    bid_size: FloatArray
    ask_size: FloatArray
    open_interest: FloatArray
    worth: FloatArray
    fee: float

    def __len__(self) -> int:
        return len(self.options)

    @property
    def bought_cost(self) -> FloatArray:
        """What one contract costs at the ask, dollars."""
        return MULTIPLIER * self.ask + self.fee

    @property
    def sold_cost(self) -> FloatArray:
        """What one contract brings at the bid, negative dollars."""
        return self.fee - MULTIPLIER * self.bid

    @property
    def bought_value(self) -> FloatArray:
        """Expected profit of one contract bought."""
        return self.worth - self.bought_cost

    @property
    def sold_value(self) -> FloatArray:
        """Expected profit of one contract sold."""
        return -self.worth - self.sold_cost


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """What a search is among.

    Attributes
    ----------
    calls, puts : Side
    spot : float
        Dollars a share.
    stock_worth : float
        Today's value of a contract's worth of shares at the expiry, with their dividends, as the view expects it.
    stock_rate : float
        Share of the stock's value that Reg T asks at first.
    growth : float
        What a dollar borrowed now has grown to at the expiry: what shares cost is financed.
    """

    calls: Side
    puts: Side
    spot: float
    stock_worth: float
    stock_rate: float
    growth: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Combinations of one structure, one element each.

    Attributes
    ----------
    value, loss, capital : ndarray of float64, shape (n,)
        Expected profit, greatest loss and what must be put up, dollars.
    low, high : ndarray of float64, shape (n,)
        It profits between these spots; outside them when `outside`.
    parts : tuple of Part
    shares : int
    """

    value: FloatArray
    loss: FloatArray
    capital: FloatArray
    low: FloatArray
    high: FloatArray
    parts: tuple[Part, ...]
    shares: int = 0
    outside: bool = False

    def best(
        self,
        *,
        keep: int,
        max_loss: float,
        max_capital: float,
        min_probability: float,
        cdf: Callable[[FloatArray], FloatArray],
    ) -> tuple[list[tuple[float, int]], int, int]:
        """Return the best combinations by expected profit per dollar of greatest loss.

        Returns
        -------
        found : list of (score, row)
            Best first, of equal ones the first row ahead.
        looked_at, free : int
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            score = np.where(self.loss > CENT, self.value / self.loss, -np.inf)
        allowed = (score > 0.0) & (self.loss <= max_loss) & (self.capital <= max_capital) & (self.low < self.high)
        if min_probability > 0.0 and allowed.any():
            inside = cdf(self.high[allowed]) - cdf(self.low[allowed])
            allowed[allowed] = (1.0 - inside if self.outside else inside) >= min_probability
        rows = np.flatnonzero(allowed)
        order = rows[np.lexsort((rows, -score[rows]))][:keep]
        return [(float(score[row]), int(row)) for row in order], len(self.value), int((self.loss <= CENT).sum())


def _pairs(first: int, second: int, *, offset: int = 1) -> tuple[Rows, Rows]:
    """Return all (i, j) with j at least `offset` after i."""
    i, j = np.triu_indices(first, offset, second)
    return i, j


def _vertical(side: Side, kind: str, *, bought_low: bool) -> Shape:
    low, high = _pairs(len(side), len(side))
    bought, sold = (low, high) if bought_low else (high, low)
    cost = side.bought_cost[bought] + side.sold_cost[sold]
    width = MULTIPLIER * (side.strike[high] - side.strike[low])
    # a bull spread of calls or a bear spread of puts is paid for; the other two are sold and can lose the width
    debit = bought_low == (kind == "call")
    loss = cost if debit else cost + width
    per_share = cost / MULTIPLIER
    rises = bought_low
    edge = side.strike[low] if kind == "call" else side.strike[high]
    turn = edge + per_share if kind == "call" else edge - per_share
    if not debit:
        turn = edge - per_share if kind == "call" else edge + per_share
    gain = width - cost if debit else -cost
    start = turn if rises else np.full(turn.shape, -np.inf)
    return Shape(
        value=side.bought_value[bought] + side.sold_value[sold],
        loss=loss,
        capital=loss - 2.0 * side.fee,
        low=np.where(gain > 0.0, start, np.inf),
        high=np.full(turn.shape, np.inf) if rises else turn,
        parts=(("bought " + kind, 1, bought), ("sold " + kind, -1, sold)),
    )


def bull_call_spread(field: Field) -> Shape:
    """Buy a call, sell a higher one."""
    return _vertical(field.calls, "call", bought_low=True)


def bear_call_spread(field: Field) -> Shape:
    """Sell a call, buy a higher one."""
    return _vertical(field.calls, "call", bought_low=False)


def bear_put_spread(field: Field) -> Shape:
    """Buy a put, sell a lower one."""
    return _vertical(field.puts, "put", bought_low=False)


def bull_put_spread(field: Field) -> Shape:
    """Sell a put, buy a lower one."""
    return _vertical(field.puts, "put", bought_low=True)


def _long_both(field: Field, put: Rows, call: Rows) -> Shape:
    cost = field.puts.bought_cost[put] + field.calls.bought_cost[call]
    per_share = cost / MULTIPLIER
    return Shape(
        value=field.puts.bought_value[put] + field.calls.bought_value[call],
        loss=cost,
        capital=cost - 2.0 * field.puts.fee,
        low=field.puts.strike[put] - per_share,
        high=field.calls.strike[call] + per_share,
        parts=(("bought put", 1, put), ("bought call", 1, call)),
        outside=True,
    )


def straddle(field: Field) -> Shape:
    """Buy a put and a call at one strike."""
    _, put, call = np.intersect1d(field.puts.strike, field.calls.strike, return_indices=True)
    return _long_both(field, put, call)


def strangle(field: Field) -> Shape:
    """Buy a put and a higher call."""
    put, call = np.nonzero(field.puts.strike[:, None] < field.calls.strike[None, :])
    return _long_both(field, put, call)


def covered_call(field: Field) -> Shape:
    """Hold shares, sell a call."""
    side = field.calls
    stock = MULTIPLIER * field.spot
    cost = side.sold_cost
    rows = np.arange(len(side))
    gain = MULTIPLIER * side.strike - stock - cost
    return Shape(
        value=field.stock_worth - stock + side.sold_value,
        loss=(stock + cost) * field.growth,
        capital=field.stock_rate * stock + cost - side.fee,
        low=np.where(gain > 0.0, field.spot + cost / MULTIPLIER, np.inf),
        high=np.full(len(side), np.inf),
        parts=(("sold call", -1, rows),),
        shares=MULTIPLIER,
    )


def cash_secured_put(field: Field) -> Shape:
    """Sell a put, its strike in cash."""
    side = field.puts
    loss = MULTIPLIER * side.strike + side.sold_cost
    return Shape(
        value=side.sold_value,
        loss=loss,
        capital=loss - side.fee,
        low=np.where(side.sold_cost < 0.0, side.strike + side.sold_cost / MULTIPLIER, np.inf),
        high=np.full(len(side), np.inf),
        parts=(("sold put", -1, np.arange(len(side))),),
    )


def protective_put(field: Field) -> Shape:
    """Hold shares, buy a put."""
    side = field.puts
    stock = MULTIPLIER * field.spot
    # a put bought below its exercise value would profit at any spot: its loss is none, and it is left out
    return Shape(
        value=field.stock_worth - stock + side.bought_value,
        loss=(stock + side.bought_cost) * field.growth - MULTIPLIER * side.strike,
        capital=field.stock_rate * stock + side.bought_cost - side.fee,
        low=field.spot + side.bought_cost / MULTIPLIER,
        high=np.full(len(side), np.inf),
        parts=(("bought put", 1, np.arange(len(side))),),
        shares=MULTIPLIER,
    )


def collar(field: Field) -> Shape:
    """Hold shares, buy a put, sell a higher call."""
    put, call = np.nonzero(field.puts.strike[:, None] < field.calls.strike[None, :])
    stock = MULTIPLIER * field.spot
    cost = field.puts.bought_cost[put] + field.calls.sold_cost[call]
    gain = MULTIPLIER * field.calls.strike[call] - stock - cost
    return Shape(
        value=field.stock_worth - stock + field.puts.bought_value[put] + field.calls.sold_value[call],
        loss=(stock + cost) * field.growth - MULTIPLIER * field.puts.strike[put],
        capital=field.stock_rate * stock + cost - 2.0 * field.puts.fee,
        low=np.where(gain > 0.0, field.spot + cost / MULTIPLIER, np.inf),
        high=np.full(len(put), np.inf),
        parts=(("bought put", 1, put), ("sold call", -1, call)),
        shares=MULTIPLIER,
    )


def ratio_spread(field: Field) -> Shape:
    """Buy a put, sell two lower ones: the loss is greatest at a spot of zero."""
    side = field.puts
    low, high = _pairs(len(side), len(side))
    cost = side.bought_cost[high] + 2.0 * side.sold_cost[low]
    at_zero = MULTIPLIER * (side.strike[high] - 2.0 * side.strike[low]) - cost
    gain = MULTIPLIER * (side.strike[high] - side.strike[low]) - cost
    loss = np.maximum(cost, -at_zero)
    return Shape(
        value=side.bought_value[high] + 2.0 * side.sold_value[low],
        loss=loss,
        capital=loss - 3.0 * side.fee,
        low=np.where(gain > 0.0, np.where(at_zero > 0.0, -np.inf, -at_zero / MULTIPLIER), np.inf),
        high=np.where(cost < 0.0, np.inf, side.strike[high] - cost / MULTIPLIER),
        parts=(("bought put", 1, high), ("sold put", -2, low)),
    )


SHAPES: dict[str, Callable[[Field], Shape]] = {
    "bull-call-spread": bull_call_spread,
    "bear-put-spread": bear_put_spread,
    "bull-put-spread": bull_put_spread,
    "bear-call-spread": bear_call_spread,
    "straddle": straddle,
    "strangle": strangle,
    "covered-call": covered_call,
    "cash-secured-put": cash_secured_put,
    "protective-put": protective_put,
    "collar": collar,
    "ratio-spread": ratio_spread,
}
"""Structures of the catalogue with one or two strikes -> their combinations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spreads:
    """Vertical spreads sold, in columns, by ascending sold strike: the halves of condors.

    Attributes
    ----------
    bought, sold : ndarray of intp, shape (n,)
        Rows of the side.
    value, cost, width, strike : ndarray of float64, shape (n,)
        Expected profit, outlay (negative: a credit), width in dollars; sold strike.
    """

    bought: Rows
    sold: Rows
    value: FloatArray
    cost: FloatArray
    width: FloatArray
    strike: FloatArray


def sold_spreads(side: Side, *, below: bool, paid_back: bool = False) -> Spreads:
    """Return the spreads of one kind whose sold strike is above the bought one (below the money), or below it.

    Parameters
    ----------
    side : Side
    below : bool
        The bought strike is the lower one.
    paid_back : bool
        Such a spread of this kind is bought, not sold: as a sold one of the other kind it brings its width.
    """
    low, high = _pairs(len(side), len(side))
    bought, sold = (low, high) if below else (high, low)
    order = np.lexsort((bought, sold))
    bought, sold = bought[order], sold[order]
    width = MULTIPLIER * np.abs(side.strike[sold] - side.strike[bought])
    cost = side.bought_cost[bought] + side.sold_cost[sold]
    return Spreads(
        bought=bought,
        sold=sold,
        value=side.bought_value[bought] + side.sold_value[sold],
        cost=cost - width if paid_back else cost,
        width=width,
        strike=side.strike[sold],
    )


def parts_at(parts: Sequence[Part], row: int) -> list[tuple[str, int, int]]:
    """Return (kind, contracts, row of the quote) of each leg of one combination."""
    return [(what.split()[-1], contracts, int(rows[row])) for what, contracts, rows in parts]

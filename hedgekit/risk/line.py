"""One position marked: its price, value and greeks in dollars, or why they are not known."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from hedgekit import units
from hedgekit.errors import HedgekitError
from hedgekit.market import calendar
from hedgekit.model import Chain, Flag, Option, Quote
from hedgekit.risk.betas import Beta
from hedgekit.risk.book import Position
from hedgekit.risk.readers.symbols import is_adjusted
from hedgekit.scenarios.holding import Underlying

if TYPE_CHECKING:
    from hedgekit.model import PriceHistory

SHOWN = ("delta_usd", "gamma_usd_per_pct", "vega_usd_per_point", "theta_usd_per_day", "rho_usd_per_point")
"""Greeks of a line, dollars."""

WIDEST, WIDE_USD = 1.0, 1.0
"""A spread of more than the mid itself, and of more than a dollar, tells no price."""

SAME_PRICE = 0.005
"""Relative difference up to which two prices of one share in a book are the same moment's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One position with its numbers; NaN where unknown, and then `problem` says why.

    Attributes
    ----------
    position : Position
    spot : float
        Of the underlying, dollars a share.
    mark, mid : float
        Dollars a share: the bid of what is long, the ask of what is short; the middle.
    value_usd, mid_usd : float
        Signed, dollars.
    vol, vol_source
        As in `hedgekit.scenarios.Holding`.
    delta_usd : float
        Dollars of the underlying the line is worth in delta.
    gamma_usd_per_pct : float
        Change of `delta_usd` for a 1% move of the spot.
    vega_usd_per_point, theta_usd_per_day, rho_usd_per_point : float
    beta : Beta or None
    price_source : str
        "chain", "price file", "book".
    price_day : date or None
        Of which day the price is, when known.
    problem : str
        Empty when everything is known.
    """

    position: Position
    spot: float = math.nan
    mark: float = math.nan
    mid: float = math.nan
    value_usd: float = math.nan
    mid_usd: float = math.nan
    vol: float = math.nan
    vol_source: Any = "none"
    half_spread: float = 0.0
    quote: Quote | None = None
    t_years: float = math.nan
    delta: float = math.nan
    delta_usd: float = math.nan
    gamma_usd_per_pct: float = math.nan
    vega_usd_per_point: float = math.nan
    theta_usd_per_day: float = math.nan
    rho_usd_per_point: float = math.nan
    beta: Beta | None = None
    price_source: str = ""
    price_day: date | None = None
    problem: str = ""

    @property
    def name(self) -> str:
        """What messages call it."""
        return self.position.name

    @property
    def ticker(self) -> str:
        """The underlying."""
        return self.position.ticker

    @property
    def option(self) -> Option | None:
        """The option, when it is one."""
        return self.position.option

    @property
    def exercise_usd(self) -> float:
        """Exercise value, signed dollars; the whole value of shares."""
        if self.option is None:
            return self.value_usd
        return self.position.units * max(0.0, self.option.sign * (self.spot - self.option.strike))

    def to_dict(self) -> dict[str, Any]:
        """Return the line as JSON's fields."""
        option = self.option
        return {
            "account": self.position.account,
            "symbol": option.compact if option else self.ticker,
            "ticker": self.ticker,
            "quantity": self.position.quantity,
            "expiry": option.expiry if option else None,
            "spot": self.spot,
            "mark": self.mark,
            "mid": self.mid,
            "value_usd": self.value_usd,
            "mid_usd": self.mid_usd,
            "vol": self.vol,
            **{name: getattr(self, name) for name in SHOWN},
            "beta": None if self.beta is None else self.beta.value,
            "price_source": self.price_source,
            "problem": self.problem or None,
        }


def share_price(
    ticker: str, positions: Sequence[Position], prices: PriceHistory | None
) -> tuple[float, str, date | None]:
    """Return the price of a share without a chain, where it is from and its day."""
    if prices is not None and ticker in prices.tickers:
        column = prices.close[:, prices.tickers.index(ticker)]
        rows = np.flatnonzero(np.isfinite(column))
        if len(rows):
            return float(column[rows[-1]]), "price file", prices.dates[rows[-1]].item()
    own = [p.price for p in positions if p.option is None and math.isfinite(p.price)]
    return (own[0], "book", None) if own else (math.nan, "", None)


def line_of(
    position: Position,
    chains: Mapping[str, Chain],
    underlyings: Mapping[str, Underlying],
    refused: Mapping[str, str],
    prices: PriceHistory | None,
    siblings: Sequence[Position],
    betas: Mapping[str, Beta],
    asof: datetime,
) -> Line:
    """Mark one line, or say why it cannot be."""
    ticker, option = position.ticker, position.option
    chain, market = chains.get(ticker), underlyings.get(ticker)
    common: dict[str, Any] = {"position": position, "beta": betas.get(ticker)}
    if option is None:
        if chain is not None:
            spot, source = chain.spot, "chain"
            day: date | None = chain.asof.date()
        else:
            spot, source, day = share_price(ticker, siblings, prices)
        if not (math.isfinite(spot) and spot > 0.0):
            why = "a price of 0" if spot == 0.0 else "no price: no chain, no price file and no price in the book"
            return Line(**common, problem=f"{ticker}: {why}")
        if source == "book":
            own = [p.price for p in siblings if p.option is None and math.isfinite(p.price)]
            if max(own) > (1.0 + SAME_PRICE) * min(own):
                why = f"the book prices it at {min(own):g} and at {max(own):g}: give a chain or a price file"
                return Line(**common, problem=f"{ticker}: {why}")
        value = position.quantity * spot
        return Line(
            **common,
            spot=spot,
            mark=spot,
            mid=spot,
            value_usd=value,
            mid_usd=value,
            delta=1.0,
            delta_usd=value,
            gamma_usd_per_pct=0.0,
            vega_usd_per_point=0.0,
            theta_usd_per_day=0.0,
            rho_usd_per_point=0.0,
            price_source=source,
            price_day=day,
        )
    spot = market.spot if market is not None else math.nan
    left = calendar.t_years(asof, option.expiry)
    common.update(spot=spot, t_years=left)
    problem = _option_problem(position, option, chain, left, refused)
    if problem or chain is None or market is None:
        return Line(**common, problem=problem)
    quote = chain.quote(option)
    if problem := _quote_problem(quote, chain):
        return Line(**common, quote=quote, problem=problem)
    mark = quote.bid if position.quantity > 0 else quote.ask
    return Line(
        **common,
        quote=quote,
        mark=mark,
        mid=quote.mid,
        value_usd=position.units * mark,
        mid_usd=position.units * quote.mid,
        half_spread=0.5 * (quote.ask - quote.bid),
        price_source="chain",
        price_day=chain.asof.date(),
    )


def _option_problem(
    position: Position, option: Option, chain: Chain | None, left: float, refused: Mapping[str, str]
) -> str:
    """Say why an option cannot be looked up; empty when it can."""
    if left <= 0.0:
        return f"{option}: expired on {option.expiry}; settle it and take it out of the book"
    if is_adjusted(option) or option.multiplier != units.MULTIPLIER:
        return f"{option}: another deliverable (adjusted or mini contract): its value is not known"
    if chain is None:
        return f"{option}: no chain of {position.ticker} is given"
    if not len(chain.rows_of(option)):
        try:
            chain.quote(option)
        except HedgekitError as error:
            return str(error)
    if chain.years_to(option.expiry) <= 0.0:
        return f"{option}: had expired when the chain was quoted"
    if position.ticker in refused:
        return f"{option}: {refused[position.ticker]}"
    return ""


def _quote_problem(quote: Quote, chain: Chain) -> str:
    """Say why a quote is no price; empty when it is one."""
    option = quote.option
    if not (math.isfinite(quote.bid) and math.isfinite(quote.ask)):
        return f"{option}: no two-sided quote in {chain.source} (bid {quote.bid:g}, ask {quote.ask:g})"
    for flag, why in (
        (Flag.CROSSED, f"its bid {quote.bid:g} is above its ask {quote.ask:g}"),
        (Flag.BELOW_INTRINSIC, f"its ask {quote.ask:g} is below its exercise value at a spot of {chain.spot:g}"),
        (Flag.ABOVE_MAXIMUM, f"its bid {quote.bid:g} is above the most it can be worth"),
        (Flag.NON_STANDARD, "it has another deliverable"),
        (Flag.VERTICAL | Flag.BUTTERFLY | Flag.CALENDAR, f"{_quoted(quote)}: other quotes of the chain contradict it"),
    ):
        if quote.flags & flag:
            return f"{option}: {why}"
    width = quote.ask - quote.bid
    if width > WIDEST * quote.mid and width > WIDE_USD:
        return f"{option}: {_quoted(quote)}: too wide apart to tell its price"
    rows = chain.rows_of(option)
    if len(rows) > 1 and (np.ptp(chain.bid[rows]) > 0.0 or np.ptp(chain.ask[rows]) > 0.0):
        return f"{option}: quoted {len(rows)} times with different prices in {chain.source}"
    return ""


def _quoted(quote: Quote) -> str:
    return f"quoted {quote.bid:g}/{quote.ask:g}"

"""The book in dollars: marks at the touch, greeks, betas; what is not known stays unknown and is named."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from hedgekit import units
from hedgekit.errors import HedgekitError, InputError
from hedgekit.market import calendar
from hedgekit.market.inputs import Given
from hedgekit.market.tables import decimal
from hedgekit.model import Chain, Flag, Option, Quote
from hedgekit.pricing import Exercise, greeks
from hedgekit.results import Note
from hedgekit.risk.betas import Beta, settle
from hedgekit.risk.book import Book, Position
from hedgekit.risk.readers.symbols import is_adjusted
from hedgekit.scenarios.holding import Holding, Underlying, exercise_of, underlying_of, vols_of

if TYPE_CHECKING:
    from hedgekit.model import PriceHistory

GivenByTicker: TypeAlias = Given | Mapping[str, Given]
"""Dividends for every chain (a yield), or by ticker."""

SHOWN = ("delta_usd", "gamma_usd_per_pct", "vega_usd_per_point", "theta_usd_per_day", "rho_usd_per_point")
"""Greeks of a line, dollars."""

WIDEST, WIDE_USD = 1.0, 1.0
"""A spread of more than the mid itself, and of more than a dollar, tells no price."""

SAME_PRICE = 0.005
"""Relative difference up to which two prices of one share in a book are the same moment's."""

OLD_DAYS = 5
"""A price file's close older than this against the moment of valuation is said."""


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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ValuedBook:
    """A book with every line valued, or its problem named.

    Attributes
    ----------
    book : Book
    lines : tuple of Line
        In the book's order.
    underlyings : mapping of str to Underlying
        Market of every ticker whose spot is known.
    betas : mapping of str to Beta
    benchmark : str
    asof : datetime
        Moment the book is valued at.
    """

    book: Book
    lines: tuple[Line, ...]
    underlyings: Mapping[str, Underlying]
    chains: Mapping[str, Chain]
    betas: Mapping[str, Beta]
    benchmark: str
    asof: datetime
    notes: tuple[Note, ...] = field(default=())

    @property
    def problems(self) -> tuple[Line, ...]:
        """Lines that could not be valued."""
        return tuple(line for line in self.lines if line.problem)

    @property
    def net_usd(self) -> float:
        """Net liquidation value at the touch: cash and marks, dollars; NaN when a line is unknown."""
        return sum(line.value_usd for line in self.lines) + self.book.cash_usd

    @property
    def mid_usd(self) -> float:
        """The same at mid quotes."""
        return sum(line.mid_usd for line in self.lines) + self.book.cash_usd

    def holdings(self) -> tuple[Holding, ...]:
        """Return the lines as holdings for `hedgekit.scenarios`."""
        return tuple(
            Holding(
                ticker=line.ticker,
                quantity=line.position.quantity,
                option=line.option,
                vol=line.vol,
                vol_source=line.vol_source,
                half_spread=line.half_spread,
            )
            for line in self.lines
        )

    def totals(self, lines: Sequence[Line] | None = None) -> dict[str, Any]:
        """Return value and dollar greeks of some lines, with beta-weighted delta and its interval."""
        chosen = self.lines if lines is None else lines
        row: dict[str, Any] = {
            "lines": len(chosen),
            "value_usd": _sum(line.value_usd for line in chosen),
            "mid_usd": _sum(line.mid_usd for line in chosen),
        }
        row.update({name: _sum(getattr(line, name) for line in chosen) for name in SHOWN})
        return {**row, **self.beta_weighted(chosen)}

    def beta_weighted(self, lines: Sequence[Line]) -> dict[str, float]:
        """Return beta-weighted delta dollars and the interval from the betas' intervals.

        Netted by ticker first: one ticker's beta is the same number for all its lines.
        """
        by_ticker: dict[str, float] = {}
        for line in lines:
            by_ticker[line.ticker] = by_ticker.get(line.ticker, 0.0) + line.delta_usd
        value = low = high = 0.0
        for ticker, delta in by_ticker.items():
            beta = self.betas.get(ticker)
            if beta is None:
                value = low = high = math.nan
                break
            ends = (delta * beta.low, delta * beta.high)
            value, low, high = value + delta * beta.value, low + min(ends), high + max(ends)
        return {"beta_delta_usd": value, "beta_delta_low_usd": low, "beta_delta_high_usd": high}

    def groups(self, key: Callable[[Line], Any]) -> dict[Any, list[Line]]:
        """Return the lines by a key, keys in order."""
        found: dict[Any, list[Line]] = {}
        for line in self.lines:
            found.setdefault(key(line), []).append(line)
        return dict(sorted(found.items(), key=lambda item: str(item[0])))


def value_book(
    book: Book,
    *,
    chains: Sequence[Chain] = (),
    prices: PriceHistory | None = None,
    betas: Mapping[str, Beta] | None = None,
    benchmark: str = "IWM",
    rate: Given = None,
    dividends: GivenByTicker = None,
    asof: datetime,
    with_smiles: bool = False,
) -> ValuedBook:
    """Value a book: options from chains, shares from chains, else a price file, else the book's own price.

    Nothing is guessed: an option that its chain does not list, has no two-sided quote for, or that has expired, and a
    share without any price, stay unknown and say so in `problem`.

    Parameters
    ----------
    book : Book
    chains : sequence of Chain
        One a ticker.
    prices : PriceHistory, optional
        Last closes for shares without a chain, and betas.
    betas : mapping of str to Beta, optional
    benchmark : str
        The ticker betas refer to.
    rate : float or path, optional
        As in `hedgekit.compare`.
    dividends : float, path, or mapping of ticker to either, optional
        As in `hedgekit.compare`; a file of cash dividends is one ticker's, so several chains need a mapping.
    asof : datetime
        Moment of the check: an option whose cut-off has passed by then has expired.
    with_smiles : bool
        For the sticky-delta rule.

    Raises
    ------
    InputError
        One file of dividends for several chains, or dividends of a ticker that has no chain.
    """
    check_dividends(dividends, chains)
    by_ticker = {chain.ticker: chain for chain in chains}
    held = {ticker: [p for p in book.positions if p.ticker == ticker] for ticker in book.tickers}
    known = settle((*held, benchmark), benchmark, betas or {}, prices)
    underlyings: dict[str, Underlying] = {}
    refused: dict[str, str] = {}
    inferred: tuple[date, float, str] | None = None  # a rate is the market's: one chain tells it for all of its day
    for ticker, positions in sorted(held.items(), key=lambda item: (item[0] != benchmark, item[0])):
        chain = by_ticker.get(ticker)
        if chain is not None:
            expiries = [p.option.expiry for p in positions if p.option is not None]
            same = rate is None and inferred is not None and inferred[0] == chain.asof.date()
            try:
                market = underlying_of(
                    chain,
                    expiries,
                    rate=inferred[1] if same and inferred else rate,
                    dividends=dividends.get(ticker) if isinstance(dividends, Mapping) else dividends,
                    with_smiles=with_smiles,
                )
                if same and inferred and market.rates:
                    market = replace(market, rate_source=inferred[2])
                elif rate is None and market.rates and market.rate_source.startswith("inferred"):
                    own = next(iter(market.rates.values()))
                    inferred = (chain.asof.date(), own, f"{market.rate_source} (of {ticker})")
                underlyings[ticker] = market
            except HedgekitError as error:
                refused[ticker] = str(error)
                underlyings[ticker] = underlying_of(chain, [])
            continue
        spot = share_price(ticker, positions, prices)[0]
        if math.isfinite(spot) and spot > 0.0:
            underlyings[ticker] = Underlying(ticker=ticker, spot=spot, asof=asof)
    lines = [
        line_of(position, by_ticker, underlyings, refused, prices, held[position.ticker], known, asof)
        for position in book.positions
    ]
    old = [
        f"{line.ticker} of {line.price_day}"
        for line in lines
        if line.price_source == "price file" and line.price_day and (asof.date() - line.price_day).days > OLD_DAYS
    ]
    notes = [*book.notes, *(note for market in underlyings.values() for note in market.warnings)]
    if old:
        notes.append(Note("price_old", f"old prices from the price file: {', '.join(dict.fromkeys(old))}"))
    return ValuedBook(
        book=book,
        lines=tuple(_with_greeks(_with_vols(lines, by_ticker, underlyings), underlyings)),
        underlyings=underlyings,
        chains=by_ticker,
        betas=known,
        benchmark=benchmark,
        asof=asof,
        notes=tuple(dict.fromkeys(notes)),
    )


def check_dividends(dividends: GivenByTicker, chains: Sequence[Chain]) -> None:
    """Refuse one ticker's cash dividends for another's options.

    Raises
    ------
    InputError
        One file for several chains, or a ticker without a chain.
    """
    tickers = [chain.ticker for chain in chains]
    if isinstance(dividends, Mapping):
        unknown = sorted(set(dividends) - set(tickers))
        if unknown:
            raise InputError(f"dividends of {', '.join(unknown)}: chains are of {', '.join(tickers) or 'none'}")
        return
    number = dividends is None or isinstance(dividends, int | float) or decimal(str(dividends)) is not None
    if len(chains) > 1 and not number:
        raise InputError(
            f"dividends {dividends}: one file for chains of {', '.join(tickers)}: say whose, like {tickers[0]}=FILE"
        )


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


def _with_vols(lines: Sequence[Line], chains: Mapping[str, Chain], underlyings: Mapping[str, Underlying]) -> list[Line]:
    """Add the option lines' vols at their mids, one call an underlying."""
    out = list(lines)
    for ticker, chain in chains.items():
        rows = [row for row, x in enumerate(lines) if x.ticker == ticker and x.option is not None and not x.problem]
        if not rows:
            continue
        options = [option for row in rows if (option := lines[row].option) is not None]
        vols = vols_of(chain, underlyings[ticker], options, [lines[row].mid for row in rows])
        for row, option, (vol, source) in zip(rows, options, vols, strict=True):
            line = lines[row]
            problem = ""
            if not math.isfinite(vol):
                problem = f"{option}: no vol explains its mid {line.mid:g} at a spot of {line.spot:g}"
            out[row] = replace(line, vol=vol, vol_source=source, problem=problem)
    return out


def _with_greeks(lines: Sequence[Line], underlyings: Mapping[str, Underlying]) -> list[Line]:
    """Add the option lines' greeks, one call an underlying and style."""
    out = list(lines)
    groups: dict[tuple[str, Exercise], list[int]] = {}
    for row, line in enumerate(lines):
        if line.option is not None and not line.problem:
            groups.setdefault((line.ticker, exercise_of(line.option)), []).append(row)
    for (ticker, style), rows in groups.items():
        market = underlyings[ticker]
        options = [option for row in rows if (option := lines[row].option) is not None]
        answer = greeks(
            np.array([o.sign for o in options], dtype=np.int8),
            market.spot,
            np.array([o.strike for o in options]),
            np.array([market.years_to(o.expiry) for o in options]),
            np.array([market.rates[o.expiry] for o in options]),
            np.array([market.div_yields[o.expiry] for o in options]),
            np.array([lines[row].vol for row in rows]),
            exercise=style,
            dividends=market.cash,
        )
        for i, row in enumerate(rows):
            line, amount = lines[row], lines[row].position.units
            shown: dict[str, Any] = {
                "delta": float(answer.delta[i]),
                "delta_usd": units.delta_usd(float(answer.delta[i]) * amount, market.spot),
                "gamma_usd_per_pct": units.fraction(float(answer.gamma[i]) * amount * market.spot**2),
                "vega_usd_per_point": units.vega_per_point(float(answer.vega[i]) * amount),
                "theta_usd_per_day": units.theta_per_day(float(answer.theta[i]) * amount),
                "rho_usd_per_point": units.rho_per_point(float(answer.rho[i]) * amount),
            }
            if not all(math.isfinite(number) for number in shown.values()):
                out[row] = replace(line, problem=f"{line.option}: its greeks cannot be computed at vol {line.vol:g}")
            else:
                out[row] = replace(line, **shown)
    return out


def _sum(values: Iterable[float]) -> float:
    """Add up; NaN when one is unknown."""
    listed = list(values)
    return math.fsum(listed) if all(map(math.isfinite, listed)) else math.nan

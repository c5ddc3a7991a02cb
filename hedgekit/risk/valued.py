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
from hedgekit.market.inputs import Given
from hedgekit.market.tables import decimal
from hedgekit.model import Chain
from hedgekit.pricing import Exercise, greeks
from hedgekit.results import Note
from hedgekit.risk.betas import Beta, settle
from hedgekit.risk.book import Book
from hedgekit.risk.line import SHOWN, Line, line_of, share_price
from hedgekit.scenarios.holding import Holding, Underlying, exercise_of, underlying_of, vols_of

if TYPE_CHECKING:
    from hedgekit.model import PriceHistory

GivenByTicker: TypeAlias = Given | Mapping[str, Given]
"""Dividends for every chain (a yield), or by ticker."""

OLD_DAYS = 5
"""A price file's close older than this against the moment of valuation is said."""


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
    if not benchmark.strip():
        raise InputError("benchmark is blank: name the ticker that betas refer to")
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

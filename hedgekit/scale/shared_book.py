"""What many accounts have in common: each contract marked once, and priced once a scenario, whoever holds it.

An account is then a product of its counts with these arrays. Everything an account's own book would change (which
chain tells the rate, whose dividends are projected how far, the clock of a scenario) is part of the key under which a
contract's numbers are kept, so that the answer is that of `hedgekit.risk.check.check` on the account alone.
"""

from __future__ import annotations

import math
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

from hedgekit import units
from hedgekit.errors import HedgekitError
from hedgekit.market.dividends import read_dividends
from hedgekit.market.inputs import Given
from hedgekit.model import Chain, Option
from hedgekit.pricing import Exercise
from hedgekit.risk.betas import Beta, settle
from hedgekit.risk.book import Book, Position
from hedgekit.risk.line import Line, line_of, share_price
from hedgekit.risk.rule import Context, Unknown
from hedgekit.risk.valued import GivenByTicker, ValuedBook, value_book
from hedgekit.scenarios.grid import MOST_POINTS, Grid, elapsed_years, option_values
from hedgekit.scenarios.holding import Holding, Underlying, exercise_of, underlying_of

if TYPE_CHECKING:
    from hedgekit.model import PriceHistory

Floats: TypeAlias = npt.NDArray[np.float64]
GridKey: TypeAlias = tuple[tuple[float, ...], tuple[float, ...], tuple[int, ...], str, str]

MOST_MARGINS, MOST_MOVES, MOST_PATHS = 10_000, 1_000, 100
"""What is remembered: model portfolios and sets of tickers repeat, and memory must not grow with the accounts."""

_CLOCK = "\0clock"  # no ticker: a market that only tells the moment of an account's latest quotes


class OwnWay(Exception):
    """An account whose numbers the shared ones are not: it is checked by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """The contracts of one ticker under one chain's rate.

    Attributes
    ----------
    market : Underlying
    lines : mapping of (Option, bool) to Line
        Of a hundredth of a contract, long where the flag says so: one share's worth.
    alone : frozenset of date
        Expiries whose yield is a neighbour's: an account that does not hold the neighbour has another.
    """

    market: Underlying
    lines: Mapping[tuple[Option, bool], Line]
    alone: frozenset[date]


@dataclass(slots=True, kw_only=True, eq=False)
class SharedBook:
    """Marks and scenario values of every contract that some account holds.

    Attributes
    ----------
    chains : mapping of str to Chain
    contracts : mapping of str to tuple of Option
        By ticker, those of all accounts.
    asof : datetime
        Moment the accounts are valued at.
    """

    chains: Mapping[str, Chain]
    contracts: Mapping[str, tuple[Option, ...]]
    prices: PriceHistory | None
    betas: Mapping[str, Beta]
    benchmark: str
    rate: Given
    dividends: GivenByTicker
    asof: datetime
    with_smiles: bool
    _marked: dict[tuple[str, str], Marked | None] = field(default_factory=dict)
    _bare: dict[str, Underlying] = field(default_factory=dict)
    _open: dict[str, frozenset[date]] = field(default_factory=dict)
    _known: dict[str, Beta | None] = field(default_factory=dict)
    _cash: dict[tuple[str, date], tuple[tuple[float, float], ...]] = field(default_factory=dict)
    _cells: dict[Any, tuple[dict[Option, int], Floats, Floats] | None] = field(default_factory=dict)
    _share_cells: dict[Any, Floats] = field(default_factory=dict)
    _moves: dict[tuple[tuple[str, ...], int, int], Floats] = field(default_factory=dict)
    _paths: dict[Any, tuple[dict[Option, int], Floats] | None] = field(default_factory=dict)
    _margins: dict[Any, float] = field(default_factory=dict)

    def value(self, book: Book) -> ValuedBook:
        """Return an account's book valued from the shared marks.

        Raises
        ------
        OwnWay
            When its own valuation would differ.
        """
        held: dict[str, list[Position]] = {}
        for position in book.positions:
            held.setdefault(position.ticker, []).append(position)
        underlyings: dict[str, Underlying] = {}
        marked: dict[str, Marked] = {}
        lead: tuple[date, str] | None = None
        for ticker in sorted(held, key=lambda name: (name != self.benchmark, name)):
            chain = self.chains.get(ticker)
            if chain is None:
                spot = share_price(ticker, held[ticker], self.prices)[0]
                if math.isfinite(spot) and spot > 0.0:
                    underlyings[ticker] = Underlying(ticker=ticker, spot=spot, asof=self.asof)
                continue
            last = self._last_open(chain, held[ticker])
            if last is None:
                underlyings[ticker] = self._bare_market(ticker)
                continue
            day = chain.asof.date()
            same = self.rate is None and lead is not None and lead[0] == day
            of = self.marked(ticker, lead[1] if same and lead is not None else ticker)
            if self.rate is None and not same and of.market.rate_source.startswith("inferred"):
                lead = (day, ticker)
            marked[ticker] = of
            underlyings[ticker] = self._until(of.market, chain, last)
        known = {ticker: beta for ticker in (*held, self.benchmark) if (beta := self._beta(ticker)) is not None}
        lines = []
        for position in book.positions:
            option = position.option
            of_ticker = marked.get(position.ticker)
            if option is None or of_ticker is None:
                lines.append(
                    line_of(
                        position, self.chains, underlyings, {}, self.prices, held[position.ticker], known, self.asof
                    )
                )
                continue
            if option.expiry in of_ticker.alone:
                raise OwnWay
            unit = of_ticker.lines.get((option, position.quantity > 0))
            if unit is None:
                raise OwnWay
            lines.append(_scaled(unit, position, known.get(position.ticker)))
        return ValuedBook(
            book=book,
            lines=tuple(lines),
            underlyings=underlyings,
            chains=self.chains,
            betas=known,
            benchmark=self.benchmark,
            asof=self.asof,
        )

    def marked(self, ticker: str, lead: str) -> Marked:
        """Return a ticker's contracts marked at the rate of its own chain, or of the one that leads.

        Raises
        ------
        OwnWay
            When the chain tells no market.
        """
        key = (ticker, lead)
        if key not in self._marked:
            self._marked[key] = self._mark(ticker, lead)
        found = self._marked[key]
        if found is None:
            raise OwnWay
        return found

    def _mark(self, ticker: str, lead: str) -> Marked | None:
        chain = self.chains[ticker]
        rate, source = self.rate, ""
        if lead != ticker:
            leading = self.marked(lead, lead).market
            rate, source = next(iter(leading.rates.values())), f"{leading.rate_source} (of {lead})"
        positions = tuple(
            Position(
                where="",
                account="",
                symbol=option.compact,
                ticker=ticker,
                quantity=sign / option.multiplier,
                option=option,
            )
            for option in self.contracts.get(ticker, ())
            for sign in (1.0, -1.0)
        )
        valued = value_book(
            Book(positions=positions, cash=(), source="", source_sha256=""),
            chains=[chain],
            betas=self.betas,
            benchmark=self.benchmark,
            rate=rate,
            dividends=self._dividends(ticker),
            asof=self.asof,
            with_smiles=self.with_smiles,
        )
        market = valued.underlyings[ticker]
        if not market.rates:
            return None
        if source:
            market = replace(market, rate_source=source)
        borrowed = " ".join(note.message for note in market.warnings if note.slug == "yield_borrowed")
        return Marked(
            market=market,
            lines={(line.option, line.position.quantity > 0): line for line in valued.lines if line.option is not None},
            alone=frozenset(day for day in market.rates if str(day) in borrowed),
        )

    def warm(self, grids: Iterable[GridKey]) -> None:
        """Price what most accounts will ask for before it is sent to the workers."""
        leads: dict[date, str] = {}
        for ticker in sorted(self.contracts, key=lambda name: (name != self.benchmark, name)):
            if ticker not in self.chains:
                continue
            lead = ticker if self.rate is not None else leads.setdefault(self.chains[ticker].asof.date(), ticker)
            try:
                market = self.marked(ticker, lead).market
            except OwnWay:
                continue
            for key in grids:
                self._contract_cells(ticker, lead if self.rate is None else ticker, key, market.asof)

    def grid(self, valued: ValuedBook, key: GridKey) -> Grid | None:
        """Return an account's scenario values; None when they have to be computed for it alone."""
        moves, shocks, days, vol_rule, smile = key
        holdings = valued.holdings()
        points = len(moves) * len(shocks) * len(days)
        if not holdings or len(holdings) * points > MOST_POINTS:
            return None
        clock = max(market.asof for market in valued.underlyings.values())
        cells = np.empty((len(holdings), len(days), len(moves), len(shocks)))
        base = np.empty(len(holdings))
        leads = self._leads(valued)
        dates = tuple(self._dates(days))
        by_ticker: dict[str, list[int]] = {}
        for row, holding in enumerate(holdings):
            by_ticker.setdefault(holding.ticker, []).append(row)
        shifted: dict[str, Floats] = {}
        for ticker in sorted(by_ticker):
            beta = valued.betas.get(ticker)
            if beta is None:
                return None  # its own way says which
            shifted[ticker] = np.maximum(-1.0, beta.value * np.array(moves))
            options = [row for row in by_ticker[ticker] if holdings[row].option is not None]
            if options:
                found = self._contract_cells(ticker, leads[ticker], key, clock)
                if found is None:
                    return None
                index, values, now = found
                at = [index[option] for row in options if (option := holdings[row].option) is not None]
                amount = np.array([holdings[row].units for row in options])
                cells[options] = values[at] * amount[:, None, None, None]
                base[options] = now[at] * amount
            shares = [row for row in by_ticker[ticker] if holdings[row].option is None]
            if shares:
                market = valued.underlyings[ticker]
                unit = self._one_share(market, shifted[ticker], dates, len(shocks), clock)
                count = np.array([holdings[row].quantity for row in shares])
                cells[shares] = unit * count[:, None, None, None]
                base[shares] = market.spot * count
        cash = valued.book.cash_usd
        value = cells.sum(axis=0) + cash
        base_usd = float(base.sum() + cash)
        finite = np.isfinite(cells).all(axis=(1, 2, 3))
        return Grid(
            holdings=holdings,
            spot_moves=np.array(moves, dtype=float),
            moves=shifted,
            vol_shocks=np.array(shocks, dtype=float),
            dates=dates,
            vol_rule="absolute" if vol_rule == "absolute" else "relative",
            smile="sticky_delta" if smile == "sticky_delta" else "sticky_strike",
            base_usd=base_usd,
            value_usd=value,
            pnl_usd=value - base_usd,
            by_holding=cells - base[:, None, None, None],
            unknown=tuple(str(holdings[row]) for row in np.flatnonzero(~finite)),
        )

    def past_moves(self, context: SharedContext, days: int, window: int) -> Floats:
        """Return what `Context.past_moves` does, once for all accounts that hold the same tickers."""
        key = (context.valued.book.tickers, days, window)
        if key not in self._moves:
            _keep(self._moves, key, Context.past_moves(context, days, window), most=MOST_MOVES)
        return self._moves[key]

    def spot_pnl(self, valued: ValuedBook, ticker: str, moves: Floats) -> Floats | None:
        """Return a ticker's P/L when its spot alone moves; None when it is the account's own to compute."""
        held = [line for line in valued.lines if line.ticker == ticker]
        market = valued.underlyings[ticker]
        total = np.zeros(len(moves))
        total += sum(line.position.quantity for line in held if line.option is None) * market.spot * moves
        options = [line for line in held if line.option is not None]
        if not options:
            return total
        key = (ticker, self._leads(valued)[ticker], market.cash, moves.tobytes())
        if key not in self._paths:
            _keep(self._paths, key, self._path(ticker, key[1], market, moves), most=MOST_PATHS)
        found = self._paths[key]
        if found is None:
            return None
        index, pnl = found
        at = [index[line.option] for line in options if line.option is not None]
        total += np.array([line.position.units for line in options]) @ pnl[at]
        return total if np.isfinite(total).all() else None

    def _path(
        self, ticker: str, lead: str, market: Underlying, moves: Floats
    ) -> tuple[dict[Option, int], Floats] | None:
        """Return each contract's row and its P/L a share at moves of the spot, shape (contracts, moves)."""
        lines = [line for (_, long), line in self.marked(ticker, lead).lines.items() if long and not line.problem]
        pnl = np.empty((len(lines), len(moves)))
        spots, still = market.spot * (1.0 + moves), np.zeros(1)
        for style, rows in _by_style(lines).items():
            holdings = _unit_holdings(ticker, [lines[row] for row in rows])
            try:
                there = option_values(holdings, market, spots, still, 0.0, exercise=style)[:, :, 0]
                here = option_values(holdings, market, np.array([market.spot]), still, 0.0, exercise=style)[:, :, 0]
            except HedgekitError:  # of one contract perhaps: each account then hears what is wrong with its own
                return None
            pnl[rows] = there - here
        return {line.option: row for row, line in enumerate(lines) if line.option is not None}, pnl

    def maintenance_usd(self, context: SharedContext, lines: Sequence[Line]) -> float:
        """Return what `Context.maintenance_usd` does, once for accounts that hold the same."""
        held = [(line.option or line.ticker, line.position.quantity, line.mid, line.spot) for line in lines]
        key = frozenset(Counter(held).items())
        if key not in self._margins:
            _keep(self._margins, key, Context.maintenance_usd(context, lines, many=True), most=MOST_MARGINS)
        return self._margins[key]

    def _contract_cells(
        self, ticker: str, lead: str, key: GridKey, clock: datetime
    ) -> tuple[dict[Option, int], Floats, Floats] | None:
        """Return each contract's row, its values a share, shape (contracts, days, moves, shocks), and its value now."""
        name = (ticker, lead, key, clock)
        if name not in self._cells:
            self._cells[name] = self._priced(ticker, lead, key, clock)
        return self._cells[name]

    def _priced(
        self, ticker: str, lead: str, key: GridKey, clock: datetime
    ) -> tuple[dict[Option, int], Floats, Floats] | None:
        moves, shocks, days, vol_rule, smile = key
        of, beta = self.marked(ticker, lead), self._beta(ticker)
        told = {_CLOCK: Underlying(ticker=_CLOCK, spot=1.0, asof=clock)}
        held = [line for (_, long), line in of.lines.items() if long and not line.problem]
        if beta is None or not held:
            return None
        spots = of.market.spot * (1.0 + np.maximum(-1.0, beta.value * np.array(moves)))
        values = np.empty((len(held), len(days), len(moves), len(shocks)))
        now = np.empty(len(held))
        for style, rows in _by_style(held).items():
            holdings = _unit_holdings(ticker, [held[row] for row in rows])
            here = np.array([of.market.spot])
            now[rows] = option_values(holdings, of.market, here, np.zeros(1), 0.0, exercise=style)[:, 0, 0]
            for d, day in enumerate(self._dates(days)):
                try:
                    values[rows, d] = option_values(
                        holdings,
                        of.market,
                        spots,
                        np.array(shocks, dtype=float),
                        elapsed_years(told, day),
                        vol_rule="absolute" if vol_rule == "absolute" else "relative",
                        smile="sticky_delta" if smile == "sticky_delta" else "sticky_strike",
                        exercise=style,
                    )
                except HedgekitError:  # of one contract perhaps: each account then hears what is wrong with its own
                    return None
        return {line.option: row for row, line in enumerate(held) if line.option is not None}, values, now

    def _one_share(
        self, market: Underlying, moves: Floats, dates: tuple[date, ...], shocks: int, clock: datetime
    ) -> Floats:
        """Return the values of one share, shape (days, moves, shocks)."""
        name = (market.ticker, market.spot, market.cash, moves.tobytes(), dates, shocks, clock)
        if name not in self._share_cells:
            spots = market.spot * (1.0 + moves)
            told = {_CLOCK: Underlying(ticker=_CLOCK, spot=1.0, asof=clock)}
            rows = []
            for day in dates:
                elapsed = elapsed_years(told, day)
                received = sum(amount for t, amount in market.cash if t <= elapsed)
                rows.append(np.repeat((spots + received)[:, None], shocks, axis=1))
            self._share_cells[name] = np.array(rows)
        return self._share_cells[name]

    def _dates(self, days: Sequence[int]) -> list[date]:
        return [self.asof.date() + timedelta(days=int(day)) for day in days]

    def _leads(self, valued: ValuedBook) -> dict[str, str]:
        """Return whose rate each ticker was marked at."""
        mark = " (of "  # as `_mark` writes it
        return {
            ticker: market.rate_source.rsplit(mark, 1)[1][:-1]
            if self.rate is None and mark in market.rate_source
            else ticker
            for ticker, market in valued.underlyings.items()
        }

    def _last_open(self, chain: Chain, positions: Sequence[Position]) -> date | None:
        """Return the last open listed expiry held; None when there is none."""
        if chain.ticker not in self._open:
            self._open[chain.ticker] = frozenset(day for day in chain.expiries if chain.years_to(day) > 0.0)
        days = {p.option.expiry for p in positions if p.option is not None}
        return max(days & self._open[chain.ticker], default=None)

    def _bare_market(self, ticker: str) -> Underlying:
        if ticker not in self._bare:
            self._bare[ticker] = underlying_of(self.chains[ticker], [])
        return self._bare[ticker]

    def _until(self, market: Underlying, chain: Chain, last: date) -> Underlying:
        """Return the market with the dividends an account sees: a file's are projected as far as its last expiry."""
        given = self._dividends(chain.ticker)
        if given is None or not isinstance(given, str | os.PathLike):
            return market
        key = (chain.ticker, last)
        if key not in self._cash:
            self._cash[key] = read_dividends(given, chain.asof, until=last).cash
        return market if self._cash[key] == market.cash else replace(market, cash=self._cash[key])

    def _dividends(self, ticker: str) -> Given:
        return self.dividends.get(ticker) if isinstance(self.dividends, Mapping) else self.dividends

    def _beta(self, ticker: str) -> Beta | None:
        if ticker not in self._known:
            self._known[ticker] = settle((ticker,), self.benchmark, self.betas, self.prices).get(ticker)
        return self._known[ticker]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SharedContext(Context):
    """A rule's view of one account, whose scenarios come from the shared book."""

    shared: SharedBook

    def grid(
        self, spot_moves: Sequence[float], vol_shocks: Sequence[float], days: Sequence[int], vol_rule: str, smile: str
    ) -> Grid:
        """Return the account over moves of the benchmark; see `Context.grid`."""
        self.lines()
        key = (tuple(spot_moves), tuple(vol_shocks), tuple(days), vol_rule, smile)
        if key not in self._grids:
            found = self.shared.grid(self.valued, key)
            if found is None:
                return Context.grid(self, spot_moves, vol_shocks, days, vol_rule, smile)
            self._grids[key] = found
        grid = self._grids[key]
        if grid.unknown:
            raise Unknown(f"no value under this scenario for {', '.join(grid.unknown)}")
        return grid

    def past_moves(self, days: int, window: int) -> Floats:
        """Return the moves of the tickers held over past periods; see `Context.past_moves`."""
        return self.shared.past_moves(self, days, window)

    def spot_pnl(self, ticker: str, moves: Floats) -> Floats:
        """Return a ticker's P/L when its spot alone moves; see `Context.spot_pnl`."""
        found = self.shared.spot_pnl(self.valued, ticker, moves)
        return Context.spot_pnl(self, ticker, moves) if found is None else found

    def maintenance_usd(self, lines: Sequence[Line], *, many: bool = True) -> float:
        """Return an account's maintenance requirement; see `Context.maintenance_usd`."""
        return self.shared.maintenance_usd(self, lines)


def _keep(memory: dict[Any, Any], key: Any, value: Any, *, most: int) -> None:
    """Remember a value; a full memory begins anew."""
    if len(memory) >= most:
        memory.clear()
    memory[key] = value


def _by_style(lines: Sequence[Line]) -> dict[Exercise, list[int]]:
    """Return the rows of the options of each exercise style."""
    styles: dict[Exercise, list[int]] = {}
    for row, line in enumerate(lines):
        if line.option is not None:
            styles.setdefault(exercise_of(line.option), []).append(row)
    return styles


def _unit_holdings(ticker: str, lines: Sequence[Line]) -> list[Holding]:
    """Return a share's worth of each contract, ready to be revalued."""
    return [Holding(ticker=ticker, quantity=line.position.quantity, option=line.option, vol=line.vol) for line in lines]


def _scaled(unit: Line, position: Position, beta: Beta | None) -> Line:
    """Return a line of so many contracts from that of a share's worth."""
    if unit.problem:
        return replace(unit, position=position, beta=beta)
    amount = position.units
    size = abs(amount)  # the share's worth is long or short as the line is
    return Line(
        position=position,
        spot=unit.spot,
        mark=unit.mark,
        mid=unit.mid,
        value_usd=amount * unit.mark,
        mid_usd=amount * unit.mid,
        vol=unit.vol,
        vol_source=unit.vol_source,
        half_spread=unit.half_spread,
        quote=unit.quote,
        t_years=unit.t_years,
        delta=unit.delta,
        delta_usd=units.delta_usd(unit.delta * amount, unit.spot),
        gamma_usd_per_pct=unit.gamma_usd_per_pct * size,
        vega_usd_per_point=unit.vega_usd_per_point * size,
        theta_usd_per_day=unit.theta_usd_per_day * size,
        rho_usd_per_point=unit.rho_usd_per_point * size,
        beta=beta,
        price_source=unit.price_source,
        price_day=unit.price_day,
    )

"""What a rule is: its parameters, its verdict, and what it may ask of the book.

A rule never sees a number that is not known: every accessor of `Context` raises `Unknown` instead, which `check` turns
into a breach. So a rule cannot pass by forgetting to look.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from hedgekit import units
from hedgekit.errors import HedgekitError
from hedgekit.risk.betas import Beta
from hedgekit.risk.line import Line
from hedgekit.risk.valued import ValuedBook

if TYPE_CHECKING:
    from hedgekit.model import FloatArray, PriceHistory
    from hedgekit.scenarios.grid import Grid

ParamKind = Literal["number", "count", "text", "numbers", "counts", "texts", "flag"]

REQUIRED: Any = object()
"""Default of a parameter that the policy must give."""


class Unknown(Exception):
    """What a rule rests on is not known: the rule is breached, in these words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Param:
    """One key of a rule in the policy.

    Attributes
    ----------
    kind : str
        number, count (whole), text, flag, or lists of them.
    default : object
        None: not limited by this; REQUIRED: must be given.
    help : str
        For the starter policy and ``--explain``.
    low, high : float
        Allowed range of numbers.
    choices : tuple of str
        Allowed texts; any when empty.
    example : object
        What the starter writes for a parameter without default.
    """

    kind: ParamKind
    default: Any
    help: str
    low: float = -math.inf
    high: float = math.inf
    choices: tuple[str, ...] = ()
    example: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a rule found.

    Attributes
    ----------
    passed : bool
    value, limit : object
        Numbers, a pair for a band, or None.
    message : str
        One sentence with both.
    calculation : str
        How the value came about, from the book's own numbers.
    """

    passed: bool
    value: Any
    limit: Any
    message: str
    calculation: str


def any_together(params: Mapping[str, Any]) -> str:
    """Refuse nothing: each parameter makes sense by itself."""
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule as its module defines it.

    Attributes
    ----------
    id : str
        Its name in policies and verdicts.
    title : str
        One line.
    explain : str
        What it measures, how, and what it cannot see.
    params : mapping of str to Param
    evaluate : callable
        ``(Context, params) -> Outcome``; may raise `Unknown`.
    one_of : tuple of str
        Of these parameters at least one must be given.
    starter : bool
        Whether the starter policy switches it on; others need data that not everybody has.
    always : bool
        Evaluated with its defaults even when the policy leaves it out.
    refuses : callable
        Says why a set of parameters makes no sense together; empty when it does.
    """

    id: str
    title: str
    explain: str
    params: Mapping[str, Param]
    evaluate: Callable[[Context, Mapping[str, Any]], Outcome]
    one_of: tuple[str, ...] = ()
    starter: bool = True
    always: bool = False
    refuses: Callable[[Mapping[str, Any]], str] = any_together


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Context:
    """What rules may ask; everything it returns is known.

    Attributes
    ----------
    valued : ValuedBook
    prices : PriceHistory or None
    now : datetime
        Moment of the check: against it the age of data is measured.
    folder : Path
        Where files named in the policy are looked for.
    files_read : list of Path
        Those that rules have read so far.
    """

    valued: ValuedBook
    prices: PriceHistory | None
    now: datetime
    folder: Path
    files_read: list[Path] = field(default_factory=list)
    _grids: dict[Any, Grid] = field(default_factory=dict)

    @property
    def benchmark(self) -> str:
        """The ticker betas refer to."""
        return self.valued.benchmark

    def lines(self, ticker: str | None = None) -> tuple[Line, ...]:
        """Return the lines of a ticker, or of the whole book, all valued.

        Raises
        ------
        Unknown
            When one of them is not.
        """
        chosen = self._of(ticker)
        bad = [line for line in chosen if line.problem]
        if bad:
            more = f" (and {len(bad) - 1} more)" if len(bad) > 1 else ""
            raise Unknown(f"{bad[0].problem}{more}")
        return chosen

    def held(self, ticker: str | None = None) -> tuple[Line, ...]:
        """Return the lines of a ticker, or of the whole book, valued or not, none expired: for rules on counts alone.

        Raises
        ------
        Unknown
            When one has expired or delivers something else: its count means nothing.
        """
        chosen = self._of(ticker)
        for line in chosen:
            if line.option is not None and (line.t_years <= 0.0 or "deliverable" in line.problem):
                raise Unknown(line.problem)
        return chosen

    def _of(self, ticker: str | None) -> tuple[Line, ...]:
        """Return a ticker's lines; one that nothing here knows is a slip of the keyboard, not a holding of none."""
        chosen = tuple(line for line in self.valued.lines if ticker in (None, line.ticker))
        known = ticker in self.valued.betas or ticker in self.valued.chains
        if ticker is not None and not chosen and not known:
            raise Unknown(f"{ticker} is in no line of the book (held: {', '.join(self.valued.book.tickers)})")
        return chosen

    def net_usd(self) -> float:
        """Return the net liquidation value, positive.

        Raises
        ------
        Unknown
            When a line is not valued or nothing is left.
        """
        self.lines()
        net = self.valued.net_usd
        if not net > 0.0:
            raise Unknown(f"the book's net value is {usd(net)}: a share of it means nothing")
        return net

    def spot(self, ticker: str) -> float:
        """Return the spot of a ticker.

        Raises
        ------
        Unknown
            When there is no price for it.
        """
        market = self.valued.underlyings.get(ticker)
        if market is None:
            raise Unknown(f"{ticker}: no price is known")
        return market.spot

    def beta(self, ticker: str) -> Beta:
        """Return the beta of a ticker.

        Raises
        ------
        Unknown
            When it has none.
        """
        found = self.valued.betas.get(ticker)
        if found is None:
            raise Unknown(f"{ticker} has no beta to {self.benchmark}: give it in [betas], --betas or --prices")
        return found

    def grid(
        self, spot_moves: Sequence[float], vol_shocks: Sequence[float], days: Sequence[int], vol_rule: str, smile: str
    ) -> Grid:
        """Return the book revalued over moves of the benchmark; the same question is answered once.

        Raises
        ------
        Unknown
            When a line, a beta or a point of it is not known.
        """
        import numpy as np

        from hedgekit.scenarios.grid import revalue

        self.lines()
        asof = self.valued.asof.date()
        dates = [asof + timedelta(days=int(day)) for day in days]
        key = (tuple(spot_moves), tuple(vol_shocks), tuple(days), vol_rule, smile)
        if key not in self._grids:
            betas = {ticker: self.beta(ticker).value for ticker in self.valued.book.tickers}
            try:
                self._grids[key] = revalue(
                    self.valued.holdings(),
                    self.valued.underlyings,
                    spot_moves=list(spot_moves),
                    betas=betas,
                    vol_shocks=list(vol_shocks),
                    vol_rule="absolute" if vol_rule == "absolute" else "relative",
                    dates=dates,
                    smile="sticky_delta" if smile == "sticky_delta" else "sticky_strike",
                    cash_usd=self.valued.book.cash_usd,
                )
            except HedgekitError as error:
                raise Unknown(f"the book cannot be revalued: {error}") from None
        grid = self._grids[key]
        if grid.unknown or not np.isfinite(grid.pnl_usd).all():
            raise Unknown(f"no value under this scenario for {', '.join(grid.unknown) or 'some line'}")
        return grid

    def past_moves(self, days: int, window: int) -> FloatArray:
        """Return the moves of every ticker held over the latest overlapping periods of the price history.

        Parameters
        ----------
        days : int
            Sessions a period lasts.
        window : int
            Periods.

        Returns
        -------
        ndarray, shape (window, tickers)
            Total returns, fractions; columns in the order of the book's tickers.

        Raises
        ------
        Unknown
            When there are fewer, or a ticker has no history.
        """
        import numpy as np

        prices, held = self.prices, self.valued.book.tickers
        if prices is None:
            raise Unknown("no price history is given: use --prices")
        missing = [ticker for ticker in held if ticker not in prices.tickers]
        if missing:
            raise Unknown(f"{prices.source} has no history of {', '.join(missing)}")
        if not held:
            return np.zeros((window, 0))
        daily = prices.select(list(held)).log_returns()
        if len(daily) < days:
            raise Unknown(f"{prices.source} has {len(daily)} common returns: too few")
        periods = np.asarray(sum(daily[i : len(daily) - days + 1 + i] for i in range(days)))
        periods = periods[np.isfinite(periods).all(axis=1)][-window:]
        if len(periods) < window:
            raise Unknown(
                f"{prices.source} has {len(periods)} periods of {days} days with all of {', '.join(held)}: {window} "
                "are asked for"
            )
        return np.asarray(np.expm1(periods))

    def spot_pnl(self, ticker: str, moves: FloatArray) -> FloatArray:
        """Return the P/L of a ticker's lines when its own spot moves and nothing else does, dollars.

        Parameters
        ----------
        ticker : str
        moves : ndarray, shape (n,)
            Fractions of the spot.

        Returns
        -------
        ndarray, shape (n,)

        Raises
        ------
        Unknown
            When a line has no value there.
        """
        import numpy as np

        from hedgekit.scenarios.grid import revalue

        lines = [held for held in self.valued.holdings() if held.ticker == ticker]
        grid = revalue(lines, {ticker: self.valued.underlyings[ticker]}, spot_moves=moves)
        if not np.isfinite(grid.pnl_usd).all():
            raise Unknown(f"no value under these moves for {', '.join(grid.unknown)}")
        return np.asarray(grid.pnl_usd[0, :, 0])

    def maintenance_usd(self, lines: Sequence[Line], *, many: bool = False) -> float:
        """Return the Reg T maintenance requirement of one account's lines at mid quotes, dollars.

        Parameters
        ----------
        lines : sequence of Line
        many : bool
            One of many accounts: `hedgekit.margin.maintenance_usd`.

        Raises
        ------
        Unknown
            When the margin rules refuse one of them, or a spot is not known.
        """
        from hedgekit.margin import maintenance_usd
        from hedgekit.model import Leg

        legs, shares = [], dict.fromkeys(sorted({line.ticker for line in lines}), 0)
        for line in lines:
            if line.option is None:
                shares[line.ticker] += int(line.position.quantity)
            else:
                legs.append(Leg(contracts=int(line.position.quantity), option=line.option, premium=line.mid))
        spots = {ticker: self.spot(ticker) for ticker in shares}
        try:
            return maintenance_usd(legs, spot=spots, shares=shares, asof=self.valued.asof, many=many)
        except HedgekitError as error:
            raise Unknown(f"the margin requirement cannot be computed: {error}") from None

    def file(self, name: str) -> Path:
        """Return a file named in the policy, looked for beside the policy.

        Raises
        ------
        Unknown
            When it is not there.
        """
        path = self.folder / name
        if not path.is_file():
            raise Unknown(f"the policy names {name!r}, which is not in {self.folder}")
        self.files_read.append(path)
        return path


def tightest(context: Context, params: Mapping[str, Any]) -> tuple[float, str]:
    """Return the smaller of ``limit_usd`` and ``limit_fraction`` of the net value, dollars, and which it is.

    Raises
    ------
    Unknown
        When the fraction is asked for and the net value is not known.
    """
    found = []
    if params["limit_usd"] is not None:
        found.append((float(params["limit_usd"]), f"{usd(params['limit_usd'])} (limit_usd)"))
    if params["limit_fraction"] is not None:
        net = context.net_usd()
        found.append((params["limit_fraction"] * net, f"{share(params['limit_fraction'])} of the net value {usd(net)}"))
    return min(found)


MOST_USD = 1e12
"""A limit above this is none."""

LIMITS = {
    "limit_usd": Param(kind="number", default=None, help="largest amount, dollars", low=0.0, high=MOST_USD),
    "limit_fraction": Param(
        kind="number", default=None, help="largest amount as a fraction of net value", low=0.0, high=1.0, example=0.15
    ),
}
"""The two ways to state a dollar limit; the tighter holds when both are given."""


PRICE_PLACES = 6
"""Decimals that differences of prices are compared to: finer than any quote, coarser than a double's rounding."""


def as_quoted(difference: float) -> float:
    """Return a difference of prices as the decimals it was quoted in: .17 - .12 is five cents and no more.

    Examples
    --------
    >>> 0.17 - 0.12 <= 0.05, as_quoted(0.17 - 0.12) <= 0.05
    (False, True)
    """
    return round(difference, PRICE_PLACES)


def usd(value: float, *, sign: bool = False) -> str:
    """Write dollars.

    Examples
    --------
    >>> usd(-61240.2), usd(5.0, sign=True)
    ('-$61,240', '+$5')
    """
    text = f"{abs(value):,.0f}"
    return f"{'-' if value < 0 and text != '0' else '+' if sign else ''}${text}"


def share(value: float) -> str:
    """Write a fraction as percent.

    Examples
    --------
    >>> share(0.224)
    '22.4%'
    """
    return f"{value:.1%}"


def shock_text(shock: float, vol_rule: str) -> str:
    """Write a vol shock by its rule.

    Examples
    --------
    >>> shock_text(0.5, "relative"), shock_text(-0.05, "absolute"), shock_text(0.0, "relative")
    ('x 1.5', '- 5 points', 'as now')
    """
    if not shock:
        return "as now"
    if vol_rule == "relative":
        return f"x {1.0 + shock:.4g}"
    return f"{'+' if shock > 0 else '-'} {units.percent(abs(shock)):.4g} points"


def days_between(start: date, end: date) -> int:
    """Return calendar days from one day to another."""
    return (end - start).days

"""A pair in whole shares for a budget, with its margin, carry, risk and the time it can wait."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from hedgekit.errors import InputError
from hedgekit.pairs.basis import Basis, basis_of
from hedgekit.pairs.budgets import TRADING_DAYS, Risk, deposit, measure_of, reg_t_of, risk_of
from hedgekit.pairs.carry import BORROW, COST, RATE, REBATE, Carry, carry, trailing_yield
from hedgekit.pairs.half_life import HalfLife, half_life
from hedgekit.pairs.sample import Pair, pair_of
from hedgekit.pairs.whole_shares import FILL, ShareCounts, best_pair, rounded_pair
from hedgekit.results import Note, Result
from hedgekit.units import percent

if TYPE_CHECKING:
    from hedgekit.margin import MarginRequirement
    from hedgekit.model import PriceHistory

RUNNERS_UP = 3

COARSE = 0.1
"""Share of the hedge left open beyond which it is said."""

LOWER_FILLS = (0.9, 0.8, 0.6, 0.4, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakEven:
    """How long the pair can wait for its spread to close.

    Parameters
    ----------
    deviation : float
        Log spread less its mean of the days it is told from: below zero the long leg is cheap.
    gain_usd : float
        What full reversion would bring; negative when the trade is against it.
    pays_after_days : float
        Calendar days after which the expected reversion covers fills and carry; NaN when it never does.
    eaten_after_days : float
        Calendar days after which fills and carry have eaten even full reversion; infinite when carry is earned.
    why : str
        Why there is no break-even.
    """

    deviation: float
    gain_usd: float
    pays_after_days: float
    eaten_after_days: float
    why: str


@dataclass(frozen=True, kw_only=True)
class PairSizeResult(Result):
    """Whole shares for a budget.

    Attributes
    ----------
    counts, naive : ShareCounts
        The best pair, and each leg rounded alone.
    basis : Basis
        The ratio.
    runners_up : tuple of ShareCounts
    margin : MarginRequirement
    carry : Carry
    risk : Risk or None
        None without a price history.
    """

    schema_name: ClassVar[str] = "pair_size"

    long: str
    short: str
    long_price: float
    short_price: float
    basis: Basis
    budget: float
    budget_kind: str
    counts: ShareCounts
    naive: ShareCounts
    runners_up: Sequence[ShareCounts]
    margin: MarginRequirement
    carry: Carry
    risk: Risk | None
    half_life: HalfLife | None
    break_even: BreakEven

    @property
    def dollar_ratio(self) -> float:
        """Dollars of the short leg per dollar of the long leg."""
        return self.basis.value

    @property
    def beta_ci95(self) -> tuple[float, float]:
        """Leftover beta, dollars, over the 95% interval of the ratio; NaN without one."""
        low, high = (self._beta(ratio) for ratio in self.basis.ci95)
        return low, high

    @property
    def small_beta_usd(self) -> float:
        """Leftover beta, dollars, below which pairs of this size are told apart by the budget they use."""
        return self.basis.slack * self.counts.long_shares * self.long_price

    def _beta(self, ratio: float) -> float:
        return self.counts.long_shares * self.long_price * ratio - self.counts.short_shares * self.short_price

    def body(self) -> dict[str, Any]:
        """Return the fields of the public contract."""
        counts = self.counts
        life = self.half_life
        return {
            "long": self._leg(self.long, counts.long_shares, self.long_price),
            "short": self._leg(self.short, -counts.short_shares, self.short_price),
            "gross_usd": counts.gross_usd,
            "leftover": {
                "beta_usd": counts.beta_usd,
                "beta_ci95_usd": list(self.beta_ci95),
                "beta_small_usd": self.small_beta_usd,
                "dollars_usd": counts.dollars_usd,
            },
            "ratio": {
                "dollar_ratio": self.dollar_ratio,
                "ci95": list(self.basis.ci95),
                "source": self.basis.source,
                "moved_in_a_year": self.basis.moved,
                "effectiveness": self.basis.effectiveness,
                "as_good": list(self.basis.rivals),
                "in_force": counts.short_shares * self.short_price / (counts.long_shares * self.long_price),
            },
            "budget": {"kind": self.budget_kind, "usd": self.budget, "used": counts.used},
            "margin": self.margin.to_dict(),
            "carry": self.carry,
            "risk": self.risk,
            "half_life_days": life.unbiased_days if life is not None and life.reverting else None,
            "half_life_ci95": [life.low, life.high] if life is not None and life.reverting else None,
            "break_even": self.break_even,
            "naive": {
                "long_shares": self.naive.long_shares,
                "short_shares": -self.naive.short_shares,
                "gross_usd": self.naive.gross_usd,
                "used": self.naive.used,
                "within_budget": self.naive.used <= self.budget,
                "leftover": {"beta_usd": self.naive.beta_usd, "dollars_usd": self.naive.dollars_usd},
            },
            "runners_up": list(self.runners_up),
        }

    @staticmethod
    def _leg(ticker: str, shares: int, price: float) -> dict[str, Any]:
        return {"ticker": ticker, "shares": shares, "price": price, "value_usd": shares * price}

    def records(self) -> list[dict[str, Any]]:
        """Return one row a way of sizing: the best, the runners-up, each leg rounded alone."""
        ways = [("best", self.counts), *(("runner-up", c) for c in self.runners_up), ("rounded", self.naive)]
        return [
            {
                "way": way,
                "long_ticker": self.long,
                "long_shares": c.long_shares,
                "short_ticker": self.short,
                "short_shares": -c.short_shares,
                "gross_usd": c.gross_usd,
                "leftover_beta_usd": c.beta_usd,
                "leftover_dollars_usd": c.dollars_usd,
                "budget_used": c.used,
            }
            for way, c in ways
        ]


def pair_size(
    prices: PriceHistory | None = None,
    long: str | None = None,
    short: str | None = None,
    *,
    gross: float | None = None,
    var: float | None = None,
    vol_target: float | None = None,
    margin: float | None = None,
    loss: float | None = None,
    ratio: float | None = None,
    estimator: str | None = None,
    long_price: float | None = None,
    short_price: float | None = None,
    fill: float = FILL,
    borrow: float = BORROW,
    rate: float = RATE,
    rebate: float = REBATE,
    cost: float = COST,
    long_yield: float | None = None,
    short_yield: float | None = None,
    asof: date | str | None = None,
) -> PairSizeResult:
    """Size a pair in whole shares.

    Parameters
    ----------
    prices : PriceHistory, optional
        Not needed when `ratio` and both prices are given with a budget of `gross` or `margin`.
    long, short : str, optional
        Tickers.
    gross, var, vol_target, margin, loss : float, optional
        Exactly one budget, dollars: both legs' value; one-day 99% normal value at risk; standard deviation a year;
        Reg T initial deposit; the largest 21-day loss of the past.
    ratio : float, optional
        Dollars of the short leg per dollar of the long leg.
    estimator : str, optional
        Name of the estimator to take the ratio from. Default: the recommended one of `pair_ratio`.
    long_price, short_price : float, optional
        Dollars a share; default the last traded closes.
    fill : float
        Least share of the budget to use.
    borrow, rate, rebate : float
        Fee for borrowed shares, interest on the debit, interest on the short sale's proceeds; decimal a year.
    cost : float
        Dollars a share a fill.
    long_yield, short_yield : float, optional
        Dividends a year over price; default from the last year of the history.
    asof : date or str, optional
        Last day used.

    Returns
    -------
    PairSizeResult

    Raises
    ------
    InputError, DataError, InfeasibleError
        For arguments that cannot be, or a budget that buys no pair.

    Examples
    --------
    >>> import hedgekit as hk
    >>> sized = hk.pair_size(long="IWM", short="SPY", gross=25_000, ratio=1.18, long_price=201.37, short_price=457.79)
    >>> sized.counts.long_shares, sized.counts.short_shares, round(sized.counts.beta_usd, 2)
    (56, 29, 30.62)
    """
    budgets = {"gross": gross, "var": var, "vol_target": vol_target, "margin": margin, "loss": loss}
    kind, budget = _one_budget(budgets)
    history = prices if prices is None or asof is None else prices.until(asof)
    pair = None if history is None else pair_of(history, long, short)
    long, short = (pair.long, pair.short) if pair else (long or "LONG", short or "SHORT")
    y_price = _price("long", long, long_price, pair.long_close if pair else math.nan)
    x_price = _price("short", short, short_price, pair.short_close if pair else math.nan)
    notes: list[Note] = []
    basis = basis_of(history, pair, ratio, estimator, notes)
    dollar_ratio = basis.value
    measure = measure_of(kind, pair, (long, y_price), (short, x_price), dollar_ratio)
    found = best_pair(
        y_price, x_price, dollar_ratio, budget, measure, fill=fill, count=1 + RUNNERS_UP, slack=basis.slack
    )
    counts = found[0]
    notes += _coarse(
        counts, lambda least: best_pair(y_price, x_price, dollar_ratio, budget, measure, fill=least)[0], y_price, basis
    )
    long_usd, short_usd = counts.long_shares * y_price, counts.short_shares * x_price
    required = reg_t_of({long: (counts.long_shares, y_price), short: (-counts.short_shares, x_price)})
    yields = [
        given if given is not None else trailing_yield(history, ticker) if history else math.nan
        for given, ticker in ((long_yield, long), (short_yield, short))
    ]
    held = carry(
        long_usd=long_usd,
        short_usd=short_usd,
        shares=counts.long_shares + counts.short_shares,
        deposit_usd=deposit(required),
        long_yield=yields[0],
        short_yield=yields[1],
        borrow=borrow,
        rate=rate,
        rebate=rebate,
        cost=cost,
    )
    life, deviation = _spread(pair, basis)
    return PairSizeResult(
        long=long,
        short=short,
        long_price=y_price,
        short_price=x_price,
        basis=basis,
        budget=budget,
        budget_kind=kind,
        counts=counts,
        naive=rounded_pair(y_price, x_price, dollar_ratio, budget, measure),
        runners_up=tuple(found[1:]),
        margin=required,
        carry=held,
        risk=None if pair is None else risk_of(pair, long_usd, short_usd),
        half_life=life,
        break_even=_break_even(life, deviation, long_usd, held),
        inputs={
            **(pair.inputs if pair else {"long": long, "short": short, "version": _version()}),
            "fill": fill,
            "borrow": borrow,
            "rate": rate,
            "rebate": rebate,
            "cost_per_share": cost,
            "long_yield": yields[0],
            "short_yield": yields[1],
        },
        warnings=(*_notes(pair, (long, short), yields, required), *notes),
    )


def _version() -> str:
    from hedgekit import __version__

    return __version__


def _one_budget(budgets: dict[str, float | None]) -> tuple[str, float]:
    given = {name: value for name, value in budgets.items() if value is not None}
    words = ", ".join(name.replace("_", "-") for name in budgets)
    if len(given) != 1:
        raise InputError(f"give exactly one budget of {words}: {len(given)} were given")
    name, value = next(iter(given.items()))
    if not 0.0 < value < math.inf:
        raise InputError(f"{name.replace('_', '-')} {value:g}: expected a positive number of dollars")
    return name, float(value)


def _price(side: str, ticker: str, given: float | None, close: float) -> float:
    price = close if given is None else given
    if math.isnan(price):
        raise InputError(f"no traded price of {ticker}: give --{side}-price")
    if not 0.0 < price < math.inf:
        raise InputError(f"{side} price {price:g}: expected a positive number of dollars a share")
    return float(price)


def _spread(pair: Pair | None, basis: Basis) -> tuple[HalfLife | None, float]:
    """Return the half-life of ``ln y - ratio ln x`` and how far it is from its mean."""
    if pair is None:
        return None, math.nan
    y, x = pair.window.y[-basis.spread_days :], pair.window.x[-basis.spread_days :]
    spread = np.log(y) - basis.value * np.log(x)
    return half_life(spread, fitted=basis.level_based), float(spread[-1] - spread.mean())


def _break_even(life: HalfLife | None, deviation: float, long_usd: float, held: Carry) -> BreakEven:
    nan = math.nan
    gain = -deviation * long_usd
    if life is None:
        return BreakEven(deviation=nan, gain_usd=nan, pays_after_days=nan, eaten_after_days=nan, why="no price history")
    if math.isnan(held.net_usd):
        why = "dividends are not known: give both yields"
        return BreakEven(deviation=deviation, gain_usd=gain, pays_after_days=nan, eaten_after_days=nan, why=why)
    a_day = -held.net_usd_per_day
    why = ""
    if not life.reverting:
        why = "the spread is not seen to revert: no time can be promised"
    elif gain <= 0.0:
        why = "the long leg is dear against its mean: the trade is against the reversion"
    elif gain <= held.round_trip_usd:
        why = "full reversion would not pay for the fills"
    eaten = (gain - held.round_trip_usd) / a_day if a_day > 0.0 and gain > held.round_trip_usd else nan
    if a_day <= 0.0 and gain > held.round_trip_usd:
        eaten = math.inf
    pays = nan if why else _pays_after(gain, life.unbiased_days * _calendar_days(), a_day, held.round_trip_usd)
    if not why and math.isnan(pays):
        why = "carry and fills cost more than the spread is expected to give at any time"
    return BreakEven(deviation=deviation, gain_usd=gain, pays_after_days=pays, eaten_after_days=eaten, why=why)


def _calendar_days() -> float:
    """Return calendar days a trading day."""
    from hedgekit.units import DAYS_PER_YEAR

    return DAYS_PER_YEAR / TRADING_DAYS


def _pays_after(gain: float, life_days: float, a_day: float, fills: float) -> float:
    """Return the first day on which the expected reversion exceeds carry and fills; NaN when it never does."""
    days = np.linspace(0.0, 20.0 * life_days, 20_001)
    net = gain * -np.expm1(-math.log(2.0) * days / life_days) - a_day * days - fills
    reached = np.flatnonzero(net >= 0.0)
    return float(days[reached[0]]) if len(reached) else math.nan


def _coarse(counts: ShareCounts, at_fill: Callable[[float], ShareCounts], price: float, basis: Basis) -> list[Note]:
    """Say when shares are so large beside the budget that no whole ones hedge, and what using less of it would give."""

    def off(some: ShareCounts) -> float:
        return abs(some.beta_usd) / (some.long_shares * price * basis.value)

    if off(counts) <= COARSE:
        return []
    text = (
        f"whole shares are coarse beside this budget: {abs(counts.beta_usd):,.0f} dollars of beta are left, "
        f"{percent(off(counts)):.0f}% of the hedge"
    )
    for least in LOWER_FILLS:
        other = at_fill(least)
        if off(other) <= COARSE or (least == LOWER_FILLS[-1] and off(other) < 0.5 * off(counts)):
            text += (
                f"; --fill {least:g} finds {other.long_shares:,} long and {other.short_shares:,} short, "
                f"{abs(other.beta_usd):,.0f} dollars left"
            )
            break
    return [Note("coarse_shares", text)]


def _notes(
    pair: Pair | None, tickers: tuple[str, str], yields: Sequence[float], required: MarginRequirement
) -> list[Note]:
    notes = [*(pair.notes if pair else ()), *required.warnings]
    unknown = [ticker for ticker, value in zip(tickers, yields, strict=True) if math.isnan(value)]
    if unknown:
        text = (
            f"dividend yield of {' and '.join(unknown)} unknown: carry is left open; give --long-yield, --short-yield"
        )
        notes.append(Note("yield_unknown", text))
    return notes

"""A portfolio hedged with the options of an index fund: its floor mapped to an index level through the CAPM.

With period returns, a portfolio of value ``V`` and beta ``b`` is expected at an index level ``S`` to be worth

``P(S) = V (1 + r + b (S / S0 - 1 + q - r) - q_p)``

(Hull, Options, Futures, and Other Derivatives, 11th ed., section 17.1: the index's return with dividends less the
interest, times beta). That is a line: ``b V / S0`` shares of the index and some cash, so a floor of the portfolio is a
floor of those shares, and every hedge of shares is a hedge of the portfolio: for a floor (down to an index level too),
a budget, nothing at all, or a delta. What the line leaves out are the portfolio's own moves (basis risk), and that beta
is an estimate (an interval, turned into one of contracts). A tail loss would leave them out without saying so, and is
refused.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from itertools import accumulate
from typing import Any

from hedgekit import units
from hedgekit.errors import InputError
from hedgekit.hedges.comparison import HedgeResult, compare, refuse_unfit
from hedgekit.hedges.goal import choose_goal
from hedgekit.hedges.problem import HIGHEST_PUT, pick_expiry
from hedgekit.market.inputs import Given, resolve
from hedgekit.model import Chain, Leg
from hedgekit.payoff import PiecewiseLinear, carried_exact, expiry_wealth, total_cost
from hedgekit.results import Note

FLOOR_PLACES = 8
BUDGET_PLACES = 10
NORMAL_95 = 1.6448536269514722
"""One-sided 95% of the normal distribution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Portfolio:
    """What is held, and how it moves with the index.

    Attributes
    ----------
    value_usd : float
    beta, beta_low, beta_high : float
        Dollars it moves for a dollar of the index; 95% interval.
    beta_basis : str
        Where beta comes from, in words.
    residual_vol : float or None
        Standard deviation a year of its returns less beta times the index's; None where no history tells it.
    holdings : int
        Lines of the file.
    source : str
    """

    value_usd: float
    beta: float
    beta_low: float
    beta_high: float
    beta_basis: str
    residual_vol: float | None = None
    holdings: int = 1
    source: str = ""

    def __post_init__(self) -> None:
        """Check value and beta."""
        if not 0.0 < self.value_usd < math.inf:
            raise InputError(f"a portfolio worth {self.value_usd!r}: expected a positive number of dollars")
        if not 0.0 < self.beta < math.inf:
            raise InputError(
                f"a portfolio beta of {self.beta:g}: only one that rises with the index can be hedged with its puts"
            )
        if not self.beta_low <= self.beta <= self.beta_high:
            raise InputError(f"beta {self.beta:g} lies outside {self.beta_low:g} to {self.beta_high:g}")

    def at(self, index_return: float, *, interest: float, index_div: float, own_div: float, beta: float) -> float:
        """Return the expected value at an index price return over the period, dollars.

        Parameters
        ----------
        index_return : float
            ``S / S0 - 1``.
        interest, index_div, own_div : float
            Over the period, simple.
        beta : float

        Examples
        --------
        Hull's portfolio: beta 2, 3% interest and 1% dividends a quarter; the index falls from 1000 to 960.

        >>> book = Portfolio(value_usd=500_000, beta=2, beta_low=2, beta_high=2, beta_basis="given")
        >>> round(book.at(-0.04, interest=0.03, index_div=0.01, own_div=0.01, beta=2.0), 6)
        450000.0
        """
        return self.value_usd * (1.0 + interest + beta * (index_return + index_div - interest) - own_div)


@dataclass(frozen=True, slots=True, kw_only=True)
class PortfolioView:
    """How the hedge of the index shares hedges the portfolio.

    Attributes
    ----------
    portfolio : Portfolio
    floor : float or None
        Asked for, fraction of the portfolio's value; None for a goal without one (a budget, a delta, a preset).
    index_floor, index_level : float or None
        The same as a fraction of the index shares' value, and the index level it stands for before costs.
    contracts, contracts_low, contracts_high : float
        ``beta V / (100 S0)``, and at the ends of beta's interval.
    puts, puts_low, puts_high : int or None
        Most puts that protect at any spot in the recommended hedge (bought, less those sold at or above), and in the
        one recommended at each end of the interval; None where none is.
    until : float
        The floors are told from this index level up; 0 is every one.
    floor_usd, floor_low_beta_usd, floor_high_beta_usd : float or None
        Least expected portfolio value with the recommended hedge, after its cost, at beta and at either end.
    cost_pct : float or None
        Of the portfolio's value, percent.
    basis_risk_usd, basis_risk_95_usd : float or None
        One standard deviation, and the one-sided 95%, of what the portfolio may move on its own until expiry.
    """

    portfolio: Portfolio
    floor: float | None
    index_floor: float | None
    index_level: float | None
    until: float
    contracts: float
    contracts_low: float
    contracts_high: float
    puts: int | None
    puts_low: int | None
    puts_high: int | None
    floor_usd: float | None
    floor_low_beta_usd: float | None
    floor_high_beta_usd: float | None
    cost_pct: float | None
    basis_risk_usd: float | None
    basis_risk_95_usd: float | None

    def to_dict(self) -> dict[str, Any]:
        """Return JSON's own types."""
        row = {name: getattr(self.portfolio, name) for name in Portfolio.__slots__}
        row.update({name: getattr(self, name) for name in self.__slots__ if name != "portfolio"})
        return row


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """The expected portfolio value over the index, for one beta."""

    slope: float
    constant: float

    def with_hedge(self, legs: tuple[Leg, ...], carried: Fraction) -> PiecewiseLinear:
        options = expiry_wealth(0, legs)
        slope, constant = Fraction(self.slope), Fraction(self.constant) - carried
        values = tuple(
            value + slope * knot + constant for knot, value in zip(options.knots, options.values, strict=True)
        )
        return PiecewiseLinear(options.knots, values, options.end_slope + slope)


def compare_portfolio(
    chain: Chain,
    portfolio: Portfolio,
    *,
    floor: float | None = None,
    budget: float | None = None,
    cvar: float | None = None,
    by: date | str | None = None,
    expiry: date | str | None = None,
    rate: Given = None,
    dividends: Given = None,
    **more: Any,
) -> HedgeResult:
    """Size every hedge of a portfolio with the options of an index fund.

    Parameters
    ----------
    chain : Chain
        Of the index fund.
    portfolio : Portfolio
    floor : float, optional
        Fraction of the portfolio's value to keep, expected through the CAPM, after the financed cost.
    budget : float, optional
        Most to pay, fraction of the portfolio's value.
    cvar : float, optional
        Refused: a tail of the portfolio is made of its own moves too.
    by, expiry, rate, dividends
        As for `hedgekit.compare`.
    **more
        Further arguments of `hedgekit.compare`: ``zero_cost``, ``until`` (an index level), ``delta_target`` (the same
        fraction of the portfolio's delta), ``preset``, ``min_cap``, ``max_legs``, ``fee``...

    Returns
    -------
    HedgeResult
        Of the shares of the fund that move as the portfolio does, with `portfolio` filled in.

    Raises
    ------
    InputError
        A floor that the mapping cannot reach, a tail loss, or goals that exclude each other.
    """
    if cvar is not None:
        raise InputError(
            f"--cvar {cvar:g}: the worst 5% of holdings are made of their own moves too, which no chain tells: ask for "
            "a --floor, a --budget or a --delta-target, and see what they may move on their own beside it"
        )
    refuse_unfit(chain)
    asks: dict[str, Any] = {
        name: more.get(name) for name in ("zero_cost", "until", "delta_target", "preset", "min_cap")
    }
    asks["zero_cost"] = bool(asks["zero_cost"])
    goal = choose_goal(spot=chain.spot, floor=floor, budget=budget, **asks)
    day = pick_expiry(chain, by=by, expiry=expiry)
    market = resolve(chain, (day,), rate=rate, dividends=dividends)
    t_years = chain.years_to(day)
    interest = math.expm1(market.rates[day] * t_years)
    paid = math.fsum(amount for when, amount in market.cash if 0.0 < when <= t_years) / chain.spot
    div = paid if market.cash else math.expm1(market.div_yields[day] * t_years)
    asked = goal.floor
    mapped_floor = goal.kind in ("floor", "cap") and goal.preset is None

    def line(beta: float) -> _Line:
        at_start = portfolio.at(0.0, interest=interest, index_div=div, own_div=div, beta=beta)
        slope = beta * portfolio.value_usd / chain.spot
        return _Line(slope=slope, constant=at_start - slope * chain.spot)

    def solved(beta: float, **terms: Any) -> tuple[HedgeResult, float | None]:
        drawn = line(beta)
        shares = max(1, math.ceil(drawn.slope))
        worth = shares * chain.spot
        if budget is not None:
            terms = {
                **terms,
                "budget": math.floor(budget * portfolio.value_usd / worth * 10**BUDGET_PLACES) / 10**BUDGET_PLACES,
            }
        if not mapped_floor:
            return compare(chain, shares=shares, expiry=day, market=market, **terms), None
        target = asked * portfolio.value_usd - drawn.constant
        level = target / drawn.slope / chain.spot
        # Whole shares are a little more than the line: the worst is at 0 or at a strike bought, where that little is
        # worth no more than this.
        beyond = (shares - drawn.slope) * HIGHEST_PUT * chain.spot
        mapped = math.ceil((target + beyond) / worth * 10**FLOOR_PLACES) / 10**FLOOR_PLACES
        if mapped <= 0.0:
            raise InputError(
                f"--floor {asked:g}: at a beta of {beta:.2f} the portfolio is expected to keep that with the index at "
                "0; there is nothing to hedge with its options"
            )
        if mapped > 1.0:
            raise InputError(
                f"--floor {asked:g}: at a beta of {beta:.2f} that is {units.percent(mapped):.1f}% of today's index "
                f"level; {chain.ticker} puts up to 110% of spot do not reach it: ask for a lower floor"
            )
        return compare(chain, shares=shares, floor=mapped, expiry=day, market=market, **terms), level

    result, level = solved(portfolio.beta, **more)
    ends = []
    fixed = {**more, "details": False, "prices": None}
    for beta in (portfolio.beta_low, portfolio.beta_high):
        try:
            ends.append(_puts(solved(beta, **fixed)[0]) if beta > 0.0 else 0)
        except InputError:
            ends.append(None)
    lines = {beta: line(beta) for beta in _betas(portfolio)}
    view = _view(portfolio, asked if mapped_floor else None, level, result, ends, lines)
    return replace(
        result,
        portfolio=view,
        inputs={
            **result.inputs,
            "portfolio_floor": view.floor,
            "portfolio_budget": budget,
            "holdings_source": portfolio.source,
        },
        warnings=(*result.warnings, *_notes(view)),
    )


def _betas(portfolio: Portfolio) -> tuple[float, float, float]:
    return portfolio.beta, portfolio.beta_low, portfolio.beta_high


def _puts(result: HedgeResult) -> int | None:
    """Return the most puts that protect at any spot: those bought less those sold at that strike or above."""
    if result.recommended is None:
        return None
    legs = result.named(result.recommended).legs
    puts = sorted((leg for leg in legs if leg.option.kind == "put"), key=lambda leg: -leg.option.strike)
    return max(accumulate((leg.contracts for leg in puts), initial=0))


def _view(
    portfolio: Portfolio,
    floor: float | None,
    level: float | None,
    result: HedgeResult,
    ends: list[int | None],
    lines: dict[float, _Line],
) -> PortfolioView:
    problem = result.problem
    chosen = None if result.recommended is None else result.named(result.recommended)
    floors: list[float | None] = [None, None, None]
    if chosen is not None:
        carried = carried_exact(total_cost(chosen.legs, problem.fee), problem.rate, problem.t_years)
        lows = [lines[beta].with_hedge(chosen.legs, carried).minimum(low=problem.until) for beta in _betas(portfolio)]
        floors = [None if low is None else float(low.value) for low in lows]
    per_contract = units.MULTIPLIER * problem.spot
    counts = [beta * portfolio.value_usd / per_contract for beta in _betas(portfolio)]
    basis = None
    if portfolio.residual_vol is not None:
        basis = portfolio.residual_vol * math.sqrt(problem.t_years) * portfolio.value_usd
    return PortfolioView(
        portfolio=portfolio,
        floor=floor,
        index_floor=level,
        index_level=None if level is None else level * problem.spot,
        until=problem.goal.until,
        contracts=counts[0],
        contracts_low=counts[1],
        contracts_high=counts[2],
        puts=_puts(result),
        puts_low=ends[0],
        puts_high=ends[1],
        floor_usd=floors[0],
        floor_low_beta_usd=floors[1],
        floor_high_beta_usd=floors[2],
        cost_pct=None if chosen is None else units.percent(chosen.cost_usd / portfolio.value_usd),
        basis_risk_usd=basis,
        basis_risk_95_usd=None if basis is None else NORMAL_95 * basis,
    )


def _notes(view: PortfolioView) -> list[Note]:
    notes = []
    if view.basis_risk_usd is None:
        message = (
            "how far the portfolio may move on its own is not known without price histories (--prices): the floor is "
            "that of its expected value"
        )
        notes.append(Note("basis_risk_unknown", message))
    if view.portfolio.beta_low == view.portfolio.beta_high:
        notes.append(Note("beta_without_interval", f"beta {view.portfolio.beta:g} is taken as known exactly"))
    return notes

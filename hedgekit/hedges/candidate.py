"""One way to hedge, measured: cost at the touch, true floor, cap, break-even, greeks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from hedgekit import units
from hedgekit.errors import Status
from hedgekit.hedges.goal import CVAR_LEVEL
from hedgekit.hedges.problem import Problem, Quotes
from hedgekit.model import Leg
from hedgekit.payoff import PiecewiseLinear, carried_exact, exact, expiry_wealth, total_cost
from hedgekit.pricing import greeks, implied_vol

HALF_A_SHARE = 0.5
"""A delta is met to the nearest share."""

SHOCKS = (-0.20, -0.10, 0.10, 0.20)
"""Moves of the spot at expiry that every candidate shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A sized hedge with its numbers.

    Attributes
    ----------
    name : str
        What it is called in tables: ``put``, ``collar``, ``stop-loss``...
    legs : tuple of Leg
        Options bought (+) at the ask and sold (-) at the bid.
    shares : int
        Shares kept.
    cost_usd : float
        Premium and fees, dollars, positive when paid.
    cost_pct, cost_annualised_pct : float or None
        Percent of today's value; times 365/days, simple, if rolled at the same price.
    carried_usd : float
        The cost financed to expiry.
    floor_usd, floor_pct : float
        Least wealth at expiry over every spot from zero up, after `carried_usd`.
    meets_goal : bool
        Whether the goal is met: the floor is at or above the one asked for (from `until` up where that was asked), the
        cost within the budget, the delta down to its target.
    short_usd : float
        By how much the floor misses the goal, dollars; 0 when it is met.
    holds_from_spot : float or None
        The lowest spot from which up the goal holds: 0 when it always does, None when it never does.
    worst_usd, worst_spot : float
        Wealth in the worst case less today's value, and the spot where that is.
    cap_pct : float or None
        Most wealth at or above today's spot, percent of value; None when there is no limit.
    breakeven_spot : float or None
        Lowest spot at expiry from which up wealth is back at today's value; None when it never or always is.
    greeks : dict
        Of the hedged position today.
    displayed : dict
        For each leg's symbol, the contracts displayed at its touch; None where the file does not say.
    exit_now_usd : float or None
        What opening and closing at once costs, markets unchanged.
    floor_until_usd : float or None
        Least wealth from the level up down to which the floor was asked for; None without such a level.
    margin_usd : float or None
        Initial Reg T requirement of the hedged position, dollars; None where details were not asked for.
    margin : dict or None
        Initial and maintenance requirement, what the hedge changes in them, the cash a cash account needs, derivation.
    outlook : dict or None
        For each distribution, as in `hedgekit.hedges.outlook`.
    assignment : tuple of dict or None
        For each short leg, whether and when a holder should exercise.
    """

    name: str
    legs: tuple[Leg, ...] = ()
    shares: int
    cost_usd: float
    cost_pct: float
    cost_annualised_pct: float | None
    carried_usd: float
    floor_usd: float
    floor_pct: float
    meets_goal: bool
    short_usd: float
    holds_from_spot: float | None
    worst_usd: float
    worst_spot: float
    cap_pct: float | None
    breakeven_spot: float | None
    greeks: dict[str, float | None]
    risk: dict[str, float | None]
    why: str
    displayed: dict[str, int | None] = field(default_factory=dict)
    exit_now_usd: float | None = None
    floor_until_usd: float | None = None
    shares_sold: int | None = None
    stop_level: float | None = None
    margin_usd: float | None = None
    margin: dict[str, Any] | None = None
    outlook: dict[str, dict[str, float]] | None = None
    assignment: tuple[dict[str, Any], ...] | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the candidate as the JSON of the public contract."""
        row: dict[str, Any] = {
            "name": self.name,
            "legs": [
                {
                    "symbol": leg.option.compact,
                    "contracts": leg.contracts,
                    "premium": leg.premium,
                    "displayed": self.displayed.get(leg.option.compact),
                }
                for leg in self.legs
            ],
        }
        extras = ("floor_until_usd", "shares_sold", "stop_level")
        skipped = ("name", "legs", "displayed", *extras)
        row.update({name: getattr(self, name) for name in self.__slots__ if name not in skipped})
        for extra in extras:
            if getattr(self, extra) is not None:
                row[extra] = getattr(self, extra)
        return row


def measure(
    problem: Problem,
    name: str,
    legs: Sequence[Leg],
    *,
    why: str,
    shares_sold: int = 0,
    stop_level: float | None = None,
) -> Candidate:
    """Compute every number of one hedge from its legs alone.

    ``wealth(S) = cash + kept S + sum contracts 100 payoff(S) - carried``, where ``cash`` is what the shares
    sold today brought and ``carried`` is the cost financed to expiry (a credit earns nothing).

    Parameters
    ----------
    problem : Problem
    name : str
    legs : sequence of Leg
        At the touch.
    why : str
        One sentence; ``{floor}`` and ``{miss}`` are filled in.
    shares_sold : int
        Shares sold today at the spot.
    stop_level : float or None
        Where the shares are to be sold on the way down: promises no floor.
    """
    kept = problem.shares - shares_sold
    exact_cost = total_cost(legs, problem.fee)
    exact_carried = carried_exact(exact_cost, problem.rate, problem.t_years)
    cost, cost_carried = float(exact_cost), float(exact_carried)
    cash = shares_sold * exact(problem.spot)
    wealth = expiry_wealth(kept, legs).minus(exact_carried - cash)
    low = wealth.minimum()
    if low is None:
        raise ValueError(f"{name}: the loss of {', '.join(map(str, legs))} has no limit")
    value = problem.value_usd
    floor_usd = float(low.value)
    high = wealth.maximum(low=problem.spot)
    from_level = wealth.minimum(low=problem.until)
    assert from_level is not None
    miss = float(max(Fraction(0), problem.target - from_level.value))
    miss_at_any = float(max(Fraction(0), problem.target - low.value))
    shown_greeks = position_greeks(problem, kept, legs)
    meets = stop_level is None and _meets(problem, wealth, exact_cost, from_level.value, shown_greeks["delta_shares"])
    breakeven = wealth.holds_from(problem.value)
    holds = wealth.holds_from(problem.target)
    cost_pct = units.percent(cost / value)
    return Candidate(
        name=name,
        legs=tuple(legs),
        shares=kept,
        cost_usd=cost,
        cost_pct=cost_pct,
        cost_annualised_pct=units.annualised_percent(cost / value, problem.days) if problem.days > 0 else None,
        carried_usd=cost_carried,
        floor_usd=floor_usd,
        floor_pct=units.percent(floor_usd / value),
        meets_goal=meets,
        short_usd=miss,
        holds_from_spot=None if holds is None else float(holds),
        worst_usd=floor_usd - value,
        worst_spot=float(low.spot),
        cap_pct=None if high is None else units.percent(float(high.value) / value),
        breakeven_spot=float(breakeven) if breakeven else None,
        greeks=shown_greeks,
        risk={f"wealth_at_{shock:+.0%}_pct": _wealth_pct(wealth, problem, shock, stop_level) for shock in SHOCKS},
        why=why.format(floor=f"{units.percent(floor_usd / value):.1f}%", miss=f"${miss_at_any:,.0f}"),
        displayed={leg.option.compact: _displayed(problem, leg) for leg in legs},
        exit_now_usd=_exit_now(problem, legs),
        floor_until_usd=float(from_level.value) if problem.goal.until > 0.0 else None,
        shares_sold=shares_sold or None,
        stop_level=stop_level,
    )


def tail_loss(problem: Problem, wealth: PiecewiseLinear) -> float:
    """Return the average loss in the worst outcomes under the goal's distribution, fraction of today's value."""
    assert problem.distribution is not None
    return 1.0 - problem.distribution.cvar(wealth, CVAR_LEVEL) / problem.value_usd


def _meets(problem: Problem, wealth: PiecewiseLinear, cost: Fraction, floor: Fraction, delta: float | None) -> bool:
    """Whether a hedge of that wealth, cost, floor (from the goal's level up) and delta in shares meets the goal."""
    goal = problem.goal
    within = problem.budget is None or cost <= problem.budget
    if goal.kind == "budget":
        return within
    if goal.kind == "cvar":
        return tail_loss(problem, wealth) <= (goal.cvar or 0.0)
    if goal.kind == "delta":
        return delta is not None and delta <= (goal.delta or 0.0) * problem.shares + HALF_A_SHARE
    return within and floor >= problem.target


def _wealth_pct(wealth: PiecewiseLinear, problem: Problem, shock: float, stop_level: float | None) -> float:
    """Wealth after a move of the spot at expiry, percent of today's value; a stop fills at its level at best."""
    spot = problem.spot * (1.0 + shock)
    if stop_level is not None:
        spot = max(spot, stop_level) if shock < 0 else spot
    return units.percent(float(wealth.at(spot)) / problem.value_usd)


def _quoted(problem: Problem, leg: Leg) -> tuple[Quotes, int]:
    """Find the quotes and the row that a leg trades against."""
    quotes = problem.calls if leg.option.sign == 1 else problem.puts
    return quotes, quotes.options.index(leg.option)


def _displayed(problem: Problem, leg: Leg) -> int | None:
    """Whole contracts displayed at the touch that a leg trades against."""
    quotes, row = _quoted(problem, leg)
    size = float((quotes.ask_size if leg.contracts > 0 else quotes.bid_size)[row])
    return int(size) if math.isfinite(size) else None


def _exit_now(problem: Problem, legs: Sequence[Leg]) -> float | None:
    """Return what opening and closing at once costs: both spreads and both fees, dollars."""
    if not legs:
        return None
    lost = 0.0
    for leg in legs:
        quotes, row = _quoted(problem, leg)
        spread = float(quotes.ask[row] - quotes.bid[row])
        lost += abs(leg.contracts) * (leg.option.multiplier * spread + 2.0 * problem.fee)
    return lost


def position_greeks(problem: Problem, shares: int, legs: Sequence[Leg]) -> dict[str, float | None]:
    """Return the greeks of shares and legs today, each leg at the implied vol of its mid.

    Returns
    -------
    dict
        ``delta_shares``, ``delta_usd``, ``gamma_shares`` (change of delta per dollar of spot),
        ``vega_usd_per_point``, ``theta_usd_per_day``, ``rho_usd_per_point``; None where a leg has no vol.
    """
    delta, gamma, vega, theta, rho = float(shares), 0.0, 0.0, 0.0, 0.0
    if legs:
        per_share = leg_greeks(problem, legs)
        count = np.array([leg.contracts * leg.option.multiplier for leg in legs], dtype=np.float64)
        delta, gamma, vega, theta, rho = (
            start + float(count @ per_share[name])
            for start, name in ((delta, "delta"), (0.0, "gamma"), (0.0, "vega"), (0.0, "theta"), (0.0, "rho"))
        )
    shown = {
        "delta_shares": delta,
        "delta_usd": units.delta_usd(delta, problem.spot),
        "gamma_shares": gamma,
        "vega_usd_per_point": units.vega_per_point(vega),
        "theta_usd_per_day": units.theta_per_day(theta),
        "rho_usd_per_point": units.rho_per_point(rho),
    }
    return {name: value if math.isfinite(value) else None for name, value in shown.items()}


def leg_greeks(problem: Problem, legs: Sequence[Leg]) -> dict[str, Any]:
    """Return the greeks a share of each leg, at the implied vol of its mid quote, American or European as the chain is.

    A mid at its exercise value identifies no vol: the option then moves as the shares do.
    """
    sign = np.array([leg.option.sign for leg in legs], dtype=np.int8)
    strike = np.array([leg.option.strike for leg in legs])
    mid = np.array([_mid(problem, leg) for leg in legs])
    market = (problem.spot, strike, problem.t_years, problem.rate, problem.div_yield)
    style = problem.exercise
    solved = implied_vol(mid, sign, *market, exercise=style, dividends=problem.dividends, full=True)
    values = greeks(sign, *market, solved.vol, exercise=style, dividends=problem.dividends)
    exercised = solved.status == Status.NOT_IDENTIFIED
    result = {name: np.array(getattr(values, name)) for name in ("delta", "gamma", "vega", "theta", "rho")}
    for name, column in result.items():
        column[exercised] = sign[exercised] if name == "delta" else 0.0
    return {**result, "vol": solved.vol, "status": solved.status}


def _mid(problem: Problem, leg: Leg) -> float:
    quotes, row = _quoted(problem, leg)
    return 0.5 * float(quotes.bid[row] + quotes.ask[row])

"""The finder's picks measured again, exactly, by the code that analyses structures; their order; what they rest on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hedgekit.distributions.priced import Priced
from hedgekit.model import Chain, Holding
from hedgekit.payoff import net_premium
from hedgekit.pricing import engine_name
from hedgekit.structures.envelope import living_outcome
from hedgekit.structures.found import Found
from hedgekit.structures.outcome import exact_outcome, outlay
from hedgekit.structures.outlook import dividends_usd, early_exercise
from hedgekit.structures.sentence import what_must_happen
from hedgekit.structures.setting import Setting, forward_price, options_of, shares_of
from hedgekit.structures.view import View

if TYPE_CHECKING:
    from hedgekit.structures.search import Search

Picks = list[tuple[str, tuple[Holding, ...]]]

HALF_CENT = 0.005
"""Dollars a contract: a calendar's greatest loss is known to no less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a structure must keep within.

    Attributes
    ----------
    max_loss, max_capital : float
        Dollars for one contract; infinity for none.
    min_probability : float
        Of a profit, under the view.
    each : int
        How many of each structure.
    """

    max_loss: float
    max_capital: float
    min_probability: float
    each: int


def measured(picks: Picks, setting: Setting, view: View, market: Priced, limits: Limits, search: Search) -> list[Found]:
    """Measure every pick exactly; leave out what the exact numbers rule out."""
    found = []
    for name, held in picks:
        one = _measure(name, held, setting, view, market, limits, search)
        if one is None or one.profit_probability < limits.min_probability or one.expected_value_usd <= 0.0:
            continue
        if one.financed_loss_usd > limits.max_loss + HALF_CENT or one.capital_usd > limits.max_capital + HALF_CENT:
            continue
        found.append(one)
    return found


def _measure(
    name: str,
    held: tuple[Holding, ...],
    setting: Setting,
    view: View,
    market: Priced,
    limits: Limits,
    search: Search,
) -> Found | None:
    legs, fee = options_of(held), search.fee
    later = any(leg.option.expiry != setting.horizon for leg in legs)
    outcome = living_outcome(held, setting, fee) if later else exact_outcome(held, fee)
    if outcome.low is None or outcome.low >= 0:
        return None
    near = [leg for leg in legs if leg.option.expiry == setting.horizon]
    rights = sum(search.rights[leg.option] * leg.contracts * leg.option.multiplier for leg in near)
    rights += early_exercise([leg for leg in legs if leg not in near], outcome, setting) if later else 0.0
    beside = rights + float(outlay(held, fee)) * (search.discount - 1.0) + dividends_usd(held, setting)
    expected, theirs = (search.discount * known.expect(outcome.profit) + beside for known in (view, market))
    loss = -float(outcome.low)
    cost = float(outlay(held, fee))
    financed = loss + cost * (search.growth - 1.0) if shares_of(held) else loss
    sizes, interests, spread = [], [], 0.0
    for leg in legs:
        quote = search.quote_of(leg)
        sizes.append(quote["ask_size" if leg.contracts > 0 else "bid_size"] // abs(leg.contracts))
        interests.append(quote["open_interest"])
        spread += abs(leg.contracts) * (leg.option.multiplier * (quote["ask"] - quote["bid"]) + 2.0 * fee)
    fees = fee * sum(abs(leg.contracts) for leg in legs)
    stock = sum(shares.price * shares.shares for shares in shares_of(held))
    capital = cost - fees - (1.0 - search.field.stock_rate) * stock if stock else loss - fees
    return Found(
        name=name,
        holdings=held,
        net_premium_usd=float(net_premium(legs)),
        outlay_usd=cost,
        max_loss_usd=loss,
        financed_loss_usd=financed,
        max_gain_usd=None if outcome.high is None else float(outcome.high),
        breakevens=tuple(float(spot) for spot in outcome.breakevens),
        expected_value_usd=expected,
        value_per_loss=expected / financed,
        profit_probability=view.probability_above(outcome.profit),
        market_value_usd=theirs,
        market_value_per_loss=theirs / financed,
        market_profit_probability=market.probability_above(outcome.profit),
        capital_usd=capital,
        exit_now_usd=spread,
        displayed=_least(sizes),
        open_interest=_least(interests),
        within_max_loss=int(limits.max_loss // financed) if math.isfinite(limits.max_loss) else None,
        pays=what_must_happen(outcome, setting),
    )


def _least(values: Sequence[float]) -> float | None:
    """Return the least of some numbers; None when one is not known."""
    return None if any(math.isnan(value) for value in values) else min(values)


def ranked(found: Sequence[Found], each: int, top: int) -> tuple[Found, ...]:
    """Return the best, at most so many of one structure; equal ones by name and legs."""
    order = sorted(found, key=lambda one: (-one.value_per_loss, one.name, one.symbols))
    taken: dict[str, int] = {}
    kept = []
    for one in order:
        taken[one.name] = taken.get(one.name, 0) + 1
        if taken[one.name] <= each:
            kept.append(one)
    return tuple(kept[:top])


def strikes_of(holdings: Sequence[Holding]) -> str:
    """Return the strikes of a structure in the order of its legs.

    Examples
    --------
    >>> from hedgekit.model import Leg, Option
    >>> low, high = (Option.parse(f"XYZ 2026-09-18 {strike} C") for strike in (95, 100))
    >>> strikes_of([Leg(contracts=1, option=low, premium=7.0), Leg(contracts=-1, option=high, premium=3.0)])
    '95/100'
    """
    return "/".join(dict.fromkeys(f"{leg.option.strike:g}" for leg in options_of(holdings)))


def stated(
    chain: Chain,
    setting: Setting,
    view: View,
    market: Priced,
    limits: Limits,
    fee: float,
    max_spread: float,
    counts: dict[str, int],
) -> dict[str, Any]:
    """Return the inputs that an answer rests on."""
    from hedgekit import __version__

    day = setting.horizon
    forward = forward_price(chain.spot, setting.t_horizon, setting.rates[day], setting.div_yields[day], setting.cash)
    return {
        "ticker": chain.ticker,
        "spot": chain.spot,
        "spot_source": setting.spot_source,
        "expiry": day,
        "later_expiries": [other for other in setting.t_years if other > day],
        "t_years": setting.t_horizon,
        "rate": setting.rates[day],
        "rate_source": setting.rate_source,
        "div_yield": setting.div_yields[day],
        "dividends": setting.cash,
        "dividends_source": setting.dividends_source,
        "forward": forward,
        "vol": setting.level_vol,
        "view": {
            "low": view.low,
            "high": view.high if math.isfinite(view.high) else None,
            "confidence": view.confidence,
            "market_probability": view.market_probability,
            "mean": view.mean,
        },
        "market_distribution": {"name": market.name, "mean": market.mean},
        "max_loss": limits.max_loss,
        "max_capital": limits.max_capital,
        "min_pop": limits.min_probability,
        "each": limits.each,
        "fee": fee,
        "max_spread": max_spread,
        "left_out": counts,
        "asof": setting.asof,
        "source": chain.source,
        "source_sha256": chain.source_sha256,
        "day_count": "ACT/365 to the exercise cut-off in New York",
        "price_basis": "bought at the ask, sold at the bid",
        "engine": engine_name(setting.exercise, setting.cash, setting.t_horizon),
        "version": __version__,
    }

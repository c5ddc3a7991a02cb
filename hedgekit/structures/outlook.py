"""Probability, expected value and Kelly fraction of a structure under one distribution of the spot."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from hedgekit.distributions.historical import Historical
from hedgekit.distributions.lognormal import lognormal
from hedgekit.distributions.protocol import Distribution
from hedgekit.distributions.touch import touch, touch_at_closes
from hedgekit.model import Holding, Leg
from hedgekit.payoff import expiry_wealth
from hedgekit.pricing import implied_vol, price
from hedgekit.structures.outcome import Outcome, outlay
from hedgekit.structures.revaluation import option_values
from hedgekit.structures.setting import Setting, forward_price, options_of, shares_of

FloatArray = npt.NDArray[np.float64]

KELLY_CAVEAT = (
    "Kelly: the share of wealth, at most 1, to put at risk (as max loss) if this distribution were the truth and the "
    "bet could be repeated; both fail in practice, half of it or less is usual"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What one distribution says of a structure.

    Attributes
    ----------
    name : str
        ``lognormal``, ``implied`` or ``historical``.
    statement : str
        Measure, vol and drift in words.
    profit_probability : float
        P(profit > 0) at the first expiry; the same for 1 contract and for 100.
    expected_value_usd : float
        Today's value of what is received, less what is paid: ``e^(-rT) E[V(S_T)] - cost``, with the dividends of shares
        and the value of early exercise.
    kelly_fraction : float or None
        None where there is no bet to size: no limit to the loss, no loss at all, or a certain loss.
    in_the_money : dict
        Compact symbol -> probability, of the legs that expire first.
    touch : dict
        Compact symbol -> ``{"continuous", "daily_close"}`` probability that its strike is reached by the first expiry;
        historical: ``{"daily_close"}``; empty for the implied one, which tells one date and no way to it.
    """

    name: str
    statement: str
    profit_probability: float
    expected_value_usd: float
    kelly_fraction: float | None
    in_the_money: Mapping[str, float] = field(default_factory=dict)
    touch: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return the fields for JSON."""
        return {name: getattr(self, name) for name in self.__slots__}


def level_distribution(setting: Setting, *, drift: float | None = None) -> Distribution:
    """Return the lognormal distribution at the first expiry, at the setting's level vol.

    Cash dividends count through the forward.
    """
    return _lognormal(setting, setting.level_vol, drift)


def _lognormal(setting: Setting, vol: float, drift: float | None = None) -> Distribution:
    t, rate = setting.t_horizon, setting.rates[setting.horizon]
    return lognormal(setting.spot, t, rate, _div_yield(setting), vol, drift)


def _div_yield(setting: Setting) -> float:
    """Return the yield that, without cash dividends, gives the forward of the first expiry."""
    t, rate, div_yield = setting.t_horizon, setting.rates[setting.horizon], setting.div_yields[setting.horizon]
    if not any(when <= t for when, _ in setting.cash):
        return div_yield
    forward = forward_price(setting.spot, t, rate, div_yield, setting.cash)
    return rate - math.log(forward / setting.spot) / t


def judge(
    holdings: Sequence[Holding],
    outcome: Outcome,
    setting: Setting,
    distribution: Distribution,
    *,
    fee: float,
    rights_usd: float,
) -> Outlook:
    """Return what one distribution says.

    Parameters
    ----------
    holdings : sequence of Leg and Shares
    outcome : Outcome
    setting : Setting
    distribution : Distribution
        Of the spot at the first expiry.
    fee : float
        Dollars a contract.
    rights_usd : float
        From `early_exercise`; for the lognormal distribution with `dividend_model_gap`.
    """
    discount = math.exp(-setting.rates[setting.horizon] * setting.t_horizon)
    cost = float(outlay(holdings, fee))
    kept = cost * (discount - 1.0) + dividends_usd(holdings, setting)
    expected = discount * distribution.expect(outcome.profit) + kept + rights_usd
    symbols = {}
    for leg in options_of(holdings):
        if leg.option.expiry == setting.horizon:
            ends = (leg.option.strike, math.inf) if leg.option.sign == 1 else (0.0, leg.option.strike)
            symbols[leg.option.compact] = distribution.probability(*ends)
    return Outlook(
        name=distribution.name,
        statement=distribution.statement,
        profit_probability=distribution.probability_above(outcome.profit, 0.0),
        expected_value_usd=expected,
        kelly_fraction=kelly(outcome, distribution, discount, expected),
        in_the_money=symbols,
    )


def with_touch(
    outlook: Outlook, holdings: Sequence[Holding], setting: Setting, drift: float | None, closes: int
) -> Outlook:
    """Return a lognormal outlook with the chance that each strike is touched by the first expiry.

    Parameters
    ----------
    outlook : Outlook
    holdings : sequence of Leg and Shares
    setting : Setting
    drift : float or None
        As in `level_distribution`.
    closes : int
        Daily closes until the first expiry, its own included.
    """
    growth = setting.rates[setting.horizon] - _div_yield(setting) if drift is None else drift
    found: dict[str, dict[str, float]] = {}
    known: dict[float, dict[str, float]] = {}
    for leg in options_of(holdings):
        strike = leg.option.strike
        if strike not in known:
            place = (setting.spot, strike, setting.t_horizon, growth, setting.level_vol)
            known[strike] = {"continuous": touch(*place).probability}
            if closes > 0:
                known[strike]["daily_close"] = touch_at_closes(*place, closes=closes).probability
        found[leg.option.compact] = known[strike]
    return replace(outlook, touch=found)


def with_past_touch(outlook: Outlook, holdings: Sequence[Holding], spot: float, past: Historical) -> Outlook:
    """Return a historical outlook with the share of ways on which a daily close reaches each strike."""
    found = {
        leg.option.compact: {"daily_close": chance}
        for leg in options_of(holdings)
        if (chance := past.touch(leg.option.strike, spot)) is not None
    }
    return replace(outlook, touch=found)


def dividends_usd(holdings: Sequence[Holding], setting: Setting) -> float:
    """Return today's value of the dividends that the shares receive (or owe) until the first expiry, dollars."""
    count = sum(held.shares for held in shares_of(holdings))
    t, rate, div_yield = setting.t_horizon, setting.rates[setting.horizon], setting.div_yields[setting.horizon]
    discounted = math.exp(-rate * t) * forward_price(setting.spot, t, rate, div_yield, setting.cash)
    return count * (setting.spot - discounted)


def early_exercise(holdings: Sequence[Holding], outcome: Outcome, setting: Setting) -> float:
    """Return what may be had beyond holding to the first expiry, at each leg's own vol, dollars.

    Model value now, less today's value of the leg held to the first expiry: the right to exercise before it, paid for
    in the premium, which a distribution of the spot at one date cannot see.

    Parameters
    ----------
    holdings : sequence of Leg and Shares
    outcome : Outcome
        Its knots are the spots between which the value of a later leg is taken as linear, as in the outcome itself.
    setting : Setting
    """
    here = np.array([setting.spot])
    return sum(
        leg.contracts
        * leg.option.multiplier
        * (float(option_values(leg.option, setting, here, 0.0)[0]) - _held(leg, outcome, setting))
        for leg in options_of(holdings)
        if not math.isnan(setting.vols[leg.option])
    )


def dividend_model_gap(holdings: Sequence[Holding], outcome: Outcome, setting: Setting) -> float:
    """Return what the legs held to the first expiry are worth beyond their lognormal expectation, dollars.

    Zero without cash dividends before it. With them the spot falls by dollars, not by a part of itself, so that it does
    not end lognormal; the lognormal outlook is corrected by this, each leg at its own vol.

    Parameters
    ----------
    holdings, outcome, setting
        As in `early_exercise`.
    """
    if not any(0.0 < when <= setting.t_horizon for when, _ in setting.cash):
        return 0.0
    discount = math.exp(-setting.rates[setting.horizon] * setting.t_horizon)
    total = 0.0
    for leg in options_of(holdings):
        vol = setting.vols[leg.option]
        if not math.isnan(vol):
            plain = discount * _expected(leg, outcome, setting, _lognormal(setting, vol))
            total += leg.contracts * leg.option.multiplier * (_held(leg, outcome, setting) - plain)
    return total


def _held(leg: Leg, outcome: Outcome, setting: Setting) -> float:
    """Return today's value of one option held to the first expiry, dollars a share."""
    vol, day, t = setting.vols[leg.option], setting.horizon, setting.t_horizon
    discount = math.exp(-setting.rates[day] * t)
    if not any(0.0 < when <= t for when, _ in setting.cash):
        return discount * _expected(leg, outcome, setting, _lognormal(setting, vol))
    if leg.option.expiry == day:
        terms = (setting.spot, leg.option.strike, t, setting.rates[day], setting.div_yields[day], vol)
        return price(leg.option.kind, *terms, exercise="european", dividends=setting.cash)
    return discount * _expected(leg, outcome, setting, _lognormal(setting, _matched_vol(setting, vol)))


def _expected(leg: Leg, outcome: Outcome, setting: Setting, spot: Distribution) -> float:
    """Return the expected value of one option at the first expiry, dollars a share."""
    if leg.option.expiry == setting.horizon:
        unit = Leg(contracts=1, option=leg.option, premium=0.0)
        return spot.expect(expiry_wealth(0, [unit])) / leg.option.multiplier
    nodes = np.array([float(knot) for knot in outcome.profit.knots])
    return spot.expect_function(lambda spots: option_values(leg.option, setting, spots, setting.t_horizon), nodes)


def _matched_vol(setting: Setting, vol: float) -> float:
    """Return the vol of a lognormal that agrees at the forward with the spot that pays cash dividends."""
    day, t = setting.horizon, setting.t_horizon
    rate, div_yield = setting.rates[day], setting.div_yields[day]
    forward = forward_price(setting.spot, t, rate, div_yield, setting.cash)
    place = (setting.spot, forward, t, rate)
    premium = price("call", *place, div_yield, vol, exercise="european", dividends=setting.cash)
    return implied_vol(premium, "call", *place, _div_yield(setting), exercise="european")


PIECES = 4000
"""Spots that the Kelly fraction is found over, evenly spaced, each with the probability around it."""


def kelly(outcome: Outcome, distribution: Distribution, discount: float, expected: float) -> float | None:
    """Return the fraction of wealth to stake, as max loss, that makes its expected logarithm grow the most.

    ``max over f in [0, 1) of E[ln(1 + f X / L)]``, X the profit in today's money and L the greatest loss, over the
    whole distribution (Kelly, 1956). 0 when the expected profit is not positive.

    Parameters
    ----------
    outcome : Outcome
    distribution : Distribution
    discount : float
        To the first expiry.
    expected : float
        The expected value, dollars: the outcomes are shifted to have it as their mean, so that interest on what is
        paid, dividends on shares and what early exercise takes or gives count, and a fair bet gets nothing.
    """
    if outcome.low is None or outcome.low >= 0:
        return None
    low, high = distribution.quantile(np.array([0.5, PIECES - 0.5]) / PIECES)
    spots = np.linspace(low, high, PIECES)
    mass = np.diff(distribution.cdf(0.5 * (spots[1:] + spots[:-1])), prepend=0.0, append=1.0)
    knots = np.array([float(knot) for knot in outcome.profit.knots])
    values = np.array([float(value) for value in outcome.profit.values])
    gain = np.interp(spots, knots, values) + float(outcome.profit.end_slope) * np.maximum(spots - knots[-1], 0.0)
    gain = discount * gain
    gain += expected - mass @ gain
    returns = gain / max(-float(outcome.low), -float(gain.min()))
    if returns.max() <= 0.0:
        return None
    if expected <= 0.0:
        return 0.0
    least, most = 0.0, 1.0 - 1e-9
    if returns.min() >= 0.0:
        return None
    for _ in range(60):
        f = 0.5 * (least + most)
        least, most = (f, most) if float(mass @ (returns / (1.0 + f * returns))) > 0.0 else (least, f)
    return 0.5 * (least + most)

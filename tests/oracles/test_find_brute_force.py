"""The finder against every combination of a small made chain, each measured with the exact payoff."""

import random
from dataclasses import replace
from datetime import date, datetime
from itertools import combinations

import numpy as np
import pytest

from hedgekit.fees import DEFAULT_FEE
from hedgekit.model import NEW_YORK, Chain, Leg, Option, Shares
from hedgekit.pricing import implied_vol, price
from hedgekit.structures.find import NAMES, find
from hedgekit.structures.outcome import exact_outcome
from hedgekit.structures.two_expiries import NAMES as TWO_EXPIRIES

ASOF = datetime(2026, 6, 17, 16, 0, tzinfo=NEW_YORK)
EXPIRY = date(2026, 9, 18)
SPOT = 100.0


def made(make_chain, seed, *, strikes=range(84, 118, 4)):
    """A made chain of one expiry with a skew, spreads and the noise of cents; no rate, no dividends."""
    rng = random.Random(seed)
    rows = []
    for strike in strikes:
        vol = 0.22 - 0.3 * (strike / SPOT - 1.0) + 0.4 * (strike / SPOT - 1.0) ** 2
        for kind in ("call", "put"):
            value = price(kind, SPOT, float(strike), 93 / 365, 0.0, 0.0, vol, exercise="european")
            half = rng.randint(2, 12) / 100
            bid = max(0.01, round(value - half + rng.uniform(-0.03, 0.03), 2))
            rows.append((kind, float(strike), bid, round(bid + 2 * half, 2)))
    return make_chain(rows, spot=SPOT, expiry=EXPIRY, asof=ASOF)


def quotes_of(chain):
    found = {"call": [], "put": []}
    for symbol, bid, ask, flags in zip(chain.symbol.tolist(), chain.bid, chain.ask, chain.flags, strict=True):
        if not flags:
            option = Option.parse(symbol)
            found[option.kind].append((option, float(bid), float(ask)))
    return {kind: sorted(rows, key=lambda row: row[0].strike) for kind, rows in found.items()}


def leg(contracts, quote):
    option, bid, ask = quote
    return Leg(contracts=contracts, option=option, premium=ask if contracts > 0 else bid)


def every(chain):
    """Name -> every combination of the structures that expire together, from their definitions."""
    quotes = quotes_of(chain)
    calls, puts = quotes["call"], quotes["put"]
    stock = Shares(shares=100, ticker=chain.ticker, price=chain.spot)
    found = {name: [] for name in NAMES if name not in TWO_EXPIRIES}
    for low, high in combinations(calls, 2):
        found["bull-call-spread"].append((leg(1, low), leg(-1, high)))
        found["bear-call-spread"].append((leg(1, high), leg(-1, low)))
    for low, high in combinations(puts, 2):
        found["bear-put-spread"].append((leg(1, high), leg(-1, low)))
        found["bull-put-spread"].append((leg(1, low), leg(-1, high)))
    for put in puts:
        found["cash-secured-put"].append((leg(-1, put),))
        found["protective-put"].append((stock, leg(1, put)))
        for call in calls:
            if put[0].strike < call[0].strike:
                found["strangle"].append((leg(1, put), leg(1, call)))
                found["collar"].append((stock, leg(1, put), leg(-1, call)))
            elif put[0].strike == call[0].strike:
                found["straddle"].append((leg(1, put), leg(1, call)))
    for call in calls:
        found["covered-call"].append((stock, leg(-1, call)))
    for bought, sold in combinations(puts, 2):
        for short, long in combinations(calls, 2):
            legs = (leg(1, bought), leg(-1, sold), leg(-1, short), leg(1, long))
            if sold[0].strike < short[0].strike:
                found["iron-condor"].append(legs)
            elif sold[0].strike == short[0].strike:
                found["iron-butterfly"].append(legs)
    for low, high in combinations(puts, 2):
        found["ratio-spread"].append((leg(1, high), leg(-2, low)))
    for put in puts:
        for short, long in combinations(calls, 2):
            if put[0].strike < short[0].strike:
                found["jade-lizard"].append((leg(-1, put), leg(-1, short), leg(1, long)))
    for side in (calls, puts):
        for four in combinations(side, 4):
            found["condor"].append(tuple(leg(count, one) for count, one in zip((1, -1, -1, 1), four, strict=True)))
        for low, body, high in combinations(side, 3):
            name = "butterfly" if body[0].strike * 2 == low[0].strike + high[0].strike else "broken-wing-butterfly"
            found[name].append((leg(1, low), leg(-2, body), leg(1, high)))
    return found


def measured(name, held, view, fee):
    """Value per dollar of loss, greatest loss and chance of a profit; None when it cannot lose."""
    outcome = exact_outcome(held, fee)
    if outcome.low is None or outcome.low >= 0:
        return None
    # far above, a jade lizard loses nothing, or it is none; an iron or plain condor or fly gains between its sold ones
    if name == "jade-lizard" and outcome.profit.values[-1] < 0:
        return None
    if name in ("condor", "iron-condor", "iron-butterfly") and max(outcome.profit.values) <= 0:
        return None
    loss = -float(outcome.low)
    return view.expect(outcome.profit) / loss, loss, view.probability_above(outcome.profit)


LIMITS = {
    "none": {},
    "loss": {"max_loss": 150.0},
    "chance": {"min_pop": 0.55},
    "fees and all": {"max_loss": 400.0, "min_pop": 0.30, "fee": 1.30, "max_capital": 350.0},
    "not below": {"not_below": 97.0, "target": None},
}


@pytest.mark.parametrize("limits", LIMITS)
@pytest.mark.parametrize("seed", [1, 2])
def test_the_best_of_each_structure_are_those_of_brute_force(make_chain, limits, seed):
    chain = made(make_chain, seed)
    given = {"target": (98.0, 110.0), **LIMITS[limits]}
    result = find(chain, expiry=EXPIRY, each=3, top=1000, rate=0.0, dividends=0.0, max_spread=2.0, **given)
    fee = given.get("fee", DEFAULT_FEE)
    for name, everything in every(chain).items():
        ranked = []
        for held in everything:
            numbers = measured(name, held, result.view_distribution, fee)
            if numbers is None or numbers[0] <= 0.0:
                continue
            score, loss, chance = numbers
            if loss > given.get("max_loss", np.inf) or chance < given.get("min_pop", 0.0):
                continue
            if capital(held, loss, fee) > given.get("max_capital", np.inf):
                continue
            ranked.append(score)
        ranked.sort(reverse=True)
        mine = [one for one in result.found if one.name == name]
        # sums in another order: equal to rounding
        assert [one.value_per_loss for one in mine] == pytest.approx(ranked[:3], rel=1e-9, abs=1e-12), name
        assert result.searched[name] == len(everything)


def capital(held, loss, fee):
    legs = [one for one in held if isinstance(one, Leg)]
    fees = fee * sum(abs(one.contracts) for one in legs)
    if len(legs) == len(held):
        return loss - fees
    return 50.0 * SPOT + sum(100 * one.contracts * one.premium for one in legs)


def test_what_is_found_is_what_exact_arithmetic_says(make_chain):
    chain = made(make_chain, 3)
    result = find(chain, target=(98.0, 110.0), expiry=EXPIRY, each=2, top=100, rate=0.0, dividends=0.0, max_spread=2.0)
    assert len({one.name for one in result.found}) >= 10
    # midpoints of equally likely outcomes: another way to take an expectation, good to their spacing
    spots = result.view_distribution.quantile((np.arange(40_000) + 0.5) / 40_000)
    for one in result.found:
        if one.name in TWO_EXPIRIES:
            continue
        outcome = exact_outcome(one.holdings, DEFAULT_FEE)
        assert one.max_loss_usd == -float(outcome.low)
        profit = np.array([float(value) for value in outcome.profit.values])
        knots = np.array([float(knot) for knot in outcome.profit.knots])
        values = np.interp(spots, knots, profit) + float(outcome.profit.end_slope) * np.maximum(spots - knots[-1], 0.0)
        assert one.expected_value_usd == pytest.approx(values.mean(), abs=0.02)
        assert one.profit_probability == pytest.approx((values > 0).mean(), abs=2e-4)


def two_expiries(near, far):
    columns = {name: np.concatenate([getattr(near, name), getattr(far, name)]) for name in (
        "symbol", "kind", "strike", "expiry", "t_years", "bid", "ask", "bid_size", "ask_size", "open_interest",
        "volume", "last", "last_time", "vendor_iv", "flags",
    )}  # fmt: skip
    return replace(near, **columns)


def with_later(make_chain, seed, *days):
    """The made chain with later expiries of one vol each; their quotes are rounded to a cent."""
    chain = made(make_chain, seed)
    for place, day in enumerate(days):
        vol, rows = 0.21 + 0.02 * place, []
        for strike in range(84, 118, 4):
            for kind in ("call", "put"):
                value = price(kind, SPOT, float(strike), (day - ASOF.date()).days / 365, 0.0, 0.0, vol)
                rows.append((kind, float(strike), round(value - 0.05, 2), round(value + 0.05, 2)))
        chain = two_expiries(chain, make_chain(rows, spot=SPOT, expiry=day, asof=ASOF))
    return chain


LATER = (date(2026, 10, 16), date(2027, 1, 15))


def test_calendars_are_valued_at_the_near_expiry(make_chain):
    chain: Chain = with_later(make_chain, 5, LATER[0])
    given = {"rate": 0.0, "dividends": 0.0, "max_spread": 2.0, "structures": ["calendar"]}
    result = find(chain, target=(98.0, 106.0), expiry=EXPIRY, each=50, top=100, **given)
    assert result.found
    shares = (np.arange(4000) + 0.5) / 4000
    spots = result.view_distribution.quantile(shares)
    left = (LATER[0] - EXPIRY).days / 365
    for one in result.found:
        sold, bought = one.holdings
        assert sold.option.strike == bought.option.strike and sold.contracts == -1
        later = price(bought.option.kind, spots, bought.option.strike, left, 0.0, 0.0, 0.21)
        now = np.maximum(bought.option.sign * (spots - bought.option.strike), 0.0)
        expected = 100 * ((later - now).mean() - bought.premium + sold.premium) - 2 * DEFAULT_FEE
        # the far vol is that of quotes rounded to a cent, and 4,000 outcomes stand for all
        assert one.expected_value_usd == pytest.approx(expected, abs=2.0)
        assert one.max_loss_usd == pytest.approx(one.outlay_usd, abs=0.01)


def pairs(chain, name):
    """Every pair of a near option sold and a later one bought, of one strike or the later one nearer the money."""
    near = quotes_of(chain.select(chain.expiry == np.datetime64(EXPIRY)))
    for day in LATER:
        later = quotes_of(chain.select(chain.expiry == np.datetime64(day)))
        for kind, sign in (("call", 1), ("put", -1)):
            for sold in near[kind]:
                for bought in later[kind]:
                    gap = sign * (sold[0].strike - bought[0].strike)
                    if gap == 0 if name == "calendar" else gap > 0:
                        yield leg(-1, sold), leg(1, bought)


@pytest.mark.parametrize("name", TWO_EXPIRIES)
@pytest.mark.parametrize("limits", [{}, {"min_pop": 0.6}, {"max_loss": 250.0, "fee": 0.65, "min_pop": 0.4}])
def test_pairs_of_expiries_are_those_of_brute_force(make_chain, name, limits):
    chain = with_later(make_chain, 7, *LATER)
    given = {"rate": 0.0, "dividends": 0.0, "max_spread": 2.0, "structures": [name], "each": 3, **limits}
    result = find(chain, target=(96.0, 108.0), expiry=EXPIRY, top=100, **given)
    view, fee = result.view_distribution, limits.get("fee", DEFAULT_FEE)
    spots = view.quantile((np.arange(4000) + 0.5) / 4000)
    everything, searched = [], 0
    for sold, bought in pairs(chain, name):
        searched += 1
        option, left = bought.option, (bought.option.expiry - EXPIRY).days / 365
        day = (option.expiry - ASOF.date()).days / 365
        mid = float(chain.mid[chain.rows_of(option)[0]])
        solved = implied_vol(np.array([mid]), option.kind, SPOT, option.strike, day, 0.0, 0.0)
        ends = np.array([1e-9, *spots, 1e5])
        later = price(option.kind, ends, option.strike, left, 0.0, 0.0, solved)
        now = np.maximum(option.sign * (ends - sold.option.strike), 0.0)
        cost = 100 * (bought.premium - sold.premium) + 2 * fee
        profit = 100 * (later - now) - cost
        loss = -profit.min()
        value, chance = profit[1:-1].mean(), (profit[1:-1] > 0).mean()
        if loss > 0.005 and value > 0 and loss <= limits.get("max_loss", np.inf) and chance >= given.get("min_pop", 0):
            everything.append((value / loss, loss, chance))
    everything.sort(reverse=True)
    assert result.searched == {name: searched} and everything
    assert len(result.found) == min(3, len(everything))
    for one, (score, loss, chance) in zip(result.found, everything, strict=False):
        # 4,000 outcomes stand for all
        assert one.value_per_loss == pytest.approx(score, rel=5e-3)
        assert one.max_loss_usd == pytest.approx(loss, abs=0.02)
        assert one.profit_probability == pytest.approx(chance, abs=1e-3)

"""The pair in options: balance, leftovers, expressions."""

from datetime import date, datetime

import numpy as np
import pytest

import hedgekit as hk
from hedgekit.errors import InfeasibleError, InputError
from hedgekit.model import NEW_YORK, Chain, Option
from hedgekit.pairs.expressions import EXPRESSIONS

ASOF = datetime(2026, 7, 20, 16, 0, tzinfo=NEW_YORK)
EXPIRY = date(2026, 9, 18)
T = 60 / 365
RATE = 0.045


def chain(root, spot, vol, strikes, div_yield, half=0.0, asof=ASOF, expiry=EXPIRY):
    options = [
        Option(root=root, expiry=expiry, kind=kind, strike=float(k)) for k in strikes for kind in ("call", "put")
    ]
    value = np.array([hk.price(o.kind, spot, o.strike, T, RATE, div_yield, vol) for o in options])
    n = len(options)
    nan = np.full(n, np.nan)
    return Chain(
        symbol=np.array([o.compact for o in options]),
        kind=np.array([o.sign for o in options]),
        strike=np.array([o.strike for o in options]),
        expiry=np.full(n, np.datetime64(expiry)),
        t_years=np.full(n, T),
        bid=value * (1 - half),
        ask=value * (1 + half),
        bid_size=nan,
        ask_size=nan,
        open_interest=nan,
        volume=nan,
        last=nan,
        last_time=np.full(n, np.datetime64("NaT", "s")),
        vendor_iv=nan,
        flags=np.zeros(n, dtype=np.int64),
        ticker=root,
        spot=spot,
        spot_source="given",
        file_spot=spot,
        asof=asof,
        source=f"{root}.made",
    )


@pytest.fixture(scope="module")
def known():
    """One call and one put as in the known case."""
    long = chain("IWM", 201.37, 0.24, [205.0], 0.012)
    short = chain("SPY", 457.79, 0.17, [450.0], 0.013)
    how = {"rate": RATE, "long_dividends": 0.012, "short_dividends": 0.013, "fee": 0.0}
    return hk.pair_options(long, short, ratio=1.18, contracts=100, **how)


def test_known_balance(known):
    """The known ratios are of European greeks; American ones differ by the put's early exercise, under 2%."""
    one = known.expressed[0]
    assert one.expression.name == "call and put"
    call, put = one.contracts
    assert call.vol == pytest.approx(0.24, abs=1e-6) and put.vol == pytest.approx(0.17, abs=1e-6)
    assert call.delta == pytest.approx(0.4675119568, rel=1e-4)
    assert one.balance["beta_delta"] == pytest.approx(0.6764408505, rel=0.02)
    assert one.balance["vega"] == pytest.approx(0.4678935678, rel=0.02)
    assert one.balance["premium"] == pytest.approx(0.8310653272, rel=0.02)
    european = [
        hk.greeks(kind, s, k, T, RATE, q, v, exercise="european")
        for kind, s, k, q, v in (("call", 201.37, 205.0, 0.012, 0.24), ("put", 457.79, 450.0, 0.013, 0.17))
    ]
    assert 1.18 * european[0].delta * 201.37 / (-european[1].delta * 457.79) == pytest.approx(0.6764408505, rel=1e-9)
    assert european[0].vega / european[1].vega == pytest.approx(0.4678935678, rel=1e-9)
    assert european[0].price / european[1].price == pytest.approx(0.8310653272, rel=1e-9)


def test_both_bought_options_are_long_vega_and_it_is_said(known):
    one = known.expressed[0]
    assert one.vega_usd_per_point > 0 > one.theta_usd_per_day
    expected = sum(c.vega_per_point * c.contracts * 100 for c in one.contracts)
    assert one.vega_usd_per_point == pytest.approx(expected)
    assert abs(one.beta_delta_usd) <= 0.5 * abs(one.contracts[1].delta) * 100 * 457.79 + 1e-6


def test_leftovers_are_what_the_book_really_does(known):
    """Beta-delta and gamma against bumps of both spots: 1% of the long leg, 1% / ratio of the short one."""
    one = known.expressed[0]

    def beta_delta(move):
        total = 0.0
        for c, q, ratio in zip(one.contracts, (0.012, 0.013), (1.18, 1.0), strict=True):
            long = c.part.leg == "long"
            spot = 201.37 * (1 + move) if long else 457.79 * (1 + move / 1.18)
            delta = hk.greeks(c.option.kind, spot, c.option.strike, T, RATE, q, c.vol).delta
            # delta dollars at today's spot: what changes is delta
            total += ratio * delta * c.contracts * 100 * (201.37 if long else 457.79)
        return total

    assert beta_delta(0.0) == pytest.approx(one.beta_delta_usd, rel=1e-6, abs=1.0)
    assert (beta_delta(1e-3) - beta_delta(-1e-3)) / 0.2 == pytest.approx(one.gamma_usd_per_percent, rel=1e-3)


@pytest.fixture(scope="module")
def wide():
    long = chain("IWM", 201.37, 0.24, range(170, 235, 5), 0.012, half=0.02)
    short = chain("SPY", 457.79, 0.17, range(400, 520, 10), 0.013, half=0.02)
    return long, short


def test_every_expression_is_built_and_pays_the_touch(wide):
    result = hk.pair_options(*wide, ratio=1.18, rate=RATE, long_dividends=0.012, short_dividends=0.013)
    assert [one.expression.name for one in result.expressed] == list(EXPRESSIONS)
    for one in result.expressed:
        cost = 0.0
        for c in one.contracts:
            quote = (wide[0] if c.part.leg == "long" else wide[1]).quote(c.option)
            assert c.premium == (quote.ask if c.contracts > 0 else quote.bid)
            assert np.sign(c.contracts) == c.part.side
            cost += c.contracts * 100 * c.premium + 0.65 * abs(c.contracts)
        assert one.cost_usd == pytest.approx(cost)
        assert np.isfinite(one.most_lost_usd) == one.expression.defined_risk
    by_name = {one.expression.name: one for one in result.expressed}
    spread, plain = by_name["call spread, put spread"], by_name["call and put"]
    assert abs(spread.vega_usd_per_point) < plain.vega_usd_per_point
    assert "hedgekit.pair_options/1" in result.to_json()


def test_wrong_requests(wide):
    long, short = wide
    for how, message in (
        ({"ratio": -1.0}, "positive number"),
        ({"ratio": 1.0, "contracts": 0}, "contracts 0"),
        ({"ratio": 1.0, "delta": 2.0}, "delta 2"),
        ({"ratio": 1.0, "by": date(2027, 1, 1)}, "no expiry on or after 2027-01-01"),
        ({"ratio": 1.0, "expiry": date(2026, 8, 21)}, "not listed in both"),
    ):
        with pytest.raises(InputError, match=message):
            hk.pair_options(long, short, **how)
    with pytest.raises(InputError, match="two underlyings"):
        hk.pair_options(long, long, ratio=1.0)


def test_an_expression_that_cannot_be_built_is_left_out_with_its_reason():
    long = chain("IWM", 201.37, 0.24, [205.0], 0.012)
    short = chain("SPY", 457.79, 0.17, [450.0], 0.013)
    result = hk.pair_options(long, short, ratio=1.18, rate=RATE, long_dividends=0.012, short_dividends=0.013)
    assert "too few" in result.left_out["call spread, put spread"]
    with pytest.raises(InfeasibleError):
        hk.pair_options(chain("IWM", 201.37, 0.24, [205.0], 0.012, half=1.0), short, ratio=1.18, rate=RATE, long_dividends=0.0, short_dividends=0.0)  # fmt: skip

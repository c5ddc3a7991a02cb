"""Structures against quadrature, finite differences, dense grids and published numbers."""

import math
from dataclasses import replace
from datetime import date, datetime
from itertools import pairwise

import numpy as np
import pytest
from scipy import integrate, stats

from hedgekit.distributions.touch import touch
from hedgekit.market.legs import parse_leg, priced
from hedgekit.model import NEW_YORK
from hedgekit.structures.analysis import analyze
from hedgekit.structures.envelope import living_outcome
from hedgekit.structures.outlook import level_distribution
from hedgekit.structures.setting import as_given

NOW = datetime(2026, 6, 17, 16, tzinfo=NEW_YORK)


def legs(*texts):
    return priced([parse_leg(text) for text in texts], None)


def given(held, **changed):
    return as_given(held, **({"asof": NOW, "spot": 200.0, "rate": 0.04, "dividends": 0.01, "vol": 0.25} | changed))


def profit(held, spot):
    """Profit at expiry by the definition."""
    total = 0.0
    for one in held:
        if hasattr(one, "shares"):
            total += one.shares * (spot - one.price)
        else:
            worth = max(0.0, spot - one.option.strike if one.option.kind == "call" else one.option.strike - spot)
            total += one.contracts * 100 * (worth - one.premium)
    return total


STRUCTURES = {
    "condor": ["+1 XYZ260918P00175000 @1.2", "-1 XYZ260918P00180000 @2", "-1 XYZ260918C00220000 @2.5", "+1 XYZ260918C00230000 @1"],
    "straddle": ["+1 XYZ260918C00200000 @8", "+1 XYZ260918P00200000 @8"],
    "covered call": ["+100 XYZ @200", "-1 XYZ260918C00210000 @4"],
    "ratio": ["+1 XYZ260918P00200000 @8", "-3 XYZ260918P00180000 @2"],
}  # fmt: skip


@pytest.mark.parametrize("name", STRUCTURES)
@pytest.mark.parametrize("drift", [None, 0.12])
def test_probability_and_expectation_by_quadrature(name, drift):
    held = legs(*STRUCTURES[name])
    setting = given(held, exercise="european")
    found = analyze(held, setting, drift=drift).outlooks["lognormal"]
    t, growth = setting.t_horizon, 0.03 if drift is None else drift
    mean, deviation = math.log(200.0) + (growth - 0.5 * 0.25**2) * t, 0.25 * math.sqrt(t)
    kinks = sorted({one.option.strike for one in held if hasattr(one, "option")})
    edges = [mean - 12 * deviation, *map(math.log, kinks), mean + 12 * deviation]

    def expect(f):
        return sum(
            integrate.quad(lambda x: f(math.exp(x)) * stats.norm.pdf(x, mean, deviation), a, b, epsabs=1e-11, epsrel=1e-11, limit=400)[0]
            for a, b in pairwise(edges)
        )  # fmt: skip

    # the dividends of shares are received beside the price: their value today is S (1 - e^-qT)
    shares = sum(getattr(one, "shares", 0) for one in held)
    cost = sum(one.shares * one.price if hasattr(one, "shares") else one.contracts * 100 * one.premium for one in held)
    dividends = shares * 200.0 * (1.0 - math.exp(-0.01 * t))
    expected = math.exp(-0.04 * t) * expect(lambda s: profit(held, s) + cost) - cost + dividends
    assert found.expected_value_usd == pytest.approx(expected, abs=1e-6)
    # an indicator is not smooth: count it on a fine grid of quantiles instead
    spots = np.exp(mean + deviation * stats.norm.ppf((np.arange(200_000) + 0.5) / 200_000))
    share = np.mean([profit(held, s) > 0 for s in spots[::40]])
    assert found.profit_probability == pytest.approx(share, abs=1.5 / 5000)


def test_covered_call_of_optionlab():
    # OptionLab's example, 24 of 252 days: POP .5472008424, cost -16,489, max 2,011, theta/day .1928
    held = legs("+100 NVDA @168.99", "-1 NVDA230217C00185000 @4.10")
    day = date(2023, 2, 17)
    setting = replace(
        given(held, asof=datetime(2023, 1, 16, 16, tzinfo=NEW_YORK), spot=168.99, rate=0.045, dividends=0.0, vol=0.483, exercise="european"),
        t_years={day: 24 / 252},
    )  # fmt: skip
    result = analyze(held, setting)
    own = result.outlooks["lognormal"]
    # published from a grid of cents, whose first profit is at 164.90; the break-even is 168.99 - 4.10 = 164.89
    spot = level_distribution(setting)
    assert spot.probability(164.90) == pytest.approx(0.5472008424, abs=1e-9)
    assert own.profit_probability == pytest.approx(spot.probability(164.89), abs=1e-12)
    assert own.touch["NVDA230217C00185000"]["continuous"] == touch(168.99, 185.0, 24 / 252, 0.045, 0.483).probability
    assert [float(spot) for spot in result.outcome.breakevens] == [164.89]
    assert (result.outlay_usd, result.max_loss_usd, result.max_gain_usd) == (16489.0, 16489.0, 2011.0)
    # the call's delta and the vol of its price, as printed there
    assert result.greeks["delta_shares"] == pytest.approx(100 * (1 - 0.3071381773), abs=1e-6)
    implied = given(held, asof=setting.asof, spot=168.99, rate=0.045, dividends=0.0, vol=None, exercise="european")
    assert implied.vols[held[1].option] == pytest.approx(0.456, abs=0.03)


def test_calendar_of_optionlab():
    # 1,000 contracts-worth of shares; POP .6002074819, profitable 118.85-136.17, max 3,010.54 on a grid of cents
    held = legs("-10 NVDA210129C00127000 @4.60", "+10 NVDA210212C00127000 @5.90")
    setting = given(held, asof=datetime(2021, 1, 18, 16, tzinfo=NEW_YORK), spot=127.14, rate=0.0009, dividends=0.0, vol=0.427, exercise="european")  # fmt: skip
    setting = replace(setting, t_years={date(2021, 1, 29): 9 / 252, date(2021, 2, 12): 19 / 252})
    result = analyze(held, setting)
    low, high = (float(spot) for spot in result.outcome.breakevens)
    assert (low, high) == pytest.approx((118.85, 136.17), abs=0.02)
    assert result.max_gain_usd == pytest.approx(3010.54, abs=0.05 + result.outcome.error_usd)
    assert result.max_loss_usd == pytest.approx(1300.0, abs=0.01)
    assert result.outlooks["lognormal"].profit_probability == pytest.approx(0.6002074819, abs=5e-4)


CALENDARS = {
    "call calendar": ["-1 XYZ260918C00200000 @8", "+1 XYZ261218C00200000 @12"],
    "put diagonal": ["-2 XYZ260918P00190000 @4", "+2 XYZ261218P00200000 @10"],
    "double": ["-1 XYZ260918C00210000 @5", "-1 XYZ260918P00190000 @4", "+1 XYZ261218C00220000 @6", "+1 XYZ261218P00180000 @5"],
    "far spread": ["-3 XYZ260918C00200000 @8", "+5 XYZ261218C00210000 @7", "-2 XYZ261218C00190000 @15"],
    "three dates": ["-1 XYZ260918P00200000 @8", "+2 XYZ261218P00195000 @9", "-1 XYZ270115P00185000 @7"],
}  # fmt: skip


@pytest.mark.parametrize("style", ["american", "cash"])
@pytest.mark.parametrize("name", CALENDARS)
def test_later_legs_against_a_dense_grid(name, style):
    import hedgekit as hk

    held = legs(*CALENDARS[name])
    setting = given(held)
    if style == "cash":
        setting = replace(
            setting,
            cash=((30 / 365, 0.8), (120 / 365, 0.8), (170 / 365, 0.8)),
            div_yields=dict.fromkeys(setting.div_yields, 0.0),
        )
    outcome = living_outcome(held, setting, 0.0)
    spots = np.concatenate([np.linspace(0.5, 400.0, 800 if style == "american" else 200), [600.0, 1000.0]])
    total = np.zeros(len(spots))
    for leg in held:
        left = setting.t_years[leg.option.expiry] - setting.t_horizon
        sign = leg.option.sign
        if left == 0.0:
            worth = np.maximum(sign * (spots - leg.option.strike), 0.0)
        else:
            cash = tuple((t - setting.t_horizon, d) for t, d in setting.cash if t > setting.t_horizon)
            worth = hk.price(
                leg.option.kind,
                spots,
                leg.option.strike,
                left,
                0.04,
                setting.div_yields[leg.option.expiry],
                0.25,
                dividends=cash,
            )
        total += leg.contracts * 100 * (worth - leg.premium)
    slack = outcome.error_usd + 1e-6
    if outcome.low is not None:
        assert float(outcome.low) <= total.min() + slack
        assert float(outcome.low) >= total.min() - max(slack, 0.02 * np.ptp(total))
    if outcome.high is not None:
        assert float(outcome.high) >= total.max() - slack
    # the joined curve itself, near today's spot
    near = (spots > 60) & (spots < 400)
    joined = np.array([float(outcome.profit.at(s)) for s in spots[near][::20].tolist()])
    assert np.abs(joined - total[near][::20]).max() < 8 * outcome.error_usd
    for i in np.flatnonzero(total[:-1] * total[1:] < 0):
        assert any(spots[i] <= float(root) <= spots[i + 1] for root in outcome.breakevens)
    inside = [s for s in outcome.breakevens if 0.5 < s < 400]
    assert len(inside) >= int((total[:-1] * total[1:] < 0).sum())


def test_a_narrow_peak_is_not_missed():
    # a far spread that is worth something only in a few cents around its strikes, hours before it expires
    held = legs(
        "-1 XYZ260918C00100000 @1",
        "+1 XYZ260921C00101000 @1",
        "-2 XYZ260921C00101500 @0.5",
        "+1 XYZ260921C00102000 @0.4",
    )
    setting = given(held, vol={date(2026, 9, 18): 0.25, date(2026, 9, 21): 0.02})
    outcome = living_outcome(held, setting, 0.0)
    import hedgekit as hk

    spots = np.linspace(99.0, 104.0, 5001)
    left = setting.t_years[date(2026, 9, 21)] - setting.t_horizon
    total = -100 * np.maximum(spots - 100.0, 0.0) - sum(leg.contracts * 100 * leg.premium for leg in held)
    for leg in held[1:]:
        total += leg.contracts * 100 * hk.price("call", spots, leg.option.strike, left, 0.04, 0.01, 0.02)
    assert float(outcome.high) == pytest.approx(total.max(), abs=outcome.error_usd + 1e-3)


def test_values_before_expiry_by_finite_differences():
    import QuantLib as ql

    held = legs("+1 XYZ260918P00220000 @21", "-1 XYZ260918P00190000 @5")
    setting = given(held)
    result = analyze(held, setting)
    table = result.by_date
    today = ql.Date(17, 6, 2026)
    ql.Settings.instance().evaluationDate = today
    row = dict(zip(table.spots, table.profit_usd, strict=True))[200.0]
    day_count = ql.Actual365Fixed()
    process = ql.BlackScholesMertonProcess(
        ql.QuoteHandle(ql.SimpleQuote(200.0)),
        ql.YieldTermStructureHandle(ql.FlatForward(today, 0.01, day_count)),
        ql.YieldTermStructureHandle(ql.FlatForward(today, 0.04, day_count)),
        ql.BlackVolTermStructureHandle(ql.BlackConstantVol(today, ql.NullCalendar(), 0.25, day_count)),
    )
    engine = ql.FdBlackScholesVanillaEngine(process, 800, 800)
    for column, day in enumerate(table.dates[:-1]):
        left = (date(2026, 9, 18) - day).days
        exercise = ql.AmericanExercise(today, today + left)
        value = 0.0
        for leg in held:
            option = ql.VanillaOption(ql.PlainVanillaPayoff(ql.Option.Put, leg.option.strike), exercise)
            option.setPricingEngine(engine)
            value += leg.contracts * 100 * option.NPV()
        # the finite differences are good to about a tenth of a cent a share
        assert row[column] == pytest.approx(value - 1600.0, abs=0.5)


@pytest.mark.parametrize(("rate", "div_yield", "style"), [(0.04, 0.013, "european"), (0.04, -0.004, "american"), (0.04, 0.0, "american"), (-0.01, 0.02, "american"), (0.05, 0.001, "american")])  # fmt: skip
def test_a_calendar_is_limited_whatever_the_carry(rate, div_yield, style):
    held = legs("-1 XYZ260918C00200000 @8", "+1 XYZ261218C00200000 @12")
    setting = given(held, rate=rate, dividends=div_yield, exercise=style)
    result = analyze(held, setting)
    assert result.defined_risk and result.max_gain_usd is not None
    assert len(result.outcome.breakevens) == 2
    tilted = "carry_far_above" in [note.slug for note in result.warnings]
    assert tilted is (style == "european" or div_yield < 0.0)
    # the loss is the debit and, far above, interest on the strike less the yield (none where calls are exercised)
    assert 200.0 < result.max_loss_usd < 2000.0


def test_kelly_against_an_optimiser_over_the_density():
    from scipy import optimize

    held = legs("+1 XYZ260918C00200000 @8", "-1 XYZ260918C00210000 @4")
    setting = given(held, exercise="european")
    found = analyze(held, setting, drift=0.25).outlooks["lognormal"].kelly_fraction
    t = setting.t_horizon
    mean, deviation = math.log(200.0) + (0.25 - 0.5 * 0.25**2) * t, 0.25 * math.sqrt(t)
    # today's money: the debit is paid now, the payoff comes at expiry
    discount = math.exp(-0.04 * t)
    below, above = (
        stats.norm.cdf((math.log(200.0) - mean) / deviation),
        stats.norm.sf((math.log(210.0) - mean) / deviation),
    )

    def growth(f):
        between = integrate.quad(
            lambda x: math.log1p(f * (discount * 100 * (math.exp(x) - 200) - 400) / 400) * stats.norm.pdf(x, mean, deviation),
            math.log(200.0), math.log(210.0), epsabs=1e-13,
        )[0]  # fmt: skip
        return below * math.log1p(-f) + above * math.log1p(f * (discount * 1000 - 400) / 400) + between

    best = optimize.minimize_scalar(
        lambda f: -growth(f), bounds=(0.0, 0.99), method="bounded", options={"xatol": 1e-8}
    ).x
    # 4,000 equally likely outcomes stand for the density
    assert found == pytest.approx(best, abs=1e-3)


@pytest.mark.parametrize(
    ("place", "published"),
    [((100.0, 105.0, 60 / 365, 0.01, 0.2), 0.540374479), ((168.99, 185.0, 24 / 252, 0.045, 0.483), 0.5277250352)],
)
def test_optionlabs_touch_is_the_price_of_a_one_touch(place, published):
    # what it calls the probability of touch is discounted from the moment of the touch
    found = touch(*place, rate=place[3])
    assert found.discounted == pytest.approx(published, abs=2e-10)
    assert found.probability > found.discounted

"""Vols between expiries, beyond them, and after the spot has moved; the distribution behind them."""

from datetime import date

import numpy as np
import pytest
from scipy.integrate import quad

from hedgekit.distributions import Distribution, implied
from hedgekit.errors import InputError
from hedgekit.payoff import PiecewiseLinear

STRIKES = np.array([180.0, 220.0, 245.0, 250.0, 260.0, 300.0])
FIRST, THIRD, LAST = date(2026, 7, 17), date(2026, 12, 18), date(2027, 6, 17)


def test_scalars_and_arrays_keep_their_shape(surface):
    assert surface.vol(250.0, THIRD).shape == ()
    assert surface.vol(STRIKES.reshape(2, 3), THIRD).shape == (2, 3)
    assert float(surface.vol(250.0, THIRD)) == surface.vol(STRIKES, THIRD)[3]


def test_total_variance_rises_with_time_at_every_moneyness(surface):
    k = np.linspace(-0.5, 0.4, 91)
    times = np.concatenate([np.linspace(0.005, 1.6, 60), [of.t_years for of in surface.slices]])
    before = np.zeros(len(k))
    for t in np.sort(times):
        now = surface.vol(surface.forward(float(t)) * np.exp(k), float(t)) ** 2 * t
        # vols are solved to 1e-12
        assert (now >= before * (1.0 - 1e-9)).all()
        before = now


def test_at_the_forward_total_variance_is_linear_in_time(surface):
    a, b = surface.slices[1].t_years, surface.slices[2].t_years
    t = 0.3 * a + 0.7 * b
    at = [float(surface.vol(surface.forward(x), x)) ** 2 * x for x in (a, t, b)]
    assert at[1] == pytest.approx(0.3 * at[0] + 0.7 * at[2], rel=1e-9)


def test_between_expiries_calls_bend_upwards(surface):
    mixture = surface.mixture(date(2026, 10, 16))
    x = np.linspace(0.3, 2.0, 3401)
    assert (np.diff(mixture.call(np.log(x)), 2) >= -1e-15).all()


def test_days_are_years(surface):
    day = date(2026, 10, 16)
    np.testing.assert_array_equal(surface.vol(STRIKES, day), surface.vol(STRIKES, surface.years_to(day)))
    assert surface.beyond(date(2027, 9, 17)) and not surface.beyond(LAST)


def test_sticky_strikes_keep_their_vol(surface):
    moved = surface.moved(225.0, "sticky_strike")
    for when in (THIRD, date(2026, 10, 16)):
        np.testing.assert_array_equal(moved.vol(STRIKES, when), surface.vol(STRIKES, when))
    assert moved.forward(THIRD) == pytest.approx(0.9 * surface.forward(THIRD))
    with pytest.raises(InputError, match="sticky_delta"):
        implied(moved, THIRD)


def test_sticky_delta_keeps_the_vol_of_a_moneyness(surface):
    moved = surface.moved(225.0, "sticky_delta")
    np.testing.assert_allclose(moved.vol(0.9 * STRIKES, THIRD), surface.vol(STRIKES, THIRD), rtol=1e-9)
    assert implied(moved, THIRD).mean == pytest.approx(0.9 * implied(surface, THIRD).mean)
    np.testing.assert_allclose(moved.moved(250.0).vol(STRIKES, THIRD), surface.vol(STRIKES, THIRD), rtol=1e-12)


@pytest.mark.parametrize("when", [FIRST, date(2026, 8, 3), THIRD, date(2026, 6, 22), date(2028, 1, 21)], ids=str)
def test_the_implied_mean_is_the_forward_and_the_mass_is_one(surface, when):
    of = implied(surface, when)
    assert of.mean == surface.forward(when)
    shares = PiecewiseLinear((0,), (0,), 1)
    assert of.expect(shares) == pytest.approx(of.mean, rel=1e-14)
    assert of.probability() == pytest.approx(1.0, abs=1e-15)
    low, high = of.mixture.reach
    places = [of.mixture.quantile([p])[0] for p in (1e-6, 1e-3, 0.1, 0.5, 0.9, 0.999)]
    mass, mean = (
        quad(
            lambda k, power=power: np.exp(power * k) * of.mixture.density([k])[0], low, high, points=places, limit=400
        )[0]
        for power in (0.0, 1.0)
    )
    # quadrature's own error
    assert mass == pytest.approx(1.0, abs=1e-8)
    assert mean == pytest.approx(1.0, abs=1e-8)
    spots = np.linspace(10.0, 900.0, 2001)
    assert (np.diff(of.cdf(spots)) >= -5e-16).all()
    assert isinstance(of, Distribution)


def test_implied_calls_are_the_surface_prices(surface):
    from hedgekit.pricing import price

    of, t = implied(surface, THIRD), surface.years_to(THIRD)
    vols = surface.vol(STRIKES, THIRD)
    terms = (t, surface.rate(THIRD), surface.div_yield(THIRD), vols)
    worth = price(np.ones(6), surface.spot, STRIKES, *terms, exercise="european") * np.exp(surface.rate(THIRD) * t)
    np.testing.assert_allclose(of.calls(STRIKES), worth, rtol=1e-9)
    assert of.calls([0.0, np.inf]).tolist() == [of.mean, 0.0]


def test_implied_probabilities_are_slopes_of_calls(surface):
    of = implied(surface, THIRD)
    step = 1e-3
    slope = (of.calls(STRIKES + step) - of.calls(STRIKES - step)) / (2.0 * step)
    np.testing.assert_allclose(of.cdf(STRIKES), 1.0 + slope, atol=1e-8)
    assert of.probability(220.0, 260.0) == pytest.approx(float(np.diff(of.cdf([220.0, 260.0]))[0]))
    np.testing.assert_allclose(of.cdf(of.quantile([0.05, 0.5])), [0.05, 0.5], rtol=1e-12)


def test_statements_say_where_the_tails_begin(surface):
    assert "the tails beyond them" in implied(surface, THIRD).statement
    assert "between expiries" in implied(surface, date(2026, 10, 16)).statement
    assert "beyond the last expiry 2027-06-17" in implied(surface, date(2028, 1, 21)).statement


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda s: s.vol(-1.0, THIRD), "strike"),
        (lambda s: s.vol(250.0, date(2026, 6, 1)), "after 2026-06-17"),
        (lambda s: s.vol(250.0, 0.0), "expected a time after"),
        (lambda s: s.moved(0.0), r"spot 0\.0"),
        (lambda s: s.moved(200.0, "sticky"), "sticky_strike"),
        (lambda s: s.at(date(2026, 10, 16)), "there are: 2026-07-17"),
    ],
    ids=["strike", "past", "now", "spot", "rule", "expiry"],
)
def test_bad_arguments_are_named(surface, call, said):
    with pytest.raises(InputError, match=said):
        call(surface)

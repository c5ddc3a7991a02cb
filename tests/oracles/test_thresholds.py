"""Levels of Bertram and of Leung and Li against published and independent numbers."""

import math

import numpy as np
import pytest
from mpmath import mp

from hedgekit.errors import InfeasibleError, InputError
from hedgekit.pairs.thresholds.bertram import bertram
from hedgekit.pairs.thresholds.leung_li import leung_li
from hedgekit.pairs.thresholds.ornstein_uhlenbeck import OrnsteinUhlenbeck, fit, refits

EXAMPLE = OrnsteinUhlenbeck(speed=180.9670, mean=0.0, vol=0.1538)


def test_bertrams_example():
    """The paper's parameters; the variance from another solution of the moment equations (and Monte Carlo, 1.523e-4)."""
    best = bertram(EXAMPLE, 0.0010)
    assert (best.entry, best.exit) == pytest.approx((-0.0047151767, 0.0047151767), rel=1e-8)
    assert (best.cycle_days, best.return_per_day) == pytest.approx((0.0171223943, 0.4923583279), rel=1e-8)
    assert (best.cycle_variance, best.variance_per_day) == pytest.approx((1.54416872e-4, 2.18621482e-3), rel=1e-8)
    assert math.isnan(best.sharpe)
    best = bertram(EXAMPLE, 0.0010, rate=0.01)
    assert (best.exit, best.sharpe) == pytest.approx((0.01126744, 3.86187902), rel=1e-6)


@pytest.mark.parametrize("cost", [1e-6, 1e-4, 3e-3, 2e-2])
def test_no_other_symmetric_or_lopsided_levels_pay_more(cost):
    best = bertram(EXAMPLE, cost)
    root = math.sqrt(EXAMPLE.speed) / EXAMPLE.vol
    for low in np.linspace(0.6, 1.6, 11):
        for high in np.linspace(0.6, 1.6, 11):
            a, m = best.entry * low, best.exit * high
            wait = mp.pi / EXAMPLE.speed * (mp.erfi(m * root) - mp.erfi(a * root))
            assert (m - a - cost) / wait <= best.return_per_day * (1 + 1e-12)


def test_the_cycle_has_the_moments_of_simulated_passages():
    process = OrnsteinUhlenbeck(speed=1.0, mean=0.0, vol=math.sqrt(2.0))
    best = bertram(process, 1.0)
    b, step, random = best.distance_z, 1e-3, np.random.default_rng(1)
    # the time from -b to b is half a cycle; the walk is watched every step, which is late by 0.58 sqrt(step) on each side
    x, times, alive = np.full(4000, -b), np.zeros(4000), np.ones(4000, dtype=bool)
    edge = b - 0.5826 * math.sqrt(2 * step)
    carried, shock = math.exp(-step), math.sqrt(-math.expm1(-2 * step))
    for k in range(1, 100_000):
        x[alive] = carried * x[alive] + shock * random.standard_normal(alive.sum())
        done = alive & (x >= edge)
        times[done] = k * step
        alive &= ~done
        if not alive.any():
            break
    assert not alive.any()
    # four standard errors of the mean and of the variance of 4,000 draws from a nearly exponential law
    assert 2 * times.mean() == pytest.approx(best.cycle_days, rel=4 / math.sqrt(4000))
    assert 2 * times.var() == pytest.approx(best.cycle_variance, rel=4 * math.sqrt(8 / 4000))


def test_degenerate_questions_are_refused():
    with pytest.raises(InputError, match="does not contain the cost"):
        bertram(EXAMPLE, 0.001, rate=0.0)
    with pytest.raises(InputError, match="without costs"):
        bertram(EXAMPLE, 0.0)
    with pytest.raises(InfeasibleError, match="no level within 6"):
        bertram(EXAMPLE, 1.0)
    with pytest.raises(InfeasibleError, match="no level within 6"):
        bertram(EXAMPLE, 0.05, rate=1.0)
    with pytest.raises(InputError, match="zero or more"):
        bertram(EXAMPLE, math.nan)
    with pytest.raises(InputError, match="positive discount rate"):
        leung_li(EXAMPLE, rate=0.0, entry_cost=0.01, exit_cost=0.01)
    with pytest.raises(InputError, match="entry_cost"):
        leung_li(EXAMPLE, rate=0.1, entry_cost=-0.01, exit_cost=0.01)
    with pytest.raises(InfeasibleError):
        leung_li(EXAMPLE, rate=0.1, entry_cost=9.0, exit_cost=9.0)
    with pytest.raises(InputError, match="reverting"):
        OrnsteinUhlenbeck(speed=0.0, mean=0.0, vol=1.0)


def test_leung_and_lis_example():
    """From the parabolic-cylinder form in 30 digits."""
    best = leung_li(OrnsteinUhlenbeck(speed=8.0, mean=0.3, vol=0.3), rate=0.05, entry_cost=0.05, exit_cost=0.05)
    assert (best.exit, best.entry) == pytest.approx((0.46912012784, 0.10863223642), rel=1e-9)
    assert (best.value_at_mean, best.option_at_mean) == pytest.approx((0.37973580903, 0.18272182236), rel=1e-9)


@pytest.mark.parametrize(("speed", "rate", "cost"), [(0.05, 0.04 / 252, 0.02), (0.5, 0.3, 0.1), (2.0, 0.01, 0.4)])
def test_leung_and_li_by_parabolic_cylinder_functions(speed, rate, cost):
    process = OrnsteinUhlenbeck(speed=speed, mean=0.4, vol=0.6 * math.sqrt(speed))
    best = leung_li(process, rate=rate, entry_cost=cost / 2, exit_cost=cost / 2)
    with mp.workdps(30):

        def f(x):
            z = (x - process.mean) / process.sd
            return mp.exp(z * z / 4) * mp.pcfd(-rate / speed, -z)

        def g(x):
            return f(2 * process.mean - x)

        b, d = mp.mpf(best.exit), mp.mpf(best.entry)
        assert abs(f(b) / mp.diff(f, b) - (b - cost / 2)) < 1e-9
        held = (b - cost / 2) / f(b)
        gained = held * f(d) - d - cost / 2
        assert gained > 0
        assert abs(g(d) * (held * mp.diff(f, d) - 1) - mp.diff(g, d) * gained) < 1e-9 * abs(mp.diff(g, d))


def test_the_process_of_the_generated_spread():
    """A spread from Lehmer's generator; theta, kappa, sigma and half-life from an independent fit."""
    state, u = 12345, [0.0]

    def normal():
        nonlocal state
        total = 0.0
        for _ in range(12):
            state = state * 48271 % 2147483647
            total += state / 2147483647
        return total - 6

    for _ in range(499):
        a, b = normal(), normal()
        u.append(0.9 * u[-1] + 0.5 * b + 0.2 * a)
    found = fit(u)
    assert (found.mean, found.speed, found.vol) == pytest.approx((0.2217275002, 0.1065669258, 0.5645181274), rel=1e-9)
    assert found.half_life == pytest.approx(6.5043368292, rel=1e-9)


def test_a_walk_or_a_trend_has_no_process():
    with pytest.raises(InfeasibleError, match="nothing pulls"):
        fit(np.arange(50.0) ** 2)
    with pytest.raises(InputError, match="30 or more"):
        fit(range(10))


def test_days_to_the_mean_hold_in_simulation():
    process = OrnsteinUhlenbeck(speed=0.2, mean=1.0, vol=0.5)
    limit = process.days_to_mean(1.5, 0.9)
    step, random = 0.01, np.random.default_rng(2)
    x, hit = np.full(4000, 1.5 * process.sd), np.zeros(4000, dtype=bool)
    carried = math.exp(-process.speed * step)
    shock = process.sd * math.sqrt(1 - carried**2)
    edge = 0.5826 * process.vol * math.sqrt(step)  # watched every step only
    for _ in range(int(limit / step)):
        x = carried * x + shock * random.standard_normal(4000)
        hit |= x <= edge
    assert hit.mean() == pytest.approx(0.9, abs=4 * math.sqrt(0.09 / 4000))


def test_refits_show_that_short_histories_revert_too_fast():
    process = OrnsteinUhlenbeck(speed=0.05, mean=0.0, vol=1.0)
    speeds = [other.speed for other in refits(process, 250, count=400, seed=1)]
    assert len(speeds) > 390
    # Kendall's bias of the carried share, -(1 + 3 b)/n, is 0.016 here
    assert np.mean(speeds) - process.speed == pytest.approx(0.016, abs=0.006)
    assert refits(process, 250, count=3, seed=1) == refits(process, 250, count=3, seed=1)

"""The past come again: overlapping runs, block bootstrap, recentring."""

import math

import numpy as np
import pytest

from hedgekit.distributions import Distribution, historical
from hedgekit.distributions.touch import touch_at_closes
from hedgekit.errors import InputError
from hedgekit.payoff import PiecewiseLinear

PAST = np.random.default_rng(7).standard_t(4, 500) * 0.01


def kinked(points, end):
    from fractions import Fraction

    knots, values = zip(*points, strict=True)
    return PiecewiseLinear(tuple(map(Fraction, knots)), tuple(map(Fraction, values)), Fraction(end))


CONDOR = kinked([(0, -3), (90, -3), (95, 2), (105, 2), (110, -3)], 0)


def test_overlapping_runs_are_all_of_them_once():
    month = historical(100.0, PAST, 21)
    by_hand = sorted(100.0 * math.exp(math.fsum(PAST[i : i + 21])) for i in range(len(PAST) - 20))
    np.testing.assert_allclose(month.spots, by_hand, rtol=1e-12)
    assert isinstance(month, Distribution)
    assert "480 overlapping runs of 21 sessions (23 apart)" in month.statement


def test_the_same_seed_gives_the_same_outcomes_and_another_does_not():
    one, same, other = (historical(100.0, PAST, 21, seed=seed, block=10) for seed in (1, 1, 2))
    assert one.spots.tobytes() == same.spots.tobytes()
    assert one.spots.tobytes() != other.spots.tobytes()


def test_blocks_of_one_day_have_the_variance_of_independent_days():
    month = historical(100.0, PAST, 21, seed=3, block=1)
    # 20,000 draws tell a standard deviation to about 0.7%: five of those
    assert np.log(month.spots / 100.0).std() == pytest.approx(PAST.std() * math.sqrt(21), rel=0.035)


def test_blocks_as_long_as_the_history_are_runs_on_the_ring():
    steady = np.tile([0.01, -0.01], 50)
    drawn = historical(100.0, steady, 2, seed=3, block=100)
    # runs of two alternating days cancel but where a block breaks, once in a hundred
    assert np.mean(np.abs(np.log(drawn.spots / 100.0)) < 1e-12) == pytest.approx(0.995, abs=0.003)


def test_recentring_moves_the_mean_and_keeps_the_shape():
    plain, moved = historical(100.0, PAST, 21), historical(100.0, PAST, 21, recentre=101.0)
    assert moved.mean == pytest.approx(101.0, rel=1e-14)
    np.testing.assert_allclose(moved.spots / plain.spots, 101.0 / plain.mean, rtol=1e-14)


def test_answers_are_those_of_the_outcomes():
    month = historical(100.0, PAST, 21)
    profit = np.interp(month.spots, [90, 95, 105, 110], [-3, 2, 2, -3])
    assert month.expect(CONDOR) == pytest.approx(profit.mean(), rel=1e-12)
    assert month.probability_above(CONDOR) == (profit > 0).mean()
    assert month.expect_function(lambda s: s**2) == pytest.approx((month.spots**2).mean(), rel=1e-14)
    assert month.cvar(CONDOR, 0.95) == pytest.approx(np.sort(profit)[:24].mean(), rel=1e-12)  # a twentieth of 480
    assert month.mean == pytest.approx(month.spots.mean(), rel=1e-15)


def test_the_edge_of_a_tail_counts_in_part():
    few = historical(100.0, np.log([0.8, 0.9, 1.1, 1.3]), 1)
    shares = kinked([(0, -100)], 1)
    assert few.cvar(shares, 0.5) == pytest.approx(-15.0)
    assert few.cvar(shares, 0.625) == pytest.approx((-20.0 - 0.5 * 10.0) / 1.5)


def test_quantiles_are_outcomes_and_undo_the_cumulative_probability():
    few = historical(100.0, np.log([0.8, 0.9, 1.1, 1.3, 1.5]), 1)
    np.testing.assert_allclose(few.quantile([0.0, 0.2, 0.2001, 0.6, 1.0]), [80.0, 80.0, 90.0, 110.0, 150.0])
    assert few.cdf([79.0, few.spots[0], 1e9]).tolist() == [0.0, 0.2, 1.0]
    assert few.probability(float(few.spots[0]), float(few.spots[2])) == 0.2
    assert few.probability(5.0, 5.0) == 0.0
    assert set(few.sample(100, 1).tolist()) <= set(few.spots.tolist())


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"log_returns": [0.01, math.nan]}, "1 of 2 are not numbers"),
        ({"log_returns": []}, "one row"),
        ({"horizon_days": 0}, "expected 1 to 500 sessions"),
        ({"horizon_days": 501}, "expected 1 to 500 sessions"),
        ({"spot": -1.0}, "spot -1.0"),
        ({"recentre": math.inf}, "recentre inf"),
        ({"block": 0.5}, "block 0.5"),
        ({"block": 5, "draws": 3}, "draws 3"),
    ],
)
def test_bad_arguments_are_named(changed, said):
    with pytest.raises(InputError, match=said):
        historical(**{"spot": 100.0, "log_returns": PAST, "horizon_days": 21, **changed})


def test_bad_levels_are_named():
    month = historical(100.0, PAST, 21)
    with pytest.raises(InputError, match=r"level 1\.0"):
        month.cvar(CONDOR, 1.0)
    with pytest.raises(InputError, match="probability"):
        month.quantile(1.1)
    with pytest.raises(InputError, match="sample size 0"):
        month.sample(0, 1)


def test_touches_are_counted_over_the_closes_of_every_way():
    past = np.log([1.10, 0.80, 1.05, 1.0, 1.20])
    runs = historical(100.0, past, 2)
    # the four ways: 110 -> 88, 80 -> 84, 105 -> 105, 100 -> 120
    assert runs.highs == pytest.approx([84.0, 105.0, 110.0, 120.0])
    assert runs.lows == pytest.approx([80.0, 88.0, 100.0, 105.0])
    assert [runs.touch(level, 100.0) for level in (106.0, 121.0, 100.0, 85.0, 79.0)] == [0.5, 0.0, 0.75, 0.25, 0.0]
    assert historical(100.0, past, 2, recentre=101.0).touch(110.0, 100.0) is None


def test_touches_of_a_gaussian_past_are_those_of_the_lognormal_at_closes():
    rng = np.random.default_rng(7)
    vol, t = 0.2, 21 / 252
    past = rng.normal(-0.5 * vol**2 / 252, vol / math.sqrt(252), 20_000)
    drawn = historical(100.0, past, 21, block=1.0, draws=40_000)
    for level in (92.0, 97.0, 103.0, 110.0):
        known = touch_at_closes(100.0, level, t, 0.0, vol, closes=21).probability
        # 40,000 draws know a probability to a quarter of a point; the past of 20,000 days is off in its mean
        assert drawn.touch(level, 100.0) == pytest.approx(known, abs=0.02)

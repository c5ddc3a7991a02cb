"""Whole-share pairs against known cases, brute force, and Reg T arithmetic."""

import math

import numpy as np
import pytest

import hedgekit as hk
from hedgekit.errors import InfeasibleError, InputError
from hedgekit.pairs.budgets import extreme_gains, gains, reg_t_of
from hedgekit.pairs.carry import carry, dividends_paid
from hedgekit.pairs.whole_shares import best_pair, rounded_pair


def gross(long_usd, short_usd):
    return long_usd + short_usd


@pytest.mark.parametrize(
    ("prices", "ratio", "budget", "fill", "shares", "residual", "used"),
    [
        ((201.37, 457.79), 1.18, 25_000, 0.0, (52, 27), 4.2668, 22_831.57),
        ((201.37, 457.79), 1.18, 25_000, 0.95, (56, 29), 30.6196, 24_552.63),
        ((224.10, 601.35), 1.12, 50_000, 0.0, (12, 5), 5.154, 5_695.95),
        ((224.10, 601.35), 1.12, 50_000, 0.95, (103, 43), 5.874, 48_940.35),
    ],
)
def test_known_pairs(prices, ratio, budget, fill, shares, residual, used):
    best = best_pair(*prices, ratio, budget, gross, fill=fill)[0]
    assert (best.long_shares, best.short_shares) == shares
    assert abs(best.beta_usd) == pytest.approx(residual, abs=5e-4)
    assert best.gross_usd == pytest.approx(used, abs=0.005)


def test_what_is_not_known_of_the_ratio_is_no_reason_to_use_less():
    """Among pairs whose leftover beta is within the slack the fullest is best; then the others by leftover beta."""
    slack = 0.012
    found = best_pair(279.28, 720.65, 1.2987, 50_000, gross, count=6, slack=slack)
    small = [abs(one.beta_usd) <= slack * one.long_shares * 279.28 for one in found]
    assert small == sorted(small, reverse=True) and 1 < sum(small) < len(small)
    within = [one.used for one, fits in zip(found, small, strict=True) if fits]
    assert within == sorted(within, reverse=True)
    beyond = [abs(one.beta_usd) for one, fits in zip(found, small, strict=True) if not fits]
    assert beyond == sorted(beyond)
    assert best_pair(279.28, 720.65, 1.2987, 50_000, gross)[0].used < within[0]
    with pytest.raises(InputError, match="slack"):
        best_pair(279.28, 720.65, 1.2987, 50_000, gross, slack=-1.0)


def test_rounding_each_leg_alone():
    naive = rounded_pair(224.10, 601.35, 1.12, 50_000, gross)
    assert (naive.long_shares, naive.short_shares) == (105, 44)
    assert naive.beta_usd == pytest.approx(-105.24, abs=0.005)


@pytest.mark.parametrize("seed", range(12))
def test_search_equals_brute_force(seed):
    dice = np.random.default_rng(seed)
    y, x = dice.uniform(5, 400, 2).round(2)
    ratio, budget = dice.uniform(0.3, 2.0), dice.uniform(3_000, 40_000)
    fill = float(dice.choice([0.0, 0.9]))
    n_long, n_short = np.meshgrid(np.arange(1, int(budget / y) + 2), np.arange(1, int(budget / x) + 2))
    total = n_long * y + n_short * x
    left = np.abs(n_long * y * ratio - n_short * x)
    allowed = (total <= budget) & (total >= fill * budget)
    if not allowed.any():
        with pytest.raises(InfeasibleError):
            best_pair(y, x, ratio, budget, gross, fill=fill)
        return
    least = left[allowed].min()
    # with a floor on the budget used, the best may be far from balanced: the search looks at balanced pairs only
    found = best_pair(y, x, ratio, budget, gross, fill=fill)[0]
    assert abs(found.beta_usd) == pytest.approx(least, abs=1e-6)


def test_margin_of_the_known_pair():
    required = reg_t_of({"IWM": (55, 201.37), "SPY": (-29, 457.79)})
    assert required.deposit_usd == pytest.approx(12_175.63, abs=0.005)
    # the "150%" of the short leg beside half of the long one
    assert pytest.approx(19_913.865) == 1.5 * 29 * 457.79
    assert required.initial_usd == pytest.approx(19_913.865 + 0.5 * 55 * 201.37, abs=0.01)
    assert required.maintenance_usd == pytest.approx(6_751.6105, abs=0.01)


def history(seed=5, n=600, vols=(0.22, 0.16), rho=0.88):
    """Returns whose sample moments are exactly those asked for."""
    from hedgekit.model import PriceHistory

    dice = np.random.default_rng(seed)
    raw = dice.standard_normal((n, 2))
    raw[-252:] -= raw[-252:].mean(axis=0)
    root = np.linalg.inv(np.linalg.cholesky(np.cov(raw[-252:].T)))
    raw = raw @ root.T
    mix = np.linalg.cholesky(np.array([[1.0, rho], [rho, 1.0]]))
    simple = raw @ mix.T * np.array(vols) / math.sqrt(252)
    levels = np.vstack([[100.0, 200.0], np.array([100.0, 200.0]) * np.cumprod(1 + simple, axis=0)])
    dates = np.busday_offset("2023-01-02", np.arange(n + 1), roll="forward").astype("M8[D]")
    return PriceHistory(tickers=("IWM", "SPY"), dates=dates, close=levels, total_return=levels, source="made")


@pytest.mark.parametrize(("ratio", "sd"), [(1.0, 0.1097633819), (1.18, 0.1046043976), (1.21, 0.1044942104)])
def test_spread_volatility_of_known_vols(ratio, sd):
    """sqrt(.22^2 + d^2 .16^2 - 2 d .88 .22 .16), least at d = rho sigma_y / sigma_x = 1.21."""
    sized = hk.pair_size(history(), gross=2_000_000, ratio=ratio, long_price=1.0, short_price=1.0)
    assert sized.risk.spread_vol == pytest.approx(sd, rel=2e-5)


def test_value_at_risk_of_known_vols():
    prices = history()
    sized = hk.pair_size(prices, var=1000, ratio=1.18, fill=0.9999, long_price=1.0, short_price=1.0)
    assert sized.counts.long_shares == pytest.approx(65_234.2494, rel=2e-4)  # a dollar a share, 99.99% of it used
    assert sized.risk.spread_vol == pytest.approx(0.1046043976, rel=1e-4)
    assert sized.risk.var_usd == pytest.approx(sized.counts.used, rel=1e-9)


@pytest.mark.parametrize(
    "budget", [{"var": 500}, {"vol_target": 4000}, {"loss": 3000}, {"margin": 20_000}, {"gross": 40_000}]
)
def test_every_budget_is_kept_and_used(budget):
    prices = history()
    sized = hk.pair_size(prices, ratio=1.18, **budget)
    ((name, value),) = budget.items()
    assert 0.95 * value <= sized.counts.used <= value * (1 + 1e-9)
    told = {
        "var": sized.risk.var_usd,
        "vol_target": sized.risk.vol_usd,
        "loss": sized.risk.worst_usd,
        "margin": sized.margin.deposit_usd,
        "gross": sized.counts.gross_usd,
    }
    assert told[name] == pytest.approx(sized.counts.used, rel=1e-6)
    assert abs(sized.counts.beta_usd) <= abs(sized.naive.beta_usd) or sized.naive.used > value


def test_the_worst_loss_needs_only_the_extremes():
    from hedgekit.pairs.sample import pair_of

    pair = pair_of(history(), "IWM", "SPY")
    y, x = gains(pair)
    few_y, few_x = extreme_gains(pair)
    assert len(few_y) < len(y) / 4
    for long_usd, short_usd in np.random.default_rng(1).uniform(0, 5, (200, 2)):
        assert (short_usd * few_x - long_usd * few_y).max() == (short_usd * x - long_usd * y).max()


def test_carry_adds_up():
    held = carry(long_usd=10_000, short_usd=12_000, shares=100, deposit_usd=4_000, long_yield=0.012, short_yield=0.011, borrow=0.01, rate=0.06, rebate=0.02, cost=0.01)  # fmt: skip
    assert held.net_usd == pytest.approx(120 - 132 - 120 + 240 - 360)
    assert held.round_trip_usd == pytest.approx(2.0) and held.debit_usd == 6_000


def test_a_yield_read_from_the_adjusted_prices(tmp_path):
    from hedgekit.pairs.carry import trailing_yield

    days = history(n=500)
    close = np.array(days.close)
    total = close.copy()
    for row in (300, 363, 426, 489):
        total[:row, 0] *= 1 - 0.3 / close[row - 1, 0]
    import dataclasses

    known = dataclasses.replace(days, total_return=total)
    assert trailing_yield(known, "IWM") == pytest.approx(4 * 0.3 / close[-1, 0], rel=1e-9)
    # equal throughout: no dividend, or an adjusted close; not to be told apart
    assert math.isnan(trailing_yield(known, "SPY"))


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"gross": 1000, "var": 5}, "exactly one budget"),
        ({}, "exactly one budget"),
        ({"gross": -5}, "positive number of dollars"),
        ({"gross": 1000, "ratio": 0.0}, "positive number of dollars short"),
        ({"gross": 1000, "ratio": 1.0, "fill": 2.0}, "0 to 1"),
        ({"gross": 1000, "estimator": "nothing"}, "no estimator"),
        ({"gross": 1000, "estimator": "price_ols"}, "needs a cointegrated pair"),
    ],
)
def test_wrong_requests(how, message):
    with pytest.raises(InputError, match=message):
        hk.pair_size(history(), **how)


def test_a_budget_that_buys_nothing_says_the_least():
    with pytest.raises(InfeasibleError, match="the least, 1 long and 1 short"):
        hk.pair_size(history(), gross=50, ratio=1.0)


def test_dividends_come_back_to_the_cent_on_days_that_move():
    """Closes adjusted as vendors do, ``1 - D / close before``: what was paid is told whatever the ex-date's own move."""
    dice, n = np.random.default_rng(6), 400
    close = 50.0 * np.exp(np.cumsum(0.03 * dice.standard_normal(n)))
    paid = np.where(np.arange(n) % 63 == 40, 0.37, 0.0)
    factor = np.append(1.0 - paid[1:] / close[:-1], 1.0)
    adjusted = close * np.cumprod(factor[::-1])[::-1]
    assert dividends_paid(close, adjusted) == pytest.approx(paid, abs=1e-9)


def test_shares_too_large_for_the_budget_are_said_with_a_way_out():
    small = hk.pair_size(long="IWM", short="SPY", gross=3_000, ratio=1.2987, long_price=279.28, short_price=720.65)
    (note,) = [note for note in small.warnings if note.slug == "coarse_shares"]
    assert "--fill 0.8 finds 4 long and 2 short" in note.message
    looser = hk.pair_size(
        long="IWM", short="SPY", gross=3_000, ratio=1.2987, long_price=279.28, short_price=720.65, fill=0.8
    )
    assert (looser.counts.long_shares, looser.counts.short_shares) == (4, 2)
    assert not [note for note in looser.warnings if note.slug == "coarse_shares"]


def test_a_short_leg_that_does_not_hedge_is_said():
    dice, n = np.random.default_rng(2), 900
    both = 80.0 * np.exp(0.01 * np.cumsum(dice.standard_normal((n, 2)), axis=0))
    days = np.datetime64("2020-01-01") + np.arange(n)
    from hedgekit.model import PriceHistory

    walks = PriceHistory(tickers=("A", "B"), dates=days, close=both, total_return=both, source="made")
    result = hk.pair_ratio(walks)
    assert result.named(result.recommended).effectiveness.low <= 0.0
    assert [note.slug for note in result.warnings if note.slug == "no_hedge"] == ["no_hedge"]
    if result.named(result.recommended).dollar_ratio > 0.0:
        sized = hk.pair_size(walks, gross=20_000.0)
        assert "no_hedge" in {note.slug for note in sized.warnings}
    assert "no_hedge" not in {note.slug for note in hk.pair_ratio(history(n=900)).warnings}

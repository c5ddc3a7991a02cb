"""Betas against statsmodels, and what is refused."""

import numpy as np
import pytest
import statsmodels.api as sm

from hedgekit.errors import DataError, InputError
from hedgekit.model import PriceHistory
from hedgekit.risk.betas import Beta, estimate, read_betas, settle


def history(n=300, beta=1.2, seed=3):
    rng = np.random.default_rng(seed)
    x = rng.standard_t(4, n) * 0.01
    y = beta * x + rng.normal(0.0, 0.005, n)
    levels = 100.0 * np.cumprod(np.vstack([np.ones(2), 1.0 + np.column_stack([y, x])]), axis=0)
    days = np.arange(np.datetime64("2025-01-01"), np.datetime64("2025-01-01") + n + 1)
    return PriceHistory(tickers=("Y", "X"), dates=days, close=levels, total_return=levels, source="made"), y, x


def test_estimate_and_interval_are_those_of_statsmodels():
    prices, y, x = history()
    found = estimate(prices, "Y", "X", window=252)
    lags = int(4 * (252 / 100) ** (2 / 9))
    fit = sm.OLS(y[-252:], sm.add_constant(x[-252:])).fit(
        cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": True}
    )
    low, high = fit.conf_int()[1]
    # the returns went through prices and back: their last digits differ
    assert found.value == pytest.approx(fit.params[1], rel=1e-9)
    assert (found.low, found.high) == pytest.approx((low, high), rel=1e-6)


def test_too_few_returns_tell_no_beta():
    prices, _, _ = history(n=59)
    assert estimate(prices, "Y", "X") is None
    assert estimate(prices, "Y", "Z") is None


def test_given_wins_and_the_benchmark_is_one():
    prices, _, _ = history()
    mine = Beta(value=0.5, low=0.4, high=0.6, basis="mine")
    found = settle(("Y", "X", "Z"), "X", {"Y": mine}, prices)
    assert found["Y"] is mine and found["X"].value == 1.0 and "Z" not in found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ticker,beta\nSPY,high\n", "beta is 'high'"),
        ("ticker,beta\nSPY,nan\n", "beta is 'nan'"),
        ("ticker,beta\nSPY,1\nSPY,2\n", "listed twice"),
        ("ticker,beta,low,high\nSPY,1,2,3\n", "low <= beta"),
        ("ticker\nSPY\n", "no column 'beta'"),
    ],
)
def test_a_bad_file_of_betas_is_refused(write, text, said):
    with pytest.raises(DataError, match=said):
        read_betas(write("betas.csv", text))


def test_a_beta_out_of_order_is_refused():
    with pytest.raises(InputError):
        Beta(value=1.0, low=1.1, high=1.2, basis="")

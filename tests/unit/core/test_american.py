"""Statuses, strides, instruction sets and bit-identity of the American kernel."""

from __future__ import annotations

import numpy as np
import pytest

from hedgekit.core import _american
from hedgekit.errors import Status

GREEKS = ("price", "delta", "gamma", "vega", "theta", "rho", "vanna", "volga", "charm")
GOOD = {"sign": -1, "spot": 100.0, "strike": 105.0, "t": 0.5, "rate": 0.04, "div_yield": 0.01, "vol": 0.2}


def book(n, seed=5):
    """A mix of every kind of problem: one boundary, two, none, no vol."""
    rng = np.random.default_rng(seed)
    return [
        rng.choice(np.array([-1, 1], dtype=np.int8), n),
        np.round(rng.uniform(80, 120, n), 2),
        np.round(rng.uniform(80, 120, n)),
        rng.uniform(0.01, 2, n),
        rng.choice([0.05, 0.02, 0.0, -0.01], n),
        rng.choice([0.0, 0.02, 0.03, -0.02], n),
        rng.choice([0.0, 0.1, 0.3, 0.6], n, p=[0.05, 0.35, 0.35, 0.25]),
    ]


def price(columns):
    n = len(columns[0])
    value, status = np.empty(n), np.empty(n, dtype=np.int8)
    _american.price_into(*columns, value, status)
    return value, status


def greeks(columns):
    n = len(columns[0])
    out, status = [np.empty(n) for _ in GREEKS], np.empty(n, dtype=np.int8)
    _american.greeks_into(*columns, *out, status)
    return np.array(out), status


def implied_vol(premium, columns):
    n = len(premium)
    vol, upper, status = np.empty(n), np.empty(n), np.empty(n, dtype=np.int8)
    _american.implied_vol_into(premium, *columns, vol, upper, status)
    return vol, upper, status


def one(**changes):
    values = {**GOOD, **changes}
    return [np.array([values.pop("sign")], dtype=np.int8), *(np.array([v]) for v in values.values())]


@pytest.fixture
def restore_isa():
    before = _american.isa()
    yield
    _american.set_isa(before)


@pytest.mark.parametrize("name", ["spot", "strike", "t", "rate", "div_yield", "vol"])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_not_finite_is_invalid(name, bad):
    value, status = price(one(**{name: bad}))
    assert status[0] == Status.INVALID_INPUT
    assert np.isnan(value[0])
    derivatives, status = greeks(one(**{name: bad}))
    assert status[0] == Status.INVALID_INPUT
    assert np.isnan(derivatives).all()


@pytest.mark.parametrize(
    "bad", [{"spot": 0.0}, {"strike": -1.0}, {"t": 0.0}, {"vol": -0.1}, {"sign": 0}, {"sign": 2}], ids=str
)
def test_out_of_range_is_invalid(bad):
    assert price(one(**bad))[1][0] == Status.INVALID_INPUT


def test_a_bad_element_leaves_its_neighbours_alone():
    columns = book(64)
    clean = price(columns)[0]
    columns[1] = columns[1].copy()
    columns[1][10] = np.nan
    value, status = price(columns)
    assert status[10] == Status.INVALID_INPUT
    rest = np.arange(64) != 10
    np.testing.assert_array_equal(value[rest], clean[rest])


def test_zero_vol_is_the_best_exercise_time():
    # Held to the end a call earns the yield: e^(-qT) S - e^(-rT) K beats S - K.
    value, _ = price(one(sign=1, spot=110.0, strike=100.0, vol=0.0, t=1.0))
    assert value[0] == pytest.approx(110 * np.exp(-0.01) - 100 * np.exp(-0.04), rel=1e-14)
    # r < 0 and q < r: between now and expiry there is a best moment, r K e^(-rt) = q S e^(-qt).
    t = np.log(-0.01 * 100 / (-0.02 * 40)) / 0.01
    value, _ = price(one(spot=40.0, strike=100.0, vol=0.0, t=40.0, rate=-0.01, div_yield=-0.02))
    times = np.linspace(0, 40, 400001)
    assert value[0] == pytest.approx((100 * np.exp(0.01 * times) - 40 * np.exp(0.02 * times)).max(), rel=1e-12)
    assert 0 < t < 40


def test_deep_in_the_money_is_exactly_the_exercise_value():
    derivatives, _ = greeks(one(spot=50.01, strike=100.03))
    np.testing.assert_array_equal(derivatives[:, 0], [100.03 - 50.01, -1, 0, 0, 0, 0, 0, 0, 0])
    derivatives, _ = greeks(one(sign=1, spot=300.07, strike=100.03, rate=0.01, div_yield=0.06))
    np.testing.assert_array_equal(derivatives[:, 0], [300.07 - 100.03, 1, 0, 0, 0, 0, 0, 0, 0])


def test_empty_columns():
    value, status = price([column[:0] for column in book(4)])
    assert value.size == status.size == 0


def test_columns_of_another_length_are_refused():
    columns = book(4)
    columns[3] = columns[3][:3]
    with pytest.raises(ValueError, match="4 options, and a column of 3"):
        price(columns)


def test_any_stride_gives_the_same_bits():
    columns = book(101)
    value, status = price(columns)
    wide = [np.repeat(column, 3)[::3] for column in columns]
    backward = [column[::-1].copy()[::-1] for column in columns]
    for strided in (wide, backward):
        np.testing.assert_array_equal(price(strided)[0], value)
    scalar = [np.broadcast_to(column[7:8], 9) for column in columns]
    np.testing.assert_array_equal(price(scalar)[0], np.full(9, value[7]))
    assert status.max() == Status.OK


@pytest.mark.parametrize("level", _american.available_isas())
def test_splits_do_not_change_a_bit(level, restore_isa):
    _american.set_isa(level)
    columns = book(60)
    value, derivatives = price(columns)[0], greeks(columns)[0]
    vol, upper, found = implied_vol(value, columns[:-1])
    for cut in (1, 7, 33):
        parts = [[column[:cut] for column in columns], [column[cut:] for column in columns]]
        np.testing.assert_array_equal(np.concatenate([price(part)[0] for part in parts]), value)
        np.testing.assert_array_equal(np.concatenate([greeks(part)[0] for part in parts], axis=1), derivatives)
    for cut in (7, 33):
        parts = [slice(None, cut), slice(cut, None)]
        again = [implied_vol(value[part], [column[part] for column in columns[:-1]]) for part in parts]
        for whole, pieces in zip((vol, upper, found), zip(*again, strict=True), strict=True):
            np.testing.assert_array_equal(np.concatenate(pieces), whole)


def test_instruction_sets_agree(restore_isa):
    columns = book(200)
    by_level = {}
    for level in _american.available_isas():
        _american.set_isa(level)
        assert _american.isa() == level
        by_level[level] = price(columns)[0]
    for value in by_level.values():
        # Fused and separate multiply-adds round differently; Newton's stopping rule amplifies that a little.
        np.testing.assert_allclose(value, by_level["baseline"], rtol=0, atol=1e-9 * 120)


def test_unknown_instruction_set():
    with pytest.raises(ValueError, match="mmx"):
        _american.set_isa("mmx")


@pytest.mark.parametrize(
    ("premium", "status"),
    [
        (4.99, Status.BELOW_INTRINSIC),
        (-1.0, Status.BELOW_INTRINSIC),
        (105.0, Status.ABOVE_MAXIMUM),
        (200.0, Status.ABOVE_MAXIMUM),
        (np.nan, Status.INVALID_INPUT),
        (5.0, Status.NOT_IDENTIFIED),
        (9.0, Status.OK),
    ],
)
def test_implied_vol_status(premium, status):
    vol, upper, found = implied_vol(np.array([premium]), one()[:-1])
    assert found[0] == status
    assert np.isfinite(vol[0]) == (status == Status.OK)
    assert np.isfinite(upper[0]) == (status == Status.NOT_IDENTIFIED)


def test_the_bound_of_an_unidentified_vol_is_where_holding_starts_to_pay():
    columns = one(spot=90.0, strike=105.0)
    _, upper, status = implied_vol(np.array([15.0]), columns[:-1])
    assert status[0] == Status.NOT_IDENTIFIED
    below, above = (price(one(spot=90.0, strike=105.0, vol=upper[0] * step))[0][0] for step in (0.99, 1.01))
    assert below == 15.0
    assert above > 15.0


@pytest.mark.parametrize(
    ("sign", "terms", "rho"),
    # Converged: QuantLib 1.44, 60 nodes of tanh-sinh collocation, differences over 1e-4 to 1e-6 of rate.
    [
        (
            1,
            (
                374.8,
                370.0143213010849,
                0.029004926842669292,
                0.014975252883211925,
                0.014265141745767653,
                0.45776825059145493,
            ),
            5.51775293,
        ),
        (
            1,
            (391.32, 391.32, 0.028727837316763333, 0.04271401634827852, 0.03689527217039862, 0.7125613901025825),
            5.14595735,
        ),
        (
            1,
            (
                389.04,
                391.6966620112,
                0.05480776870252084,
                0.023893112914206684,
                0.023893112914206684,
                0.08768608089908024,
            ),
            7.39815,
        ),
        (
            -1,
            (
                352.59,
                364.9685498713835,
                0.11564294752826026,
                0.04322600628724222,
                0.04821930240995919,
                0.10256371945696247,
            ),
            -35.4303788,
        ),
    ],
)
def test_rho_where_rate_and_yield_are_close(sign, terms, rho):
    *_, found, _, _, _, status = _american.greeks_scalar(sign, *terms)
    assert status == 0
    assert found == pytest.approx(rho, rel=1e-4)


def boundary_of(strike, *rest):
    """The spot below which a put is exercised, by bisection on its price."""
    low, high = strike * 1e-3, strike
    for _ in range(60):
        middle = 0.5 * (low + high)
        value, _ = _american.price_scalar(-1, middle, strike, *rest)
        low, high = (middle, high) if value == strike - middle else (low, middle)
    return high


@pytest.mark.parametrize("level", _american.available_isas())
@pytest.mark.parametrize(
    "rest",  # years, rate, yield, vol
    [
        (0.7, 0.05, 0.02, 0.25),
        (0.1, 0.04, 0.01, 0.2),
        (2.0, 0.02, 0.04, 0.7),
        (3.6888, 0.11476, -0.00237, 0.46314),
    ],
)
def test_next_to_the_boundary_gamma_is_what_the_equation_leaves_for_it(rest, level, restore_isa):
    # Just above the boundary the value is the exercise value to second order and no longer moves with time:
    # vol^2 S^2 gamma / 2 = r K - q S there, and falls short of it by the order of the distance.
    _american.set_isa(level)
    t, rate, div_yield, vol = rest
    boundary = boundary_of(100.0, *rest)
    expected = 2.0 * (rate * 100.0 - div_yield * boundary) / (vol * boundary) ** 2
    for distance in (1e-5, 1e-4, 1e-3, 1e-2):
        spot = boundary * np.exp(distance * vol * np.sqrt(t))
        _, delta, gamma, _, theta, *_ = _american.greeks_scalar(-1, spot, 100.0, *rest)
        assert gamma == pytest.approx(expected, rel=2e-3 + 3.0 * distance)
        assert delta == pytest.approx(-1.0 + gamma * (spot - boundary), abs=2e-4 + 3.0 * distance**2)
        assert abs(theta) < (2e-3 + 2.0 * distance) * 0.5 * gamma * (vol * spot) ** 2


@pytest.mark.parametrize("distance", [1e-3, 1e-2, 0.1, 0.5, 1.4, 1.6])
@pytest.mark.parametrize("rest", [(0.7, 0.05, 0.02, 0.25), (1.5, 0.06, 0.02, 0.2), (0.1, 0.04, 0.01, 0.2)])
def test_greeks_near_the_boundary_are_derivatives_of_delta(rest, distance):
    t, rate, div_yield, vol = rest
    spot = boundary_of(100.0, *rest) * np.exp(distance * vol * np.sqrt(t))

    def delta(spot=spot, t=t, vol=vol):
        return _american.greeks_scalar(-1, spot, 100.0, t, rate, div_yield, vol)[1]

    _, _, gamma, _, _, _, vanna, _, charm, _ = _american.greeks_scalar(-1, spot, 100.0, *rest)
    step = 1e-2 * min(distance, 0.1)
    by_spot = (delta(spot=spot * (1 + step * vol)) - delta(spot=spot * (1 - step * vol))) / (2 * step * vol * spot)
    by_vol = (delta(vol=vol * (1 + 1e-4 * step)) - delta(vol=vol * (1 - 1e-4 * step))) / (2e-4 * step * vol)
    by_time = (delta(t=t * (1 - 1e-3 * step)) - delta(t=t * (1 + 1e-3 * step))) / (2e-3 * step * t)
    assert by_spot == pytest.approx(gamma, rel=1e-4)
    assert by_vol == pytest.approx(vanna, rel=2e-4)
    assert by_time == pytest.approx(charm, rel=2e-2)

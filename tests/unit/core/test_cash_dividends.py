"""Statuses, strides, instruction sets and bit-identity of the cash-dividend engine."""

import numpy as np
import pytest
from scipy.interpolate import CubicSpline

from hedgekit.core import _american as american
from hedgekit.core import _cash_dividends as engine
from hedgekit.errors import Status

NONE = np.empty(0)
TIMES, AMOUNTS = np.array([0.6, 0.1, 0.35]), np.array([0.9, 0.8, 0.85])


@pytest.fixture(params=engine.available_isas())
def isa(request):
    before = engine.isa()
    engine.set_isa(request.param)
    yield request.param
    engine.set_isa(before)


def book(n, seed=1):
    rng = np.random.default_rng(seed)
    return {
        "sign": rng.choice(np.array([-1, 1], np.int8), n),
        "spot": np.full(n, 220.0),
        "strike": rng.uniform(150, 300, n),
        "t_years": rng.choice([0.05, 0.3, 0.5, 0.75, 1.3], n),
        "rate": rng.choice([0.0, 0.03, 0.05], n),
        "div_yield": rng.choice([0.0, 0.0, 0.02], n),
        "vol": rng.uniform(0.1, 0.6, n),
    }


def price(american, columns, times=TIMES, amounts=AMOUNTS):
    n = len(columns["spot"])
    out, status = np.full(n, 7.0), np.full(n, 9, np.int8)
    engine.price_into(american, *columns.values(), times, amounts, out, status)
    return out, status


def greeks(american, columns, times=TIMES, amounts=AMOUNTS):
    n = len(columns["spot"])
    out, status = np.full((9, n), 7.0), np.full(n, 9, np.int8)
    engine.greeks_into(american, *columns.values(), times, amounts, *out, status)
    return out, status


def implied_vol(american, premium, columns, times=TIMES, amounts=AMOUNTS):
    n = len(columns["spot"])
    vol, upper, status = np.full(n, 7.0), np.full(n, 7.0), np.full(n, 9, np.int8)
    rest = [v for k, v in columns.items() if k != "vol"]
    engine.implied_vol_into(american, premium, *rest, times, amounts, vol, upper, status)
    return vol, upper, status


def one(**changes):
    columns = {"sign": -1, "spot": 100.0, "strike": 100.0, "t_years": 1.0, "rate": 0.04, "div_yield": 0.0, "vol": 0.3}
    columns |= changes
    return {k: np.array([v], np.int8 if k == "sign" else float) for k, v in columns.items()}


@pytest.mark.parametrize("american", [False, True])
def test_results_do_not_depend_on_neighbours_or_splits(isa, american):
    columns = book(37)
    whole, _ = price(american, columns)
    whole_greeks, _ = greeks(american, columns)
    premium = whole * 1.001 + 0.01
    whole_vol, _, whole_status = implied_vol(american, premium, columns)
    for cut in (1, 5, 18, 36):
        parts = [{k: v[s] for k, v in columns.items()} for s in (slice(None, cut), slice(cut, None))]
        assert np.array_equal(whole, np.concatenate([price(american, p)[0] for p in parts]))
    half = [{k: v[s] for k, v in columns.items()} for s in (slice(None, 11), slice(11, None))]
    assert np.array_equal(whole_greeks, np.concatenate([greeks(american, p)[0] for p in half], axis=1), equal_nan=True)
    split = [
        implied_vol(american, premium[s], p) for s, p in zip((slice(None, 11), slice(11, None)), half, strict=True)
    ]
    assert np.array_equal(whole_vol, np.concatenate([s[0] for s in split]), equal_nan=True)
    assert np.array_equal(whole_status, np.concatenate([s[2] for s in split]))
    assert np.array_equal(whole[::-1], price(american, {k: v[::-1] for k, v in columns.items()})[0])


def test_instruction_sets_agree(isa):
    columns = book(64, seed=3)
    found, status = price(True, columns)
    engine.set_isa("baseline")
    expected, _ = price(True, columns)
    assert (status == Status.OK).all()
    # one lattice, other rounding: a fused multiply-add where there is one
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9)


def test_strides_and_broadcast_scalars():
    n = 9
    columns = book(n)
    expected, _ = price(True, columns | {"spot": np.full(n, 220.0), "vol": np.full(n, 0.3)})
    strided = {k: np.repeat(v, 3)[::3] for k, v in columns.items()}
    strided["spot"] = np.broadcast_to(np.float64(220.0), n)
    strided["vol"] = np.broadcast_to(np.float64(0.3), n)
    assert np.array_equal(expected, price(True, strided)[0])


@pytest.mark.parametrize(
    "changes",
    [
        {"sign": 0},
        {"spot": 0.0},
        {"spot": np.nan},
        {"strike": -1.0},
        {"t_years": 0.0},
        {"t_years": np.inf},
        {"rate": np.nan},
        {"div_yield": np.inf},
        {"vol": -0.1},
        {"vol": np.nan},
    ],
)
def test_bad_elements_get_nan_and_a_status(changes):
    found, status = price(True, one(**changes))
    assert np.isnan(found[0])
    assert status[0] == Status.INVALID_INPUT
    found, status = greeks(True, one(**changes))
    assert np.isnan(found).all()
    assert status[0] == Status.INVALID_INPUT


@pytest.mark.parametrize(("times", "amounts"), [([0.5], [-1.0]), ([np.nan], [1.0]), ([0.5], [np.inf])])
def test_bad_dividends_spoil_every_element(times, amounts):
    found, status = price(True, one(), np.array(times), np.array(amounts))
    assert np.isnan(found[0])
    assert status[0] == Status.INVALID_INPUT


def test_lengths_are_checked():
    columns = one()
    with pytest.raises(ValueError, match="dividend times"):
        price(True, columns, np.array([0.1]), NONE)
    with pytest.raises(ValueError, match="one length"):
        price(True, columns | {"strike": np.array([1.0, 2.0])})


def test_nothing_in_nothing_out():
    found, _ = price(True, {k: v[:0] for k, v in one().items()})
    assert len(found) == 0


def test_unknown_instruction_set():
    with pytest.raises(ValueError, match="altivec"):
        engine.set_isa("altivec")


def test_conventions_of_the_dates():
    base = one(sign=1)
    plain = price(True, base, NONE, NONE)[0][0]
    # gone, today, after expiry, of nothing: no dividend
    ignored = price(True, base, np.array([-0.1, 0.0, 1.01, 0.5]), np.array([5.0, 5.0, 5.0, 0.0]))[0][0]
    assert ignored == plain
    # at expiry: an American call is exercised just before, a European one is not
    at_expiry = np.array([1.0]), np.array([5.0])
    assert price(True, base, *at_expiry)[0][0] == plain
    lower_spot = price(False, one(sign=1, strike=105.0), NONE, NONE)[0][0]
    assert price(False, base, *at_expiry)[0][0] == pytest.approx(lower_spot, abs=1e-12)
    # order and repetition of dates do not matter
    assert np.array_equal(
        price(True, base, np.array([0.7, 0.2, 0.7]), np.array([1.0, 2.0, 3.0]))[0],
        price(True, base, np.array([0.2, 0.7]), np.array([2.0, 4.0]))[0],
    )


def test_a_dividend_larger_than_the_spot_takes_it_to_zero():
    # before the date nothing can be gained by waiting but interest, so the European values are known
    times, amounts = np.array([0.5]), np.array([1e4])
    assert price(False, one(), times, amounts)[0][0] == pytest.approx(100 * np.exp(-0.04), abs=2e-4)
    assert price(False, one(sign=1), times, amounts)[0][0] == pytest.approx(0, abs=2e-4)


def test_zero_vol_is_the_best_time_along_the_forward_path():
    times, amounts = np.array([0.5]), np.array([3.0])
    at_drop = 100 * np.exp(0.02)
    call = price(True, one(sign=1, strike=90.0, vol=0.0), times, amounts)[0][0]
    assert call == pytest.approx(np.exp(-0.02) * (at_drop - 90), rel=1e-12)
    put = price(True, one(strike=110.0, vol=0.0), times, amounts)[0][0]
    assert put == pytest.approx(max(10.0, np.exp(-0.02) * (110 - at_drop + 3)), rel=1e-12)
    european = price(False, one(strike=110.0, vol=0.0), times, amounts)[0][0]
    assert european == pytest.approx(np.exp(-0.04) * 110 - 100 + 3 * np.exp(-0.02), rel=1e-12)


def test_implied_vol_statuses():
    cases = [
        (one(strike=120.0), 19.9, Status.BELOW_INTRINSIC),
        (one(strike=120.0), 20.0, Status.NOT_IDENTIFIED),
        (one(strike=100.0), 0.0, Status.BELOW_INTRINSIC),
        (one(strike=120.0), 120.0, Status.ABOVE_MAXIMUM),
        (one(sign=1), 100.0, Status.ABOVE_MAXIMUM),
        (one(strike=120.0), np.nan, Status.INVALID_INPUT),
        (one(spot=-1.0), 3.0, Status.INVALID_INPUT),
        (one(strike=120.0), 25.0, Status.OK),
    ]
    for columns, premium, expected in cases:
        vol, upper, status = implied_vol(True, np.array([premium]), columns, NONE, NONE)
        assert status[0] == expected
        assert np.isnan(vol[0]) == (expected != Status.OK)
        assert np.isnan(upper[0]) == (expected != Status.NOT_IDENTIFIED)


def test_below_the_zero_vol_limit():
    # a call above its intrinsic value but below what exercising just before the drop pays
    times, amounts = np.array([0.5]), np.array([3.0])
    limit = 100 - 90 * np.exp(-0.02)
    columns = one(sign=1, strike=90.0)
    assert implied_vol(True, np.array([limit - 1e-6]), columns, times, amounts)[2][0] == Status.BELOW_INTRINSIC
    assert implied_vol(True, np.array([limit + 1e-3]), columns, times, amounts)[2][0] == Status.OK


def test_the_band_is_three_implied_vols():
    n = 24
    columns = book(n, seed=5)
    rest = [v for k, v in columns.items() if k != "vol"]
    mid = price(True, columns)[0]
    quotes = [mid - 0.05, mid, mid + 0.05]
    vols, statuses = np.empty((3, n)), np.empty((3, n), np.int8)
    engine.implied_vol_band_into(True, *quotes, *rest, TIMES, AMOUNTS, *vols, *statuses)
    for k, quote in enumerate(quotes):
        vol, _, status = implied_vol(True, quote, columns)
        assert np.array_equal(status, statuses[k])
        # bid and ask take the difference between the coarse and the fine lattice from the mid; the limit is 1e-4
        np.testing.assert_allclose(vols[k], vol, rtol=1e-4)


def test_a_call_is_exercised_for_a_dividend_though_the_yield_is_negative():
    # far in the money holding pays under a negative yield, so exercise pays in an interval of spots
    times, amounts = np.array([0.02, 0.05]), np.array([60.0, 90.0])
    columns = one(sign=1, strike=22.0, t_years=0.07, rate=0.0, div_yield=-0.01, vol=2.4)
    assert price(True, columns, times, amounts)[0][0] >= 78.0


# Dividends that take most of the spot or all of it, the first before exercise can pay: (K, rate, yield, vol, days, amounts,
# days to expiry). What is left is spread over decades of log spot, and waiting for the next dividend makes steps of it.
LARGE = [
    (100.0, 0.001, 0.0, 0.736, (6, 14), (100.07, 9.93), 15),
    (90.2, 0.01, 0.01, 0.57, (3, 9, 13), (0.85, 93.48, 5.66), 22),
    (105.3, 0.0874, 0.0, 0.13, (36, 38, 61, 71), (37.19, 60.29, 5.29, 7.23), 104),
    (105.3, 0.0874, 0.0, 0.13, (38, 61, 71), (97.48, 5.29, 7.23), 104),
    (60.0, 0.08, 0.0, 0.312, (12, 363, 466, 593), (7.88, 24.31, 20.91, 6.9), 599),
    (100.1, 0.0, 0.0, 0.066, (2, 7, 11), (60.0, 30.0, 10.0), 12),
]


@pytest.mark.parametrize("case", LARGE)
def test_a_large_dividend_leaves_the_expected_price_after_it(case):
    strike, rate, div_yield, vol, days, amounts, expiry = case
    first, rest = days[0] / 365, np.array([day - days[0] for day in days[1:]]) / 365
    same = {"strike": strike, "rate": rate, "div_yield": div_yield, "vol": vol}
    whole, status = price(True, one(t_years=expiry / 365, **same), np.array(days) / 365, np.array(amounts))
    assert status[0] == Status.OK
    # midpoints of 4,000 equal steps of the normal variable to 6.5 deviations: 3e-6 at a step of the value
    z = (np.arange(4000) + 0.5) * (13 / 4000) - 6.5
    drift = (rate - div_yield - 0.5 * vol**2) * first
    left = 100 * np.exp(drift + vol * np.sqrt(first) * z) - amounts[0]
    alive = left > 1e-9
    after = np.full(len(z), strike)  # of a share worth nothing the put is exercised
    some = {name: np.full(alive.sum(), value) for name, value in same.items()}
    columns = {
        "sign": np.full(alive.sum(), -1, np.int8),
        "spot": left[alive],
        "strike": some["strike"],
        "t_years": np.full(alive.sum(), (expiry - days[0]) / 365),
        **{name: some[name] for name in ("rate", "div_yield", "vol")},
    }
    after[alive], status = price(True, columns, rest, np.array(amounts[1:]))
    assert (status == Status.OK).all()
    density = np.exp(-0.5 * z**2)
    expected = np.exp(-rate * first) * (density @ after) / density.sum()
    assert abs(whole[0] - expected) <= 1e-5 * max(100.0, strike)


@pytest.mark.parametrize("spot", [0.7, 1.5, 4.0])
def test_waiting_for_a_dividend_that_takes_all(isa, spot):
    # nothing is left of the share but a hundredth of a hundredth of cases away, so the strike is due on the ex-date
    times, amounts = np.array([23.0]) / 365, np.array([5.29])
    value, _ = price(True, one(spot=spot, strike=105.3, t_years=66 / 365, rate=0.0874, vol=0.13), times, amounts)
    assert value[0] == pytest.approx(105.3 * np.exp(-0.0874 * times[0]), abs=2e-6 * 105.3)


def test_a_dividend_just_before_expiry(isa):
    # European, by quadrature over the spot at the ex-date; the last gap is a third of a node wide.
    strike, t, gap, rate, vol, amount = 104.0, 1.2, 0.5 / 365, 0.03, 0.2, 0.9
    value, _ = price(False, one(strike=strike, t_years=t, rate=rate, vol=vol), np.array([t - gap]), np.array([amount]))
    z = (np.arange(40_000) + 0.5) * (14 / 40_000) - 7
    left = 100 * np.exp((rate - 0.5 * vol**2) * (t - gap) + vol * np.sqrt(t - gap) * z) - amount
    payoff = one(spot=1.0, strike=strike, t_years=gap, rate=rate, vol=vol)
    columns = {k: np.full(len(z), v[0], v.dtype) for k, v in payoff.items()} | {"spot": left}
    after, _ = price(False, columns, NONE, NONE)
    density = np.exp(-0.5 * z**2)
    expected = np.exp(-rate * (t - gap)) * (density @ after) / density.sum()
    assert abs(value[0] - expected) <= 1e-6 * strike


# Made rows: drawn at random (numpy default_rng(4242), rounded to cents and days), solved by another method: the integral
# equation of the exercise boundary from ex-date to ex-date, by collocation on panels graded towards where exercise starts,
# the values between as integrals split at their kinks; vega and rho by four-point differences. Two resolutions agree
# within 1e-9 of the strike and it agrees with finite differences made elsewhere. Columns: sign, S, K, days to expiry, rate,
# yield, vol, ex-days, amounts; then price, delta, gamma, vega, theta, rho.
# fmt: off
MADE = [
    (1, 204.24, 201.0, 162, 0.0253, 0.0122, 0.2409, (22, 113), (0.886, 0.742),
     (14.322282855, 0.56607369188, 0.012128775368, 52.894067006, -15.832745707, 40.578555519)),
    (-1, 228.89, 272.0, 149, 0.0271, 0.0, 0.4114, (61,), (1.041,),
     (52.145278834, -0.70260128237, 0.0060347745386, 50.173689097, -20.984196133, -59.916549439)),
    (1, 214.71, 292.0, 384, 0.0534, 0.0, 0.2335, (62,), (21.46,),
     (1.8040561279, 0.090016192608, 0.0034249843618, 32.985195884, -5.2400887083, 16.870924079)),
    (1, 220.88, 188.0, 95, 0.0381, 0.0, 0.3491, (14, 94), (1.355, 1.29),
     (36.780493078, 0.84530684391, 0.0061031850809, 26.625031739, -23.856616975, 38.369651882)),
    (-1, 248.68, 252.0, 623, 0.0465, 0.0, 0.346, (), (),
     (37.939467148, -0.39093474497, 0.0039023119574, 121.3592431, -8.1604719324, -151.9667319)),
    (1, 209.33, 198.0, 90, 0.0377, 0.0, 0.2703, (9,), (0.496,),
     (18.324937051, 0.70303914535, 0.012344227399, 35.896909431, -24.617444441, 31.692522507)),
    (1, 237.09, 242.0, 6, 0.0401, 0.0, 0.4251, (1,), (2.11,),
     (2.467168843, 0.3093957843, 0.027920132021, 10.62252616, -144.64909341, 1.1443257147)),
    (-1, 222.68, 212.0, 161, 0.0284, 0.0, 0.1602, (66, 157, 161), (0.854, 0.96, 1.03),
     (4.8865106747, -0.30558670904, 0.014832729735, 51.723102152, -7.3666273094, -32.096568405)),
    (-1, 204.3, 294.0, 601, 0.0279, 0.0, 0.3275, (178, 362, 555), (11.82, 9.44, 13.39),
     (118.20887433, -0.81102936438, 0.0033356670372, 67.198627094, 0.45445711416, -419.44654955)),
    (-1, 240.52, 262.0, 249, 0.0425, 0.0, 0.3875, (27, 118, 209), (1.028, 1.037, 1.329),
     (41.550250733, -0.53500236241, 0.0054101794463, 77.967682946, -16.263081601, -88.617215919)),
    (-1, 196.05, 194.0, 5, 0.0356, 0.0, 0.1513, (4,), (3.387,),
     (2.0992878128, -0.63840549791, 0.10876521708, 8.5632384297, -43.318449628, -1.5329337835)),
    (-1, 203.61, 208.0, 46, 0.0549, 0.0, 0.1183, (44,), (3.806,),
     (7.8691643914, -0.77735467925, 0.03497897984, 21.521888255, -1.0257331119, -20.112581632)),
    (1, 238.5, 224.0, 313, 0.0233, 0.0, 0.2191, (1, 29, 120, 211, 302), (2.608, 0.985, 1.005, 1.001, 0.957),
     (25.638251111, 0.65092371308, 0.0078319131876, 80.075473982, -13.712840043, 105.40730363)),
    (1, 200.83, 193.0, 24, 0.0505, 0.0, 0.1404, (4,), (3.353,),
     (7.9530841078, 0.98528782185, 0.011839243047, 1.1714138599, -14.297436634, 2.1866465813)),
    (1, 11.2, 9.0, 213, 0.0433, 0.0, 0.2362, (45, 136), (0.061, 0.057),
     (2.3910750546, 0.91588954052, 0.076902752227, 1.3121756017, -0.60973253715, 4.5547968264)),
    (-1, 52.24, 52.0, 179, 0.0465, 0.0, 0.3878, (44, 135), (0.224, 0.205),
     (5.1658691348, -0.42680737048, 0.028524587648, 14.232420116, -4.5764457727, -10.909531176)),
    (-1, 191.64, 211.0, 411, 0.0239, 0.0136, 0.3437, (54, 145, 236, 327), (0.25, 0.274, 0.361, 0.293),
     (38.646751346, -0.52547084779, 0.0057720442458, 79.525136023, -10.559890132, -123.30309278)),
    (-1, 191.65, 191.0, 97, 0.0381, 0.0, 0.2203, (1, 41), (3.525, 1.128),
     (9.820327983, -0.53076215291, 0.019535712422, 38.152894084, -13.162181297, -21.824080649)),
    (-1, 221.84, 243.0, 8, 0.0225, 0.0, 0.4409, (3,), (1.578,),
     (23.104579022, -0.93019697653, 0.0095586873315, 4.3679907225, -40.559472536, -3.108249591)),
    (-1, 11.4, 15.0, 265, 0.026, 0.0, 0.3885, (7, 98, 189), (0.052, 0.056, 0.05),
     (4.0316788783, -0.75417370902, 0.089326604349, 3.0068986788, -0.54771686616, -5.99594236)),
    (-1, 10.36, 11.0, 372, 0.0355, 0.0, 0.1629, (54, 145, 236, 327), (0.043, 0.051, 0.06, 0.063),
     (0.97649352744, -0.59922105233, 0.25123998033, 3.9473590021, -0.10273656519, -5.0858621254)),
    (-1, 233.26, 260.0, 162, 0.0398, 0.0213, 0.1703, (57, 148), (1.13, 1.288),
     (29.370322941, -0.81660340079, 0.010032907519, 39.88514675, -3.2231801162, -80.325320705)),
    (-1, 247.94, 266.0, 560, 0.0389, 0.0, 0.181, (82, 173, 264, 355, 446, 537), (1.026, 0.836, 0.842, 0.807, 0.971, 0.912),
     (28.179162899, -0.56343562093, 0.0086940575143, 115.2131908, -2.2243015137, -150.36425136)),
    (-1, 222.53, 216.0, 54, 0.0406, 0.0164, 0.2055, (4,), (1.063,),
     (4.2325281958, -0.34682587179, 0.021294553118, 31.374884147, -20.226275916, -10.381639234)),
    (-1, 205.16, 163.0, 136, 0.0515, 0.0, 0.2883, (33, 124), (0.188, 0.178),
     (1.1680737829, -0.068743707947, 0.0036955260252, 16.551979648, -5.6778075963, -5.2703452259)),
]
# fmt: on


@pytest.mark.parametrize("row", MADE)
def test_greeks_of_another_method(isa, row):
    (sign, spot, strike, days, rate, div_yield, vol, ex_days, amounts), expected = row[:9], row[9]
    columns = one(sign=sign, spot=spot, strike=strike, t_years=days / 365, rate=rate, div_yield=div_yield, vol=vol)
    out, status = greeks(True, columns, np.array(ex_days, float) / 365, np.array(amounts, float))
    assert status[0] == Status.OK
    price_, delta, gamma, vega, theta, rho = out[:6, 0]
    assert price_ == pytest.approx(expected[0], rel=0, abs=2e-6 * max(spot, strike))
    assert (delta, gamma) == pytest.approx(expected[1:3], rel=1e-5)
    assert (vega, theta, rho) == pytest.approx(expected[3:], rel=1e-4)


def test_the_last_spot_of_a_call_needs_no_nodes_before_a_dividend_tomorrow():
    # exercised today or tomorrow at the latest: gamma is nil but for the odds of a fall to where holding pays
    columns = one(sign=1, spot=220.0, strike=150.0, t_years=0.3, rate=0.03, vol=0.2)
    out, _ = greeks(True, columns, np.array([1 / 365]), np.array([9.0]))
    assert out[1, 0] == pytest.approx(1.0, abs=1e-9)
    assert abs(out[2, 0]) < 1e-9


NIL = np.array([1e-9])
"""A dividend that makes the lattice work and changes nothing."""


def test_a_dividend_of_next_to_nothing_changes_nothing(isa):
    # Against options without dividends, which are priced by another method, from rates of a tenth of a basis point up.
    rng = np.random.default_rng(11)
    n = 400
    t, vol = rng.choice([0.05, 0.3, 1.0, 2.9], n), np.exp(rng.uniform(np.log(0.06), np.log(1.2), n))
    columns = {
        "sign": np.full(n, -1, np.int8),
        "spot": np.full(n, 100.0),
        "strike": 100 * np.exp(rng.uniform(-2, 2, n) * vol * np.sqrt(t)),
        "t_years": t,
        "rate": 10 ** rng.uniform(-5, -1, n),
        "div_yield": np.zeros(n),
        "vol": vol,
    }
    exact = np.full((9, n), np.nan)
    american.greeks_into(*columns.values(), *exact, np.empty(n, np.int8))
    strike, rate = columns["strike"], columns["rate"]
    root = np.sqrt(t)
    scale = (np.maximum(100, strike), 1, 1 / (100 * vol * root), 100 * root, 100 * vol / root, strike * t)
    error = np.full((6, n), np.nan)
    for years in np.unique(t):
        found, status = greeks(True, {k: v[t == years] for k, v in columns.items()}, np.array([0.4 * years]), NIL)
        assert (status == Status.OK).all()
        error[:, t == years] = abs(found[:6] - exact[:6, t == years])
    price_, delta, gamma, vega, theta, rho = (e / of for e, of in zip(error, scale, strict=True))
    assert max(price_) <= 4e-6 and max(vega) <= 1e-3
    for greek in (delta, gamma, theta):
        assert np.quantile(greek, 0.98) <= 1e-4
    # where next to no interest is at stake, rho turns a corner
    assert np.quantile(rho[rate > 2e-3], 0.98) <= 1e-3 and max(rho[rate > 2e-3]) <= 2e-2 and max(rho) <= 0.3


def test_the_exercise_constraint_is_the_payoffs_own_when_the_boundary_comes_back(isa):
    columns = one(strike=119.0968, t_years=2.8948, rate=0.07847, vol=0.1866)
    exact, status = np.empty(1), np.empty(1, np.int8)
    american.price_into(*columns.values(), exact, status)
    value, _ = price(True, columns, np.array([0.01]), NIL)
    assert value == pytest.approx(exact, rel=0, abs=2.5e-6 * 119)


SMOOTH = [
    # the dividend may take all of the spot at the lattice's lower end
    ({"strike": 232.4358, "t_years": 2.9, "rate": 0.0248943, "vol": 0.52}, (1.466055, 1.732864), (0.5, 3.0)),
    # dividends of a quarter of the spot take the strike to the lattice's upper end
    (
        {"strike": 101.8077, "rate": 0.00217194, "vol": 0.0625},
        (0.077007, 0.527265, 0.541061, 0.598991, 0.663922, 0.778520, 0.882528, 0.892431),
        (0.011454, 0.110099, 3.192528, 6.304391, 8.956545, 3.669539, 1.296216, 0.568066),
    ),
]


@pytest.mark.parametrize("case", SMOOTH)
def test_prices_are_smooth_in_the_vol(isa, case):
    changes, times, amounts = case
    columns = {k: np.repeat(v, 41) for k, v in one(**changes).items()}
    columns["vol"] = changes["vol"] * np.linspace(0.97, 1.03, 41)
    values, _ = price(True, columns, np.array(times), np.array(amounts))
    assert abs(np.diff(values, 2)).max() <= 1e-5 * changes["strike"]


def quadrature_call(spot, strike, t, rate, vol, times, amounts):
    """Return the value of an American call without yield: exercised just before a dividend, by quadrature over the spot."""
    z, weight = np.polynomial.legendre.leggauss(300)
    z, weight = 9 * z, weight * 9 * np.exp(-40.5 * z**2) / np.sqrt(2 * np.pi)
    log_spot = np.log(spot) + np.linspace(-1, 1, 2001) * (6 * vol * np.sqrt(t) + 0.5)

    def after(s):
        return np.maximum(s - strike, 0.0)

    dates = [0.0, *times, t]
    for k in range(len(times), -1, -1):
        years = dates[k + 1] - dates[k]
        start = np.exp(log_spot) if k else np.array([spot])
        moved = start[:, None] * np.exp((rate - 0.5 * vol**2) * years + vol * np.sqrt(years) * z)
        held = np.exp(-rate * years) * (after(moved) @ weight)
        if k:
            spline = CubicSpline(log_spot, held)

            def after(s, spline=spline, cash=amounts[k - 1]):
                left = np.log(np.maximum(s - cash, 1e-9))
                inside = spline(np.clip(left, log_spot[0], log_spot[-1]))
                above = np.where(left > log_spot[-1], s - cash - strike, inside)
                return np.maximum(np.where(left < log_spot[0], 0.0, above), s - strike)

    return held[0]


@pytest.mark.parametrize(
    ("changes", "times", "amounts"),
    [
        # the lattice of the second period is narrower than the first period's spots
        (
            {"strike": 74.836, "t_years": 0.3, "rate": 0.0054, "vol": 0.278},
            (0.013, 0.037, 0.134, 0.168, 0.225, 0.249),
            (0.03, 0.42, 0.07, 0.53, 0.05, 1.89),
        ),
        # exercised at every node before the dividend of 3.23
        (
            {"strike": 74.228, "t_years": 0.3, "rate": 0.0614, "vol": 0.297},
            (0.002, 0.027, 0.033, 0.075, 0.18, 0.212, 0.238, 0.293),
            (0.06, 0.05, 3.23, 2.73, 1.08, 0.03, 0.5, 2.47),
        ),
    ],
)
def test_calls_deep_in_the_money_by_quadrature(isa, changes, times, amounts):
    found, _ = greeks(True, one(sign=1, **changes), np.array(times), np.array(amounts))
    strike, t, rate, vol = (changes[k] for k in ("strike", "t_years", "rate", "vol"))

    def value(d_rate=0.0, d_vol=0.0):
        return quadrature_call(100.0, strike, t, rate + d_rate, vol + d_vol, times, amounts)

    h = 1e-4
    assert found[0, 0] == pytest.approx(value(), rel=0, abs=2e-6 * 100)
    assert found[3, 0] == pytest.approx((value(d_vol=h) - value(d_vol=-h)) / (2 * h), rel=0.05, abs=1e-3)
    assert found[5, 0] == pytest.approx((value(d_rate=h) - value(d_rate=-h)) / (2 * h), rel=3e-3)


def test_rho_where_exercise_only_just_starts_before_an_ex_date(isa):
    # The interest until the third date is worth the second dividend 40 minutes before the first ends: rho jumps there.
    columns = one(strike=127.27250073375691, t_years=0.7, rate=0.009606251143789657, vol=0.46967058813521967)
    times = np.array(
        [0.2469828358383297, 0.3449456511254728, 0.3504811968668858, 0.458362472906255, 0.5178211685044793]
    )
    amounts = np.array([0.06806511851762563, 0.42178602700072804, 0.9853146617951706, 0.34939265681584153, 0.07267717])
    found, _ = greeks(True, columns, times, amounts)
    assert found[3, 0] == pytest.approx(29.905, rel=2e-3)
    assert found[5, 0] == pytest.approx(-59.1, rel=1e-2)


def test_a_dividend_of_nothing_just_before_expiry(isa):
    columns = one(
        strike=102.31884082653553,
        t_years=0.1,
        rate=0.016212284438807862,
        div_yield=0.014788206440500598,
        vol=0.16547984917,
    )
    exact = np.full((9, 1), np.nan)
    american.greeks_into(*columns.values(), *exact, np.empty(1, np.int8))
    found, _ = greeks(True, columns, np.array([0.09986406990739913]), NIL)
    assert found[3, 0] == pytest.approx(exact[3, 0], rel=1e-2)


def test_the_boundary_is_not_looked_for_where_the_error_hides_it(isa):
    # of a lattice twice as fine in space and time: 28.451853
    columns = one(
        strike=127.35454409373341,
        t_years=2.0,
        rate=0.04066647748997988,
        div_yield=0.009113403764222433,
        vol=0.07560031859779,
    )
    times = np.array([0.4380200233989493, 0.556889241589748, 0.9950238324786975, 1.152238070959866, 1.238939966858507])
    value, _ = price(True, columns, times, np.array([3.0, 0.5, 0.5, 1e-9, 1.0]))
    assert value[0] == pytest.approx(28.451853, rel=0, abs=2e-6 * 127)


@pytest.mark.parametrize(("strike", "vega"), [(240.0, 118.2812), (260.0, 120.7570)])
def test_vega_of_a_put_whose_last_dividend_is_a_day_before_expiry(isa, strike, vega):
    # of a lattice twice as fine in space and time: after the day vega is narrower than the nodes are apart
    days = np.array([30, 121, 212, 303, 394, 485, 576, 667])
    amounts = np.array([0.2, 0.21, 0.2, 0.22, 0.21, 0.2, 0.22, 0.21])
    columns = one(spot=230.0, strike=strike, t_years=668 / 365, rate=0.036, vol=0.4)
    found, _ = greeks(True, columns, days / 365, amounts)
    assert found[3, 0] == pytest.approx(vega, rel=1e-4)

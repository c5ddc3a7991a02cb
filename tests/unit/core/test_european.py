"""Statuses, strides, instruction sets and bit identity of the European kernels."""

import math
import os
import subprocess
import sys
from collections.abc import Iterator

import numpy as np
import pytest

from hedgekit.core import _european as european
from hedgekit.errors import Status

NAMES = ("sign", "spot", "strike", "t_years", "rate", "div_yield", "vol")
GOOD = (1, 100.0, 95.0, 0.5, 0.04, 0.01, 0.2)


def book(n: int, seed: int = 1) -> list[np.ndarray]:
    random = np.random.default_rng(seed)
    spot = random.uniform(20, 500, n)
    return [
        random.choice(np.array([-1, 1], dtype=np.int8), n),
        spot,
        spot * np.exp(random.normal(0, 0.4, n)),
        random.uniform(1 / 365, 3, n),
        random.uniform(-0.02, 0.08, n),
        random.uniform(0, 0.05, n),
        np.exp(random.normal(-1.5, 0.6, n)),
    ]


def price(inputs: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    n = len(inputs[0])
    value, status = np.full(n, -1.0), np.full(n, -1, dtype=np.int8)
    european.price_into(*inputs, value, status)
    return value, status


def greeks(inputs: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    n = len(inputs[0])
    value, status = np.full((9, n), -1.0), np.full(n, -1, dtype=np.int8)
    european.greeks_into(*inputs, *value, status)
    return value, status


def implied(premium: np.ndarray, inputs: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    n = len(premium)
    vol, status = np.full(n, -1.0), np.full(n, -1, dtype=np.int8)
    european.implied_vol_into(premium, *inputs[:6], vol, status)
    return vol, status


@pytest.fixture(params=european.available_isas())
def each_isa(request: pytest.FixtureRequest) -> Iterator[str]:
    before = european.isa()
    european.set_isa(request.param)
    yield request.param
    european.set_isa(before)


def test_isa_names() -> None:
    assert "baseline" in european.available_isas()
    assert european.isa() in european.available_isas()
    with pytest.raises(ValueError, match="neon"):
        european.set_isa("neon")


def test_isa_from_environment() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from hedgekit.core import _european as e; print(e.isa())"],
        env={**os.environ, "HEDGEKIT_ISA": "baseline", "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "baseline"


@pytest.mark.parametrize("n", [1, 2, 7, 8, 9, 255, 256, 257, 1000])
def test_bits_do_not_depend_on_the_place(each_isa: str, n: int) -> None:
    inputs = book(1000)
    whole_price, _ = price(inputs)
    whole_greeks, _ = greeks(inputs)
    whole_vol, _ = implied(whole_price, inputs)
    for start in (0, 3, 1000 - n):
        part = [column[start : start + n].copy() for column in inputs]
        m = len(part[0])
        assert np.array_equal(price(part)[0], whole_price[start : start + m])
        assert np.array_equal(greeks(part)[0], whole_greeks[:, start : start + m])
        vol = implied(whole_price[start : start + m], part)[0]
        assert np.array_equal(vol, whole_vol[start : start + m], equal_nan=True)
    assert np.array_equal(whole_greeks[0], whole_price)


def test_a_bad_neighbour_changes_no_bit(each_isa: str) -> None:
    inputs = book(40)
    before, vols = greeks(inputs)[0], implied(price(inputs)[0], inputs)[0]
    premium = price(inputs)[0]
    inputs[6][17], inputs[1][3], premium[20] = math.nan, -1.0, 1e9
    after, status = greeks(inputs)
    kept = np.delete(np.arange(40), [17, 3])
    assert np.array_equal(before[:, kept], after[:, kept])
    assert status[17] == status[3] == Status.INVALID_INPUT
    assert np.isnan(after[:, [17, 3]]).all()
    after_vol, status = implied(premium, inputs)
    kept = np.delete(np.arange(40), [3, 20])
    assert np.array_equal(vols[kept], after_vol[kept], equal_nan=True)
    assert (status[3], status[20]) == (Status.INVALID_INPUT, Status.ABOVE_MAXIMUM)


def test_scalars_have_the_bits_of_the_arrays(each_isa: str) -> None:
    inputs = book(50)
    values, status = greeks(inputs)
    vols, codes = implied(values[0], inputs)
    for i in range(50):
        row = [column[i].item() for column in inputs]
        assert european.price_scalar(*row) == (values[0, i], status[i])
        assert european.greeks_scalar(*row) == (*values[:, i], status[i])
        vol, code = european.implied_vol_scalar(values[0, i], *row[:6])
        assert code == codes[i]
        assert vol == vols[i] or (math.isnan(vol) and math.isnan(vols[i]))


def test_any_stride() -> None:
    inputs = book(300)
    expected = price(inputs)[0]
    spread = [np.repeat(column, 3)[::3] for column in inputs]
    reversed_ = [column[::-1].copy()[::-1] for column in inputs]
    for column in (*spread, *reversed_):
        column.flags.writeable = False
    assert np.array_equal(price(spread)[0], expected)
    assert np.array_equal(price(reversed_)[0], expected)
    assert np.array_equal(implied(expected, spread)[0], implied(expected, inputs)[0], equal_nan=True)
    broadcast = [np.broadcast_to(np.asarray(v, dtype=c.dtype), 300) for v, c in zip(GOOD, inputs, strict=True)]
    assert np.array_equal(price(broadcast)[0], np.full(300, european.price_scalar(*GOOD)[0]))


def test_nothing_to_do() -> None:
    empty = [column[:0] for column in book(1)]
    assert price(empty)[0].shape == (0,)
    assert greeks(empty)[0].shape == (9, 0)
    assert implied(np.empty(0), empty)[0].shape == (0,)


@pytest.mark.parametrize("short", range(9))
def test_unequal_lengths_are_refused(short: int) -> None:
    arrays = [*book(10), np.empty(10), np.empty(10, dtype=np.int8)]
    arrays[short] = arrays[short][:9]
    with pytest.raises(ValueError, match="one length"):
        european.price_into(*arrays)
    arrays[7:8] = [np.empty(len(arrays[7])) for _ in range(9)]
    with pytest.raises(ValueError, match="one length"):
        european.greeks_into(*arrays)
    with pytest.raises(ValueError, match="one length"):
        european.implied_vol_into(arrays[6], *arrays[:6], arrays[7], arrays[-1])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *((name, value) for name in NAMES[1:] for value in (math.nan, math.inf, -math.inf)),
        *((name, value) for name in ("spot", "strike", "t_years") for value in (0.0, -0.0, -1.0)),
        ("vol", -1e-300),
        ("sign", 0),
        ("sign", 2),
    ],
)
def test_invalid_input(each_isa: str, name: str, value: float) -> None:
    row = list(GOOD)
    row[NAMES.index(name)] = value
    found, code = european.price_scalar(*row)
    assert math.isnan(found)
    assert code == Status.INVALID_INPUT
    *values, code = european.greeks_scalar(*row)
    assert all(map(math.isnan, values))
    assert code == Status.INVALID_INPUT
    if name != "vol":
        found, code = european.implied_vol_scalar(10.0, *row[:6])
        assert math.isnan(found)
        assert code == Status.INVALID_INPUT


@pytest.mark.parametrize("premium", [math.nan, math.inf, -math.inf])
def test_invalid_premium(premium: float) -> None:
    assert european.implied_vol_scalar(premium, *GOOD[:6])[1] == Status.INVALID_INPUT


def test_overflowing_legs_are_invalid() -> None:
    assert european.price_scalar(-1, 100.0, 100.0, 10.0, -100.0, 0.0, 0.2)[1] == Status.INVALID_INPUT
    assert european.implied_vol_scalar(5.0, 1, 100.0, 100.0, 10.0, -100.0, 0.0)[1] == Status.INVALID_INPUT


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("strike", [80.0, 100.0, 125.0])
def test_zero_vol_is_the_discounted_intrinsic_value(each_isa: str, sign: int, strike: float) -> None:
    spot, t, rate, div_yield = 100.0, 0.5, 0.04, 0.01
    value, delta, gamma, vega, theta, rho, vanna, volga, charm, code = european.greeks_scalar(
        sign, spot, strike, t, rate, div_yield, 0.0
    )
    forward_leg, strike_leg = spot * math.exp(-div_yield * t), strike * math.exp(-rate * t)
    held = sign if sign * (forward_leg - strike_leg) > 0 else 0
    assert code == Status.OK
    assert european.price_scalar(sign, spot, strike, t, rate, div_yield, 0.0) == (value, Status.OK)
    # a few ulp: the same operations through another exp
    assert value == pytest.approx(held * (forward_leg - strike_leg), rel=1e-14, abs=1e-300)
    assert delta == pytest.approx(held * forward_leg / spot, rel=1e-15)
    assert theta == pytest.approx(held * (div_yield * forward_leg - rate * strike_leg), rel=1e-14)
    assert rho == pytest.approx(held * t * strike_leg, rel=1e-15)
    assert charm == pytest.approx(div_yield * delta, rel=1e-15)
    assert gamma == vega == vanna == volga == 0


def test_zero_vol_at_the_kink() -> None:
    value, delta, gamma, vega, *_, charm, code = european.greeks_scalar(1, 100.0, 100.0, 0.25, 0.0, 0.0, 0.0)
    assert (value, delta, code) == (0.0, 0.5, Status.OK)
    assert math.isnan(gamma)
    assert math.isnan(charm)
    assert vega == pytest.approx(100 * 0.5 / math.sqrt(2 * math.pi), rel=1e-15)


@pytest.mark.parametrize(
    ("sign", "premium", "expected"),
    [
        (1, 10.0, Status.BELOW_INTRINSIC),  # exactly 110 - 100
        (-1, 0.0, Status.BELOW_INTRINSIC),
        (-1, -1.0, Status.BELOW_INTRINSIC),
        (1, 110.0, Status.ABOVE_MAXIMUM),
        (-1, 100.0, Status.ABOVE_MAXIMUM),
        (1, math.nextafter(10.0, 11.0), Status.OK),
        (1, math.nextafter(110.0, 0.0), Status.OK),
        (-1, 5e-324, Status.OK),
        (-1, math.nextafter(100.0, 0.0), Status.OK),
    ],
)
def test_bounds_of_the_premium(each_isa: str, sign: int, premium: float, expected: Status) -> None:
    vol, code = european.implied_vol_scalar(premium, sign, 110.0, 100.0, 1.0, 0.0, 0.0)
    assert code == expected
    assert math.isnan(vol) == (expected != Status.OK)


@pytest.mark.parametrize("premium", [1e-3, 1e-30, 1e-150, 1e-250, 1e-300])
def test_implied_vol_of_a_tiny_premium_at_the_forward(each_isa: str, premium: float) -> None:
    vol, code = european.implied_vol_scalar(premium, 1, 100.0, 100.0, 1.0, 0.0, 0.0)
    assert code == Status.OK
    # price = 100 (2 Phi(vol/2) - 1); the next term of the series is vol^2/24
    assert vol == pytest.approx(premium / 100 * math.sqrt(2 * math.pi), rel=1e-10)
    if premium > 1e-280:  # below, vol sqrt(T) counts as 1e-290
        assert european.price_scalar(1, 100.0, 100.0, 1.0, 0.0, 0.0, vol)[0] == pytest.approx(premium, rel=1e-14)


def test_instruction_sets_agree() -> None:
    inputs = book(2000)
    before = european.isa()
    results = {}
    for name in european.available_isas():
        european.set_isa(name)
        results[name] = (*greeks(inputs)[0][:5], implied(price(inputs)[0], inputs)[0])
    european.set_isa(before)
    scale = np.maximum(inputs[1], inputs[2])
    for name, values in results.items():
        # fused and separate multiply-adds differ by an ulp of each leg
        assert (np.abs(values[0] - results["baseline"][0]) <= 4 * 2.2e-16 * scale).all(), name
        # d1 of a few units, rounded differently
        assert np.allclose(values[3], results["baseline"][3], rtol=1e-13, atol=0), name

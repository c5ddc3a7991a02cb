"""The European engine against values computed with 60 to 130 digits (see the README beside the files)."""

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from hedgekit.core import _european as european
from hedgekit.errors import Status

REFERENCE = Path(__file__).resolve().parents[2].parent / "shared" / "reference"
GREEKS = ("delta", "gamma", "vega", "theta", "rho", "vanna", "volga", "charm")
INPUTS = ("S", "K", "T", "r", "q")
SMALLEST = 1e-290  # below, the reference prints 0 or results are close to the end of the normal range
EPSILON = 2.2e-16

pytestmark = pytest.mark.reference


def read(name: str) -> list[dict[str, str]]:
    path = REFERENCE / name
    if not path.exists():
        pytest.skip(f"no {path}: the reference files are kept outside the project")
    with path.open() as lines:
        return list(csv.DictReader(lines))


def column(rows: list[dict[str, str]], name: str) -> np.ndarray:
    return np.array([float(row[name]) for row in rows])


def signs(rows: list[dict[str, str]]) -> np.ndarray:
    return np.array([1 if row["flag"] == "c" else -1 for row in rows], dtype=np.int8)


@pytest.fixture(params=european.available_isas(), autouse=True)
def each_instruction_set(request: pytest.FixtureRequest) -> Iterator[None]:
    before = european.isa()
    european.set_isa(request.param)
    yield
    european.set_isa(before)


def test_price_and_greeks() -> None:
    rows = read("european.csv")
    n = len(rows)
    out = [np.empty(n) for _ in range(9)]
    status = np.empty(n, dtype=np.int8)
    european.greeks_into(signs(rows), *(column(rows, k) for k in (*INPUTS, "sigma")), *out, status)
    assert (status == Status.OK).all()

    expected = column(rows, "price")
    error = np.abs(out[0] - expected)
    scale = np.maximum(column(rows, "S"), column(rows, "K"))
    assert (error <= 4e-15 * scale).all()  # 18 ulp of the larger leg
    # each of the inputs can only be read to half an ulp, which the condition number magnifies
    normal = expected > SMALLEST
    assert (error[normal] <= ((1e-13 + 4 * EPSILON * column(rows, "cond_price")) * expected)[normal]).all()
    assert (out[0][~normal] >= 0).all()
    assert (out[0][~normal] <= 2 * SMALLEST).all()

    for name, got in zip(GREEKS, out[1:], strict=True):
        exact = column(rows, name)
        # 38 standard deviations out, a rounding of d1 alone is 3e-13 of phi(d1)
        assert (np.abs(got - exact) <= 1e-11 * np.abs(exact) + SMALLEST).all(), name


def test_implied_vol() -> None:
    rows = read("implied_vol.csv")
    vol, status = np.empty(len(rows)), np.empty(len(rows), dtype=np.int8)
    european.implied_vol_into(column(rows, "price"), signs(rows), *(column(rows, k) for k in INPUTS), vol, status)
    expected, attainable = column(rows, "iv"), column(rows, "attainable_double")
    known = attainable <= 0.05
    assert (status[known] == Status.OK).all()
    assert (np.abs(vol / expected - 1)[known] <= (1e-14 + 4 * attainable)[known]).all()
    # the rest is intrinsic value but for a few ulp: either no time value is left in doubles, or a vol of that order
    for i in np.flatnonzero(~known):
        assert status[i] in (Status.OK, Status.BELOW_INTRINSIC)
        if status[i] == Status.OK:
            assert vol[i] == pytest.approx(expected[i], rel=10 * attainable[i])


def test_premiums_without_implied_vol() -> None:
    rows = read("implied_vol_invalid.csv")
    vol, status = np.empty(len(rows)), np.empty(len(rows), dtype=np.int8)
    european.implied_vol_into(column(rows, "price"), signs(rows), *(column(rows, k) for k in INPUTS), vol, status)
    assert [Status(code).name.lower() for code in status] == [row["expected"] for row in rows]
    assert np.isnan(vol).all()

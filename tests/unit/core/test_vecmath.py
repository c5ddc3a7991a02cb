"""The polynomials of vecmath.h, computed again with mpmath: no number there is without a source."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import mpmath
import pytest
from mpmath import mpf

HEADER = (Path(__file__).resolve().parents[3] / "hedgekit" / "core" / "c" / "vecmath.h").read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def fifty_digits() -> Iterator[None]:
    with mpmath.workdps(50):
        yield


def polynomial(f: Callable[[mpf], mpf], degree: int, low: mpf, high: mpf) -> list[mpf]:
    """Power coefficients of the Chebyshev series of f over [low, high], cut after `degree`."""
    nodes = 2 * (degree + 20)  # even, so that none is in the middle; enough for aliasing to vanish
    angles = [(2 * j + 1) * mpmath.pi / (2 * nodes) for j in range(nodes)]
    values = [f((low + high) / 2 + (high - low) / 2 * mpmath.cos(a)) for a in angles]
    series = [
        (2 if k else 1) * mpmath.fsum(v * mpmath.cos(k * a) for v, a in zip(values, angles, strict=True)) / nodes
        for k in range(degree + 1)
    ]
    scale, offset = 2 / (high - low), -(low + high) / (high - low)

    def times_argument(p: list[mpf]) -> list[mpf]:
        return [(offset * p[k] if k < len(p) else 0) + (scale * p[k - 1] if k > 0 else 0) for k in range(len(p) + 1)]

    basis, following = [mpf(1)], times_argument([mpf(1)])
    total = [mpf(0)] * (degree + 1)
    for coefficient in series:
        for k, value in enumerate(basis):
            total[k] += coefficient * value
        doubled = [2 * value for value in times_argument(following)]
        for k, value in enumerate(basis):
            doubled[k] -= value
        basis, following = following, doubled
    return total


def written(function: str) -> list[float]:
    """Return the coefficients in the body of a function of the header, in the order of the powers."""
    body = HEADER[HEADER.index(f" {function}(") :]
    body = body[: body.index("\n}\n")]
    if "HK_MILLS_START" in body:
        return [float(c) for c in re.findall(r"HK_MILLS_(?:START|STEP)\(([-\d.e]+)\)", body)][::-1]
    return [float(c) for pair in re.findall(r"p?q?\d\d = ([\d.e-]+) \+ \w \* ([\d.e-]+);", body) for c in pair]


def agree(found: list[float], expected: list[mpf], unit: float) -> None:
    assert len(found) == len(expected)
    for k, (a, b) in enumerate(zip(found, expected, strict=True)):
        assert abs(a - b) <= mpf(unit) * max(1, abs(b)), k


def test_mills_ratio() -> None:
    alpha, beta, shift = mpf("1.2421875"), mpf("10.650390625"), mpf("5.5")

    def ratio(z: mpf) -> mpf:
        return mpmath.sqrt(mpmath.pi / 2) * mpmath.exp(z * z / 2) * mpmath.erfc(z / mpmath.sqrt(2))

    def p(t: mpf) -> mpf:
        i = (alpha - t) / beta
        return ratio(1 / i - shift) / i

    # half an ulp of the leading coefficients
    agree(written("hk_mills"), polynomial(p, 22, mpf(-1), mpf(1)), 1.2e-16)
    lowest, highest = beta / (alpha + 1) - shift, beta / (alpha - 1) - shift
    assert lowest == mpf("-0.75")
    assert highest > 38.4  # phi underflows at 38.6


def test_logarithm() -> None:
    def q(w: mpf) -> mpf:
        f = mpmath.sqrt(w)
        return (2 * mpmath.atanh(f) - 2 * f) / f**3

    # multiplied by f^2 / 2 <= 0.02 relative to the result
    agree(written("hk_log_ratio"), polynomial(q, 7, mpf(0), mpf("0.0401")), 2e-16)


def test_exponential() -> None:
    half = mpmath.log(2) / 2 * mpf("1.001")
    agree(written("hk_exp_fraction"), polynomial(lambda r: (mpmath.expm1(r) - r) / r**2, 9, -half, half), 1.2e-16)

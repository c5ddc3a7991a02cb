"""vecmath.h: its polynomials computed again with mpmath, and its functions, compiled on the spot, in ulp."""

import ctypes
import math
import re
import shlex
import shutil
import subprocess
import sysconfig
from collections.abc import Callable, Iterator
from pathlib import Path

import mpmath
import numpy as np
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

    found = [float(c) for c in re.findall(r"(?:FIRST|NEXT)\((-?\d[-\d.e]+)\)", HEADER)][::-1]
    # half an ulp of the leading coefficients
    agree(found, polynomial(p, 22, mpf(-1), mpf(1)), 1.2e-16)
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


WRAPPERS = """
#include "vecmath.h"
double t_exp(double x, double unused) { return hk_exp(x); }
double t_expm1(double x, double unused) { return hk_exp_both(x).minus_one; }
double t_scaled(double x, double scale) { return hk_scaled_exp(scale, x); }
double t_log(double a, double b) { return hk_log_ratio(a, b); }
double t_ratio(double x, double unused) { return hk_mills_ratio(x); }
double t_first(double u, double v) { return hk_mills(u, v, v - u).first; }
double t_second(double u, double v) { return hk_mills(u, v, v - u).second; }
double t_difference(double u, double v) { return hk_mills(u, v, v - u).difference; }
double t_pdf(double x, double unused) { return hk_normal_pdf(x); }
double t_cdf(double x, double unused) { return hk_normal_cdf(x); }
"""


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    compiler = shlex.split(sysconfig.get_config_var("CC") or "cc")
    if shutil.which(compiler[0]) is None:
        pytest.skip(f"no C compiler {compiler[0]} to build the functions with")
    folder = tmp_path_factory.mktemp("vecmath")
    source, library = folder / "t.c", folder / "t.so"
    source.write_text(WRAPPERS, encoding="utf-8")
    include = Path(__file__).resolve().parents[3] / "hedgekit" / "core" / "c"
    flags = ["-O2", "-std=gnu11", "-ffp-contract=fast", "-fno-math-errno", "-fno-trapping-math", "-shared", "-fPIC"]
    subprocess.run([*compiler, *flags, f"-I{include}", str(source), "-o", str(library), "-lm"], check=True)
    return ctypes.CDLL(str(library))


def mills(z: float) -> mpf:
    return mpmath.sqrt(mpmath.pi / 2) * mpmath.exp(mpf(z) ** 2 / 2) * mpmath.erfc(mpf(z) / mpmath.sqrt(2))


def near(u: np.ndarray) -> np.ndarray:
    """Give each u a v above it, from a hair to far."""
    return u + np.geomspace(1e-9, 20, len(u))


RANDOM = np.random.default_rng(4)
ORDINARY = RANDOM.uniform(-700, 700, 400)
SMALL = RANDOM.uniform(-0.34, 0.34, 400) * np.geomspace(1e-9, 1, 400)
Z = np.concatenate([RANDOM.uniform(-0.75, 3, 200), np.geomspace(1e-3, 38.4, 200)])
FACTOR = np.exp(np.concatenate([RANDOM.normal(0, 1e-6, 200), RANDOM.uniform(-30, 30, 200)]))


@pytest.mark.parametrize(
    ("name", "x", "y", "exact", "ulps"),
    [
        ("exp", ORDINARY, ORDINARY, lambda x, _: mpmath.exp(x), 1),
        ("expm1", SMALL, SMALL, lambda x, _: mpmath.expm1(x), 1),
        ("scaled", 2 * ORDINARY, np.exp(-ORDINARY), lambda x, y: y * mpmath.exp(x), 2),
        ("log", 100 * FACTOR, np.full(400, 100.0), lambda a, b: mpmath.log(mpf(a) / mpf(b)), 2),
        ("ratio", Z, Z, lambda z, _: mills(z), 8),
        ("first", Z, near(Z), lambda u, _: mills(u), 10),
        ("second", Z, np.minimum(near(Z), 38.4), lambda _, v: mills(v), 10),
        # without fused multiply-add; what matters is that no digit is lost where R(u) and R(v) share many
        ("difference", Z[Z < 20], near(Z[Z < 20]), lambda u, v: mills(u) - mills(v), 20),
        # the square of the argument is rounded: half an ulp of up to 700
        ("pdf", 4 * Z[Z < 9], Z[Z < 9], lambda x, _: mpmath.npdf(x), 400),
        ("cdf", -4 * Z[Z < 9], Z[Z < 9], lambda x, _: mpmath.ncdf(x), 400),
    ],
)
def test_functions(
    compiled: ctypes.CDLL,
    name: str,
    x: np.ndarray,
    y: np.ndarray,
    exact: Callable[[mpf, mpf], mpf],
    ulps: float,
) -> None:
    function = getattr(compiled, f"t_{name}")
    function.argtypes, function.restype = [ctypes.c_double, ctypes.c_double], ctypes.c_double
    worst = 0.0, 0.0, 0.0
    for a, b in zip(x.tolist(), y.tolist(), strict=True):
        expected = exact(mpf(a), mpf(b))
        if 1e-290 < abs(expected) < 1e300:
            worst = max(worst, (float(abs(function(a, b) - expected)) / math.ulp(float(expected)), a, b))
    assert worst[0] <= ulps, worst


def test_special_arguments(compiled: ctypes.CDLL) -> None:
    for name in ("exp", "cdf"):
        getattr(compiled, f"t_{name}").argtypes = [ctypes.c_double, ctypes.c_double]
        getattr(compiled, f"t_{name}").restype = ctypes.c_double
    assert compiled.t_exp(0.0, 0.0) == 1.0  # no discount must leave a leg untouched
    assert compiled.t_exp(710.0, 0.0) == math.inf
    assert 0 < compiled.t_exp(-1e9, 0.0) < 1e-307
    assert math.isnan(compiled.t_exp(math.nan, 0.0))
    assert compiled.t_cdf(math.inf, 0.0) == 1.0
    assert compiled.t_cdf(-math.inf, 0.0) == 0.0
    assert compiled.t_cdf(0.0, 0.0) == pytest.approx(0.5, rel=1e-15)

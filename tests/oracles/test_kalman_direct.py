"""The Kalman filter against matrices in extended precision, and against known numbers."""

import numpy as np
import pytest
from mpmath import mp

from hedgekit.core import _kalman as kalman
from hedgekit.errors import Status

OUT = ("beta", "alpha", "beta_variance", "covariance", "alpha_variance", "error", "error_variance")


def run(y, x, noise, prior=None, burn=0):
    out = {name: np.full(len(y), -9.0) for name in OUT}
    status = np.full(len(y), -9, dtype=np.int8)
    total = kalman.filter_into(y, x, noise, prior, burn, *out.values(), status)
    return out, status, total


def textbook(y, x, noise, prior, burn=0, *, digits=60):
    """Kalman's recursions in matrices of many digits; `prior` as for the kernel, of any size."""
    with mp.workdps(digits):
        state = mp.matrix(list(prior[:2]))
        cov = mp.matrix([[prior[2], prior[3]], [prior[3], prior[4]]])
        walk = mp.diag(list(noise[:2]))
        total, seen, rows = mp.mpf(0), 0, []
        for t, (yt, xt) in enumerate(zip(y, x, strict=True)):
            if t:
                cov = cov + walk
            if np.isnan(yt) or np.isnan(xt):
                rows.append(
                    [
                        float(state[0]),
                        float(state[1]),
                        float(cov[0, 0]),
                        float(cov[0, 1]),
                        float(cov[1, 1]),
                        np.nan,
                        np.nan,
                    ]
                )
                continue
            h = mp.matrix([[xt, 1]])
            f = (h * cov * h.T)[0] + noise[2]
            e = yt - (h * state)[0]
            gain = cov * h.T / f if f else mp.matrix([0, 0])
            state, cov = state + gain * e, cov - gain * (h * cov)
            seen += 1
            if seen > burn:
                total -= (mp.log(2 * mp.pi) + mp.log(f) + e * e / f) / 2
            rows.append([float(v) for v in (state[0], state[1], cov[0, 0], cov[0, 1], cov[1, 1], e, f)])
        return np.array(rows), float(total)


def pair(n=60, seed=1):
    random = np.random.default_rng(seed)
    x = 50 + np.cumsum(random.normal(size=n))
    beta = 1.1 + np.cumsum(0.01 * random.normal(size=n))
    return beta * x + 3 + random.normal(size=n), x


@pytest.mark.parametrize("spread", [(2.0, 0.1, 3.0), (1e6, 0.0, 1e6)])
@pytest.mark.parametrize("noise", [(1e-4, 1e-3, 0.5), (0.0, 0.0, 1.0), (1e-3, 0.01, 0.0), (1e-9, 1e2, 1e-6)])
def test_a_given_start_equals_the_textbook(noise, spread):
    y, x = pair()
    y[20] = x[33] = np.nan
    prior = (0.5, 1.0, *spread)
    found, status, total = run(y, x, noise, prior, burn=3)
    expected, likelihood = textbook(y, x, noise, prior, burn=3)
    for i, name in enumerate(OUT):
        np.testing.assert_allclose(found[name], expected[:, i], rtol=1e-8, atol=1e-12 * np.nanmax(abs(expected[:, i])))
    assert total == pytest.approx(likelihood, rel=1e-10)
    assert list(np.flatnonzero(status)) == [20, 33]


@pytest.mark.parametrize("noise", [(1e-4, 1e-3, 0.5), (0.0, 0.0, 1.0), (1e-3, 0.01, 0.0)])
def test_a_diffuse_start_is_the_limit_of_wide_priors(noise):
    y, x = pair(seed=2)
    x[1] = x[0]  # the second observation adds no direction
    y[3] = np.nan
    found, status, total = run(y, x, noise)
    width = mp.mpf(10) ** 40
    expected, _ = textbook(y, x, noise, (0, 0, width, 0, width), digits=200)
    assert list(status[:4]) == [Status.NOT_IDENTIFIED, Status.NOT_IDENTIFIED, Status.OK, Status.INVALID_INPUT]
    for i, name in enumerate(OUT):
        first = 3 if name.startswith("error") else 2
        np.testing.assert_allclose(found[name][first:], expected[first:, i], rtol=1e-9, atol=1e-13)
    known = found["error_variance"][3:]
    likelihood = -0.5 * np.nansum(np.log(2 * np.pi * known) + found["error"][3:] ** 2 / known)
    assert total == pytest.approx(likelihood, rel=1e-12)


@pytest.fixture(scope="module")
def crude():
    data = pytest.importorskip("arch.data.crude").load()
    return np.ascontiguousarray(data["Brent"], dtype=float), np.ascontiguousarray(data["WTI"], dtype=float)


def test_known_filters_of_crude_oil(crude):
    y, x = crude
    chan = 1e-4 / (1 - 1e-4)
    found, _, _ = run(y, x, (chan, chan, 1e-3), (0, 0, 0, 0, 0))
    assert (found["beta"][-1], found["alpha"][-1]) == pytest.approx((1.1073321392, 0.1387488955), rel=1e-9)
    assert (found["error"][-1], found["error_variance"][-1] ** 0.5) == pytest.approx(
        (-0.8302480296, 0.5770263226), rel=1e-9
    )
    # the known alpha has nine digits: plain doubles lose the rest to a prior of 1e6
    found, _, total = run(y, x, (chan, chan, 1e-3), (0, 0, 1e6, 0, 1e6), burn=2)
    assert (found["beta"][-1], found["alpha"][-1], total) == pytest.approx(
        (1.1176777890, -0.4564031013, -1764.69174357), rel=5e-8
    )
    assert kalman.log_likelihood(y, x, (chan, chan, 1e-3), (0, 0, 1e6, 0, 1e6), 2) == total


def test_known_maximum_likelihood_of_crude_oil(crude):
    noise, total, _, status = kalman.maximum_likelihood(*crude)
    assert status == Status.OK
    # the optimum is flat: variances are known to four digits, the likelihood to six
    assert noise[:2] == pytest.approx((9.1116e-4, 1.17990e-2), rel=2e-3)
    assert noise[2] < 1e-6
    # known for a prior of 1e6, which is not quite diffuse: it moves the likelihood by 2e-4
    assert kalman.log_likelihood(*crude, noise, (0, 0, 1e6, 0, 1e6), 2) == pytest.approx(-606.62711, abs=1e-5)
    assert total == pytest.approx(-606.62711, abs=1e-3)


@pytest.mark.parametrize("seed", range(6))
def test_no_other_noise_is_more_likely(seed):
    """A global optimiser that knows nothing of the method finds nothing better."""
    from scipy.optimize import differential_evolution

    random = np.random.default_rng(seed)
    x = 50 + np.cumsum(random.normal(size=300))
    scales = 10.0 ** random.uniform(-4, -0.5, 3)
    beta = 1 + np.cumsum(scales[0] * random.normal(size=300) / 10)
    alpha = np.cumsum(scales[1] * random.normal(size=300))
    y = beta * x + alpha + scales[2] * random.normal(size=300)
    _, total, _, status = kalman.maximum_likelihood(y, x)
    bounds = [(-30, 3), (-25, 3), (-25, 3)]
    rival = differential_evolution(
        lambda logs: -kalman.log_likelihood(y, x, tuple(np.exp(logs))), bounds, seed=1, maxiter=40, popsize=12, tol=1e-9
    )
    assert status == Status.OK
    assert total >= -rival.fun - 1e-5

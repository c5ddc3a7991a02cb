"""Mixtures of lognormals: prices, quantiles, blends and stretches."""

import mpmath
import numpy as np
import pytest

from hedgekit.market.surface.mixture import Mixture, black, total_vol

ONE = Mixture.of(np.array([1.0]), np.array([0.3]), np.array([0.2]))
THREE = Mixture.of(np.array([0.2, 0.7, 0.1]), np.array([-0.25, 0.03, 0.1]), np.array([0.15, 0.06, 0.3]))
K = np.linspace(-1.2, 1.0, 89)


def test_mass_and_mean_are_one():
    for of in (ONE, THREE, THREE.stretched(1.7), THREE.blended(ONE, 0.3)):
        assert of.weight.sum() == pytest.approx(1.0, abs=1e-15)
        assert of.weight @ np.exp(of.centre) == pytest.approx(1.0, abs=1e-15)
        assert of.call(np.array([-40.0]))[0] == pytest.approx(1.0, abs=1e-14)


def test_one_component_is_black():
    np.testing.assert_allclose(ONE.otm(K), black(K, 0.2), rtol=1e-9)
    np.testing.assert_allclose(ONE.total_vol(K), 0.2, rtol=1e-10)


def test_prices_keep_their_digits_far_out():
    with mpmath.workdps(40):
        for k in (-1.0, -0.4, 0.0, 0.7, 1.5):
            x, total = mpmath.exp(k), mpmath.mpf(0)
            for weight, centre, width in zip(THREE.weight, THREE.centre, THREE.width, strict=True):
                up = (mpmath.mpf(centre) - k) / width + mpmath.mpf(width) / 2
                sign = 1 if k >= 0 else -1
                worth = mpmath.exp(centre) * mpmath.ncdf(sign * up) - x * mpmath.ncdf(sign * (up - width))
                total += weight * sign * worth
            # the difference of two tails loses a few digits: prices here are as small as 1e-14
            assert THREE.otm([k])[0] == pytest.approx(float(total), rel=1e-11)


def test_density_is_the_second_derivative_of_calls():
    step = 1e-4
    x = np.exp(K)
    above, at, below = (THREE.call(np.log(x + side * step)) for side in (1.0, 0.0, -1.0))
    # differences of prices to 1e-16 over squares of the step
    np.testing.assert_allclose((above - 2 * at + below) / step**2 * x, THREE.density(K), atol=2e-6)


def test_quantiles_undo_the_cumulative_probability():
    p = np.array([1e-8, 0.01, 0.3, 0.5, 0.999, 1.0 - 1e-8])
    np.testing.assert_allclose(THREE.cdf(THREE.quantile(p)), p, rtol=1e-10)
    assert THREE.quantile([0.0, 1.0]).tolist() == [-np.inf, np.inf]


def test_stretching_makes_every_option_dearer():
    before = THREE.otm(K)
    for power in (1.01, 1.5, 3.0):
        after = THREE.stretched(power).otm(K)
        assert (after >= before).all()
        before = after


def test_a_blend_has_the_blended_prices():
    np.testing.assert_allclose(THREE.blended(ONE, 0.25).otm(K), 0.75 * THREE.otm(K) + 0.25 * ONE.otm(K), rtol=1e-13)


def test_where_no_price_is_left_the_last_vol_goes_on():
    narrow = Mixture.of(np.array([1.0]), np.array([0.0]), np.array([0.001]))
    vols = narrow.total_vol(np.array([-0.9, -0.02, 0.0, 0.02, 0.9]))
    np.testing.assert_allclose(vols, 0.001, rtol=1e-6)
    assert np.isnan(total_vol(np.array([0.5]), np.zeros(1))).all()

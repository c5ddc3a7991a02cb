"""The European engine against QuantLib's analytic engine, an implementation by other people."""

import numpy as np
import pytest

from hedgekit.core import _european as european

ql = pytest.importorskip("QuantLib")


@pytest.mark.parametrize("seed", range(3))
def test_price_and_greeks(seed: int) -> None:
    random = np.random.default_rng(seed)
    for _ in range(30):
        sign = int(random.choice([-1, 1]))
        spot, strike = random.uniform(50, 400), random.uniform(50, 400)
        t, vol = random.uniform(0.02, 3), random.uniform(0.08, 0.8)
        rate, div_yield = random.uniform(-0.02, 0.08), random.uniform(0, 0.05)
        kind = ql.Option.Call if sign > 0 else ql.Option.Put
        forward, discount = spot * float(np.exp((rate - div_yield) * t)), float(np.exp(-rate * t))
        calculator = ql.BlackCalculator(ql.PlainVanillaPayoff(kind, strike), forward, vol * t**0.5, discount)
        price, delta, gamma, vega, theta, rho, *_ = european.greeks_scalar(sign, spot, strike, t, rate, div_yield, vol)
        # QuantLib subtracts the legs, so it is good to a few ulp of them
        assert price == pytest.approx(calculator.value(), abs=1e-14 * (spot + strike))
        assert delta == pytest.approx(calculator.delta(spot), abs=1e-13)
        assert gamma == pytest.approx(calculator.gamma(spot), rel=1e-11)
        assert vega == pytest.approx(calculator.vega(t), rel=1e-11)
        assert theta == pytest.approx(calculator.theta(spot, t), rel=1e-10, abs=1e-10)
        assert rho == pytest.approx(calculator.rho(t), rel=1e-11, abs=1e-11)

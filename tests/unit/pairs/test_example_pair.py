"""The made pair of the examples is what its generator writes, and holds what it was made with."""

import sys
from importlib import util

import pytest

import hedgekit as hk


def test_the_file_is_what_its_generator_writes(root, tmp_path):
    spec = util.spec_from_file_location("make_pair_prices", root / "examples" / "data" / "make_pair_prices.py")
    module = util.module_from_spec(spec)
    sys.modules["make_pair_prices"] = module
    spec.loader.exec_module(module)
    module.HERE = tmp_path
    module.main()
    assert (tmp_path / "pair.csv").read_text() == (root / "examples" / "data" / "pair.csv").read_text()


def test_it_holds_what_it_was_made_with(root):
    prices = hk.load_prices(root / "examples" / "data" / "pair.csv")
    assert prices.tickers == ("SMALL", "LARGE") and len(prices) == 1000 and not prices.notes
    result = hk.pair_ratio(prices)
    assert result.cointegrated
    made = result.named("log_price_ols")  # an elasticity of 1.15
    assert made.ratio == pytest.approx(1.15, abs=0.03) and made.elasticity == made.ratio
    low, high = result.named("return_ols").ci95
    assert low < 1.15 < high

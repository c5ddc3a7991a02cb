"""Which of the hedge ratios that did as well out of sample is recommended."""

import math

from hedgekit.pairs.effectiveness import Effectiveness
from hedgekit.pairs.ratio import Estimate, _best


def estimate(name, value, behind, half_width):
    """An estimate of 1 whose effectiveness lacks `behind` to the best (an interval), and whose interval is so wide."""
    return Estimate(
        name=name,
        label=name,
        unit="dollars_per_dollar",
        ratio=1.0,
        se=half_width / 2,
        ci95=(1.0 - half_width, 1.0 + half_width),
        share_ratio=1.0,
        dollar_ratio=1.0,
        dollar_ci95=(1.0 - half_width, 1.0 + half_width),
        elasticity=math.nan,
        intercept=math.nan,
        level_based=False,
        days=252,
        effectiveness=Effectiveness(
            value=value, low=value - 0.1, high=value + 0.1, behind_low=behind[0], behind_high=behind[1]
        ),
        why="",
    )


def test_a_narrow_interval_of_another_aim_is_no_reason():
    """Volatilities are known well, and say nothing of how well the hedge is known."""
    parity = estimate("vol_parity", 0.58, (-0.01, 0.03), 0.08)
    returns = estimate("return_ols", 0.59, (0.0, 0.0), 0.13)
    robust = estimate("huber", 0.585, (-0.01, 0.02), 0.12)
    chosen, as_good = _best([parity, returns, robust])
    assert chosen == "huber" and as_good == ["vol_parity", "return_ols"]
    # it is not even taken when it scored highest, as long as another cannot be told from it
    lucky = estimate("vol_parity", 0.60, (0.0, 0.0), 0.08)
    assert _best([lucky, estimate("return_ols", 0.59, (-0.01, 0.03), 0.13)])[0] == "return_ols"


def test_another_aim_is_taken_where_it_is_told_to_do_better():
    parity = estimate("vol_parity", 0.70, (0.0, 0.0), 0.08)
    returns = estimate("return_ols", 0.59, (0.05, 0.15), 0.13)
    assert _best([parity, returns]) == ("vol_parity", [])

"""Rotation: ranks change the portfolio only beyond the band."""

import sys
from pathlib import Path

import numpy as np
import pytest

from hedgekit.errors import DataError, InputError
from hedgekit.leadership.rotation import rotate

sys.path.insert(0, str(Path(__file__).parent))
from leadership_histories import history


def made(*growth, n=130):
    columns = {"IDX": np.full(n, 100.0)}
    columns |= {f"S{i}": 100.0 * (1 + g) ** np.arange(n) for i, g in enumerate(growth, 1)}
    return history(columns)


PRICES = made(0.005, 0.004, 0.003, 0.002, 0.001)


def actions(result):
    return {row.ticker: row.action for row in result.ranking}


def test_the_strongest_are_bought():
    result = rotate(PRICES, benchmark="IDX", top=2)
    assert result.hold == ("S1", "S2") and [row.rank for row in result.ranking] == [1, 2, 3, 4, 5]
    assert result.ranking[0].strength_percent == pytest.approx(100 * (1.005**126 - 1))


def test_a_held_sector_inside_the_band_is_kept():
    assert actions(rotate(PRICES, benchmark="IDX", top=2, band=1, held=["S3", "S1"])) == {
        "S1": "keep",
        "S2": "none",
        "S3": "keep",
        "S4": "none",
        "S5": "none",
    }


def test_a_held_sector_below_the_band_is_replaced():
    result = rotate(PRICES, benchmark="IDX", top=2, band=1, held=["S4", "S1"])
    assert result.hold == ("S1", "S2") and actions(result)["S4"] == "sell"


def test_more_than_top_held_are_not_all_kept():
    result = rotate(PRICES, benchmark="IDX", top=2, band=2, held=["S4", "S3", "S2"])
    assert result.hold == ("S2", "S3") and actions(result)["S4"] == "sell"


def test_a_sector_without_prices_is_unknown_and_keeps_its_place():
    prices = np.array(PRICES.total_return)
    prices[-1, 3] = np.nan
    columns = dict(zip(PRICES.tickers, prices.T, strict=True))
    result = rotate(history(columns), benchmark="IDX", top=2, held=["S3"])
    assert actions(result)["S3"] == "unknown" and result.hold == ("S3", "S1")
    assert result.warnings[-1].slug == "not_ranked"


def test_a_wide_band_keeps_an_unranked_sector_too():
    prices = made(0.005, 0.004)
    close = prices.close.copy()
    close[-1, 1] = np.nan
    blind = history({name: close[:, i] for i, name in enumerate(prices.tickers)})
    result = rotate(blind, benchmark="IDX", top=1, band=5, held=["S1"])
    assert actions(result)["S1"] == "unknown" and result.hold == ("S1",)


def test_ties_are_broken_by_name():
    result = rotate(made(0.001, 0.001, 0.001), benchmark="IDX", top=1, held=[])
    assert result.hold == ("S1",)


def test_bad_questions_are_refused():
    with pytest.raises(InputError, match="no prices of QQQ"):
        rotate(PRICES, benchmark="QQQ")
    with pytest.raises(InputError, match="expected 1 <= top"):
        rotate(PRICES, benchmark="IDX", top=9)
    with pytest.raises(InputError, match="none of the sectors"):
        rotate(PRICES, benchmark="IDX", sectors=["S1", "S2", "S3"], held=["S5"])
    with pytest.raises(DataError, match="needs 127"):
        rotate(made(0.1, 0.1, 0.1, n=126), benchmark="IDX")
    with pytest.raises(InputError, match="hold IDX alone"):
        rotate(made(), benchmark="IDX")

"""Touch of a level against the reference file (mpmath closed forms; survival densities for daily closes)."""

import csv
import math

import mpmath
import pytest

from hedgekit.distributions.touch import touch, touch_at_closes

CONTINUOUS = ("p_touch", "onetouch_pv", "e_terminal_no_touch", "e_stop", "pv_stop")
DAILY = ("p_touch_daily", "e_stop_daily_at_H", "e_stop_daily_at_close", "pv_stop_daily_at_H", "pv_stop_daily_at_close")


@pytest.fixture(scope="module")
def rows(shared):
    with (shared / "reference" / "barrier_touch.csv").open() as file:
        return [{k: float(v) for k, v in row.items() if k != "case"} for row in csv.DictReader(file)]


def place(row):
    return row["S"], row["H"], row["T"], row["r"] - row["q"], row["sigma"]


@pytest.mark.reference
def test_continuous_closed_forms(rows):
    for row in rows:
        found = touch(*place(row), rate=row["r"])
        discount = math.exp(-row["r"] * row["T"])
        got = {
            "p_touch": found.probability,
            "onetouch_pv": found.discounted,
            "e_terminal_no_touch": found.untouched_mean,
            "e_stop": found.touched_mean + found.untouched_mean,
            "pv_stop": found.touched_discounted + discount * found.untouched_mean,
        }
        for name in CONTINUOUS:
            # the mean of the untouched is a difference of two numbers near 1: absolute on the scale of the spot
            assert got[name] == pytest.approx(
                row[name], rel=1e-12, abs=1e-13 * row["S"] if "no_touch" in name else 1e-300
            ), (name, row)


@pytest.mark.reference
def test_daily_closes(rows):
    for row in rows:
        found = touch_at_closes(*place(row), closes=int(row["n_daily"]), rate=row["r"])
        discount = math.exp(-row["r"] * row["T"])
        got = {
            "p_touch_daily": found.probability,
            "e_stop_daily_at_H": row["H"] * found.probability + found.untouched_mean,
            "e_stop_daily_at_close": found.touched_mean + found.untouched_mean,
            "pv_stop_daily_at_H": row["H"] * found.discounted + discount * found.untouched_mean,
            "pv_stop_daily_at_close": found.touched_discounted + discount * found.untouched_mean,
        }
        for name in DAILY:
            tolerance = row["daily_tol_prob" if name.startswith("p_") else "daily_tol_value"]
            # our own panels: 1e-13 of the value
            assert got[name] == pytest.approx(row[name], abs=tolerance + 2e-13 * abs(row[name])), (name, row)


@pytest.mark.parametrize(("spot", "level", "t", "drift", "vol"), [(100.0, 80.0, 0.5, 0.03, 0.25), (100.0, 125.0, 1.5, -0.02, 0.2), (50.0, 20.0, 0.25, 0.0, 0.3), (250.0, 251.0, 0.02, 0.05, 0.1)])  # fmt: skip
def test_either_side_against_the_first_passage_density(spot, level, t, drift, vol):
    # P(tau <= T) is the integral of |b| / (vol sqrt(2 pi s^3)) exp(-(b - m s)^2 / (2 vol^2 s))
    with mpmath.workdps(30):
        b, m = mpmath.log(mpmath.mpf(level) / spot), mpmath.mpf(drift) - mpmath.mpf(vol) ** 2 / 2

        def density(s):
            return (
                abs(b) / (vol * mpmath.sqrt(2 * mpmath.pi * s**3)) * mpmath.exp(-((b - m * s) ** 2) / (2 * vol**2 * s))
            )

        peak = min(t, float(b**2 / (3 * vol**2)))
        expected = float(
            mpmath.quad(
                density,
                [0, peak / 10, peak / 2, peak, (peak + t) / 2, t] if peak < t else [0, t / 100, t / 10, t / 2, t],
            )
        )
    assert touch(spot, level, t, drift, vol).probability == pytest.approx(expected, rel=1e-9)

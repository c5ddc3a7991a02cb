import math

import pytest

from hedgekit.distributions.touch import touch, touch_at_closes
from hedgekit.errors import InputError


def test_at_the_level_it_has_touched():
    assert touch(100.0, 100.0, 0.5, 0.0, 0.2).probability == 1.0


def test_without_drift_of_the_log_touch_is_twice_the_end():
    # reflection: with drift vol^2/2 the log has none
    found = touch(100.0, 90.0, 0.25, 0.02, 0.2)
    end = 0.5 * math.erfc(-math.log(0.9) / (0.2 * math.sqrt(0.25)) / math.sqrt(2.0))
    assert found.probability == pytest.approx(2.0 * end, rel=1e-12)


def test_one_close_is_the_end_of_the_path():
    found = touch_at_closes(100.0, 90.0, 0.25, 0.05, 0.2, closes=1)
    d = (math.log(0.9) - (0.05 - 0.02) * 0.25) / 0.1
    assert found.probability == pytest.approx(0.5 * math.erfc(-d / math.sqrt(2.0)), rel=1e-13)


@pytest.mark.parametrize("level", [85.0, 118.0])
def test_more_closes_come_nearer_to_watching_all_the_time(level):
    place = (100.0, level, 0.5, 0.03, 0.22)
    found = [touch_at_closes(*place, closes=n).probability for n in (1, 5, 25, 125, 500)]
    assert found == sorted(found)
    # Broadie, Glasserman and Kou (1997): the level shifted by 0.5826 vol sqrt(dt) when watched all the time
    shift = math.exp((1 if level > 100 else -1) * 0.5826 * 0.22 * math.sqrt(0.5 / 500))
    assert found[-1] == pytest.approx(touch(100.0, level * shift, 0.5, 0.03, 0.22).probability, abs=2e-4)
    assert found[-1] < touch(*place).probability


@pytest.mark.parametrize("level", [85.0, 118.0])
def test_what_is_touched_and_what_is_not_make_up_the_mean(level):
    # stopped at the level, discounted at the drift, the spot is a martingale
    drift = 0.04
    found = touch(100.0, level, 0.5, drift, 0.22, rate=drift)
    assert found.touched_discounted + math.exp(-drift * 0.5) * found.untouched_mean == pytest.approx(100.0, rel=1e-12)
    daily = touch_at_closes(100.0, level, 0.5, drift, 0.22, closes=126, rate=drift)
    assert daily.touched_discounted + math.exp(-drift * 0.5) * daily.untouched_mean == pytest.approx(100.0, rel=1e-12)


@pytest.mark.parametrize(
    "bad", [{"spot": 0.0}, {"level": -1.0}, {"t_years": 0.0}, {"vol": math.nan}, {"drift": math.inf}]
)
def test_bad_numbers_are_refused(bad):
    place = {"spot": 100.0, "level": 90.0, "t_years": 0.5, "drift": 0.0, "vol": 0.2} | bad
    with pytest.raises(InputError, match=next(iter(bad))):
        touch(**place)


def test_closes_are_counted():
    with pytest.raises(InputError, match="closes"):
        touch_at_closes(100.0, 90.0, 0.5, 0.0, 0.2, closes=0)

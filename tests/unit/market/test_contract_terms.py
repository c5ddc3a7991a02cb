from datetime import date

import pytest

from hedgekit.market.contract_terms import cutoff, exercise_style, is_monthly


@pytest.mark.parametrize("root", ["SPX", "SPXW", "RUT", "RUTW", "XSP", "NDX", "NDXP", "VIX", "MRUT", "DJX", "XEO"])
def test_index_options_are_european(root):
    assert exercise_style(root) == "european"


@pytest.mark.parametrize("root", ["IWM", "SPY", "QQQ", "OEX", "AAPL", "BRKB", "IWM1"])
def test_options_on_shares_and_funds_and_oex_are_american(root):
    assert exercise_style(root) == "american"


@pytest.mark.parametrize(
    ("day", "monthly"),
    [
        (date(2026, 7, 17), True),
        (date(2026, 7, 24), False),
        (date(2026, 7, 16), False),
        # third Fridays that are holidays: Good Friday, Juneteenth
        (date(2025, 4, 17), True),
        (date(2026, 6, 18), True),
    ],
)
def test_the_monthly_expiry_is_the_third_friday_or_the_thursday_before_a_closed_one(day, monthly):
    assert is_monthly(day) is monthly


@pytest.mark.parametrize(
    ("root", "day", "moment"),
    [
        ("IWM", date(2026, 7, 17), "2026-07-17T16:00:00-04:00"),
        ("SPX", date(2026, 7, 17), "2026-07-17T09:30:00-04:00"),
        ("SPX", date(2026, 7, 24), "2026-07-24T16:00:00-04:00"),
        ("SPXW", date(2026, 7, 17), "2026-07-17T16:00:00-04:00"),
        ("VIX", date(2026, 7, 22), "2026-07-22T09:30:00-04:00"),
        ("XSP", date(2026, 11, 27), "2026-11-27T13:00:00-05:00"),
        # Saturday expiries of before 2015 were decided on Friday
        ("IWM", date(2015, 1, 17), "2015-01-16T16:00:00-05:00"),
    ],
)
def test_what_decides_an_option(root, day, moment):
    assert cutoff(root, day).isoformat() == moment

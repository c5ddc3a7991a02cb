"""Replays of made paths whose answer is known by hand, and of real ones when they lie beside the project."""

from datetime import date, datetime

import numpy as np
import pytest

import hedgekit as hk
from hedgekit.errors import DataError, InputError
from hedgekit.model import NEW_YORK, Option, PriceHistory
from hedgekit.scenarios import REPLAYS, Holding, Underlying, replay, roll_plan
from hedgekit.scenarios.smile import Smile

ASOF = datetime(2026, 6, 17, 16, 0, tzinfo=NEW_YORK)
NEAR, FAR = date(2026, 7, 1), date(2027, 6, 17)
WINDOW = (date(2020, 3, 2), date(2020, 3, 31))


def made(ticker, levels, start="2020-02-28"):
    days = np.busday_offset(np.datetime64(start), np.arange(len(levels)), roll="forward")
    column = np.array(levels, dtype=float)[:, None]
    return PriceHistory(tickers=(ticker,), dates=days, close=column, total_return=column, source="made")


def market(ticker="IWM", spot=250.0):
    return Underlying(
        ticker=ticker, spot=spot, asof=ASOF, rates={NEAR: 0.04, FAR: 0.04}, div_yields={NEAR: 0.01, FAR: 0.01}
    )


def put(strike, expiry):
    return Option(root="IWM", expiry=expiry, kind="put", strike=strike)


FALL = [100.0, 95.0, 90.0, 80.0, 85.0, *[90.0] * 17]
FEAR = [20.0, 30.0, 40.0, 60.0, 50.0, *[40.0] * 17]


def run(holdings, **more):
    return replay(
        holdings, {"IWM": market()}, made("IWM", FALL), made("VIX", FEAR), window=WINDOW, **more
    )  # fmt: skip


def test_shares_follow_the_path():
    found = run([Holding(ticker="IWM", quantity=100)])
    assert found.start == date(2020, 2, 28)
    assert found.pnl_usd[:4] == pytest.approx([-1250.0, -2500.0, -5000.0, -3750.0])
    worst = found.to_dict()["worst"]
    assert worst["date"] == date(2020, 3, 4) and worst["pnl_usd"] == pytest.approx(-5000.0)
    assert worst["vol_ratio"] == pytest.approx(3.0)


def test_an_option_is_revalued_each_day_at_the_ratio_for_its_tenor():
    held = Holding(ticker="IWM", quantity=2, option=put(240.0, FAR), vol=0.2, half_spread=0.05)
    found = run([held])
    m, days = market(), (date(2020, 3, 4) - date(2020, 2, 28)).days
    left = m.years_to(FAR) - days / 365
    vol = 0.2 * 3.0 ** np.sqrt(30 / (left * 365))
    then = hk.price("put", 200.0, 240.0, left, 0.04, 0.01, vol)
    now = hk.price("put", 250.0, 240.0, m.years_to(FAR), 0.04, 0.01, 0.2)
    assert found.pnl_usd[2] == pytest.approx(200 * (then - now), rel=1e-9)
    assert found.exit_usd[2] == pytest.approx(200 * 0.05 * 3.0)
    full = run([held], tenor_scaling=False)
    assert full.pnl_usd[2] > found.pnl_usd[2]


def test_an_option_that_expires_on_the_way_stays_settled():
    held = Holding(ticker="IWM", quantity=1, option=put(240.0, NEAR), vol=0.2, half_spread=0.05)
    found = run([held])
    day = found.dates.index(date(2020, 3, 13))  # 14 days on, as many as the option has
    base = 100 * hk.price("put", 250.0, 240.0, market().years_to(NEAR), 0.04, 0.01, 0.2)
    assert found.pnl_usd[day:] == pytest.approx(100 * (240.0 - 225.0) - base)
    assert found.exit_usd[day] == 0.0


def test_a_ticker_without_history_moves_by_beta_or_not_at_all():
    held = [Holding(ticker="XYZ", quantity=10)]
    files = made("IWM", FALL), made("VIX", FEAR)
    with pytest.raises(InputError, match="XYZ has no history"):
        replay(held, {"XYZ": market("XYZ", 50.0)}, *files, window=WINDOW)
    found = replay(held, {"XYZ": market("XYZ", 50.0)}, *files, window=WINDOW, betas={"XYZ": 2.0}, benchmark="IWM")
    assert found.pnl_usd[0] == pytest.approx(10 * 50 * -0.10)
    assert "XYZ" in found.mapped


def test_what_the_files_do_not_cover_is_refused():
    held = [Holding(ticker="IWM", quantity=1)]
    with pytest.raises(DataError, match="does not cover"):
        replay(held, {"IWM": market()}, made("IWM", FALL), made("VIX", FEAR), window="2008-09/10")
    with pytest.raises(DataError, match="does not cover"):
        replay(held, {"IWM": market()}, made("IWM", FALL), made("VIX", FEAR, "2010-01-04"), window=WINDOW)
    with pytest.raises(InputError, match="known are"):
        replay(held, {"IWM": market()}, made("IWM", FALL), made("VIX", FEAR), window="1987")


def test_a_window_that_the_file_breaks_off_is_said():
    short = made("IWM", FALL[:5])
    found = replay([Holding(ticker="IWM", quantity=1)], {"IWM": market()}, short, made("VIX", FEAR), window=WINDOW)
    assert {note.slug for note in found.warnings} == {"replay_cut_short"}


def test_rolling_pays_both_half_spreads():
    strikes = np.array([200.0, 250.0, 300.0])
    flat = {day: Smile(spot=250.0, log_strike=np.log(strikes), vol=np.full(3, 0.2)) for day in (NEAR, FAR)}
    m = Underlying(
        ticker="IWM", spot=250.0, asof=ASOF, rates={FAR: 0.04}, div_yields={FAR: 0.01}, smiles=flat
    )  # fmt: skip
    held = Holding(ticker="IWM", quantity=3, option=put(240.0, FAR), vol=0.2, half_spread=0.05)
    (row,) = roll_plan(held, m, tenor_days=365, days_left=[30], fee=0.65)
    left = 30 / 365 + (30 - row.days_left) / 365
    old = hk.price("put", 250.0, 240.0, left, 0.04, 0.01, 0.2)
    new = hk.price("put", 250.0, 240.0, 1.0, 0.04, 0.01, 0.2)
    assert row.on == date(2027, 5, 18)
    assert row.roll_usd == pytest.approx(300 * (new - old) + 2 * (300 * 0.05 + 3 * 0.65), rel=1e-9)
    assert row.roll_usd == pytest.approx(row.open_usd - row.close_usd)


def test_recorded_windows_on_real_files(shared):
    from hedgekit.market.prices import load_prices

    folder = shared / "prices" if (shared / "prices").is_dir() else shared / "data" / "prices"
    prices = load_prices(folder / "yahoo_adj_2005_2026" / "IWM.csv")
    vix = load_prices(folder / "index_VIX_1990_2026.csv")
    for name in REPLAYS:
        found = replay([Holding(ticker="IWM", quantity=100)], {"IWM": market()}, prices, vix, window=name)
        days = prices.dates
        start, end = (int(np.flatnonzero(days == np.datetime64(day))[0]) for day in (found.start, found.end))
        close = prices.close[start : end + 1, 0]
        assert found.pnl_usd == pytest.approx(25_000 * (close[1:] / close[0] - 1.0))
        assert found.to_dict()["worst"]["pnl_usd"] < -0.05 * 25_000

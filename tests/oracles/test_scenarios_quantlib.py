"""Points of a grid against QuantLib's finite differences: later dates, moved spots, shocked vols, cash dividends ahead."""

from datetime import date, datetime

import pytest
import QuantLib as ql

from hedgekit.market import calendar
from hedgekit.model import NEW_YORK, Option
from hedgekit.scenarios import Holding, Underlying, revalue

ASOF = datetime(2026, 6, 17, 16, 0, tzinfo=NEW_YORK)
EXPIRY = date(2026, 12, 18)
RATE = 0.04
EX_DATES = {date(2026, 7, 15): 0.8, date(2026, 9, 16): 0.9}


def ql_day(day):
    return ql.Date(day.day, day.month, day.year)


def quantlib(kind, spot, strike, vol, today):
    """American value at the close of a day, cash dividends after it in the spot model."""
    ql.Settings.instance().evaluationDate = ql_day(today)
    count = ql.Actual365Fixed()
    process = ql.BlackScholesMertonProcess(
        ql.QuoteHandle(ql.SimpleQuote(spot)),
        ql.YieldTermStructureHandle(ql.FlatForward(ql_day(today), 0.0, count)),
        ql.YieldTermStructureHandle(ql.FlatForward(ql_day(today), RATE, count)),
        ql.BlackVolTermStructureHandle(ql.BlackConstantVol(ql_day(today), ql.NullCalendar(), vol, count)),
    )
    payoff = ql.PlainVanillaPayoff(ql.Option.Put if kind == "put" else ql.Option.Call, strike)
    option = ql.VanillaOption(payoff, ql.AmericanExercise(ql_day(today), ql_day(EXPIRY)))
    ahead = [(day, amount) for day, amount in EX_DATES.items() if day > today]
    dividends = ql.DividendVector([ql_day(day) for day, _ in ahead], [amount for _, amount in ahead])
    option.setPricingEngine(ql.FdBlackScholesVanillaEngine(process, dividends, 400, 800))
    return option.NPV()


@pytest.mark.parametrize("kind", ["put", "call"])
def test_grid_points(kind):
    # ex-dates at 16:00, as QuantLib's whole days have them
    cash = tuple(((day - ASOF.date()).days / 365, amount) for day, amount in EX_DATES.items())
    market = Underlying(ticker="IWM", spot=250.0, asof=ASOF, rates={EXPIRY: RATE}, div_yields={EXPIRY: 0.0}, cash=cash)
    option = Option(root="IWM", expiry=EXPIRY, kind=kind, strike=245.0)
    days = [date(2026, 6, 17), date(2026, 8, 14)]
    grid = revalue(
        [Holding(ticker="IWM", quantity=1, option=option, vol=0.22)],
        {"IWM": market},
        spot_moves=[-0.2, 0.1],
        vol_shocks=[0.0, 0.5],
        dates=days,
    )
    assert calendar.session_close(days[1]).hour == 16
    for d, day in enumerate(days):
        for i, move in enumerate((-0.2, 0.1)):
            for j, vol in enumerate((0.22, 0.33)):
                want = quantlib(kind, 250.0 * (1 + move), 245.0, vol, day)
                # a clock change moves our exact seconds an hour from whole days; the rest is the two grids' error
                assert grid.value_usd[d, i, j] / 100 == pytest.approx(want, abs=0.01)

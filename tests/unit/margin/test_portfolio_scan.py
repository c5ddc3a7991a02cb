"""The portfolio-margin style scan: the handout's column, the points, the minimum, and vols that are not identified."""

from datetime import date, datetime

import pytest

from hedgekit.errors import InputError
from hedgekit.margin import portfolio_margin
from hedgekit.margin.portfolio import scan_moves
from hedgekit.model import NEW_YORK, Leg, Option
from hedgekit.pricing import price


def leg(contracts, name, premium, root="XYZ", expiry="2026-09-18"):
    return Leg(contracts=contracts, option=Option.parse(f"{root} {expiry} {name}"), premium=premium)


def ibm(contracts, name, premium):
    return leg(contracts, name, premium, "IBM", "2007-04-21")


TODAY = date(2026, 6, 18)

# Portfolio-margin column of the handout behind tests/unit/margin/test_reg_t.py. It names neither rate nor dividend
# model: with the April options and the Fed funds rate of that day every figure comes within 0.15%.
HANDOUT = {
    "short call": ([ibm(-100, "100 C", 1.68)], 0, 115_429),
    "short put": ([ibm(-100, "100 P", 3.18)], 0, 137_527),
    "covered call": ([ibm(-100, "100 C", 1.68)], 10_000, 129_804),
    "protective put": ([ibm(100, "95 P", 1.02)], 10_000, 37_538),
    "synthetic long": ([ibm(100, "100 C", 1.68), ibm(-100, "100 P", 3.18)], 0, 154_313),
    "risk reversal": ([ibm(100, "95 P", 1.02), ibm(-100, "105 C", 0.40)], 0, 91_118),
    "collar": ([ibm(100, "95 P", 1.02), ibm(-100, "105 C", 0.40)], 10_000, 33_522),
    "call spread": ([ibm(100, "95 C", 4.53), ibm(-100, "105 C", 0.40)], 0, 40_881),
    "long straddle": ([ibm(100, "100 C", 1.68), ibm(100, "100 P", 3.18)], 0, 7_500),
}


@pytest.mark.parametrize("name", HANDOUT)
def test_the_handout(name):
    legs, shares, usd = HANDOUT[name]
    scan = portfolio_margin(legs, spot=97.73, asof=date(2007, 2, 23), rate=0.0525, shares=shares)
    assert scan.requirement_usd == pytest.approx(usd, rel=0.0015)


def test_ten_equidistant_points():
    assert scan_moves("broad_large") == pytest.approx(
        (-0.08, -0.064, -0.048, -0.032, -0.016, 0.012, 0.024, 0.036, 0.048, 0.06)
    )
    assert scan_moves("broad_small")[-1] == 0.10 and scan_moves("equity")[0] == -0.15
    assert scan_moves("broad_small", 3)[0] == pytest.approx(-0.30)


def test_shares_alone_lose_the_range_of_their_kind():
    for ticker, usd in (("IWM", 2900.0), ("SPY", 2320.0), ("XYZ", 4350.0), ("TNA", 8700.0)):
        scan = portfolio_margin([], spot={ticker: 290.0}, shares={ticker: 100}, asof=TODAY, rate=0.04)
        assert scan.requirement_usd == pytest.approx(usd)


def test_a_worthless_short_option_is_asked_for_the_minimum():
    scan = portfolio_margin([leg(-4, "50 P", 0.01)], spot=100.0, asof=TODAY, rate=0.04)
    assert scan.requirement_usd == scan.scans[0].minimum_usd == 150.0


def test_the_scan_is_full_revaluation_at_the_vol_of_the_premium():
    premium = price("put", 100.0, 95.0, 92 / 365, 0.04, 0.0, 0.25)
    asof = datetime(2026, 6, 18, 16, tzinfo=NEW_YORK)
    scan = portfolio_margin([leg(-1, "95 P", premium)], spot=100.0, asof=asof, rate=0.04).scans[0]
    for move, pnl in zip(scan.moves, scan.pnl_usd, strict=True):
        # to the solver's accuracy of the vol
        assert pnl == pytest.approx(
            -100 * (price("put", 100 * (1 + move), 95.0, 92 / 365, 0.04, 0.0, 0.25) - premium), abs=1e-4
        )


def test_given_vols_are_used():
    legs = [leg(-1, "95 P", 2.0)]
    low, high = (
        portfolio_margin(legs, spot=100.0, asof=TODAY, rate=0.04, vols={"XYZ260918P00095000": vol}).requirement_usd
        for vol in (0.15, 0.60)
    )
    assert low != high


def test_a_premium_at_exercise_value_is_taken_at_its_worse_end():
    deep = [leg(side, "150 P", 50.0) for side in (1, -1)]
    long, short = (portfolio_margin([one], spot=100.0, asof=TODAY, rate=0.04) for one in deep)
    assert long.requirement_usd == pytest.approx(1500.0)
    assert short.requirement_usd == pytest.approx(1500.0)


def test_a_premium_below_exercise_value_is_refused():
    with pytest.raises(InputError, match="no vol explains its premium"):
        portfolio_margin([leg(-1, "150 P", 40.0)], spot=100.0, asof=TODAY, rate=0.04)


def test_underlyings_stand_alone():
    legs = [leg(-1, "95 P", 2.0, "IWM"), leg(-1, "95 P", 2.0, "SPY")]
    both = portfolio_margin(legs, spot={"IWM": 100.0, "SPY": 100.0}, asof=TODAY, rate=0.04)
    assert both.requirement_usd == sum(scan.requirement_usd for scan in both.scans)
    assert "no offset" in both.derivation[-1]
    assert both.to_dict()["scans"][0]["ticker"] == "IWM"

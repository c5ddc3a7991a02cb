"""The margin view of shares with a hedge."""

from hedgekit.margin import hedge_margin
from hedgekit.model import Leg, Option


def leg(contracts, name, premium):
    return Leg(contracts=contracts, option=Option.parse(f"IWM 2026-09-18 {name}"), premium=premium)


def test_a_collar_frees_maintenance():
    view = hedge_margin([leg(17, "272 P", 5.45), leg(-17, "318 C", 2.26)], ticker="IWM", shares=1700, spot=290.41)
    assert view.shares_alone.maintenance_usd == 123_424.25
    assert view.hedged.maintenance_usd == 77_537.0
    assert view.extra_maintenance_usd < 0.0
    assert view.extra_initial_usd == 9265.0
    assert view.cash_account_usd == 9265.0 - 3842.0
    assert view.to_dict()["shares_alone"]["initial_usd"] == 246_848.5


def test_more_calls_than_shares_are_refused_by_a_cash_account():
    view = hedge_margin([leg(-18, "318 C", 2.26)], ticker="IWM", shares=1700, spot=290.41)
    assert view.cash_account_usd is None
    assert "1,800 shares would cover it and 1,700 are free" in view.cash_account_refusal

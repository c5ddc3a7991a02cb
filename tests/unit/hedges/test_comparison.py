import json
from dataclasses import replace
from datetime import date

import pytest

from hedgekit.errors import DataError, InfeasibleError, InputError
from hedgekit.hedges import CANDIDATES, compare
from hedgekit.hedges.problem import pick_expiry, tradable
from hedgekit.model import Flag

ROWS = [
    ("put", 70.0, 0.20, 0.24),
    ("put", 80.0, 0.60, 0.66),
    ("put", 90.0, 1.50, 1.58),
    ("put", 95.0, 2.40, 2.50),
    ("put", 100.0, 4.10, 4.22),
    ("put", 105.0, 6.90, 7.05),
    ("call", 95.0, 7.60, 7.75),
    ("call", 100.0, 4.80, 4.92),
    ("call", 105.0, 2.60, 2.70),
    ("call", 110.0, 1.20, 1.28),
    ("call", 115.0, 0.55, 0.60),
]
TERMS = {"rate": 0.04, "dividends": 0.01, "expiry": date(2026, 9, 18), "details": False}


def test_candidates_come_in_the_order_of_the_registry(make_chain):
    result = compare(make_chain(ROWS), shares=1000, floor=0.9, **TERMS)
    names = [candidate.name for candidate in result.candidates]
    assert names in (list(CANDIDATES), ["optimum", *CANDIDATES])


def test_the_put_is_struck_above_the_floor_by_its_financed_cost(make_chain):
    put = compare(make_chain(ROWS), shares=1000, floor=0.9, **TERMS).named("put")
    # 90 less 1.58 is below the floor: the strike must be 95, and 95 - 2.50 - fee keeps 92.4.
    assert [(leg.contracts, leg.option.strike, leg.premium) for leg in put.legs] == [(10, 95.0, 2.50)]
    assert put.cost_usd == 10 * 250 + 6.5
    assert put.meets_goal and put.floor_pct == pytest.approx(92.468, abs=0.001)


def test_calls_are_recommended_only_when_a_cap_is_named(make_chain):
    chain = make_chain(ROWS)
    for min_cap in (None, 1.10):
        result = compare(chain, shares=1000, floor=0.9, min_cap=min_cap, **TERMS)
        sold = [leg for leg in result.require().legs if leg.contracts < 0 and leg.option.kind == "call"]
        assert bool(sold) == (min_cap is not None)
        assert all(leg.option.strike >= 110.0 for leg in sold)


def test_the_recommended_hedge_is_the_cheapest_allowed_that_holds(make_chain):
    result = compare(make_chain(ROWS), shares=1000, floor=0.9, **TERMS)
    assert result.optimum.status == "optimal"
    assert result.require().cost_usd == result.optimum.cost_usd < result.named("put").cost_usd


def test_one_leg_allowed_gives_the_put(make_chain):
    result = compare(make_chain(ROWS), shares=1000, floor=0.9, max_legs=1, **TERMS)
    assert result.recommended == "put"
    assert "optimum" not in [candidate.name for candidate in result.candidates]
    assert result.optimum.cost_usd == result.named("put").cost_usd
    assert "a collar would save" in result.why and "--min-cap 1.1" in result.why


def test_spreads_say_where_they_stop_holding(make_chain):
    spread = compare(make_chain(ROWS), shares=1000, floor=0.9, **TERMS).named("put spread")
    assert not spread.meets_goal
    assert spread.worst_spot == 0
    assert 70 < spread.holds_from_spot <= 80
    assert spread.short_usd == pytest.approx(90_000 - spread.floor_usd)
    assert "short of 90.0% at 0" in spread.why


def test_collar_never_sells_more_calls_than_the_shares_cover(make_chain):
    collar = compare(make_chain(ROWS), shares=1050, floor=0.8, **TERMS).named("collar")
    sold = -sum(leg.contracts for leg in collar.legs if leg.option.kind == "call")
    assert sold == 10
    assert collar.cap_pct is None  # fifty shares are not capped


def test_fewer_than_a_hundred_shares_have_no_collar(make_chain):
    result = compare(make_chain(ROWS), shares=60, floor=0.8, **TERMS)
    assert "collar" not in [candidate.name for candidate in result.candidates]
    assert result.named("put").legs[0].contracts == 1


def test_cash_keeps_the_floor_at_zero_and_not_one_share_more(make_chain):
    cash = compare(make_chain(ROWS), shares=1000, floor=0.9, **TERMS).named("holding less (cash floor)")
    assert cash.shares_sold == 900 and cash.meets_goal and cash.floor_usd == 90_000


def test_holding_less_has_the_delta_of_the_put_hedge(make_chain):
    result = compare(make_chain(ROWS), shares=1000, floor=0.9, **TERMS)
    assert result.named("holding less (same delta)").shares == round(result.named("put").greeks["delta_shares"])


def test_a_stop_promises_nothing(make_chain):
    stop = compare(make_chain(ROWS), shares=1000, floor=0.9, **TERMS).named("stop-loss")
    assert stop.stop_level == pytest.approx(90.0)
    assert not stop.meets_goal and stop.floor_usd == 0


def test_an_impossible_floor_names_the_nearest(make_chain):
    chain = make_chain(ROWS)
    result = compare(chain, shares=1000, floor=0.999, **TERMS)
    assert result.recommended is None
    with pytest.raises(InfeasibleError, match=r"nearest feasible floor is \d+\.\d+%") as caught:
        result.require()
    offered = float(str(caught.value).split("--floor ")[1].split()[0])
    assert compare(chain, shares=1000, floor=offered, min_cap=1.1, **TERMS).recommended is not None


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"shares": 0}, "--shares 0"),
        ({"floor": 90.0}, r"did you mean 0.9\?"),
        ({"floor": 0.0}, "--floor 0"),
        ({"floor": float("nan")}, "--floor nan"),
        ({"fee": -1.0}, "--fee -1"),
        ({"min_cap": 0.9}, "--min-cap 0.9"),
        ({"rate": 3.75}, "3.75% is written 0.0375"),
        ({"dividends": float("nan")}, "dividends nan"),
        ({"expiry": date(2026, 9, 19)}, "open: 2026-09-18"),
        ({"by": date(2026, 9, 1)}, "give one of --by DATE and --expiry DATE"),
    ],
)
def test_bad_arguments_are_named(make_chain, changes, message):
    with pytest.raises(InputError, match=message):
        compare(make_chain(ROWS), **{"shares": 1000, "floor": 0.9, **TERMS, **changes})


def test_by_takes_the_first_expiry_on_or_after(make_chain):
    chain = make_chain(ROWS)
    assert pick_expiry(chain, by=date(2026, 7, 1), expiry=None) == date(2026, 9, 18)
    with pytest.raises(InputError, match="no expiry on or after"):
        pick_expiry(chain, by=date(2026, 10, 1), expiry=None)


def test_a_chain_of_a_day_without_trading_is_refused(make_chain):
    from dataclasses import replace

    with pytest.raises(DataError, match=r"market was shut \(Juneteenth\).*--asof 2026-06-16"):
        compare(replace(make_chain(ROWS), closed_reason="Juneteenth"), shares=1000, **TERMS)


def test_flagged_and_one_sided_quotes_are_not_traded_on(make_chain):
    from dataclasses import replace

    rows = [("put", 80.0, 0.0, 0.5), ("put", 85.0, 1.0, 0.9), ("put", 90.0, 1.0, 2.0), ("put", 95.0, 2.4, 2.5)]
    chain = make_chain(rows)
    assert tradable(chain, -1).strike.tolist() == [95.0]
    stale = replace(chain, flags=[0, 0, 0, int(Flag.STALE)])
    assert len(tradable(stale, -1)) == 0
    with pytest.raises(DataError, match="none of the 4 puts"):
        compare(stale, shares=100, floor=0.9, **TERMS)


def test_displayed_size_is_warned_of(make_chain):
    result = compare(make_chain(ROWS, size=3.0), shares=1000, floor=0.9, **TERMS)
    assert [note.slug for note in result.warnings] == ["displayed_size"]
    short = [leg for leg in result.require().legs if abs(leg.contracts) > 3]
    assert short
    for leg in short:
        assert f"3 of {abs(leg.contracts)} x {leg.option.strike:g} put" in result.warnings[0].message


def test_json_is_complete_and_has_no_nan(make_chain):
    text = compare(make_chain(ROWS), shares=1000, floor=0.9, **TERMS).to_json()
    answer = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} in JSON"))
    assert answer["schema"] == "hedgekit.hedge/1"
    assert answer["position"] == {"shares": 1000, "value_usd": 100_000.0, "floor_goal_usd": 90_000.0}
    put = next(row for row in answer["candidates"] if row["name"] == "put")
    assert put["legs"][0]["symbol"] == "IWM260918P00095000"
    assert {"cost_usd", "cost_pct", "cost_annualised_pct", "floor_usd", "floor_pct", "worst_usd", "cap_pct"} <= set(put)
    assert put["cost_annualised_pct"] == pytest.approx(put["cost_pct"] * 365 / answer["inputs"]["days"])
    assert {"legs", "cost_usd", "floor_usd", "cap_pct", "status", "seconds", "runners_up"} <= set(answer["optimum"])
    assert set(answer["inputs"]) >= {"spot", "rate", "t_years", "expiry", "fee", "floor", "asof", "source"}


def test_a_cheaper_put_that_is_quoted_wide_is_told_of_and_can_be_allowed(make_chain):
    rows = [*ROWS[:3], ("put", 94.0, 0.40, 1.60), *ROWS[3:]]
    chain = make_chain(rows)
    result = compare(chain, shares=1000, floor=0.9, max_legs=1, **TERMS)
    notes = {note.slug: note.message for note in result.warnings}
    assert result.named("put").legs[0].option.strike == 95.0
    assert "10 x 94 put at 1.6 would hold the floor for $1,606" in notes["wide_quote_cheaper"]
    assert "1 spread above 30% of mid" in notes["quotes_left_out"]
    allowed = compare(chain, shares=1000, floor=0.9, max_legs=1, max_spread=1.5, **TERMS)
    assert allowed.named("put").legs[0].option.strike == 94.0
    assert "wide_quote_cheaper" not in [note.slug for note in allowed.warnings]


def test_no_put_spread_when_no_strike_lies_below_the_floor(make_chain):
    names = [row.name for row in compare(make_chain(ROWS), shares=1000, floor=0.7, **TERMS).candidates]
    assert "put spread" not in names and "put-spread collar" not in names


def test_more_puts_than_shares_are_told_of(make_chain):
    result = compare(make_chain(ROWS), shares=60, floor=0.8, **TERMS)
    assert (
        "the puts bought cover 100 shares, 60 are owned"
        in {n.slug: n.message for n in result.warnings}["more_puts_than_shares"]
    )


def test_a_cap_beyond_the_calls_is_told_of(make_chain):
    result = compare(make_chain(ROWS), shares=1000, floor=0.8, min_cap=1.5, **TERMS)
    assert "no_call_to_sell" in [note.slug for note in result.warnings]


def test_quotes_that_are_all_old_are_named_as_the_reason(make_chain):
    from dataclasses import replace

    chain = make_chain(ROWS)
    with pytest.raises(DataError, match="11 stale"):
        compare(replace(chain, flags=[int(Flag.STALE)] * len(ROWS)), shares=100, **TERMS)


def test_a_rate_that_the_chain_does_not_tell_is_assumed_aloud(make_chain):
    result = compare(make_chain(ROWS), shares=1000, floor=0.9, expiry="2026-09-18")
    assert result.inputs["rate"] == 0.03
    assert "assumed" in result.inputs["rate_source"]
    assert "give --rate" in {note.slug: note.message for note in result.warnings}["rate_assumed"]


def test_what_is_not_a_chain_is_refused():
    with pytest.raises(InputError, match="expected a Chain"):
        compare("iwm.json", shares=100, **TERMS)


def test_the_floor_pays_the_interest_on_its_own_cost(make_chain):
    # Without interest the 92 put keeps 92 - 1.9865 = 90.01; financed at 5% for 93 days it costs 2.0120 and keeps 89.99.
    chain = make_chain([("put", 92.0, 1.90, 1.98), ("put", 93.0, 2.20, 2.30)])
    put = compare(chain, shares=100, floor=0.9, max_legs=1, rate=0.05, dividends=0.0, expiry=date(2026, 9, 18)).named(
        "put"
    )
    assert put.meets_goal and put.legs[0].option.strike == 93.0


def test_legs_are_bought_at_the_ask_and_sold_at_the_bid(make_chain):
    quotes = {(kind, strike): (bid, ask) for kind, strike, bid, ask in ROWS}
    for row in compare(make_chain(ROWS), shares=1000, floor=0.9, min_cap=1.05, **TERMS).candidates:
        for leg in row.legs:
            bid, ask = quotes[leg.option.kind, leg.option.strike]
            assert leg.premium == (ask if leg.contracts > 0 else bid)


def test_contracts_that_deliver_something_else_are_refused(make_chain):
    chain = replace(make_chain(ROWS), ticker="IWM1")
    with pytest.raises(DataError, match="IWM1 are adjusted or mini"):
        compare(chain, shares=1000, floor=0.9, **TERMS)


@pytest.mark.parametrize(("bid", "ask"), [(1.19, 1.61), (2.21, 2.99), (0.85, 1.15)])
def test_a_spread_of_just_the_limit_is_traded_on_whatever_doubles_make_of_it(make_chain, bid, ask):
    chain = make_chain([("put", 95.0, bid, ask), ("put", 90.0, bid, ask + 0.01)])
    assert chain.wider_than(0.30).tolist() == [False, True]
    found = compare(chain, shares=1000, floor=0.9, max_legs=1, **TERMS)
    assert {leg.option.strike for leg in found.named("put").legs} == {95.0}

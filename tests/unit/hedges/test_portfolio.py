"""A portfolio through the CAPM: Hull's numbers, true floors, intervals, and files of holdings."""

import math
from datetime import date

import numpy as np
import pytest

from hedgekit.errors import DataError, InputError
from hedgekit.hedges.portfolio import Portfolio, compare_portfolio
from hedgekit.model import PriceHistory
from hedgekit.payoff import carried
from hedgekit.risk.holdings import read_holdings

EXPIRY = date(2026, 9, 18)


def quotes(spot, step, count):
    rows = []
    for n in range(-count, count + 1):
        strike = spot + n * step
        value = 0.02 * spot * math.exp(-15 * abs(strike / spot - 1))
        for kind, sign in (("put", -1), ("call", 1)):
            bid = round(max(sign * (spot - strike), 0.0) + value, 2)
            rows.append((kind, float(strike), bid, round(bid * 1.01 + 0.02, 2)))
    return rows


@pytest.fixture(scope="module")
def chain(make_chain):
    return make_chain(quotes(1000.0, 20, 20), spot=1000.0)


def terms(chain, interest=0.03, div=0.01):
    """Hull's quarter: 3% interest and 1% dividends over the period."""
    t = chain.years_to(EXPIRY)
    return {"expiry": EXPIRY, "rate": math.log1p(interest) / t, "dividends": math.log1p(div) / t, "details": False}


def book(beta, low=None, high=None, value=500_000.0, **more):
    return Portfolio(
        value_usd=value, beta=beta, beta_low=low or beta, beta_high=high or beta, beta_basis="given", **more
    )


@pytest.mark.parametrize(
    ("index", "value"), [(1080, 570), (1040, 530), (1000, 490), (960, 450), (920, 410), (880, 370)]
)
def test_hull_s_table_of_portfolio_values(index, value):
    """Hull, section 17.1: beta 2, 12% interest and 4% dividends a year, three months."""
    found = book(2.0).at(index / 1000 - 1, interest=0.03, index_div=0.01, own_div=0.01, beta=2.0)
    assert found == pytest.approx(1000.0 * value)


def test_hull_s_strike_and_contracts(chain):
    view = compare_portfolio(chain, book(2.0), floor=0.9, **terms(chain)).portfolio
    assert view.index_level == pytest.approx(960.0) and view.contracts == pytest.approx(10.0)
    view = compare_portfolio(chain, book(1.0), floor=0.9, **terms(chain)).portfolio
    assert view.index_level == pytest.approx(900.0) and view.contracts == pytest.approx(5.0)


@pytest.mark.parametrize("beta", [0.6, 1.0, 1.37, 2.0])
def test_the_portfolio_keeps_its_floor_on_the_whole_line_after_cost(chain, beta):
    result = compare_portfolio(chain, book(beta, value=487_654.0), floor=0.9, **terms(chain))
    chosen, view = result.require(), result.portfolio
    paid = carried(chosen.cost_usd, result.inputs["rate"], result.inputs["t_years"])
    worst = math.inf
    for spot in [0.0, *(leg.option.strike for leg in chosen.legs), 3000.0]:
        held = view.portfolio.at(spot / 1000 - 1, interest=0.03, index_div=0.01, own_div=0.01, beta=beta)
        held += sum(100 * leg.contracts * max(0.0, leg.option.sign * (spot - leg.option.strike)) for leg in chosen.legs)
        worst = min(worst, held - paid)
    assert worst == pytest.approx(view.floor_usd, abs=0.01)
    assert worst >= 0.9 * 487_654.0 - 0.01


def test_the_interval_of_beta_becomes_one_of_contracts(chain):
    view = compare_portfolio(chain, book(1.2, 1.0, 1.4, residual_vol=0.1), floor=0.9, **terms(chain)).portfolio
    assert (view.contracts_low, view.contracts, view.contracts_high) == pytest.approx((5.0, 6.0, 7.0))
    assert view.puts_low <= view.puts <= view.puts_high
    # with more beta than was hedged, a fall to zero costs more than the floor; with less it costs nothing more
    assert view.floor_high_beta_usd < view.floor_usd
    t = chain.years_to(EXPIRY)
    assert view.basis_risk_usd == pytest.approx(0.1 * math.sqrt(t) * 500_000)
    assert view.basis_risk_95_usd == pytest.approx(1.645 * view.basis_risk_usd, rel=1e-3)


def test_what_is_not_known_is_said(chain):
    result = compare_portfolio(chain, book(1.0), floor=0.9, **terms(chain))
    slugs = [note.slug for note in result.warnings]
    assert {"basis_risk_unknown", "beta_without_interval"} <= set(slugs)
    assert result.portfolio.basis_risk_usd is None
    assert result.to_dict()["portfolio"]["contracts"] == pytest.approx(5.0)


@pytest.mark.parametrize(
    ("made", "floor", "message"),
    [
        (lambda: book(0.2), 0.7, "nothing to hedge"),
        (lambda: book(4.0), 0.999, "ask for a lower floor"),
        (lambda: book(-0.5), 0.9, "rises with the index"),
        (lambda: book(1.0, value=0.0), 0.9, "expected a positive number of dollars"),
        (lambda: Portfolio(value_usd=1e5, beta=1.0, beta_low=1.1, beta_high=1.2, beta_basis=""), 0.9, "lies outside"),
    ],
    ids=["low beta", "high beta", "negative", "no value", "interval"],
)
def test_what_the_mapping_cannot_reach_is_refused(chain, made, floor, message):
    with pytest.raises(InputError, match=message):
        compare_portfolio(chain, made(), floor=floor, **terms(chain))


def histories(betas, days=400, seed=3):
    """Made daily prices of IWM and of tickers with these betas and a risk of their own."""
    rng = np.random.default_rng(seed)
    market = rng.normal(0.0, 0.012, days)
    columns = [market, *(beta * market + rng.normal(0.0, 0.006, days) for beta in betas.values())]
    close = 100.0 * np.cumprod(1.0 + np.column_stack(columns), axis=0)
    dates = np.arange(np.datetime64("2026-06-16") - days + 1, np.datetime64("2026-06-17"))
    return PriceHistory(tickers=("IWM", *betas), dates=dates, close=close, total_return=close, source="made")


def test_betas_come_from_histories_with_an_interval_and_the_portfolio_s_own_risk(tmp_path):
    path = tmp_path / "held.csv"
    path.write_text("ticker,shares,price\nAAA,1000,30\nBBB,500,140\n")
    found = read_holdings(path, "IWM", prices=histories({"AAA": 0.5, "BBB": 1.5}))
    assert found.value_usd == 100_000 and found.holdings == 2
    assert found.beta_low < 0.3 * 0.5 + 0.7 * 1.5 < found.beta_high
    assert 0.02 < found.beta_high - found.beta_low < 0.3
    own = 0.006 * math.hypot(0.3, 0.7) * math.sqrt(252)
    assert found.residual_vol == pytest.approx(own, rel=0.15)  # a year of days tells a deviation to about 5%


def test_betas_of_the_file_are_weighted(tmp_path):
    path = tmp_path / "held.csv"
    path.write_text("Ticker,Shares,Price,Beta,Low,High\nAAA,100,30,0.5,0.4,0.6\nBBB,50,140,1.5,,\n")
    found = read_holdings(path, "IWM")
    assert (found.beta, found.beta_low, found.beta_high) == pytest.approx((1.2, 1.17, 1.23))
    assert found.residual_vol is None
    assert read_holdings(path, "IWM", beta=0.8).beta == 0.8


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ticker,shares,price\nAAA,-5,30\n", "line 2, shares: '-5'"),
        ("ticker,shares,price\nAAA,5,0\n", "line 2, price: '0'"),
        ("ticker,shares,price\nAAA,x,30\n", "line 2"),
        ("ticker,shares,price\nAAA,5,30\naaa,5,30\n", "listed twice"),
        ("ticker,shares\nAAA,5\n", "price"),
        ("ticker,shares,price\n", "no lines below a header"),
        ("ticker,shares,price,beta\nAAA,5,30,99\n", "line 2: beta 99"),
        ("ticker,shares,price\nIWM260918P00270000,5,3\n", "line 2: 'IWM260918P00270000' is an option"),
    ],
    ids=["short", "price", "number", "twice", "column", "empty", "beta", "option"],
)
def test_bad_holdings_name_line_and_value(tmp_path, text, message):
    path = tmp_path / "held.csv"
    path.write_text(text)
    with pytest.raises(DataError, match=message):
        read_holdings(path, "IWM", beta=1.0 if "beta" not in text else None)


def test_a_holding_without_a_beta_is_named(tmp_path):
    path = tmp_path / "held.csv"
    path.write_text("ticker,shares,price,beta\nAAA,5,30,1\nCCC,5,30,\n")
    with pytest.raises(InputError, match="no beta of CCC to IWM"):
        read_holdings(path, "IWM")


@pytest.mark.parametrize("goal", [{"budget": 0.01}, {"budget": 0.01, "min_cap": 1.1}, {"zero_cost": True}])
def test_money_is_that_of_the_holdings(chain, goal):
    held = book(1.37, 1.2, 1.5, value=487_654.0)
    result = compare_portfolio(chain, held, **goal, **terms(chain))
    assert result.require().cost_usd <= goal.get("budget", 0.0) * 487_654.0
    assert result.portfolio.cost_pct <= 100 * goal.get("budget", 0.0)
    assert result.optimum.status == "optimal"


def test_a_budget_keeps_the_most_that_the_same_floor_costs(chain):
    held = book(1.37, value=487_654.0)
    bought = compare_portfolio(chain, held, budget=0.02, **terms(chain)).portfolio
    assert bought.floor is None and bought.index_level is None
    more = bought.floor_usd / 487_654.0 + 0.002
    dearer = compare_portfolio(chain, held, floor=more, **terms(chain)).require()
    assert dearer.cost_usd > 0.02 * 487_654.0


def test_a_level_of_the_index_holds_the_floor_down_to_it(chain):
    held = book(1.37, value=487_654.0)
    result = compare_portfolio(chain, held, floor=0.9, until=0.8, **terms(chain))
    view = result.portfolio
    assert view.until == 800.0 and view.floor_usd >= 0.9 * 487_654.0 - 0.01
    assert result.require().cost_usd < compare_portfolio(chain, held, floor=0.9, **terms(chain)).require().cost_usd
    assert view.puts > 0


def test_a_delta_or_a_preset_is_that_of_the_index_shares(chain):
    result = compare_portfolio(chain, book(1.2), delta_target=0.5, **terms(chain))
    assert result.require().greeks["delta_shares"] <= 0.5 * result.problem.shares + 0.5
    result = compare_portfolio(chain, book(1.2), preset="PPUT", **terms(chain))
    assert result.recommended == "PPUT" and result.portfolio.puts == 6


def test_a_tail_loss_of_holdings_is_refused(chain):
    with pytest.raises(InputError, match="their own moves"):
        compare_portfolio(chain, book(1.2), cvar=0.05, **terms(chain))

"""Verdicts recomputed by hand, and everything unknown ending in a breach."""

import dataclasses
import json
import re
import xml.etree.ElementTree as ET
from datetime import datetime
from statistics import NormalDist

import numpy as np
import pytest

import hedgekit as hk
from hedgekit.errors import DataError, InputError
from hedgekit.market import calendar
from hedgekit.model import NEW_YORK, PriceHistory
from hedgekit.report import render
from hedgekit.results import Note
from hedgekit.risk.book import load_book
from hedgekit.risk.check import check
from hedgekit.risk.policy import load_policy, starter
from hedgekit.risk.rules import RULES, rule

NOW = datetime(2026, 10, 14, 16, 30, tzinfo=NEW_YORK)

BOOK = """account,symbol,quantity,price,stop
main,IWM,1700,,205
main,IWM 2027-01-15 225 P,17,,
main,IWM 2027-01-15 275 C,-17,,
main,CASH,1500000,,
"""


@pytest.fixture
def judge(write, chain):
    """Check a policy's text against a book's text on the example chain."""

    def go(policy, book=BOOK, *, chains=None, now=NOW, **more):
        return check(
            load_policy(write("p.toml", policy)),
            load_book(write("b.csv", book)),
            chains=[chain] if chains is None else chains,
            now=now,
            rate=0.036,
            dividends=more.pop("dividends", 0.011),
            **more,
        )

    return go


def by_id(result):
    return {found.id: found for found in result.rules}


def history(tickers, returns, last="2026-10-14"):
    """A made history with given simple returns, shape (n, k)."""
    levels = 100.0 * np.cumprod(np.vstack([np.ones(len(tickers)), 1.0 + returns]), axis=0)
    days = np.arange(np.datetime64(last) - len(levels) + 1, np.datetime64(last) + 1)
    return PriceHistory(tickers=tickers, dates=days, close=levels, total_return=levels, source="made")


def test_the_starter_is_a_policy_and_holds_every_rule(write):
    text = starter()
    policy = load_policy(write("p.toml", text))
    assert {entry.id for entry in policy.entries} == {name for name in RULES if rule(name).starter}
    for name in RULES:
        assert f"[rules.{name}]" in text
    head, body = text.split("[rules.book-known]", 1)
    whole = head + "[rules.book-known]" + re.sub(r"^# (\[rules\.|\w+ = )", r"\1", body, flags=re.MULTILINE)
    assert {entry.id for entry in load_policy(write("p.toml", whole)).entries} == set(RULES)


@pytest.mark.parametrize("name", RULES)
def test_every_rule_says_what_it_is(name):
    found = rule(name)
    assert found.id == name and found.title and len(found.explain) > 40
    assert all(param.help for param in found.params.values())
    assert set(found.one_of) <= set(found.params)


def test_a_sound_book_passes_and_says_so(judge):
    result = judge("[rules.undefined-risk]\n[rules.margin-use]\n[rules.uncovered-shorts]\n")
    assert result.verdict == "pass" and result.exit_code == 0
    assert [x.id for x in result.rules] == [
        "book-known",
        "data-age",
        "margin-use",
        "uncovered-shorts",
        "undefined-risk",
    ]


def test_the_allocation_is_shares_over_net_value(judge, chain):
    found = by_id(judge("[rules.allocation-band]\nlow = 0.2\nhigh = 0.25\n"))["allocation-band"]
    put, call = (chain.quote(s) for s in ("IWM 2027-01-15 225 P", "IWM 2027-01-15 275 C"))
    net = 1700 * chain.spot + 1700 * put.bid - 1700 * call.ask + 1_500_000
    assert found.value == pytest.approx(1700 * chain.spot / net, rel=1e-12)
    assert found.verdict == "pass" and found.limit == [0.2, 0.25]


def test_the_shock_is_the_sum_of_single_revaluations(judge, chain):
    found = by_id(judge("[rules.max-loss-shock]\nshock = -0.2\nlimit_usd = 1\n"))["max-loss-shock"]
    t_years = calendar.t_years(chain.asof, chain.quote("IWM 2027-01-15 225 P").option.expiry)
    pnl = 1700 * chain.spot * -0.2
    for symbol, amount in (("IWM 2027-01-15 225 P", 1700), ("IWM 2027-01-15 275 C", -1700)):
        quote = chain.quote(symbol)
        place = (quote.option.kind, chain.spot, quote.option.strike, t_years, 0.036, 0.011)
        vol = hk.implied_vol(quote.mid, *place)
        down = hk.price(place[0], 0.8 * chain.spot, *place[2:], vol)
        pnl += amount * (down - quote.mid)
    assert found.value == pytest.approx(pnl, abs=0.05)
    assert found.verdict == "breach" and found.limit == -1.0


def test_the_floor_is_exact(judge, chain):
    found = by_id(judge("[rules.floor-kept]\nfloor = 0.9\n"))["floor-kept"]
    assert found.value == pytest.approx(225 / chain.spot, rel=1e-12)
    bare = by_id(judge("[rules.floor-kept]\nfloor = 0.5\n", BOOK.replace("P,17,", "P,16,")))["floor-kept"]
    assert bare.value == pytest.approx(1600 * 225 / (1700 * chain.spot), rel=1e-12)  # one lot goes to zero


def test_the_floor_says_what_hedge_would_print_of_the_same_position(judge, chain):
    terms = {"rate": 0.036, "dividends": 0.011, "by": NOW.date().replace(year=2027, month=1, day=15)}
    result = hk.compare(chain, shares=1700, floor=0.9, min_cap=1.08, **terms)
    hedge = result.named(result.recommended)
    legs = "".join(f"main,{leg.option.compact},{leg.contracts},,\n" for leg in hedge.legs)
    found = by_id(judge("[rules.floor-kept]\n", f"account,symbol,quantity,price,stop\nmain,IWM,1700,,\n{legs}"))
    assert found["floor-kept"].value > hedge.floor_pct / 100  # the premium is spent
    assert f"{hedge.floor_pct:.1f}% if the options had to be bought now" in found["floor-kept"].message
    assert f"take off ${hedge.carried_usd:,.0f}" in found["floor-kept"].calculation
    assert "bought now" not in by_id(judge("[rules.floor-kept]\n", BOOK.replace("17,,\nmain,CASH", "17,,\nmain,IWM 2027-06-17 200 P,1,,\nmain,CASH")))["floor-kept"].message  # fmt: skip


def test_tail_rules_are_the_order_statistics(judge, chain):
    rng = np.random.default_rng(7)
    returns = rng.normal(0.0, 0.01, (120, 1))
    policy = "[rules.value-at-risk]\nlevel = 0.95\nhorizon_days = 1\nwindow = 100\nlimit_usd = 1e6\n" \
        "[rules.expected-shortfall]\nlevel = 0.95\nhorizon_days = 1\nwindow = 100\nlimit_usd = 1e6\n"  # fmt: skip
    book = "symbol,quantity\nIWM,1000\nCASH,1\n"
    rules = by_id(judge(policy, book, prices=history(("IWM",), returns)))
    pnl = np.sort(1000 * chain.spot * returns[-100:, 0])
    assert rules["value-at-risk"].value == pytest.approx(-pnl[5], rel=1e-9)
    assert rules["expected-shortfall"].value == pytest.approx(-pnl[:5].mean(), rel=1e-9)


@pytest.mark.parametrize(
    ("book", "rule_id", "passes"),
    [
        ("IWM,100\nIWM 2027-01-15 275 C,-1\nCASH,0", "uncovered-shorts", True),
        ("IWM,99\nIWM 2027-01-15 275 C,-1\nCASH,0", "uncovered-shorts", False),
        ("IWM,99\nIWM 2027-01-15 275 C,-1\nCASH,0", "undefined-risk", False),
        ("IWM 2027-01-15 275 C,-1\nIWM 2027-01-15 280 C,1\nCASH,9", "undefined-risk", True),
        ("IWM 2027-01-15 275 C,-1\nIWM 2026-12-18 275 C,1\nCASH,9", "undefined-risk", False),
        ("IWM 2027-01-15 225 P,-1\nCASH,22500", "uncovered-shorts", True),
        ("IWM 2027-01-15 225 P,-1\nCASH,22499", "uncovered-shorts", False),
        ("IWM 2027-01-15 225 P,-2\nCASH,22500", "uncovered-shorts", False),
        ("IWM,-100\nCASH,90000", "undefined-risk", False),
        ("IWM,-100\nIWM 2027-01-15 260 C,1\nCASH,90000", "undefined-risk", True),
        ("IWM,-100\nIWM 2027-01-15 260 C,1\nIWM 2027-01-15 265 C,-1\nCASH,90000", "undefined-risk", False),
        ("IWM,1000\nIWM 2027-01-15 225 P,10\nCASH,0", "hedge-coverage", True),
        ("IWM,1000\nIWM 2027-01-15 225 P,8\nCASH,0", "hedge-coverage", False),
        ("IWM,1000\nCASH,0", "hedge-days-left", False),
        ("IWM,1000\nIWM 2026-10-19 240 P,10\nCASH,0", "hedge-days-left", False),
        ("IWM,1000\nIWM 2027-01-15 225 P,10\nCASH,0", "hedge-days-left", True),
    ],
)  # fmt: skip
def test_counting_rules(judge, book, rule_id, passes):
    found = by_id(judge(f"[rules.{rule_id}]\n", f"symbol,quantity\n{book}\n"))[rule_id]
    assert found.computed and (found.verdict == "pass") is passes, found.message


def test_cover_does_not_reach_across_accounts(judge):
    book = "account,symbol,quantity\na,IWM,100\nb,IWM 2027-01-15 275 C,-1\na,CASH,1\n"
    assert by_id(judge("[rules.uncovered-shorts]\n", book))["uncovered-shorts"].value == 1


def test_the_margin_is_that_of_the_margin_package(judge, chain):
    from hedgekit.margin import reg_t
    from hedgekit.model import Leg

    quote = chain.quote("IWM 2027-01-15 225 P")
    need = reg_t([Leg(contracts=-1, option=quote.option, premium=quote.mid)], spot={"IWM": chain.spot}).maintenance_usd
    found = by_id(judge("[rules.margin-use]\n", "symbol,quantity\nIWM 2027-01-15 225 P,-1\nCASH,10000\n"))["margin-use"]
    assert found.value == pytest.approx(need / 10000)


def test_stops_and_pairs(judge, chain):
    policy = "[rules.stop-distance]\n[betas]\nSPY = { beta = 0.8, low = 0.7, high = 0.9 }\n"
    policy += '[rules.pair-leftover]\nlong = "IWM"\nshort = "SPY"\nlimit_usd = 1000\n'
    book = f"symbol,quantity,price,stop\nIWM,100,,{chain.spot * 0.82}\nSPY,-50,600,700\nCASH,99999,,\n"
    rules = by_id(judge(policy, book))
    assert rules["stop-distance"].verdict == "pass"
    assert rules["pair-leftover"].value == pytest.approx(100 * chain.spot - 0.8 * 30000)
    assert rules["pair-leftover"].verdict == "pass"
    late = by_id(judge(policy, book.replace(",700", ",")))["stop-distance"]
    assert late.verdict == "breach" and "no stop" in late.message


def test_a_put_sold_in_another_account_hedges_nothing(judge):
    put = "IWM 2027-01-15 230 P"
    policy = "[rules.hedge-coverage]\nlow = 0.5\n[rules.hedge-days-left]\n"
    book = f"account,symbol,quantity\na,IWM,2000\na,{put},20\nb,{put},-{{}}\n,CASH,500000\n"
    half, none = by_id(judge(policy, book.format(10))), by_id(judge(policy, book.format(20)))
    assert half["hedge-coverage"].value == 0.5
    assert half["hedge-days-left"].verdict == "pass"
    assert none["hedge-coverage"].value == 0.0
    assert none["hedge-days-left"].verdict == "breach"


def test_tickers_in_a_policy_may_be_in_small_letters(judge):
    policy = '[rules.allocation-band]\nticker = "iwm"\nlow = 0.0\nhigh = 1.0\n[rules.single-name]\nexempt = ["iwm"]\n'
    rules = by_id(judge(policy, "symbol,quantity\nIWM,100\nCASH,99999\n"))
    assert rules["allocation-band"].verdict == "pass"
    assert rules["single-name"].value == 0.0


def test_leadership_is_read_from_its_answer(judge, write):
    answer = {
        "schema": "hedgekit.leadership/1",
        "leader": "IWM",
        "benchmark": "SPY",
        "asof": "2026-10-13",
        "state": "neutral",
        "indicators": [{"name": name, "votes": name != "d"} for name in "abcd"],
    }
    policy = '[rules.leadership-state]\nfile = "lead.json"\n'

    def found(more="", **changes):
        write("lead.json", json.dumps({**answer, **changes}))
        return by_id(judge(policy + more))["leadership-state"]

    assert found().verdict == "pass"
    assert found(state="lagging").computed and found(state="lagging").verdict == "breach"
    for unknown in ({"state": "unknown"}, {"asof": "2026-09-01"}, {"asof": "2026-10-15"}, {"schema": "x"}):
        assert not found(**unknown).computed
    assert not found("min_votes = 4\n").computed
    assert not found(indicators=None).computed
    assert "about QQQ against SPY, not IWM" in found(leader="QQQ").message
    assert not found(leader="QQQ").computed
    assert found('leader = "qqq"\n', leader="QQQ").verdict == "pass"
    write("lead.json", "[" * 100_000)
    assert not by_id(judge(policy))["leadership-state"].computed


def test_the_beta_interval_is_held_at_both_ends(judge, chain):
    policy = "[betas]\nXYZ = { beta = 1.0, low = 0.5, high = 1.5 }\n[rules.beta-dollars]\nmax_usd = 12000\n"
    book = "symbol,quantity,price\nXYZ,100,100\nCASH,1,\n"
    assert by_id(judge(policy, book))["beta-dollars"].verdict == "breach"  # 10,000 now, 15,000 at the end
    assert by_id(judge(policy + "use_interval = false\n", book))["beta-dollars"].verdict == "pass"


def test_an_ex_date_makes_a_call_worth_exercising(judge, write, chain):
    deep = "IWM 2026-12-18 200 C"
    book = f"symbol,quantity\nIWM,100\n{deep},-1\nCASH,0\n"
    policy = "[rules.ex-dividend]\ndays_ahead = 70\n"
    time_value = chain.quote(deep).mid - (chain.spot - 200)
    for amount, verdict in ((time_value + 0.5, "breach"), (max(0.01, time_value - 0.05), "pass")):
        file = write("d.csv", f"date,amount\n2026-12-15,{amount}\n")
        found = by_id(judge(policy, book, dividends=str(file)))["ex-dividend"]
        assert found.computed and found.verdict == verdict, found.message
    unknown = by_id(judge(policy, book, dividends=0.011))["ex-dividend"]
    assert not unknown.computed and unknown.verdict == "breach"


ALWAYS = "[rules.undefined-risk]\n"


@pytest.mark.parametrize(
    "line",
    [
        "IWM 2026-10-09 240 P,1,",  # expired
        "IWM 2027-01-15 225.5 P,1,",  # not listed
        "IWM 2031-01-17 225 P,1,",  # no such expiry
        "SPY 2027-01-15 600 P,1,",  # no chain
        "ZZZZ,100,",  # no price
        "ZZZZ,100,0",  # a spot of zero
        "IWM1 2027-01-15 225 P,1,",  # adjusted
    ],
)
def test_what_is_unknown_in_the_book_is_a_breach(judge, line):
    result = judge(ALWAYS, f"symbol,quantity,price\nIWM,100,\n{line}\nCASH,1,\n")
    assert result.exit_code == 1 and by_id(result)["book-known"].verdict == "breach"


def spoiled(chain, symbol, **columns):
    row = int(chain.rows_of(symbol)[0])
    new = {}
    for name, value in columns.items():
        column = np.array(getattr(chain, name))
        column[row] = value
        new[name] = column
    return dataclasses.replace(chain, **new)


@pytest.mark.parametrize(
    "columns",
    [{"bid": np.nan, "ask": np.nan}, {"ask": np.nan}, {"bid": np.nan}, {"flags": 1}, {"flags": 8}, {"flags": 256}],
    ids=["none", "no ask", "no bid", "crossed", "below intrinsic", "non-standard"],
)
def test_a_bad_quote_is_a_breach_of_every_rule_that_needs_it(judge, chain, columns):
    bad = spoiled(chain, "IWM 2027-01-15 225 P", **columns)
    result = judge(
        "[rules.max-loss-shock]\nlimit_usd = 1e9\n[rules.allocation-band]\nlow = 0\nhigh = 1\n", chains=[bad]
    )
    assert result.exit_code == 1
    assert {x.id for x in result.breached} >= {"book-known", "max-loss-shock", "allocation-band"}
    assert by_id(result)["max-loss-shock"].computed is False


def test_a_stale_chain_is_a_breach_whatever_the_policy_says(judge):
    later = NOW.replace(day=19)
    assert by_id(judge(ALWAYS, now=later))["data-age"].value == 3
    assert judge(ALWAYS, now=later).exit_code == 1
    assert judge(ALWAYS + "[rules.data-age]\nmax_sessions = 3\n", now=later).exit_code == 0


def test_a_price_of_no_known_day_must_be_accepted(judge):
    book = "symbol,quantity,price\nIWM,1,\nXYZ,1,10\nCASH,1,\n"
    found = by_id(judge(ALWAYS, book))["data-age"]
    assert found.verdict == "breach" and "no known day" in found.message
    assert judge(ALWAYS + "[rules.data-age]\naccept_book_prices = true\n", book).exit_code == 0


def test_a_price_file_of_long_ago_is_a_breach_and_later_days_are_not_seen(judge):
    flat = np.zeros((80, 1))
    book = "symbol,quantity\nXYZ,1\nCASH,1\n"
    fresh = judge(ALWAYS, book, prices=history(("XYZ",), flat))
    assert fresh.exit_code == 0
    assert judge(ALWAYS, book, prices=history(("XYZ",), flat, last="2026-08-14")).exit_code == 1
    ahead = judge(ALWAYS, book, prices=history(("XYZ",), flat, last="2026-10-30"))
    assert str(ahead.inputs["prices"]["last_day"]) == "2026-10-14"


def test_a_price_file_that_goes_on_without_a_ticker_is_a_breach(judge):
    """A hole or a close of 0 on the file's last day: the close before is not today's price."""
    whole = history(("AAPL", "IWM"), np.zeros((300, 2)))
    close = whole.close.copy()
    close[-1, 0] = np.nan
    holed = dataclasses.replace(whole, close=close, total_return=close)
    book = BOOK + "main,AAPL,5,,\n"
    assert by_id(judge("[rules.undefined-risk]\n", book, prices=whole))["data-age"].verdict == "pass"
    found = by_id(judge("[rules.undefined-risk]\n", book, prices=holed))["data-age"]
    assert found.verdict == "breach" and "goes on without AAPL after 2026-10-13" in found.message
    taken = "[rules.data-age]\naccept_gaps = true\n"
    assert by_id(judge(taken, book, prices=holed))["data-age"].verdict == "pass"


def test_a_flag_of_stale_quotes_is_a_breach(judge, chain):
    bad = spoiled(chain, "IWM 2027-01-15 225 P", flags=128)
    assert by_id(judge(ALWAYS, chains=[bad]))["data-age"].verdict == "breach"


def test_quotes_from_after_the_check_are_refused(judge):
    with pytest.raises(InputError, match="after the moment of the check"):
        judge(ALWAYS, now=NOW.replace(day=13))


def test_an_option_that_expires_before_the_check_has_expired(judge):
    book = "symbol,quantity\nIWM 2026-10-15 240 P,1\nCASH,1\n"
    policy = ALWAYS + "[rules.data-age]\nmax_sessions = 9\n"
    assert judge(policy, book).exit_code == 0
    assert judge(policy, book, now=NOW.replace(day=16)).exit_code == 1


@pytest.mark.parametrize(
    ("policy", "rule_id"),
    [
        ("[rules.value-at-risk]\nlimit_usd = 1e9\n", "value-at-risk"),
        ('[rules.sector-share]\nfile = "none.csv"\n', "sector-share"),
        ('[rules.pair-leftover]\nlong = "IWM"\nshort = "SPY"\nlimit_usd = 1e9\n', "pair-leftover"),
    ],
)
def test_a_rule_without_its_data_is_a_breach_even_as_a_warning(judge, policy, rule_id):
    result = judge(policy + 'severity = "warn"\n')
    assert result.exit_code == 1 and by_id(result)[rule_id].computed is False


def test_a_ticker_that_nothing_knows_is_a_slip_and_no_pass(judge):
    found = by_id(judge('[rules.delta-dollars]\nticker = "IMW"\nmax_usd = 1e9\n'))["delta-dollars"]
    assert found.verdict == "breach" and "IMW is in no line" in found.message


def test_tail_rules_revalue_options(judge, chain):
    from hedgekit.scenarios import holdings_of, revalue, underlying_of

    rng = np.random.default_rng(11)
    returns = rng.standard_t(3, (130, 1)) * 0.02
    policy = "[rules.expected-shortfall]\nlevel = 0.9\nhorizon_days = 1\nwindow = 120\nlimit_usd = 1e6\n"
    found = by_id(judge(policy, prices=history(("IWM",), returns)))["expected-shortfall"]
    options = [(17, hk.Option.parse("IWM 2027-01-15 225 P")), (-17, hk.Option.parse("IWM 2027-01-15 275 C"))]
    market = underlying_of(chain, [options[0][1].expiry], rate=0.036, dividends=0.011)
    held = holdings_of(chain, market, options, shares=1700)
    grid = revalue(held, {"IWM": market}, spot_moves=returns[-120:, 0])
    exact = -np.sort(grid.pnl_usd[0, :, 0])[:12].mean()
    # straight lines between 81 spots: a few cents a share of curvature at most
    assert found.value == pytest.approx(exact, rel=2e-3)


def test_implied_tail_rules_are_the_lognormals_own(judge, chain):
    """Of shares alone the quantile and the mean beyond it have closed forms at the chain's vol."""
    policy = (
        '[rules.value-at-risk]\nbasis = "implied"\nlevel = 0.95\nlimit_usd = 1e9\n'
        '[rules.expected-shortfall]\nbasis = "implied"\nlevel = 0.975\nlimit_usd = 1e9\n'
    )
    found = by_id(judge(policy, "symbol,quantity\nIWM,1000\n"))
    expiry = next(day for day in chain.expiries if chain.years_to(day) * 365 >= 10 / 252 * 365)
    quotes = chain.at(expiry)
    strike = quotes.strike[np.argmin(np.abs(quotes.strike - chain.spot))]
    rows = np.flatnonzero(quotes.strike == strike)
    t_years = chain.years_to(expiry)
    vols = hk.implied_vol(
        quotes.mid[rows], quotes.kind[rows], chain.spot, strike, t_years, 0.0, 0.0, exercise="european"
    )
    spread, normal = float(np.mean(vols)) * (10 / 252) ** 0.5, NormalDist()
    value = 1000 * chain.spot
    quantile = value * (1 - np.exp(normal.inv_cdf(0.05) * spread - 0.5 * spread**2))
    assert found["value-at-risk"].value == pytest.approx(quantile, rel=3e-3)
    beyond = value * (1 - normal.cdf(normal.inv_cdf(0.025) - spread) / 0.025)
    assert found["expected-shortfall"].value == pytest.approx(beyond, rel=5e-3)
    for book in ("symbol,quantity,price\nSPY,100,600\n", BOOK + "main,AAPL,5,200,\n"):
        verdict = by_id(
            judge(policy.replace("[rules", 'benchmark = "SPY"\n[rules', 1) if "SPY" in book else policy, book)
        )
        assert not verdict["value-at-risk"].computed  # no chain of SPY; no beta of AAPL


def test_a_ticker_without_beta_breaches_what_needs_it(judge):
    book = BOOK + "main,AAPL,10,200,\n"
    found = by_id(judge("[rules.max-loss-shock]\nlimit_usd = 1e9\n", book))["max-loss-shock"]
    assert not found.computed and "AAPL has no beta" in found.message


def test_a_warning_over_its_limit_does_not_fail(judge):
    result = judge('[rules.allocation-band]\nlow = 0\nhigh = 0.01\nseverity = "warn"\n')
    assert result.exit_code == 0 and by_id(result)["allocation-band"].verdict == "warn"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no rules"),
        ("[rules]\n", "no rules"),
        ("[rules.floor-kept]\nenabled = false\n", "switched off"),
        ("[rules.max-loss-shok]\n", "did you mean 'max-loss-shock'"),
        ('[rules.leadership-state]\nfile = "l.json"\nallowed = ["leeding"]\n', "did you mean 'leading'"),
        ("[rule.floor-kept]\n", "did you mean 'rules'"),
        ("[rules.floor-kept]\nflor = 0.9\n", "did you mean 'floor'"),
        ('[rules.floor-kept]\nfloor = "90%"\n', "expected a number"),
        ("[rules.floor-kept]\nfloor = nan\n", "expected a number"),
        ("[rules.floor-kept]\nfloor = true\n", "expected a number"),
        ("[rules.floor-kept]\nfloor = 90\n", "expected 0 to 1.5"),
        ("[rules.max-loss-shock]\n", "no limit"),
        ("[rules.allocation-band]\nlow = 0.3\nhigh = 0.2\n", "above high"),
        ('[rules.allocation-band]\nmeasure = "delt"\n', "did you mean 'delta'"),
        ("[rules.book-known]\nenabled = false\n[rules.spread]\n", "cannot be switched off"),
        ('[rules.book-known]\nseverity = "warn"\n[rules.spread]\n', "cannot be switched off"),
        ('[rules.spread]\nseverity = "info"\n', "severity"),
        ("[rules.pair-leftover]\nlimit_usd = 1\n", "needs long"),
        ("[rules.max-loss-grid]\nspot_moves = []\nlimit_usd = 1\n", "expected a list"),
        ("[rules.max-loss-grid]\nspot_moves = [-1.5]\nlimit_usd = 1\n", "expected -1 to"),
        ("[rules.spread]\nlimit = 1\nlimit = 2\n", "not a TOML file"),
        ("benchmark = 3\n[rules.spread]\n", "benchmark"),
        ('[betas]\nSPY = "high"\n[rules.spread]\n', "beta of SPY"),
        ("[betas]\nSPY = { beta = 1, low = 2, high = 3 }\n[rules.spread]\n", "low <= beta"),
        ("[[rules.spread]]\nlabel = 'a'\n[[rules.spread]]\nlabel = 'a'\n", "twice"),
        ("rules = 3\n", "no rules"),
    ],
)
def test_a_policy_with_a_mistake_is_refused(write, text, said):
    with pytest.raises(DataError, match=said) as caught:
        load_policy(write("desk.toml", text))
    assert "desk.toml" in str(caught.value)


def test_one_rule_several_times(judge):
    policy = (
        '[[rules.allocation-band]]\nlabel = "iwm"\nlow = 0\nhigh = 1\n[[rules.allocation-band]]\nlow = 0\nhigh = 0.01\n'
    )
    assert [x.id for x in judge(policy).rules][2:] == ["allocation-band/iwm", "allocation-band/2"]


def test_the_same_question_has_the_same_answer(judge):
    policy = starter()
    first, second = judge(policy).to_json(), judge(policy).to_json()
    assert first == second
    answer = json.loads(first)
    assert answer["schema"] == "hedgekit.check/1" and len(answer["inputs"]["policy_sha256"]) == 64
    assert answer["inputs"]["chains"][0]["source_sha256"]


def test_changes_since_an_earlier_check(judge, write):
    loose = "[rules.allocation-band]\nlow = 0\nhigh = 1\n[rules.spread]\n"
    before = write("before.json", judge(loose).to_json())
    tight = "[rules.allocation-band]\nlow = 0\nhigh = 0.1\n[rules.undefined-risk]\n"
    changes = {row["id"]: row["change"] for row in judge(tight, against=before).to_dict()["changes"]}
    assert changes == {"allocation-band": "newly breached", "undefined-risk": "new rule", "spread": "no longer checked"}
    again = judge(loose, against=before)
    assert again.to_dict()["changes"] == []
    looser = judge(
        loose.replace("low = 0", "low = 0.3").replace("[rules.spread]", "[rules.spread]\nlimit = 0.9"), against=before
    )
    assert [(row["id"], row["change"], row["reset"]) for row in looser.to_dict()["changes"]] == [
        ("allocation-band", "newly breached" if looser.exit_code else "set otherwise", True),
        ("spread", "set otherwise", True),
    ]
    assert looser.inputs["against"]["policy_sha256"] == again.inputs["policy_sha256"] != looser.inputs["policy_sha256"]
    for text in ("", "[]", '{"schema": "hedgekit.hedge/1", "rules": []}', '{"rules": [1]}'):
        with pytest.raises(DataError, match=r"before\.json"):
            judge(loose, against=write("before.json", text))


def test_what_can_no_longer_be_computed_is_a_change(judge, write):
    policy = "[rules.single-name]\nlimit = 0.0\n"
    before = write("before.json", judge(policy, BOOK + "main,AAPL,5,200,\n").to_json())
    found = judge(policy, BOOK + "main,AAPL,5,,\n", against=before).to_dict()["changes"]
    told = {row["id"]: row["change"] for row in found}
    assert told["book-known"] == "newly breached" and told["single-name"] == "no longer computed"


@pytest.mark.parametrize("rows", ["AAPL,\n", "AAPL,unknown\n", "AAPL,-\n", "AAPL,Tech\nAAPL,Energy\n", "SPY,Funds\n"])
def test_a_name_without_one_sector_is_a_breach(judge, write, rows):
    write("sectors.csv", f"ticker,sector\n{rows}")
    found = by_id(judge('[rules.sector-share]\nfile = "sectors.csv"\nlimit = 1\n', BOOK + "main,AAPL,5,200,\n"))
    assert found["sector-share"].verdict == "breach" and not found["sector-share"].computed


def test_what_is_doubtful_in_the_price_file_is_said(judge):
    notes = (Note("stale_prices", "IWM: 40 rows repeat the one before"),)
    doubtful = dataclasses.replace(history(("IWM",), np.zeros((5, 1))), notes=notes)
    assert notes[0] in judge("[rules.undefined-risk]\n", prices=doubtful).warnings


def test_every_file_that_counts_is_in_the_verdict(judge, write):
    write("sectors.csv", "ticker,sector\nAAPL,Tech\n")
    dividends = write("dividends.csv", "date,amount\n2026-12-16,0.7\n")
    policy = '[rules.sector-share]\nfile = "sectors.csv"\n'
    result = judge(policy, BOOK + "main,AAPL,5,200,\n", dividends=dividends)
    assert [row["source"] for row in result.inputs["files"]] == ["dividends.csv", "sectors.csv"]
    assert all(len(row["source_sha256"]) == 64 for row in result.inputs["files"])


def test_sarif_has_what_its_standard_requires(judge):
    """Required members, enumerations and pairings of SARIF 2.1.0 (OASIS), sections 3.13 to 3.54."""
    result = judge(starter() + "\n[rules.expected-shortfall]\nlimit_usd = 1\n", BOOK + "main,ZZZZ,1,,\n")
    document = json.loads(render(result, "sarif"))
    assert set(document) == {"$schema", "version", "runs"}
    (run,) = document["runs"]
    assert set(run) == {"tool", "invocations", "artifacts", "results", "properties"}
    assert run["invocations"] == [{"executionSuccessful": True, "exitCode": 1}]
    rules = run["tool"]["driver"]["rules"]
    assert run["tool"]["driver"]["name"] and all(row["shortDescription"]["text"] for row in rules)
    for row in run["results"]:
        assert row["message"]["text"] and row["kind"] in ("pass", "fail")
        assert row["level"] in {"pass": ("none",), "fail": ("error", "warning")}[row["kind"]]
        (place,) = row["locations"]
        assert re.fullmatch(r"[\w/.:~%-]+", place["physicalLocation"]["artifactLocation"]["uri"], re.ASCII)
    assert len({row["partialFingerprints"]["rule/v1"] for row in run["results"]}) == len(run["results"])
    assert all(re.fullmatch(r"[0-9a-f]{64}", row["hashes"]["sha-256"]) for row in run["artifacts"])


def test_forms_for_machines(judge):
    result = judge(starter() + "\n[rules.expected-shortfall]\nlimit_usd = 1\n", BOOK + "main,ZZZZ,1,,\n")
    suite = ET.fromstring(render(result, "junit"))
    assert int(suite.get("errors")) + int(suite.get("failures")) == len(result.breached)
    assert len(suite.findall(".//testcase")) == len(result.rules)
    sarif = json.loads(render(result, "sarif"))
    run = sarif["runs"][0]
    assert sarif["version"] == "2.1.0" and len(run["results"]) == len(result.rules)
    for found in run["results"]:
        assert run["tool"]["driver"]["rules"][found["ruleIndex"]]["id"] == found["ruleId"]
    assert render(result, "csv").startswith("id,verdict,computed,severity")
    table = render(result, "table")
    assert table.startswith("BREACH") and max(map(len, table.splitlines())) <= 80


def test_an_account_of_cash_alone_has_no_risk_and_no_hedge(judge):
    policy = """name = "p"
[rules.max-loss-shock]
shock = -0.2
limit_fraction = 0.05
[rules.max-loss-grid]
limit_usd = 1
[rules.value-at-risk]
limit_usd = 1
[rules.margin-use]
limit = 0.5
[rules.undefined-risk]
[rules.hedge-coverage]
"""
    found = by_id(judge(policy, "symbol,quantity\nCASH,1000\n", prices=history(("IWM",), np.zeros((600, 1)))))
    calm = ("max-loss-shock", "max-loss-grid", "value-at-risk", "margin-use", "undefined-risk")
    assert [found[name].verdict for name in calm] == ["pass"] * 5
    assert found["max-loss-shock"].value == found["value-at-risk"].value == 0.0
    assert found["hedge-coverage"].verdict == "breach"  # nothing to cover is not a covered position


def test_five_cents_are_five_cents(judge, chain):
    """0.17 - 0.12 is more than 0.05 in doubles: a quote that the policy allows must not breach."""
    row = int(np.flatnonzero(chain.symbol == "IWM270115P00225000")[0])
    bid, ask = chain.bid.copy(), chain.ask.copy()
    bid[row], ask[row] = 3.88, 3.93
    assert ask[row] - bid[row] > 0.05
    quoted = dataclasses.replace(chain, bid=bid, ask=ask)
    policy = "[rules.spread]\nlimit = 0.001\n"
    book = "symbol,quantity\nIWM,1700\nIWM 2027-01-15 225 P,17\n"
    assert by_id(judge(policy, book, chains=[quoted]))["spread"].verdict == "pass"
    bid[row] = 3.87
    quoted = dataclasses.replace(chain, bid=bid, ask=ask)
    assert by_id(judge(policy, book, chains=[quoted]))["spread"].verdict == "breach"


def test_cash_covers_as_many_puts_as_it_pays_for_the_cheapest_first(judge):
    book = "symbol,quantity\nIWM 2027-01-15 225 P,-5\nIWM 2027-01-15 200 P,-1\nCASH,70000\n"
    found = by_id(judge("[rules.uncovered-shorts]\n", book))["uncovered-shorts"]
    assert found.value == 3  # 20,000 and two of 22,500 are paid for
    assert "$65,000 set aside" in found.calculation and "3 of -5" in found.message


@pytest.mark.parametrize(("shares", "exposed"), [(155, 1545), (1700, 0), (1655, 45), (-50, 1750), (0, 1700)])
def test_what_is_without_limit_is_the_slope_as_the_spot_rises(judge, shares, exposed):
    book = f"symbol,quantity\n{f'IWM,{shares}' if shares else ''}\nIWM 2027-01-15 275 C,-17\nCASH,50000\n"
    assert by_id(judge("[rules.undefined-risk]\n", book))["undefined-risk"].value == exposed

"""The screen: a rule says yes, no or unknown, and unknown never passes."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from hedgekit.errors import DataError, InputError
from hedgekit.leadership.screen import screen
from hedgekit.leadership.screen.facts import read_facts
from hedgekit.leadership.screen.predicates import PREDICATES, Row, higher_highs_and_lows, parameters, relative_strength
from hedgekit.leadership.screen.tuning import tuned

sys.path.insert(0, str(Path(__file__).parent))
from leadership_histories import history, walk

HEAD = "ticker,sector,debt_to_equity,revenue_growth,earnings_growth,insider_buying,volume,average_volume\n"
GOOD = "0.4,0.2,0.1,500,300,100"
FACT_RULES = ["debt_to_equity", "revenue_growth", "earnings_growth", "insider_buying", "volume"]


def facts(tmp_path, *rows, head=HEAD):
    path = tmp_path / "facts.csv"
    path.write_text(head + "".join(f"{row}\n" for row in rows))
    return read_facts(path)


def answers(tmp_path, cells):
    result = screen(facts(tmp_path, f"AAA,Tech,{cells}"), rules=tuned(None, only=FACT_RULES))
    return result.screened[0]


def test_all_rules_met_is_a_pass(tmp_path):
    assert answers(tmp_path, GOOD).verdict == "pass"


@pytest.mark.parametrize(
    ("cells", "rule", "passed"),
    [
        ("1.0,0.2,0.1,500,300,100", "debt_to_equity", False),
        ("-0.5,0.2,0.1,500,300,100", "debt_to_equity", False),
        (",0.2,0.1,500,300,100", "debt_to_equity", None),
        ("0.4,0.10,0.1,500,300,100", "revenue_growth", False),
        ("0.4,12%,0.1,500,300,100", "revenue_growth", True),
        ("0.4,n/a,0.1,500,300,100", "revenue_growth", None),
        ("0.4,0.2,0,500,300,100", "earnings_growth", False),
        ("0.4,0.2,0.1,0,300,100", "insider_buying", False),
        ("0.4,0.2,0.1,500,200,100", "volume", False),
        ("0.4,0.2,0.1,500,300,0", "volume", None),
        ("0.4,0.2,0.1,500,300,", "volume", None),
    ],
)
def test_each_rule_at_its_edge(tmp_path, cells, rule, passed):
    row = answers(tmp_path, cells)
    assert row.answers[rule].passed is passed
    assert row.verdict == {True: "pass", False: "fail", None: "unknown"}[passed]


def test_growth_from_a_loss_is_a_fail_not_a_number(tmp_path):
    row = "ticker,earnings,earnings_before\n"
    found = screen(facts(tmp_path, "AAA,2,-1", "BBB,2,1", head=row), rules=tuned(None, only=["earnings_growth"]))
    assert [r.verdict for r in found.screened] == ["fail", "pass"]


def test_counts_say_what_failed_where(tmp_path):
    read = facts(tmp_path, f"A,Tech,{GOOD}", "B,Tech,2,0.2,0.1,500,300,100", "C,Tech,,,0.1,500,300,100")
    body = screen(read, rules=tuned(None, only=FACT_RULES)).to_dict()
    assert [row["ticker"] for row in body["passed"]] == ["A"]
    assert [row["ticker"] for row in body["unknown"]] == ["C"] and body["unknown"][0]["unknown"] == ["debt_to_equity", "revenue_growth"]  # fmt: skip
    assert body["failed_counts"]["debt_to_equity"] == 1 and body["unknown_counts"]["revenue_growth"] == 1
    json.dumps(body, allow_nan=False)


def test_a_rule_without_any_data_is_warned_of(tmp_path):
    result = screen(facts(tmp_path, f"A,Tech,{GOOD}"))
    assert not result.to_dict()["passed"]
    assert sum(note.slug == "rule_unknown" for note in result.warnings) == 2


@pytest.mark.parametrize(
    ("head", "rows", "message"),
    [
        ("ticker,revenue_growth\n", ["A,12.5", "B,30", "C,8"], "name it revenue_growth_pct"),
        ("ticker,revenue_growth\n", ["A,0.1", "A,0.2"], "line 3: A is there twice"),
        ("ticker,revenue_growth\n", ["A,lots"], "line 2: revenue_growth is 'lots'"),
        ("name,revenue_growth\n", ["A,0.1"], "no column 'ticker'"),
        ("ticker,eps_growth,earnings_growth\n", ["A,0.1,0.2"], "both give the earnings_growth"),
        ("ticker,revenue_growth\n", [",0.1"], "line 2: no ticker"),
    ],
)
def test_a_file_that_cannot_be_trusted_is_refused(tmp_path, head, rows, message):
    with pytest.raises(DataError, match=message):
        facts(tmp_path, *rows, head=head)


def test_percent_columns_are_read_as_percent(tmp_path):
    read = facts(tmp_path, "A,12.5,85", head="ticker,revenue_growth_pct,debt_to_equity_pct\n")
    assert read.numbers["revenue_growth"] == (0.125,) and read.numbers["debt_to_equity"] == (0.85,)


def test_parquet_says_the_same_as_csv(tmp_path):
    pd = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    frame = pd.DataFrame({"ticker": ["A", "B"], "revenue_growth": [0.2, np.nan], "volume": [300, 100]})
    frame.to_parquet(tmp_path / "facts.parquet")
    read = read_facts(tmp_path / "facts.parquet")
    assert read.numbers["revenue_growth"] == (0.2, None) and read.numbers["volume"] == (300.0, 100.0)


def steps(*levels):
    return np.concatenate([np.linspace(a, b, 20) for a, b in levels])


def test_higher_highs_and_lows():
    rising = steps((10, 12), (11, 13), (12, 14))
    assert higher_highs_and_lows(Row(facts={}, close=rising)).passed is True
    lower_low = steps((10, 12), (9, 13), (12, 14))
    assert higher_highs_and_lows(Row(facts={}, close=lower_low)).passed is False
    gap = rising.copy()
    gap[30] = np.nan
    assert higher_highs_and_lows(Row(facts={}, close=gap)).passed is None
    assert higher_highs_and_lows(Row(facts={}, close=rising[1:])).passed is None


def test_relative_strength_needs_both_ends():
    index = np.full(127, 100.0)
    assert relative_strength(Row(facts={}, close=index, index=index)).passed is False
    assert relative_strength(Row(facts={}, close=np.linspace(100, 120, 127), index=index)).passed is True
    assert relative_strength(Row(facts={}, close=index[1:], index=index[1:])).passed is None
    assert relative_strength(Row(facts={}, close=index)).passed is None


def test_prices_answer_the_price_rules(tmp_path):
    prices = history({"IWM": walk(300, seed=1), "A": 100 * 1.01 ** np.arange(300), "B": 100 * 0.99 ** np.arange(300)})
    read = facts(tmp_path, f"A,Tech,{GOOD}", f"B,Tech,{GOOD}", f"Z,Tech,{GOOD}")
    found = {row.ticker: row.verdict for row in screen(read, prices=prices, index="IWM").screened}
    assert found == {"A": "pass", "B": "fail", "Z": "unknown"}


def test_tuning_changes_a_rule_and_leaves_out_another(tmp_path):
    path = tmp_path / "rules.toml"
    path.write_text("[revenue_growth]\nabove = 0.15\n[insider_buying]\nenabled = false\n")
    rules = tuned(path)
    assert rules["revenue_growth"] == {"above": 0.15} and "insider_buying" not in rules
    assert set(rules) == set(PREDICATES) - {"insider_buying"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[revenue_growht]\nabove = 1", "did you mean 'revenue_growth'"),
        ("[revenue_growth]\nabov = 1", "did you mean 'above'"),
        ("[revenue_growth]\nabove = '1'", "expected a number"),
        ("[debt_to_equity]\nbelow = 100", "expected 0 to 10, as a fraction"),
        ("[volume]\nabove = 200", "expected 0 to 50, as a fraction"),
        ("[relative_strength]\nabove_index = -5", "expected -1 to 3, as a fraction"),
        ("[volume]\ndays = 1", "expected a whole number"),
        ("[volume]\nenabled = 1", "expected true or false"),
        ("volume = 2", "must be a table"),
        ("[volume", "not a TOML file"),
    ],
)
def test_a_mistake_in_the_tuning_is_named(tmp_path, text, message):
    path = tmp_path / "rules.toml"
    path.write_text(text)
    with pytest.raises(DataError, match=message):
        tuned(path)


def test_a_screen_without_rules_is_refused(tmp_path):
    path = tmp_path / "rules.toml"
    path.write_text("[volume]\nenabled = false\n")
    with pytest.raises(InputError, match="passes everything"):
        tuned(path, only=["volume"])


@pytest.mark.parametrize("rule", PREDICATES)
def test_every_rule_is_unknown_of_nothing_and_documented(rule):
    assert PREDICATES[rule](Row(facts={})).passed is None
    assert PREDICATES[rule].__doc__ and parameters(rule)

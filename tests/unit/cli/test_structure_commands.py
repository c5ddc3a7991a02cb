"""``hedgekit structure`` as a script meets it."""

import json
from functools import partial

import pytest

BY = "2026-12-18"


@pytest.fixture
def run(run):
    return partial(run, "structure")


TERMS = ("--rate", "0.036", "--dividends", "0.009")


def test_a_structure_of_the_catalogue(run, example):
    strikes = ("--strikes", "215,225,270,280")
    code, out, err = run("iron-condor", "--chain", example, "--by", BY, *strikes, "--format", "json")
    assert code == 0, err
    answer = json.loads(out)
    assert [leg["strike"] for leg in answer["legs"]] == [215, 225, 270, 280]
    assert answer["name"] == "iron-condor" and answer["defined_risk"] is True


def test_analyze_without_a_chain(run):
    words = (
        "analyze",
        "--leg",
        "-1 XYZ270115C00205000 @5.00",
        "--leg",
        "+1 O:XYZ270115C00210000 @ 1.50",
        "--spot",
        200,
    )
    code, out, _ = run(
        *words, "--vol", 0.25, "--rate", 0.04, "--dividends", 0.0, "--asof", "2026-10-14", "--format", "json"
    )
    answer = json.loads(out)
    assert code == 0
    assert (answer["max_loss_usd"], answer["max_gain_usd"], answer["breakevens"]) == (150.0, 350.0, [208.5])
    assert answer["net_premium_usd"] == -350.0


def test_analyze_reads_a_file_of_legs_and_prices_bare_ones_at_the_touch(run, example, tmp_path):
    (tmp_path / "legs.csv").write_text("quantity,symbol,price\n+100,IWM,248.00\n-1,IWM 2026-12-18 260 C,\n")
    code, out, err = run("analyze", "--legs", "legs.csv", "--chain", example, *TERMS, "--format", "json")
    assert code == 0, err
    answer = json.loads(out)
    quotes = {row["option"]: row for row in json.loads(example.read_text())["data"]["options"]}
    assert answer["legs"][1]["premium"] == quotes["IWM261218C00260000"]["bid"]
    assert answer["max_gain_usd"] == pytest.approx(1200 + 100 * quotes["IWM261218C00260000"]["bid"])


def test_unlimited_loss_is_refused_on_request_and_nothing_is_written(run, tmp_path):
    words = (
        "analyze",
        "--leg",
        "-1 XYZ270115C00205000 @5",
        "--spot",
        200,
        "--vol",
        0.25,
        "--rate",
        0.04,
        "--asof",
        "2026-10-14",
    )
    code, out, _ = run(*words, "--format", "json")
    assert code == 0 and json.loads(out)["defined_risk"] is False and json.loads(out)["max_loss_usd"] is None
    code, out, err = run(*words, "--defined-risk-only", "--output", "x.json")
    assert code == 4 and out == "" and "no limit" in err and not (tmp_path / "x.json").exists()


def test_a_call_ratio_is_refused_until_it_is_capped(run, example):
    code, _, err = run("ratio-spread", "--kind", "call", "--chain", example, "--by", BY, *TERMS)
    assert code == 4 and "--cap" in err
    code, out, _ = run(
        "ratio-spread", "--kind", "call", "--cap", "5%", "--chain", example, "--by", BY, *TERMS, "--format", "json"
    )
    assert code == 0 and json.loads(out)["defined_risk"] is True


def test_output_is_written_whole(run, example, tmp_path):
    code, out, _ = run(
        "iron-condor", "--chain", example, "--by", BY, *TERMS, "--format", "csv", "--output", "condor.csv"
    )
    assert code == 0 and out == ""
    assert len((tmp_path / "condor.csv").read_text().splitlines()) == 5


WRONG = [
    (["analyze"], 2, "no leg"),
    (["analyze", "--leg", "junk"], 2, "not readable"),
    (["analyze", "--leg", "+1 IWM261218C00260000"], 2, "has no price"),
    (["analyze", "--leg", "+1 IWM261218C00260000 @x"], 2, "price 'x'"),
    (["analyze", "--leg", "+0 IWM261218C00260000 @1"], 2, "quantity"),
    (["analyze", "--leg", "+1.5 IWM261218C00260000 @1"], 2, "whole number"),
    (["analyze", "--leg", "+1 IWM261318C00260000 @1"], 2, "not a day"),
    (["analyze", "--leg", "+1 IWM261218C00260000 @nan"], 2, "price 'nan'"),
    (["analyze", "--leg", "+1 IWM261218C00260000 @4", "--asof", "2026-10-14"], 2, "--spot"),
    (["analyze", "--leg", "+1 IWM261218C00260000 @4", "--asof", "2026-10-14", "--spot", "250"], 2, "--rate"),
    (["analyze", "--leg", "+1 IWM261218C00260000 @4", "--asof", "2026-10-14", "--spot", "0", "--rate", "0.04"], 2, "--spot 0"),
    (["analyze", "--leg", "+1 IWM261218C00260000 @4", "--asof", "2026-10-14", "--spot", "250", "--rate", "0.04", "--vol", "22"], 2, "did you mean 0.22"),
    (["analyze", "--leg", "+1 IWM261218C00260000 @4", "--leg", "+1 SPY261218C00260000 @4", "--spot", "250"], 2, "several underlyings"),
    (["analyze", "--legs", "missing.csv"], 3, "missing.csv"),
    (["iron-condorr"], 2, "Did you mean 'iron-condor'"),
    (["iron-condor", "--chain", "missing.json", "--by", BY], 3, "missing.json"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "code", "says"), WRONG, ids=[" ".join(case[0]) for case in WRONG])
def test_wrong_input_gets_a_sentence(run, words, code, says):
    got, out, err = run(*words)
    assert (got, out) == (code, "") and says in err and "Traceback" not in err


CHAIN_WRONG = [
    (["iron-condor"], 2, "--by"),
    (["iron-condor", "--by", BY, "--strikes", "1,2"], 2, "2 given, 4 needed"),
    (["iron-condor", "--by", BY, "--strikes", "240,230,260,270"], 2, "must ascend"),
    (["iron-condor", "--by", BY, "--strikes", "230,240,260,261.37"], 2, "nearest"),
    (["iron-condor", "--by", BY, "--strikes", "230,240,260,270", "--delta", "0.2"], 2, "leave out"),
    (["iron-condor", "--by", BY, "--delta", "16"], 2, "between 0 and 1"),
    (["iron-condor", "--by", BY, "--width", "-5"], 2, "--width"),
    (["iron-condor", "--by", BY, "--contracts", "0"], 2, "--contracts"),
    (["iron-condor", "--by", BY, "--fee", "-1"], 2, "--fee"),
    (["calendar", "--by", BY, "--far-expiry", BY], 2, "not after"),
    (["analyze", "--leg", "+1 SPY261218C00260000"], 2, "the chain"),
    (["analyze", "--leg", "+1 IWM261218C00261370"], 2, "nearest"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "code", "says"), CHAIN_WRONG, ids=[" ".join(case[0]) for case in CHAIN_WRONG])
def test_wrong_input_with_a_chain_gets_a_sentence(run, example, words, code, says):
    got, out, err = run(*words, "--chain", example, *TERMS)
    assert (got, out) == (code, "") and says in err and "Traceback" not in err

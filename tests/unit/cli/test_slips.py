"""Slips of unit, spelling and file name as people make them: read when there is one meaning, questioned otherwise."""

import json
import shutil

import pytest

BY = "2027-01-15"


@pytest.mark.parametrize(
    ("option", "value", "meant"),
    [
        ("--min-cap", "110", "did you mean 1.1?"),
        ("--min-cap", "10", "did you mean 1.1?"),
        ("--min-cap", "0.1", "did you mean 1.1?"),
        ("--fee", "65", "65 cents is 0.65"),
        ("--floor", "90", "did you mean 0.9?"),
        ("--budget", "25000", "dollars are written as their part of the value"),
        ("--delta-target", "50", "did you mean 0.5?"),
        ("--cvar", "10", "did you mean 0.1?"),
        ("--max-spread", "30", "did you mean 0.3?"),
        ("--shares", "1e9", "split the position"),
        ("--shares", "-100", "from 1 to"),
        ("--by", "13/18/26", "write YYYY-MM-DD"),
    ],
)
def test_a_number_in_another_unit_is_refused_with_what_was_meant(run, example, option, value, meant):
    words = {"--shares": "1700", "--by": BY, option: value}
    code, out, err = run("hedge", "--chain", example, *(word for pair in words.items() for word in pair))
    assert code == 2 and out == "" and meant in err


def test_days_where_years_are_meant(run):
    words = ("price", "--kind", "P", "--strike", 240, "--spot", 248, "--rate", 0.03, "--vol", 0.2)
    code, _, err = run(*words, "--t-years", 93)
    assert code == 2 and "93 days are written 0.2548" in err
    code, out, _ = run(*words, "--t-years", 7, "--format", "json")
    assert code == 0 and json.loads(out)["warnings"][0]["slug"] == "t_years_long"
    code, out, _ = run(*words, "--t-years", 2, "--format", "json")
    assert code == 0 and json.loads(out)["warnings"] == []


def test_a_stop_far_below_is_questioned(run, example):
    code, out, _ = run("hedge", "stop", "--shares", 1700, "--chain", example, "--by", BY, "--stop", "90%")
    assert code == 0 and "a stop at 90% of it is --stop 10%" in " ".join(out.split())


@pytest.mark.parametrize("word", ["put", "p", "P", "Puts", "PUT"])
def test_every_spelling_of_a_kind(run, word):
    words = ("--strike", 240, "--spot", 248, "--rate", 0.03, "--vol", 0.2, "--t-years", 0.25, "--format", "json")
    code, out, _ = run("price", "--kind", word, *words)
    assert code == 0 and json.loads(out)["kind"] == "put"


@pytest.mark.parametrize("symbol", ["IWM 1/15/27 225P", "iwm 15jan27 225 p", "IWM270115P225"])
def test_a_contract_as_people_write_it(run, example, symbol):
    code, out, _ = run("price", symbol, "--chain", example, "--format", "json", "--quiet")
    assert code == 0 and json.loads(out)["symbol"] == "IWM270115P00225000"


def test_no_answer_is_written_over_what_it_was_made_from(run, example, tmp_path):
    chain = tmp_path / "chain.json"
    shutil.copy(example, chain)
    (tmp_path / "link.json").symlink_to(chain)
    for words in (
        ("chain", "chain.json", "--output", "chain.json"),
        ("chain", "chain.json", "--output", "link.json"),
        ("check", "--policy", "p.toml", "--book", "b.csv", "--chain", "IWM=chain.json", "--html", "chain.json"),
        ("hedge", "--shares", "100", "--chain", "chain.json", "--by", BY, "--ticket", "./chain.json"),
    ):
        code, _, err = run(*words)
        assert code == 2 and "reads: name another" in err, words
    assert chain.read_bytes() == example.read_bytes()
    code, _, err = run("chain", "chain.json", "--output", "other.json", "--format", "json")
    assert code == 0 and "written: other.json" in err
    assert run("chain", "chain.json", "--output", "other.json", "--format", "json")[0] == 0  # an answer is replaced


def test_a_policy_is_replaced_only_when_told(run, tmp_path):
    policy = tmp_path / "desk.toml"
    policy.write_text("mine")
    code, _, err = run("policy", "init", "--output", "desk.toml")
    assert code == 2 and "--force" in err and policy.read_text() == "mine"
    assert run("policy", "init", "--output", "desk.toml", "--force")[0] == 0
    assert "[rules." in policy.read_text()


def test_one_fee_everywhere_but_where_prices_alone_are_asked(run, example):
    def fee(*words):
        code, out, err = run(*words, "--chain", example, "--by", BY, "--format", "json", "--quiet")
        assert code == 0, err
        return json.loads(out)["inputs"]["fee"]

    assert fee("structure", "find", "--target", "250-265", "--structure", "bull-call-spread") == 0.65
    assert fee("hedge", "stop", "--shares", 100) == 0.65
    assert fee("structure", "bull-call-spread") == 0.0


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (("structure", "iron-condor", "--by", BY, "--delta", "30"), "did you mean 0.3?"),
        (("structure", "iron-condor", "--by", BY, "--contracts", "1.5"), "is not a whole number"),
        (("structure", "iron-condor", "--by", BY, "--fee", "65"), "65 cents is 0.65"),
        (("scenario", "--shares", "100", "--spot-moves", "-20,0"), "did you mean -20%?"),
        (("scenario", "--shares", "100", "--spot-moves", "0,10"), "20% is 0.2"),
    ],
)
def test_structures_and_scenarios_question_slips_too(run, example, words, meant):
    code, out, err = run(*words, "--chain", example)
    assert code == 2 and out == "" and meant in err


def test_a_structure_reads_numbers_as_people_write_them(run, example):
    words = ("structure", "bull-put-spread", "--chain", example, "--by", BY, "--format", "json", "--quiet")
    _, shown, _ = run(*words, "--contracts", "1,000", "--max-spread", "30%")
    _, expected, _ = run(*words, "--contracts", "1000", "--max-spread", "0.3")
    assert shown == expected != ""

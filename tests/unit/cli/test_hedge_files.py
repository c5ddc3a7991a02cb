"""The files that ``hedge`` writes beside its answer, and the commands of its group."""

import csv
import io
import json
from decimal import Decimal

import pytest

BY = "2027-01-15"


@pytest.fixture
def hedge(run, example):
    return lambda *words: run(
        "hedge", "--shares", 1700, "--chain", example, "--by", BY, "--rate", 0.036, "--quiet", *words
    )


def test_a_ticket_adds_up_to_the_cost(hedge, tmp_path):
    code, out, _ = hedge("--floor", 0.9, "--min-cap", 1.08, "--ticket", "orders.csv", "--format", "json")
    answer = json.loads(out)
    chosen = next(row for row in answer["candidates"] if row["name"] == answer["recommended"])
    rows = list(csv.DictReader(io.StringIO((tmp_path / "orders.csv").read_text())))
    assert code == 0 and len(rows) == len(chosen["legs"])
    for row, leg in zip(rows, chosen["legs"], strict=True):
        assert row["osi_symbol"].replace(" ", "") == leg["symbol"] and len(row["osi_symbol"]) == 21
        assert int(row["quantity"]) * (1 if row["action"] == "BUY" else -1) == leg["contracts"]
        assert float(row["limit_touch"]) == leg["premium"] == float(row["ask" if row["action"] == "BUY" else "bid"])
        assert float(row["bid"]) <= float(row["limit_mid"]) <= float(row["ask"])
    touch = sum(Decimal(row["debit_touch_usd"]) + Decimal(row["fees_usd"]) for row in rows)
    assert {Decimal(row["net_debit_touch_usd"]) for row in rows} == {touch}
    assert float(touch) == pytest.approx(chosen["cost_usd"], abs=0.005)
    assert Decimal(rows[0]["net_debit_mid_usd"]) < touch


def test_no_ticket_is_written_when_nothing_meets_the_goal(hedge, tmp_path):
    code, _, _ = hedge("--floor", 0.9999, "--ticket", "orders.csv")
    assert code == 4 and not (tmp_path / "orders.csv").exists()


@pytest.mark.parametrize(
    "goal",
    [
        ["--floor", 0.9, "--min-cap", 1.08],
        ["--floor", 0.9999],
        ["--budget", 0.01],
        ["--zero-cost"],
        ["--floor", 0.92, "--until", 200],
        ["--floor", 0.9, "--rate", -0.02],
        ["--floor", 0.9, "--spot", 249.5],
    ],
    ids=["cap", "infeasible", "budget", "zero cost", "until", "negative rate", "spot"],
)
def test_a_certificate_is_checked_against_the_chain(hedge, run, example, goal):
    code, out, _ = hedge(*goal, "--certificate", "proof.json", "--format", "json")
    answer = json.loads(out)
    code, out, err = run("hedge", "verify", "proof.json", "--chain", example, "--format", "json")
    assert (code, err) == (0, "")
    proven = json.loads(out)
    assert proven["verdict"] == "proven" and (proven["inputs"]["not_needed"] > 0) == ("--until" in goal)
    least = list(answer["optimum"]["cost_by_legs"].values())[-1]
    if "--budget" in goal:
        assert proven["cost_usd"] > 0.01 * answer["position"]["value_usd"]
    else:
        assert proven["cost_usd"] == least
        assert proven["status"] == answer["optimum"]["status"]


def test_a_changed_quote_or_certificate_is_not_proven(hedge, run, example, tmp_path):
    hedge("--floor", 0.9, "--certificate", "proof.json")
    document = json.loads(example.read_text())
    made = json.loads((tmp_path / "proof.json").read_text())
    held = made["legs"][made["ticket"]["legs"][0]]["symbol"]
    for row in document["data"]["options"]:
        if row["option"] == held:
            row["ask"] = round(row["ask"] + 0.01, 2)
    (tmp_path / "other.json").write_text(json.dumps(document))
    code, _, err = run("hedge", "verify", "proof.json", "--chain", "other.json")
    assert code == 3 and "legs is not that of the chain" in err
    made["cost"] -= 1
    (tmp_path / "bent.json").write_text(json.dumps(made))
    code, _, err = run("hedge", "verify", "bent.json", "--chain", example)
    assert code == 3 and "costs something else" in err


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("t_years", 0.3, "years to expiry"),
        ("kind", "floorx", "expected one of floor"),
        ("spot_source", "parity", "a spot from"),
        ("budget", 0.5, "pays for"),
        ("budget", None, "does not go with"),
        ("budget", "x", "expected a fraction"),
        ("floor", 0.9, "target"),
        ("shares", 1600, "shares"),
        ("fee", 0.0, "is not that of the chain"),
        ("rate", 0.05, "growth"),
        ("expiry", "2026-12-18", "years to expiry"),
        ("max_legs", 4, ""),
    ],
)
def test_a_goal_that_was_changed_is_not_proven(hedge, run, example, tmp_path, field, value, message):
    hedge("--budget", 0.01, "--certificate", "proof.json")
    made = json.loads((tmp_path / "proof.json").read_text())
    made["goal"][field] = value
    (tmp_path / "bent.json").write_text(json.dumps(made))
    code, out, err = run("hedge", "verify", "bent.json", "--chain", example)
    assert code == 3 and message in err and out == "" and "Traceback" not in err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not a JSON file"),
        ("[1]", "schema None"),
        ('{"schema": "hedgekit.hedge/1"}', "write one with"),
        ('{"schema": "hedgekit.certificate/1"}', "goal cannot be read"),
        ('{"schema": "hedgekit.certificate/1", "goal": {"spot_source": "file", "asof": "2026-10-14T15:58:12-04:00"}}', "does not fit"),
    ],
    ids=["empty", "list", "other", "no goal", "half a goal"],
)  # fmt: skip
def test_what_is_no_certificate_is_refused(run, example, tmp_path, text, message):
    (tmp_path / "x.json").write_text(text)
    code, out, err = run("hedge", "verify", "x.json", "--chain", example)
    assert code == 3 and message in err and out == "" and "Traceback" not in err


def test_verify_says_it_in_a_table(hedge, run, example):
    hedge("--floor", 0.9, "--certificate", "proof.json")
    code, out, _ = run("hedge", "verify", "proof.json", "--chain", example)
    assert code == 0 and out.startswith("Proven: no 2027-01-15 ticket of up to 3 legs")
    assert max(map(len, out.splitlines())) <= 80


def test_verify_says_which_orders_no_ticket_down_to_a_level_needs(hedge, run, example):
    hedge("--floor", 0.92, "--until", 200, "--certificate", "proof.json")
    code, out, _ = run("hedge", "verify", "proof.json", "--chain", example)
    assert code == 0 and "further orders, puts at 200 and below, are in no set" in " ".join(out.split())
    assert max(map(len, out.splitlines())) <= 80


def test_frontier_table_fits_and_names_every_cap(run, example):
    code, out, _ = run("hedge", "frontier", "--shares", 1700, "--chain", example, "--by", BY, "--min-cap", 1.08, "--quiet")  # fmt: skip
    assert code == 0 and max(map(len, out.splitlines())) <= 80
    assert "no call sold" in out and "calls sold at 108% of spot or above" in out


def test_options_before_a_command_are_not_lost(run, example):
    code, _, err = run("hedge", "--shares", 1700, "frontier", "--chain", example)
    assert code == 2 and "--shares stands before 'frontier'" in err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["hedge"], "Missing option '--shares'"),
        (["hedge", "--shares", 1], "Missing option '--chain'"),
        (["hedge", "frontire"], "Did you mean 'frontier'"),
        (["hedge", "frontier", "--shares", 1, "--chain", "x", "--floors", "0.8"], "write LOW:HIGH"),
    ],
)
def test_usage_errors_of_the_group_end_with_2(run, words, message):
    code, out, err = run(*words)
    assert code == 2 and message in err and out == ""


def test_a_groups_table_also_serves_its_commands(run, example, tmp_path):
    (tmp_path / "hedgekit.toml").write_text(f"[hedge]\nchain = '{example}'\nby = '{BY}'\nbudget = 0.01\n[hedge.frontier]\npoints = 3\n")  # fmt: skip
    code, out, _ = run("hedge", "frontier", "--shares", 500, "--format", "json", "--quiet")
    assert code == 0 and len(json.loads(out)["inputs"]["floors"]) == 3
    assert run("hedge", "--shares", 500, "--quiet")[0] == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--budget", 0.01], "the most for the money"),
        (["--zero-cost"], "under the highest cap for the money"),
        (["--floor", 0.92, "--until", 200], "Below"),
        (["--delta-target", 0.6], "To bring the delta to"),
        (["--cvar", 0.08], "in the worst 5% (implied)"),
        (["--preset", "jheqx"], "JHEQX, which holds"),
        (["--floor", 0.9, "--details"], "given up"),
        (["--floor", 0.9, "--holdings", "held.csv", "--beta", 1.2], "stands for 2 holdings worth $100,000, beta 1.20"),
    ],
    ids=["budget", "zero cost", "until", "delta", "cvar", "preset", "details", "holdings"],
)
def test_every_goal_has_a_table_of_eighty_columns(run, example, tmp_path, words, said):
    (tmp_path / "held.csv").write_text("ticker,shares,price\nAAA,1000,30\nBBB,500,140\n")
    owned = [] if "--holdings" in words else ["--shares", 1700]
    code, out, _ = run("hedge", *owned, "--chain", example, "--by", BY, "--rate", 0.036, *words)
    assert code == 0 and said in " ".join(out.split())
    assert max(map(len, out.splitlines())) <= 80


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["--shares", 100, "--holdings", "held.csv"], 2, "give one"),
        (["--shares", 100, "--beta", 1.0], 2, "--beta is of --holdings"),
        (["--holdings", "held.csv", "--beta", 1.0, "--cvar", 0.1], 2, "their own moves"),
        (["--holdings", "nowhere.csv", "--beta", 1.0], 3, "nowhere.csv"),
        (["--holdings", "held.csv"], 2, "no beta of AAA to IWM"),
        (["--shares", 100, "--prices", "nowhere.csv"], 3, "nowhere.csv"),
        (["--shares", 100, "--cvar", 0.1, "--measure", "historical"], 2, "--prices FILE"),
        (["--shares", 100, "--floor", 0.9, "--budget", 0.01], 2, "two goals"),
        (["--shares", 100, "--preset", "PUTT"], 2, "did you mean PPUT"),
    ],
)
def test_goals_and_files_that_cannot_be_end_with_a_sentence(run, example, tmp_path, words, code, message):
    (tmp_path / "held.csv").write_text("ticker,shares,price\nAAA,1000,30\n")
    ended, out, err = run("hedge", "--chain", example, "--by", BY, "--rate", 0.036, *words)
    assert ended == code and message in err and out == "" and "Traceback" not in err


def test_what_if_is_one_command_and_its_ticket_a_scenario(hedge, run, example):
    code, out, _ = hedge("--floor", 0.9, "--what-if", "--ticket", "orders.csv")
    assert code == 0 and "what if: " in out and "(expiry)" in out and "45 days left" in out
    assert max(map(len, out.splitlines())) <= 80
    code, out, _ = hedge("--floor", 0.9, "--what-if", "--format", "json")
    found = json.loads(out)["what_if"]
    assert found["vol_rule"] == "relative" and found["smile_rule"] == "sticky_strike" and found["rolls"]
    code, out, _ = run(
        "scenario", "--shares", 1700, "--legs", "orders.csv", "--chain", example, "--rate", 0.036, "--days", "0",
        "--spot-moves", "0,-20%", "--vol-shocks", "0", "--format", "json",
    )  # fmt: skip
    now, fallen = json.loads(out)["grid"]["pnl_usd"][0]
    chosen = found["pnl_usd"][0][found["spot_moves"].index(-0.2)][found["vol_shocks"].index(0.0)]
    start = found["pnl_usd"][0][found["spot_moves"].index(0.0)][found["vol_shocks"].index(0.0)]
    assert code == 0 and fallen[0] - now[0] == pytest.approx(chosen - start, abs=1.0)


def test_a_vol_index_without_its_what_if_is_refused(hedge):
    code, out, err = hedge("--floor", 0.9, "--vol-index", "vix.csv")
    assert code == 2 and "--what-if" in err and not out

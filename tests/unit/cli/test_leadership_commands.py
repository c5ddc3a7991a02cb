"""``leadership``, ``screen`` and ``rotate`` from files to text."""

import json
import subprocess
import sys

import numpy as np
import pytest


def run(*words):
    done = subprocess.run(
        [sys.executable, "-m", "hedgekit", *map(str, words)], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture(scope="module")
def panel(tmp_path_factory):
    """A made wide file of prices: IWM, SPY and four sectors."""
    rng = np.random.default_rng(4)
    names = ["IWM", "SPY", "AAA", "BBB", "CCC", "DDD"]
    prices = 100 * np.exp(np.cumsum(rng.normal(0.0005, 0.01, (300, 6)), axis=0))
    days = np.busday_offset("2025-01-01", np.arange(300), roll="forward")
    lines = [",".join(["Date", *names])]
    lines += [f"{day}," + ",".join(f"{p:.4f}" for p in row) for day, row in zip(days, prices, strict=True)]
    path = tmp_path_factory.mktemp("panel") / "panel.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def test_leadership_in_every_form(panel):
    code, out, _ = run("leadership", panel, "--format", "json", "--quiet")
    answer = json.loads(out)
    assert code == 0 and answer["schema"] == "hedgekit.leadership/1"
    assert {"name", "value", "asof", "denominator", "verdict"} <= set(answer["indicators"][0])
    code, out, _ = run("leadership", panel)
    assert code == 0 and max(map(len, out.splitlines())) <= 80 and "--constituents" in out
    assert run("leadership", panel, "--format", "csv", "--quiet")[1].startswith("name,value,unit")


def test_rotate_says_what_to_trade(panel):
    code, out, _ = run("rotate", panel, "--sectors", "AAA,BBB,CCC,DDD", "--top", 1, "--held", "AAA", "--format", "json")
    answer = json.loads(out)
    assert code == 0 and len(answer["ranking"]) == 4 and len(answer["hold"]) == 1
    code, out, _ = run("rotate", panel, "--top", 1)
    assert code == 0 and max(map(len, out.splitlines())) <= 80


def test_screen_counts_what_failed(panel, tmp_path):
    facts = tmp_path / "facts.csv"
    facts.write_text("ticker,debt_to_equity,revenue_growth\nAAA,0.5,0.2\nBBB,2,0.2\nCCC,,\n")
    code, out, _ = run("screen", facts, "--prices", panel, "--only", "debt_to_equity", "--format", "json")
    answer = json.loads(out)
    assert code == 0 and [row["ticker"] for row in answer["passed"]] == ["AAA"]
    assert answer["failed_counts"] == {"debt_to_equity": 1} and answer["unknown_counts"] == {"debt_to_equity": 1}
    code, out, _ = run("screen", facts)
    assert code == 0 and max(map(len, out.splitlines())) <= 80


@pytest.mark.parametrize("words", [["leadership"], ["screen"], ["rotate"]])
def test_a_missing_file_is_named(words):
    code, _, err = run(*words, "nowhere.csv")
    assert code in (2, 3) and "nowhere.csv" in err and "Traceback" not in err

"""The pair commands as a script meets them: output, messages, exit codes."""

import csv
import io
import json
import sys
from functools import partial
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PAIR = ROOT / "examples" / "data" / "pair.csv"
LEGS = ("--long", "SMALL", "--short", "LARGE")
COMMANDS = {
    "ratio": (),
    "test": (),
    "size": ("--gross", "50000"),
}


@pytest.fixture
def run(run):
    return partial(run, "pair")


def needs_tables(name):
    if name == "test":
        pytest.importorskip("statsmodels")
        pytest.importorskip("arch")


@pytest.mark.parametrize("name", COMMANDS)
def test_table_fits_eighty_columns_and_answers_first(run, name):
    needs_tables(name)
    code, out, _ = run(name, PAIR, *LEGS, *COMMANDS[name])
    assert code == 0 and "\x1b" not in out
    assert max(map(len, out.splitlines())) <= 80
    assert "SMALL" in out.splitlines()[0] and out.splitlines()[2].startswith("  ")


@pytest.mark.parametrize("name", COMMANDS)
def test_json_is_complete_and_without_nan(run, name):
    needs_tables(name)
    code, out, _ = run(name, PAIR, *LEGS, *COMMANDS[name], "--format", "json")
    answer = json.loads(out, parse_constant=lambda word: pytest.fail(word))
    assert code == 0 and answer["schema"] == f"hedgekit.pair_{name}/1"
    assert answer["inputs"]["asof"] == "2026-06-17" and answer["inputs"]["source_sha256"]
    assert isinstance(answer["warnings"], list)


@pytest.mark.parametrize("name", COMMANDS)
def test_csv_has_rows(run, name):
    needs_tables(name)
    code, out, _ = run(name, PAIR, *LEGS, *COMMANDS[name], "--format", "csv")
    assert code == 0 and len(list(csv.DictReader(io.StringIO(out)))) >= 4


def test_ratio_contract(run):
    _, out, _ = run("ratio", PAIR, *LEGS, "--format", "json")
    answer = json.loads(out)
    keys = {"name", "unit", "ratio", "share_ratio", "dollar_ratio", "se", "ci95", "effectiveness", "effectiveness_ci95"}
    names = [row["name"] for row in answer["estimators"]]
    assert all(keys <= row.keys() for row in answer["estimators"]) and answer["recommended"] in names
    level = next(row for row in answer["estimators"] if row["name"] == "price_ols")
    assert level["ci95"] is None and level["why"]


def test_size_contract(run):
    _, out, _ = run("size", PAIR, *LEGS, "--gross", 50000, "--ratio", 1.1, "--format", "json")
    answer = json.loads(out)
    long, short = answer["long"], answer["short"]
    assert long["shares"] > 0 > short["shares"]
    assert answer["gross_usd"] == pytest.approx(long["value_usd"] - short["value_usd"])
    assert answer["leftover"]["beta_usd"] == pytest.approx(1.1 * long["value_usd"] + short["value_usd"])
    assert answer["leftover"]["dollars_usd"] == pytest.approx(long["value_usd"] + short["value_usd"])
    assert answer["margin"]["deposit_usd"] == pytest.approx(0.5 * answer["gross_usd"], abs=0.01)
    assert {"long_shares", "short_shares", "leftover"} <= answer["naive"].keys()
    naive = answer["naive"]
    if naive["within_budget"] and naive["used"] >= 0.95 * 50000:
        assert abs(answer["leftover"]["beta_usd"]) <= abs(naive["leftover"]["beta_usd"])


def test_asof_hides_what_comes_after(run, tmp_path):
    lines = PAIR.read_text().splitlines()
    early = tmp_path / "early.csv"
    early.write_text("\n".join(lines[:801]) + "\n")
    day = lines[800].split(",")[0]
    _, cut, _ = run("ratio", early, *LEGS, "--format", "json")
    _, asof, _ = run("ratio", PAIR, *LEGS, "--asof", day, "--format", "json")
    a, b = json.loads(cut), json.loads(asof)
    for one, other in zip(a["estimators"], b["estimators"], strict=True):
        # adjusted prices of the cut file still end where the whole one ends: only ratios can be compared
        assert one["ratio"] == pytest.approx(other["ratio"], rel=1e-9), one["name"]


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("ratio", "none.csv"), 3, "none.csv: no such file"),
        (("ratio", PAIR, "--long", "ZZZ", "--short", "LARGE"), 2, "no ticker ZZZ"),
        (("ratio", PAIR, "--long", "SMALL", "--short", "small"), 2, "both legs are SMALL"),
        (("ratio", PAIR, "--window", "5"), 2, "window 5"),
        (("ratio",), 2, "Missing argument 'PRICES...'"),
        (("size", PAIR), 2, "exactly one budget"),
        (("size", PAIR, "--gross", "100"), 4, "the least, 1 long and 1 short"),
        (("size", PAIR, "--gross", "nan"), 2, "positive number of dollars"),
        (("test", PAIR, "--screened", "0"), 2, "screened 0"),
        (("options", "--long-chain", "x.json", "--short-chain", "y.json"), 3, "x.json"),
        (("ratoi", PAIR), 2, "Did you mean 'ratio'?"),
    ],
)
def test_wrong_input_is_a_sentence_and_the_right_code(run, words, code, message):
    found, out, err = run(*words)
    assert found == code, err
    assert out == "" and message in err and "Traceback" not in err


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize(
    "text",
    [
        "",
        "Date,A,B\n2024-01-02,1,2\n",
        "Date,A,B\n2024-01-02,x,2\n",
        "Date,A\n2024-01-02,1\n",
        "\x00\x01",
        "{",
        "<html>",
    ],
)
def test_junk_never_ends_in_a_traceback(run, tmp_path, name, text):
    path = tmp_path / "junk.csv"
    path.write_text(text)
    code, _, err = run(name, path, "--long", "A", "--short", "B", *COMMANDS[name])
    assert code in (2, 3) and "Traceback" not in err and err.count("\n") <= 3


def test_flat_and_equal_legs_are_refused_or_answered(run, tmp_path):
    from hedgekit.market.prices.judged import nyse_sessions

    days = nyse_sessions()[-400:]
    flat = tmp_path / "flat.csv"
    flat.write_text("Date,A,B\n" + "\n".join(f"{d},100,{100 + i % 7}" for i, d in enumerate(days)))
    code, _, err = run("ratio", flat)
    assert code == 3 and "never changes" in err
    twins = tmp_path / "twins.csv"
    twins.write_text("Date,A,B\n" + "\n".join(f"{d},{100 + i % 9},{2 * (100 + i % 9)}" for i, d in enumerate(days)))
    for name, extra in COMMANDS.items():
        code, _, err = run(name, twins, *extra)
        assert "Traceback" not in err and code in (0, 2, 3, 4), (name, err)


def test_without_the_tables_the_tests_say_what_to_install(run, monkeypatch):
    for name in ("arch", "arch.unitroot", "statsmodels.tsa.adfvalues", "statsmodels.tsa.vector_ar.vecm"):
        monkeypatch.setitem(sys.modules, name, None)
    code, out, err = run("test", PAIR, *LEGS)
    assert code == 5 and out == "" and "pip install statsmodels arch" in err
    code, out, _ = run("ratio", PAIR, *LEGS)
    assert code == 0 and "SMALL" in out  # ratios need neither


def test_pair_ratio_loads_nothing_slow():
    """Twenty years must answer in two seconds from a cold start: the slow libraries stay out."""
    import os
    import subprocess

    code = (
        "import sys; from hedgekit.cli import main\n"
        f"sys.argv = ['hedgekit', 'pair', 'ratio', {str(PAIR)!r}, '--format', 'json', '--output', os.devnull]\n"
        "try:\n    main()\nexcept SystemExit as stop:\n    assert stop.code == 0\n"
        "print(' '.join(name for name in ('pandas', 'statsmodels', 'arch', 'scipy.stats', 'scipy.optimize') if name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", f"import os; {code}"], capture_output=True, text=True, check=True, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})  # fmt: skip
    assert done.stdout.split() == []


def test_size_says_what_the_ratio_leaves_open_and_the_day_of_its_prices(run):
    _, text, _ = run("ratio", PAIR, *LEGS, "--format", "json")
    ratio = json.loads(text)
    chosen = next(row for row in ratio["estimators"] if row["name"] == ratio["recommended"])
    _, text, _ = run("size", PAIR, *LEGS, "--gross", "$50,000", "--format", "json")
    size = json.loads(text)
    held, sold = (abs(size[leg]["shares"]) * size[leg]["price"] for leg in ("long", "short"))
    scale = chosen["dollar_ratio"] / chosen["ratio"]
    assert size["ratio"]["ci95"] == pytest.approx([end * scale for end in chosen["ci95"]], rel=1e-12)
    assert size["leftover"]["beta_ci95_usd"] == pytest.approx([held * e * scale - sold for e in chosen["ci95"]])
    _, text, _ = run("size", PAIR, *LEGS, "--gross", "50000")
    assert "closes of 2026-06-17" in text and "(95%)" in text
    code, text, _ = run(
        "size", PAIR, *LEGS, "--gross", "50000", "--ratio", "1.1", "--long-price", "500", "--format", "json"
    )
    assert code == 0 and json.loads(text)["leftover"]["beta_ci95_usd"] == [None, None]

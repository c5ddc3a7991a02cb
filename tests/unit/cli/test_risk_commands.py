"""check, policy, scenario and allocate as a script meets them: output, messages, exit codes."""

import csv
import io
import json

import pytest

from hedgekit.risk.rules import RULES

BOOK = "symbol,quantity\nIWM,1700\nIWM 2027-01-15 225 P,17\nCASH,1500000\n"
POLICY = "[rules.undefined-risk]\n[rules.max-loss-shock]\nlimit_fraction = 0.10\n"
ASOF = ("--asof", "2026-10-14", "--rate", "0.036", "--dividends", "0.011")


@pytest.fixture
def run(run, tmp_path):
    """The command line in a folder with a book and a policy."""
    (tmp_path / "book.csv").write_text(BOOK)
    (tmp_path / "desk.toml").write_text(POLICY)
    return run


def test_check_ends_with_0_or_1(run, example):
    words = ("check", "--policy", "desk.toml", "--book", "book.csv", "--chain", f"IWM={example}")
    code, out, _ = run(*words, *ASOF)
    assert code == 0 and out.startswith("PASS")
    code, out, _ = run(*words, "--asof", "2026-10-20", "--format", "json")
    answer = json.loads(out)
    assert code == 1 and answer["verdict"] == "breach"
    assert [row["id"] for row in answer["rules"] if row["verdict"] == "breach"] == ["data-age"]


def test_without_a_chain_an_option_is_unknown(run):
    code, out, _ = run("check", "--policy", "desk.toml", "--book", "book.csv", *ASOF, "--format", "csv")
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(out))}
    assert code == 1 and rows["book-known"]["verdict"] == "breach"


@pytest.mark.parametrize("form", ["junit", "sarif"])
def test_other_forms_go_to_files(run, example, tmp_path, form):
    words = ("check", "--policy", "desk.toml", "--book", "book.csv", "--chain", example, *ASOF)
    code, out, _ = run(*words, "--format", form, "--output", "out.txt", "--quiet")
    assert code == 0 and out == "" and (tmp_path / "out.txt").read_text()


def test_policy_init_writes_what_check_reads(run, example, tmp_path):
    assert run("policy", "init", "--output", "starter.toml", "--quiet")[0] == 0
    code, out, _ = run("check", "--policy", "starter.toml", "--book", "book.csv", "--chain", example, *ASOF)
    assert code in (0, 1) and "cannot be computed" not in out


def test_cash_dividends_are_one_tickers(run, example, tmp_path):
    (tmp_path / "d.csv").write_text("date,amount\n2026-12-15,0.74\n")
    words = ("book", "book.csv", "--chain", example, "--rate", "0.036", "--format", "json", "--dividends")
    _, one, _ = run(*words, "d.csv")
    _, named, _ = run(*words, "IWM=d.csv")
    assert json.loads(one)["lines"] == json.loads(named)["lines"]
    assert run(*words, "SPY=d.csv")[0] == 2
    assert run(*words, "IWM=d.csv", "--dividends", "0.01")[0] == 2


@pytest.mark.parametrize("rule", RULES)
def test_every_explanation_fits_the_terminal(run, rule):
    code, out, _ = run("check", "--explain", rule)
    assert code == 0
    assert max(map(len, out.splitlines())) <= 80


def test_explain(run):
    code, out, _ = run("check", "--explain", "floor-kept")
    assert code == 0 and "every spot from zero up" in " ".join(out.split())
    code, _, err = run("check", "--explain", "flor-kept")
    assert code == 2 and "did you mean 'floor-kept'" in err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("check", "--policy", "desk.toml"), 2, "give --book"),
        (("check", "--policy", "none.toml", "--book", "book.csv"), 3, "none.toml"),
        (("check", "--policy", "desk.toml", "--book", "none.csv"), 3, "none.csv"),
        (("check", "--policy", "book.csv", "--book", "book.csv"), 3, "these are positions, not a policy"),
        (("check", "--policy", "desk.toml", "--book", "book.csv", "--chain", "book.csv"), 3, "book.csv"),
        (("check", "--config", "desk.toml", "--book", "book.csv"), 3, "this is a policy, not settings of hedgekit"),
        (("check", "--policy", "desk.toml", "--book", "book.csv", "--asof", "yesterday"), 2, "asof"),
        (("check", "--policy", "desk.toml", "--book", "book.csv", "--format", "xml"), 2, "xml"),
        (("scenario", "--book", "book.csv"), 3, "cannot be valued"),
        (("scenario", "--book", "book.csv", "--spot-moves", "down"), 2, "commas"),
        (("scenario", "--book", "book.csv", "--days", "1.5"), 2, "whole days"),
        (("scenario", "--book", "book.csv", "--spot-moves", "nan"), 2, "commas"),
        (("allocate", "--age", "40"), 2, "give --spot"),
        (("allocate", "--age", "40", "--spot", "250"), 2, "give --portfolio"),
        (("allocate", "--age", "40", "--spot", "250", "--portfolio", "1e6", "--stop", "18"), 2, "did you mean 0.18"),
        (("policy", "int"), 2, "init"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else str(value),
)
def test_what_is_wrong_is_a_sentence_and_a_code(run, words, code, said):
    ended, out, err = run(*words)
    assert ended == code and said in err and out == "" and "Traceback" not in err


def test_scenario_grid_and_table(run, example):
    words = ("scenario", "--book", "book.csv", "--chain", example, *ASOF)
    code, out, _ = run(
        *words, "--spot-moves", "-20%,0,10%", "--vol-shocks", "0,50%", "--days", "0,93", "--format", "json"
    )
    grid = json.loads(out)["grid"]
    assert code == 0 and len(grid["pnl_usd"]) == 2 and len(grid["pnl_usd"][0]) == 3 and len(grid["pnl_usd"][0][0]) == 2
    spot = 248.12
    assert grid["value_usd"][1][0][0] == pytest.approx(1700 * 225 + 1_500_000)  # the floor, at expiry
    assert grid["value_usd"][1][2][1] == pytest.approx(1700 * spot * 1.1 + 1_500_000)
    assert grid["worst"]["spot_move"] == -0.2
    code, out, _ = run(*words, "--smile", "sticky-delta", "--roll", "90")
    assert code == 0 and max(map(len, out.splitlines())) <= 80 and "roll" in out


def test_scenario_has_a_picture_in_the_terminal(run, example):
    words = ("scenario", "--book", "book.csv", "--chain", example, *ASOF)
    code, out, _ = run(*words, "--spot-moves", "20%,-20%,0", "--plot")
    assert code == 0 and "worst of all dates and vol shocks" in out and "-20%" in out.splitlines()[-2]
    assert max(map(len, out.splitlines())) <= 80


@pytest.mark.parametrize(
    "words",
    [
        ("--days", "1000000000"),
        ("--days=-5",),
        ("--days", "inf"),
        ("--vol-shocks=-2",),
        ("--vol-shocks", "50"),
        ("--spot-moves=-20",),
        ("--spot-moves", "20"),
        ("--roll", "0"),
        ("--benchmark", ""),
    ],
)
def test_scenarios_that_cannot_be_are_usage(run, example, words):
    code, _, err = run("scenario", "--book", "book.csv", "--chain", example, *ASOF, *words)
    assert code == 2 and err and "Traceback" not in err


def test_scenario_of_legs_is_that_of_the_same_book(run, example, tmp_path):
    words = ("--chain", example, "--rate", "0.036", "--dividends", "0.011", "--format", "json")
    (tmp_path / "legs.csv").write_text("symbol,quantity\nIWM,1700\nIWM 2027-01-15 225 P,17\nCASH,0\n")
    _, out, _ = run("scenario", "--shares", 1700, "--leg", "+17 IWM 2027-01-15 225 P", *words)
    _, same, _ = run("scenario", "--book", "legs.csv", *words)
    assert json.loads(out)["grid"] == json.loads(same)["grid"]
    assert run("scenario", "--chain", example)[0] == 2
    assert run("scenario", "--book", "legs.csv", "--shares", 1, *words)[0] == 2


def test_answers_as_a_page(run, example, tmp_path):
    pytest.importorskip("plotly")
    words = (
        "--book",
        "book.csv",
        "--chain",
        example,
        *ASOF,
        "--format",
        "json",
    )
    run("scenario", *words, "--output", "s.json", "--quiet")
    run("check", "--policy", "desk.toml", *words, "--output", "c.json", "--quiet")
    assert run("report", "s.json", "c.json", "--html", "page.html", "--quiet")[0] == 0
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "Worst of the grid" in page and "max-loss-shock" in page


def test_book_in_dollars(run, example):
    code, out, _ = run("book", "book.csv", "--chain", example, *ASOF, "--format", "json")
    answer = json.loads(out)
    assert code == 0 and set(answer["by_expiry"]) == {"2027-01-15", "shares"}
    for name in ("value_usd", "delta_usd", "theta_usd_per_day"):
        assert sum(row[name] for row in answer["by_expiry"].values()) == pytest.approx(answer["totals"][name])
        assert sum(row[name] for row in answer["lines"]) == pytest.approx(answer["totals"][name])
    assert answer["net_usd"] == pytest.approx(answer["totals"]["value_usd"] + 1_500_000)
    code, out, err = run("book", "book.csv", *ASOF)
    assert code == 3 and "unknown" in out and "no chain of IWM" in " ".join(out.split())


def test_a_book_with_an_unknown_line_does_not_end_with_0(run, example, tmp_path):
    (tmp_path / "u.csv").write_text(BOOK + "ZZZ,5\n")
    words = ("book", "u.csv", "--chain", str(example), "--rate", "0.036", "--dividends", "0.011")
    code, out, err = run(*words)
    assert code == 3 and out.startswith("UNKNOWN  1 of 3 lines") and "--allow-unknown" in err
    code, out, _ = run(*words, "--format", "json", "--allow-unknown")
    answer = json.loads(out)
    assert code == 0 and answer["unknown_lines"] == 1 and answer["net_usd"] is None
    known = sum(line["value_usd"] for line in answer["lines"] if line["problem"] is None)
    assert answer["known_usd"] == pytest.approx(answer["cash_usd"] + known)


def test_replay_without_files_is_usage(run, example):
    code, _, err = run("scenario", "--book", "book.csv", "--chain", example, "--replay", "2022")
    assert code == 2 and "--vol-index" in err


def test_allocate_from_a_book(run, example):
    code, out, _ = run("allocate", "--age", 55, "--book", "book.csv", "--chain", example, *ASOF, "--format", "json")
    answer = json.loads(out)
    assert code == 0 and answer["held"] == 1700
    assert answer["shares"] == min(answer["shares_high"], answer["shares_budget"])
    code, out, _ = run("allocate", "--age", 55, "--book", "book.csv", "--chain", example, *ASOF)
    assert max(map(len, out.splitlines())) <= 80


def test_a_replay_that_outlasts_the_puts_says_so(run, example, tmp_path):
    prices = example.parent / "IWM.csv"
    days = [line.split(",")[0] for line in prices.read_text().splitlines()[1:]]
    (tmp_path / "vix.csv").write_text("DATE,CLOSE\n" + "".join(f"{day},20\n" for day in days))
    words = ("scenario", "--book", "book.csv", "--chain", example, "--prices", prices, "--vol-index", "vix.csv")
    for window, told in (("2022", True), ("2024-08", False)):
        code, out, err = run(*words, "--replay", window, "--format", "json")
        assert code == 0, err
        notes = {note["slug"]: note["message"] for note in json.loads(out)["warnings"]}
        assert ("expired_in_replay" in notes) is told
        assert not told or "expire inside replay 2022, the first after 93 days" in notes["expired_in_replay"]

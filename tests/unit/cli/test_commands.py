"""The commands as a script meets them: output, messages, exit codes."""

import csv
import io
import json
import math
import os
import subprocess
import sys

import click
import pytest

import hedgekit as hk
from hedgekit.cli import COMMANDS, group
from hedgekit.cli.summaries import SUMMARIES

BY = "2027-01-15"


@pytest.fixture(scope="module")
def small(example, tmp_path_factory):
    """Every third strike of the last six expiries of the made chain: enough for parity to tell the rate, and read quickly."""
    content = json.loads(example.read_text())
    options = content["data"]["options"]
    kept = set(sorted({row["option"][3:9] for row in options})[-6:])
    strikes = {e: sorted({row["option"][-8:] for row in options if row["option"][3:9] == e})[::3] for e in kept}
    content["data"]["options"] = [
        row for row in options if row["option"][3:9] in kept and row["option"][-8:] in strikes[row["option"][3:9]]
    ]
    return write(tmp_path_factory.mktemp("small") / "small.json", json.dumps(content))


def test_hedge_json_is_remade_from_its_own_legs(run, example):
    code, out, _ = run("hedge", "--shares", 1750, "--chain", example, "--by", BY, "--floor", "0.9", "--min-cap", "1.1", "--format", "json")  # fmt: skip
    assert code == 0
    answer = json.loads(out)
    inputs, position = answer["inputs"], answer["position"]
    quotes = {row["option"]: row for row in json.loads(example.read_text())["data"]["options"]}
    assert position["value_usd"] == pytest.approx(1750 * inputs["spot"], abs=1e-6)
    for row in answer["candidates"]:
        legs = row["legs"]
        for leg in legs:
            quote = quotes[leg["symbol"]]
            assert leg["premium"] == (quote["ask"] if leg["contracts"] > 0 else quote["bid"])
        cost = sum(leg["contracts"] * 100 * leg["premium"] for leg in legs)
        cost += inputs["fee"] * sum(abs(leg["contracts"]) for leg in legs)
        assert row["cost_usd"] == pytest.approx(cost, abs=0.005)
        carried = cost * math.exp(inputs["rate"] * inputs["t_years"]) if cost > 0 else cost
        strikes = [float(leg["symbol"][-8:]) / 1000 for leg in legs]

        def wealth(spot, row=row, legs=legs, strikes=strikes, carried=carried):
            sold = row.get("shares_sold", 0)
            paid = sum(
                leg["contracts"] * 100 * max(0.0, (spot - k) if leg["symbol"][-9] == "C" else (k - spot))
                for leg, k in zip(legs, strikes, strict=True)
            )
            return (1750 - sold) * spot + sold * inputs["spot"] + paid - carried

        assert row["floor_usd"] == pytest.approx(min(wealth(s) for s in [0.0, *strikes, 10_000.0]), abs=0.005)
        if "stop_level" not in row:
            assert row["meets_goal"] == (row["floor_usd"] >= 0.9 * position["value_usd"] - 1e-6)


def test_hedge_table_fits_eighty_columns(run, example):
    code, out, _ = run("hedge", "--shares", 1700, "--chain", example, "--by", BY, "--floor", "0.9")
    assert code == 0
    assert max(map(len, out.splitlines())) <= 80
    assert "whatever happens" in out and "\x1b" not in out


def test_hedge_csv_has_a_row_a_candidate(run, example):
    _, out, _ = run("hedge", "--shares", 1700, "--chain", example, "--by", BY, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert {"put", "collar", "stop-loss"} <= {row["name"] for row in rows}
    assert float(rows[0]["cost_usd"]) > 0


def test_infeasible_floor_ends_with_4_and_names_the_nearest(run, example):
    code, out, err = run("hedge", "--shares", 1700, "--chain", example, "--by", BY, "--floor", "0.9999")
    assert code == 4
    assert "nearest feasible floor" in err
    assert "fails" in out


def test_no_expiry_asked_for_lists_them(run, example):
    code, _, err = run("hedge", "--shares", 1700, "--chain", example)
    assert code == 2 and "--by DATE" in err and "open expiries" in err


def test_output_replaces_the_file_whole(run, example, tmp_path):
    target = tmp_path / "hedge.json"
    target.write_text("old")
    code, out, _ = run("hedge", "--shares", 100, "--chain", example, "--by", BY, "--format", "json", "--output", target)
    assert code == 0 and out == ""
    assert json.loads(target.read_text())["schema"] == "hedgekit.hedge/1"
    assert [path.name for path in tmp_path.iterdir()] == ["hedge.json"]


def test_a_folder_that_is_not_there_leaves_nothing(run, example, tmp_path):
    code, _, err = run("hedge", "--shares", 100, "--chain", example, "--by", BY, "--output", tmp_path / "no" / "x.json")
    assert code == 5 and "No such file" in err


def write(path, content):
    path.write_bytes(content) if isinstance(content, bytes) else path.write_text(content)
    return path


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("truncated.json", '{"timestamp": "2026-06-17 20:32:30", "data": {"symbol": "IWM", "options": [{"option":'),
        ("page.html", "<!DOCTYPE html><html><body>Access denied</body></html>"),
        ("empty.json", ""),
        ("binary.bin", bytes(range(256))),
        ("list.json", "[1, 2, 3]"),
        ("columns.json", '{"timestamp": "2026-06-17 20:32:30", "data": {"symbol": "IWM", "current_price": 290, "options": [{"option": "IWM260918P00270000"}]}}'),
    ],
)  # fmt: skip
def test_wrong_files_end_with_3_and_a_sentence(run, tmp_path, name, content):
    path = write(tmp_path / name, content)
    code, out, err = run("hedge", "--shares", 100, "--chain", path, "--by", BY)
    assert code == 3
    assert out == "" and name in err and "Traceback" not in err


def test_a_missing_file_is_a_data_error(run):
    code, _, err = run("chain", "nowhere.json")
    assert code == 3 and "nowhere.json" in err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["hegde"], "Did you mean 'hedge'"),
        (["hedge", "--shres", "1"], "--shares"),
        (["hedge", "--shares", "many"], "many"),
        (["hedge", "--shares", "1", "--chain", "x", "--by", "2026-13-01"], "YYYY-MM-DD"),
        (["price", "IWM260918Q00270000", "--spot", "1", "--vol", "1", "--rate", "0"], "IWM260918Q00270000"),
        (["price", "--spot", "1"], "name the contract"),
        (["price", "IWM301220P00270000", "--spot", "1", "--rate", "0"], "--vol"),
        (["price", "IWM301220P00270000", "--vol", "1", "--rate", "0"], "--spot"),
        (["price", "IWM301220P00270000", "--vol", "1", "--spot", "1"], "--rate"),
        (["price", "IWM200117P00270000", "--vol", "1", "--spot", "1", "--rate", "0"], "past"),
    ],
)
def test_usage_errors_end_with_2(run, words, message):
    code, out, err = run(*words)
    assert code == 2 and message in err and out == ""


def test_price_without_a_chain(run):
    code, out, _ = run("price", "--kind", "put", "--strike", 200, "--t-years", 91 / 365, "--spot", 220, "--vol", 0.26, "--rate", 0.043, "--dividends", 0.012, "--format", "json")  # fmt: skip
    answer = json.loads(out)
    assert code == 0
    # QuantLib 1.44, spectral collocation: 3.31343
    assert answer["price"] == pytest.approx(3.31343, abs=5e-6)
    assert answer["schema"] == "hedgekit.price/1" and set(answer) >= {"price", "greeks", "vol", "status"}


def test_iv_returns_the_vol_of_the_price(run):
    _, out, _ = run("iv", "--kind", "put", "--strike", 200, "--t-years", 0.25, "--spot", 220, "--premium", 3.5, "--rate", 0.043, "--format", "json")  # fmt: skip
    vol = json.loads(out)["vol"]
    _, out, _ = run("price", "--kind", "put", "--strike", 200, "--t-years", 0.25, "--spot", 220, "--vol", vol, "--rate", 0.043, "--format", "json")  # fmt: skip
    assert json.loads(out)["price"] == pytest.approx(3.5, abs=1e-9)


def test_a_premium_without_a_vol_ends_with_4(run):
    code, out, err = run("iv", "--kind", "put", "--strike", 300, "--t-years", 0.25, "--spot", 220, "--premium", 80, "--rate", 0.043)  # fmt: skip
    assert code == 4 and out == "" and "every vol up to" in err
    code, _, err = run("iv", "--kind", "put", "--strike", 300, "--t-years", 0.25, "--spot", 220, "--premium", 79, "--rate", 0.043)  # fmt: skip
    assert code == 4 and "between 80 and 300" in err


def test_a_script_reads_why_there_is_no_vol(run):
    code, out, err = run("iv", "--kind", "put", "--strike", 300, "--t-years", 0.25, "--spot", 220, "--premium", 80, "--rate", 0.043, "--format", "json")  # fmt: skip
    answer = json.loads(out)
    assert code == 4 and err
    assert answer["status"] == "NOT_IDENTIFIED" and answer["vol"] is None and 0.1 < answer["upper"] < 1.0


def test_cash_dividends_come_from_a_file(run, tmp_path):
    path = write(tmp_path / "dividends.csv", "date,amount\n2026-10-01,0.75\n")
    common = ["price", "IWM261120C00240000", "--spot", 248, "--vol", 0.2, "--rate", 0.04, "--asof", "2026-09-01T16:00", "--format", "json"]  # fmt: skip
    with_cash = json.loads(run(*common, "--dividends", path)[1])
    without = json.loads(run(*common)[1])
    assert "1 cash dividend " in with_cash["inputs"]["dividends_source"]
    assert 0.2 < without["price"] - with_cash["price"] < 0.75


def test_chain_json_holds_every_quote(run, small):
    code, out, _ = run("chain", small, "--format", "json", "--quiet")
    answer = json.loads(out)
    assert code == 0
    assert len(answer["quotes"]) == len(json.loads(small.read_text())["data"]["options"])
    assert {"symbol", "kind", "strike", "expiry", "bid", "ask", "iv_bid", "iv_mid", "iv_ask", "delta", "flags"} <= set(answer["quotes"][0])  # fmt: skip
    for row in answer["quotes"]:
        if row["iv_bid"] is not None and row["iv_ask"] is not None:
            assert row["iv_bid"] <= row["iv_mid"] <= row["iv_ask"]


def test_chain_near_shows_the_money(run, example):
    code, out, _ = run("chain", example, "--expiry", BY, "--near", 3)
    assert code == 0 and max(map(len, out.splitlines())) <= 80
    assert sum(line.startswith("27-01-15") for line in out.splitlines()) == 12


def test_doctor_is_sound(run):
    code, out, _ = run("doctor", "--format", "json")
    answer = json.loads(out)
    assert code == 0 and answer["sound"]
    assert any(check["name"] == "vollib implied vol" and check["ok"] for check in answer["checks"])


def test_defaults_come_from_a_file_and_flags_win(run, example, tmp_path):
    write(tmp_path / "hedgekit.toml", "[hedge]\nfee = 1.25\nby = '2027-01-15'\n")
    answer = json.loads(run("hedge", "--shares", 100, "--chain", example, "--format", "json")[1])
    assert answer["inputs"]["fee"] == 1.25
    answer = json.loads(run("hedge", "--shares", 100, "--chain", example, "--format", "json", "--fee", 0)[1])
    assert answer["inputs"]["fee"] == 0


def test_an_unknown_key_in_a_file_is_an_error_with_a_suggestion(run, example, tmp_path):
    write(tmp_path / "hedgekit.toml", "[hedge]\nfees = 1.25\n")
    code, _, err = run("hedge", "--shares", 100, "--chain", example)
    assert code == 3 and "did you mean 'fee'" in err


def test_config_show_says_where_each_value_comes_from(run, tmp_path, monkeypatch):
    write(tmp_path / "hedgekit.toml", "[hedge]\nfee = 1.25\nformat = 'csv'\n[config.show]\nformat = 'json'\n")
    other = write(tmp_path / "other.toml", "[hedge]\nfee = 2\n")
    monkeypatch.setenv("HEDGEKIT_HEDGE_FLOOR", "0.8")

    def shown(*words: object) -> dict[str, tuple[object, str]]:
        rows = json.loads(run("config", "show", *words, "--format", "json")[1])["settings"]
        return {f"{row['command']} {row['option']}": (row["value"], row["source"]) for row in rows}

    assert (
        shown().items()
        >= {
            "hedge floor": ("0.8", "environment HEDGEKIT_HEDGE_FLOOR"),
            "hedge fee": (1.25, "hedgekit.toml"),
            "hedge format": ("csv", "hedgekit.toml"),
            "hedge stop fee": (1.25, "hedgekit.toml"),
            "config show format": ("json", "hedgekit.toml"),
        }.items()
    )
    assert shown("--config", other)["hedge fee"] == (2, str(other))
    assert shown("hedge")["hedge max_legs"] == (3, "default")


def test_the_form_of_the_answer_can_be_configured(run, monkeypatch):
    monkeypatch.setenv("HEDGEKIT_CONFIG_SHOW_FORMAT", "json")
    assert json.loads(run("config", "show")[1])["schema"] == "hedgekit.config/1"


def test_config_show_of_no_command_is_a_usage_error(run):
    code, _, err = run("config", "show", "hegde")
    assert code == 2 and "Did you mean 'hedge'" in err


def test_an_unsound_installation_ends_with_5(run, monkeypatch):
    from hedgekit import crosscheck

    monkeypatch.setattr(crosscheck, "PRICE_LIMIT", -1.0)
    code, out, _ = run("doctor")
    assert code == 5 and "NOT SOUND" in out and "FAILS" in out


@pytest.mark.parametrize(("line", "message"), [("[hegde]\nfee = 1", "did you mean [hedge]"), ("fee = 1", "table of a command"), ("[hedge]\nfee = [1]", "expected one value")])  # fmt: skip
def test_a_mistaken_configuration_is_named(run, example, tmp_path, line, message):
    write(tmp_path / "hedgekit.toml", line)
    code, _, err = run("hedge", "--shares", 100, "--chain", example, "--by", BY)
    assert code in (2, 3) and message in err


def test_the_chain_can_be_configured(run, example, tmp_path):
    write(tmp_path / "hedgekit.toml", f"[hedge]\nchain = '{example}'\nby = '2027-01-15'\n")
    assert run("hedge", "--shares", 100, "--quiet")[0] == 0


def test_a_contract_quoted_twice_otherwise_is_not_traded_on(run, example, tmp_path):
    document = json.loads(example.read_text())
    options = document["data"]["options"]
    row = next(row for row in options if row["option"] == "IWM270115P00230000")
    options.insert(0, {**row, "bid": 3.0, "ask": 3.1})
    path = write(tmp_path / "twice.json", json.dumps(document))
    answer = json.loads(run("hedge", "--shares", 1700, "--chain", path, "--by", BY, "--format", "json", "--quiet")[1])
    legs = [leg["symbol"] for row in answer["candidates"] for leg in row["legs"]]
    assert "IWM270115P00230000" not in legs
    assert any("2 duplicate" in note["message"] for note in answer["warnings"])


def test_a_rate_in_the_wrong_unit_is_doubted(run, example):
    answer = json.loads(run("hedge", "--shares", 1700, "--chain", example, "--by", BY, "--format", "json", "--quiet", "--rate", 0.375)[1])  # fmt: skip
    assert "carry_odd" in [note["slug"] for note in answer["warnings"]]


def test_legs_are_limited_in_what_is_recommended(run, example):
    words = [
        "hedge",
        "--shares",
        1700,
        "--chain",
        example,
        "--by",
        BY,
        "--format",
        "json",
        "--quiet",
        "--min-cap",
        1.08,
    ]
    one = json.loads(run(*words, "--max-legs", 1)[1])
    assert one["recommended"] == "put" and one["optimum"]["cost_usd"] == next(r["cost_usd"] for r in one["candidates"] if r["name"] == "put")  # fmt: skip


def test_a_link_keeps_pointing_and_a_pipe_stays_a_pipe(run, tmp_path):
    (tmp_path / "real.json").write_text("old")
    (tmp_path / "link.json").symlink_to(tmp_path / "real.json")
    contract = "price IWM270115P00230000 --spot 248 --vol 0.25 --rate 0.036 --asof 2026-10-14 --format json --output"
    words = contract.split()
    assert run(*words, tmp_path / "link.json")[0] == 0
    assert (tmp_path / "link.json").is_symlink()
    assert json.loads((tmp_path / "real.json").read_text())["schema"] == "hedgekit.price/1"
    assert run(*words, "/dev/null")[0] == 0
    assert not os.path.isfile("/dev/null")  # noqa: PTH113
    code, _, err = run(*words, tmp_path)
    assert code == 5 and f"{tmp_path}: Is a directory" in err


def test_an_expiry_that_is_past_is_refused(run, example):
    code, _, err = run("hedge", "--shares", 100, "--chain", example, "--by", "2020-01-01")
    assert code == 2 and "before the quotes' own day" in err


def test_help_keeps_its_lines(run):
    _, out, _ = run("--help")
    assert "\\b" not in out and "\n  Exit codes: 0 done, 1 a risk check breached, 2 usage, 3 data,\n" in out


def test_help_lists_each_command_by_its_own_first_sentence():
    assert set(SUMMARIES) == set(COMMANDS)
    context = click.Context(group)
    for name, summary in SUMMARIES.items():
        words = " ".join(group.get_command(context, name).help.split())
        assert words.startswith(summary) and summary.endswith(".")


def test_help_imports_no_command_and_nothing_heavy():
    script = "import sys; sys.argv[1:] = ['--help']\nfrom hedgekit.cli import main\ntry: main()\nfinally: print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    loaded = done.stdout.splitlines()[-1].split()
    ours = {name for name in loaded if name.startswith("hedgekit")}
    assert ours == {"hedgekit", "hedgekit.cli", "hedgekit.cli.groups", "hedgekit.cli.summaries", "hedgekit.errors"}
    assert not {"numpy", "pandas", "scipy", "rich"} & set(loaded)


def test_a_closed_pipe_ends_quietly(small):
    script = (
        f"{sys.executable} -c 'from hedgekit.cli import main; main()' chain {small} --format json --quiet | head -c 10"
    )
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=False, env={**os.environ})
    assert done.stderr == "" and done.stdout
    command = [sys.executable, "-m", "hedgekit", "chain", str(small), "--format", "json", "--quiet"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_a_table_inside_a_groups_table_is_its_commands(run, tmp_path):
    write(tmp_path / "hedgekit.toml", "[config]\nquiet = true\n[config.show]\nformat = 'json'\n")
    code, _, err = run("config", "show")
    assert code == 3 and "[config] sets 'quiet'" in err
    write(tmp_path / "hedgekit.toml", "[config.show]\nformat = 'json'\n")
    assert json.loads(run("config", "show")[1])["settings"][0]["option"] == "format"
    write(tmp_path / "hedgekit.toml", "[hedge.fronteir]\nfee = 1\n")
    assert run("hedge", "--shares", 100, "--chain", "x.json")[0] == 3


def test_hedge_stop_shows_the_stop_beside_the_put(run, example):
    words = ["hedge", "stop", "--shares", 1700, "--chain", example, "--by", BY]
    code, out, _ = run(*words)
    assert code == 0 and max(map(len, out.splitlines())) <= 80 and "costs nothing now and promises nothing" in out
    answer = json.loads(run(*words, "--stop", "0.15", "--format", "json", "--quiet")[1])
    assert answer["stop"]["stop_pct"] == pytest.approx(15) and answer["put"]["legs"]
    code, _, err = run(*words, "--stop", "15..20")
    assert code == 2 and "write 15%" in err


def test_a_chain_as_csv_is_read_back_as_the_same_chain(run, small, tmp_path):
    target = tmp_path / "chain.csv"
    assert run("chain", small, "--format", "csv", "--output", target, "--quiet")[0] == 0
    before = json.loads(run("chain", small, "--format", "json", "--quiet")[1])
    after = json.loads(run("chain", target, "--format", "json", "--quiet")[1])
    for name in ("ticker", "spot", "asof", "total", "expiries", "defects"):
        assert after[name] == before[name]
    assert after["quotes"] == before["quotes"]


def test_a_chain_as_parquet_is_read_back_too(run, small, tmp_path):
    target = tmp_path / "chain.parquet"
    code, out, err = run("chain", small, "--format", "parquet", "--output", target)
    assert (code, out) == (0, "") and f"written: {target}" in err
    before = json.loads(run("chain", small, "--format", "json", "--quiet")[1])
    assert json.loads(run("chain", target, "--format", "json", "--quiet")[1])["quotes"] == before["quotes"]
    code, _, err = run("chain", small, "--format", "parquet")
    assert code == 2 and "give --output FILE" in err


def test_the_chain_says_its_summary_first(run, example):
    out = run("chain", example)[1].splitlines()
    assert out[0].startswith("IWM ")
    assert out[1].startswith("as of ") and "quotes" in out[1] and "open expiries" in out[1]
    assert out[2].startswith("put-call parity to ")
    assert out[3].startswith("time of the shares' last trade: ")
    assert out[4].startswith("median spread near the money $")
    assert max(map(len, out)) <= 80


def test_a_chain_of_several_underlyings_is_chosen_from(run, small, tmp_path):
    target = tmp_path / "two.csv"
    run("chain", small, "--format", "csv", "--output", target, "--quiet", "--near", 5)
    text = target.read_text()
    target.write_text(text + text.partition("\n")[2].replace("IWM", "SPY"))
    code, _, err = run("chain", target)
    assert code == 2 and "holds 2 underlyings (IWM, SPY): choose with --ticker" in err
    assert json.loads(run("chain", target, "--ticker", "SPY", "--format", "json", "--quiet")[1])["ticker"] == "SPY"


def test_the_underlying_is_chosen_wherever_a_chain_is_read(run, example, tmp_path):
    target = tmp_path / "two.csv"
    run("chain", example, "--expiry", BY, "--format", "csv", "--output", target, "--quiet")
    text = target.read_text()
    target.write_text(text + text.partition("\n")[2].replace("IWM", "SPY"))
    for words in (
        ["hedge", "--shares", 100, "--by", BY, "--chain", target],
        ["hedge", "frontier", "--shares", 100, "--by", BY, "--points", 2, "--chain", target],
        ["hedge", "stop", "--shares", 100, "--by", BY, "--draws", 200, "--chain", target],
        ["structure", "bull-put-spread", "--by", BY, "--chain", target],
        ["structure", "analyze", "--leg", "+1 SPY 2027-01-15 240 P", "--chain", target],
        ["price", "SPY 2027-01-15 240 P", "--chain", target],
        ["iv", "SPY 2027-01-15 240 P", "--chain", target],
    ):
        code, _, err = run(*words)
        assert code == 2 and "choose with --ticker" in err
        code, out, err = run(*words, "--ticker", "SPY", "--format", "json", "--quiet")
        assert code == 0, (words, err)
        assert json.loads(out)["inputs"].get("ticker", "SPY") == "SPY"


def test_a_certificate_remembers_the_underlying(run, example, tmp_path):
    target = tmp_path / "two.csv"
    run("chain", example, "--expiry", BY, "--format", "csv", "--output", target, "--quiet")
    text = target.read_text()
    target.write_text(text + text.partition("\n")[2].replace("IWM", "SPY"))
    words = ["hedge", "--shares", 100, "--by", BY, "--chain", target, "--ticker", "SPY", "--max-legs", 2]
    assert run(*words, "--certificate", "proof.json")[0] == 0
    assert run("hedge", "verify", "proof.json", "--chain", target)[0] == 0


def test_options_on_an_index_are_european(run, example, tmp_path):
    target = tmp_path / "rut.json"
    target.write_text(example.read_text().replace("IWM", "RUT"))
    answer = json.loads(run("hedge", "--shares", 1000, "--chain", target, "--by", BY, "--format", "json")[1])
    terms = answer["inputs"]
    assert terms["exercise"] == "european" and terms["engine"].startswith("European")
    assert "settled_in_cash" in [note["slug"] for note in answer["warnings"]]
    put = next(found for found in answer["candidates"] if found["name"] == "put")
    (leg,) = put["legs"]
    option = hk.Option.parse(leg["symbol"])
    quote = hk.load_chain(target).quote(option)
    place = ("put", terms["spot"], option.strike, terms["t_years"], terms["rate"], terms["div_yield"])
    vol = hk.implied_vol(quote.mid, *place, exercise="european")
    delta = 1000 + 100 * leg["contracts"] * hk.greeks(*place, vol, exercise="european").delta
    assert put["greeks"]["delta_shares"] == pytest.approx(delta, rel=1e-12)
    priced = json.loads(run("price", leg["symbol"], "--chain", target, "--format", "json", "--quiet")[1])
    assert priced["inputs"]["exercise"] == "european" and priced["vol"] == pytest.approx(vol, rel=1e-12)
    told = json.loads(run("surface", target, "--format", "json", "--quiet")[1])
    assert told["inputs"]["exercise"] == "european"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--floor", "1.2"], "up to 1\n"),
        (["--shares", "0"], "to 10,000,000\n"),
        (["--time-limit", "nan"], "expected seconds, 0 or more"),
        (["--time-limit", "-1"], "expected seconds, 0 or more"),
        (["--spot", "1"], "far from every strike"),
        (["--spot", "1e9"], "far from every strike"),
    ],
)
def test_slips_are_named_for_what_they_are(run, example, words, message):
    code, out, err = run("hedge", "--shares", 100, "--chain", example, "--by", BY, *words)
    assert code == 2 and out == "" and message in err


def test_a_floor_down_to_a_level_is_not_the_floor(run, example):
    words = ["--shares", 1700, "--chain", example, "--by", BY, "--until", "0.8", "--format", "json", "--quiet"]
    answer = json.loads(run("hedge", *words)[1])
    best, shown = answer["optimum"], answer["candidates"][0]
    assert [leg["symbol"] for leg in best["legs"]] == [leg["symbol"] for leg in shown["legs"]]
    for name in ("floor_usd", "floor_pct", "floor_until_usd"):
        assert best[name] == pytest.approx(shown.get(name), rel=1e-12)
    assert best["floor_usd"] < 0.9 * answer["position"]["value_usd"] <= best["floor_until_usd"]
    (point,) = json.loads(run("hedge", "frontier", *words, "--floors", "0.9:0.9", "--points", 1)[1])["points"][:1]
    assert point["floor_pct"] < 90.0 <= point["floor_until_pct"]


def test_a_remark_in_a_table_is_skipped(run, example, tmp_path):
    (tmp_path / "holdings.csv").write_text("# what I own\nticker,shares,price,beta\nIWM,1000,248.12,1.0\n")
    assert run("hedge", "--holdings", "holdings.csv", "--chain", example, "--by", BY)[0] == 0


def test_a_vol_in_percent_is_doubted(run):
    words = ["--kind", "put", "--strike", 270, "--t-years", 0.25, "--spot", 290, "--rate", 0.0375]
    code, out, err = run("price", *words, "--vol", 20)
    assert code == 2 and out == "" and "20% is written 0.20" in err


def test_a_value_of_a_file_that_its_option_cannot_take_names_the_file(run, example, tmp_path):
    path = tmp_path / "desk.toml"
    write(path, '[hedge]\nfee = "much"\n')
    code, _, err = run("hedge", "--shares", "1", "--chain", str(example), "--config", str(path))
    assert code == 3
    assert "desk.toml: [hedge] fee: 'much'" in err


def test_a_table_of_a_group_is_told_where_its_options_belong(run, tmp_path):
    path = tmp_path / "desk.toml"
    write(path, '[pair]\nshort = "SPY"\n')
    code, _, err = run("pair", "ratio", "x.csv", "--config", str(path))
    assert code == 3
    assert "write [pair.ratio]" in err


def test_a_variable_that_nothing_reads_is_named(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HEDGEKIT_HEDGE_FEA", "1")
    monkeypatch.setenv("HEDGEKIT_THREADS", "1")
    shown = json.loads(run("config", "show", "--format", "json")[1])
    assert [note["message"] for note in shown["warnings"]] == [
        "HEDGEKIT_HEDGE_FEA is set and nothing reads it: did you mean HEDGEKIT_HEDGE_FEE?"
    ]


def test_flags_win_over_variables_over_the_projects_file_over_the_users(run, example, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "user"))
    (tmp_path / "user" / "hedgekit").mkdir(parents=True)

    def rate(*flags: str) -> float:
        words = ("price", "IWM270115P00230000", "--chain", str(example), "--format", "json", "--quiet", *flags)
        return json.loads(run(*words)[1])["inputs"]["rate"]

    write(tmp_path / "user" / "hedgekit" / "config.toml", "[price]\nrate = 0.01\n")
    assert rate() == 0.01
    write(tmp_path / "hedgekit.toml", "[price]\nrate = 0.02\n")
    assert rate() == 0.02
    monkeypatch.setenv("HEDGEKIT_PRICE_RATE", "0.03")
    assert rate() == 0.03
    assert rate("--rate", "0.04") == 0.04


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        (("--floor", "90%"), ("--floor", "0.9")),
        (("--budget", "1.5%"), ("--budget", "0.015")),
        (("--floor", "0.85", "--min-cap", "110%"), ("--floor", "0.85", "--min-cap", "1.1")),
    ],
)
def test_numbers_are_read_as_people_write_them(run, small, typed, plain):
    _, shown, _ = run("hedge", "--shares", "1,700", "--chain", small, "--by", BY, *typed)
    _, expected, _ = run("hedge", "--shares", "1700", "--chain", small, "--by", BY, *plain)
    assert shown == expected != ""


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--floor", "0,90", "'0,90' is not a number: write it like 0.9, 90% or 1700"),
        ("--fee", "1,70", "'1,70' is not a number"),
        ("--shares", "17.5", "'17.5' is not a whole number: write it like 1700"),
    ],
)
def test_what_is_no_number_is_told_how_to_be_one(run, small, option, value, said):
    code, _, err = run("hedge", "--chain", small, "--by", BY, option, value)
    assert code == 2 and said in err


def test_a_contract_of_another_ticker_is_not_answered_with_a_strike(run, small):
    code, _, err = run("price", "SPY270115P00240000", "--chain", small)
    assert code == 2 and "it holds options of IWM" in err


def test_a_web_page_saved_as_a_book_is_named_as_one(run, tmp_path):
    (tmp_path / "book.csv").write_text("<!DOCTYPE html><html><body>403</body></html>")
    code, _, err = run("book", "book.csv")
    assert code == 3 and "a web page or XML, not positions" in err


@pytest.mark.parametrize(("budget", "doubted"), [("0.9", True), ("0.009", False)])
def test_a_budget_that_may_be_a_percent_number_is_doubted(run, small, budget, doubted):
    _, out, _ = run("hedge", "--shares", "1700", "--chain", small, "--by", BY, "--budget", budget, "--format", "json")
    notes = {note["slug"]: note["message"] for note in json.loads(out)["warnings"]}
    assert ("large_budget" in notes) is doubted
    assert not doubted or notes["large_budget"] == "the budget is 90% of the position: 0.9% of it is written 0.9%"


def test_the_vol_at_the_forward_lies_between_those_of_the_strikes_around_it(run, small):
    _, out, _ = run("chain", small, "--format", "json")
    answer = json.loads(out)
    for row in answer["expiries"]:
        quotes = [q for q in answer["quotes"] if q["expiry"] == row["expiry"] and q["iv_mid"] is not None]
        low = max(
            (q for q in quotes if q["kind"] == "put" and q["strike"] <= row["forward"]), key=lambda q: q["strike"]
        )
        high = min(
            (q for q in quotes if q["kind"] == "call" and q["strike"] >= row["forward"]), key=lambda q: q["strike"]
        )
        part = (row["forward"] - low["strike"]) / (high["strike"] - low["strike"])
        assert row["atm_vol"] == pytest.approx(low["iv_mid"] + part * (high["iv_mid"] - low["iv_mid"]), rel=1e-12)

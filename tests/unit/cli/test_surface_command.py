"""``hedgekit surface`` as a script and a trader meet it."""

import csv
import io
import json


def test_json_has_slices_arbitrage_and_quantiles(run, example):
    code, out, _ = run("surface", example, "--format", "json")
    answer = json.loads(out)
    assert code == 0
    assert answer["schema"] == "hedgekit.surface/1"
    assert len(answer["slices"]) == len(answer["quantiles"]) == 29
    assert answer["inside_pct"] >= 95.0
    assert answer["arbitrage"]["fit"]["butterflies"] == answer["arbitrage"]["fit"]["calendars"] == 0
    for row, spots in zip(answer["slices"], answer["quantiles"], strict=True):
        assert row["method"] == "mixture"
        assert spots["mean"] == row["forward"]
        levels = [spots[name] for name in ("p01", "p05", "p10", "p25", "p50", "p75", "p90", "p95", "p99")]
        assert levels == sorted(levels)
    inside = sum(1 for row in answer["quotes"] if row["liquid"] and row["inside"])
    assert inside == sum(row["inside"] for row in answer["slices"])
    for row in answer["quotes"]:
        if row["inside"] and row["iv_bid"] is not None and row["iv_ask"] is not None:
            # the fit is compared in prices: vols agree to their solver's 1e-9
            assert row["iv_bid"] - 1e-7 <= row["iv_fit"] <= row["iv_ask"] + 1e-7


def test_one_expiry_is_shown_strike_by_strike(run, example):
    code, out, _ = run("surface", example, "--expiry", "2027-01-15")
    assert code == 0
    assert "no butterfly or calendar arbitrage" in out
    assert "iv bid" in out and "chance of a spot beyond" in out
    assert max(map(len, out.splitlines())) <= 80


def test_the_whole_table_fits_and_says_what_it_rests_on(run, example):
    code, out, _ = run("surface", example)
    assert code == 0
    assert max(map(len, out.splitlines())) <= 80
    assert "of 2,519 liquid quotes hold the fitted vol" in out
    assert "the pricing measure's, not a forecast" in " ".join(out.split())


def test_csv_has_one_row_a_quote(run, example):
    code, out, _ = run("surface", example, "--expiry", "2027-01-15", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert code == 0
    assert {row["expiry"] for row in rows} == {"2027-01-15"}
    assert all(0.05 < float(row["iv_fit"]) < 2.0 for row in rows)


def test_an_expiry_that_is_not_listed_is_named(run, example):
    code, _, err = run("surface", example, "--expiry", "2027-01-16")
    assert code == 2
    assert "no smile for 2027-01-16" in err and "2027-01-15" in err


def test_a_missing_file_and_a_bad_rate_are_sentences(run, example):
    code, _, err = run("surface", "nowhere.json")
    assert code == 3 and "no such file" in err
    code, _, err = run("surface", example, "--rate", "abc")
    assert code in (2, 3) and "abc" in err

"""Price files in every layout, clean and dirty: what is read, what is noted, what is refused."""

import gzip
import json
import zipfile

import numpy as np
import pytest

import hedgekit as hk
from hedgekit.errors import DataError, HedgekitError, InputError
from hedgekit.market.prices import LAYOUTS

SESSIONS = np.arange("2023-01-02", "2024-06-01", dtype="M8[D]")
SESSIONS = SESSIONS[np.is_busday(SESSIONS)]


def made(n=300, start=100.0, seed=1):
    """Closes in whole cents."""
    dice = np.random.default_rng(seed)
    return np.round(start * np.exp(np.cumsum(0.01 * dice.standard_normal(n))), 2)


def sessions(n=300):
    from hedgekit.market.prices.judged import nyse_sessions

    days = nyse_sessions()
    return days[np.searchsorted(days, np.datetime64("2023-01-03")) :][:n]


def write(path, rows, header="Date,Close"):
    path.write_text("\n".join([header, *(",".join(map(str, row)) for row in rows)]) + "\n")
    return path


def slugs(prices):
    return {note.slug for note in prices.notes}


@pytest.fixture
def plain_file(tmp_path):
    return write(tmp_path / "AAA.csv", zip(sessions(), made(), made() * 0.9, strict=True), "Date,Close,Adj Close")


def test_one_ticker_named_by_its_file(plain_file):
    prices = hk.load_prices(plain_file)
    assert prices.tickers == ("AAA",) and len(prices) == 300
    np.testing.assert_array_equal(prices.close[:, 0], made())
    np.testing.assert_array_equal(prices.total_return[:, 0], made() * 0.9)
    assert not prices.notes


def test_a_file_can_be_named(plain_file):
    assert hk.load_prices(f"BBB={plain_file}").tickers == ("BBB",)


def test_newest_first_and_numbered_names_read_alike(tmp_path):
    rows = list(zip(sessions(), made(), strict=True))
    write(tmp_path / "AAA.csv", rows[::-1], "timestamp,4. close")
    prices = hk.load_prices(tmp_path)
    np.testing.assert_array_equal(prices.close[:, 0], made())
    assert slugs(prices) == {"no_dividends"}


@pytest.mark.parametrize(
    "stamp",
    ["{} 00:00:00", "{}T00:00:00+00:00", "{} 05:00:00+00:00", "{} 16:00:00-05:00", "{}T21:00:00Z"],
)
def test_times_with_zones_are_days_of_new_york(tmp_path, stamp):
    write(tmp_path / "AAA.csv", [(stamp.format(day), price) for day, price in zip(sessions(), made(), strict=True)])
    np.testing.assert_array_equal(hk.load_prices(tmp_path).dates, sessions())


@pytest.mark.parametrize("form", ["%m/%d/%Y", "%d/%m/%Y", "%Y%m%d", "%d-%b-%Y"])
def test_days_in_other_forms(tmp_path, form):
    days = [day.strftime(form) for day in sessions().tolist()]
    write(tmp_path / "AAA.csv", zip(days, made(), strict=True))
    np.testing.assert_array_equal(hk.load_prices(tmp_path).dates, sessions())


def test_dollar_signs_thousands_and_suffixes(tmp_path):
    path = tmp_path / "AAA.csv"
    path.write_text('Date,Close/Last,Volume\n01/04/2023,"$1,201.37",1.5M\n01/03/2023,$999.50,900K\n')
    prices = hk.load_prices(path)
    assert prices.close[:, 0].tolist() == [999.5, 1201.37]
    assert prices.volume[:, 0].tolist() == [900e3, 1.5e6]


def wide_rows():
    return list(zip(sessions(), made(), made(seed=2), strict=True))


def test_wide_csv_keeps_the_asked_order(tmp_path):
    path = write(tmp_path / "wide.csv", wide_rows(), "Date,AAA,BBB")
    prices = hk.load_prices(path, tickers=("bbb", "AAA"))
    assert prices.tickers == ("BBB", "AAA")
    np.testing.assert_array_equal(prices.close[:, 0], made(seed=2))


def test_wide_gzip_called_adjusted_is_total_return(tmp_path):
    path = tmp_path / "adjclose.csv.gz"
    path.write_bytes(gzip.compress(write(tmp_path / "w.csv", wide_rows(), "Date,AAA,BBB").read_bytes()))
    prices = hk.load_prices(path)
    np.testing.assert_array_equal(prices.total_return[:, 0], made())
    assert prices.last_close("AAA") == made()[-1] and np.isfinite(prices.close[:, 0]).sum() == 1
    assert "only_adjusted" in slugs(prices)


def test_a_close_that_is_no_whole_cent_is_adjusted(tmp_path):
    prices = hk.load_prices(write(tmp_path / "AAA.csv", zip(sessions(), made() * 0.98765432, strict=True)))
    assert "close_is_adjusted" in slugs(prices)
    assert np.isfinite(prices.total_return).all()


def test_wide_parquet_and_stacked_parquet(tmp_path):
    import pandas as pd

    frame = pd.DataFrame({"AAA": made(), "BBB": made(seed=2)}, index=pd.DatetimeIndex(sessions(), name="Date"))
    frame.to_parquet(tmp_path / "wide.parquet")
    prices = hk.load_prices(tmp_path / "wide.parquet")
    np.testing.assert_array_equal(prices.close, frame.to_numpy())
    stacked = frame.stack().rename("close").rename_axis(["date", "ticker"]).reset_index()
    stacked.to_parquet(tmp_path / "stacked.parquet")
    again = hk.load_prices(tmp_path / "stacked.parquet")
    assert again.tickers == ("AAA", "BBB")
    np.testing.assert_array_equal(again.close, prices.close)


@pytest.mark.parametrize("first", ["Price", "Ticker"])
def test_yfinance_header(tmp_path, first):
    fields, tickers = "Close,Close,Adj Close,Adj Close", "AAA,BBB,AAA,BBB"
    head = [f"Price,{fields}", f"Ticker,{tickers}"] if first == "Price" else [f"Ticker,{tickers}", f"Price,{fields}"]
    rows = [f"{day},{a},{b},{a * 0.9},{b * 0.8}" for day, a, b in wide_rows()]
    path = tmp_path / "download.csv"
    path.write_text("\n".join([*head, "Date,,,,", *rows]))
    prices = hk.load_prices(path)
    assert prices.tickers == ("AAA", "BBB")
    np.testing.assert_array_equal(prices.close[:, 1], made(seed=2))
    np.testing.assert_allclose(prices.total_return[:, 1], made(seed=2) * 0.8, rtol=1e-12)


def test_bars_json_and_chart_json(tmp_path):
    stamps = [int(day.astype("M8[s]").astype(int)) + 52_200 for day in sessions()]
    rows = [{"t": t * 1000, "c": c, "ac": c * 0.9} for t, c in zip(stamps, made().tolist(), strict=True)]
    (tmp_path / "a.json").write_text(json.dumps({"sym": "AAA", "rows": rows}))
    quote = {"indicators": {"quote": [{"close": made().tolist()}], "adjclose": [{"adjclose": (made() * 0.9).tolist()}]}}
    chart = {"chart": {"result": [{"meta": {"symbol": "BBB"}, "timestamp": stamps, **quote}]}}
    (tmp_path / "b.json").write_text(json.dumps(chart))
    prices = hk.load_prices(tmp_path)
    assert prices.tickers == ("AAA", "BBB")
    np.testing.assert_array_equal(prices.dates, sessions())
    np.testing.assert_array_equal(prices.close[:, 0], prices.close[:, 1])
    np.testing.assert_allclose(prices.total_return[:, 0], made() * 0.9, rtol=1e-15)


def test_alpha_vantage_json_newest_first(tmp_path):
    bars = {str(day): {"1. open": f"{p}", "4. close": f"{p}"} for day, p in zip(sessions(), made(), strict=True)}
    document = {"Meta Data": {"2. Symbol": "AAA"}, "Time Series (Daily)": dict(reversed(bars.items()))}
    (tmp_path / "x.json").write_text(json.dumps(document))
    prices = hk.load_prices(tmp_path / "x.json")
    assert prices.tickers == ("AAA",)
    np.testing.assert_array_equal(prices.close[:, 0], made())


def test_tradier_json(tmp_path):
    bars = [
        {"date": str(day), "open": c, "high": c, "low": c, "close": c, "volume": 9}
        for day, c in zip(sessions(), made(), strict=True)
    ]
    path = tmp_path / "AAA.json"
    path.write_text(json.dumps({"history": {"day": bars}}))
    np.testing.assert_array_equal(hk.load_prices(path).close[:, 0], made())


def test_stooq_header_in_angle_brackets_is_no_web_page(tmp_path):
    rows = [
        ("AAA.US", "D", str(day).replace("-", ""), "000000", *[c] * 4, 9, 0)
        for day, c in zip(sessions(), made(), strict=True)
    ]
    header = "<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>"
    prices = hk.load_prices(write(tmp_path / "aaa.us.txt", rows, header))
    assert prices.tickers == ("AAA",)
    np.testing.assert_array_equal(prices.close[:, 0], made())


def test_barchart_footer_is_no_row(tmp_path):
    rows = [(f"{day.item():%m/%d/%Y}", c, c, c, c, "+0.1%", 9) for day, c in zip(sessions(), made(), strict=True)][::-1]
    path = write(tmp_path / "AAA.csv", rows, "Time,Open,High,Low,Latest,%Change,Volume")
    path.write_text(path.read_text() + '"Downloaded from Barchart.com as of 03-08-2024 03:59pm CST"\n')
    np.testing.assert_array_equal(hk.load_prices(path).close[:, 0], made())


def test_lean_zip_with_its_factor_file(tmp_path):
    close, at = made(), 150
    raw = close.copy()
    raw[:at] *= 2
    days = [f"{str(day).replace('-', '')} 00:00" for day in sessions()]
    lines = "\n".join(
        f"{d},{p * 1e4:.0f},{p * 1e4:.0f},{p * 1e4:.0f},{p * 1e4:.0f},100" for d, p in zip(days, raw, strict=True)
    )
    with zipfile.ZipFile(tmp_path / "aaa.zip", "w") as archive:
        archive.writestr("aaa.csv", lines)
    last_before = str(sessions()[at - 1]).replace("-", "")
    (tmp_path / "factor_files").mkdir()
    (tmp_path / "factor_files" / "aaa.csv").write_text(f"{last_before},0.9,0.5,1\n20501231,1,1,0")
    prices = hk.load_prices(tmp_path)
    assert prices.tickers == ("AAA",)
    np.testing.assert_allclose(prices.close[:, 0], close, rtol=1e-6)
    np.testing.assert_allclose(prices.total_return[:at, 0], 0.9 * close[:at], rtol=1e-6)
    assert "split_applied" in slugs(prices)


@pytest.mark.parametrize("adjusted", [True, False])
@pytest.mark.parametrize("ratio", [2.0, 3.0, 0.1])
def test_a_split_that_is_not_in_the_close_is_applied_and_said(tmp_path, ratio, adjusted):
    close = made()
    raw = np.round(np.where(np.arange(300) < 120, close * ratio, close), 2)
    rows = zip(sessions(), raw, close, strict=True) if adjusted else zip(sessions(), raw, strict=True)
    prices = hk.load_prices(write(tmp_path / "AAA.csv", rows, "Date,Close,Adj Close" if adjusted else "Date,Close"))
    np.testing.assert_allclose(prices.close[:, 0], close, rtol=1e-3)  # raw prices are rounded to cents
    note = next(note for note in prices.notes if note.slug == "split_applied")
    assert str(sessions()[120]) in note.message


def test_a_crash_is_no_split(tmp_path):
    close = made()
    close[150:] = np.round(close[150:] * 0.43, 2)
    prices = hk.load_prices(write(tmp_path / "AAA.csv", zip(sessions(), close, strict=True)))
    np.testing.assert_array_equal(prices.close[:, 0], close)
    assert "large_moves" in slugs(prices)


def test_gaps_stale_rows_different_ends_and_holidays_are_said(tmp_path):
    close = made()
    close[50:58] = close[50]
    days = sessions()
    keep = np.r_[0:100, 140:300]
    write(tmp_path / "AAA.csv", [*zip(days[keep], close[keep], strict=True), ("2024-12-25", close[-1])])
    write(tmp_path / "BBB.csv", zip(days[:280], made(seed=2)[:280], strict=True))
    found = slugs(hk.load_prices(tmp_path))
    assert {"gap", "stale_rows", "different_ends", "not_sessions"} <= found


def test_returns_over_a_gap_are_unknown(tmp_path):
    keep = np.r_[0:100, 140:300]
    prices = hk.load_prices(write(tmp_path / "AAA.csv", zip(sessions()[keep], made()[keep], strict=True)))
    assert np.flatnonzero(np.isnan(prices.log_returns()[:, 0])).tolist() == [99]


def test_dividends_make_a_total_return(tmp_path):
    close = np.array([100.0, 99.0, 101.0])
    rows = [("2023-01-03", 100.0, 0), ("2023-01-04", 99.0, 1.0), ("2023-01-05", 101.0, 0)]
    prices = hk.load_prices(write(tmp_path / "AAA.csv", rows, "Date,Close,Dividends"))
    np.testing.assert_array_equal(prices.close[:, 0], close)
    np.testing.assert_allclose(prices.log_returns()[:, 0], np.log([(99 + 1) / 100 / 1.0 * 1.0, 101 / 99]), rtol=1e-12)


def test_mixed_returns_are_said(tmp_path, plain_file):
    write(tmp_path / "BBB.csv", zip(sessions(), made(seed=2), strict=True))
    prices = hk.load_prices(tmp_path)
    assert {"mixed_returns", "no_dividends"} <= slugs(prices)
    assert np.isfinite(prices.log_returns()).all()


def test_until_since_select_and_weekly_returns(plain_file):
    prices = hk.load_prices(plain_file)
    early = prices.until(sessions()[99])
    assert len(early) == 100 and len(prices.since(sessions()[99])) == 201
    assert early.select(["aaa"]).tickers == ("AAA",)
    weekly = early.log_returns(every=5)
    assert weekly.shape == (19, 1)
    assert weekly[-1, 0] == pytest.approx(np.log(made()[99] / made()[94]), abs=1e-14)
    with pytest.raises(InputError, match="no prices in that time"):
        prices.until("1999-01-01")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Date,Close\n2023-01-03,100\n2023-01-04,abc\n", r"line 3: Close is 'abc', expected a number"),
        ("Date,Close\n2023-01-03,100\n2023-13-04,101\n", r"line 3: Date is '2023-13-04', expected a day"),
        ("Date,Close\n2023-01-03,100\n2023-01-04,-1\n", r"line 3: close is -1.0, expected a price above 0"),
        ("Date,Close\n2023-01-03,100\n2023-01-03,101\n", r"line 3: close is 101.0, expected 100 as on line 2"),
        ("Date,Close\n2023-01-03,100\n2023-01-04\n", r"line 3: 1 cells, the header has 2"),
        ("Date,Close\n2023-01-03,inf\n", r"line 2: Close is 'inf', expected a number"),
        ("Date,Close\n2023-01-03,\n", r"no price in it"),
        ("Date,Close\n", r"no rows below its header"),
        ("", r"the file is empty"),
        ("2023-01-03,100\n2023-01-04,101\n", r"no header line"),
        ("<html>", r"a web page"),
        ("name,value\nx,1\n", r"not prices in any known layout"),
        ("[1, 2]", r"not prices in any known layout"),
        ('{"rows": [', r"broken JSON at line 1"),
    ],
)  # fmt: skip
def test_bad_files_are_refused_with_the_place(tmp_path, text, message):
    path = tmp_path / "AAA.csv"
    path.write_text(text)
    with pytest.raises(DataError, match=message) as caught:
        hk.load_prices(path)
    assert "AAA.csv" in str(caught.value)


def test_wrong_requests(tmp_path, plain_file):
    with pytest.raises(InputError, match="no ticker ZZZ in the prices; they hold AAA"):
        hk.load_prices(plain_file, tickers=["ZZZ"])
    with pytest.raises(DataError, match="no such file"):
        hk.load_prices(tmp_path / "none.csv")
    with pytest.raises(DataError, match="again in"):
        hk.load_prices([plain_file, f"AAA={plain_file}"])
    with pytest.raises(InputError, match="expected the path"):
        hk.load_prices(3)
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="no price files in this folder"):
        hk.load_prices(tmp_path / "empty")


@pytest.mark.parametrize("data", [bytes(range(256)), b"PAR1junk", b"PK\x03\x04junk", b"\x1f\x8bjunk", b"a\0b"])
def test_junk_is_a_sentence(tmp_path, data):
    (tmp_path / "AAA.csv").write_bytes(data)
    with pytest.raises(DataError):
        hk.load_prices(tmp_path / "AAA.csv")


def test_mutated_files_end_in_prices_or_a_sentence(tmp_path):
    import random

    base = write(
        tmp_path / "base.csv", list(zip(sessions(40), made(40), made(40), strict=True)), "Date,Close,Adj Close"
    ).read_text()
    junk = ["", "x", "1e999", "-1", "0", "nan", ",", '"', "2023-01-03", "\u00e9", "10000000000000000000000", "Ticker"]
    for seed in range(150):
        dice = random.Random(seed)
        lines = base.splitlines()
        for _ in range(dice.randint(1, 3)):
            at = dice.randrange(len(lines))
            parts = lines[at].split(",")
            parts[dice.randrange(len(parts))] = dice.choice(junk)
            lines[at] = ",".join(parts)
        path = tmp_path / "AAA.csv"
        path.write_text("\n".join(lines[: dice.randint(1, len(lines))]), encoding="utf-8")
        try:
            message = str(len(hk.load_prices(path)))
        except HedgekitError as error:
            message = str(error)
        assert message and "\n" not in message


def test_every_layout_is_read_from_the_real_files(shared):
    folder = shared / "data" / "prices"
    one = hk.load_prices(folder / "yahoo_adj_2005_2026", tickers=("IWM", "SPY"))
    days = {
        "SPY": [("2008-11-20", 75.45), ("2024-12-31", 586.08)],
        "IWM": [("2020-03-18", 99.97), ("2021-11-08", 242.56)],
    }
    for name in ("yahoo_adj_2005_2026", "yahoo_unadj_long", "lean_raw"):
        prices = hk.load_prices(folder / name, tickers=("IWM", "SPY"))
        for ticker, known in days.items():
            for day, close in known:
                if np.datetime64(day) <= prices.dates[-1]:
                    row = np.searchsorted(prices.dates, np.datetime64(day))
                    assert prices.close[row, prices.column(ticker)] == pytest.approx(
                        close,
                        rel=0.01 if name == "lean_raw" else 1e-4,  # another tape
                    ), (name, day)
    # another vendor's raw prices with the split put in agree with Yahoo's within its known 1.2%
    raw = hk.load_prices(folder / "alphavantage_unsplit")
    both, a, b = np.intersect1d(raw.dates, one.dates, return_indices=True)
    assert np.abs(np.log(raw.close[a, 0] / one.close[b, 0])).max() < 0.0125
    assert "split_applied" in slugs(raw)
    wrong = hk.load_prices(folder / "alpaca_tz_gap")
    assert {"close_equals_adjusted", "gap"} <= slugs(wrong)
    assert "different_ends" in slugs(hk.load_prices(folder / "yahoo_raw_split_1990_2015"))
    assert hk.load_prices(folder / "yfinance_multiheader").close[0].tolist() == pytest.approx([147.13, 291.27])
    bars = hk.load_prices(folder / "yahoo_bars_json")
    assert str(bars.dates[-1]) == "2026-08-21" and np.isfinite(bars.total_return).all()
    wide = hk.load_prices(folder / "etf_adjclose_wide_2005_2026.csv.gz")
    assert len(wide.tickers) == 21 and "only_adjusted" in slugs(wide)
    assert "not_sessions" in slugs(hk.load_prices(folder / "index_VIX_1990_2026.csv"))


def test_registry_modules_offer_both_functions():
    import importlib

    for module in LAYOUTS.values():
        layout = importlib.import_module(module)
        assert callable(layout.recognises) and callable(layout.read)


def test_a_zip_that_lost_bytes_from_its_middle_is_refused(tmp_path):
    """Its directory then points before its beginning, which zipfile says with a ValueError."""
    path = tmp_path / "aaa.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("aaa.csv", "20200102 00:00,10000,10000,10000,10000,5\n" * 200)
    whole = path.read_bytes()
    path.write_bytes(whole[:40] + whole[240:])
    with pytest.raises(DataError, match=r"aaa\.zip: broken zip"):
        hk.load_prices(path)


@pytest.mark.parametrize(
    "form", ["%m/%d/%y", "%b-%d-%Y", "%a %b %d %Y", "%d.%m.%Y", "%B %d, %Y", "%Y-%m-%d 00:00:00+00:00"]
)
def test_days_in_any_form(tmp_path, form):
    days = [day.strftime(form) for day in sessions(40).astype(object)]
    rows = [(f'"{day}"', close) for day, close in zip(days, made(40), strict=True)]
    prices = hk.load_prices(write(tmp_path / "AAA.csv", rows))
    np.testing.assert_array_equal(prices.dates, sessions(40))


def test_days_with_points_are_day_first(tmp_path):
    rows = [("02.03.2023", 100.0), ("03.03.2023", 101.0), ("06.03.2023", 102.0)]
    prices = hk.load_prices(write(tmp_path / "AAA.csv", rows))
    assert prices.dates.astype(str).tolist() == ["2023-03-02", "2023-03-03", "2023-03-06"]


def test_decimal_commas_repeated_headers_and_remarks(tmp_path):
    lines = [
        f'"{day}";"{close:.2f}";"{1.5:.2f}M"'.replace(".", ",")
        for day, close in zip(sessions(40), made(40), strict=True)
    ]
    text = "\n".join(
        ["Date;Price;Vol.", *lines[:20], "Date;Price;Vol.", *lines[20:], "Downloaded from Example.com as of today"]
    )
    path = tmp_path / "AAA.csv"
    path.write_bytes(text.encode("utf-16"))
    prices = hk.load_prices(path)
    np.testing.assert_array_equal(prices.close[:, 0], made(40))
    np.testing.assert_array_equal(prices.volume[:, 0], 1.5e6)


def test_stooq_s_header_and_exchange(tmp_path):
    rows = [
        ("AAA.US", "D", str(day).replace("-", ""), "000000", close)
        for day, close in zip(sessions(40), made(40), strict=True)
    ]
    prices = hk.load_prices(write(tmp_path / "aaa.us.txt", rows, "<TICKER>,<PER>,<DATE>,<TIME>,<CLOSE>"))
    assert prices.tickers == ("AAA",)
    np.testing.assert_array_equal(prices.close[:, 0], made(40))


def test_a_workbook_is_no_archive_of_prices(tmp_path):
    path = tmp_path / "AAA.xlsx"
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("xl/workbook.xml", "<x/>")
    with pytest.raises(DataError, match="an Excel workbook: save its sheet as CSV"):
        hk.load_prices(path)

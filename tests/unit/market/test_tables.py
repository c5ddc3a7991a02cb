"""Tables of quotes as people keep them: any order, several days and underlyings, dates in many hands."""

import csv
import gzip
import io
import json
import random
import sys
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pytest

from hedgekit.errors import DataError, InputError
from hedgekit.market.moments import read_day, read_moment
from hedgekit.market.sources import load
from hedgekit.model import NEW_YORK, Flag

sys.path.insert(0, str(Path(__file__).parent))
from made_layouts import NEEDS_TICKER, all_layouts, as_bytes, csv_text, own, parquet_bytes, parts, vendor, yfinance

ASOF = datetime(2026, 6, 17, 16, 15, tzinfo=NEW_YORK)
TABLES = (
    *("yfinance frame (CSV, parquet)", "Yahoo web table (CSV)", "vendor end of day (CSV)"),
    *(
        "OptionsDX end of day (CSV)",
        "calls and puts side by side (CSV, parquet)",
        "hedgekit's own table (CSV, parquet)",
    ),
)


def slugs(chain):
    return [slug for slug, _ in chain.warnings]


def by_symbol(chain):
    return {symbol: (bid, ask) for symbol, bid, ask in zip(chain.symbol.tolist(), chain.bid, chain.ask, strict=True)}


def renamed(text, **names):
    head, _, body = text.partition("\n")
    return ",".join(names.get(name, name) for name in head.split(",")) + "\n" + body


@pytest.mark.parametrize("name", TABLES)
def test_neither_the_order_of_columns_nor_that_of_lines_matters(make_document, make_quotes, write, name):
    text = all_layouts(make_document(), make_quotes())[name]
    rows = list(csv.reader(io.StringIO(text)))
    dice = random.Random(2)
    order = dice.sample(range(len(rows[0])), len(rows[0]))
    body = rows[1:]
    dice.shuffle(body)
    other = csv_text([rows[0][at] for at in order], [[row[at] for at in order] for row in body])
    before, after = (load(write(one), ticker="IWM") for one in (text, other))
    assert by_symbol(after) == by_symbol(before)
    assert (after.spot, after.asof, after.warnings) == (before.spot, before.asof, before.warnings)


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_other_delimiters_are_read(make_quotes, write, delimiter):
    rows = list(csv.reader(io.StringIO(own(make_quotes()))))
    text = csv_text(rows[0], rows[1:], delimiter=delimiter)
    assert by_symbol(load(write(text))) == by_symbol(load(write(own(make_quotes()))))


def test_packed_files_are_read_as_they_are(make_document, make_quotes, write):
    for name, layout in all_layouts(make_document(), make_quotes()).items():
        if name in TABLES or "JSON" in name:
            plain, packed = as_bytes(layout), gzip.compress(as_bytes(layout), mtime=0)
            how = {"ticker": "IWM", "asof": "2026-06-17"}
            assert by_symbol(load(write(packed, "x.csv.gz"), **how)) == by_symbol(load(write(plain), **how))


def test_the_same_table_is_read_from_parquet_and_json(make_quotes, write):
    rows = list(csv.DictReader(io.StringIO(own(make_quotes()))))
    for row in rows:
        row |= {name: float(row[name]) for name in ("bid", "ask", "spot")}
    before = by_symbol(load(write(own(make_quotes()))))
    assert by_symbol(load(write(parquet_bytes(rows)))) == before
    assert by_symbol(load(write(json.dumps(rows)))) == before


def test_parts_tell_the_option_where_there_is_no_symbol(make_quotes, write):
    names = ("asof", "symbol", "spot", "expiry", "type", "strike", "bid", "ask")
    rows = [
        ["2026-06-17T16:15", "IWM", 290.0, f"{option.expiry:%m/%d/%Y}", option.kind, option.strike, q["bid"], q["ask"]]
        for option, q in parts(make_quotes())
    ]
    assert by_symbol(load(write(csv_text(names, rows)))) == by_symbol(load(write(own(make_quotes()))))


def test_several_underlyings_need_a_choice(make_quotes, write):
    text = own(make_quotes())
    other = text.partition("\n")[2].replace("IWM", "SPY")
    path = write(text + other)
    with pytest.raises(InputError, match=r"holds 2 underlyings \(IWM, SPY\): choose with --ticker"):
        load(path)
    with pytest.raises(InputError, match="no quotes of QQQ; it holds IWM, SPY"):
        load(path, ticker="QQQ")
    chain = load(path, ticker="spy")
    assert (chain.ticker, len(chain)) == ("SPY", len(make_quotes()))
    assert chain.symbol[0].startswith("SPY")


def test_a_ticker_that_is_not_there_is_refused(make_document, write):
    with pytest.raises(InputError, match="no quotes of SPY; it holds IWM"):
        load(write(make_document()), ticker="SPY")
    assert load(write(make_document()), ticker="iwm").ticker == "IWM"


def test_several_days_need_a_choice_and_times_of_a_day_are_apart(make_quotes, write):
    text = own(make_quotes())
    lines = text.partition("\n")[2]
    earlier = lines.replace("2026-06-17T16:15,", "2026-06-17T15:00,")
    before = lines.replace("2026-06-17T16:15,", "2026-06-16,")
    path = write(text + earlier + before)
    with pytest.raises(InputError, match=r"holds 2 days \(2026-06-16, 2026-06-17\): choose one with --asof"):
        load(path)
    assert load(path, asof="2026-06-17").asof == ASOF
    assert load(path, asof="2026-06-17T15:30").asof == ASOF.replace(hour=15, minute=30)
    assert load(path, asof="2026-06-16").asof == datetime(2026, 6, 16, 16, 15, tzinfo=NEW_YORK)
    assert len(load(path, asof="2026-06-17")) == len(make_quotes())


def test_quotes_of_their_own_times_make_one_chain(make_quotes, write):
    text = own(make_quotes())
    head, *lines = text.splitlines()
    lines = [line.replace("T16:15,", f"T16:{row % 15:02d},", 1) for row, line in enumerate(lines)]
    chain = load(write("\n".join([head, *lines])))
    assert len(chain) == len(lines)
    assert chain.asof == ASOF.replace(minute=14)


def test_the_symbol_beats_a_wrong_expiry_and_it_is_said(make_quotes, write):
    head, *lines = yfinance(make_quotes()).splitlines()
    off = [f"{line},20{line[3:5]}-{line[5:7]}-{int(line[7:9]) - 1:02d}" for line in lines]
    chain = load(write("\n".join([f"{head},expiry", *off])))
    assert chain.expiries[0] == date(2026, 6, 18)
    message = dict(chain.warnings)["expiry_off_symbol"]
    assert "expiry is not the date in the symbol on 250 of 250 rows (mostly 1 day before it)" in message


def test_a_wrong_count_of_days_is_said(make_quotes, write):
    head, *lines = yfinance(make_quotes()).splitlines()
    chain = load(write("\n".join([f"{head},days_to_expire", *(f"{line},-1" for line in lines)])))
    assert "days_to_expire is wrong on 250 of 250 rows" in dict(chain.warnings)["days_wrong"]


def test_minis_are_told_by_their_root(make_quotes, write):
    text = vendor(make_quotes())
    lines = text.partition("\n")[2]
    chain = load(write(text + lines.replace("IWM   ", "IWM7  ")))
    mini = np.array([symbol.startswith("IWM7") for symbol in chain.symbol])
    assert mini.sum() == len(make_quotes())
    np.testing.assert_array_equal((chain.flags & Flag.NON_STANDARD) != 0, mini)
    assert not (chain.flags & Flag.DUPLICATE).any()


def test_the_files_own_word_on_deliverables_counts(make_quotes, write):
    text = yfinance(make_quotes()).replace("REGULAR", "MINI", 3)
    assert ((load(write(text)).flags & Flag.NON_STANDARD) != 0).sum() == 3


def test_spx_and_spxw_stay_apart(make_quotes, write):
    root = {"SPX": make_quotes(root="SPX"), "SPXW": make_quotes(root="SPXW", half_spread=0.05)}
    text = vendor(root["SPX"] + root["SPXW"]).replace(",IWM,", ",SPX,")
    both = load(write(text))
    assert (both.ticker, both.exercise, len(both)) == ("SPX", "european", 2 * len(root["SPX"]))
    assert not (both.flags & (Flag.DUPLICATE | Flag.NON_STANDARD | Flag.VERTICAL | Flag.BUTTERFLY)).any()
    assert "--ticker SPXW takes one of them" in dict(both.warnings)["two_series"]
    weekly = load(write(text), ticker="SPXW")
    assert "two_series" not in slugs(weekly)
    assert {symbol[:4] for symbol in weekly.symbol} == {"SPXW"}
    # the monthly SPX settles on the opening, the SPXW of the same day at its close
    monthly = both.select(both.rows_of("SPX 2026-07-17 290 C")).t_years[0]
    assert weekly.years_to(date(2026, 7, 17)) - monthly == pytest.approx(6.5 / 24 / 365, rel=1e-9)


@pytest.mark.parametrize(
    ("name", "ticker"), [("NVDA_2026.csv", "NVDA"), ("IWM.csv", "IWM"), ("chain.csv", None), ("Quotes.csv", None)]
)
def test_the_files_name_may_tell_the_underlying_and_nothing_else(make_quotes, write, name, ticker):
    names = ("quote_date", "expiry", "strike", "type", "bid", "ask")
    rows = [
        ["2026-06-17", option.expiry, option.strike, option.kind, q["bid"], q["ask"]]
        for option, q in parts(make_quotes())
    ]
    path = write(csv_text(names, rows), name)
    if ticker is None:
        with pytest.raises(InputError, match="does not say the underlying: give it with --ticker"):
            load(path)
        return
    chain = load(path)
    assert chain.ticker == ticker
    assert f"{ticker} is taken from the file's name" in dict(chain.warnings)["ticker_from_name"]


def test_a_table_without_expiry_takes_the_one_given(make_quotes, write):
    quotes = make_quotes(expiries=(date(2026, 7, 17),))
    names = ("Strike", "Call_Bid", "Call_Ask", "Put_Bid", "Put_Ask")
    calls, puts = quotes[::2], quotes[1::2]
    rows = [
        [option.strike, call["bid"], call["ask"], put["bid"], put["ask"]]
        for (option, call), put in zip(parts(calls), puts, strict=True)
    ]
    path = write(csv_text(names, rows), "IWM_wide.csv")
    with pytest.raises(InputError, match="does not say the expiry of its options: give it with --expiry"):
        load(path)
    with pytest.raises(DataError, match="does not say when it was quoted: give the day with --asof"):
        load(path, expiry=date(2026, 7, 17))
    chain = load(path, expiry=date(2026, 7, 17), asof="2026-06-17")
    assert sorted(chain.symbol) == sorted(quote["option"] for quote in quotes)


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("abc", "line 5 .*bid is 'abc', expected a number"),
        ("-2", "line 5 .*bid is '-2', expected a number of 0 or more"),
    ],
)
def test_a_bad_cell_is_named_by_its_line(make_quotes, write, cell, said):
    rows = list(csv.reader(io.StringIO(own(make_quotes()))))
    rows[4][rows[0].index("bid")] = cell
    with pytest.raises(DataError, match=said):
        load(write(csv_text(rows[0], rows[1:])))


def test_a_table_cut_off_is_placed_by_its_line(make_quotes, write):
    text = own(make_quotes())
    with pytest.raises(DataError, match=r"line \d+: \d+ cells, the header has 13: the file may be cut off"):
        load(write(text[: len(text) // 2]))


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("July 9, 2022 at 5:28 p.m. EDT", "2022-07-09T17:28:00-04:00"),
        ("May 16, 2025 at 7:23 PM EDT", "2025-05-16T19:23:00-04:00"),
        ("2019-09-06 11:13AM EDT", "2019-09-06T11:13:00-04:00"),
        ("2026-02-11 16:19:32+00:00", "2026-02-11T16:19:32+00:00"),
        ("06/17/2026 3:05 PM", "2026-06-17T15:05:00-04:00"),
        ("Jun 17, 2026 at 10:15 PM GMT+2", "2026-06-17T22:15:00+02:00"),
        ("1781727300", "2026-06-17T20:15:00+00:00"),
        (1781727300_000_000_000, "2026-06-17T20:15:00+00:00"),
        (date(2026, 6, 17), "2026-06-17T00:00:00-04:00"),
    ],
)
def test_times_are_read_as_people_write_them(text, iso):
    assert read_moment(text).isoformat() == iso


@pytest.mark.parametrize("text", ["", "soon", "13:45", 5, True, None, [], "2026-13-01", "31/31/2026", 1e30])
def test_what_is_no_time_is_refused(text):
    with pytest.raises((ValueError, TypeError, OverflowError)):
        read_moment(text)


def test_days_before_months_are_told_by_the_column(make_quotes, write):
    assert read_day("03/04/2026") == date(2026, 3, 4)
    assert read_day("03/04/2026", day_first=True) == date(2026, 4, 3)
    names = ("asof", "ticker", "expiry", "strike", "type", "bid", "ask")
    rows = [
        ["17/06/2026", "IWM", f"{option.expiry:%d/%m/%Y}", option.strike, option.kind, q["bid"], q["ask"]]
        for option, q in parts(make_quotes())
    ]
    chain = load(write(csv_text(names, rows)))
    assert chain.asof == ASOF
    assert chain.expiries[-1] == date(2026, 9, 18)


def packed(**files):
    import io
    import zipfile

    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return sink.getvalue()


def quotes_of(chain):
    return sorted(zip(chain.symbol.tolist(), chain.bid.tolist(), chain.ask.tolist(), strict=True))


@pytest.mark.parametrize("name", ["OptionsDX end of day (CSV)", "hedgekit's own table (CSV, parquet)"])
def test_a_zip_archive_of_one_file_is_read_and_one_of_several_names_them(make_document, make_quotes, write, name):
    how = {"ticker": "IWM"} if name in NEEDS_TICKER else {}
    data = as_bytes(all_layouts(make_document(), make_quotes())[name])
    plain = load(write(data, "chain.csv"), **how)
    zipped = load(write(packed(chain=data, **{"__MACOSX/._chain": b"x"}), "chain.zip"), **how)
    assert quotes_of(zipped) == quotes_of(plain)
    with pytest.raises(DataError, match=r"a zip archive of 2 files \(a, b\): unpack it"):
        load(write(packed(a=data, b=data), "chain.zip"), **how)


@pytest.mark.parametrize(
    "name",
    [
        *("vendor end of day (CSV)", "hedgekit's own table (CSV, parquet)", "OptionsDX end of day (CSV)"),
        *("calls and puts side by side (CSV, parquet)", "yfinance frame (CSV, parquet)", "Cboe quote table (CSV)"),
    ],
)
def test_headers_repeated_by_joining_files_are_no_quotes(make_document, make_quotes, write, name):
    how = {"ticker": "IWM"} if name in NEEDS_TICKER else {}
    data = as_bytes(all_layouts(make_document(), make_quotes())[name]).decode().splitlines()
    head = next(place for place, line in enumerate(data) if "trike" in line or "STRIKE" in line or "symbol" in line)
    joined = "\n".join([*data[: head + 4], data[head], *data[head + 4 :]])
    assert quotes_of(load(write(joined, "chain.csv"), **how)) == quotes_of(load(write("\n".join(data), "c.csv"), **how))


@pytest.mark.parametrize("name", ["vendor end of day (CSV)", "calls and puts side by side (CSV, parquet)"])
def test_the_row_numbers_of_a_saved_frame_are_no_column(make_document, make_quotes, write, name):
    how = {"ticker": "IWM"} if name in NEEDS_TICKER else {}
    lines = as_bytes(all_layouts(make_document(), make_quotes())[name]).decode().splitlines()
    numbered = [f"{'' if row == 0 else row},{line}" for row, line in enumerate(lines)]
    chain = load(write("\n".join(numbered), "chain.csv"), **how)
    plain = load(write("\n".join(lines), "plain.csv"), **how)
    for column in ("bid_size", "ask_size", "open_interest", "volume", "last", "last_time"):
        np.testing.assert_array_equal(getattr(chain, column), getattr(plain, column))


@pytest.mark.parametrize(
    "stamp",
    [
        *("2026-06-17T16:15:00-04:00", "2026-06-17 20:15:00+00:00", "2026-06-17T20:15:00Z", "1781727300"),
        *("1781727300000", "1781727300000000000", "06/17/2026 16:15", "06/17/2026 4:15 PM", "2026-06-17"),
    ],
)
def test_quote_times_are_read_however_they_are_written(make_document, make_quotes, write, stamp):
    text = as_bytes(all_layouts(make_document(), make_quotes())["hedgekit's own table (CSV, parquet)"]).decode()
    chain = load(write(text.replace("2026-06-17T16:15,", f"{stamp},"), "chain.csv"))
    assert chain.asof.isoformat() == "2026-06-17T16:15:00-04:00"


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_the_preamble_of_a_quote_table_is_cut_as_its_table_is(make_document, make_quotes, write, delimiter):
    import csv
    import io

    text = as_bytes(all_layouts(make_document(), make_quotes())["Cboe quote table (CSV)"]).decode()
    sink = io.StringIO()
    csv.writer(sink, delimiter=delimiter).writerows(csv.reader(text.splitlines()))
    chain, plain = load(write(sink.getvalue(), "other.csv")), load(write(text, "plain.csv"))
    assert (chain.asof, chain.file_spot) == (plain.asof, plain.file_spot)
    assert quotes_of(chain) == quotes_of(plain)


def test_a_table_too_large_is_refused_before_it_fills_the_memory(make_quotes, write, monkeypatch):
    monkeypatch.setattr("hedgekit.market.sources.frame.MOST_CELLS", 100)
    with pytest.raises(
        DataError, match=r"more than \d+ lines of 13 columns, too many to read at once: give --ticker, or keep"
    ):
        load(write(own(make_quotes())))


def test_one_underlying_of_a_large_file_is_read_alone_and_keeps_its_line_numbers(make_quotes, write, monkeypatch):
    monkeypatch.setattr("hedgekit.market.sources.narrow.LARGE", 1000)
    names, *lines = own(make_quotes()).splitlines()
    others = [line.replace("IWM", "XIWM") for line in lines]
    whole = [names, *others, *lines, *others]
    path = write("\n".join(whole) + "\n")
    monkeypatch.setattr("hedgekit.market.sources.frame.MOST_CELLS", 13 * (len(lines) + 30))
    with pytest.raises(DataError, match="too many to read at once"):
        load(path)
    assert load(path, ticker="IWM").symbol.tolist() == load(write(own(make_quotes()))).symbol.tolist()
    whole[len(others) + 3] = whole[len(others) + 3].replace(",10.0,", ",x,")
    with pytest.raises(DataError, match=rf"line {len(others) + 4} \(IWM.*\): bid_size is 'x'"):
        load(write("\n".join(whole)), ticker="IWM")
    monkeypatch.setattr("hedgekit.market.sources.frame.MOST_CELLS", 10**6)
    with pytest.raises(InputError, match="no quotes of QQQ"):
        load(path, ticker="QQQ")

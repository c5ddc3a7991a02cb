"""What single layouts of vendors, brokers and pages say in their own way, and what is wrong in them."""

import copy
import csv
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from hedgekit.errors import DataError, InputError
from hedgekit.market.sources import FORMATS, load
from hedgekit.market.sources.content import content_of
from hedgekit.market.sources.nearest import TELLING, nearest
from hedgekit.model import NEW_YORK, Flag

sys.path.insert(0, str(Path(__file__).parent))
import made_layouts as made

CLOSE = datetime(2026, 6, 17, 16, 15, tzinfo=NEW_YORK)
JULY = date(2026, 7, 17)


@pytest.fixture
def quotes(make_quotes):
    return make_quotes(expiries=(date(2026, 6, 26), JULY), strikes=tuple(range(270, 315, 5)))


def slugs(chain):
    return [slug for slug, _ in chain.warnings]


def csv_of(records):
    names = list(records[0])
    return made.csv_text(names, [[record[name] for name in names] for record in records])


def without_columns(text, *left_out):
    rows = [line.split(",") for line in text.splitlines()]
    keep = [place for place, name in enumerate(rows[0]) if name not in left_out]
    return "\n".join(",".join(row[place] for place in keep) for row in rows) + "\n"


# an unknown layout


def test_the_names_that_tell_a_layout_are_there_for_every_layout():
    assert TELLING.keys() == FORMATS.keys()


@pytest.mark.parametrize("name", [name for name in FORMATS if "CSV" in name or "JSON" in name])
def test_a_file_is_nearest_to_its_own_layout(make_document, quotes, name):
    layout = made.all_layouts(make_document(), quotes)[name]
    assert nearest(content_of("chain", "chain", made.as_bytes(layout)))[0] == name


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            "Underlying,Expiry Day,Exercise,Bid Level,Offer Level,Side Of It\nIWM,1,2,3,4,5\n",
            "a table of Underlying, Expiry Day, Exercise, Bid Level, Offer Level, Side Of It. `hedgekit",
        ),
        ('{"a": 1, "b": [{"c": 2}]}', "a JSON object of a, b. `hedgekit"),
        ("Name,Open,High,Low,Close\nIWM,1,2,1,2\n", "prices of shares rather than quotes of options"),
        ("just words", "neither a table nor a JSON object. `hedgekit chain --help` tells whose files are read"),
    ],
)
def test_an_unknown_layout_is_told_by_what_was_seen(write, content, said):
    with pytest.raises(DataError, match="not a chain in any known format") as caught:
        load(write(content))
    assert said in str(caught.value)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("name", [name for name in FORMATS if "(CSV" in name and name not in made.REFUSED])
def test_line_ends_and_byte_order_marks_of_windows_change_nothing(make_document, quotes, write, name):
    layout = made.all_layouts(make_document(), quotes)[name]
    how = {
        **({"ticker": "IWM"} if name in made.NEEDS_TICKER else {}),
        **({"asof": "2026-06-17"} if name in made.NEEDS_DAY else {}),
    }
    there = write(b"\xef\xbb\xbf" + layout.replace("\n", "\r\n").encode(), "windows.csv")
    chain, plain = load(there, **how), load(write(layout, "plain.csv"), **how)
    assert (chain.asof, chain.spot, list(chain.symbol)) == (plain.asof, plain.spot, list(plain.symbol))
    np.testing.assert_array_equal(chain.ask, plain.ask)


def test_the_page_of_chain_files_lists_every_layout():
    page = (Path(__file__).parents[3] / "docs" / "chain-files.md").read_text()
    assert [name for name in FORMATS if name not in page] == []


# Yahoo


def test_yahoo_answers_of_several_expiries_may_be_collected_in_a_list(quotes, write):
    whole = made.yahoo_json(quotes)
    pages = []
    for expiry in whole["optionChain"]["result"][0]["options"]:
        page = copy.deepcopy(whole)
        page["optionChain"]["result"][0]["options"] = [expiry]
        pages.append(page)
    chain, one = load(write(pages)), load(write(whole))
    assert sorted(chain.symbol) == sorted(one.symbol)
    assert chain.asof == one.asof
    pages[1]["optionChain"]["result"][0]["options"][0]["puts"][2]["bid"] = "x"
    with pytest.raises(DataError, match=r"\[1\].optionChain.result\[0\].options\[0\].puts\[2\] .*: bid is 'x'"):
        load(write(pages))


def test_yahoo_quotes_after_the_close_are_of_the_newest_trade(quotes, write):
    document = made.yahoo_json(quotes)
    document["optionChain"]["result"][0]["quote"]["regularMarketTime"] -= 15 * 60
    assert load(write(document)).asof == CLOSE - timedelta(minutes=3)


@pytest.mark.parametrize(
    ("chain", "said"),
    [
        ({"result": [], "error": {"code": "Not Found"}}, "Yahoo answered with an error, {'code': 'Not Found'}"),
        ({"result": [], "error": None}, "no options in it"),
        ({"result": 5}, "optionChain.result is 5, expected a list"),
        (5, "optionChain is 5, expected an object"),
    ],
)
def test_what_yahoo_answers_without_options_is_refused(write, chain, said):
    with pytest.raises(DataError, match=said):
        load(write({"optionChain": chain}))


# Tradier


def test_tradier_leaves_the_brackets_away_around_one_option(quotes, write):
    document = made.tradier(quotes)
    document["options"]["option"] = document["options"]["option"][0]
    assert len(load(write(document), spot=290.0).symbol) == 1
    for nothing in (None, {"option": None}):
        with pytest.raises(DataError, match="no options in it"):
            load(write({"options": nothing}))


def test_tradier_quotes_of_an_earlier_day_are_stale(quotes, write):
    document = made.tradier(quotes)
    document["options"]["option"][3] |= {"bid_date": 1_781_600_000_000, "ask_date": 0}
    chain = load(write(document))
    assert chain.asof == CLOSE
    assert np.flatnonzero(chain.flags & Flag.STALE).tolist() == [3]


def test_tradier_options_alone_are_read_as_list_and_table(quotes, write):
    document = made.tradier(quotes)
    options = document["options"]["option"]
    for layout in (options, csv_of([{**option, "greeks": ""} for option in options])):
        chain = load(write(layout))
        assert chain.asof == CLOSE
        assert chain.last_time[0] == np.datetime64("2026-06-17T16:12:00")
        assert len(chain.symbol) == len(options)


# Alpha Vantage, MarketData, Alpaca


def test_alpha_vantage_csv_says_what_its_json_says(quotes, write):
    document = made.alpha_vantage(quotes)
    chain, table = load(write(document)), load(write(csv_of(document["data"])))
    assert (chain.spot, chain.asof) == (table.spot, table.asof)
    np.testing.assert_array_equal(chain.bid, table.bid)
    np.testing.assert_array_equal(chain.vendor_iv, table.vendor_iv)


def test_marketdata_lists_must_be_as_long_as_each_other(quotes, write):
    document = made.marketdata(quotes)
    document["bid"].pop()
    with pytest.raises(DataError, match="bid lists 35 values and optionSymbol 36: the file may be cut off"):
        load(write(document))
    with pytest.raises(DataError, match="MarketData answered with an error, 'No option found'"):
        load(write({"s": "error", "errmsg": "No option found"}))


def test_marketdata_times_may_be_text_and_its_table_csv(quotes, write):
    document = made.marketdata(quotes)
    count = len(document["updated"])
    document["updated"] = ["2026-06-17 16:15:00 -04:00"] * count
    names = [name for name in document if name != "s"]
    table = made.csv_text(names, list(zip(*(document[name] for name in names), strict=True)))
    for layout in (document, table):
        chain = load(write(layout))
        assert (chain.asof, chain.spot) == (CLOSE, 290.0)


def test_alpaca_page_of_several_is_said(quotes, write):
    document = made.alpaca(quotes)
    document["next_page_token"] = "SVdN"
    assert slugs(load(write(document))) == ["more_pages", "spot_from_parity"]
    assert slugs(load(write(document["snapshots"]))) == ["spot_from_parity"]


def test_alpaca_frame_has_indian_words_for_calls_and_puts(quotes, write):
    records = [
        {
            "symbol": option.compact, "bid_price": quote["bid"], "ask_price": quote["ask"],
            "trade_timestamp": "2026-06-17 20:12:00+00:00", "strike": option.strike,
            "right": "ce" if option.kind == "call" else "PE",
        }
        for option, quote in made.parts(quotes)
    ]  # fmt: skip
    chain = load(write(csv_of(records)))
    assert chain.asof == CLOSE - timedelta(minutes=3)
    assert "asof_from_trades" in slugs(chain)


# ORATS


def test_orats_of_a_day_alone_is_taken_before_the_close(quotes, write):
    text = without_columns(made.orats(quotes), "quoteDate")
    chain = load(write(text))
    assert chain.asof == CLOSE - timedelta(minutes=29)
    assert slugs(chain) == ["asof_assumed"]
    assert load(write(text), asof="2026-06-17T16:10").asof == CLOSE - timedelta(minutes=5)


def test_orats_json_and_short_names_say_the_same(quotes, write):
    text = made.orats(quotes)
    lines = [line.split(",") for line in text.splitlines()]
    document = {"data": [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]}
    short = text
    for long, word in (
        *(("callBidPrice", "cBidPx"), ("callAskPrice", "cAskPx"), ("putBidPrice", "pBidPx"), ("putAskPrice", "pAskPx")),
        *(("stockPrice", "stkPx"), ("spotPrice", "spot_px"), ("tradeDate", "trade_date"), ("callVolume", "cVolu")),
    ):
        short = short.replace(long, word)
    whole = load(write(text))
    for layout in (document, short):
        chain = load(write(layout))
        assert (chain.spot, chain.asof) == (290.0, CLOSE)
        np.testing.assert_array_equal(chain.bid, whole.bid)
    document["data"][1]["putAskPrice"] = "x"
    with pytest.raises(DataError, match=r"data\[1\], put: askprice is 'x', expected a number"):
        load(write(document))


# Nasdaq


def test_nasdaq_day_alone_is_the_close(quotes, write):
    document = made.nasdaq(quotes)
    document["data"]["lastTrade"] = "LAST TRADE: $1,290.00 (AS OF JUN 17, 2026)"
    chain = load(write(document))
    assert chain.asof == CLOSE
    assert chain.file_spot == 1290.0
    document["data"]["lastTrade"] = "no trade"
    with pytest.raises(DataError, match=r"data\.lastTrade is 'no trade', expected LAST TRADE"):
        load(write(document))


def test_nasdaq_bad_cell_is_named_by_its_row(quotes, write):
    document = made.nasdaq(quotes)
    document["data"]["table"]["rows"][1]["p_Ask"] = "x"
    with pytest.raises(DataError, match=r"data.table.rows\[1\], put: ask is 'x', expected a number"):
        load(write(document))


# thinkorswim


def test_thinkorswim_weeklies_of_an_index_have_their_own_root(quotes, write):
    text = made.thinkorswim(quotes).replace("for IWM on", "for SPX on")
    assert set(load(write(text)).symbol.astype("U4")) == {"SPXW"}
    text = text.replace("100 (Weeklys)", "100")
    assert set(load(write(text)).symbol.astype("U3")) == {"SPX"}


def test_thinkorswim_columns_are_the_users_choice(quotes, write):
    text = made.thinkorswim(quotes)
    lines = []
    for line in text.splitlines():
        cells = line.split(",")
        lines.append(",".join(cells[:6] + cells[12:18] + cells[24:]) if len(cells) == 26 else line)
    chain, whole = load(write("\n".join(lines))), load(write(text))
    np.testing.assert_array_equal(chain.ask, whole.ask)
    assert np.isnan(chain.volume).all()


def test_thinkorswim_line_cut_off_and_bad_cell_are_placed(quotes, write):
    lines = made.thinkorswim(quotes).splitlines()
    place = next(number for number, line in enumerate(lines) if line.startswith(",,") and "26 JUN 26" in line)
    cut = [*lines[:place], lines[place][:40]]
    with pytest.raises(DataError, match=rf"line {place + 1}: \d+ cells, the header of its block has 26"):
        load(write("\n".join(cut)))
    cells = lines[place].split(",")
    cells[4] = "ask?"
    lines[place] = ",".join(cells)
    with pytest.raises(DataError, match=rf"line {place + 1}, call: ask is 'ask\?', expected a number"):
        load(write("\n".join(lines)))


def test_thinkorswim_title_without_time_needs_asof_and_minis_are_flagged(quotes, write):
    text = made.thinkorswim(quotes).replace(
        "quote and option quote for IWM on 6/17/26 16:15:00", "and Option Quote for IWM"
    )
    with pytest.raises(DataError, match="does not say when it was quoted: give the day with --asof"):
        load(write(text))
    chain = load(write(text.replace("(9)  100", "(9)  10", 1)), asof="2026-06-17")
    assert (chain.flags[chain.expiry == np.datetime64("2026-06-26")] & Flag.NON_STANDARD).all()
    assert not (chain.flags[chain.expiry == np.datetime64(JULY)] & Flag.NON_STANDARD).any()


def test_thinkorswim_blocks_alone_are_read_when_told_the_rest(quotes, write):
    whole = made.thinkorswim(quotes)
    lines = [line for line in whole.splitlines() if line.startswith(",,")]
    path = write("\n".join(lines), "blocks.csv")
    chain = load(path, ticker="IWM", asof="2026-06-17T16:15")
    assert sorted(chain.symbol) == sorted(quote["option"] for quote in quotes)
    with pytest.raises(InputError, match="does not say the underlying: give it with --ticker"):
        load(path)


# Parquet


@pytest.mark.parametrize(
    ("name", "index"),
    [
        *(("Cboe DataShop (CSV, parquet)", None), ("ThetaData quotes (CSV, parquet)", None)),
        *(("Tradier chain (JSON, CSV, parquet)", "options"), ("MarketData chain (JSON, CSV, parquet)", "columns")),
    ],
)
def test_tables_are_read_from_parquet_too(make_document, quotes, write, name, index):
    layout = made.all_layouts(make_document(), quotes)[name]
    if index == "options":
        records = [{**option, "greeks": None, "last": None} for option in layout["options"]["option"]]
    elif index == "columns":
        columns = {name: column for name, column in layout.items() if name != "s"}
        records = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    else:
        lines = list(csv.reader(layout.splitlines()))
        records = [
            {name: float(cell) if "bid" in name and cell else cell for name, cell in zip(lines[0], line, strict=True)}
            for line in lines[1:]
        ]
    chain, other = load(write(layout)), load(write(made.parquet_bytes(records), "chain.parquet"))
    assert (chain.asof, chain.spot, list(chain.symbol)) == (other.asof, other.spot, list(other.symbol))
    np.testing.assert_array_equal(chain.bid, other.bid)
    np.testing.assert_array_equal(chain.ask, other.ask)


# Barchart


def test_barchart_page_is_told_by_its_name(quotes, write):
    text = made.barchart_page(quotes, JULY)
    chain = load(write(text, "$iwm-options-exp-2026-07-17-monthly-show-all-stacked-06-18-2026.csv"))
    assert slugs(chain) == ["ticker_from_name", "expiry_from_name", "spot_from_parity"]
    assert (chain.ticker, chain.asof) == ("IWM", CLOSE)
    assert set(chain.expiry.astype(object)) == {JULY}
    np.testing.assert_array_equal(chain.open_interest, 12345.0)
    given = load(write(text, "page.csv"), ticker="IWM", expiry=JULY)
    assert list(given.symbol) == list(chain.symbol)


def test_barchart_page_that_nothing_tells_asks_for_both(quotes, write):
    text = made.barchart_page(quotes, JULY)
    with pytest.raises(InputError, match="neither underlying nor expiry: give them with --ticker and --expiry"):
        load(write(text, "page.csv"))
    with pytest.raises(InputError, match="does not say the expiry of its options: give it with --expiry"):
        load(write(text, "page.csv"), ticker="IWM")


def test_barchart_page_without_its_last_line_is_of_the_day_in_its_name(quotes, write):
    text = made.barchart_page(quotes, JULY).replace(made.FOOTER, "")
    chain = load(write(text, "iwm-options-exp-2026-07-17-monthly-show-all-stacked-06-17-2026.csv"))
    assert chain.asof == CLOSE
    assert "asof_from_name" in slugs(chain)
    with pytest.raises(DataError, match="does not say when it was quoted"):
        load(write(text, "page.csv"), ticker="IWM", expiry=JULY)


def test_barchart_sides_beside_each_other_are_refused(write):
    text = "Type,Bid,Ask,Strike,Type,Bid,Ask\nCall,1,2,290,Put,1,2\n" + made.FOOTER
    with pytest.raises(DataError, match=r"calls and puts stand side by side .* 'Stacked'"):
        load(write(text), ticker="IWM", expiry=JULY)


# DataShop


def test_datashop_quotes_before_the_close_are_taken_when_asked_for(quotes, write):
    text = made.datashop(quotes)
    late, early = load(write(text)), load(write(text), asof="2026-06-17T15:45")
    assert (late.asof, late.spot) == (CLOSE, 290.0)
    assert (early.asof, early.file_spot) == (CLOSE - timedelta(minutes=30), 290.01)
    np.testing.assert_allclose(early.bid, late.bid + 0.01)
    assert slugs(early) == ["quotes_before_close"]
    np.testing.assert_allclose(early.vendor_iv, 0.22)


def test_datashop_with_one_of_the_two_quotes_needs_no_choice(quotes, write):
    text = made.datashop(quotes)
    ends = ("bid_size_eod", "bid_eod", "ask_size_eod", "ask_eod", "underlying_bid_eod", "underlying_ask_eod")
    early = load(write(without_columns(text, *ends)))
    assert early.asof == CLOSE - timedelta(minutes=30)
    assert slugs(early) == ["quotes_before_close"]
    late = load(write(without_columns(text, "bid_1545", "ask_1545")))
    assert (late.asof, slugs(late)) == (CLOSE, [])


def test_datashop_index_has_no_quote_of_its_own(quotes, write):
    text = made.datashop(quotes).replace(",289.99,290.01,", ",0.0000,0.0000,").replace("IWM,2026", "^IWM,2026")
    chain = load(write(text))
    assert (chain.ticker, chain.spot_source) == ("IWM", "parity")


def test_datashop_interval_quotes(quotes, write):
    records = [
        {
            "underlying_symbol": "IWM", "quote_datetime": f"2026-06-17 {clock}", "root": "IWM", "expiration": option.expiry,
            "strike": f"{option.strike:.3f}", "option_type": option.kind[0].upper(), "trade_volume": 1, "bid_size": 10,
            "bid": quote["bid"], "ask_size": 12, "ask": quote["ask"], "underlying_bid": 289.0 + rise,
            "underlying_ask": 289.02 + rise,
        }
        for clock, rise in (("15:30:00", 0.0), ("15:45:00", 0.99))
        for option, quote in made.parts(quotes)
    ]  # fmt: skip
    chain = load(write(csv_of(records)))
    assert (chain.asof, chain.spot) == (CLOSE - timedelta(minutes=30), 290.0)
    assert len(chain.symbol) == len(quotes)
    assert load(write(csv_of(records)), asof="2026-06-17T15:40").asof == CLOSE - timedelta(minutes=35)


# ThetaData


def theta_of_today(quotes, **clock):
    return csv_of(
        [
            {
                "symbol": "IWM", "expiration": option.expiry, "strike": f"{option.strike:.3f}",
                "right": option.kind.upper(), **clock, "bid_size": 10, "bid_exchange": 1, "bid": quote["bid"],
                "bid_condition": 50, "ask_size": 12, "ask_exchange": 1, "ask": quote["ask"], "ask_condition": 50,
            }
            for option, quote in made.parts(quotes)
        ]
    )  # fmt: skip


def test_theta_end_of_day_is_of_the_close_and_quotes_of_their_time(quotes, write):
    last = {"created": "2026-06-17T17:18:32.295", "last_trade": "2026-06-17T15:59:30.000", "open": 1, "close": 2}
    ended = load(write(theta_of_today(quotes, **last)))
    assert ended.asof == CLOSE
    assert ended.last_time[0] == np.datetime64("2026-06-17T15:59:30")
    quoted = load(write(theta_of_today(quotes, timestamp="2026-06-17T15:30:00.000")))
    assert quoted.asof == CLOSE - timedelta(minutes=45)
    np.testing.assert_array_equal(ended.strike, load(write(made.theta(quotes))).strike)


def test_theta_strikes_already_in_dollars_stay(quotes, write):
    text = made.theta(quotes)
    for strike in range(270, 315, 5):
        text = text.replace(f",{strike * 1000},", f",{strike},")
    assert load(write(text)).strike.max() == 310.0
    tens = [line for line in text.splitlines(keepends=True) if not line.split(",")[2].endswith("5")]
    assert set(load(write("".join(tens)), spot=290.0).strike) == {270.0, 280.0, 290.0, 300.0, 310.0}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ((",58500000,", ",90000000,"), "ms_of_day is '90000000', expected milliseconds of a day"),
        ((",20260617\n", ",2026061\n"), "date is '2026061', expected a day like 20260617"),
    ],
)
def test_theta_clock_that_cannot_be_is_named(quotes, write, change, said):
    with pytest.raises(DataError, match=f"line 2: {said}"):
        load(write(made.theta(quotes).replace(*change)))


# OptionMetrics


def test_optionmetrics_settlement_tells_the_root_of_an_index(quotes, write):
    text = made.optionmetrics(quotes).replace("IWM ", "SPX ")
    assert set(load(write(text)).symbol.astype("U4")) == {"SPXW"}
    text = text.replace(",1,0,100,0", ",1,1,100,0")
    chain = load(write(text))
    assert chain.ticker == "SPX"
    assert not np.char.startswith(chain.symbol.astype(str), "SPXW").any()
    assert load(write(made.optionmetrics(quotes).replace("IWM ", "SPXW "))).ticker == "SPX"


def test_optionmetrics_without_names_asks_for_one_and_refuses_several(quotes, write):
    text = without_columns(made.optionmetrics(quotes), "symbol")
    with pytest.raises(InputError, match="does not say the underlying: give it with --ticker"):
        load(write(text, "prices.csv"))
    assert sorted(load(write(text), ticker="IWM").symbol) == sorted(quote["option"] for quote in quotes)
    lines = text.splitlines()
    lines[5] = lines[5].replace("106445", "109820")
    with pytest.raises(DataError, match="2 underlyings in secid and the name of none"):
        load(write("\n".join(lines)), ticker="IWM")


def test_optionmetrics_flags_another_deliverable_and_knows_no_vol(quotes, write):
    lines = made.optionmetrics(quotes).splitlines()
    lines[1] = lines[1].removesuffix("0") + "1"
    lines[2] = lines[2].replace(",0.22,", ",-99.99,")
    chain = load(write("\n".join(lines)))
    assert np.flatnonzero(chain.flags & Flag.NON_STANDARD).tolist() == [0]
    assert np.isnan(chain.vendor_iv[1])


# TWS


def test_tws_symbol_in_brackets_counts(quotes, write):
    text = made.tws(quotes).replace("IWM Jun26'26 270 CALL", "IWM JUN2026 270 C [IWM   260626C00270000 100]")
    text = text.replace("IWM Jun26'26 270 PUT", "IWM Jun26'26 270 PUT @AMEX")
    assert sorted(load(write(text), asof="2026-06-17").symbol) == sorted(quote["option"] for quote in quotes)


def test_tws_words_that_are_no_option_are_named(quotes, write):
    text = made.tws(quotes).replace("IWM Jun26'26 275 CALL", "IWM NYSE")
    with pytest.raises(
        DataError, match="line 4: Financial Instrument is 'IWM NYSE', expected an option like IWM Jul17'26"
    ):
        load(write(text), asof="2026-06-17")

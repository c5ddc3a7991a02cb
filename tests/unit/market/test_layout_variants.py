"""The same quotes as other downloads write them: encodings, delimiters, decimal commas, remarks, clocks, names."""

import csv
import io
import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest

from hedgekit.errors import DataError, InputError
from hedgekit.market.sources import load
from hedgekit.model import NEW_YORK, Flag, Option

sys.path.insert(0, str(Path(__file__).parent))
import made_layouts

ASOF = datetime(2026, 6, 17, 16, 15, tzinfo=NEW_YORK)
SMALL = {"expiries": (date(2026, 6, 26), date(2026, 9, 18)), "strikes": tuple(range(270, 311, 4))}
TABLES = {
    "own": made_layouts.own,
    "vendor": made_layouts.vendor,
    "yfinance": made_layouts.yfinance,
    "OptionsDX": made_layouts.optionsdx,
    "side by side": made_layouts.side_by_side,
    "OptionMetrics": made_layouts.optionmetrics,
    "ThetaData": made_layouts.theta,
}


@pytest.fixture(scope="module")
def quotes(make_quotes):
    return make_quotes(**SMALL)


def same(chain, quotes, **more):
    """Whether a chain holds the quotes, with what else is wanted of it."""
    told = {quote["option"]: quote for quote in quotes}
    assert sorted(chain.symbol) == sorted(told)
    rows = [told[symbol] for symbol in chain.symbol.tolist()]
    np.testing.assert_array_equal(chain.bid, [quote["bid"] for quote in rows])
    np.testing.assert_array_equal(chain.ask, [quote["ask"] for quote in rows])
    np.testing.assert_allclose(chain.vendor_iv[np.isfinite(chain.vendor_iv)], 0.22)
    for name, value in more.items():
        assert getattr(chain, name) == value


def cells_of(text):
    return list(csv.reader(io.StringIO(text)))


def joined(rows, delimiter=",", **how):
    sink = io.StringIO()
    csv.writer(sink, delimiter=delimiter, lineterminator="\n", **how).writerows(rows)
    return sink.getvalue()


def with_commas(text):
    def cell(value):
        try:
            float(value)
        except ValueError:
            return value
        return value.replace(".", ",")

    head, *rows = cells_of(text)
    return joined([head, *([cell(value) for value in row] for row in rows)], ";")


VARIANTS = {
    "byte order mark": lambda text: text.encode("utf-8-sig"),
    "UTF-16": lambda text: text.encode("utf-16"),
    "Windows letters": lambda text: joined([[*row, "\u00ae"] for row in cells_of(text)]).encode("cp1252"),
    "carriage returns": lambda text: text.replace("\n", "\r\n").encode(),
    "semicolons": lambda text: joined(cells_of(text), ";").encode(),
    "decimal commas": lambda text: with_commas(text).encode(),
    "quoted": lambda text: joined(cells_of(text), quoting=csv.QUOTE_ALL).encode(),
    "said separator": lambda text: ("sep=;\n" + joined(cells_of(text), ";")).encode(),
    "title": lambda text: ("A chain\n\n" + text).encode(),
    "line ends with a comma": lambda text: text.replace("\n", ",\n").replace(",\n", "\n", 1).encode(),
    "joined end to end": lambda text: (text + text.partition("\n")[0] + "\n").encode(),
    "capitals": lambda text: (text.partition("\n")[0].upper() + "\n" + text.partition("\n")[2]).encode(),
    "columns turned around": lambda text: joined([row[::-1] for row in cells_of(text)]).encode(),
}


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("layout", TABLES)
def test_a_table_says_the_same_however_it_was_saved(quotes, write, layout, variant):
    data = VARIANTS[variant](TABLES[layout](quotes))
    how = {"asof": "2026-06-17"} if layout == "yfinance" else {}
    same(load(write(data, "IWM.csv"), **how), quotes, ticker="IWM", asof=ASOF)


def test_a_remark_below_the_table_is_said(quotes, write):
    remark = "Downloaded from Example.com as of 06-17-2026"
    chain = load(write(made_layouts.own(quotes) + remark + "\n"))
    same(chain, quotes)
    assert f"line {len(quotes) + 2} is no quote but a remark: '{remark}'" in dict(chain.warnings)["remark"]


@pytest.mark.parametrize(
    "stamp",
    [
        "2026-06-17T20:15:00Z", "2026-06-17 15:15 CDT", "2026-06-17 16:15:00 America/New_York",
        "2026-06-17T16:15:00-04:00[America/New_York]", "17.06.2026 16:15", "Jun 17 2026 @ 16:15 ET",
        "Wed Jun 17 16:15:00 EDT 2026", "Wed, 17 Jun 2026 20:15:00 GMT", "06/17/2026 16:15:00.000", "1781727300",
        "1781727300000", "20260617.0", "17JUN2026", "17JUN2026:16:15:00",
    ],
)  # fmt: skip
def test_a_quote_time_in_words_zones_and_counts(quotes, write, stamp):
    text = made_layouts.own(quotes).replace("2026-06-17T16:15,", f'"{stamp}",')
    same(load(write(text, "x.csv")), quotes, asof=ASOF)


@pytest.mark.parametrize(
    "form", ["%d.%m.%Y", "%d%b%y", "%b-%d-%Y", "%Y%m%d.0", "%Y-%m-%d 00:00:00+01:00", "%Y-%m-%dT00:00:00Z", "%m/%d/%y"]
)
def test_an_expiry_in_any_form(quotes, write, form):
    head, *rows = cells_of(made_layouts.vendor(quotes))
    head[1] = " note"  # without the symbol the parts count
    for row, quote in zip(rows, quotes, strict=True):
        row[1], row[3] = "", Option.parse(quote["option"]).expiry.strftime(form)
    same(load(write(joined([head, *rows]), "x.csv")), quotes)


def test_an_expiry_at_midnight_utc_is_that_day(quotes, write):
    for unit in (1, 1000):
        document = made_layouts.compact(quotes)
        for quote, option in zip(document["o"], map(Option.parse, (one["option"] for one in quotes)), strict=True):
            day = option.expiry
            quote["e"] = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * unit
        same(load(write(document)), quotes)


@pytest.mark.parametrize("stamp", [1781727300, "1781727300000", "2026-06-17 16:15 EDT", "2026-06-17 20:15:00 UTC"])
def test_a_json_quote_time_may_be_counted_or_name_its_zone(make_document, quotes, write, stamp):
    same(load(write({**make_document(**SMALL), "timestamp": stamp})), quotes, asof=ASOF)
    same(load(write({**made_layouts.flat(quotes), "feed_timestamp": stamp})), quotes, asof=ASOF)


def test_yahoo_s_present_page(quotes, write):
    names = (
        "Contract Name",
        "Last Trade Date (EDT)",
        "Strike",
        "Last Price",
        "Bid",
        "Ask",
        "Volume",
        "Implied Volatility",
    )
    rows = [
        [quote["option"], "6/17/2026 3:59 PM", "1", "-", quote["bid"], quote["ask"], "-", "22.00%"] for quote in quotes
    ]
    chain = load(write(joined([names, *rows]), "IWM.csv"))
    same(chain, quotes, asof=ASOF.replace(hour=15, minute=59))
    assert "asof_from_trades" in dict(chain.warnings)


def test_schwab_s_other_names_and_deliverables(quotes, write):
    document = made_layouts.schwab(quotes)
    document["symbol"] = "$IWM"
    odd = []
    for name in ("callExpDateMap", "putExpDateMap"):
        for strikes in document[name].values():
            for (contract,) in strikes.values():
                contract["bidPrice"], contract["askPrice"] = contract.pop("bid"), contract.pop("ask")
                contract["optionDeliverablesList"] = [{"symbol": "IWM", "deliverableUnits": 100.0}]
    contract["optionDeliverablesList"].append({"symbol": "USD", "assetType": "CASH", "deliverableUnits": 3.2})
    odd.append(contract["symbol"])
    chain = load(write(document))
    same(chain, quotes, ticker="IWM")
    assert int(((chain.flags & Flag.NON_STANDARD) != 0).sum()) == len(odd)


def test_pages_of_a_polygon_snapshot(quotes, write):
    whole = made_layouts.polygon(quotes)
    half = len(whole["results"]) // 2
    pages = [
        {**whole, "results": whole["results"][:half], "next_url": "x"},
        {**whole, "results": whole["results"][half:]},
    ]
    for document in (pages, whole["results"]):
        chain = load(write(json.dumps(document)))
        same(chain, quotes)
        assert not chain.warnings
    first = load(write(pages[0]))
    assert "one page of an answer of several" in dict(first.warnings)["one_page"]


@pytest.mark.parametrize("symbol", ["SPX", "$SPX", "$SPX.X", "^SPX", "_SPX"])
def test_an_index_by_any_of_its_names(make_document, write, symbol):
    document = make_document(root="SPXW", **SMALL)
    document["data"]["symbol"] = symbol
    chain = load(write(document))
    assert (chain.ticker, chain.exercise) == ("SPX", "european")
    assert not (chain.flags & Flag.NON_STANDARD).any()


def two_underlyings(make_quotes):
    return make_quotes(**SMALL), make_quotes(root="QQQ", **SMALL)


def test_several_underlyings_are_told_by_symbols_alone(make_quotes, write):
    mine, others = two_underlyings(make_quotes)
    path = write(made_layouts.yfinance(others) + made_layouts.yfinance(mine).partition("\n")[2], "x.csv")
    with pytest.raises(InputError, match=r"holds 2 underlyings \(IWM, QQQ\): choose with --ticker"):
        load(path, asof="2026-06-17")
    same(load(path, asof="2026-06-17", ticker="IWM"), mine, ticker="IWM")


def test_an_adjusted_contract_stays_with_its_underlying(make_quotes, write):
    adjusted = make_quotes(root="IWM1", expiries=SMALL["expiries"][:1], strikes=(290,))
    quotes = make_quotes(**SMALL) + adjusted
    chain = load(write(made_layouts.yfinance(quotes), "x.csv"), asof="2026-06-17")
    same(chain, quotes, ticker="IWM")
    assert chain.symbol[(chain.flags & Flag.NON_STANDARD) != 0].tolist() == [quote["option"] for quote in adjusted]


def test_several_underlyings_in_one_parquet(make_quotes, write):
    mine, others = two_underlyings(make_quotes)
    rows = made_layouts.cboe_rows(mine)
    rows += [{**row, "underlying": "QQQ", "spot": 291.0} for row in made_layouts.cboe_rows(others)]
    path = write(made_layouts.parquet_bytes(rows), "x.parquet")
    with pytest.raises(InputError, match=r"holds 2 underlyings \(IWM, QQQ\)"):
        load(path)
    same(load(path, ticker="QQQ"), others, ticker="QQQ", file_spot=291.0)


def test_a_cell_that_is_no_number_is_named_in_a_file_with_decimal_commas(quotes, write):
    text = with_commas(made_layouts.own(quotes)).replace("0,22", "0.22,1", 1)
    with pytest.raises(DataError, match=r"line 2 .*: vendor_iv is '0.22,1', expected a number"):
        load(write(text, "x.csv"))


def test_barchart_s_last_line_dates_it_below_a_title_too(quotes, write):
    text = made_layouts.barchart(quotes)
    for whole in (text, "Options of IWM\n\n" + text, "sep=,\n" + text):
        chain = load(write(whole, "IWM.csv"), ticker="IWM")
        same(chain, quotes, asof=ASOF)
        assert "remark" not in dict(chain.warnings)


def test_tradier_s_table_in_capitals_keeps_its_clock(quotes, write):
    head = "SYMBOL,BID_DATE,ASK_DATE,OPTION_TYPE,EXPIRATION_DATE,STRIKE,BID,ASK"
    stamp = int(ASOF.timestamp() * 1000)
    rows = [
        [quote["option"], stamp - 5000, stamp, option.kind, option.expiry, option.strike, quote["bid"], quote["ask"]]
        for option, quote in made_layouts.parts(quotes)
    ]
    same(load(write(head + "\n" + joined(rows))), quotes, asof=ASOF)


def test_days_of_one_file_are_written_in_one_order(quotes, write):
    head, *rows = cells_of(made_layouts.vendor(quotes))
    head[1] = " note"
    for row, quote in zip(rows, quotes, strict=True):
        row[0], row[1], row[3] = "05/06/2026", "", Option.parse(quote["option"]).expiry.strftime("%d/%m/%Y")
    chain = load(write(joined([head, *rows]), "x.csv"))
    same(chain, quotes)
    assert chain.asof.date() == date(2026, 6, 5)  # the expiries show that the day comes first


def test_the_order_of_days_is_told_by_lines_that_are_not_taken_too(quotes, write):
    near = [quote for quote in quotes if "260626" in quote["option"]]
    rows = []
    for day in ("02/06/2026", "17/06/2026"):
        rows += [
            [day, "IWM", "10/07/2026", option.strike, option.kind, quote["bid"], quote["ask"]]
            for option, quote in made_layouts.parts(near)
        ]
    table = joined([("date", "under", "expiration", "strike", "type", "bid", "ask"), *rows])
    chain = load(write(table, "x.csv"), asof="2026-06-02", spot=290.0)
    assert chain.asof.date() == date(2026, 6, 2)
    assert chain.expiries == (date(2026, 7, 10),)

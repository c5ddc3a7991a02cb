import copy
import gzip
import importlib
import json
import sys
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pytest

from hedgekit.errors import DataError, InputError
from hedgekit.market.sources import FORMATS, load
from hedgekit.market.sources.content import read_content
from hedgekit.model import NEW_YORK

sys.path.insert(0, str(Path(__file__).parent))
from made_layouts import NEEDS_DAY, NEEDS_TICKER, QUIRKS, REFUSED, all_layouts, parquet_bytes

ASOF = datetime(2026, 6, 17, 16, 15, tzinfo=NEW_YORK)


@pytest.fixture
def layouts(make_document, make_quotes):
    """One made file of each registered format."""
    return all_layouts(make_document(), make_quotes())


def days_of_parquet(days):
    rows = [{"quote_utc": at, "underlying": "IWM", "spot": 290.0, **quote} for at, quotes in days for quote in quotes]
    return parquet_bytes(rows)


def test_every_registered_format_has_a_made_file(layouts):
    assert layouts.keys() == FORMATS.keys()


@pytest.mark.parametrize("name", [name for name in FORMATS if name not in REFUSED])
def test_every_format_says_the_same_of_the_same_quotes(layouts, make_quotes, write, name):
    quirks = QUIRKS.get(name, {})
    how = {"ticker": "IWM"} if name in NEEDS_TICKER else {}
    if name in NEEDS_DAY:
        how["asof"] = "2026-06-17"
    chain = load(write(layouts[name], "any-name.txt"), **how)
    quotes = {quote["option"]: quote for quote in make_quotes()}
    if quirks.get("puts_only"):
        quotes = {symbol: quote for symbol, quote in quotes.items() if symbol[9] == "P"}
    assert sorted(chain.symbol) == sorted(quotes)
    if not quirks.get("sides"):
        assert list(chain.symbol) == sorted(quotes, key=lambda symbol: list(quotes).index(symbol)) or "Schwab" in name
    rows = [quotes[symbol] for symbol in chain.symbol.tolist()]
    np.testing.assert_array_equal(chain.bid, [quote["bid"] for quote in rows])
    np.testing.assert_array_equal(chain.ask, [quote["ask"] for quote in rows])
    if quirks.get("vols", True):
        np.testing.assert_allclose(chain.vendor_iv, 0.22)
    if quirks.get("sizes", True) and not quirks.get("puts_only"):
        np.testing.assert_array_equal(chain.bid_size, 10.0)
        np.testing.assert_array_equal(chain.ask_size, 12.0)
    if not quirks.get("puts_only") and "OptionsDX" not in name:
        if quirks.get("interest", True):
            np.testing.assert_array_equal(chain.open_interest, 100.0)
        if quirks.get("volume", True):
            np.testing.assert_array_equal(chain.volume, 5.0)
    assert chain.ticker == "IWM"
    hour, minute = map(int, quirks.get("asof", "16:15").split(":"))
    assert chain.asof == datetime(2026, 6, 17, hour, minute, tzinfo=NEW_YORK)
    assert [slug for slug, _ in chain.warnings] == quirks.get("slugs", [])
    if "spot_from_parity" in quirks.get("slugs", []):
        assert chain.spot == pytest.approx(290.0, abs=0.1)
    else:
        assert (chain.spot, chain.spot_source) == (290.0, "file")
    assert chain.source == "any-name.txt"
    assert len(chain.source_sha256) == 64


@pytest.mark.parametrize("name", REFUSED)
def test_a_format_without_quotes_is_refused(layouts, write, name):
    with pytest.raises(DataError, match=REFUSED[name]):
        load(write(layouts[name]))


@pytest.mark.parametrize("name", FORMATS)
def test_every_file_is_first_recognised_as_what_it_is(layouts, write, name):
    content = read_content(write(layouts[name]))
    modules = {other: importlib.import_module(module) for other, module in FORMATS.items()}
    assert next(other for other, module in modules.items() if module.recognises(content)) == name


def test_cboe_blanks_become_what_they_mean(make_document, write):
    document = make_document()
    rows = document["data"]["options"]
    rows[0] |= {"iv": 0.0, "ask": 0.0, "last_trade_price": 0.0, "last_trade_time": None}
    rows[1] |= {"iv": -999.0, "bid": None, "last_trade_price": 1.5, "open_interest": "100"}
    chain = load(write(document))
    assert np.isnan(chain.vendor_iv[:2]).all()
    assert np.isnan(chain.ask[0])
    assert np.isnan(chain.bid[1])
    assert np.isnan(chain.last[0])
    assert chain.last[1] == 1.5
    assert np.isnat(chain.last_time[0])
    assert chain.last_time[1] == np.datetime64("2026-06-17T16:12:00")
    assert chain.open_interest[1] == 100.0


def test_what_stands_around_the_options_may_have_been_rewritten(make_document, write):
    document = make_document()
    rewritten = {
        "quote_utc": document["timestamp"],
        "underlying": "IWM",
        "spot": 290.0,
        "options": document["data"]["options"],
    }
    chain = load(write(rewritten))
    assert (chain.ticker, chain.spot, chain.asof) == ("IWM", 290.0, ASOF)


def test_older_layout_without_clock_needs_asof(make_document, write):
    path = write(make_document()["data"])
    with pytest.raises(DataError, match="does not say when it was quoted: give the day with --asof"):
        load(path)
    assert load(path, asof="2026-06-17").asof == ASOF


def test_a_chain_without_quotes_is_refused(make_document, write):
    document = make_document()
    for row in document["data"]["options"]:
        del row["bid"], row["ask"], row["bid_size"], row["ask_size"]
    count = len(document["data"]["options"])
    with pytest.raises(DataError) as caught:
        load(write(document, "SPY.json"))
    assert str(caught.value).endswith(
        f"SPY.json: no bid or ask in any of {count} options (columns: iv, open_interest, volume, delta, theo, "
        "last_trade_price, last_trade_time): this chain cannot be traded on. Use a file with quotes."
    )


def test_a_chain_with_empty_quotes_is_refused(make_document, write):
    document = make_document()
    for row in document["data"]["options"]:
        row["bid"], row["ask"] = 0.0, None
    with pytest.raises(DataError, match="no bid or ask in any of"):
        load(write(document))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"bid": -3.5}, r"data\.options\[7\] \(IWM\d{6}[CP]\d{8}\): bid is -3\.5, expected a number of 0 or more"),
        ({"ask": "abc"}, r"ask is 'abc', expected a number"),
        ({"ask": [1]}, r"ask is \[1\], expected a number"),
        ({"bid": True}, r"bid is True, expected a number"),
        ({"ask": 1e300}, r"ask is 1e\+300, expected a number below"),
        ({"ask": 10**400}, r"ask is 10{54}\d*\.\.\., expected a number"),
        ({"bid_size": {}}, r"bid_size is \{\}, expected a number"),
        ({"option": "hello"}, r"data\.options\[7\]: option is 'hello', expected an option symbol like"),
        ({"option": 5}, r"option is 5, expected an option symbol"),
        ({"option": "IWM260231P00270000"}, r"expected an option symbol"),
        ({"last_trade_time": "yesterday"}, r"last_trade_time is 'yesterday', expected a time"),
        ({"last_trade_time": 5}, r"last_trade_time is 5, expected a time"),
    ],
)
def test_a_bad_cell_is_named(make_document, write, change, said):
    document = make_document()
    document["data"]["options"][7] |= change
    with pytest.raises(DataError, match=said):
        load(write(document))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d.update(timestamp="soon"), "timestamp is 'soon', expected a time"),
        (lambda d: d.update(timestamp=5), "timestamp is 5, expected a time"),
        (lambda d: d.update(timestamp="1889-01-01 00:00:00"), "quoted on 1889-01-01, which cannot be"),
        (lambda d: d["data"].update(current_price=-1), "current_price is -1, expected a positive number"),
        (lambda d: d["data"].update(current_price="x"), "current_price is 'x'"),
        (lambda d: d["data"].update(current_price=True), "current_price is True"),
        (lambda d: d["data"].update(symbol=5), "symbol is 5, expected a ticker"),
        (lambda d: d["data"].update(options=[]), r"no options in it \(data.options is an empty list\)"),
        (lambda d: d["data"].update(options=5), "data.options is 5, expected a list"),
        (lambda d: d["data"]["options"].insert(3, None), r"data.options\[3\] is None, expected an object"),
        (
            lambda d: d["data"].pop("options"),
            "not a chain in any known format: a JSON object of timestamp, data. Nearest: Cboe delayed",
        ),
    ],
)
def test_a_bad_document_is_refused_in_a_sentence(make_document, write, change, said):
    document = copy.deepcopy(make_document())
    change(document)
    with pytest.raises(DataError, match=said):
        load(write(document))


def test_a_missing_column_lists_those_there_are(make_document, write):
    document = make_document()
    for row in document["data"]["options"]:
        del row["option"]
    with pytest.raises(DataError, match=r"no column 'option' \(columns: bid, bid_size, ask"):
        load(write(document))


def test_truncated_json_is_placed_by_line_and_column(make_document, write):
    text = json.dumps(make_document(), indent=1)
    cut = text[: len(text) // 2]
    line = cut.count("\n") + 1
    with pytest.raises(DataError, match=rf"broken JSON at line {line}, column \d+: .*download it again"):
        load(write(cut))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (b" \n\t ", "the file is empty"),
        (b"<!DOCTYPE html><html>403</html>", "a web page or XML"),
        ("\ufeff <html></html>".encode(), "a web page or XML"),
        (bytes(range(256)), "neither text nor parquet"),
        (gzip.compress(b"{}", mtime=0), "not a chain in any known format"),
        (gzip.compress(b"{}", mtime=0)[:-5], "a gzip archive that breaks off"),
        (b"\x1f\x8b\x08 and then nothing like it", "a broken gzip archive|breaks off"),
        (b"PK\x03\x04rest", "a broken zip archive"),
        (b"PAR1 and then nothing like it", "broken parquet"),
        (b"just words", "not a chain in any known format"),
        (b"{}", "not a chain in any known format"),
        (b"[1, 2]", "not a chain in any known format"),
        (b'{"data": null, "options": null}', "expected a list|not a chain"),
        (b"[" * 100_000, "nested too deep|broken JSON"),
        (b'{"a": ' + b"1" * 5000 + b"}", "broken JSON|not a chain"),
    ],
)
def test_a_file_that_is_no_chain_gets_a_sentence(write, content, said):
    with pytest.raises(DataError, match=said) as caught:
        load(write(content))
    assert "chain.json: " in str(caught.value)


def test_missing_files_directories_and_live_sources(tmp_path):
    with pytest.raises(DataError, match=r"none\.json: no such file"):
        load(tmp_path / "none.json")
    with pytest.raises(DataError, match="a directory, not a file"):
        load(tmp_path)
    with pytest.raises(DataError, match="nasdaq:IWM: not a file, and no live source; those are cboe:TICKER"):
        load("nasdaq:IWM")
    with pytest.raises(DataError, match="cannot be read"):
        load("a\0b")
    with pytest.raises(InputError, match="expected the path of a file"):
        load(None)


def test_utf16_and_byte_order_marks_are_read(make_document, write):
    text = json.dumps(make_document())
    assert len(load(write(text.encode("utf-16")))) == len(load(write(b"\xef\xbb\xbf" + text.encode())))


def test_a_file_of_several_days_needs_asof(make_quotes, write):
    later = datetime(2026, 6, 18, 16, 15, tzinfo=NEW_YORK)
    days = [
        ("2026-06-17 20:15:00", make_quotes()),
        ("2026-06-18 15:00:00", make_quotes(280.0, later)),
        ("2026-06-18 20:15:00", make_quotes(290.0, later)),
    ]
    path = write(days_of_parquet(days), "days.parquet")
    with pytest.raises(InputError, match=r"holds 2 days \(2026-06-17, 2026-06-18\): choose one with --asof"):
        load(path)
    with pytest.raises(InputError, match="no quotes of 2026-06-16; it holds 2026-06-17, 2026-06-18"):
        load(path, asof=date(2026, 6, 16))
    chain = load(path, asof="2026-06-18")
    assert chain.asof == later
    assert len(chain) == len(days[0][1])
    assert chain.warnings == ()


def test_parquet_without_a_needed_column_is_refused(write):
    import io

    import pyarrow
    import pyarrow.parquet

    sink = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table({"quote_utc": ["2026-06-17 20:15:00"], "option": ["x"]}), sink)
    with pytest.raises(DataError, match="no bid or ask in any of 1 options"):
        load(write(sink.getvalue()))


def test_compact_quotes_are_dated_by_the_close_before_their_fetch(layouts, write):
    document = layouts["one-letter keys (JSON)"]
    assert load(write(document)).asof == ASOF
    document["fetched"] = "2026-06-17T19:00:00Z"
    assert load(write(document)).asof == datetime(2026, 6, 17, 15, 0, tzinfo=NEW_YORK)


def test_reading_json_needs_neither_pandas_nor_pyarrow(make_document, write):
    import subprocess
    import sys

    script = (
        "import sys; from hedgekit.market.sources import load; load(sys.argv[1]); "
        "sys.exit(bool({'pandas', 'pyarrow', 'scipy'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", script, str(write(make_document()))], check=False).returncode == 0

"""A file that was given for another is told what it is and where it belongs."""

import json
from datetime import date

import pytest

from hedgekit.errors import DataError
from hedgekit.market.dividends import read_dividends
from hedgekit.market.legs import read_legs
from hedgekit.market.mistaken import KINDS, WANTED, kind_of, refusal
from hedgekit.market.prices import load_prices
from hedgekit.market.rates import read_rate
from hedgekit.market.sources import load
from hedgekit.risk.betas import read_betas
from hedgekit.risk.book import load_book
from hedgekit.risk.policy import load_policy

QUOTE = {"option": "IWM260918P00270000", "bid": 7.2, "ask": 7.3}
FILES = {
    "answer": [json.dumps({"schema": "hedgekit.hedge/1", "inputs": {}})],
    "certificate": [json.dumps({"schema": "hedgekit.certificate/1"})],
    "policy": ["name = 'desk'\n[rules.allocation-band]\nlow = 0.1\n"],
    "chain": [
        "symbol,bid,ask,asof\nIWM260918P00270000,7.2,7.3,2026-06-17\n",
        "quote_date,expiration,strike,bid_eod,ask_eod,option_type\n2026-06-17,2026-09-18,270,1,2,P\n",
        "Expiration Date,Calls,Bid,Ask,Strike,Puts,Bid,Ask\nFri Sep 18 2026,C,1,2,270,P,1,2\n",
        json.dumps({"data": {"symbol": "IWM", "options": [QUOTE]}}),
        json.dumps({"symbol": "IWM", "callExpDateMap": {}}),
        json.dumps({"results": [{"details": {"ticker": "O:IWM260918P00270000"}}]}),
    ],
    "ticket": ["action,quantity,osi_symbol,limit_touch\nBUY,1,IWM   260918P00270000,4.1\n"],
    "book": [
        "symbol,quantity\nIWM,1700\n",
        "Positions of 2026-10-14\n\n\"Symbol\",\"Qty (Quantity)\"\n\"IWM\",\"1,700\"\n",
        json.dumps({"positions": [{"symbol": "IWM", "quantity": 1}]}),
        "[[positions]]\nsymbol = 'IWM'\nquantity = 1\n",
    ],
    "holdings": ["ticker,shares,price\nAAPL,10,200\n"],
    "betas": ["ticker,beta\nSPY,0.8\n"],
    "flows": ["date,ticker,flow_usd\n2026-06-16,IWM,1000\n", "date,ticker,shares,nav\n2026-06-16,IWM,1000,290\n"],
    "dividends": ["ex_date,amount\n2026-06-16,0.7\n", "Date,Dividends\n2026-06-16,0.7\n"],
    "rates": ["Date,1 Mo,3 Mo\n06/16/2026,3.9,3.8\n", "observation_date,DGS3MO\n2026-06-16,3.8\n", "T,DF\n1,0.96\n"],
    "prices": [
        "Date,Open,High,Low,Close,Volume\n2026-06-16,90,90,90,90,5\n",
        "Date,IWM,SPY\n2026-06-16,290,600\n",
        "Price,Close,Close\nTicker,IWM,SPY\nDate,,\n2026-06-16,290,600\n",
        json.dumps({"candles": [{"datetime": 1781703000000, "close": 290.0}]}),
        json.dumps({"Meta Data": {}, "Time Series (Daily)": {"2026-06-16": {"4. close": "290"}}}),
    ],
}  # fmt: skip
READERS = {
    "chain": load,
    "prices": load_prices,
    "book": load_book,
    "policy": load_policy,
    "legs": read_legs,
    "betas": read_betas,
    "rates": lambda path: read_rate(str(path), date(2026, 6, 17)),
    "dividends": lambda path: read_dividends(path, None),
}
SAME = {("legs", "book", 0), ("legs", "ticket", 0), ("book", "holdings", 0), ("book", "flows", 1)}
"""Of one form: what is read of them is what they say."""


def test_every_kind_has_a_file():
    assert FILES.keys() == KINDS.keys()


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in FILES.items() for text in texts])
def test_a_kind_is_told_by_its_columns(kind, text):
    assert kind_of(text.encode()) == kind


@pytest.mark.parametrize(
    "data", [b"", b"words", b"a,b\n1,2\n", b"{", b"[]", b"\x89PNG", b"PAR1 junk", b"x = 1\n", b"\n,,\n", b"null"]
)
def test_what_is_nothing_known_is_not_named(data):
    assert kind_of(data) == ""


@pytest.mark.parametrize("given_for", READERS)
def test_each_reader_says_what_it_was_given_instead(tmp_path, given_for):
    for kind, texts in FILES.items():
        for number, text in enumerate(texts):
            if kind == given_for or (given_for, kind, number) in SAME:
                continue
            path = tmp_path / f"{kind}{number}.dat"
            path.write_text(text)
            with pytest.raises(DataError) as caught:
                READERS[given_for](path)
            what, where = KINDS[kind]
            assert f"{what}, not {WANTED[given_for]}: {where}" in str(caught.value)


def test_a_service_that_refuses_is_quoted(tmp_path):
    path = tmp_path / "answer.json"
    path.write_text(json.dumps({"status": "ERROR", "error": "Unknown API Key"}))
    for reader in (load, load_prices):
        with pytest.raises(DataError, match=r"a refusal by the service .* 'Unknown API Key'"):
            reader(path)
    assert refusal({"chart": {"result": []}}, "x") == ""
    assert "'No data found'" in refusal({"chart": {"result": None, "error": {"description": "No data found"}}}, "x")
    assert refusal({"note": "made by hand", "optionRows": [{"a": 1}]}, "x") == ""  # more than a refusal
    assert refusal({"error": True, "code": 5}, "x") == ""


def test_a_header_alone_is_no_list_of_layouts(tmp_path):
    path = tmp_path / "cut.csv"
    path.write_text("Name,Colour\n")
    with pytest.raises(DataError, match="no lines below a header of columns"):
        load(path)

"""Books as traders and brokers write them, and what must not be read as one."""

import gzip
import json
import re
from datetime import date

import pytest

from hedgekit.errors import DataError, InputError
from hedgekit.risk.book import load_book
from hedgekit.risk.readers.symbols import read_symbol

PUT = "IWM260918P00270000"

SCHWAB = """"Positions for account Individual ...123 as of 09:12 AM ET, 2026/06/17"

"Symbol","Description","Qty (Quantity)","Price","Mkt Val (Market Value)","Cost Basis","Security Type"
"IWM","ISHARES RUSSELL 2000","1,700","$290.41","$493,697.00","$400,000.00","ETFs & Closed End Funds"
"IWM 09/18/2026 270.00 P","PUT ISHARES","17","$4.10","$6,970.00","$7,000.00","Option"
"IWM 09/18/2026 320.00 C","CALL ISHARES","(17)","$2.05","($3,485.00)","--","Option"
"Cash & Cash Investments","--","--","--","$12,345.67","--","Cash and Money Market"
"Account Total","--","--","--","$509,527.67","--","--"
"""

FIDELITY = """Account Number,Account Name,Symbol,Description,Quantity,Last Price,Current Value,Average Cost Basis,Type
X123,Individual,SPAXX**,HELD IN MONEY MARKET,,,$12345.67,,Cash
X123,Individual,IWM,ISHARES RUSSELL,1700,$290.41,$493697.00,$235.29,Margin
X123,Individual, -IWM260918P270,IWM SEP 18 2026 $270 PUT,17,$4.10,$6970.00,$4.12,Margin
X123,Individual, -IWM260918C320,IWM SEP 18 2026 $320 CALL,-17,$2.05,-$3485.00,$2.00,Margin

"The data and information in this spreadsheet is provided to you solely for your use and is not for distribution."
"Date downloaded Jun-17-2026 9:12 a.m ET"
"""

IBKR = """Statement,Header,Field Name,Field Value
Account Information,Data,Account,U1234567
Open Positions,Header,DataDiscriminator,Asset Category,Currency,Symbol,Quantity,Mult,Cost Price,Close Price,Value
Open Positions,Data,Summary,Stocks,USD,IWM,"1,700",1,235.29,290.41,493697
Open Positions,Data,Lot,Stocks,USD,IWM,1700,1,235.29,290.41,493697
Open Positions,Data,Summary,Equity and Index Options,USD,IWM 18SEP26 270 P,17,100,4.12,4.10,6970
Open Positions,Data,Summary,Equity and Index Options,USD,IWM 18SEP26 320 C,-17,100,2.00,2.05,-3485
Open Positions,Total,,Stocks,USD,,,,,,493697
Cash Report,Data,Ending Cash,USD,12345.67
"""

FLEX = """ClientAccountID,CurrencyPrimary,AssetClass,Symbol,UnderlyingSymbol,Multiplier,Strike,Expiry,Put/Call,Quantity,MarkPrice
U1,USD,STK,IWM,,1,,,,1700,290.41
U1,USD,OPT,IWM   260918P00270000,IWM,100,270,20260918,P,17,4.10
U1,USD,OPT,IWM,IWM,100,320,20260918,C,-17,2.05
U1,USD,CASH,USD,,,,,,12345.67,1
"""

COLUMNS = """ticker,type,strike,expiration,qty
IWM,stock,,,1700
IWM,put,270,2026-09-18,17
IWM,Call,320,09/18/2026,-17
CASH,,,,12345.67
"""

OURS = """symbol,quantity,extra,stop
IWM,1700,x,240
IWM260918P00270000,17,,
O:IWM260918C00320000,-17,,
CASH,12345.67,,
"""

JSON = json.dumps(
    {
        "positions": [
            {"symbol": "IWM", "quantity": 1700, "note": "core"},
            {"symbol": "IWM 2026-09-18 270 P", "quantity": "17"},
            {"symbol": "iwm 2026-09-18 320 call", "quantity": -17},
        ],
        "cash": 12345.67,
    }
)

TOML = """
cash = "$12,345.67"
[[positions]]
symbol = "IWM"
quantity = 1700
[[positions]]
symbol = ".IWM260918P270"
quantity = 17
[[positions]]
symbol = "IWM_091826C320"
quantity = -17
"""


SCHWAB_ALL = """"Positions for All-Accounts as of 04:05 PM ET, 06/17/2026"

"Individual ...123"
"Symbol","Description","Qty (Quantity)","Price","Mkt Val (Market Value)","Asset Type",
"IWM","ISHARES RUSSELL 2000","1,700","290.41","$493,697.00","ETFs & Closed End Funds",
"IWM 09/18/2026 270.00 P","PUT ISHARES $270 EXP 09/18/26","17","4.10","$6,970.00","Option",
"Account Total","--","--","--","$500,667.00","--",

"Roth IRA ...456"
"Symbol","Description","Qty (Quantity)","Price","Mkt Val (Market Value)","Asset Type",
"IWM 09/18/2026 320.00 C","CALL ISHARES $320 EXP 09/18/26","-17","2.05","-$3,485.00","Option",
"Cash & Cash Investments","--","--","--","$12,345.67","Cash and Money Market",
"Account Total","--","--","--","$8,860.67","--",
"""

ETRADE = """Account Summary
Account,Net Account Value,Cash Purchasing Power
Individual Brokerage -1234,509527.67,12345.67

View Summary - All Positions
Symbol,Last Price $,Change %,Quantity,Price Paid $,Total Gain $,Value $
IWM,290.41,-.5,1700,235.29,93704,493697.00
IWM Sep 18 '26 $270 Put,4.10,2,17,4.12,-34,6970.00
IWM Sep 18 '26 $320 Call,2.05,2,-17,2.0,-85,-3485.00
CASH,,,,,,12345.67
TOTAL,,,,,93585,509527.67

Generated at Jun 17 2026 04:05 PM ET
"""

TASTY = """Account,Symbol,Type,Quantity,Exp Date,DTE,Strike Price,Call/Put,P/L Open,Mark
5WX,IWM,STOCK,"1,700",,,,,41854,290.41
5WX,IWM,OPTION,17,Sep 18 2026,93d,270,PUT,1241,4.10
5WX,IWM   260918C00320000,OPTION,-17,Sep 18 2026,93d,320,CALL,200,2.05
5WX,CASH,,12345.67,,,,,,
"""

TASTY_API = json.dumps(
    {
        "positions": [
            {"symbol": "IWM", "instrument-type": "Equity", "quantity": 1700, "quantity-direction": "Long"},
            {"symbol": "IWM   260918P00270000", "quantity": "17", "quantity-direction": "Long", "multiplier": 100},
            {"symbol": "IWM   260918C00320000", "quantity": 17, "quantity-direction": "Short", "multiplier": 100},
        ],
        "cash": 12345.67,
    }
)

MERRILL = """"Exported on: 06/17/2026 04:10 PM ET"
""
"Symbol ","Description","Quantity","Price","Value","Unrealized Gain/Loss $"
"IWM","ISHARES RUSSELL 2000 ETF","1,700","$290.41","$493,697.00","+$93,704.00"
"IWM 09/18/2026 270.00 P","PUT IWM","17","$4.10","$6,970.00","-$34.00"
"IWM 09/18/2026 320.00 C","CALL IWM","(17)","$2.05","($3,485.00)","-$85.00"
"Money accounts","","","","$12,345.67",""
"Cash balance","","","","$0.00",""
"Total","","","","$509,527.67",""
"""


@pytest.mark.parametrize(
    "text",
    [SCHWAB, SCHWAB_ALL, FIDELITY, IBKR, FLEX, ETRADE, TASTY, TASTY_API, MERRILL, COLUMNS, OURS, JSON, TOML],
    ids=["schwab", "all", "fidelity", "ibkr", "flex", "etrade", "tasty", "api", "merrill", "columns", "ours", "json", "toml"],
)  # fmt: skip
def test_every_layout_is_the_same_book(write, text):
    book = load_book(write("book.any", text))
    held = [(p.option.compact if p.option else p.ticker, p.quantity) for p in book.positions]
    assert held == [("IWM", 1700.0), (PUT, 17.0), ("IWM260918C00320000", -17.0)]
    assert book.cash_usd == pytest.approx(12345.67)
    assert len(book.source_sha256) == 64


def test_what_was_passed_over_is_said(write):
    assert "lines_passed_over" in {note.slug for note in load_book(write("b.csv", SCHWAB)).notes}
    assert "lots_passed_over" in {note.slug for note in load_book(write("b.csv", IBKR)).notes}
    assert "no_cash_line" in {note.slug for note in load_book(write("b.csv", "symbol,quantity\nIWM,1\n")).notes}


def test_lots_are_not_counted_twice(write):
    text = "Symbol,Quantity,LevelOfDetail\nIWM,100,SUMMARY\nIWM,60,LOT\nIWM,40,LOT\n"
    assert load_book(write("b.csv", text)).shares("IWM") == 100.0


def test_accounts_stay_apart(write):
    text = "account,symbol,quantity\na,IWM,100\nb,IWM,-50\na,CASH,5\nb,CASH,7\n"
    book = load_book(write("b.csv", text))
    assert book.accounts == ("a", "b") and book.cash == (("a", 5.0), ("b", 7.0)) and book.shares("IWM") == 50.0


def test_cash_alone_is_an_account(write):
    book = load_book(write("b.csv", "symbol,quantity\nCASH,5\n"))
    assert book.positions == () and book.cash_usd == 5.0 and book.tickers == ()


def test_a_file_says_of_which_day_it_is(write):
    june = date(2026, 6, 17)
    for text in (SCHWAB, SCHWAB_ALL, FIDELITY, ETRADE, MERRILL):
        book = load_book(write("b.csv", text))
        assert (book.first_day, book.last_day) == (june, june)
    statement = 'Statement,Data,Period,"June 1, 2026 - June 17, 2026"\n' + IBKR
    assert load_book(write("b.csv", statement)).last_day == june
    flex = "symbol,quantity,ReportDate\nIWM,100,20260617\nSPY,5,20260616\n"
    assert load_book(write("b.csv", flex)).first_day == date(2026, 6, 16)
    said = JSON.replace("{", '{"asof": "2026-06-17", ', 1)
    assert load_book(write("b.json", said)).last_day == june
    assert load_book(write("b.toml", "asof = 2026-06-17\n" + TOML)).last_day == june
    assert load_book(write("b.csv", OURS)).last_day is None
    for text in (flex.replace("20260616", "soon"), said.replace("2026-06-17", "soon")):
        with pytest.raises(DataError, match="soon"):
            load_book(write("b.any", text))


def test_each_table_of_a_file_is_its_own_account(write):
    book = load_book(write("b.csv", SCHWAB_ALL))
    assert [p.account for p in book.positions] == ["Individual ...123", "Individual ...123", "Roth IRA ...456"]
    assert book.cash == (("Roth IRA ...456", 12345.67),)


def test_money_of_another_country_is_no_dollars(write):
    euros = IBKR + "Cash Report,Data,Ending Cash,EUR,-800000\n"
    with pytest.raises(DataError, match=r"line 10: currency is 'EUR'"):
        load_book(write("b.csv", euros))
    nothing = euros.replace("-800000", "0")
    assert load_book(write("b.csv", nothing)).cash_usd == pytest.approx(12345.67)


@pytest.mark.parametrize(
    "text",
    [
        "IWM   260918P00270000", "IWM260918P00270000", "O:IWM260918P00270000", "IWM 2026-09-18 270 P", "iwm 2026-09-18 270 put",
        "IWM 09/18/2026 270.00 P", "IWM 9/18/26 270 P", " -IWM260918P270", ".IWM260918P270", "IWM_091826P270",
        "IWM 18SEP26 270 P", "IWM Sep 18 '26 $270 Put", "IWM Sep 18, 2026 270 Put", "IWM 2026-09-18 P270",
    ],
)  # fmt: skip
def test_every_style_of_symbol_is_the_same_option(text):
    ticker, option = read_symbol(text)
    assert ticker == "IWM" and option is not None and option.compact == PUT


@pytest.mark.parametrize(
    "text",
    ["", "IWM 2026-09-18 270", "IWM 13/40/2026 270 P", "IWM 2026-02-30 270 P", "$$$", "IWM 270 P", "one two three", "-IWM260918P"],
)  # fmt: skip
def test_an_unreadable_option_is_never_shares(text):
    with pytest.raises(InputError):
        read_symbol(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("a,b\n1,2\n", "no header"),
        ("symbol,quantity\n", "no position"),
        ("symbol,quantity\nIWM,\n", "line 2: IWM: no quantity"),
        ("symbol,quantity\nIWM,lots\n", "quantity is 'lots'"),
        ("symbol,quantity\nIWM,nan\n", "quantity is 'nan'"),
        ("symbol,quantity\nIWM,inf\n", "quantity is 'inf'"),
        ("symbol,quantity\nIWM,1,700\n", "3 cells, the header has 2"),
        ("symbol,quantity\nIWM 2026-09-18 270 P,1.5\n", "contracts come whole"),
        ("symbol,quantity\nIWM 2026-09-18 270 X,1\n", "neither a ticker nor an option"),
        ("symbol,quantity\n,5\n", "no symbol"),
        ("symbol,quantity\nSPY\n", "no quantity"),
        ("symbol,quantity,currency\nVOD,100,GBP\n", "only US dollars"),
        ("symbol,quantity,asset class\nIWM,1,OPT\n", "names no strike and expiry"),
        ("symbol,quantity,strike\nIWM,1,270\n", "no put or call"),
        ("symbol,quantity,type\nIWM,1,put\n", "no strike"),
        ("symbol,quantity,type,strike\nIWM,1,put,270\n", "expiry is ''"),
        ("symbol,quantity,type\nIWM,1,option\n", "names no strike and expiry"),
        ("symbol,quantity,stop\nIWM,1,-5\n", "stop is -5"),
        ("symbol,quantity\nIWM,1\nsymbol,quantity\n", "second header"),
        ("symbol,quantity\nCASH,\nIWM,1\n", "cash without an amount"),
        ('[{"symbol": "IWM"}]', "no quantity"),
        ('{"holdings": []}', "expected a list of positions"),
        ("{", "not JSON"),
        ('[{"a": ' + "[" * 100_000, "not JSON"),
        ("[[positions]]\nsymbol = ", "not TOML"),
        ('{"positions": [{"symbol": "IWM", "quantity": true}]}', "quantity is True"),
        ("a\0b", "not a text file"),
        ("symbol,quantity\nIWM,1e300\n", "quantity is '1e300'"),
        ("symbol,quantity,price,asset class\nRTYM5,29,2090.10,Futures\n", "of asset class FUTURES"),
        ("symbol,quantity,price,assetclass\nUST10,5,99,BOND\n", "of asset class BOND"),
        ("symbol,quantity,price,multiplier\nRTYM5,29,2090.10,50\n", "multiplier of 50"),
    ],
)  # fmt: skip
def test_what_is_no_book_is_refused_in_a_sentence(write, text, said):
    with pytest.raises(DataError, match=re.escape(said)) as caught:
        load_book(write("book.csv", text))
    assert "book.csv" in str(caught.value)


def test_a_line_that_is_there_twice_is_counted_and_said(write):
    book = load_book(write("book.csv", "account,symbol,quantity\na,IWM,100\nb,IWM,100\na,iwm,100\na,IWM,50\n,CASH,1\n"))
    assert book.shares("IWM") == 350
    said = [note.message for note in book.notes if note.slug == "repeated_line"]
    assert len(said) == 1
    assert "line 4" in said[0]
    assert "line 2" in said[0]


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DataError, match=r"nowhere\.csv"):
        load_book(tmp_path / "nowhere.csv")


EUROPEAN = OURS.replace(",", ";").replace("12345.67", "12.345,67").replace("1700", "1.700")


@pytest.mark.parametrize(
    "data",
    [
        OURS.replace(",", ";").encode(), OURS.replace(",", "\t").encode(), EUROPEAN.encode(), gzip.compress(OURS.encode(), mtime=0),
        OURS.encode("utf-16"), ("Desk\n" + OURS.replace("x", "\u00ae")).encode("cp1252"),
    ],
)  # fmt: skip
def test_a_book_is_read_however_it_was_saved(tmp_path, data):
    path = tmp_path / "book.csv"
    path.write_bytes(data)
    book = load_book(path)
    assert [(one.ticker, one.quantity) for one in book.positions] == [("IWM", 1700), ("IWM", 17), ("IWM", -17)]
    assert book.cash_usd == 12345.67

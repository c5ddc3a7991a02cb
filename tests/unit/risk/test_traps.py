"""Books, policies and chains with something wrong or unknown in them: none of them may pass."""

import copy
import json
from datetime import datetime

import pytest

import hedgekit as hk
from hedgekit.errors import HedgekitError
from hedgekit.model import NEW_YORK
from hedgekit.risk.book import load_book
from hedgekit.risk.check import check
from hedgekit.risk.policy import load_policy

NOW = datetime(2026, 10, 14, 16, 30, tzinfo=NEW_YORK)
PUT = "IWM270115P00230000"

POLICY = """
[betas]
AAPL = 0.75
SPY = 0.8
[rules.data-age]
accept_book_prices = true
[rules.max-loss-shock]
limit_fraction = 0.30
[rules.undefined-risk]
[rules.uncovered-shorts]
[rules.single-name]
limit = 0.2
"""

BOOK = """symbol,quantity,price
IWM,1700,
IWM 2027-01-15 230 P,17,
IWM 2027-01-15 275 C,-10,
AAPL,120,241.30
CASH,1500000,
"""


@pytest.fixture(scope="module")
def document(example):
    """The example chain as its file has it."""
    return json.loads(example.read_text(encoding="utf-8"))


@pytest.fixture
def verdict(write, chain):
    """Return "pass" or "breach", or "refused" for a file or argument that is no good."""

    def go(book=BOOK, policy=POLICY, document=None, now=NOW, name="book.csv"):
        try:
            chains = [chain] if document is None else [hk.load_chain(write("chain.json", json.dumps(document)))]
            return check(
                load_policy(write("p.toml", policy)),
                load_book(write(name, book)),
                chains=chains,
                now=now,
                rate=0.036,
                dividends=0.011,
            ).verdict
        except HedgekitError:
            return "refused"

    return go


def test_the_sound_one_passes(verdict, document):
    assert verdict() == "pass"
    assert verdict(document=document) == "pass"


@pytest.mark.parametrize(
    "text",
    [
        BOOK.replace("\n", "\r\n"),
        "\ufeff" + BOOK,
        BOOK.replace("IWM,1700", '\n\nIWM,"1,700"'),
        BOOK.replace(",-10,", ",(10),"),
        BOOK.lower(),
        "positions for account 1 as of 14 October\n\n" + BOOK + "\nTotal,1827,\n\n\"Made up, for a test.\"\n",
        BOOK.replace("symbol,quantity", "Symbol,Qty (Quantity)"),
        "side," + BOOK.replace("\n", "\nLong,").replace("Long,IWM 2027-01-15 275 C,-10", "Short,IWM 2027-01-15 275 C,10").rstrip("Long,") + "\n",
    ],
    ids=["crlf", "bom", "thousands", "parentheses", "small", "preamble", "schwab", "sides"],
)  # fmt: skip
def test_another_spelling_passes_all_the_same(verdict, text):
    assert verdict(text) == "pass"


@pytest.mark.parametrize(
    "line",
    [
        "IWM 2026-09-18 230 P,5,", "IWM 2027-01-15 231.37 P,5,", "IWM 2027-01-16 230 P,5,", "IWM 2027-02-30 230 P,5,",
        "ZZZ 2027-01-15 230 P,5,", "ZZZ,5,", "SPY,,668", "SPY,nan,668", "SPY,inf,668", "SPY,five,668", "SPY,5%,668",
        ",5,668", "IWM 2027-01-15 230 P,1.5,", "SPY,1e18,668", "SPY,5,nan", "SPY,5,0", "SPY,5,-3", "SPY,0x10,668",
        'SPY,"1.700,50",668', 'SPY,"1,70",668', "SPY,1_000,668", "SPY,\u22125,668", "SPY,--5,668", "SPY,+-5,668", "SPY,(-5),668", "SPY,\u0665,668", "IWM270115P0023000,5,",
        "IWM1  270115P00230000,5,", "IWM7  270115P00230000,5,", "/RTYZ6,2,2200", "BTC-USD,1,60000", "VOD.L,100,72.5",
        "IWM 2027-01-15 275 C,-20,", "SPY,-2000,668", "IWM 2027-01-15 2", "IWM", "AAPL,50,300", "EUR,1500000,",
        "IWM,1700,", "IWM 2027-01-15 230 P,17,", "EUR.USD,5000,1.1",
    ],
)  # fmt: skip
def test_a_line_that_is_not_known_never_passes(verdict, line):
    assert verdict(BOOK + line + "\n") != "pass"


@pytest.mark.parametrize(
    "text",
    [
        "", "symbol,quantity\n", "symbol,quantity\nIWM,0\n", "symbol,quantity,quantity\nIWM,1,2\nCASH,1,1\n", POLICY,
        "symbol,quantity,side\nIWM,1700,Long\nIWM 2027-01-15 275 C,30,Short\nCASH,1500000,\n",
        "symbol,quantity,side\nIWM,-1700,Long\nCASH,1500000,\n",
        "symbol,quantity,side\nIWM,1700,Flat\nCASH,1500000,\n",
        "symbol,quantity,type\nIWM,1700,Equity\nIWM,17,Equity Option\nCASH,1500000,\n",
        "symbol,quantity,description\nIWM,1700,ETF\nIWM,17,IWM JAN 15 2027 $230 PUT\nCASH,1500000,\n",
        "symbol,quantity,currency\nIWM,1700,EUR\nCASH,1500000,USD\n", "symbol,quantity,ccy\nIWM,1700,EUR\nCASH,1500000,\n",
        "symbol,quantity,currency\nIWM,1700,USD\nCASH,1500000,EUR\n", BOOK.replace("CASH,1500000", "CASH,nan"),
        BOOK.replace("CASH,1500000", "CASH,"),
        '{"positions": [{"symbol": "IWM", "quantity": 1700}], "csah": 1500000}',
        '{"positions": [{"symbol": "IWM", "quantity": 1}], "positions": [{"symbol": "IWM", "quantity": 2}], "cash": 1e6}',
        '{"positions": [{"symbol": "IWM", "quantity": 1, "quantity": 1700}], "cash": 1e6}',
        '{"positions": [{"symbol": "IWM", "quantity": null}], "cash": 1e6}',
        '{"positions": [{"symbol": "IWM", "quantity": true}], "cash": 1e6}',
        '{"positions": [{"symbol": "IWM", "quantity": [3]}], "cash": 1e6}',
        '{"positions": [{"symbol": "IWM", "quantiy": 3}], "cash": 1e6}',
        'cash = 1e6\n[[positions]]\nsymbol = "IWM"\nquantity = nan\n',
    ],
)  # fmt: skip
def test_a_book_that_says_it_wrongly_never_passes(verdict, text):
    assert verdict(text) != "pass"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("max-loss-shock", "max-loss-shok"), ("limit_fraction", "limit_fractoin"), ("limit = 0.2", 'limit = "0.2"'),
        ("limit = 0.2", 'limit = "20%"'), ("limit = 0.2", "limit = 20"), ("limit = 0.2", "limit = 5"),
        ("limit = 0.2", "limit = nan"), ("limit = 0.2", "limit = inf"), ("limit = 0.2", "limit = -0.2"),
        ("limit = 0.2", "limit = true"), ("limit_fraction = 0.30", "limit_fraction = 5"), ("limit_fraction = 0.30", ""),
        ("limit_fraction = 0.30", "limit_fraction = 0.3\nshock = -20"), ("limit_fraction = 0.30", "limit_usd = 1e300"),
        ("limit_fraction = 0.30", "limit_fraction = 0.3\nshock = 20"), ("limit_fraction = 0.30", 'limit_usd = "$5"'),
        ("limit_fraction = 0.30", "limit_fraction = 0.3\nshock = 0.0"), ("AAPL = 0.75", 'AAPL = "0.75"'),
        ("AAPL = 0.75", "AAPL = nan"), ("AAPL = 0.75", "AAPL = 75"), ("AAPL = 0.75", ""), ("\n[betas]", '\nbenchmark = "IWN"\n[betas]'),
        ("limit = 0.2", 'limit = 0.2\nseverity = "warning"'), ("limit = 0.2", 'limit = 0.2\nenabled = "no"'),
        ("accept_book_prices = true", "enabled = false"), ("accept_book_prices = true", ""),
    ],
)  # fmt: skip
def test_a_slip_in_a_policy_never_passes(verdict, old, new):
    assert POLICY.count(old) >= 1
    assert verdict(policy=POLICY.replace(old, new)) != "pass"


@pytest.mark.parametrize(
    "text",
    [
        "[rules.allocation-band]\nlow = 0.5\nhigh = 0.1\n", "[rules.allocation-band]\nlow = 5\nhigh = 90\n",
        '[rules.allocation-band]\nticker = "IWN"\nlow = 0.0\nhigh = 1.0\n', "[rules.single-name]\nlimit = 0.5\n",
        "[rules.delta-dollars]\nmin_usd = 500000\nmax_usd = 100\n",
        "[rules.beta-dollars]\nmin_fraction = 1.5\nmax_fraction = -1.0\n", "[rules.beta-dollars]\nmax_fraction = 12\n",
        "[rules.spread]\nlimit = 15\n", "[rules.liquidity]\nlimit = 25\n", "[rules.margin-use]\nlimit = 50\n",
        "[rules.stop-distance]\nlow = 15\nhigh = 20\n", "[rules.floor-kept]\nfloor = 90\n", "[rules.sector-share]\n",
        "[rules.max-loss-grid]\nspot_moves = [-30, -20]\nlimit_usd = 1e9\n",
        "[rules.max-loss-grid]\nspot_moves = []\nlimit_usd = 1e9\n", "[rules.max-loss-grid]\nspot_moves = [0]\nlimit_usd = 1\n",
        "[rules.value-at-risk]\nlevel = 95\nlimit_usd = 1e9\n", "[rules.hedge-days-left]\nmin_days = 10.5\n",
        '[rules.value-at-risk]\nlimit_fraction = 0.5\nseverity = "warn"\n', '[rules.leadership-state]\nfile = "x.json"\n',
        "[rules.book-known]\nenabled = false\n", '[rules.book-known]\nseverity = "warn"\n', "[max-loss-shock]\nlimit_usd = 5\n",
        "[[rules.stop-distance]]\n[[rules.stop-distance]]\n",
    ],
)  # fmt: skip
def test_a_rule_that_makes_no_sense_or_has_no_data_never_passes(verdict, text):
    assert verdict(policy=POLICY + text) != "pass"


@pytest.mark.parametrize(
    "text", ["", 'name = "x"\n', "[rules]\n", "rules = []\n", "[rules.undefined-risk]\nenabled = false\n", BOOK]
)
def test_a_policy_of_nothing_never_passes(verdict, text):
    assert verdict(policy=text) != "pass"


@pytest.mark.parametrize(
    "quote",
    [
        {"bid": 0, "ask": 0}, {"bid": None, "ask": None}, {"ask": 0.0}, {"bid": 6.0, "ask": 4.0}, {"bid": -1.0},
        {"ask": None}, {"bid": float("nan")}, {"ask": 9000.0}, {"ask": 20.0}, {"bid": 0.0, "ask": 0.01},
    ],
    ids=str,
)  # fmt: skip
def test_a_quote_that_tells_no_price_never_passes(verdict, document, quote):
    changed = copy.deepcopy(document)
    next(row for row in changed["data"]["options"] if row["option"] == PUT).update(quote)
    assert verdict(document=changed) != "pass"


def test_a_chain_that_does_not_fit_never_passes(verdict, document):
    def of(change):
        changed = copy.deepcopy(document)
        change(changed["data"])
        return verdict(document=changed)

    def without_the_put(data):
        data["options"] = [row for row in data["options"] if row["option"] != PUT]

    def another_ticker(data):
        data["symbol"] = "SPY"
        for row in data["options"]:
            row["option"] = row["option"].replace("IWM", "SPY")

    def twice(data):
        row = next(row for row in data["options"] if row["option"] == PUT)
        data["options"].append({**row, "bid": 1.0, "ask": 1.1})

    for change in (
        without_the_put,
        another_ticker,
        twice,
        lambda data: data.update(options=[]),
        lambda data: data.update(current_price=0, close=0),
        lambda data: data.update(current_price=None, close=None),
        lambda data: data.update(current_price=-5.0, close=-5.0),
        lambda data: data.update(current_price=2481.2, close=2481.2),
        lambda data: data.update(current_price=260.5, close=260.5),
    ):
        assert of(change) != "pass"


def test_a_spot_from_parity_passes_when_the_policy_takes_it(verdict, document):
    changed = copy.deepcopy(document)
    changed["data"].update(current_price=0, close=0)
    assert verdict(document=changed, policy=POLICY + "[rules.book-known]\naccept_parity_spot = true\n") == "pass"


def test_a_line_twice_passes_when_the_policy_takes_it_or_the_lots_differ(verdict):
    taken = POLICY + "[rules.book-known]\naccept_repeated = true\n"
    assert verdict(BOOK + "IWM 2027-01-15 230 P,17,\n", policy=taken) == "pass"
    lots = "symbol,quantity,cost\nIWM,1700,200\nIWM,1700,210\nCASH,1500000,\n"
    assert verdict(lots) == "pass"
    assert verdict(lots.replace("210", "200")) == "breach"


@pytest.mark.parametrize(
    "now",
    [
        datetime(2026, 10, 21, 16, 30, tzinfo=NEW_YORK),  # a chain of last week
        datetime(2026, 10, 13, 16, 30, tzinfo=NEW_YORK),  # quoted tomorrow
        datetime(2026, 10, 14, 9, 45, tzinfo=NEW_YORK),  # quoted this afternoon
        datetime(2027, 2, 1, 12, 0, tzinfo=NEW_YORK),  # past the expiry
        datetime(1999, 1, 1, 12, 0, tzinfo=NEW_YORK),
    ],
    ids=str,
)
def test_another_moment_never_passes(verdict, now):
    assert verdict(now=now) != "pass"


@pytest.mark.parametrize(
    ("said", "wanted"),
    [("10/14/2026", "pass"), ("10/13/2026", "pass"), ("09/14/2026", "breach"), ("10/15/2026", "breach")],
)
def test_positions_of_another_day_never_pass(verdict, said, wanted):
    assert verdict(f'"Positions for account 1 as of 04:05 PM ET, {said}"\n\n{BOOK}') == wanted


def test_a_dated_books_own_price_is_of_that_day(verdict):
    policy = POLICY.replace("accept_book_prices = true", "max_sessions = 1")
    assert verdict(policy=policy) == "breach"
    assert verdict(f"positions as of 2026-10-14\n\n{BOOK}", policy=policy) == "pass"
    assert verdict(f"positions as of 2026-10-09\n\n{BOOK}", policy=policy) == "breach"


def test_clocks_a_few_minutes_apart_are_no_reason(verdict):
    assert verdict(now=datetime(2026, 10, 14, 15, 50, tzinfo=NEW_YORK)) == "pass"

"""Ten thousand files that went wrong somehow, of every layout: a chain, a flag or a sentence; never a traceback.

Bytes are flipped, cut, doubled and swapped; cells are replaced by junk; lines and columns change places. Where the right
answer is known it is asked for: junk in a bid or an ask is refused or flagged, and no other quote changes with it;
another order of lines changes nothing; a line left out leaves out that quote alone.
"""

import csv
import io
import json
import random
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from hedgekit.errors import HedgekitError
from hedgekit.market.chain import defects
from hedgekit.market.sources import FORMATS, chain_of
from hedgekit.market.sources.content import content_of
from hedgekit.market.survey import survey

sys.path.insert(0, str(Path(__file__).parent))
from made_layouts import NEEDS_DAY, NEEDS_TICKER, REFUSED, all_layouts, as_bytes

FILES = 10_000
BATCHES = 20
SOLVED = 4  # every so manieth file's vols are solved too, as `hedgekit chain` does
PARQUET = "Cboe fields by day (parquet)"
ORDERED = {  # lists beside each other, lines below a heading, a last line of its own: another order is another file
    *("MarketData chain (JSON, CSV, parquet)", "Nasdaq option page (JSON)", "thinkorswim export (CSV)"),
    "Barchart download (CSV)",
}
JUNK = [
    *(None, True, "", "x", "\ud800", "\0", "NaN", "1e999", "Infinity", "1_0", "١٢", "0x10", "1,2,3", "12:30", "$", "%"),
    *(-1, 0, 1e5, -999, 1e-300, 1e300, 10**400, float("nan"), float("inf"), [], {}, [1], {"a": 1}),
    *("2026-06-17", "IWM260918P00270000", "SPY7   260918P00270000", "0001-01-01 00:00:00", "9999-12-31T23:59:59Z"),
    *(9.9e18, 2**63, "today", "NaT", "ÅÄÖ", "=1+1", "'", '"', ";", "-", "--5", "5-", "(3.20)", "3.20 USD"),
]
# in a bid or ask these can only be mistakes, or say that there is none
BAD_PRICES = [
    *(None, True, "x", "", "NaN", "1e999", "1_0", "١٢", "0x10", "1,2,3", -1, -3.5, -999, 1e5, 1e300, "-", "(3.20)"),
    *("--", "n/a", [], {}, "Infinity", "9999999"),
]
BIDS = {
    "bp",
    "c_Bid",
    "p_Bid",
    "callBidPrice",
    "putBidPrice",
    "bid_eod",
    "best_bid",
    "BID",
    "bid",
    "Bid",
    "b",
    " bid",
    " [C_BID]",
    " [P_BID]",
    "Call_Bid",
    "Put_Bid",
}
ASKS = {
    "ap",
    "c_Ask",
    "p_Ask",
    "callAskPrice",
    "putAskPrice",
    "ask_eod",
    "best_offer",
    "ASK",
    "ask",
    "Ask",
    "a",
    " ask",
    " [C_ASK]",
    " [P_ASK]",
    "Call_Ask",
    "Put_Ask",
}


@pytest.fixture(scope="module")
def base(make_document, make_quotes):
    """Format name -> bytes, of ten options each."""
    small = {"expiries": (date(2026, 6, 26),), "strikes": (280, 285, 290, 295, 300)}
    layouts = all_layouts(make_document(**small), make_quotes(**small))
    assert layouts.keys() == FORMATS.keys()
    return {name: as_bytes(layout) for name, layout in layouts.items()}


def arguments(name):
    how = {"ticker": "IWM"} if name in NEEDS_TICKER else {}
    return {**how, "asof": "2026-06-17"} if name in NEEDS_DAY else how


def answer(data, *, solved=True, **how):
    """Load and use a file: what each symbol's quote is, or the sentence of refusal; anything else is a failure."""
    try:
        chain = chain_of(content_of("chain", "chain", data), **how)
        defects(chain)
        assert np.isfinite(chain.spot)
        if solved:
            survey(chain)
    except HedgekitError as error:
        message = str(error)
        message.encode("utf-8")  # any terminal can print it
        assert message and "\n" not in message
        return message
    quotes = zip(chain.bid.tolist(), chain.ask.tolist(), chain.strike.tolist(), strict=True)
    return dict(zip(chain.symbol.tolist(), quotes, strict=True)), chain


def same(ours, theirs):
    return all(x == y or (x != x and y != y) for x, y in zip(ours, theirs, strict=True))


def mutated_bytes(dice, data):
    data = bytearray(data)
    for _ in range(dice.randint(1, 5)):
        if not data:
            break
        at, action = dice.randrange(len(data)), dice.randrange(7)
        if action == 0:
            data[at] = dice.randrange(256)
        elif action == 1:
            del data[at : at + dice.randint(1, 200)]
        elif action == 2:
            data[at:at] = data[dice.randrange(len(data)) :][: dice.randint(1, 50)]
        elif action == 3:
            data[at] = ord(dice.choice('0123456789-.eE"{}[],:;\t\n %'))
        elif action == 4:
            data[at : at + 1] = dice.choice(["é", "\u2028", "\ud800", "０", "\x00"]).encode("utf-8", "surrogatepass")
        elif action == 5:
            other = dice.randrange(len(data))
            data[at], data[other] = data[other], data[at]
        else:
            data = data[: max(at, 1)]
    return bytes(data)


def nodes(tree):
    """Every (container, key) of a JSON tree."""
    found, left = [], [tree]
    while left:
        one = left.pop()
        keys = one.keys() if isinstance(one, dict) else range(len(one)) if isinstance(one, list) else ()
        for name in keys:
            found.append((one, name))
            left.append(one[name])
    return found


def dumped(tree):
    return json.dumps(tree).encode("utf-8", "surrogatepass")


def table(data):
    return list(csv.reader(io.StringIO(data.decode())))


def untable(rows):
    sink = io.StringIO()
    csv.writer(sink, lineterminator="\n").writerows([["" if cell is None else cell for cell in row] for row in rows])
    return sink.getvalue().encode("utf-8", "surrogatepass")


def mutated_cells(dice, data):
    """Replace values anywhere by junk, or take them out."""
    if data[:1] in b"{[" and not data.startswith(b"[QUOTE"):
        tree = json.loads(data)
        for _ in range(dice.randint(1, 3)):
            where, name = dice.choice(nodes(tree))
            if dice.random() < 0.15:
                del where[name]
            else:
                where[name] = dice.choice(JUNK)
            if not nodes(tree):
                break
        return dumped(tree)
    rows = table(data)
    for _ in range(dice.randint(1, 3)):
        row = dice.choice([row for row in rows if row] or [[""]])
        at = dice.randrange(len(row))
        if dice.random() < 0.1:
            del row[at]
        else:
            row[at] = dice.choice(JUNK)
    return untable(rows)


def header_of(rows):
    return next(
        number
        for number, row in enumerate(rows)
        if any("trike" in cell or "STRIKE" in cell or "symbol" in cell or "Instrument" in cell for cell in row)
    )


def one_bad_price(dice, data):
    """Replace one bid or ask by what can only be a mistake."""
    junk = dice.choice(BAD_PRICES)
    if data[:1] in b"{[" and not data.startswith(b"[QUOTE"):
        tree = json.loads(data)
        where, name = dice.choice([(one, name) for one, name in nodes(tree) if name in BIDS | ASKS])
        where[name] = junk
        return dumped(tree)
    rows = table(data)
    head = header_of(rows)
    at = dice.choice([at for at, name in enumerate(rows[head]) if name in BIDS | ASKS])
    row = dice.choice([row for row in rows[head + 1 :] if len(row) > at])
    row[at] = junk
    return untable(rows)


def other_order(dice, data):
    """Change the order of lines, and of columns where names are not repeated."""
    if data[:1] in b"{[" and not data.startswith(b"[QUOTE"):
        tree = json.loads(data)
        for one, name in nodes(tree):
            if isinstance(one[name], list):
                dice.shuffle(one[name])
            elif isinstance(one[name], dict):
                one[name] = dict(dice.sample(list(one[name].items()), len(one[name])))
        return dumped(tree)
    rows = table(data)
    head = header_of(rows)
    body = rows[head + 1 :]
    dice.shuffle(body)
    rows[head + 1 :] = body
    if len(set(rows[head])) == len(rows[head]) and head == 0:
        order = dice.sample(range(len(rows[0])), len(rows[0]))
        rows = [[row[at] for at in order] for row in rows]
    return untable(rows)


@pytest.fixture(scope="module")
def known(base):
    """What the sound files say."""
    return {name: answer(data, **arguments(name)) for name, data in base.items()}


@pytest.mark.parametrize("batch", range(BATCHES))
def test_files_that_went_wrong(base, known, batch):
    for seed in range(batch, FILES, BATCHES):
        dice = random.Random(seed)
        name = dice.choice(list(base))
        kind = dice.choice(["bytes", "cells", "price", "order"])
        if kind == "order" and name in ORDERED:
            kind = "cells"
        if name == PARQUET or (name in REFUSED and kind in ("price", "order")):
            kind = "bytes"
        change = {"bytes": mutated_bytes, "cells": mutated_cells, "price": one_bad_price, "order": other_order}[kind]
        got = answer(change(dice, base[name]), solved=seed % SOLVED == 0, **arguments(name))
        if kind in ("bytes", "cells") or isinstance(got, str):
            assert kind != "order", f"seed {seed}: {name}: refused for its order: {got}"
            continue
        quotes, chain = got
        before, _ = known[name]
        assert quotes.keys() == before.keys(), f"seed {seed}: {name}"
        changed = [symbol for symbol in quotes if not same(quotes[symbol], before[symbol])]
        if kind == "order":
            assert not changed and chain.spot == known[name][1].spot, f"seed {seed}: {name}"
            continue
        assert len(changed) <= 1, f"seed {seed}: {name}: {changed}"
        for symbol in changed:
            assert chain.flags[chain.rows_of(symbol)].all(), f"seed {seed}: {name}: {symbol} {quotes[symbol]}"

"""Files that went wrong somehow: a chain, or a sentence; never another exception and never a NumPy warning."""

import json
import random

import numpy as np
import pytest

from hedgekit.errors import HedgekitError
from hedgekit.market.chain import defects
from hedgekit.market.sources import load

JUNK = [
    *(None, True, "", "x", "\ud800", "\0", "NaN", "1e999", "Infinity", -1, 0, 1, -999, 1e-300, 1e300, 10**400),
    *(float("nan"), float("inf"), [], {}, [1], {"a": 1}, "2026-06-17", "IWM260918P00270000", "IWM991231C99999999"),
    *("SPY7   260918P00270000", "0001-01-01 00:00:00", "9999-12-31T23:59:59Z", 9.9e18, 2**63, "today", "NaT"),
]


def small_document(make_document):
    from datetime import date

    return make_document(expiries=(date(2026, 6, 18), date(2026, 6, 26)), strikes=tuple(range(280, 300, 4)))


def tried(path, **how):
    """Load, and use what came: every outcome but a HedgekitError is a failure."""
    message = ""
    try:
        chain = load(path, **how)
        defects(chain)
        chain.to_frame()
        assert np.isfinite(chain.spot)
    except HedgekitError as error:
        message = str(error)
    message.encode("utf-8")  # any terminal can print it
    assert "\n" not in message


@pytest.mark.parametrize("seed", range(200))
def test_mutated_cells(make_document, write, seed):
    dice = random.Random(seed)
    document = small_document(make_document)
    for _ in range(dice.randint(1, 3)):
        target = dice.choice([document, document["data"], *document["data"]["options"]])
        name = dice.choice(list(target))
        action = dice.random()
        if action < 0.15:
            del target[name]
        elif action < 0.25:
            target[dice.choice(["timestamp", "data", "options", "option", "bid"])] = dice.choice(JUNK)
        elif action < 0.35 and isinstance(target[name], float):
            target[name] *= dice.choice([-1.0, 1e6, 1e-6, 100.0])
        else:
            target[name] = dice.choice(JUNK)
        if "data" not in document or not isinstance(document["data"], dict):
            break
        if not isinstance(document["data"].get("options"), list):
            break
    tried(write(json.dumps(document)), asof=dice.choice([None, None, "2026-06-17"]))


@pytest.mark.parametrize("seed", range(200))
def test_mutated_bytes(make_document, write, seed):
    dice = random.Random(seed)
    data = bytearray(json.dumps(small_document(make_document)).encode())
    for _ in range(dice.randint(1, 5)):
        at = dice.randrange(len(data))
        action = dice.randrange(5)
        if action == 0:
            data[at] = dice.randrange(256)
        elif action == 1:
            del data[at : at + dice.randint(1, 200)]
        elif action == 2:
            data[at:at] = bytes(data[dice.randrange(len(data)) :][: dice.randint(1, 50)])
        elif action == 3:
            data[at] = ord(dice.choice('0123456789-.eE"{}[],:'))
        else:
            data = data[: max(at, 1)]
    tried(write(bytes(data)))


@pytest.mark.parametrize("seed", range(150))
def test_mutated_parquet(make_document, write, seed):
    import io

    import pyarrow
    import pyarrow.parquet

    dice = random.Random(seed)
    rows = [
        {"quote_utc": "2026-06-17 20:15:00", "underlying": "IWM", "spot": 290.0, **row}
        for row in small_document(make_document)["data"]["options"]
    ]
    names = list(rows[0])
    broken = dice.choice(names)
    junk = dice.choice(["x", -1, 0.0, None, True, 1e300, "2026-06-17", [1], {"a": 1}, "IWM991231C99999999"])
    if dice.random() < 0.5:
        for row in rows:
            row[broken] = junk
    sink = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), sink)
    data = bytearray(sink.getvalue())
    if dice.random() < 0.5:
        for _ in range(dice.randint(1, 4)):
            data[dice.randrange(4, len(data))] = dice.randrange(256)
    if dice.random() < 0.1:
        data = data[: dice.randrange(4, len(data))]
    tried(write(bytes(data), "chain.parquet"))


@pytest.mark.parametrize("junk", JUNK, ids=ascii)
@pytest.mark.parametrize("name", ["option", "bid", "ask", "iv", "open_interest", "last_trade_time", "last_trade_price"])
def test_one_junk_cell(make_document, write, name, junk):
    document = small_document(make_document)
    document["data"]["options"][4][name] = junk
    tried(write(json.dumps(document)))


@pytest.mark.parametrize("junk", JUNK, ids=ascii)
@pytest.mark.parametrize("name", ["timestamp", "data", "symbol", "current_price", "options"])
def test_one_junk_fact(make_document, write, name, junk):
    document = small_document(make_document)
    target = document if name in document else document["data"]
    target[name] = junk
    tried(write(json.dumps(document)))

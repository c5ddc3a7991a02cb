"""Many accounts at once say what each says alone; none is passed over."""

import dataclasses
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet as pq
import pytest

import hedgekit as hk
from hedgekit.errors import DataError, InputError
from hedgekit.model import NEW_YORK
from hedgekit.report import render
from hedgekit.risk.book import load_book
from hedgekit.risk.check import check
from hedgekit.risk.policy import load_policy
from hedgekit.scale.account_files import read_accounts
from hedgekit.scale.accounts import check_books
from hedgekit.scale.engines import LocalProcesses

NOW = datetime(2026, 10, 14, 16, 30, tzinfo=NEW_YORK)

POLICY = """
benchmark = "IWM"
[betas]
AAPL = { beta = 0.75, low = 0.6, high = 0.9 }
[rules.data-age]
accept_book_prices = true
[rules.allocation-band]
low = 0.2
high = 0.9
[rules.max-loss-shock]
limit_fraction = 0.10
vol_shock = 0.3
[rules.max-loss-grid]
limit_fraction = 0.2
days = [0, 30, 70]
[rules.beta-dollars]
max_fraction = 0.8
[rules.gamma-near-expiry]
limit_usd = 20000
[rules.margin-use]
[rules.uncovered-shorts]
[rules.undefined-risk]
[rules.spread]
[rules.hedge-coverage]
[rules.ex-dividend]
days_ahead = 70
[rules.floor-kept]
floor = 0.8
"""


@pytest.fixture(scope="module")
def chain(example):
    whole = hk.load_chain(example)
    days = np.array(["2026-10-30", "2026-12-18", "2027-01-15", "2027-03-19"], "M8[D]")
    return whole.select(np.isin(whole.expiry, days))


@pytest.fixture
def policy(tmp_path):
    path = tmp_path / "desk.toml"
    path.write_text(POLICY)
    return load_policy(path)


def made(chain, count=24, seed=5):
    """Rows (account, symbol, quantity, price): options and shares with a chain, shares without, and some cash."""
    rng = np.random.default_rng(seed)
    symbols = chain.symbol[(chain.bid > 0.05) & (chain.flags == 0)]
    rows = []
    for i in range(count):
        name = f"A{i:03d}"
        if i % 3:
            rows.append((name, "IWM", float(rng.integers(-2, 20) * 100 + 1), None))
        held = rng.choice(symbols, rng.integers(0, 7), replace=False)
        rows += [(name, symbol, float(rng.integers(1, 6) * rng.choice([1, -1])), None) for symbol in held]
        if i % 4 == 0:
            rows.append((name, "AAPL", 50.0, 240.0))
        if i % 8 == 0:
            rows.append((name, "IWM 2027-01-15 225.5 P", 1.0, None))  # not listed
        if i % 8 == 4:
            rows.append((name, "IWM261009P00240000", 1.0, None))  # expired
        if i == 5:
            rows.append((name, "ZZZZ", 1.0, None))  # no price
        rows.append((name, "CASH", float(rng.integers(100_000, 900_000)), None))
    return rows


def table_of(rows, path):
    names = ("account", "symbol", "quantity", "price")
    pq.write_table(pa.table({name: [row[at] for row in rows] for at, name in enumerate(names)}), path)
    return path


def alone(rows, name, tmp_path, policy, **more):
    lines = [",".join("" if cell is None else str(cell) for cell in row) for row in rows if row[0] == name]
    path = tmp_path / f"{name}.csv"
    path.write_text("account,symbol,quantity,price\n" + "\n".join(lines) + "\n")
    return check(policy, load_book(path), now=NOW, **more)


def compare(out, expected):
    """Verdicts agree; numbers to 1e-9 of their size: counts times a share's worth are rounded once more or less."""
    found = out.to_pylist()
    assert [(row["rule"], row["verdict"], row["computed"]) for row in found] == [
        (one.id, one.verdict, one.computed) for one in expected.rules
    ]
    for row, one in zip(found, expected.rules, strict=True):
        if isinstance(one.value, float) and row["value"] is not None:
            assert row["value"] == pytest.approx(one.value, rel=1e-9, abs=1e-6), one.id
            if isinstance(one.limit, float):
                assert row["limit"] == pytest.approx(one.limit, rel=1e-9)
        if not one.computed:
            assert row["message"] == one.message


@pytest.mark.parametrize("given", ["inferred", "given", "file"])
def test_each_account_has_the_verdict_it_has_alone(tmp_path, policy, chain, given):
    more = {"chains": [chain]}
    if given != "inferred":
        more |= {"rate": 0.036, "dividends": 0.011}
    if given == "file":
        (tmp_path / "d.csv").write_text("date,amount\n2025-12-15,0.7\n2026-03-16,0.6\n2026-06-15,0.6\n2026-09-15,0.6\n")
        more["dividends"] = str(tmp_path / "d.csv")
    rows = made(chain, 24 if given == "given" else 8)
    source, out = table_of(rows, tmp_path / "books.parquet"), tmp_path / "verdicts.parquet"
    result = check_books(policy, source, engine=LocalProcesses(1), now=NOW, out=out, **more)
    verdicts = pq.read_table(out)
    readable = list(dict.fromkeys(row[0] for row in rows))
    unread = {one.key for one in result.unread}
    seen = set()
    for name in readable:
        if name in unread:
            with pytest.raises(DataError):
                alone(rows, name, tmp_path, policy, **more)
            continue
        expected = alone(rows, name, tmp_path, policy, **more)
        compare(verdicts.filter(pa.compute.equal(verdicts["account"], name)), expected)
        seen.add(expected.verdict)
    assert len(verdicts) == len(policy.entries) * (len(readable) - len(unread))
    assert result.passed + result.breached_count + len(unread) == result.accounts == len(readable)
    assert result.exit_code in (1, 3)


def test_an_account_of_cash_alone_is_read(tmp_path, policy, chain):
    source = table_of([("saver", "CASH", 2500.0, None)], tmp_path / "books.parquet")
    result = check_books(policy, source, engine=LocalProcesses(1), now=NOW, out=tmp_path / "v.parquet", chains=[chain])
    assert not result.unread and result.accounts == 1


def test_two_chains_share_the_rate_of_the_one_that_leads(tmp_path, policy, chain):
    other = dataclasses.replace(
        chain, ticker="AAPL", symbol=np.array([text.replace("IWM", "AAPL") for text in chain.symbol.tolist()])
    )
    books = {
        "both": ["IWM,100", "IWM 2027-01-15 225 P,1", "AAPL 2027-01-15 240 C,-1", "AAPL,100"],
        "other": ["AAPL 2027-01-15 240 C,-1", "AAPL,100"],
        "bare": ["IWM,100", "AAPL 2027-01-15 240 C,-1", "AAPL,100"],
    }
    folder = tmp_path / "books"
    folder.mkdir()
    for name, lines in books.items():
        (folder / f"{name}.csv").write_text("symbol,quantity\n" + "\n".join([*lines, "CASH,90000"]) + "\n")
    out = tmp_path / "v.parquet"
    check_books(policy, folder, engine=LocalProcesses(1), chains=[chain, other], now=NOW, out=out)
    verdicts = pq.read_table(out)
    for name in books:
        expected = check(policy, load_book(folder / f"{name}.csv"), chains=[chain, other], now=NOW)
        compare(verdicts.filter(pa.compute.equal(verdicts["account"], f"{name}.csv")), expected)


def test_tail_rules_say_what_they_say_alone(tmp_path, chain):
    (tmp_path / "tail.toml").write_text(
        'benchmark = "IWM"\n'
        "[[rules.value-at-risk]]\nlimit_fraction = 0.1\n"
        '[[rules.value-at-risk]]\nlabel = "month"\nhorizon_days = 21\nlevel = 0.99\nlimit_usd = 9000\n'
        '[[rules.value-at-risk]]\nlabel = "implied"\nbasis = "implied"\nlimit_fraction = 0.1\n'
        "[rules.expected-shortfall]\nlimit_fraction = 0.1\n[rules.margin-use]\n"
    )
    policy = load_policy(tmp_path / "tail.toml")
    random = np.random.default_rng(3)
    closes = 100.0 * np.exp(np.cumsum(0.015 * random.normal(size=(700, 2)), axis=0))
    days = np.datetime64("2024-11-14") + np.arange(700)
    prices = hk.PriceHistory(tickers=("IWM", "AAPL"), dates=days, close=closes, total_return=closes, source="made")
    rows = made(chain, 9, seed=8)
    rows += [("copy", *row[1:]) for row in rows if row[0] == "A001"]  # a model portfolio, held twice
    more = {"chains": [chain], "prices": prices, "rate": 0.036, "dividends": 0.011}
    source, out = table_of(rows, tmp_path / "books.parquet"), tmp_path / "verdicts.parquet"
    result = check_books(policy, source, engine=LocalProcesses(1), now=NOW, out=out, **more)
    verdicts = pq.read_table(out)
    known = 0
    for name in sorted({row[0] for row in rows} - {one.key for one in result.unread}):
        expected = alone(rows, name, tmp_path, policy, **more)
        compare(verdicts.filter(pa.compute.equal(verdicts["account"], name)), expected)
        known += sum(one.computed for one in expected.rules if "value-at-risk" in one.id)
    assert known > 5


def test_the_same_bytes_for_one_and_two_workers(tmp_path, policy, chain, monkeypatch):
    monkeypatch.setattr("hedgekit.scale.accounts.read_accounts", lambda source: read_accounts(source, chunk=5))
    source = table_of(made(chain, 12), tmp_path / "books.parquet")
    texts = []
    for workers in (1, 2):
        out = tmp_path / f"{workers}.parquet"
        result = check_books(
            policy,
            source,
            engine=LocalProcesses(workers),
            chains=[chain],
            now=NOW,
            rate=0.036,
            dividends=0.011,
            out=out,
        )
        texts.append((dataclasses.replace(result, out=None).to_json(), out.read_bytes()))
    assert texts[0] == texts[1]


def test_an_account_that_cannot_be_read_is_named_and_ends_with_3(tmp_path, policy, chain):
    rows = [
        *made(chain, 3),
        ("bad", "IWM 2027-13-45 X", 1.0, None),
        ("bad", "CASH", 1.0, None),
        ("half", "IWM270115P00230000", 1.5, None),
        ("none", "IWM", None, None),
        (None, "IWM", 5.0, None),
    ]
    source = table_of(rows, tmp_path / "b.parquet")
    result = check_books(policy, source, engine=LocalProcesses(1), chains=[chain], now=NOW, rate=0.036)
    told = {one.key: one.reason for one in result.unread}
    assert set(told) == {"bad", "half", "none", f"{source}: row {len(rows)}"}
    assert "neither a ticker nor an option" in told["bad"] and "row" in told["bad"]
    assert "contracts come whole" in told["half"] and "no quantity" in told["none"]
    assert result.exit_code == 3
    text = render(result, "table")
    assert "NOT READ" in text and max(map(len, text.splitlines())) <= 80
    assert result.to_dict()["counts"]["unread"] == 4


@pytest.mark.parametrize(
    ("columns", "said"),
    [({"account": ["a"], "symbol": ["IWM"]}, "no column of quantity"), ({"x": [1]}, "account or symbol or quantity")],
)
def test_a_table_without_its_columns_is_refused(tmp_path, columns, said):
    pq.write_table(pa.table(columns), tmp_path / "b.parquet")
    with pytest.raises(DataError, match=said):
        read_accounts(tmp_path / "b.parquet")


def test_what_holds_no_account_is_refused(tmp_path):
    with pytest.raises(InputError, match="no file in this folder"):
        read_accounts(tmp_path)
    (tmp_path / "junk.parquet").write_bytes(b"junk")
    with pytest.raises(DataError, match="expected a folder of books or a parquet file"):
        read_accounts(tmp_path / "junk.parquet")
    with pytest.raises(DataError, match="no-such"):
        read_accounts(tmp_path / "no-such.parquet")

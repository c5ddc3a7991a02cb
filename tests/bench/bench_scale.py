"""Split work against a plain loop: enriched histories by quotes, many accounts by account.

Processor seconds of every process taking part, start-up included: they say the same on a busy machine. What two workers
gain is told both ways: by the clock of this run, and as it would be with both cores free (the parent's part and half of
the workers').
"""

from __future__ import annotations

import os
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from harness import Row

import hedgekit as hk
from hedgekit.model import NEW_YORK
from hedgekit.pairs.scan import pair_scan
from hedgekit.risk.book import load_book
from hedgekit.risk.check import check
from hedgekit.risk.policy import Policy, load_policy, starter
from hedgekit.scale.accounts import check_books
from hedgekit.scale.engines import LocalProcesses
from hedgekit.scale.history import Piece, enrich, enriched

ROOT = Path(__file__).resolve().parent.parent.parent
DAYS = int(os.environ.get("HEDGEKIT_BENCH_DAYS", "240"))
ACCOUNTS = int(os.environ.get("HEDGEKIT_BENCH_ACCOUNTS", "100000"))
EXPIRIES, LINES, CONTRACTS, FEW = 6, 20, 400, 5
TICKERS, SCAN_DAYS = 500, 2520
NOW = datetime(2026, 10, 14, 16, 30, tzinfo=NEW_YORK)

GRID = """
benchmark = "IWM"
[rules.max-loss-grid]
spot_moves = [-0.3, -0.2, -0.1, -0.05, 0.0, 0.05, 0.1]
vol_shocks = [-0.3, -0.2, 0.0, 0.2, 0.5]
days = [0, 7, 14, 21, 30]
limit_fraction = 0.25
[rules.delta-dollars]
max_fraction = 1.2
[rules.allocation-band]
low = 0
high = 1
"""

TAIL = """
benchmark = "IWM"
[rules.value-at-risk]
limit_fraction = 0.15
[rules.expected-shortfall]
limit_fraction = 0.15
"""


@dataclass(frozen=True, kw_only=True)
class Spent:
    """Seconds by the clock, and of processors: of this process and of its workers."""

    wall: float
    own: float
    workers: float

    @property
    def cpu(self) -> float:
        return self.own + self.workers

    @property
    def on_two_cores(self) -> float:
        return self.own + self.workers / 2


def spent(call: Callable[[], object]) -> Spent:
    def used(who: int) -> float:
        told = resource.getrusage(who)
        return told.ru_utime + told.ru_stime

    start, own, workers = time.perf_counter(), used(resource.RUSAGE_SELF), used(resource.RUSAGE_CHILDREN)
    call()
    return Spent(
        wall=time.perf_counter() - start,
        own=used(resource.RUSAGE_SELF) - own,
        workers=used(resource.RUSAGE_CHILDREN) - workers,
    )


def peak_mb(workers: int) -> float:
    """The parent and as many as the largest worker so far, benches before this one included: no less than they held."""
    own, largest = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return (own + workers * largest) / 1024


def history(folder: Path) -> tuple[list[Path], int]:
    """The made chain's nearest expiries on several days, every date moved alike, a week apart."""
    whole = hk.load_chain(ROOT / "examples" / "data" / "iwm.json")
    chain = whole.select(whole.expiry <= np.unique(whole.expiry)[EXPIRIES])
    files = []
    for i in range(DAYS):
        by = timedelta(days=7 * i)
        table = pa.table(
            {
                "asof": [(chain.asof.replace(tzinfo=None) + by).isoformat()] * len(chain),
                "ticker": ["IWM"] * len(chain),
                "spot": np.full(len(chain), chain.spot),
                "expiry": [str(day + by) for day in chain.expiry.tolist()],
                "strike": chain.strike,
                "kind": ["call" if sign == 1 else "put" for sign in chain.kind.tolist()],
                "bid": chain.bid,
                "ask": chain.ask,
            }
        )
        files.append(folder / f"{i:03d}.parquet")
        pq.write_table(table, files[-1])
    return files, DAYS * len(chain)


def accounts(path: Path, count: int) -> None:
    """Made accounts: shares, nineteen options each, and cash."""
    chain = hk.load_chain(ROOT / "examples" / "data" / "iwm.json")
    sound = (chain.t_years > 0.05) & (chain.bid > 0.05) & (chain.flags == 0)
    rng = np.random.default_rng(20260617)
    names = [*rng.choice(chain.symbol[sound], CONTRACTS, replace=False).tolist(), "IWM", "CASH"]
    rows, options = LINES + 1, LINES - 1
    at = np.empty((count, rows), dtype=np.int32)
    at[:, 0], at[:, -1] = CONTRACTS, CONTRACTS + 1
    at[:, 1:-1] = np.argsort(rng.random((count, CONTRACTS), dtype=np.float32), axis=1)[:, :options]
    amount = np.empty((count, rows))
    amount[:, 0], amount[:, -1] = rng.integers(1000, 4000, count), rng.integers(200_000, 900_000, count)
    amount[:, 1:-1] = rng.integers(1, 5, (count, options)) * rng.choice([1, 1, -1], (count, options))
    table = {
        "account": pa.array(np.repeat([f"A{i:06d}" for i in range(count)], rows)),
        "symbol": pa.DictionaryArray.from_arrays(pa.array(at.ravel()), pa.array(names)).cast(pa.string()),
        "quantity": pa.array(amount.ravel()),
    }
    pq.write_table(pa.table(table), path)


def history_rows(folder: Path) -> list[Row]:
    """The runner on one worker against a plain loop, and on two against one."""
    files, quotes = history(folder)

    def plain() -> None:
        for path in files:
            made = enriched(Piece(path=str(path), day=None, ticker=None, rate=None, dividends=None))
            (folder / "plain.parquet").write_bytes(made.content)

    def split(workers: int) -> Spent:
        return spent(lambda: enrich(files, out=folder / f"out{workers}", engine=LocalProcesses(workers)))

    enriched(Piece(path=str(files[0]), day=None, ticker=None, rate=None, dividends=None))
    loop, one, two = spent(plain), split(1), split(2)
    each = 1e9 / quotes
    gain = f"{one.wall / two.wall:.2f} x by the clock, {one.cpu / two.on_two_cores:.2f} x with two cores free"
    return [
        Row(
            work="history enrich, 1 worker, CPU a quote",
            rival="plain loop",
            ours_ns=one.cpu * each,
            rival_ns=loop.cpu * each,
            error=f"{quotes / one.cpu:,.0f} quotes a CPU second, {DAYS} partitions",
        ),
        Row(
            work="history enrich, 2 workers, CPU a quote",
            rival="1 worker",
            ours_ns=two.cpu * each,
            rival_ns=one.cpu * each,
            error=f"same bytes, {quotes / two.wall:,.0f} quotes/s; {gain}",
        ),
    ]


def account_rows(folder: Path) -> Iterator[Row]:
    """Many accounts on two workers against the same check of one account at a time."""
    chain = hk.load_chain(ROOT / "examples" / "data" / "iwm.json")
    prices = hk.load_prices([ROOT / "examples" / "data" / f"{ticker}.csv" for ticker in ("IWM", "SPY")])
    given = {"chains": [chain], "prices": prices, "now": NOW, "rate": 0.036, "dividends": 0.011}
    books = []
    accounts(folder / "few.parquet", FEW)
    head = pq.read_table(folder / "few.parquet").to_pylist()
    for i in range(FEW):
        path = folder / f"{i}.csv"
        lines = [f"{row['symbol']},{row['quantity']}" for row in head[i * (LINES + 1) : (i + 1) * (LINES + 1)]]
        path.write_text("symbol,quantity\n" + "\n".join(lines) + "\n")
        books.append(load_book(path))

    def row(name: str, text: str, count: int) -> Row:
        policy = _policy(folder, text)
        source = folder / f"{count}.parquet"
        accounts(source, count)
        out = folder / "verdicts.parquet"
        many = spent(lambda: check_books(policy, source, engine=LocalProcesses(2), out=out, **given))
        few = spent(lambda: [check(policy, book, **given) for book in books])
        free = f"{many.on_two_cores:.0f} s with two cores free"
        return Row(
            work=f"check --books, {count:,} x {LINES}, {name}",
            rival="check, one at a time",
            ours_ns=many.cpu / count * 1e9,
            rival_ns=few.cpu / FEW * 1e9,
            error=f"CPU an account; {many.wall:.0f} s by the clock, {free}, at most {peak_mb(2):,.0f} MB in all",
        )

    yield row("175 scenarios", GRID, ACCOUNTS)
    yield row("VaR and ES", TAIL, ACCOUNTS // 10)
    yield row("starter policy", starter(), ACCOUNTS // 50)


def scan_row() -> Row:
    """All pairs of many tickers, both ways, against statsmodels' test of a few."""
    from statsmodels.tsa.stattools import coint

    rng = np.random.default_rng(20260617)
    factor = np.cumsum(0.008 * rng.normal(size=(SCAN_DAYS, 1)), axis=0)
    logs = factor * rng.uniform(0.5, 1.5, TICKERS) + np.cumsum(0.01 * rng.normal(size=(SCAN_DAYS, TICKERS)), axis=0)
    prices = np.exp(logs)
    panel = hk.PriceHistory(
        tickers=tuple(f"T{i:03d}" for i in range(TICKERS)),
        dates=np.datetime64("2016-01-01") + np.arange(SCAN_DAYS),
        close=prices,
        total_return=prices,
        source="made",
    )
    pairs = TICKERS * (TICKERS - 1) // 2
    found: list[int] = []
    ours = spent(lambda: found.append(pair_scan(panel).discoveries))
    rival = spent(lambda: [coint(logs[:, i], logs[:, i + 1], autolag="aic") for i in range(FEW)])
    return Row(
        work=f"pair scan, {TICKERS} names x {SCAN_DAYS:,} days, a test",
        rival="statsmodels coint",
        ours_ns=ours.cpu / (2 * pairs) * 1e9,
        rival_ns=rival.cpu / FEW * 1e9,
        error=f"{2 * pairs:,} tests in {ours.wall:.1f} s, {ours.cpu:.1f} CPU s; {found[0]} found in pairs made independent",
    )


def _policy(folder: Path, text: str) -> Policy:
    path = folder / "desk.toml"
    path.write_text(text)
    return load_policy(path)


def rows() -> Iterator[Row]:
    """Time the runner, its workers, many accounts and many pairs."""
    with tempfile.TemporaryDirectory() as name:
        yield scan_row()
        yield from history_rows(Path(name))
        yield from account_rows(Path(name))

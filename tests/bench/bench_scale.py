"""Split work against a plain loop: enriched histories by quotes, many accounts by lines; wall clock, start-up included."""

from __future__ import annotations

import os
import resource
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from harness import Row

import hedgekit as hk
from hedgekit.model import NEW_YORK
from hedgekit.risk.book import load_book
from hedgekit.risk.check import check
from hedgekit.risk.policy import load_policy
from hedgekit.scale.accounts import check_books
from hedgekit.scale.engines import LocalProcesses
from hedgekit.scale.history import Piece, enrich, enriched

ROOT = Path(__file__).resolve().parent.parent.parent
DAYS = int(os.environ.get("HEDGEKIT_BENCH_DAYS", "12"))
ACCOUNTS = int(os.environ.get("HEDGEKIT_BENCH_ACCOUNTS", "20000"))
LINES, CONTRACTS = 20, 400
NOW = datetime(2026, 10, 14, 16, 30, tzinfo=NEW_YORK)

POLICY = """
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


def seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def history(folder: Path) -> tuple[list[Path], int]:
    """The made chain on several days, every date moved alike, a week apart."""
    chain = hk.load_chain(ROOT / "examples" / "data" / "iwm.json")
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
    symbols = rng.choice(chain.symbol[sound], CONTRACTS, replace=False)
    rows: list[tuple[str, str, float]] = []
    for i in range(count):
        name = f"A{i:06d}"
        rows.append((name, "IWM", float(rng.integers(1000, 4000))))
        counts = rng.integers(1, 5, LINES - 1) * rng.choice([1, 1, -1], LINES - 1)
        held = rng.choice(symbols, LINES - 1, replace=False)
        rows += [(name, str(symbol), float(n)) for symbol, n in zip(held, counts, strict=True)]
        rows.append((name, "CASH", float(rng.integers(200_000, 900_000))))
    columns = zip(*rows, strict=True)
    pq.write_table(pa.table(dict(zip(("account", "symbol", "quantity"), columns, strict=True))), path)


def rows() -> list[Row]:
    """Time the runner against a plain loop, two workers against one, and many accounts against one at a time."""
    table: list[Row] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files, quotes = history(folder)

        def plain() -> None:
            for path in files:
                made = enriched(Piece(path=str(path), day=None, ticker=None, rate=None, dividends=None))
                (folder / "plain.parquet").write_bytes(made.content)

        def split(workers: int) -> Callable[[], object]:
            out = folder / f"out{workers}-{time.monotonic_ns()}"
            return lambda: enrich(files, out=out, engine=LocalProcesses(workers))

        enriched(Piece(path=str(files[0]), day=None, ticker=None, rate=None, dividends=None))
        loop = min(seconds(plain) for _ in range(2))
        one = min(seconds(split(1)) for _ in range(2))
        two = min(seconds(split(2)) for _ in range(2))
        for work, rival, ours, theirs in (
            ("history enrich, 1 worker, a quote", "plain loop", one, loop),
            ("history enrich, 2 workers, a quote", "1 worker", two, one),
        ):
            table.append(
                Row(
                    work=work,
                    rival=rival,
                    ours_ns=ours / quotes * 1e9,
                    rival_ns=theirs / quotes * 1e9,
                    error=f"same bytes; {quotes / ours:,.0f} quotes/s",
                )
            )
        policy_file = folder / "desk.toml"
        policy_file.write_text(POLICY)
        policy = load_policy(policy_file)
        chain = hk.load_chain(ROOT / "examples" / "data" / "iwm.json")
        source = folder / "accounts.parquet"
        accounts(source, ACCOUNTS)
        given = {"chains": [chain], "now": NOW, "rate": 0.036, "dividends": 0.011}
        all_at_once = seconds(lambda: check_books(policy, source, engine=LocalProcesses(2), **given))
        few = 5
        head = pq.read_table(source).slice(0, few * (LINES + 1)).to_pylist()
        books = []
        for i in range(few):
            path = folder / f"{i}.csv"
            lines = [f"{row['symbol']},{row['quantity']}" for row in head[i * (LINES + 1) : (i + 1) * (LINES + 1)]]
            path.write_text("symbol,quantity\n" + "\n".join(lines) + "\n")
            books.append(load_book(path))
        alone = seconds(lambda: [check(policy, book, **given) for book in books])
        peak = (
            resource.getrusage(resource.RUSAGE_SELF).ru_maxrss + resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        )
        table.append(
            Row(
                work=f"check --books, {ACCOUNTS:,} x {LINES} x 175, an account",
                rival="check, one at a time",
                ours_ns=all_at_once / ACCOUNTS * 1e9,
                rival_ns=alone / few * 1e9,
                error=f"same verdicts; {all_at_once:.0f} s on 2 workers, peak {peak / 1024:,.0f} MB (parent and largest)",
            )
        )
    return table

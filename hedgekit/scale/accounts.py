"""`check --books`: every account against one policy; contracts are priced once for all, and none is passed over."""

from __future__ import annotations

import io
import math
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from hedgekit.errors import DataError, InputError
from hedgekit.market.inputs import Given
from hedgekit.model import Chain, Option
from hedgekit.results import Note, Result
from hedgekit.risk.betas import Beta
from hedgekit.risk.book import Book
from hedgekit.risk.check import Verdict, dividends_of, judge, one_each
from hedgekit.risk.policy import Policy
from hedgekit.risk.readers.symbols import underlying_of_root
from hedgekit.risk.rule import Context
from hedgekit.risk.valued import GivenByTicker, check_dividends, value_book
from hedgekit.scale.account_files import Accounts, Chunk, options_named, options_of, read_accounts
from hedgekit.scale.engines import Engine, Lost
from hedgekit.scale.runner import Failure, Watch
from hedgekit.scale.shared_book import GridKey, OwnWay, SharedBook, SharedContext

if TYPE_CHECKING:
    from hedgekit.model import PriceHistory

GRID_RULES = ("max-loss-shock", "max-loss-grid")
"""Rules whose scenarios are shared."""

COLUMNS = ("account", "account_verdict", "rule", "verdict", "computed", "value", "limit", "message")

SHOWN_BREACHED = 1000
"""Breached accounts listed in JSON; the parquet file holds all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What a worker needs besides the accounts."""

    policy: Policy
    shared: SharedBook
    prices: PriceHistory | None
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a worker answers for a chunk.

    Attributes
    ----------
    verdicts : dict of str to int
        Accounts by verdict.
    rules : dict of (rule id, verdict) to int
        "unknown" counts those that could not be computed, which are breaches.
    breached : list of (account, rules breached)
    unread : list of (account, reason)
    alone : int
        Accounts checked by themselves.
    rows : bytes
        Parquet, one row an account and rule; empty when not asked for.
    """

    verdicts: dict[str, int]
    rules: dict[tuple[str, str], int]
    breached: list[tuple[str, tuple[str, ...]]]
    unread: list[tuple[str, str]]
    alone: int
    rows: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class BooksResult(Result):
    """The verdicts on many accounts.

    Attributes
    ----------
    accounts, passed, breached_count : int
    unread : tuple of Failure
        Accounts that could not be read: each is named.
    rules : tuple of dict
        Counts by rule, in the policy's order.
    breached : tuple of (account, rules)
    alone : int
        Accounts whose own marks differ from the shared ones and that were checked by themselves.
    """

    schema_name: ClassVar[str] = "check_books"

    accounts: int
    passed: int
    breached_count: int
    unread: tuple[Failure, ...]
    rules: tuple[dict[str, Any], ...]
    breached: tuple[tuple[str, tuple[str, ...]], ...]
    contracts: int
    alone: int
    out: str | None

    @property
    def verdict(self) -> str:
        """Return "breach" when any account breaches or could not be read."""
        return "breach" if self.breached_count or self.unread else "pass"

    @property
    def exit_code(self) -> int:
        """3 when any account could not be read, else 1 when any breaches, else 0."""
        if self.unread:
            return DataError.exit_code
        return 1 if self.breached_count else 0

    def body(self) -> dict[str, Any]:
        """Return the counts, the rules, the unread and the first of the breached."""
        return {
            "verdict": self.verdict,
            "counts": {
                "accounts": self.accounts,
                "pass": self.passed,
                "breach": self.breached_count,
                "unread": len(self.unread),
            },
            "rules": self.records(),
            "unread": [{"account": one.key, "reason": one.reason} for one in self.unread],
            "breached": [{"account": name, "rules": list(rules)} for name, rules in self.breached[:SHOWN_BREACHED]],
            "contracts": self.contracts,
            "checked_alone": self.alone,
            "out": self.out,
        }

    def records(self) -> list[dict[str, Any]]:
        """Return one row a rule."""
        return list(self.rules)


def check_books(
    policy: Policy,
    source: str | os.PathLike[str],
    *,
    engine: Engine,
    chains: Sequence[Chain] = (),
    prices: PriceHistory | None = None,
    betas: Mapping[str, Beta] | None = None,
    rate: Given = None,
    dividends: GivenByTicker = None,
    now: datetime,
    now_given: bool = True,
    out: str | os.PathLike[str] | None = None,
    watch: Watch | None = None,
) -> BooksResult:
    """Hold every account of a source against a policy.

    Each contract is marked, and priced at each scenario, once for all accounts; an account's scenarios are then its
    counts times these, and its rules are evaluated as `hedgekit.risk.check.check` evaluates them on its book alone.

    Parameters
    ----------
    policy : Policy
    source : path
        See `hedgekit.scale.account_files.read_accounts`.
    engine : Engine
    chains, prices, betas, rate, dividends, now, now_given
        As in `hedgekit.risk.check.check`.
    out : path, optional
        Parquet file of verdicts, one row an account and rule; replaced whole or not at all.
    watch : callable, optional
        Called with accounts done, of how many, and unread.

    Raises
    ------
    InputError, DataError
        As `check` and `read_accounts`; an account that cannot be read is reported and the rest go on.
    """
    one_each(chains)
    for chain in chains:
        if chain.asof.date() > now.date():
            raise InputError(
                f"{chain.source}: quoted on {chain.asof.date()}, after the moment of the check, {now.date()}"
            )
    if prices is not None:
        prices = prices.until(max(now.date(), max((chain.asof.date() for chain in chains), default=now.date())))
    dividends = dividends_of(policy, dividends)
    check_dividends(dividends, chains)
    accounts = read_accounts(source)
    quoted = max((chain.asof for chain in chains), default=now)
    moment = max(quoted, now)
    options = _contracts(accounts, engine)
    shared = SharedBook(
        chains={chain.ticker: chain for chain in chains},
        contracts=options,
        prices=prices,
        betas={**policy.betas, **(betas or {})},
        benchmark=policy.benchmark,
        rate=policy.rate if rate is None else rate,
        dividends=dividends,
        asof=moment if now_given else quoted,
        with_smiles=any(entry.params.get("smile") == "sticky_delta" for entry in policy.entries),
    )
    shared.warm(_grids(policy))
    bench = Bench(policy=policy, shared=shared, prices=prices, now=moment)
    return _gathered(accounts, bench, engine, out, watch, inputs=_inputs(policy, accounts, bench, rate, dividends))


def judged(job: tuple[Chunk, bool], bench: Bench) -> Judged | Failure:
    """Check the accounts of a chunk, in whatever process this is."""
    chunk, with_rows = job
    try:
        return _judged(chunk, bench, with_rows)
    except Exception as error:  # a fault of ours must not pass for accounts checked
        return Failure(key=chunk.names[0], reason=f"a fault of hedgekit: {type(error).__name__}: {error}")


def _judged(chunk: Chunk, bench: Bench, with_rows: bool) -> Judged:
    verdicts: Counter[str] = Counter()
    rules: Counter[tuple[str, str]] = Counter()
    breached, unread, alone = [], [], 0
    columns: dict[str, list[Any]] = {name: [] for name in COLUMNS}
    for name, book in chunk.books():
        if isinstance(book, str):
            unread.append((name, book))
            continue
        found, own = verdicts_on(book, bench)
        alone += own
        verdict = "breach" if any(one.verdict == "breach" for one in found) else "pass"
        verdicts[verdict] += 1
        if verdict == "breach":
            breached.append((name, tuple(one.id for one in found if one.verdict == "breach")))
        for one in found:
            rules[one.id, one.verdict if one.computed else "unknown"] += 1
        if with_rows:
            for one in found:
                row = (
                    name,
                    verdict,
                    one.id,
                    one.verdict,
                    one.computed,
                    _number(one.value),
                    _number(one.limit),
                    one.message,
                )
                for column, cell in zip(columns.values(), row, strict=True):
                    column.append(cell)
    return Judged(
        verdicts=dict(verdicts),
        rules=dict(rules),
        breached=breached,
        unread=unread,
        alone=alone,
        rows=_parquet(columns) if with_rows else b"",
    )


def verdicts_on(book: Book, bench: Bench) -> tuple[tuple[Verdict, ...], bool]:
    """Return the verdicts on one account, and whether it was valued by itself."""
    policy, shared = bench.policy, bench.shared
    common: dict[str, Any] = {"prices": bench.prices, "now": bench.now, "folder": policy.folder}
    try:
        valued, own = shared.value(book), False
        context: Context = SharedContext(valued=valued, shared=shared, **common)
    except OwnWay:
        own = True
        valued = value_book(
            book,
            chains=list(shared.chains.values()),
            prices=bench.prices,
            betas=shared.betas,
            benchmark=shared.benchmark,
            rate=shared.rate,
            dividends=shared.dividends,
            asof=shared.asof,
            with_smiles=shared.with_smiles,
        )
        context = Context(valued=valued, **common)
    return tuple(judge(entry, context) for entry in policy.entries), own


def _gathered(
    accounts: Accounts,
    bench: Bench,
    engine: Engine,
    out: str | os.PathLike[str] | None,
    watch: Watch | None,
    *,
    inputs: dict[str, Any],
) -> BooksResult:
    """Take the chunks' answers in order, whichever came first."""
    unread = list(accounts.unread)
    verdicts: Counter[str] = Counter()
    rules: Counter[tuple[str, str]] = Counter()
    waiting: dict[int, Any] = {}
    breached: list[tuple[str, tuple[str, ...]]] = []
    alone = done = 0
    writer = None if out is None else _Writer(Path(out))
    try:
        jobs = ((chunk, writer is not None) for chunk in accounts.chunks)
        upto = 0
        for number, answer in engine.map(judged, jobs, bench):
            waiting[number] = answer
            done += len(accounts.chunks[number].names)
            while upto in waiting:
                chunk, found = accounts.chunks[upto], waiting.pop(upto)
                upto += 1
                if isinstance(found, Lost | Failure):  # none of them was checked: each is named
                    unread += [Failure(key=name, reason=found.reason) for name in chunk.names]
                    continue
                verdicts.update(found.verdicts)
                rules.update(found.rules)
                breached += found.breached
                unread += [Failure(key=name, reason=reason) for name, reason in found.unread]
                alone += found.alone
                if writer is not None:
                    writer.add(found.rows)
            if watch is not None:
                watch(done, accounts.count, len(unread))
        if writer is not None:
            writer.finish()
    finally:
        if writer is not None:
            writer.close()
    kinds = ("pass", "warn", "breach", "unknown")
    return BooksResult(
        accounts=accounts.count,
        passed=verdicts["pass"],
        breached_count=verdicts["breach"],
        unread=tuple(unread),
        rules=tuple(
            {"id": entry.id, **{kind: rules[entry.id, kind] for kind in kinds}} for entry in bench.policy.entries
        ),
        breached=tuple(breached),
        contracts=sum(map(len, bench.shared.contracts.values())),
        alone=alone,
        out=None if out is None else os.fspath(out),
        inputs=inputs,
        warnings=_warnings(bench),
    )


class _Writer:
    """Verdicts of chunks, one row group each, in a file that appears when it is whole."""

    def __init__(self, path: Path) -> None:
        self.path, self.partial = path, path.with_name(f".{path.name}.{os.getpid()}.part")
        self.writer: Any = None

    def add(self, rows: bytes) -> None:
        """Add the rows of a chunk."""
        import pyarrow.parquet

        table = pyarrow.parquet.read_table(io.BytesIO(rows))
        if self.writer is None:
            self.writer = pyarrow.parquet.ParquetWriter(self.partial, table.schema, compression="zstd")
        self.writer.write_table(table)

    def finish(self) -> None:
        """Give the file its name."""
        if self.writer is None:
            self.add(_parquet({name: [] for name in COLUMNS}))
        self.writer.close()
        self.partial.replace(self.path)

    def close(self) -> None:
        """Remove what is not whole."""
        if self.writer is not None:
            self.writer.close()
        self.partial.unlink(missing_ok=True)


def _parquet(columns: dict[str, list[Any]]) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet

    types = {"computed": pa.bool_(), "value": pa.float64(), "limit": pa.float64()}
    table = pa.table({name: pa.array(cells, type=types.get(name, pa.string())) for name, cells in columns.items()})
    sink = io.BytesIO()
    pyarrow.parquet.write_table(table, sink)
    return sink.getvalue()


def _number(value: Any) -> float | None:
    """Return a value or limit as a number; None for bands and texts, which the message holds."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def _contracts(accounts: Accounts, engine: Engine) -> dict[str, tuple[Option, ...]]:
    """Return the distinct contracts of all accounts by ticker, in a stable order."""
    if accounts.symbols is not None:
        found = options_named(accounts.symbols)
    else:
        found = set()
        for _, answer in engine.map(options_of, accounts.chunks):
            if not isinstance(answer, Lost):
                found |= answer
    by_ticker: dict[str, list[Option]] = {}
    for option in sorted(found, key=lambda one: one.compact):
        by_ticker.setdefault(underlying_of_root(option.root), []).append(option)
    return {ticker: tuple(options) for ticker, options in by_ticker.items()}


def _grids(policy: Policy) -> list[GridKey]:
    """Return the scenarios the policy's rules will ask for."""
    found: list[GridKey] = []
    for entry in policy.entries:
        given = entry.params
        if entry.rule.id == "max-loss-shock":
            found.append(((given["shock"],), (given["vol_shock"],), (0,), given["vol_rule"], "sticky_strike"))
        elif entry.rule.id == "max-loss-grid":
            key = (tuple(given["spot_moves"]), tuple(given["vol_shocks"]), tuple(given["days"]))
            found.append((*key, given["vol_rule"], given["smile"]))
    return found


def _warnings(bench: Bench) -> tuple[Note, ...]:
    notes = [Note(slug, message) for chain in bench.shared.chains.values() for slug, message in chain.warnings]
    if bench.policy.disabled:
        text = f"{bench.policy.source} switches off {', '.join(bench.policy.disabled)}"
        notes.append(Note("rules_disabled", text))
    return tuple(dict.fromkeys(notes))


def _inputs(policy: Policy, accounts: Accounts, bench: Bench, rate: Given, dividends: GivenByTicker) -> dict[str, Any]:
    from hedgekit import __version__

    prices = bench.prices
    return {
        "asof": bench.now,
        "valued_at": bench.shared.asof,
        "benchmark": policy.benchmark,
        "policy": policy.source,
        "policy_sha256": policy.source_sha256,
        "books": accounts.source,
        "books_sha256": accounts.source_sha256 or None,
        "chains": [
            {"ticker": ticker, "source": chain.source, "source_sha256": chain.source_sha256, "asof": chain.asof}
            for ticker, chain in sorted(bench.shared.chains.items())
        ],
        "prices": None
        if prices is None
        else {"source": prices.source, "source_sha256": prices.source_sha256, "last_day": prices.dates[-1]},
        "rate": rate,
        "dividends": dividends,
        "marks": "the bid of what is long, the ask of what is short; P/L and greeks at the mid",
        "version": __version__,
    }

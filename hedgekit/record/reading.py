"""A folder of real data read file by file: what each is, told by its content, and what could not be used."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TypeAlias

import numpy as np

from hedgekit import units
from hedgekit.errors import DataError, HedgekitError, InputError
from hedgekit.market.dividends import read_dividends
from hedgekit.market.prices import load_prices
from hedgekit.market.rates import RateFile, open_rates
from hedgekit.market.sources import chain_of, format_of
from hedgekit.market.sources.content import Content, read_content
from hedgekit.market.sources.want import SeveralChains
from hedgekit.market.tables import Table, read_table
from hedgekit.model import Chain, PriceHistory
from hedgekit.paths import unreadable
from hedgekit.record.archive import LEAST_DAYS, Archive, Failure, Quoted, Used
from hedgekit.record.chapter import Tell
from hedgekit.results import Note
from hedgekit.scale.engines import Engine, LocalProcesses, Lost

UNLIKE, OFTEN = 0.002, 0.02
"""Closes this far apart on this share of the common days are said: one of two files is adjusted, or another tape."""

SAID = 5
"""Reasons that the refusal of a whole folder gives."""

_RATE_NAMES = re.compile(r"(^|[^a-z])(irx|t?bills?|rates?|sofr|treasury|yields?)([^a-z]|$)", re.IGNORECASE)
_LEFT_OUT = (".md", ".py", ".toml", ".html", ".pdf", ".png", ".jpg")
_ANY_LATE_DAY = date(2099, 1, 1)

Dividends: TypeAlias = tuple[str, tuple[tuple[date, float], ...]]
Found: TypeAlias = Quoted | Failure | PriceHistory | RateFile | Dividends


def open_archive(root: str | os.PathLike[str], *, engine: Engine | None = None, tell: Tell | None = None) -> Archive:
    """Read every file of a folder and those inside it.

    Parameters
    ----------
    root : path
    engine : Engine, optional
        Where files are read; default this process.
    tell : callable, optional

    Raises
    ------
    InputError
        When it is no folder.
    DataError
        When there is nothing in it that can be read.
    """
    folder = Path(root)
    name = ascii(os.fspath(root))[1:-1]
    if not folder.is_dir():
        what = "a file, not a folder" if folder.exists() else "no such folder"
        raise InputError(f"{name}: {what}: give one with chains and daily prices")
    paths, failures = _paths(folder)
    if not paths and not failures:
        raise DataError(f"{name}: there is nothing to read in the folder: put option chains and daily prices into it")
    labels = [str(path.relative_to(folder)) for path in paths]
    answers: dict[int, tuple[list[Found], str]] = {}
    order = sorted(range(len(paths)), key=lambda at: -paths[at].stat().st_size)  # the longest first
    jobs = [(str(paths[at]), labels[at]) for at in order]
    for number, answer in (engine or LocalProcesses(1)).map(read, jobs):
        at = order[number]
        answers[at] = ([Failure(file=labels[at], why=answer.reason)], "") if isinstance(answer, Lost) else answer
        if tell is not None:
            tell("reading files", len(answers), len(paths))
    archive = _sorted(folder, [(labels[at], *answers[at]) for at in range(len(paths))], failures)
    if not archive.chains and not archive.histories:
        said = [f"{one.file}: {one.why}" for one in archive.failures]
        more = [f"and {len(said) - SAID} more"] if len(said) > SAID else []
        why = "; ".join([*said[:SAID], *more])
        raise DataError(f"{name}: nothing in it holds option quotes or daily prices: {why}")
    return archive


def _paths(folder: Path) -> tuple[list[Path], list[Failure]]:
    """Return the files to look at, and the links that lead nowhere or to another folder."""
    paths, failures = [], []
    for path in sorted(folder.rglob("*")):
        if any(part.startswith(".") for part in path.relative_to(folder).parts):
            continue
        if path.is_file():
            if path.suffix.lower() not in _LEFT_OUT:
                paths.append(path)
        elif path.is_symlink():
            why = "a link to a folder, which is not followed" if path.is_dir() else "a link to nothing"
            failures.append(Failure(file=str(path.relative_to(folder)), why=why))
    return paths, failures


def _sorted(folder: Path, answers: Sequence[tuple[str, list[Found], str]], failures: Sequence[Failure]) -> Archive:
    """Put what files hold in its place; of two chains of a ticker and day the one with more quotes, or the earlier."""
    chains: dict[tuple[str, date], Quoted] = {}
    histories: dict[str, list[PriceHistory]] = {}
    dividends: dict[str, tuple[tuple[date, float], ...]] = {}
    rates: list[RateFile] = []
    unused, used = list(failures), []
    for label, found, sha256 in answers:
        holds = dict.fromkeys(kind for one in found if (kind := _kind(one)))
        if holds:
            used.append(Used(file=label, sha256=sha256, holds=" and ".join(holds)))
        for one in found:
            if isinstance(one, Quoted):
                rival = chains.get((one.ticker, one.day))
                kept = one if rival is None or _better(one, rival) else rival
                if rival is not None:
                    unused.append(_doubled(rival if kept is one else one, kept))
                chains[one.ticker, one.day] = kept
            elif isinstance(one, PriceHistory):
                histories.setdefault(one.tickers[0].upper(), []).append(one)
            elif isinstance(one, Failure):
                unused.append(one)
            elif isinstance(one, RateFile):
                rates.append(one)
            else:
                ticker, paid = one
                dividends[ticker] = max(dividends.get(ticker, ()), paid, key=len)
    whole = {ticker: tuple(found) for ticker, found in sorted(histories.items())}
    return Archive(
        root=folder.name or str(folder),
        chains=tuple(sorted(chains.values(), key=lambda one: (one.day, one.ticker))),
        histories=whole,
        dividends=dividends,
        rates=tuple(rates),
        used=tuple(used),
        failures=tuple(unused),
        notes=tuple(_notes(whole)),
        files=len(answers),
    )


def _kind(found: Found) -> str:
    if isinstance(found, Quoted):
        return "chains"
    if isinstance(found, PriceHistory):
        return "prices"
    if isinstance(found, RateFile):
        return "rates"
    return "" if isinstance(found, Failure) else "dividends"


def _better(one: Quoted, rival: Quoted) -> bool:
    """Whether a chain holds more quotes than another of its day, or as many, quoted earlier."""
    return (len(one.chain), -one.chain.asof.timestamp()) > (len(rival.chain), -rival.chain.asof.timestamp())


def _doubled(left: Quoted, kept: Quoted) -> Failure:
    """Say of a chain that another of its ticker and day is used."""
    why = (
        f"{left.ticker} of {left.day}, {len(left.chain):,} quotes: that day's chain in {kept.file} is used, with "
        f"{len(kept.chain):,}"
    )
    return Failure(file=left.file, why=why)


def _notes(histories: dict[str, tuple[PriceHistory, ...]]) -> Iterator[Note]:
    """Say of which tickers two files have other closes, and what was found odd in a file."""
    for ticker, found in histories.items():
        first = max(found, key=lambda one: int(np.isfinite(one.close[:, 0]).sum()))
        for other in found:
            if other is first:
                continue
            _, left, right = np.intersect1d(first.dates, other.dates, return_indices=True)
            apart = np.abs(other.close[right, 0] / first.close[left, 0] - 1.0)
            apart = apart[np.isfinite(apart)]
            if len(apart) and (share := float((apart > UNLIKE).mean())) > OFTEN:
                message = (
                    f"{ticker}: closes of {other.source} are more than {units.percent(UNLIKE):g}% from those of "
                    f"{first.source} on {units.percent(share):.0f}% of {len(apart):,} common days (at most "
                    f"{units.percent(float(apart.max())):.1f}%): each day's promise rests on the file that knew most "
                    "days by then"
                )
                yield Note("closes_differ", message)


def read(job: tuple[str, str], common: object) -> tuple[list[Found], str]:
    """Tell what a file is; return what it holds, or why it cannot be used, and the hash of its bytes."""
    path, label = Path(job[0]), job[1]
    found: list[Found] = []
    sha256 = ""
    try:
        with path.open("rb") as stream:
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        for one in _read(path, label):
            found.append(one)  # noqa: PERF402 - what was read before an error stays
    except HedgekitError as error:
        found.append(Failure(file=label, why=str(error)))
    except OSError as error:
        found.append(Failure(file=label, why=unreadable(path, error)))
    return [
        replace(one, why=one.why.replace(str(path), label).removeprefix(f"{label}: "))
        if isinstance(one, Failure)
        else one
        for one in found
    ], sha256


def _read(path: Path, label: str) -> Iterator[Found]:
    table = _table(path)
    if table is not None:
        if _is_dividends(table):
            yield _dividends(path, table)
            return
        if _is_rates(path, table):
            rates = open_rates(path)
            rates.on(_ANY_LATE_DAY)  # a line of its last day must be readable
            yield rates
            return
    no_chain: HedgekitError | None = None
    try:
        content = read_content(path)
        chain = format_of(content) is not None
    except HedgekitError:
        chain = False
    if chain:
        try:
            yield from _chains(content, label)
            return
        except HedgekitError as error:
            no_chain = error
    try:
        yield from _prices(path, label)
    except HedgekitError as no_prices:
        # of the two complaints the one that knows the layout says more
        raise (no_chain or no_prices) from None


def _chains(content: Content, label: str, ticker: str | None = None) -> Iterator[Quoted | Failure]:
    try:
        chain = chain_of(content, ticker=ticker)
        yield _quoted(chain, label)
    except SeveralChains as several:
        for name in several.tickers:
            yield from _chains(content, label, name)
        for day in several.days:
            try:
                yield _quoted(chain_of(content, asof=day, ticker=ticker), label)
            except HedgekitError as error:  # the other days of the file are still good
                yield Failure(file=f"{label}, {day}", why=str(error))


def _quoted(chain: Chain, label: str) -> Quoted:
    if chain.market_closed:
        raise DataError(f"{label}: quoted on {chain.asof.date()}, when the market was shut ({chain.closed_reason})")
    return Quoted(file=label, ticker=chain.ticker, day=chain.asof.date(), chain=chain)


def _prices(path: Path, label: str) -> Iterator[PriceHistory]:
    history = load_prices(path)
    if len(history) < LEAST_DAYS:
        raise DataError(f"{path}: prices of {len(history)} days, fewer than {LEAST_DAYS}")
    for ticker in history.tickers:
        if np.isfinite(history.close[:, (at := history.column(ticker))]).any() or (
            np.isfinite(history.total_return[:, at]).any()
        ):
            yield replace(history.select([ticker]), source=label)


def _table(path: Path) -> Table | None:
    if path.suffix.lower() not in (".csv", ".txt", ".tsv"):
        return None
    try:
        return read_table(str(path))
    except HedgekitError:
        return None


def _is_dividends(table: Table) -> bool:
    names = set(table.names)
    return bool(names & {"amount", "dividend", "dividends"}) and not names & {"close", "open", "strike"}


def _is_rates(path: Path, table: Table) -> bool:
    """Whether a table is of rates: of tenors, or of one rate by its own name or the file's."""
    names = set(table.names)
    if not names & {"date", "day"}:
        return False
    tenors = [name for name in names if re.fullmatch(r"\d+\s*(mo|yr|month|year)s?|y\d+m?", name)]
    single = names <= {"date", "day", "close", "rate"} and _RATE_NAMES.search(path.stem) is not None
    return bool(tenors) or "rate" in names or single


def _dividends(path: Path, table: Table) -> Dividends:
    read_dividends(str(path), datetime.fromisoformat("1990-01-02T16:00:00-05:00"))  # its own checks
    ticker = re.split(r"[^A-Za-z^]", path.stem)[0].upper()
    amount_at = table.column("amount", "dividends", "dividend")
    day_at = table.column("ex_date", "date", "day", "exdate", "ex-date")
    rows: list[tuple[date, float]] = []
    for line, cells in table.lines:
        rows.append((table.day(line, cells[day_at]), table.number(line, "amount", cells[amount_at])))
    return ticker, tuple(sorted(rows))

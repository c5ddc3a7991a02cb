"""The record of a folder of real data: every chapter, or one."""

from __future__ import annotations

import importlib
import json
import math
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, cast

from hedgekit.errors import DataError, InputError
from hedgekit.record import CHAPTERS
from hedgekit.record.archive import Archive, described
from hedgekit.record.chapter import Chapter, Home, Tell
from hedgekit.record.markets import opens
from hedgekit.record.reading import open_archive
from hedgekit.results import Note, Result, plain
from hedgekit.scale.engines import LocalProcesses, Lost

GOLDEN = 0.6180339887498949


@dataclass(frozen=True, kw_only=True)
class RecordResult(Result):
    """What promises came to.

    Attributes
    ----------
    chapters : tuple of Chapter
    """

    schema_name: ClassVar[str] = "record"

    chapters: tuple[Chapter, ...]

    def body(self) -> dict[str, Any]:
        """Return the fields of the public contract."""
        return {"chapters": [chapter.body() for chapter in self.chapters]}

    def records(self) -> list[dict[str, Any]]:
        """Return one row a number: chapter, table, row, name, value."""
        return [
            {
                "chapter": chapter.name,
                "table": table.title,
                "row": at + 1,
                "name": column.name,
                "value": row.get(column.name),
            }
            for chapter in self.chapters
            for table in chapter.tables
            for at, row in enumerate(table.rows)
            for column in table.columns
        ]

    def promises(self) -> Iterator[str]:
        """Yield every promise with what came of it as one line of JSON, in the order of the chapters."""
        for chapter in self.chapters:
            for claim in chapter.claims:
                yield json.dumps({"chapter": chapter.name, **plain(claim)}, allow_nan=False)

    def named(self, name: str) -> Chapter:
        """Return one chapter.

        Raises
        ------
        KeyError
            When it was not asked for.
        """
        for chapter in self.chapters:
            if chapter.name == name:
                return chapter
        raise KeyError(name)


def record(
    data: str | os.PathLike[str] | Archive,
    *,
    chapters: Sequence[str] = (),
    asof: date | None = None,
    workers: int = 1,
    tell: Tell | None = None,
) -> RecordResult:
    r"""Replay every promise that a folder of chains and prices allows, and say what came of it.

    Parameters
    ----------
    data : path or Archive
        A folder; files are told apart by content: chains (one or many days), daily prices, dividends (named by ticker),
        rates. What cannot be used is listed in ``inputs["not_used"]`` with the reason.
    chapters : sequence of str
        Names of `hedgekit.record.CHAPTERS`; default all.
    asof : date, optional
        Leave out chains, prices and ex-dates after this day: the record as it would have read then.
    workers : int
        Processes; the answer is the same for any number. With more than one, a script needs Python's usual
        ``if __name__ == "__main__":``.
    tell : callable, optional
        Told what is being done, how much of it is done, and how much there is.

    Returns
    -------
    RecordResult

    Raises
    ------
    InputError
        An unknown chapter, no worker, or no such folder.
    DataError
        Nothing in the folder can be read, or nothing of it is of `asof` or before.

    Examples
    --------
    A folder with prices of a few months of one ticker and nothing else holds no promise:

    >>> import tempfile
    >>> from pathlib import Path
    >>> days = [f"2026-{month:02d}-{day:02d},10.0" for month in (3, 4, 5, 6) for day in range(1, 29)]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(folder, "ABC.csv").write_text("Date,Close\n" + "\n".join(days))
    ...     print(record(folder, chapters=["floors"]).named("floors").answer)
    Nothing to check: there are no option chains.
    """
    from hedgekit import __version__

    for name in chapters:
        if name not in CHAPTERS:
            raise InputError(f"no chapter {name!r}; there are {', '.join(CHAPTERS)}")
    told: Tell = tell or (lambda what, done, whole: None)
    engine = LocalProcesses(workers)
    archive = data if isinstance(data, Archive) else open_archive(data, engine=engine, tell=told)
    if asof is not None:
        archive = archive.until(asof)
        if not archive.chains and not archive.histories:
            raise DataError(f"{archive.root}: no chain or price is of {asof} or before")
    wanted = [name for name in CHAPTERS if not chapters or name in chapters]
    jobs = _mixed({name: len(home(name).tasks(archive)) for name in wanted})
    found: dict[tuple[str, int], list[Any]] = {}
    if jobs:
        told("replaying promises", 0, len(jobs))
    for number, answer in engine.map(work, jobs, archive):
        found[jobs[number]] = [answer.reason] if isinstance(answer, Lost) else answer
        told("replaying promises", len(found), len(jobs))
    done = tuple(
        home(name).told(archive, [one for job in sorted(job for job in found if job[0] == name) for one in found[job]])
        for name in wanted
    )
    return RecordResult(
        chapters=done,
        inputs={**described(archive), "asof": asof, "version": __version__},
        warnings=tuple(_notes(archive)),
    )


def home(name: str) -> Home:
    """Return a chapter's module."""
    return cast("Home", importlib.import_module(CHAPTERS[name]))


def work(job: tuple[str, int], archive: Archive) -> list[Any]:
    """Do one piece of a chapter's work, in whatever process this is."""
    name, number = job
    return home(name).work(archive, home(name).tasks(archive)[number])


def _mixed(counts: dict[str, int]) -> list[tuple[str, int]]:
    """Return all pieces, long and short ones mixed evenly: what is done then tells how long the rest takes.

    Pieces of one kind and time are alike, so each chapter's are spread by the golden ratio's multiples.
    """
    jobs = [((at + 1) * GOLDEN % 1.0, name, at) for name, count in counts.items() for at in range(count)]
    return [(name, at) for _, name, at in sorted(jobs)]


def _notes(archive: Archive) -> Iterator[Note]:
    for failure in archive.failures:
        yield Note("not_used", f"{failure.file}: {failure.why}")
    if not archive.chains:
        yield Note("no_chains", "no option chains: floors, protection, probabilities and greeks cannot be checked")
    if not archive.histories:
        yield Note(
            "no_prices",
            "no daily prices: what became of any promise but the greeks' is not known; add a file of closes",
        )
    missing = sorted({quoted.ticker for quoted in archive.chains} - set(archive.histories))
    if archive.histories and missing:
        yield Note("no_prices", f"no daily prices of {', '.join(missing)}: their chains' promises cannot be settled")
    unpaid = sorted({quoted.ticker for quoted in archive.chains} - set(archive.dividends))
    if archive.chains and unpaid:
        message = f"no dividends of {', '.join(unpaid)}: early exercise before an ex-date is not replayed"
        yield Note("no_dividends", message)
    for ticker in sorted({quoted.ticker for quoted in archive.chains}):
        scales = [archive.scale(quoted) for quoted in archive.chains if quoted.ticker == ticker]
        if count := sum(math.isfinite(scale) and scale != 1.0 for scale in scales):
            message = (
                f"{ticker}: the closes of {count} of {len(scales)} chains' days are a plain fraction of their spot: "
                "taken for a split since, and closes are multiplied for them"
            )
            yield Note("split_since", message)
    at_open = {(q.ticker, day) for q in archive.chains for day in q.chain.expiries if opens(q.ticker, day)}
    if at_open:
        names = ", ".join(sorted({ticker for ticker, _ in at_open}))
        message = (
            f"{names}: expiries that settle on the opening ({len(at_open)}) are left out: daily prices do not tell it"
        )
        yield Note("opening_settled", message)
    yield from archive.notes

"""The record of a folder of real data: every chapter, or one."""

from __future__ import annotations

import importlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from hedgekit.errors import InputError
from hedgekit.record import CHAPTERS
from hedgekit.record.chapter import Chapter, Tell
from hedgekit.record.library import Library, described, open_library
from hedgekit.results import Note, Result


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
    data: str | os.PathLike[str] | Library, *, chapters: Sequence[str] = (), tell: Tell | None = None
) -> RecordResult:
    """Replay every promise that a folder of chains and prices allows, and say what came of it.

    Parameters
    ----------
    data : path or Library
        A folder; files are told apart by content: chains (one or many days), daily prices, dividends (named by ticker),
        rates. What cannot be used is listed in ``inputs["not_used"]`` with the reason.
    chapters : sequence of str
        Names of `hedgekit.record.CHAPTERS`; default all.
    tell : callable, optional
        Told what is being done, how much of it is done, and how much there is.

    Returns
    -------
    RecordResult

    Raises
    ------
    InputError
        An unknown chapter, or no such folder.
    DataError
        Nothing in the folder can be read.

    Examples
    --------
    >>> record("examples/data", chapters=["floors"]).named("floors").answer  # doctest: +SKIP
    """
    from hedgekit import __version__

    for name in chapters:
        if name not in CHAPTERS:
            raise InputError(f"no chapter {name!r}; there are {', '.join(CHAPTERS)}")
    told: Tell = tell or (lambda what, done, whole: None)
    library = data if isinstance(data, Library) else open_library(data, tell=told)
    wanted = [name for name in CHAPTERS if not chapters or name in chapters]
    done = tuple(importlib.import_module(CHAPTERS[name]).chapter(library, told) for name in wanted)
    holds = described(library)
    notes = [Note("not_used", f"{failure.file}: {failure.why}") for failure in library.failures]
    return RecordResult(chapters=done, inputs={**holds, "version": __version__}, warnings=tuple(notes))

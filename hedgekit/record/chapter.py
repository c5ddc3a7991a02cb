"""One chapter of the record: its answer in a sentence, its tables, and the promises they were counted from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol, TypeAlias

if TYPE_CHECKING:
    from hedgekit.record.archive import Archive

Kind: TypeAlias = Literal["text", "count", "share", "percent", "number", "ratio", "cents", "usd"]
"""How a column is shown: ``share`` is a fraction of one shown in percent, ``percent`` a percent number."""

Tell: TypeAlias = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A promise and what came of it.

    Attributes
    ----------
    key : tuple of str
        What it was of; with `asof` unique in its chapter.
    asof : date
        The day it was made: nothing later was used for `promised`.
    until : date
        The day that settled it.
    promised, realised : mapping
        Numbers by name.
    """

    key: tuple[str, ...]
    asof: date
    until: date
    promised: Mapping[str, Any]
    realised: Mapping[str, Any]


class Column(NamedTuple):
    """A column of a table: its name in JSON, its heading on paper, and how it is shown."""

    name: str
    heading: str
    kind: Kind = "number"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows with the same columns.

    Attributes
    ----------
    title : str
    columns : tuple of Column
    rows : tuple of mapping
        Column name to value; None where unknown.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Mapping[str, Any], ...]

    def body(self) -> dict[str, Any]:
        """Return the table as JSON."""
        return {
            "title": self.title,
            "columns": [column._asdict() for column in self.columns],
            "rows": [{column.name: row.get(column.name) for column in self.columns} for row in self.rows],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """What one kind of promise came to.

    Attributes
    ----------
    name, title : str
    answer : str
        A sentence with the numbers that matter.
    tables : tuple of Table
    limits : tuple of str
        What the numbers do not say: the period, how few independent cases, what was left out.
    claims : tuple of Claim
    """

    name: str
    title: str
    answer: str
    tables: tuple[Table, ...] = ()
    limits: tuple[str, ...] = ()
    claims: tuple[Claim, ...] = field(default=(), repr=False)

    def body(self) -> dict[str, Any]:
        """Return the chapter as JSON."""
        return {
            "name": self.name,
            "title": self.title,
            "answer": self.answer,
            "first": min((claim.asof for claim in self.claims), default=None),
            "last": max((claim.until for claim in self.claims), default=None),
            "promises": len(self.claims),
            "tables": [table.body() for table in self.tables],
            "limits": list(self.limits),
        }


class Home(Protocol):
    """What a chapter's module offers: work that can be split over processes, and the chapter made of it."""

    def tasks(self, archive: Archive) -> Sequence[Any]:
        """Return the independent pieces of its work."""

    def work(self, archive: Archive, task: Any) -> list[Any]:
        """Return what one piece comes to; a string says why something was left out."""

    def told(self, archive: Archive, found: Sequence[Any]) -> Chapter:
        """Return the chapter of what all pieces came to, in the order of the pieces."""


def split(found: Sequence[Any]) -> tuple[list[Any], dict[str, int]]:
    """Return what was found, and how often each reason for leaving something out was given, the commonest first."""
    reasons: dict[str, int] = {}
    for one in found:
        if isinstance(one, str):
            reasons[one] = reasons.get(one, 0) + 1
    ordered = dict(sorted(reasons.items(), key=lambda kv: -kv[1]))
    return [one for one in found if not isinstance(one, str)], ordered


def nothing(name: str, title: str, why: str, limits: Sequence[str] = ()) -> Chapter:
    """Return the chapter of data that hold nothing to check: said, never taken for a promise kept."""
    return Chapter(name=name, title=title, answer=f"Nothing to check: {why}.", limits=tuple(limits))

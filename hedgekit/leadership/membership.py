"""Who belongs to the index, when, and to which sector."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hedgekit.errors import DataError
from hedgekit.leadership.holdings import read_members_table
from hedgekit.results import Note

UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """Members of an index.

    Attributes
    ----------
    sector : dict of str to str
        Ticker -> sector, "unknown" when the file does not say.
    spells : dict of str to tuple of (date or None, date or None)
        Ticker -> first and last day of membership; None is open.
    dated : bool
        Whether the file has such days at all: without them today's members stand for every day.
    notes : tuple of Note
        What was passed over in a fund's holdings file.
    source, source_sha256 : str
    """

    sector: dict[str, str]
    spells: dict[str, tuple[tuple[date | None, date | None], ...]]
    dated: bool
    notes: tuple[Note, ...] = ()
    source: str = ""
    source_sha256: str = ""

    def member(self, tickers: Sequence[str], days: NDArray[np.datetime64]) -> NDArray[np.bool_]:
        """Return who is a member on which day, shape (days, tickers)."""
        out = np.zeros((len(days), len(tickers)), dtype=bool)
        for i, ticker in enumerate(tickers):
            for first, last in self.spells.get(ticker, ()):
                inside = np.ones(len(days), dtype=bool)
                if first is not None:
                    inside &= days >= np.datetime64(first)
                if last is not None:
                    inside &= days <= np.datetime64(last)
                out[:, i] |= inside
        return out


def read_membership(path: str | os.PathLike[str]) -> Membership:
    """Read members from a CSV of ``ticker`` with optional ``sector``, ``from`` and ``to``, or a fund's holdings file.

    Raises
    ------
    DataError
        When the file cannot be read, has no ticker column, or a day is none.
    """
    table, notes = read_members_table(path)
    at = table.column("ticker", "symbol")
    sector_at = table.names.index("sector") if "sector" in table.names else None
    first_at = table.names.index("from") if "from" in table.names else None
    last_at = table.names.index("to") if "to" in table.names else None
    sector: dict[str, str] = {}
    spells: dict[str, tuple[tuple[date | None, date | None], ...]] = {}
    for line, cells in table.lines:
        ticker = cells[at].upper()
        if not ticker:
            raise DataError(f"{table.label}: line {line}: no ticker")
        sector[ticker] = (cells[sector_at] if sector_at is not None else "") or UNKNOWN
        first = table.day(line, cells[first_at]) if first_at is not None and cells[first_at] else None
        last = table.day(line, cells[last_at]) if last_at is not None and cells[last_at] else None
        spells[ticker] = (*spells.get(ticker, ()), (first, last))
    dated = first_at is not None or last_at is not None
    return Membership(
        sector=sector,
        spells=spells,
        dated=dated,
        notes=notes,
        source=table.label,
        source_sha256=sha256(Path(path).read_bytes()).hexdigest(),
    )

"""What a reader gives back: rows by field, with the line each came from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from hedgekit.errors import DataError
from hedgekit.results import Note


class NotPositions(DataError):
    """A file whose form no reader of positions knows: it may be something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a file; cells by field, blank ones left out.

    Attributes
    ----------
    where : str
        "line 12" or "position 3", for messages.
    cells : dict
        symbol, quantity, side, account, price, cost, value, asset, type, multiplier, strike, expiry, right, currency,
        stop, asof, description.
    """

    where: str
    cells: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A file's rows as read, unjudged, and the day the file says it is of."""

    rows: tuple[Row, ...]
    notes: tuple[Note, ...] = ()
    asof: date | None = None

"""Positions as JSON: a list of objects, or ``{"positions": [...], "cash": ...}``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from difflib import get_close_matches
from typing import Any

from hedgekit.errors import DataError
from hedgekit.risk.readers.columns import fields_of, repeated
from hedgekit.risk.readers.days import read_day
from hedgekit.risk.readers.statement import NotPositions, Row, Statement


def recognises(text: str) -> bool:
    """Whether it opens like JSON; a TOML table also opens with a bracket, so the second character tells."""
    start = text.lstrip()[:40]
    return start.startswith("{") or (start.startswith("[") and start[1:].lstrip()[:1] in ("{", "]"))


def read(text: str, label: str) -> Statement:
    """Return one row a position.

    Raises
    ------
    DataError
        Not JSON, or of another shape.
    """
    try:
        document = json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise NotPositions(f"{label}: not JSON: {error}") from None
    return of_document(document, label)


def of_document(document: Any, label: str) -> Statement:
    """Return the rows of a list of positions, or of a table with ``positions`` and ``cash``."""
    if isinstance(document, list):
        document = {"positions": document}
    positions = document.get("positions") if isinstance(document, dict) else None
    if isinstance(positions, list) and "cash" not in document and (near := get_close_matches("cash", document, n=1)):
        raise DataError(f"{label}: {near[0]!r} is no key of a book; did you mean 'cash'?")
    if not isinstance(positions, list):
        raise NotPositions(f'{label}: expected a list of positions, or {{"positions": [...], "cash": ...}}')
    rows = []
    for count, entry in enumerate(positions, start=1):
        where = f"position {count}"
        if not isinstance(entry, dict):
            raise DataError(f"{label}: {where} is {entry!r}: expected fields like symbol and quantity")
        names = list(entry)
        if twice := repeated(names):
            raise DataError(f"{label}: {where}: {twice!r} is there twice: keep one")
        rows.append(Row(where=where, cells={field: entry[names[at]] for field, at in fields_of(names).items()}))
    rows.extend(_cash(document.get("cash"), label))
    return Statement(rows=tuple(rows), asof=_day(document, label))


def _day(document: dict[str, Any], label: str) -> date | None:
    """Return the day the book says it is of, under ``asof``."""
    given = document.get("asof")
    if given is None:
        return None
    day = read_day(str(given))
    if day is None:
        raise DataError(f"{label}: asof is {given!r}: expected a day like 2026-09-18")
    return day


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object of its keys; one that is there twice would hide the other's value."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"the key {next(name for name in names if names.count(name) > 1)!r} is there twice")
    return found


def _cash(given: Any, label: str) -> list[Row]:
    """Take cash as a number, or as dollars by account."""
    if given is None:
        return []
    if isinstance(given, dict):
        return [
            Row(where=f"cash of {account}", cells={"symbol": "CASH", "value": amount, "account": str(account)})
            for account, amount in given.items()
        ]
    if isinstance(given, int | float | str) and not isinstance(given, bool):
        return [Row(where="cash", cells={"symbol": "CASH", "value": given})]
    raise DataError(f"{label}: cash is {given!r}: expected dollars, or dollars by account")

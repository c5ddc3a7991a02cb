"""Positions as TOML: ``[[positions]]`` tables, and ``cash = 25000`` or a ``[cash]`` table by account."""

from __future__ import annotations

import re
import tomllib

from hedgekit.errors import DataError
from hedgekit.risk.readers.json_positions import of_document
from hedgekit.risk.readers.statement import Statement

_TABLE = re.compile(r"^\s*(\[\[?\s*(positions|cash)\s*\]\]?|positions\s*=)", re.MULTILINE)


def recognises(text: str) -> bool:
    """Whether it has a table of positions or cash."""
    return bool(_TABLE.search(text))


def read(text: str, label: str) -> Statement:
    """Return one row a position.

    Raises
    ------
    DataError
        Not TOML, or of another shape.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DataError(f"{label}: not TOML: {error}") from None
    return of_document(document, label)

"""Rows as CSV: one header line whose names carry the unit, numbers that read back as the same double."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

from hedgekit.results import plain

WHOLE = frozenset({"strike", "displayed", "bid_size", "ask_size", "open_interest", "volume", "contracts", "shares"})
"""Columns of counts and strikes: 270 and 272.5, never 270.0."""


def csv_text(records: Sequence[dict[str, Any]]) -> str:
    r"""Return rows as CSV text (RFC 4180 quoting, newline line ends).

    An absent number is an empty cell; what has parts of its own is JSON.

    Examples
    --------
    >>> csv_text([{"strike": 270.0, "flags": ["wide", "stale"]}])
    'strike,flags\n270,wide stale\n'
    """
    if not records:
        return ""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(records[0])
    writer.writerows([_cell(name, row[name]) for name in records[0]] for row in records)
    return stream.getvalue()


def _cell(name: str, value: Any) -> str:
    value = plain(value)
    if value is None:
        return ""
    if name in WHOLE and isinstance(value, float) and value.is_integer():
        return f"{value:.0f}"
    if isinstance(value, dict) or (isinstance(value, list) and any(isinstance(item, dict) for item in value)):
        return json.dumps(value)
    if isinstance(value, list):
        return " ".join(str(item) for item in value)
    return repr(value) if isinstance(value, float) else str(value)

"""Rows as CSV: one header line whose names carry the unit, numbers that read back as the same double."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from hedgekit.results import plain


def csv_text(records: Sequence[dict[str, Any]]) -> str:
    r"""Return rows as CSV text (RFC 4180 quoting, newline line ends); an absent number is an empty cell.

    Examples
    --------
    >>> csv_text([{"strike": 270.0, "flags": ["wide", "stale"]}])
    'strike,flags\n270.0,wide stale\n'
    """
    if not records:
        return ""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(records[0])
    writer.writerows([_cell(row[name]) for name in records[0]] for row in records)
    return stream.getvalue()


def _cell(value: Any) -> str:
    value = plain(value)
    if value is None:
        return ""
    if isinstance(value, list):
        return " ".join(str(item) for item in value)
    return repr(value) if isinstance(value, float) else str(value)

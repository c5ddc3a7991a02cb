"""Positions as CSV: ours (``symbol,quantity``) or a broker's export with whatever columns it adds.

Lines above the header and single-cell lines below the table (disclaimers, "Date downloaded") are not positions; how
many were passed over is said. A file of several accounts has one table after the other, each under its account's
name. Anything else that cannot be read is an error.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence

from hedgekit.errors import DataError, InputError
from hedgekit.market.delimited import DELIMITERS, in_points
from hedgekit.results import Note
from hedgekit.risk.readers.columns import fields_of, is_header, repeated
from hedgekit.risk.readers.days import day_said
from hedgekit.risk.readers.statement import NotPositions, Row, Statement
from hedgekit.risk.readers.symbols import read_symbol

_TOTAL = re.compile(r"(SUB[ -]?)?TOTALS?|(SUB[ -]?)?TOTAL (ACCOUNT|PORTFOLIO|MARKET)?( ?VALUE)?|[A-Z ]+ TOTALS?")
"""A line that sums others up; "Total Cash" is not one: it may be all the cash there is."""

_CUT_SHORT = re.compile(r"[A-Z]{1,5}\s+\d.*|.*\d{6}[CP]\d*", re.ASCII)
"""A lone cell like this is the beginning of an option, not a remark."""

_NO_LINES: list[tuple[int, list[str]]] = []


def recognises(text: str) -> bool:
    """Whether some line names a symbol and a quantity; else the reader says what is missing."""
    return True


def read(text: str, label: str) -> Statement:
    """Return the rows below the header.

    Raises
    ------
    DataError
        No header with a symbol and a quantity, or a line that is no CSV or has more cells than the header.
    """
    tables = (_lines(text, label, delimiter) for delimiter in DELIMITERS)
    lines, start = next(((lines, start) for lines, start in tables if start is not None), (_NO_LINES, None))
    if start is None:
        shown = next((line for line in text.splitlines() if line.strip()), "").split(",")
        names = ", ".join(ascii(cell.strip()[:20]) for cell in shown[:8]) or "nothing"
        raise NotPositions(f"{label}: no header with a symbol and a quantity (first line: {names})")
    header = lines[start][1]
    fields, width = fields_of(header), len(header)
    if twice := repeated(header):
        raise DataError(f"{label}: line {lines[start][0]}: two columns are headed {twice!r}: keep one")
    several = any(cells == header for _, cells in lines[start + 1 :])
    account = _title(lines, start) if several else ""
    rows: list[Row] = []
    passed: list[str] = []
    aside: list[str] = []
    for at, (number, cells) in enumerate(lines[start + 1 :], start=start + 1):
        filled = [cell for cell in cells if cell]
        if not filled:
            continue
        symbol = cells[fields["symbol"]] if fields["symbol"] < len(cells) else ""
        if is_header(cells):
            account = _title(lines, at)
            if cells != header or not account:
                raise DataError(
                    f"{label}: line {number}: a second header: give one table of positions a file, or the same columns "
                    "under a line with each account's name"
                )
            continue
        if _TOTAL.fullmatch(symbol.upper()):
            passed.append(f"line {number} ({symbol})")
            continue
        counted = fields["quantity"] < len(cells) and cells[fields["quantity"]]
        if len(filled) == 1 and not counted and not _is_symbol(filled[0], rows):
            passed.append(f"line {number}")
            aside.append(filled[0])
            continue
        if len(cells) > width and any(cells[width:]):
            raise DataError(f"{label}: line {number}: {len(cells)} cells, the header has {width}: is a comma unquoted?")
        if "detail" in fields and cells[fields["detail"]].upper() == "LOT":
            passed.append(f"line {number} (a lot of the line above)")
            continue
        found = {name: cells[place] for name, place in fields.items() if place < len(cells) and cells[place]}
        rows.append(Row(where=f"line {number}", cells={"account": account, **found} if account else found))
    notes: tuple[Note, ...] = ()
    if passed:
        some = ", ".join(passed[:4]) + (f" and {len(passed) - 4} more" if len(passed) > 4 else "")
        notes = (Note("lines_passed_over", f"{label}: no positions on {some}: totals or remarks"),)
    remarks = [*(" ".join(cells) for _, cells in lines[:start]), *aside]
    return Statement(rows=tuple(rows), notes=notes, asof=day_said(remarks))


def _lines(text: str, label: str, delimiter: str) -> tuple[list[tuple[int, list[str]]], int | None]:
    """Return the cells of each line by its number, and which line is the header; None when none is."""
    reader = csv.reader(text.splitlines(), delimiter=delimiter)
    try:
        lines = [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader]
    except csv.Error as error:
        raise DataError(f"{label}: line {reader.line_num}: {error}: expected CSV") from None
    start = next((i for i, (_, cells) in enumerate(lines) if is_header(cells)), None)
    if start is not None:
        numbers = [number for number, _ in lines]
        below = in_points(label, numbers[start + 1 :], [cells for _, cells in lines[start + 1 :]], delimiter)
        lines[start + 1 :] = list(zip(numbers[start + 1 :], below, strict=True))
    return lines, start


def _title(lines: Sequence[tuple[int, list[str]]], header: int) -> str:
    """Return the account's name in the line above a header; empty when there is none."""
    above = next((cells for _, cells in reversed(lines[:header]) if any(cells)), [])
    filled = [cell for cell in above if cell]
    return filled[0] if len(filled) == 1 else ""


def _is_symbol(cell: str, rows: Sequence[Row]) -> bool:
    """Whether a lone cell names a position, whose quantity is then missing, and is no remark."""
    first = cell.split()[0].upper()
    if _CUT_SHORT.fullmatch(cell) or any(first == str(row.cells.get("symbol", "")).upper() for row in rows):
        return True
    try:
        read_symbol(cell)
    except InputError:
        return False
    return True

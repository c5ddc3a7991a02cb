"""Positions as CSV: ours (``symbol,quantity``) or a broker's export with whatever columns it adds.

Lines above the header and single-cell lines below the table (disclaimers, "Date downloaded") are not positions; how
many were passed over is said. Anything else that cannot be read is an error.
"""

from __future__ import annotations

import csv

from hedgekit.errors import DataError, InputError
from hedgekit.results import Note
from hedgekit.risk.readers.columns import fields_of, is_header
from hedgekit.risk.readers.statement import Row, Statement
from hedgekit.risk.readers.symbols import read_symbol

TOTALS = ("ACCOUNT TOTAL", "POSITIONS TOTAL", "TOTAL", "GRAND TOTAL", "TOTALS")


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
    reader = csv.reader(text.splitlines())
    try:
        lines = [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader]
    except csv.Error as error:
        raise DataError(f"{label}: line {reader.line_num}: {error}: expected CSV") from None
    start = next((i for i, (_, cells) in enumerate(lines) if is_header(cells)), None)
    if start is None:
        shown = next((cells for _, cells in lines if any(cells)), [])
        names = ", ".join(ascii(cell[:20]) for cell in shown[:8]) or "nothing"
        parted = next((mark for mark in (";", "\t") if len(shown) == 1 and mark in shown[0]), "")
        remedy = f": its cells are parted by {parted!r}, save it with commas" if parted else ""
        raise DataError(f"{label}: no header with a symbol and a quantity (first line: {names}){remedy}")
    fields = fields_of(lines[start][1])
    width = len(lines[start][1])
    rows, passed = [], []
    for number, cells in lines[start + 1 :]:
        filled = [cell for cell in cells if cell]
        if not filled:
            continue
        symbol = cells[fields["symbol"]] if fields["symbol"] < len(cells) else ""
        if is_header(cells):
            raise DataError(f"{label}: line {number}: a second header: give one table of positions a file")
        if symbol.upper() in TOTALS:
            passed.append(f"line {number} ({symbol})")
            continue
        counted = fields["quantity"] < len(cells) and cells[fields["quantity"]]
        if len(filled) == 1 and not counted and not _is_symbol(filled[0]):
            passed.append(f"line {number}")
            continue
        if len(cells) > width and any(cells[width:]):
            raise DataError(f"{label}: line {number}: {len(cells)} cells, the header has {width}: is a comma unquoted?")
        if "detail" in fields and cells[fields["detail"]].upper() == "LOT":
            passed.append(f"line {number} (a lot of the line above)")
            continue
        found = {name: cells[at] for name, at in fields.items() if at < len(cells) and cells[at]}
        rows.append(Row(where=f"line {number}", cells=found))
    notes: tuple[Note, ...] = ()
    if passed:
        some = ", ".join(passed[:4]) + (f" and {len(passed) - 4} more" if len(passed) > 4 else "")
        notes = (Note("lines_passed_over", f"{label}: no positions on {some}: totals or remarks"),)
    return Statement(rows=tuple(rows), notes=notes)


def _is_symbol(cell: str) -> bool:
    """Whether a lone cell names a position, whose quantity is then missing, and is no remark."""
    try:
        read_symbol(cell)
    except InputError:
        return False
    return True

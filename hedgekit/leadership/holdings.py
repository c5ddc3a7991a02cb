"""Members of an index from a CSV with a header, or from a fund provider's own holdings file.

A provider (iShares and others) writes lines about the fund above the header, cash, futures and collateral between
the shares, and a legal notice below. Shares alone are members; what was passed over is said.
"""

from __future__ import annotations

import csv
import os
from collections import Counter
from pathlib import Path
from typing import Final

from hedgekit.errors import DataError
from hedgekit.market.tables import Table, read_table
from hedgekit.results import Note

MOST_PREAMBLE: Final = 40
"""Lines in which the header of a holdings file is looked for."""

TELLING: Final = ("ticker", "asset class")
"""Columns that a holdings file has and a plain list of members has not."""

SHARES: Final = "EQUITY"

NO_TICKER: Final = frozenset({"", "-", "--"})


def read_members_table(path: str | os.PathLike[str]) -> tuple[Table, tuple[Note, ...]]:
    """Read a table of members, whichever of the two layouts it has.

    Parameters
    ----------
    path : path
        CSV with a header in its first line, or a fund's holdings file: recognised by its content.

    Returns
    -------
    Table
        Of a holdings file only the shares with a ticker.
    tuple of Note
        What was passed over, and of which day the holdings are.

    Raises
    ------
    DataError
        When it cannot be read, or a line between two holdings has other than the header's number of cells.
    """
    label = ascii(os.fspath(path))[1:-1]
    try:
        text = Path(path).read_bytes().decode("utf-8-sig")
        reader = csv.reader(text.splitlines())
        read = [(reader.line_num, tuple(cell.strip() for cell in cells)) for cells in reader]
    except (OSError, ValueError, csv.Error):
        return read_table(path), ()  # says what is wrong
    for row, (_, cells) in enumerate(read[:MOST_PREAMBLE]):
        names = tuple(cell.lower() for cell in cells)
        if all(name in names for name in TELLING):
            return _holdings(label, names, read[:row], read[row + 1 :])
    return read_table(path), ()


def _holdings(
    label: str,
    names: tuple[str, ...],
    above: list[tuple[int, tuple[str, ...]]],
    below: list[tuple[int, tuple[str, ...]]],
) -> tuple[Table, tuple[Note, ...]]:
    ticker_at, class_at = (names.index(name) for name in TELLING)
    whole = [at for at, (_, cells) in enumerate(below) if len(cells) == len(names) and cells[class_at]]
    last = whole[-1] if whole else -1
    lines, others, nameless = [], Counter[str](), []
    for number, cells in below[: last + 1]:  # what follows the last holding is the legal notice
        if not any(cells):
            continue
        if len(cells) != len(names):
            raise DataError(f"{label}: line {number}: {len(cells)} cells, the header has {len(names)}")
        if cells[class_at].upper() != SHARES:
            others[cells[class_at] or "no asset class"] += 1
        elif cells[ticker_at] in NO_TICKER:
            nameless.append(number)
        else:
            lines.append((number, cells))
    if not lines:
        raise DataError(f"{label}: a fund's holdings without a line of asset class Equity")
    day = next((cells[1] for _, cells in above if len(cells) > 1 and cells[0].lower().endswith("as of")), "")
    said = f"{label}: a fund's holdings{f' as of {day}' if day else ''}: {len(lines)} shares"
    if others:
        counted = ", ".join(f"{count} {name}" for name, count in sorted(others.items()))
        said += f"; passed over, no shares: {counted}"
    notes = [Note("holdings_file", said)]
    if nameless:
        some = ", ".join(map(str, nameless[:4]))
        notes.append(Note("members_without_ticker", f"{label}: {len(nameless)} shares without a ticker (line {some})"))
    return Table(label=label, names=names, lines=tuple(lines)), tuple(notes)

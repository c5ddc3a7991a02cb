"""Facts about constituents, one row a ticker: numbers with their units, blanks kept as unknown."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from hedgekit import units
from hedgekit.errors import DataError
from hedgekit.leadership.holdings import read_members_table
from hedgekit.results import Note

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "debt_to_equity": ("debt_to_equity", "debt/equity", "debttoequity", "de_ratio"),
    "revenue_growth": ("revenue_growth", "revenuegrowth", "sales_growth"),
    "earnings_growth": ("earnings_growth", "earningsgrowth", "eps_growth"),
    "earnings": ("earnings", "eps", "net_income"),
    "earnings_before": ("earnings_before", "eps_before", "net_income_before", "earnings_prior", "eps_prior"),
    "insider_buying": ("insider_buying", "insider_net_shares", "insider_net_usd", "net_insider_buying"),
    "volume": ("volume",),
    "average_volume": ("average_volume", "avg_volume", "averagevolume"),
}
"""Fact -> names its column may have; with ``_pct`` behind, the column is in percent."""

RATIOS: Final = ("debt_to_equity", "revenue_growth", "earnings_growth")
"""Facts that vendors give as fractions or as percent."""

NOTHING: Final = frozenset({"", "-", "--", "n/a", "na", "nan", "none", "null", "unknown", "#n/a"})

LARGEST_MEDIAN: Final = 3.0
"""A column of fractions whose median is above this is percent under the wrong name (300% growth is no median)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a file says of its tickers.

    Attributes
    ----------
    tickers : tuple of str
    numbers : dict of str to tuple of (float or None)
        Fact -> value a ticker; None is unknown. Ratios are fractions.
    columns : dict of str to str
        Fact -> column it was read from.
    sector : tuple of str or None
    source : str
    source_sha256 : str
    """

    tickers: tuple[str, ...]
    numbers: Mapping[str, tuple[float | None, ...]]
    columns: Mapping[str, str]
    sector: tuple[str, ...] | None
    source: str
    source_sha256: str
    notes: tuple[Note, ...] = ()


def read_facts(path: str | os.PathLike[str]) -> Facts:
    """Read constituents' facts from CSV or parquet.

    Parameters
    ----------
    path : path
        A `ticker` (or `symbol`) column and any of `COLUMNS`, or a fund's holdings file. ``12%`` in a cell is percent
        whatever the column; blanks and words like ``n/a`` are unknown.

    Raises
    ------
    DataError
        When it cannot be read, repeats a ticker, or a cell or a column's unit cannot be understood.
    """
    label = os.fspath(path)
    parquet = str(path).lower().endswith((".parquet", ".pq"))
    names, lines, notes = _parquet(path) if parquet else _csv(path)
    at = next((i for i, name in enumerate(names) if name in ("ticker", "symbol")), None)
    if at is None:
        raise DataError(f"{label}: no column 'ticker' or 'symbol' (columns: {', '.join(names)})")
    tickers = tuple(cells[at].strip().upper() for _, cells in lines)
    seen: set[str] = set()
    for (line, _), ticker in zip(lines, tickers, strict=True):
        if not ticker or ticker in seen:
            raise DataError(f"{label}: line {line}: {f'{ticker} is there twice' if ticker else 'no ticker'}")
        seen.add(ticker)
    numbers: dict[str, tuple[float | None, ...]] = {}
    columns: dict[str, str] = {}
    for fact, aliases in COLUMNS.items():
        for i, name in enumerate(names):
            if name in aliases or (name.endswith("_pct") and name.removesuffix("_pct") in aliases):
                if fact in columns:
                    raise DataError(f"{label}: columns {columns[fact]!r} and {name!r} both give the {fact}: keep one")
                values = tuple(
                    _number(label, line, name, cells[i], percent=name.endswith("_pct")) for line, cells in lines
                )
                _check_unit(label, fact, name, values)
                numbers[fact], columns[fact] = values, name
    sector_at = names.index("sector") if "sector" in names else None
    return Facts(
        tickers=tickers,
        numbers=numbers,
        columns=columns,
        sector=None if sector_at is None else tuple(cells[sector_at] for _, cells in lines),
        source=label,
        source_sha256=sha256(Path(path).read_bytes()).hexdigest(),
        notes=notes,
    )


_Read = tuple[list[str], list[tuple[int, tuple[str, ...]]], tuple[Note, ...]]


def _csv(path: str | os.PathLike[str]) -> _Read:
    table, notes = read_members_table(path)
    return [name.replace(" ", "_") for name in table.names], list(table.lines), notes


def _parquet(path: str | os.PathLike[str]) -> _Read:
    import pandas as pd

    from hedgekit.errors import MissingExtra

    try:
        frame = pd.read_parquet(path)
    except ImportError:
        raise MissingExtra("parquet files need pyarrow: pip install 'hedgekit[parquet]'") from None
    except Exception as error:
        raise DataError(f"{os.fspath(path)}: cannot be read as parquet: {error}") from None
    if frame.index.name is not None:
        frame = frame.reset_index()
    names = [str(name).strip().lower().replace(" ", "_") for name in frame.columns]
    text = frame.astype(object).where(frame.notna(), "").astype(str)
    rows = [(row + 1, tuple(cells)) for row, cells in enumerate(text.itertuples(index=False, name=None))]
    return names, rows, ()


def _number(label: str, line: int, name: str, cell: str, *, percent: bool) -> float | None:
    text = cell.strip().replace(",", "")
    if text.lower() in NOTHING:
        return None
    marked = text.endswith("%")
    try:
        value = float(text.removesuffix("%"))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise DataError(f"{label}: line {line}: {name} is {cell!a}, expected a number or a blank")
    return units.fraction(value) if percent or marked else value


def _check_unit(label: str, fact: str, name: str, values: Iterable[float | None]) -> None:
    """Refuse a column of fractions that can only be percent: 12.5 read as 1,250% would pass every rule."""
    known = sorted(abs(value) for value in values if value is not None)
    if fact in RATIOS and len(known) > 1 and known[len(known) // 2] > LARGEST_MEDIAN:
        raise DataError(
            f"{label}: column {name!r} has a median size of {known[len(known) // 2]:g}, read as fractions that is "
            f"{units.percent(known[len(known) // 2]):,.0f}%: if it is in percent, name it {name}_pct"
        )

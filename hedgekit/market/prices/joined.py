"""Judged series side by side, on the union of their days."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from hedgekit.errors import DataError
from hedgekit.market.prices.judged import Judged
from hedgekit.model import FloatArray, PriceHistory
from hedgekit.results import Note

_FILES_NAMED = 4


def join(series: Sequence[Judged]) -> PriceHistory:
    """Put series side by side.

    A series without any price keeps its column of NaN and a note.

    Raises
    ------
    DataError
        When none has a price.
    """
    priced = [one for one in series if np.isfinite(one.close).any() or np.isfinite(one.total_return).any()]
    if not priced:
        raise DataError(f"{series[0].label}: no price in it")
    dates = np.unique(np.concatenate([one.dates for one in series]))
    at = [np.searchsorted(dates, one.dates) for one in series]

    def grid(name: str) -> FloatArray:
        out = np.full((len(dates), len(series)), np.nan)
        for column, (one, rows) in enumerate(zip(series, at, strict=True)):
            out[rows, column] = getattr(one, name)
        return out

    optional = {name: grid(name) for name in ("open", "high", "low", "volume")}
    notes = [note for one in series for note in one.notes]
    return PriceHistory(
        tickers=tuple(one.ticker for one in series),
        dates=dates,
        close=grid("close"),
        total_return=grid("total_return"),
        source=_source([one.label for one in series]),
        source_sha256=_sha256([one.sha256 for one in series]),
        notes=(*_gathered(notes), *_empty(series, priced), *_ends(priced), *_bases(priced)),
        **{name: values if np.isfinite(values).any() else None for name, values in optional.items()},
    )


def _empty(series: Sequence[Judged], priced: Sequence[Judged]) -> list[Note]:
    """Say which tickers have no price."""
    names = [one.ticker for one in series if one not in priced]
    if not names:
        return []
    listed = ", ".join(names[: _FILES_NAMED * 2]) + (", ..." if len(names) > _FILES_NAMED * 2 else "")
    return [Note("no_price", f"{len(names)} tickers without any price: {listed}")]


def _source(labels: Sequence[str]) -> str:
    names = list(dict.fromkeys(Path(label).name for label in labels))
    if len(names) <= _FILES_NAMED:
        return " + ".join(names)
    return f"{' + '.join(names[: _FILES_NAMED - 1])} and {len(names) - _FILES_NAMED + 1} more"


def _sha256(hashes: Sequence[str]) -> str:
    """Return the file's hash, or of several files the hash of their hashes."""
    unique = list(dict.fromkeys(hashes))
    return unique[0] if len(unique) == 1 else hashlib.sha256("".join(unique).encode()).hexdigest()


def _gathered(notes: Sequence[Note]) -> list[Note]:
    """Say once what holds of many tickers alike."""
    by_slug: dict[str, list[Note]] = {}
    for note in notes:
        by_slug.setdefault(note.slug, []).append(note)
    out = []
    for slug, same in by_slug.items():
        if len(same) <= _FILES_NAMED:
            out += same
            continue
        names = ", ".join(note.message.partition(":")[0] for note in same[: _FILES_NAMED * 2])
        more = ", ..." if len(same) > _FILES_NAMED * 2 else ""
        out.append(Note(slug, f"{len(same)} tickers ({names}{more}), the first: {same[0].message}"))
    return out


def _ends(series: Sequence[Judged]) -> list[Note]:
    """Say when series start or end on different days."""
    notes = []
    spans = [_span(one) for one in series]
    for slug, word, which in (("different_starts", "start", 0), ("different_ends", "end", 1)):
        days: dict[np.datetime64, list[str]] = {}
        for one, span in zip(series, spans, strict=True):
            days.setdefault(span[which], []).append(one.ticker)
        if len(days) > 1:
            named = "; ".join(
                f"{day} {', '.join(names[:_FILES_NAMED])}{', ...' if len(names) > _FILES_NAMED else ''}"
                for day, names in sorted(days.items())[: _FILES_NAMED * 2]
            )
            notes.append(Note(slug, f"the prices {word} on different days: {named}"))
    return notes


def _span(one: Judged) -> tuple[np.datetime64, np.datetime64]:
    known: npt.NDArray[np.intp] = np.flatnonzero(np.isfinite(one.close) | np.isfinite(one.total_return))
    return one.dates[known[0]], one.dates[known[-1]]


def _bases(series: Sequence[Judged]) -> list[Note]:
    """Say when some returns hold dividends and others do not."""
    without = [one.ticker for one in series if not np.isfinite(one.total_return).any()]
    if not without or len(without) == len(series):
        return []
    text = f"returns of {', '.join(without[: _FILES_NAMED * 2])} leave out dividends, those of the others hold them"
    return [Note("mixed_returns", text)]

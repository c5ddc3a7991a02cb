"""Where price histories come from: one module a layout, recognised by content, never by the file's name.

A layout module has ``recognises(file) -> bool`` and ``read(file) -> list of Series``; its line in `LAYOUTS` is all the
registration there is. What the files say is then judged (`judged`) and put side by side (`joined`).
"""

from __future__ import annotations

import importlib
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeAlias, cast

from hedgekit.errors import DataError, InputError
from hedgekit.market.files import shown
from hedgekit.market.prices.content import PriceFile, read_files, stem

if TYPE_CHECKING:
    from hedgekit.market.prices.series import Series
    from hedgekit.model import PriceHistory

Source: TypeAlias = "str | os.PathLike[str]"

# layout -> module; asked in this order
LAYOUTS = {
    "yfinance's header of Price and Ticker lines": "hedgekit.market.prices.yfinance_header",
    "Lean daily zip": "hedgekit.market.prices.lean",
    "Alpha Vantage JSON": "hedgekit.market.prices.alphavantage_json",
    "Yahoo chart JSON": "hedgekit.market.prices.yahoo_chart_json",
    "bars as JSON": "hedgekit.market.prices.bars_json",
    "a row a day and ticker": "hedgekit.market.prices.stacked",
    "one ticker a file (Date, ..., Close, ...)": "hedgekit.market.prices.one_ticker",
    "a column a ticker": "hedgekit.market.prices.wide",
}
ENDINGS = (".csv", ".txt", ".tsv", ".json", ".parquet", ".pq", ".gz", ".zip")
"""Files that are taken from a folder."""

_OPTION_SYMBOL = re.compile(r"\d{6}[CP]\d{8}\s*$")


class Layout(Protocol):
    """What a layout module offers."""

    def recognises(self, file: PriceFile) -> bool:
        """Whether a file has this layout."""

    def read(self, file: PriceFile) -> list[Series]:
        """Return what it says, one series a ticker."""


def load_prices(source_or_sources: Source | Iterable[Source], *, tickers: Sequence[str] | None = None) -> PriceHistory:
    """Read daily prices.

    Parameters
    ----------
    source_or_sources : path, or several
        Files (CSV, JSON, parquet, gzip or zip of them) or folders of them, one ticker a file or several; layouts are
        recognised by content (`LAYOUTS`). A file without a ticker inside is named by its own name, or as
        ``"IWM=path"``.
    tickers : sequence of str, optional
        The tickers wanted, in that order; capitals do not matter. Default: all, in the order read.

    Returns
    -------
    PriceHistory
        Days ascending, one column a ticker; ``close`` and ``total_return`` kept apart; what was found wrong, and what
        was done about it, in ``notes``.

    Raises
    ------
    DataError
        When a file cannot be read, has none of the layouts, or holds a bad cell (names line, column and value); when
        a ticker appears twice.
    InputError
        When a wanted ticker is in none of the files; lists those that are.

    Examples
    --------
    >>> import hedgekit as hk
    >>> prices = hk.load_prices("examples/data/pair.csv")
    >>> prices.tickers
    ('SMALL', 'LARGE')
    """
    from hedgekit.market.prices.joined import join
    from hedgekit.market.prices.judged import judge

    if isinstance(tickers, str):
        tickers = (tickers,)
    wanted = None if tickers is None else [str(ticker).strip().upper() for ticker in tickers]
    found: dict[str, Series] = {}
    for name, path in _paths(source_or_sources, wanted):
        for file in _files(path):
            listed = _read(file)
            if name and len(listed) > 1:
                held = ", ".join(one.ticker for one in listed[:6])
                raise InputError(f"{file.label}: {name}= names one ticker, but the file holds {len(listed)} ({held})")
            for one in listed:
                key = (name or one.ticker).strip().upper()
                if wanted is not None and key not in wanted:
                    found.setdefault(key, one)
                    continue
                if key in found:
                    raise DataError(f"{key} is in {found[key].file.label} and again in {file.label}: give one of them")
                found[key] = one
    if not found:
        raise DataError("no prices in what was given")
    chosen = list(found) if wanted is None else wanted
    for key in chosen:
        if key not in found:
            held = ", ".join(list(found)[:12]) + (", ..." if len(found) > 12 else "")
            raise InputError(
                f"no ticker {key} in the prices; they hold {held}. A file without a ticker inside can be named: "
                f"{key}=FILE"
            )
    if len(set(chosen)) < len(chosen):
        raise InputError(f"tickers {', '.join(chosen)}: one is named twice")
    from dataclasses import replace

    return join([judge(replace(found[key], ticker=key)) for key in chosen])


def _files(path: Path) -> Iterator[PriceFile]:
    """Read a path; a broken table that is something else altogether is said to be that."""
    from hedgekit.market.files import label_of, read_bytes
    from hedgekit.market.mistaken import instead

    try:
        yield from read_files(path)
    except DataError:
        if path.is_file() and (told := instead(read_bytes(path), "prices")):
            raise DataError(f"{label_of(path)}: {told}") from None
        raise


def _read(file: PriceFile) -> list[Series]:
    if other := _something_else(file):
        raise file.error(other)
    for module in LAYOUTS.values():
        layout = cast(Layout, importlib.import_module(module))
        if layout.recognises(file):
            return layout.read(file)
    if file.sheet is not None and not file.sheet.has_header and not _instead(file):
        raise file.error("no header line: name the columns, like Date,Close or Date,IWM,SPY")
    found = f" (columns: {', '.join(shown(name)[1:-1] for name in file.sheet.names[:8])})" if file.sheet else ""
    raise file.error(_instead(file) or f"not prices in any known layout{found}. Known: {'; '.join(LAYOUTS)}.")


_NO_PRICES = {"strike", "amount", "dividend", "dividends", "quantity", "qty", "shares"}
"""Columns of quotes, dividends, positions and flows; with a day beside them they could pass for tickers."""


def _something_else(file: PriceFile) -> str:
    """Say what a table is that could pass for prices and is none; empty when it may be prices."""
    from hedgekit.market.mistaken import TENOR
    from hedgekit.market.prices.series import TICKERS, plain

    if file.sheet is None:
        return ""
    names = [plain(str(name)) for name in file.sheet.names]
    symbols = [str(file.sheet.columns[at][0]) for at, name in enumerate(names) if name in TICKERS]
    suspect = any(name in _NO_PRICES or name.startswith("flow") or TENOR.fullmatch(name) for name in names)
    if not suspect and not any(_OPTION_SYMBOL.search(symbol) for symbol in symbols):
        return ""
    return _instead(file)


def _instead(file: PriceFile) -> str:
    from hedgekit.market.mistaken import WANTED, instead, refusal

    return instead(file.path.read_bytes(), "prices") or refusal(file.document, WANTED["prices"])


def _paths(source_or_sources: Source | Iterable[Source], wanted: Sequence[str] | None) -> list[tuple[str, Path]]:
    """Return (name given or empty, file) of every file asked for; folders are opened.

    Of a folder with a file named for each ticker wanted, only those are read.
    """
    from hedgekit.market.prices.series import ticker_of

    if isinstance(source_or_sources, str | os.PathLike):
        source_or_sources = [source_or_sources]
    try:
        sources = list(source_or_sources)
    except TypeError:
        raise InputError(f"source {shown(source_or_sources)}: expected the path of a file, or several") from None
    if not sources:
        raise InputError("no price files given")
    paths: list[tuple[str, Path]] = []
    for source in sources:
        if not isinstance(source, str | os.PathLike):
            raise InputError(f"source {shown(source)}: expected the path of a file")
        name, path = _named(source)
        try:
            folder = path.is_dir()
        except (OSError, ValueError):
            folder = False
        if not folder:
            paths.append((name, path))
            continue
        inside = sorted(p for p in path.iterdir() if p.suffix.lower() in ENDINGS and not p.name.startswith("."))
        if not inside:
            raise DataError(f"{ascii(os.fspath(source))[1:-1]}: no price files in this folder ({', '.join(ENDINGS)})")
        named = [p for p in inside if wanted and ticker_of(stem(p.name)) in wanted]
        enough = wanted is not None and {ticker_of(stem(p.name)) for p in named} == set(wanted)
        paths += [("", p) for p in (named if enough else inside)]
    return paths


def _named(source: Source) -> tuple[str, Path]:
    text = os.fspath(source)
    name, equals, rest = text.partition("=")
    if equals and name and rest and os.sep not in name and not Path(text).exists():
        return name, Path(rest)
    return "", Path(text)

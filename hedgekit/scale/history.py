"""`history enrich`: chain files in, one parquet file a day and underlying out, solved."""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar
from zoneinfo import ZoneInfo

from hedgekit.errors import DataError, HedgekitError, InputError, Status
from hedgekit.market.inputs import Given
from hedgekit.model import Chain, Flag
from hedgekit.results import Note, Result, plain
from hedgekit.scale.engines import Engine, Lost
from hedgekit.scale.runner import Failure, Made, Partition, Run, Watch, run

if TYPE_CHECKING:
    from hedgekit.market.sources.content import Content
    from hedgekit.market.surface import Surface

SCHEMA = "hedgekit.history/1"
"""Of the files written; it rises when a column changes its name or meaning."""

METADATA = b"hedgekit"
"""Key under which a file's metadata hold schema, inputs, defects, smiles and warnings as JSON."""

GREEKS = ("delta", "gamma", "vega", "theta", "rho", "vanna", "volga", "charm")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One day and underlying of one file; None where the file holds but one."""

    path: str
    day: str | None
    ticker: str | None
    rate: Given
    dividends: Given


@dataclass(frozen=True, kw_only=True)
class HistoryResult(Result):
    """What an enrichment did.

    Attributes
    ----------
    out : str
        Folder of the outputs.
    run : Run
    unread : tuple of Failure
        Files of which not even the days could be told.
    """

    schema_name: ClassVar[str] = "history"

    out: str
    run: Run
    unread: tuple[Failure, ...]

    @property
    def failures(self) -> tuple[Failure, ...]:
        """Everything that has no output, and why."""
        return (*self.unread, *self.run.failures)

    @property
    def exit_code(self) -> int:
        """0, or 3 when anything could not be read."""
        return DataError.exit_code if self.failures else 0

    @property
    def quotes(self) -> int:
        """Rows of all outputs."""
        return sum(entry.facts["quotes"] for entry in self.run.entries)

    def body(self) -> dict[str, Any]:
        """Return the counts, the partitions and the failures."""
        return {
            "out": self.out,
            "done": self.run.done,
            "kept": self.run.kept,
            "failed": len(self.failures),
            "quotes": self.quotes,
            "partitions": self.records(),
            "failures": [{"partition": failure.key, "reason": failure.reason} for failure in self.failures],
        }

    def records(self) -> list[dict[str, Any]]:
        """Return one row an output."""
        return [
            {"output": entry.output, "output_sha256": entry.output_sha256, "source": entry.key, **entry.facts}
            for entry in sorted(self.run.entries, key=lambda entry: entry.output)
        ]


def enrich(
    sources: Sequence[str | os.PathLike[str]],
    *,
    out: str | os.PathLike[str],
    engine: Engine,
    rate: Given = None,
    dividends: Given = None,
    strict: bool = False,
    watch: Watch | None = None,
) -> HistoryResult:
    """Solve every chain of some files, each day and underlying apart.

    Parameters
    ----------
    sources : sequence of paths
        Files of any chain format, and folders of them, searched to the bottom; a file may hold several days or
        underlyings.
    out : path
        Folder of ``date=YYYY-MM-DD/underlying=TICKER/quotes.parquet`` and the manifest; ``docs/history.md`` tells the
        columns. What an earlier run made of the same bytes, options and version is kept.
    engine : Engine
    rate, dividends : float or path, optional
        As in `hedgekit.compare`; by default each chain tells its own.
    strict : bool
        Stop at the first file or partition that fails.
    watch : callable, optional
        Called with partitions done, of how many, and failed.

    Raises
    ------
    InputError
        No file is named, or a folder holds none.
    DataError
        With `strict`, the first failure.
    """
    folder = Path(out)
    files = list(_files(sources, folder))
    pieces = dict(engine.map(look, [str(path) for path in files]))
    partitions, unread = [], []
    for number, path in enumerate(files):
        answer = pieces[number]
        if isinstance(answer, Lost | str):
            reason = answer.reason if isinstance(answer, Lost) else answer
            if strict:
                raise DataError(f"{path}: {reason.rstrip('.')}. Stopped (--strict)")
            unread.append(Failure(key=str(path), reason=reason))
            continue
        sha256, found = answer
        for day, ticker in found:
            key = "#".join(part for part in (str(path), day, ticker) if part)
            piece = Piece(path=str(path), day=day, ticker=ticker, rate=rate, dividends=dividends)
            partitions.append(Partition(key=key, input_sha256=sha256, argument=piece))
    done = run(
        partitions, enriched, out=folder, version=_version(rate, dividends), engine=engine, strict=strict, watch=watch
    )
    return HistoryResult(
        out=str(folder),
        run=done,
        unread=tuple(unread),
        inputs={
            "sources": [os.fspath(source) for source in sources],
            "files": len(files),
            "schema": SCHEMA,
            "rate": rate,
            "dividends": dividends,
            "version": _own_version(),
        },
        warnings=_notes(folder, done),
    )


def look(path: str, common: Any) -> tuple[str, list[tuple[str | None, str | None]]] | str:
    """Return a file's hash and its days and underlyings, or why it cannot be read."""
    from hedgekit.market.sources.content import read_content

    try:
        content = read_content(path)
        return content.sha256, _held(content)
    except HedgekitError as error:
        return _without(path, error)
    except MemoryError:
        return "not enough memory to read it: cut it into days"


def enriched(piece: Piece) -> Made:
    """Return one day of one underlying as parquet.

    Raises
    ------
    DataError, InputError
        When its chain cannot be read or solved; without the file's name, which the partition's key says.
    """
    from hedgekit.market.sources import chain_of
    from hedgekit.market.surface import fit

    try:
        chain = chain_of(_content(piece.path), asof=piece.day, ticker=piece.ticker)
        surface = fit(chain, rate=piece.rate, dividends=piece.dividends)
    except HedgekitError as error:
        raise type(error)(_without(piece.path, error)) from None
    day = chain.asof.date()
    return Made(
        destination=f"date={day}/underlying={_safe(chain.ticker)}/quotes.parquet",
        content=parquet_of(chain, surface),
        facts={
            "date": day.isoformat(),
            "ticker": chain.ticker,
            "quotes": len(chain),
            "expiries": len(surface.slices),
            "flagged": int((chain.flags != 0).sum()),
            "without_vol": int((surface.band.mid != surface.band.mid).sum()),
        },
    )


def parquet_of(chain: Chain, surface: Surface) -> bytes:
    """Return a solved chain as the bytes of a parquet file; the same bytes for the same chain."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet

    from hedgekit.market.chain import defects

    count, band = len(chain), surface.band
    per_expiry = _per_expiry(chain, surface)
    rows = np.searchsorted(per_expiry["expiry"], chain.expiry) if len(per_expiry["expiry"]) else np.zeros(count, int)
    rows = np.minimum(rows, max(0, len(per_expiry["expiry"]) - 1))
    known = np.isin(chain.expiry, per_expiry["expiry"])

    def spread(name: str) -> Any:
        column = per_expiry[name]
        return np.where(known, column[rows], np.nan) if len(column) else np.full(count, np.nan)

    def text(values: list[str]) -> Any:
        return pa.array(values, type=pa.string())

    columns: dict[str, Any] = {
        "asof": pa.array([chain.asof] * count, type=pa.timestamp("us", tz="America/New_York")),
        "ticker": text([chain.ticker] * count),
        "spot": np.full(count, chain.spot),
        "symbol": text(chain.symbol.tolist()),
        "kind": text(["call" if sign == 1 else "put" for sign in chain.kind.tolist()]),
        "strike": chain.strike,
        "expiry": pa.array(chain.expiry.astype("M8[D]").astype("i4"), type=pa.int32()).cast(pa.date32()),
        "t_years": chain.t_years,
        "bid": chain.bid,
        "ask": chain.ask,
        "bid_size": chain.bid_size,
        "ask_size": chain.ask_size,
        "open_interest": chain.open_interest,
        "volume": chain.volume,
        "last": chain.last,
        "vendor_iv": chain.vendor_iv,
        "iv_bid": band.bid,
        "iv_mid": band.mid,
        "iv_ask": band.ask,
        "iv_status": text([Status(code).name for code in band.status["mid"].tolist()]),
        **{name: getattr(band.greeks, name) for name in GREEKS},
        **{name: spread(name) for name in ("forward", "forward_low", "forward_high", "rate", "div_yield")},
        "smile_vol": _smile_vols(chain, surface),
        "flags": text([" ".join(flag.slug for flag in Flag(bits)) for bits in chain.flags.tolist()]),
    }
    arrays = [
        column if isinstance(column, pa.Array) else pa.array(column, type=pa.float64(), from_pandas=True)
        for column in columns.values()
    ]
    told = {
        "schema": SCHEMA,
        "version": _own_version(),
        "ticker": chain.ticker,
        "asof": chain.asof,
        "spot": chain.spot,
        "spot_source": chain.spot_source,
        "source": chain.source,
        "source_sha256": chain.source_sha256,
        "exercise": chain.exercise,
        "rate_source": surface.market.rate_source,
        "dividends_source": surface.market.dividends_source,
        "cash_dividends": surface.market.cash,
        "defects": [{"slug": one.slug, "count": one.count} for one in defects(chain)],
        "smiles": _smiles(surface),
        "warnings": surface.warnings,
    }
    table = pa.table(arrays, names=list(columns))
    table = table.replace_schema_metadata({METADATA: json.dumps(plain(told), allow_nan=False).encode()})
    sink = io.BytesIO()
    pyarrow.parquet.write_table(table, sink, compression="zstd")
    return sink.getvalue()


def _per_expiry(chain: Chain, surface: Surface) -> dict[str, Any]:
    """Return parity's forward and the carry of each expiry ahead, arrays by name."""
    import numpy as np

    market = surface.market
    days = sorted(market.rates)
    told = [market.forwards.get(day) for day in days]
    found: dict[str, Any] = {"expiry": np.array(days, dtype="M8[D]")}
    for name in ("forward", "forward_low", "forward_high"):
        found[name] = np.array([np.nan if one is None else getattr(one, name) for one in told])
    found["rate"] = np.array([market.rates[day] for day in days])
    found["div_yield"] = np.array([market.div_yields[day] for day in days])
    return found


def _smile_vols(chain: Chain, surface: Surface) -> Any:
    """Return the fitted vol at each quote's strike; NaN where there is no smile."""
    import numpy as np

    vols = np.full(len(chain), np.nan)
    for of in surface.slices:
        if of.method == "none":
            continue
        at = np.flatnonzero(chain.expiry == np.datetime64(of.expiry))
        vols[at] = surface.vol(chain.strike[at], of.expiry)
    return vols


def _smiles(surface: Surface) -> list[dict[str, Any]]:
    """Return each expiry's smile: its mixture, which is the fit, and raw SVI's five numbers, for reading."""
    from hedgekit.market.surface.svi import fit_svi

    rows = []
    for of in surface.slices:
        mixture = of.mixture
        rows.append(
            {
                "expiry": of.expiry,
                "t_years": of.t_years,
                "forward": of.forward,
                "method": of.method,
                "liquid": int(of.quotes.liquid.sum()),
                "inside": int((of.inside & of.quotes.liquid).sum()),
                "mixture": None
                if mixture is None
                else {"weight": mixture.weight, "centre": mixture.centre, "width": mixture.width},
                "svi": None if mixture is None else fit_svi(of.bands, of.t_years),
            }
        )
    return rows


def _files(sources: Sequence[str | os.PathLike[str]], out: Path) -> Iterator[Path]:
    """Yield the files named and those below the folders named, each once; outputs, hidden and marked files are none."""
    seen = set()
    for source in sources:
        path = Path(source)
        if not path.is_dir():
            found = [path]
        else:
            found = [
                below
                for below in sorted(path.rglob("*"))
                if below.is_file()
                and not any(part.startswith((".", "_")) for part in below.relative_to(path).parts)
                and out.resolve() not in below.resolve().parents
            ]
            if not found:
                raise InputError(f"{path}: no file in this folder or below")
        for one in found:
            if one not in seen:
                seen.add(one)
                yield one
    if not seen:
        raise InputError("no source: name chain files or folders of them")


_read: tuple[tuple[str, int, int], Content] | None = None  # the file read last: a file of many days is read once


def _content(path: str) -> Content:
    from hedgekit.market.sources.content import read_content

    global _read
    try:
        facts = Path(path).stat()
    except OSError:
        return read_content(path)  # says it better
    stamp = (path, facts.st_size, facts.st_mtime_ns)
    if _read is None or _read[0] != stamp:
        _read = (stamp, read_content(path))
    return _read[1]


def _held(content: Content) -> list[tuple[str | None, str | None]]:
    """Return the days and underlyings of a file; (None, None) where there is but one of each."""
    from hedgekit.market.moments import read_moment
    from hedgekit.market.sources.frame import key, table_of
    from hedgekit.market.sources.tabular import columns_of
    from hedgekit.model import NEW_YORK

    rows = table_of(content) if content.kind == "parquet" or content.kind == "text" else None
    if rows is None:
        return [(None, None)]
    have = columns_of(rows)
    stamps = rows.cells(have["asof"]) if "asof" in have else None
    tickers = rows.cells(have["ticker"]) if "ticker" in have else None
    if stamps is None and tickers is None:
        return [(None, None)]
    zone = ZoneInfo("UTC") if "asof" in have and key(have["asof"]) == "quoteutc" else NEW_YORK
    days: dict[Any, date | None] = {}
    for cell in dict.fromkeys(stamps or ()):
        try:
            moment = read_moment(cell, zone)
        except ValueError:
            return [(None, None)]  # the format's own module says what is wrong with it
        says_time = isinstance(moment, datetime) and (moment.hour, moment.minute) != (0, 0)
        days[cell] = (moment.astimezone(NEW_YORK) if says_time else moment).date()
    day_cells = [None] * len(tickers or ()) if stamps is None else [days[cell] for cell in stamps]
    ticker_cells = [None] * len(day_cells) if tickers is None else [str(cell).strip() for cell in tickers]
    pairs = sorted(set(zip(day_cells, ticker_cells, strict=True)), key=str)
    several_days = len({day for day, _ in pairs}) > 1
    several_tickers = len({ticker for _, ticker in pairs}) > 1
    return list(
        dict.fromkeys(
            (str(day) if several_days else None, ticker if several_tickers else None) for day, ticker in pairs
        )
    )


def _version(rate: Given, dividends: Given) -> str:
    """Name what outputs depend on beside their input: schema, code and options, files among them by their bytes."""
    told = []
    for given in (rate, dividends):
        path = Path(given) if isinstance(given, str | os.PathLike) else None
        told.append(
            hashlib.sha256(path.read_bytes()).hexdigest() if path is not None and path.is_file() else str(given)
        )
    return f"{SCHEMA} hedgekit {_own_version()} rate {told[0]} dividends {told[1]}"


def _own_version() -> str:
    from hedgekit import __version__

    return __version__


def _without(path: str, error: HedgekitError) -> str:
    """Return a message without the path at its front: a partition's key says it."""
    return str(error).removeprefix(f"{ascii(path)[1:-1]}: ")


def _safe(ticker: str) -> str:
    """Return a ticker as a folder's name."""
    return "".join(letter if letter.isalnum() or letter in "-_^$" else "_" for letter in ticker) or "unknown"


def _notes(folder: Path, done: Run) -> tuple[Note, ...]:
    """Say that the folder holds outputs of inputs that were not named this time."""
    from hedgekit.scale import manifest

    others = len(manifest.read(folder)) - len(done.entries)
    if not others:
        return ()
    message = f"{folder} also holds {others} partitions of inputs not named this time; they were left as they are"
    return (Note("other_partitions", message),)

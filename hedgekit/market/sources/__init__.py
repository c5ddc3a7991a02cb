"""Where chains come from: one module a format, recognised by content, never by the file's name.

A format module has ``recognises(content) -> bool`` and ``read(content, want) -> Snapshot``; its line in `FORMATS` is
all the registration there is, and its names in `nearest.TELLING` are what a file that is nearly of it is told by.
"""

from __future__ import annotations

import importlib
import os
import re
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from hedgekit.errors import InputError
from hedgekit.market.files import shown
from hedgekit.market.snapshot import Snapshot, Warnings, read_asof, to_chain
from hedgekit.market.sources.content import WANTED, Content, read_content
from hedgekit.market.sources.frame import keys_of, table_of
from hedgekit.market.sources.narrow import narrowed
from hedgekit.market.sources.tickers import plain_ticker, root_of
from hedgekit.market.sources.want import Want

if TYPE_CHECKING:
    from hedgekit.model import Chain

# format -> module; asked in this order
FORMATS = {
    "Cboe delayed quotes (JSON)": "hedgekit.market.sources.cboe_json",
    "flat list of quotes (JSON)": "hedgekit.market.sources.flat_json",
    "one-letter keys (JSON)": "hedgekit.market.sources.compact_json",
    "Yahoo chain (JSON)": "hedgekit.market.sources.yahoo_json",
    "Tradier chain (JSON, CSV, parquet)": "hedgekit.market.sources.tradier",
    "Alpha Vantage options (JSON)": "hedgekit.market.sources.alpha_vantage",
    "Alpaca snapshots (JSON)": "hedgekit.market.sources.alpaca_json",
    "MarketData chain (JSON, CSV, parquet)": "hedgekit.market.sources.marketdata_app",
    "ORATS strikes (CSV, JSON)": "hedgekit.market.sources.orats",
    "Nasdaq option page (JSON)": "hedgekit.market.sources.nasdaq_json",
    "TD Ameritrade or Schwab chain (JSON)": "hedgekit.market.sources.schwab_json",
    "Polygon snapshot (JSON)": "hedgekit.market.sources.polygon_json",
    "monthly put ladder (JSON)": "hedgekit.market.sources.put_ladder_json",
    "Cboe fields by day (parquet)": "hedgekit.market.sources.daily_parquet",
    "thinkorswim export (CSV)": "hedgekit.market.sources.thinkorswim",
    "Barchart download (CSV)": "hedgekit.market.sources.barchart",
    "Cboe DataShop (CSV, parquet)": "hedgekit.market.sources.datashop",
    "OptionMetrics prices (CSV, parquet)": "hedgekit.market.sources.optionmetrics",
    "ThetaData quotes (CSV, parquet)": "hedgekit.market.sources.theta",
    "TWS table (CSV)": "hedgekit.market.sources.tws_table",
    "Cboe quote table (CSV)": "hedgekit.market.sources.cboe_quotedata",
    "yfinance frame (CSV, parquet)": "hedgekit.market.sources.yfinance_frame",
    "Yahoo web table (CSV)": "hedgekit.market.sources.yahoo_table",
    "OptionsDX end of day (CSV)": "hedgekit.market.sources.optionsdx",
    "calls and puts side by side (CSV, parquet)": "hedgekit.market.sources.side_by_side",
    "Lean universe (CSV)": "hedgekit.market.sources.lean_universe",
    "vendor end of day (CSV)": "hedgekit.market.sources.vendor_csv",
    "hedgekit's own table (CSV, parquet)": "hedgekit.market.sources.chain_table",
    "vols without quotes (CSV)": "hedgekit.market.sources.vol_table",
}


# before the colon of a live source -> module
LIVE = {
    "cboe": "hedgekit.market.sources.cboe_live",
    "yahoo": "hedgekit.market.sources.yahoo_live",
}

_LIVE_SOURCE = re.compile(rf"({'|'.join(LIVE)}):([A-Za-z^_$][A-Za-z0-9.^-]{{0,9}})")


class Format(Protocol):
    """What a format module offers."""

    def recognises(self, content: Content) -> bool:
        """Whether a file is of this format."""

    def read(self, content: Content, want: Want) -> Snapshot:
        """Return what the file says; `want` picks the day and the underlying where it holds several."""


def load(
    source: str | os.PathLike[str],
    *,
    asof: date | datetime | str | None = None,
    spot: float | None = None,
    ticker: str | None = None,
    expiry: date | None = None,
) -> Chain:
    """Read an option chain.

    Parameters
    ----------
    source : path or str
        A file of one of `FORMATS`, recognised by its content; or a live source: "cboe:IWM" for Cboe's delayed quotes,
        "yahoo:IWM" for Yahoo's (extra ``yahoo``).
    asof : date, datetime or str, optional
        The day to take from a file that holds several, or to re-date the quotes to (a day means the close of option
        trading in that session; times without zone are New York's). Default: the file's own time.
    spot : float, optional
        Price of the underlying to use, dollars a share. Default: the file's, or the one that put-call parity tells
        where the file's is off.
    ticker : str, optional
        The underlying to take from a file that holds several ("IWM"), one of an index's roots ("SPXW"), or what the
        underlying is where the file does not say.
    expiry : datetime.date, optional
        The expiry of a file that lists one without saying which; no choice among several.

    Returns
    -------
    Chain
        Inspected: every quote of the file, with flags; what the user must be told is in `warnings`.

    Raises
    ------
    DataError
        When the file cannot be read, is of no known format, breaks off, or has no quotes that can be traded on.
    InputError
        When `asof` or `spot` cannot be, or the file holds several days and `asof` names none of them.

    Examples
    --------
    >>> import hedgekit as hk
    >>> chain = hk.load_chain("examples/data/iwm.json")  # doctest: +SKIP
    >>> chain.spot, chain.spot_source  # doctest: +SKIP
    (248.12, 'file')
    """
    content, notes, asked = _opened(source)
    chain = chain_of(content, asof=asof, spot=spot, ticker=ticker, expiry=expiry, notes=notes)
    if asked and ticker is None and root_of(asked) != root_of(chain.ticker):
        raise content.error(f"the server answers with quotes of {chain.ticker} instead. Try again later")
    return chain


def chain_of(
    content: Content,
    *,
    asof: date | datetime | str | None = None,
    spot: float | None = None,
    ticker: str | None = None,
    expiry: date | None = None,
    notes: Warnings = (),
) -> Chain:
    """Return the chain of a file already read; see `load`.

    Raises
    ------
    DataError, InputError
        As `load`.
    """
    day = read_asof(asof)
    want = Want(asof=day, ticker=ticker, expiry=expiry)
    content = narrowed(content, ticker)
    form = format_of(content)
    if form is None:
        raise content.error(_unknown(content))
    snapshot = _of_root(form.read(content, want), ticker)
    said = (*notes, *snapshot.warnings, *_remarks(content))
    return to_chain(replace(snapshot, warnings=said), asof=day, spot=spot)


def format_of(content: Content) -> Format | None:
    """Return the module that reads a file; None when it is no chain in any known format.

    Raises
    ------
    DataError
        When it is a table, but broken.
    """
    forms = (cast(Format, importlib.import_module(module)) for module in FORMATS.values())
    return next((form for form in forms if form.recognises(content)), None)


def _unknown(content: Content) -> str:
    """Say what a file is that is no chain."""
    from hedgekit.market.mistaken import instead, refusal
    from hedgekit.market.sources.nearest import described

    told = instead(content.data, "chain") or refusal(content.document, WANTED)
    if not told and content.kind == "text" and len(keys_of(content)) > 1 and table_of(content) is None:
        told = f"no lines below a header of columns, not {WANTED}"
    return told or (
        f"not a chain in any known format: {described(content)}. `hedgekit chain --help` tells whose files are read."
    )


def _opened(source: str | os.PathLike[str]) -> tuple[Content, Warnings, str]:
    """Return what a path or a live source holds, what must be said of how it was had, and the ticker asked for."""
    live = _LIVE_SOURCE.fullmatch(source) if isinstance(source, str) else None
    if live is None or Path(str(source)).exists():
        return read_content(source), (), ""
    ticker = plain_ticker(live[2])
    content, notes = importlib.import_module(LIVE[live[1]]).fetch(ticker)
    return content, notes, ticker


def _remarks(content: Content) -> Warnings:
    """Say which lines below a table were taken for remarks."""
    remarks = content.memo.get("remarks", ())
    return tuple(("remark", f"line {line} is no quote but a remark: {shown(text)}") for line, text in remarks)


def _of_root(snapshot: Snapshot, ticker: str | None) -> Snapshot:
    """Return the quotes of the underlying or the root asked for.

    Raises
    ------
    InputError
        When the file holds neither.
    """
    if ticker is None:
        return snapshot
    wanted = plain_ticker(ticker)
    if wanted in (snapshot.ticker, ""):
        return snapshot
    roots = [option.root for option in snapshot.options]
    if root_of(wanted) not in roots:
        listed = ", ".join(sorted({snapshot.ticker, *roots}))
        raise InputError(f"{snapshot.label}: no quotes of {ascii(wanted)[1:-1]}; it holds {listed}")
    rows = [row for row, root in enumerate(roots) if root == root_of(wanted)]
    return replace(snapshot.take(rows), ticker=wanted)

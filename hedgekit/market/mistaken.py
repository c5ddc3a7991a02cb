"""What a file is that was given for another: looked at only when it could not be read as what it was given for."""

from __future__ import annotations

import importlib
import json
import re
import tomllib
from collections.abc import Iterable, Iterator
from typing import Any

from hedgekit.errors import HedgekitError
from hedgekit.market.delimited import delimiter_of
from hedgekit.market.files import PARQUET, decoded, shown, unpacked

KINDS = {
    "answer": ("this is an answer of hedgekit's own", "hedgekit report makes a page of it"),
    "certificate": ("this is a hedge's certificate", "hedgekit hedge verify checks it"),
    "policy": ("this is a policy", "give it with --policy"),
    "chain": ("these are option quotes", "give them with --chain, or to hedgekit chain"),
    "ticket": ("this is an order ticket", "give it with --legs"),
    "book": ("these are positions", "give them with --book, or --legs when they are to be traded"),
    "holdings": ("these are holdings", "give them with --holdings"),
    "betas": ("these are betas", "give them with --betas"),
    "flows": ("these are fund flows", "give them with --flows"),
    "dividends": ("these are dividends", "give them with --dividends"),
    "rates": ("these are interest rates", "give them with --rate"),
    "prices": ("these are daily prices", "give them with --prices, or to hedgekit pair"),
}
"""Kind -> what to say of it and where it belongs; the kinds are looked for in this order."""

WANTED = {
    "chain": "option quotes",
    "prices": "daily prices",
    "book": "positions",
    "policy": "a policy",
    "legs": "legs of an order",
    "holdings": "holdings",
    "betas": "betas",
    "flows": "fund flows",
    "dividends": "dividends",
    "rates": "interest rates",
    "answer": "an answer that hedgekit wrote",
}
"""What a file can be given for, in words."""

_REFUSALS = ("error", "errors", "error message", "message", "information", "note", "fault", "detail")
_LINES = 40  # a header stands among the first ones
_SYMBOLS = {"symbol", "ticker", "osisymbol", "instrument", "contract", "security"}
_QUANTITIES = {"quantity", "qty", "qtyquantity", "position", "contracts", "shares"}
TENOR = re.compile(
    r"(?:bc)?\d+(?:m|y|mo|month|months|yr|year|years)|y\d+m?|dgs\d+(?:mo)?|dtb\d+(?:wk|mo|yr)?|\d+weeks?\w*"
)
"""Columns of a yield curve, without blanks and signs."""

_AMOUNTS = {"amount", "dividend", "dividends", "cashamount", "dividendamount"}
_DAYS = {"date", "day", "exdate", "exdividenddate", "exeffdate", "observationdate", "effectivedate", "timestamp"}
_TICKER = re.compile(r"[A-Z^][A-Z0-9.^]{0,9}(?![a-z])")
_LONE_RATES = ({"t", "df"}, {"date", "rate"}, {"date", "sofr"}, {"observationdate", "sofr"})
_TRADED = {"open", "high", "low", "close", "adjclose", "closelast", "volume"}


def instead(data: bytes, given_for: str) -> str:
    """Say what a file is, and where it belongs.

    Parameters
    ----------
    data : bytes
        Of the file.
    given_for : str
        The key of `WANTED` that it could not be read as.

    Returns
    -------
    str
        A sentence; empty when the file is nothing known, or what it was given for.
    """
    kind = kind_of(data)
    if not kind or kind == given_for:
        return ""
    what, where = KINDS[kind]
    return f"{what}, not {WANTED[given_for]}: {where}"


def refusal(document: Any, wanted: str) -> str:
    """Say that a service refused, with its own words; empty when a JSON document is no such answer."""
    if not isinstance(document, dict):
        return ""
    for name in _REFUSALS:
        words = next((value for key, value in document.items() if key.lower() == name and value), None)
        if isinstance(words, dict):
            words = words.get("message") or words.get("description") or words
        if words is not None and not isinstance(words, bool):
            return f"no {wanted} but a refusal by the service that was asked: {shown(words)}. Ask it again"
    return ""


def kind_of(data: bytes) -> str:
    """Return the key of `KINDS` that fits a file; empty when none does."""
    try:
        data = unpacked("", data)
        text = "" if data.startswith(PARQUET) else decoded("", data, "")
    except HedgekitError:
        return ""
    document = _json(text)
    found = set(_of_json(document)) | set(_of_toml(text)) | set(_of_headers(data, text))
    found |= set(_of_layouts(data))
    if found & {"ticket", "book", "holdings"}:
        found.discard("chain")  # quotes have no quantities
    if found & {"ticket", "book", "holdings", "dividends", "rates", "betas", "flows", "chain"}:
        found.discard("prices")  # a table with a day is easily taken for prices
    return next((kind for kind in KINDS if kind in found), "")


def _json(text: str) -> Any:
    try:
        return json.loads(text) if text.lstrip()[:1] in ("{", "[") else None
    except (ValueError, RecursionError):
        return None


def _of_json(document: Any) -> Iterator[str]:
    if isinstance(document, dict):
        schema = document.get("schema")
        if isinstance(schema, str) and schema.startswith("hedgekit."):
            yield "certificate" if "certificate" in schema else "answer"
        if isinstance(document.get("positions"), list):
            yield "book"
    elif isinstance(document, list) and document and isinstance(document[0], dict):
        yield from _of_names(document[0])


def _of_toml(text: str) -> Iterator[str]:
    if not re.search(r"^\s*\[", text, re.MULTILINE):
        return
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    if isinstance(document.get("rules"), dict):
        yield "policy"
    if isinstance(document.get("positions"), list):
        yield "book"


def _of_headers(data: bytes, text: str) -> Iterator[str]:
    if data.startswith(PARQUET):
        yield from _of_names(_parquet_names(data))
        return
    for line in text.splitlines()[:_LINES]:
        yield from _of_names(cell.strip(' "') for cell in line.split(delimiter_of(line)))


def _parquet_names(data: bytes) -> list[str]:
    from hedgekit.market.sources.content import content_of
    from hedgekit.market.sources.parquet import column_names

    try:
        return column_names(content_of("", "", data))
    except HedgekitError:
        return []


def _of_names(names: Iterable[object]) -> Iterator[str]:
    """Return the kinds that a table with these columns can be of."""
    keys = {re.sub(r"[^a-z0-9]", "", str(name).lower()) for name in names}
    if keys & _SYMBOLS and keys & _QUANTITIES:
        if {"ticker", "shares", "price"} <= keys and "symbol" not in keys:
            yield "holdings"
        else:
            yield "ticket" if {"action", "osisymbol"} & keys else "book"
    if "beta" in keys and keys & _SYMBOLS and not keys & _QUANTITIES:
        yield "betas"
    if any(name.startswith("flow") for name in keys) and keys & _DAYS:
        yield "flows"
    if keys & _DAYS and keys & _AMOUNTS and not keys & _TRADED:
        yield "dividends"
    if (keys & _DAYS and any(TENOR.fullmatch(name) for name in keys)) or keys in _LONE_RATES:
        yield "rates"


def _of_layouts(data: bytes) -> Iterator[str]:
    """Ask the readers of chains and of prices."""
    from hedgekit.market.prices import LAYOUTS
    from hedgekit.market.prices.content import file_of
    from hedgekit.market.sources import FORMATS
    from hedgekit.market.sources.content import content_of

    try:
        content = content_of("", "", data)
        if any(importlib.import_module(module).recognises(content) for module in FORMATS.values()):
            yield "chain"
    except HedgekitError:
        pass
    try:
        file = file_of("", data)
        form = next((name for name, one in LAYOUTS.items() if importlib.import_module(one).recognises(file)), "")
    except HedgekitError:
        return
    names = file.sheet.names[1:] if file.sheet else ()
    # any table with a day can be a column a ticker: only what looks like tickers counts
    if form and (form != "a column a ticker" or all(_TICKER.match(name) for name in names)):
        yield "prices"

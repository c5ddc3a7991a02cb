"""What a file is that was given for another: looked at only when it could not be read as what it was given for."""

from __future__ import annotations

import io
import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
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
    "settings": "settings of hedgekit",
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
_DAYS = {
    "date",
    "day",
    "exdate",
    "exdividenddate",
    "exeffdate",
    "observationdate",
    "effectivedate",
    "timestamp",
    "datetime",
}
_TICKER = re.compile(r"[A-Z^][A-Z0-9.^]{0,9}(?![a-z])")
_LONE_RATES = ({"t", "df"}, {"date", "rate"}, {"date", "sofr"}, {"observationdate", "sofr"})
_CONTRACTS = {
    "strike",
    "strikeprice",
    "pricestrike",
    "contractsymbol",
    "optionsymbol",
    "contractname",
    "symbol",
    "option",
}
_OF_OPTIONS = {"right", "iv", "impliedvolatility", "callput", "putcall", "optiontype"}
_CLOSES = {"close", "adjclose", "adjustedclose", "closelast", "price", "last"}
_LISTS = ("results", "o", "bars", "candles", "historical", "rows", "quotes", "prices")
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
    """Say that a service refused, with its own words; empty when a JSON document holds more than that."""
    if not isinstance(document, dict):
        return ""
    if len(document) == 1 and isinstance(inner := next(iter(document.values())), dict):
        document = inner  # {"chart": {"result": null, "error": {...}}}
    told = {str(name).lower(): value for name, value in document.items() if value}
    name = next((name for name in _REFUSALS if name in told), None)
    if name is None or any(isinstance(value, list | dict) for other, value in told.items() if other != name):
        return ""
    words = told[name]
    if isinstance(words, dict):
        words = words.get("message") or words.get("description") or words
    if isinstance(words, bool):
        return ""
    return f"no {wanted} but a refusal by the service that was asked: {shown(words)}. Ask it again"


def kind_of(data: bytes) -> str:
    """Return the key of `KINDS` that fits a file; empty when none does."""
    try:
        data = unpacked("", data)
        text = "" if data.startswith(PARQUET) else decoded("", data, "")
    except HedgekitError:
        return ""
    found = {*_of_json(text), *_of_toml(text), *_of_headers(_headers(data, text))}
    if len(found) > 1:
        found.discard("prices")  # a table with a day is easily taken for prices
    if found & {"ticket", "book", "holdings"}:
        found.discard("chain")  # quotes have no quantities
    return next((kind for kind in KINDS if kind in found), "")


def _of_json(text: str) -> Iterator[str]:
    """Tell hedgekit's own answers, books, and the lists of quotes and bars by their keys."""
    if text.lstrip()[:1] not in ("{", "["):
        return
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return
    if isinstance(document, list):
        if document and isinstance(document[0], dict):
            yield from _of_names(document[0])
        return
    if not isinstance(document, dict):
        return
    schema = document.get("schema")
    if isinstance(schema, str) and schema.startswith("hedgekit."):
        yield "certificate" if "certificate" in schema else "answer"
        return
    if isinstance(document.get("positions"), list):
        yield "book"
    if any(isinstance(name, str) and name.startswith("Time Series") for name in document) or "chart" in document:
        yield "prices"
    inner = document["data"] if isinstance(document.get("data"), dict) else document
    if document.keys() & {"callExpDateMap", "putExpDateMap"} or isinstance(document.get("chain"), dict):
        yield "chain"
    if isinstance(inner.get("options"), list):
        yield "chain"
    for name in _LISTS:
        listed = document.get(name)
        first = listed[0] if isinstance(listed, list) and listed else None
        if isinstance(first, dict):
            yield from (("chain",) if first.keys() >= {"details"} or name == "o" else _of_names(first))


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


def _headers(data: bytes, text: str) -> list[list[str]]:
    """Return what may be the names of columns: of parquet, or the first lines of text."""
    if data.startswith(PARQUET):
        return [_parquet_names(data)]
    return [[cell.strip(' "') for cell in line.split(delimiter_of(line))] for line in text.splitlines()[:_LINES]]


def _parquet_names(data: bytes) -> list[str]:
    try:
        import pyarrow.parquet

        return list(pyarrow.parquet.ParquetFile(io.BytesIO(data)).schema_arrow.names)
    except Exception:  # broken, or no pyarrow: whoever reads it says so
        return []


def _of_headers(headers: Sequence[Sequence[str]]) -> Iterator[str]:
    for names in headers:
        if len(names) > 1:
            yield from _of_names(names)
    wide = next((names for names in headers if len(names) > 1), [])
    if any(wide[1:]) and _key(wide[0]) in {"", *_DAYS} and all(_TICKER.match(name) for name in wide[1:] if name):
        yield "prices"
    if [_key(names[0]) for names in headers[:2] if names] == ["price", "ticker"]:  # yfinance's header of several lines
        yield "prices"


def _of_names(names: Iterable[object]) -> Iterator[str]:
    """Return the kinds that a table with these columns can be of."""
    keys = {_key(name) for name in names}
    dated = bool(keys & _DAYS)
    if keys & _SYMBOLS and keys & _QUANTITIES:
        if dated and "shares" in keys:
            yield "flows"
        elif {"ticker", "shares", "price"} <= keys and "symbol" not in keys:
            yield "holdings"
        else:
            yield "ticket" if {"action", "osisymbol"} & keys else "book"
    quoted = any("bid" in key for key in keys) and any("ask" in key or "offer" in key for key in keys)
    if (quoted and keys & _CONTRACTS) or ("strike" in keys and keys & _OF_OPTIONS):
        yield "chain"
    if "beta" in keys and keys & _SYMBOLS and not keys & _QUANTITIES:
        yield "betas"
    if any(key.startswith(("flow", "aum")) for key in keys) and dated:
        yield "flows"
    if dated and keys & _AMOUNTS and not keys & _TRADED:
        yield "dividends"
    if (dated and any(TENOR.fullmatch(key) for key in keys)) or keys in _LONE_RATES:
        yield "rates"
    if (dated and keys & _CLOSES) or {"t", "c"} <= keys:
        yield "prices"


def _key(name: object) -> str:
    return re.sub(r"[^a-z0-9]", "", re.sub(r"^\d+\.\s*", "", str(name).strip().lower()))  # 4. close

"""Which field a broker's column heading means."""

from __future__ import annotations

import re
from collections.abc import Sequence

# field -> headings, small letters, the most telling first
HEADINGS: dict[str, tuple[str, ...]] = {
    "symbol": ("symbol", "ticker", "instrument", "financial instrument", "security", "contract"),
    "quantity": ("quantity", "qty", "position", "shares", "contracts", "units"),
    "account": ("account", "account number", "account id", "clientaccountid", "account name", "acct"),
    "price": (
        "price",
        "last price",
        "share price",
        "mark",
        "mark price",
        "markprice",
        "close price",
        "current price",
        "last",
    ),
    "cost": (
        "cost per share",
        "cost/share",
        "average cost basis",
        "cost basis price",
        "costbasisprice",
        "cost price",
        "average cost",
        "avg cost",
        "avg price",
        "price paid",
        "cost",
    ),
    "value": ("market value", "mkt val", "current value", "position value", "positionvalue", "value", "total value"),
    "asset": ("asset class", "assetclass", "asset category", "asset type", "security type", "sectype"),
    "multiplier": ("multiplier", "mult"),
    "strike": ("strike", "strike price"),
    "expiry": ("expiry", "expiration", "expiration date", "expiry date", "exp date", "exp", "expires", "maturity"),
    "right": ("put/call", "right", "call/put", "put call", "call put", "option type", "kind"),
    "side": ("side", "long/short", "long short", "l/s", "direction", "quantity direction", "position side", "buy/sell"),
    "type": ("type", "instrument type"),
    "detail": ("levelofdetail", "level of detail"),
    "currency": ("currency", "currencyprimary", "currency primary", "currency code", "trading currency", "ccy", "curr"),
    "asof": ("as of date", "as of", "asof", "report date", "reportdate", "position date"),
    "stop": ("stop", "stop price", "stop level"),
    "description": ("description",),
}


def names_of(heading: str) -> tuple[str, ...]:
    """Return the names one heading goes by: Schwab writes ``Qty (Quantity)``, E*Trade ``Value $``.

    Examples
    --------
    >>> names_of("Qty (Quantity)"), names_of("Average_Cost Basis"), names_of("Value $")
    (('qty', 'quantity'), ('average cost basis',), ('value',))
    """
    plain = " ".join(heading.strip().lower().replace("_", " ").replace("-", " ").split()).removesuffix(" $")
    both = re.fullmatch(r"([^(]+)\(([^)]+)\)", plain)
    return (both[1].strip(), both[2].strip()) if both else (plain,)


def fields_of(headings: Sequence[str]) -> dict[str, int]:
    """Return the position of each field that a row of headings has."""
    names = [names_of(heading) for heading in headings]
    found: dict[str, int] = {}
    for field, known in HEADINGS.items():
        for wanted in known:
            at = next((i for i, own in enumerate(names) if wanted in own), None)
            if at is not None and at not in found.values():
                found[field] = at
                break
    return found


def repeated(headings: Sequence[str]) -> str:
    """Return a heading that is there twice and means a field: which of the two holds would be a guess.

    Examples
    --------
    >>> repeated(["Symbol", "Quantity", "Note", "Note", "quantity"]), repeated(["Symbol", "Quantity"])
    ('quantity', '')
    """
    plain = [names_of(heading)[0] for heading in headings]
    known = {name for names in HEADINGS.values() for name in names}
    return next((name for at, name in enumerate(plain) if name in known and name in plain[:at]), "")


def is_header(headings: Sequence[str]) -> bool:
    """Whether a row names at least a symbol and a quantity."""
    found = fields_of(headings)
    return "symbol" in found and "quantity" in found

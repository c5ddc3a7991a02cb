"""Symbols as books and brokers write them: options in any style, tickers, cash."""

from __future__ import annotations

import re
from datetime import date

from hedgekit.errors import InputError
from hedgekit.model import Option

_TICKER = re.compile(r"[A-Z][A-Z0-9]{0,9}([./-][A-Z0-9]{1,3})?", re.ASCII)
_ADJUSTED = re.compile(r"([A-Z]{1,5})\d", re.ASCII)
_LOOKS_LIKE_OPTION = re.compile(r"\d{6}[CP]\d|\s(C|P|CALL|PUT)$|\s(C|P|CALL|PUT)\s", re.ASCII)

# option root -> the index or share it is on
_UNDERLYING = {"SPXW": "SPX", "RUTW": "RUT", "NDXP": "NDX", "VIXW": "VIX", "BRKB": "BRK.B"}

CASH_SYMBOLS = frozenset(
    {"CASH", "USD", "$CASH", "CASH & CASH INVESTMENTS", "CASH AND CASH INVESTMENTS", "PENDING ACTIVITY", "FCASH"}
    | {"MONEY ACCOUNTS", "CASH BALANCE", "SWEEP", "CASH SWEEP", "FUTURES CASH"}
    | {"SPAXX", "FDRXX", "FZFXX", "SPRXX", "FDLXX", "SWVXX", "SNVXX", "SNSXX", "VMFXX", "VMRXX", "QACDS", "CORE"}
)
"""Cash, and the money-market funds brokers sweep it into at a dollar a share."""


def read_symbol(text: str) -> tuple[str, Option | None]:
    """Return the ticker a symbol stands for, and the option when it is one.

    Parameters
    ----------
    text : str
        A ticker, or an option in OSI, compact, short, or a broker's own style.

    Raises
    ------
    InputError
        For text that is neither; an unreadable option is never taken for shares.

    Examples
    --------
    >>> read_symbol("IWM 09/18/2026 270.00 P")[1].compact
    'IWM260918P00270000'
    >>> read_symbol(" -IWM260918P272.5")[1].strike
    272.5
    >>> read_symbol("iwm")
    ('IWM', None)
    """
    wanted = " ".join(text.strip().upper().split())
    if not wanted:
        raise InputError("symbol is blank")
    try:
        option = Option.parse(text)
        return underlying_of_root(option.root), option
    except InputError as error:
        if "not readable" not in str(error):
            raise
    if _LOOKS_LIKE_OPTION.search(wanted) or not _TICKER.fullmatch(wanted.removesuffix("**")):
        raise InputError(f"symbol {text.strip()!r} is neither a ticker nor an option that can be read")
    return wanted.removesuffix("**"), None


def underlying_of_root(root: str) -> str:
    """Return the ticker an option root is on; an adjusted root (IWM1) is on its ticker.

    Examples
    --------
    >>> underlying_of_root("SPXW"), underlying_of_root("IWM1"), underlying_of_root("IWM")
    ('SPX', 'IWM', 'IWM')
    """
    adjusted = _ADJUSTED.fullmatch(root)
    return _UNDERLYING.get(root, adjusted[1] if adjusted else root)


def is_adjusted(option: Option) -> bool:
    """Whether a contract delivers something other than a hundred shares of its ticker."""
    return bool(_ADJUSTED.fullmatch(option.root))


def is_cash(symbol: str) -> bool:
    """Whether a symbol stands for dollars.

    Examples
    --------
    >>> is_cash("Cash & Cash Investments"), is_cash("SPAXX**"), is_cash("IWM")
    (True, True, False)
    """
    return " ".join(symbol.strip().upper().split()).removesuffix("**").strip() in CASH_SYMBOLS


def option_of(root: str, expiry: date, right: str, strike: float, multiplier: int) -> Option:
    """Return an option from its separate columns."""
    kind = right.strip().upper()[:1]
    if kind not in ("C", "P"):
        raise InputError(f"put/call is {right!r}: expected C, P, CALL or PUT")
    return Option(root=root, expiry=expiry, kind="call" if kind == "C" else "put", strike=strike, multiplier=multiplier)

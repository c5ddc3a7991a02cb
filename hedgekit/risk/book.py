"""The book: what is held, where, and the cash beside it."""

from __future__ import annotations

import hashlib
import importlib
import math
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Protocol, cast

from hedgekit import units
from hedgekit.errors import DataError, InputError
from hedgekit.market.files import decoded, label_of, read_bytes, unpacked
from hedgekit.market.legs import Order
from hedgekit.market.mistaken import WANTED, instead
from hedgekit.model import Option
from hedgekit.results import Note
from hedgekit.risk.readers import READERS
from hedgekit.risk.readers.amounts import amount
from hedgekit.risk.readers.days import read_day
from hedgekit.risk.readers.statement import NotPositions, Row, Statement
from hedgekit.risk.readers.symbols import is_cash, option_of, read_symbol

MOST_BYTES = 50_000_000
"""A file of positions larger than this is something else."""

_CASH_ASSETS = ("CASH", "CASH AND MONEY MARKET", "CASH & MONEY MARKET", "MONEY MARKET")
_OPTION_ASSETS = re.compile(r"\b(OPT|OPTIONS?)\b")
_OPTION_WORDS = re.compile(r"\b(PUT|CALL|[PC])\b")
_DATE_WORDS = re.compile(
    r"\b(\d{1,2}/\d{1,2}/\d{2,4}|[A-Z]{3} \d{1,2},? '?\d{2,4}|\d{1,2} ?[A-Z]{3} ?'?\d{2}|\d{4}-\d\d-\d\d)\b"
)
"""A description with both is of an option, whatever the symbol says."""

_LONG = ("LONG", "L", "BUY", "BOUGHT", "BOT", "B")
_SHORT = ("SHORT", "S", "SELL", "SOLD", "SLD", "SS")
_CURRENCY = re.compile(
    r"[A-Z]{3}[./]?[A-Z]{3}|EUR|GBP|JPY|CHF|CAD|AUD|NZD|SEK|NOK|DKK|HKD|SGD|CNH|CNY|MXN|INR|KRW|ZAR|PLN|ILS"
)
"""Money of another country is no dollars, whatever class a broker files it under."""

_OTHER_ASSETS = re.compile(
    r"\b(FUT|FUTURES?|FOP|BONDS?|BILLS?|NOTES|FIXED INCOME|CRYPTO\w*|FOREX|FX|CFDS?|WAR|WARRANTS?|SWAPS?|CMDTY)\b"
)
"""Asset classes of which a price times a quantity is not the value, or whose risk is not a share's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """One line of a book.

    Attributes
    ----------
    where : str
        File and line, for messages.
    account : str
    symbol : str
        As written in the file.
    ticker : str
        The share, or the option's underlying.
    quantity : float
        Signed, + is long: shares, or whole contracts.
    option : Option or None
    cost : float
        Dollars a share paid; NaN where the file does not say.
    price : float
        The file's own price, dollars a share; NaN where it has none.
    stop : float
        Stop level, dollars a share; NaN where there is none.
    """

    where: str
    account: str
    symbol: str
    ticker: str
    quantity: float
    option: Option | None = None
    cost: float = math.nan
    price: float = math.nan
    stop: float = math.nan

    @property
    def facts(self) -> tuple[float | None, ...]:
        """What tells two lots of one size apart: cost, price and stop; None where the file does not say."""
        return tuple(None if math.isnan(number) else number for number in (self.cost, self.price, self.stop))

    @property
    def units(self) -> float:
        """Shares the line stands for: the quantity times an option's multiplier."""
        return self.quantity * (self.option.multiplier if self.option else 1)

    @property
    def name(self) -> str:
        """What messages call it: "-17 IWM 2026-09-18 318 C"."""
        return f"{self.quantity:+,.10g} {self.option.short if self.option else self.ticker}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """Positions and cash of one or more accounts.

    Attributes
    ----------
    positions : tuple of Position
        In the file's order; lots of one symbol stay apart.
    cash : tuple of (account, dollars)
        Empty when the file names none: then cash is taken as zero and said to be.
    source, source_sha256 : str
    notes : tuple of Note
    first_day, last_day : date or None
        The earliest and the latest day that the file says its positions are of; None when it does not say.
    """

    positions: tuple[Position, ...]
    cash: tuple[tuple[str, float], ...]
    source: str
    source_sha256: str
    notes: tuple[Note, ...] = ()
    first_day: date | None = None
    last_day: date | None = None

    @property
    def cash_usd(self) -> float:
        """Cash of all accounts, dollars."""
        return math.fsum(amount for _, amount in self.cash)

    @property
    def cash_by_account(self) -> dict[str, float]:
        """Cash of each account, dollars; 0 where the file names none."""
        found = dict.fromkeys(self.accounts, 0.0)
        for account, dollars in self.cash:
            found[account] += dollars
        return found

    @property
    def accounts(self) -> tuple[str, ...]:
        """Names of the accounts, sorted."""
        return tuple(sorted({p.account for p in self.positions} | {account for account, _ in self.cash}))

    @property
    def tickers(self) -> tuple[str, ...]:
        """Underlyings held, sorted."""
        return tuple(sorted({p.ticker for p in self.positions}))

    def shares(self, ticker: str) -> float:
        """Net shares of a ticker, options apart."""
        return math.fsum(p.quantity for p in self.positions if p.ticker == ticker and p.option is None)


class Reader(Protocol):
    """What a reader module offers."""

    def recognises(self, text: str) -> bool:
        """Whether a file is of this layout."""

    def read(self, text: str, label: str) -> Statement:
        """Return its rows."""


def load_book(source: str | os.PathLike[str]) -> Book:
    """Read a book of positions.

    Parameters
    ----------
    source : path
        CSV, JSON or TOML with at least a symbol and a quantity a position, or a broker's export; see `READERS`.
        Cash is a line with the symbol CASH.

    Raises
    ------
    DataError
        When it cannot be read, holds nothing, or a line cannot be understood: names file, line, column and value.

    Examples
    --------
    >>> book = load_book("examples/data/book.csv")  # doctest: +SKIP
    >>> book.positions[0].ticker  # doctest: +SKIP
    'IWM'
    """
    label, content = label_of(source), read_bytes(source)
    if len(content) > MOST_BYTES:
        raise DataError(f"{label}: too long for a file of positions: expected {', '.join(READERS)}")
    if not content.strip():
        raise DataError(f"{label}: empty: expected a symbol and a quantity a position")
    data = unpacked(label, content)
    text = decoded(label, data, WANTED["book"])
    readers = (cast(Reader, importlib.import_module(module)) for module in READERS.values())
    try:
        statement = next(reader for reader in readers if reader.recognises(text)).read(text, label)
    except NotPositions:
        if told := instead(data, "book"):
            raise DataError(f"{label}: {told}") from None
        raise
    return book_of(statement, label=label, sha256=hashlib.sha256(content).hexdigest())


def book_of_legs(orders: Sequence[Order], *, shares: float = 0, ticker: str = "") -> Book:
    """Return shares and legs as a book without cash.

    Parameters
    ----------
    orders : sequence of Order
        From `hedgekit.market.legs.parse_leg`.
    shares : float
        Of `ticker`, signed.

    Raises
    ------
    InputError
        When there is nothing in it, or a leg that is not listed options or shares.
    """
    rows = [Row(where="--shares", cells={"symbol": ticker, "quantity": shares})] if shares else []
    for order in orders:
        symbol = order.instrument if isinstance(order.instrument, str) else order.instrument.compact
        rows.append(
            Row(where=f"--leg {order.quantity:+d} {symbol}", cells={"symbol": symbol, "quantity": order.quantity})
        )
    if not rows:
        raise InputError("no position: give --book, or --shares and --leg")
    rows.append(Row(where="cash", cells={"symbol": "CASH", "value": 0.0}))
    try:
        return book_of(Statement(rows=tuple(rows)), label="the command line")
    except DataError as error:
        raise InputError(str(error)) from None


def book_of(statement: Statement, *, label: str, sha256: str = "") -> Book:
    """Judge the rows of a statement and make a book of them.

    Raises
    ------
    DataError
        A row that cannot be understood, or neither a position nor a line of cash.
    """
    positions: list[Position] = []
    cash: list[tuple[str, float]] = []
    notes = list(statement.notes)
    seen: dict[tuple[str, str, Option | None, float], list[Position]] = {}
    for row in statement.rows:
        where = f"{label}: {row.where}"
        _in_dollars(row, where)
        account = str(row.cells.get("account", "") or "")
        if _row_is_cash(row):
            cash.append((account, _cash_amount(row, where)))
            continue
        position = _position(row, where, account)
        if position.quantity == 0.0:
            notes.append(Note("zero_quantity", f"{where}: {position.symbol}: a quantity of 0 is no position"))
            continue
        twin = (position.account, position.ticker, position.option, position.quantity)
        if twins := seen.get(twin):
            same = next((other for other in twins if other.facts == position.facts), None)
            slug, other = ("repeated_line", same) if same else ("similar_line", twins[0])
            first = other.where.removeprefix(f"{label}: ")
            notes.append(Note(slug, f"{where}: {position.name} is also on {first}: both are counted; is it twice?"))
        seen.setdefault(twin, []).append(position)
        positions.append(position)
    if not positions and not cash:
        raise DataError(f"{label}: no position and no cash in it: nothing to value or check")
    if not positions:
        notes.append(Note("only_cash", f"{label}: only cash in it: no position is there to be valued or checked"))
    if not cash:
        notes.append(Note("no_cash_line", f"{label}: no line of cash (symbol CASH): cash is taken as $0"))
    days = [day for day in (statement.asof, *(_day(row, label) for row in statement.rows)) if day is not None]
    return Book(
        positions=tuple(positions),
        cash=tuple(cash),
        source=label,
        source_sha256=sha256,
        notes=tuple(notes),
        first_day=min(days, default=None),
        last_day=max(days, default=None),
    )


def _day(row: Row, label: str) -> date | None:
    """Return the day that a row's own column says it is of."""
    cell = str(row.cells.get("asof") or "").strip()
    if not cell:
        return None
    day = read_day(cell)
    if day is None:
        raise DataError(f"{label}: {row.where}: as of {cell!r}: expected a day like 2026-09-18")
    return day


def _in_dollars(row: Row, where: str) -> None:
    currency = str(row.cells.get("currency", "USD") or "USD").strip().upper()
    if currency not in ("USD", "$"):
        raise DataError(f"{where}: currency is {currency!r}: only US dollars are counted")


def _row_is_cash(row: Row) -> bool:
    asset = str(row.cells.get("asset", "") or "").strip().upper()
    symbol = str(row.cells.get("symbol", "") or "")
    return is_cash(symbol) or (asset in _CASH_ASSETS and not _CURRENCY.fullmatch(symbol.strip().upper()))


def _cash_amount(row: Row, where: str) -> float:
    """Return dollars: the value when there is one, else the quantity (``CASH,25000``)."""
    for field in ("value", "quantity"):
        given = _number(row, field, where)
        if given is not None:
            return given
    raise DataError(f"{where}: cash without an amount: give it as the quantity or the value")


def _position(row: Row, where: str, account: str) -> Position:
    symbol = row.cells.get("symbol")
    if not isinstance(symbol, str) or not symbol.strip():
        raise DataError(f"{where}: no symbol")
    ticker, option = _instrument(row, symbol, where)
    quantity = _number(row, "quantity", where)
    if quantity is None:
        raise DataError(f"{where}: {symbol.strip()}: no quantity")
    quantity = _signed(row, quantity, f"{where}: {symbol.strip()}")
    if option is not None and quantity != round(quantity):
        raise DataError(f"{where}: {symbol.strip()}: quantity is {quantity:g}, contracts come whole")
    stop, price = _number(row, "stop", where), _number(row, "price", where)
    for name, number in (("stop", stop), ("price", price)):
        if number is not None and number < 0.0:
            raise DataError(f"{where}: {name} is {number:g}: expected zero or more dollars a share")
    cost = _number(row, "cost", where)
    return Position(
        where=where,
        account=account,
        symbol=symbol.strip(),
        ticker=ticker,
        quantity=quantity,
        option=option,
        cost=math.nan if cost is None else cost,
        price=math.nan if price is None else price,
        stop=math.nan if stop is None else stop,
    )


def _signed(row: Row, quantity: float, where: str) -> float:
    """Return the quantity with the sign that a column of sides gives it; some brokers count short lots in plain."""
    side = " ".join(str(row.cells.get("side") or "").upper().split())
    if not side or quantity == 0.0:
        return quantity
    if side in _SHORT:
        return -abs(quantity)
    if side not in _LONG:
        raise DataError(f"{where}: side is {side!r}: expected long or short")
    if quantity < 0.0:
        raise DataError(f"{where}: quantity is {quantity:g} and side is {side!r}: which of the two holds?")
    return quantity


def _instrument(row: Row, symbol: str, where: str) -> tuple[str, Option | None]:
    """Read the symbol, or the columns of strike, expiry and right beside a bare root."""
    asset = str(row.cells.get("asset") or row.cells.get("type") or "").strip().upper()
    multiplier, strike = _number(row, "multiplier", where), _number(row, "strike", where)
    right = str(row.cells.get("right") or "").strip().upper() or _right_of(row)
    try:
        ticker, option = read_symbol(symbol)
        if option is None and (right or strike):
            if not right or not strike:
                missing = "put or call" if strike else "strike"
                raise InputError(f"{symbol.strip()!r} has {'a strike' if strike else right} but no {missing}")
            expiry = _expiry(row.cells.get("expiry"), where)
            option = option_of(ticker, expiry, right, strike, int(multiplier or units.MULTIPLIER))
        elif option is not None and multiplier is not None and multiplier != option.multiplier:
            option = replace(option, multiplier=int(multiplier))
    except InputError as error:
        raise DataError(f"{where}: {error}") from None
    if other := _OTHER_ASSETS.search(asset):
        raise DataError(
            f"{where}: {symbol.strip()} is of asset class {other[0]}: only shares, their options and cash are counted; "
            "take it out and keep it in mind"
        )
    if option is None and multiplier not in (None, 1.0):
        raise DataError(f"{where}: {symbol.strip()} has a multiplier of {multiplier:g}: a share has 1")
    if option is None and _OPTION_ASSETS.search(asset):
        raise DataError(f"{where}: {symbol.strip()!r} is said to be an option but names no strike and expiry")
    described = " ".join(str(row.cells.get("description") or "").upper().split())
    if option is None and _OPTION_WORDS.search(described) and _DATE_WORDS.search(described):
        raise DataError(
            f"{where}: {symbol.strip()!r} reads as shares and is described as {described[:60]!r}: give the option's "
            "own symbol"
        )
    return ticker, option


def _right_of(row: Row) -> str:
    """Return CALL or PUT when a column of types says so; brokers also write the kind of account there."""
    kind = str(row.cells.get("type") or "").strip().upper()
    return kind if kind in ("C", "P", "CALL", "PUT") else ""


def _expiry(cell: Any, where: str) -> date:
    text = str(cell or "").strip()
    day = read_day(text)
    if day is None:
        raise DataError(f"{where}: expiry is {text!r}: expected a day like 2026-09-18")
    return day


def _number(row: Row, field: str, where: str) -> float | None:
    cell = row.cells.get(field)
    number = amount(cell)
    if number is not None and math.isnan(number):
        raise DataError(f"{where}: {field} is {cell!r}, expected a number")
    return number

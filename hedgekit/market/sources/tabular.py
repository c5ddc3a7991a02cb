"""Tables with one quote a line: columns found by the names people give them, one day and one underlying taken."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, tzinfo
from typing import Any

import numpy as np

from hedgekit.errors import InputError
from hedgekit.market import calendar
from hedgekit.market.contract_terms import INDEX_OF
from hedgekit.market.files import shown
from hedgekit.market.moments import read_moment, says_day_only
from hedgekit.market.snapshot import AsOf, Snapshot, Warnings
from hedgekit.market.sources.content import Content
from hedgekit.market.sources.facts import NO_VALUE, refuse_without_quotes
from hedgekit.market.sources.frame import key
from hedgekit.market.sources.rows import Rows, is_blank
from hedgekit.market.sources.tickers import plain_ticker, root_of, usual_ticker
from hedgekit.market.sources.want import SeveralChains, Want
from hedgekit.model import NEW_YORK, BoolArray, FloatArray, Option
from hedgekit.units import MULTIPLIER

DAYS_LISTED = 30

NAMES: Mapping[str, tuple[str, ...]] = {
    "symbol": (
        *("contractsymbol", "optionsymbol", "osisymbol", "occsymbol", "osi", "occ", "contractid", "contractname"),
        *("optionid", "optioncode", "option", "contract", "symbol", "optionalias", "ticker"),
    ),
    "ticker": (
        *("underlying", "underlyingsymbol", "underlyingticker", "chainsymbol", "under", "ticker", "act_symbol"),
        *("actsymbol", "rootsymbol", "symbol", "root", "optionroot", "sym"),
    ),
    "root": ("optionroot", "root", "rootsymbol"),
    "kind": (
        *("kind", "optiontype", "type", "right", "putcall", "callput", "cp", "cpflag", "callputflag", "putorcall"),
        *("typeoption", "contracttype", "side", "tipo"),
    ),
    "expiry": (
        *("expiry", "expiration", "expirationdate", "expirydate", "expdate", "expiredate", "exp", "exdate"),
        *("maturity", "maturitydate", "optionexpiration", "expirdate", "expiredate", "expirationdt"),
    ),
    "strike": ("strike", "strikeprice", "pricestrike", "k"),
    "bid": ("bid", "bidprice", "bestbid", "bideod", "bid1545", "b"),
    "ask": ("ask", "askprice", "bestask", "bestoffer", "offer", "askeod", "ask1545", "a"),
    "bid_size": ("bidsize", "bidsizeeod", "bidsize1545"),
    "ask_size": ("asksize", "asksizeeod", "asksize1545"),
    "open_interest": ("openinterest", "oi", "openint"),
    "volume": ("volume", "tradevolume", "totalvolume", "v"),
    "last": ("last", "lastprice", "lasttradeprice", "tradeprice", "lastsale", "close", "price"),
    "last_time": (
        *("lasttime", "lasttradetime", "lasttradedate", "lasttradedateedt", "lasttradedateest", "lasttrade"),
        "tradetimestamp",
    ),
    "vendor_iv": (
        *("vendoriv", "iv", "impliedvolatility", "impliedvol", "impvol", "impvola", "implvolatility", "ivmean"),
        *("midiv", "markiv", "impliedvolatility1545"),
    ),
    "spot": (
        *("spot", "underlyingprice", "underlyinglast", "underlyingspot", "stockprice", "stocklast", "spotprice"),
        *("activeunderlyingprice", "activeunderlyingprice1545", "underlyingclose", "stockpriceclose", "stkpx"),
        *("stockpriceforiv", "underlyinglastprice"),
    ),
    "asof": (
        *("asof", "quoteutc", "quotetime", "quotedatetime", "quotetimestamp", "quotereadtime", "quotedate"),
        *("snapshottime", "snapshotdate", "fetchedat", "timestamp", "datetime", "datadate", "tradedate"),
        *("effectivedate", "eoddate", "date"),
    ),
    "days": ("daystoexpire", "daystoexpiration", "dte", "daystoexpiry"),
    "multiplier": ("multiplier", "contractsize", "sharespercontract"),
}
"""What each column may be called, compared as `key`; the first that the file has is taken."""

SPOT_MOVES = 0.002  # rows whose spots are farther apart than this fraction are of different moments
LEAST_WRONG = 1.0  # days by which a file's own count to expiry must be off to be said
_SYMBOL = re.compile(r"(.{1,6}?)\s*\d{6}[CP]\d{8}")
_PLAIN_NAME = re.compile(r"([A-Z]{1,5})(?![A-Za-z])")


def columns_of(rows: Rows, names: Mapping[str, tuple[str, ...]] = NAMES) -> dict[str, str]:
    """Return which column of a table is which, as far as it has them."""
    by_key: dict[str, str] = {}
    for name in rows.names:
        by_key.setdefault(key(name), name)
    candidates = {what: [by_key[one] for one in wanted if one in by_key] for what, wanted in names.items()}
    candidates["symbol"] = [name for name in candidates["symbol"] if _holds_symbols(rows, name)]
    symbols = candidates["symbol"][:1]
    candidates["ticker"] = [name for name in candidates["ticker"] if name not in symbols]
    return {what: there[0] for what, there in candidates.items() if there}


def snapshot_of(
    rows: Rows,
    want: Want,
    *,
    names: Mapping[str, tuple[str, ...]] = NAMES,
    zone: tzinfo = NEW_YORK,
    trade_zone: tzinfo = NEW_YORK,
    quoted_each: str = "",
    moment_from_trades: bool = False,
) -> Snapshot:
    """Return the snapshot of a table with one quote a line.

    Parameters
    ----------
    rows : Rows
    want : Want
    names : mapping
        What the columns may be called.
    zone, trade_zone : tzinfo
        Of quote times and of trade times that do not say theirs.
    quoted_each : str
        The column that says when each single quote was taken: the newest dates the whole, older ones are stale.
    moment_from_trades : bool
        Whether the newest trade dates a file that does not say when it was quoted.

    Raises
    ------
    DataError
        For a bad cell, or a file without quotes.
    InputError
        When the file holds several days or underlyings and none of them is asked for.
    """
    content = rows.content
    have = columns_of(rows, names)
    _refuse_disputed(rows, have)
    rows.settle_order([have[what] for what in ("expiry", "asof", "last_time") if what in have])
    rows = _of_ticker(rows, have, want)
    rows, moment = _of_day(rows, have, want, zone)
    refuse_without_quotes(
        rows, have.get("bid", "bid"), have.get("ask", "ask"), leave_out=tuple(have.get(one, "") for one in _IDENTITY)
    )
    ticker, notes = _ticker(rows, have, want)
    options, more = _options(rows, have, ticker, want)
    notes += more

    def numbers(what: str, **how: Any) -> FloatArray:
        return rows.numbers(have.get(what, ""), none=(NO_VALUE,), **how)

    vendor_iv = numbers("vendor_iv", percent=True)
    last_time = rows.times(have.get("last_time", ""), trade_zone)
    quote_time = rows.times(quoted_each, zone) if quoted_each in rows.names else None
    if moment is None and quote_time is not None:
        moment = newest_of(quote_time)
    if moment is None and moment_from_trades and want.asof is None:
        moment, more = newest_trade(last_time)
        notes += more
    notes += _wrong_days(rows, have, options, moment)
    spot, more = _spot(rows, have)
    notes += more
    return Snapshot(
        options=options,
        bid=numbers("bid", least=0.0),
        ask=numbers("ask", least=0.0),
        bid_size=numbers("bid_size", least=0.0),
        ask_size=numbers("ask_size", least=0.0),
        open_interest=numbers("open_interest", least=0.0),
        volume=numbers("volume", least=0.0),
        last=numbers("last", least=0.0),
        last_time=last_time,
        vendor_iv=vendor_iv,
        ticker=ticker or usual_ticker(option.root for option in options),
        spot=spot,
        moment=moment,
        label=content.label,
        source=content.name,
        source_sha256=content.sha256,
        warnings=notes,
        non_standard=_other_deliverable(rows, have),
        quote_time=quote_time,
    )


def _refuse_disputed(rows: Rows, have: Mapping[str, str]) -> None:
    """Refuse a table in which a column that counts is there twice and says two things."""
    disputed = rows.content.memo.get("disputed", ())
    name = next((name for name in have.values() if key(name) in disputed), None)
    if name is not None:
        raise rows.content.error(f"two columns are named {shown(name)} and say different things: keep one")


_IDENTITY = ("symbol", "ticker", "root", "kind", "expiry", "strike", "asof", "days", "spot", "multiplier")


def newest_of(times: Any) -> datetime | None:
    """Return the latest of a column of times in New York; None when there is none."""
    told = times[~np.isnat(times)]
    if not len(told):
        return None
    newest: datetime = told.max().astype("M8[s]").item()
    return newest.replace(tzinfo=NEW_YORK)


def newest_trade(last_time: Any) -> tuple[datetime | None, Warnings]:
    """Return the time of the newest trade, to date quotes by that do not say theirs; None without trades."""
    moment = newest_of(last_time)
    if moment is None:
        return None, ()
    message = (
        f"the file does not say when it was quoted: the newest trade, {moment:%Y-%m-%d %H:%M} New York, is taken; "
        "--asof says otherwise"
    )
    return moment, (("asof_from_trades", message),)


def ticker_hint(content: Content) -> str:
    """Return what the file's name may say of the underlying: its first word, when that is in capitals."""
    found = _PLAIN_NAME.match(content.name)
    return found[1] if found else ""


def _holds_symbols(rows: Rows, name: str) -> bool:
    first = next((cell for cell in rows.cells(name) if not is_blank(cell)), None)
    if not isinstance(first, str):
        return False
    try:
        Option.parse(first)
    except InputError:
        return bool(re.search(r"\d{6}[CP]\d", first))
    return True


def _of_ticker(rows: Rows, have: Mapping[str, str], want: Want) -> Rows:
    """Return the rows of one underlying."""
    if "ticker" not in have:
        return _of_symbols(rows, have, want)
    cells = rows.cells(have["ticker"])
    known: dict[Any, str] = {}
    for row, cell in enumerate(cells):
        if not (is_blank(cell) or isinstance(cell, str)):
            raise rows.bad(row, have["ticker"], cell, "a ticker like IWM")
        if cell not in known:
            known[cell] = "" if is_blank(cell) else plain_ticker(cell)
    return one_of(rows, [known[cell] for cell in cells], want)


def _of_symbols(rows: Rows, have: Mapping[str, str], want: Want) -> Rows:
    """Return the rows of one underlying where only the symbols tell it; adjusted contracts stay with theirs."""
    if "symbol" not in have:
        return rows
    tickers = [_ticker_in(cell) for cell in rows.cells(have["symbol"])]
    if len({ticker for ticker in tickers if ticker}) < 2 or (want.ticker and root_of(want.ticker) not in tickers):
        return rows  # one of its roots may be meant: that is looked at later
    return one_of(rows, tickers, want)


def _ticker_in(symbol: Any) -> str:
    """Return the underlying that an option symbol's root is listed for; empty when it is no symbol."""
    text = symbol.strip().upper().removeprefix("O:") if isinstance(symbol, str) else ""
    found = _SYMBOL.fullmatch(text)
    root = (found[1] if found else text.partition(" ")[0]).strip()
    return INDEX_OF.get(root, root.rstrip("0123456789") or root)


def one_of(rows: Rows, tickers: Sequence[str], want: Want) -> Rows:
    """Return the rows of the underlying asked for.

    Parameters
    ----------
    rows : Rows
    tickers : sequence of str
        The underlying of each row; empty where it does not say.
    want : Want

    Raises
    ------
    SeveralChains
        When there are several and none is asked for.
    InputError
        When the one asked for is not there.
    """
    listed = sorted({name for name in tickers if name})
    wanted = plain_ticker(want.ticker) if want.ticker else None
    if wanted in listed:
        kept = [row for row, ticker in enumerate(tickers) if ticker == wanted]
        return rows if len(kept) == rows.count else rows.take(kept)
    if len(listed) > 1:
        text = ", ".join(shown(name)[1:-1] for name in listed[:DAYS_LISTED]) + (
            ", ..." if len(listed) > DAYS_LISTED else ""
        )
        if wanted is None:
            raise SeveralChains(
                f"{rows.content.label}: holds {len(listed)} underlyings ({text}): choose with --ticker",
                tickers=tuple(listed),
            )
        raise InputError(f"{rows.content.label}: no quotes of {wanted}; it holds {text}")
    return rows  # a root of it may be meant: that is looked at later


def _ticker(rows: Rows, have: Mapping[str, str], want: Want) -> tuple[str, Warnings]:
    """Return the underlying, from the file, the caller or the file's name; empty when symbols tell it."""
    if "ticker" in have:
        told = next((plain_ticker(cell) for cell in rows.cells(have["ticker"]) if not is_blank(cell)), "")
        if told:
            return told, ()
    if "symbol" in have:
        return "", ()
    if want.ticker:
        return plain_ticker(want.ticker), ()
    return named_ticker(rows.content)


def named_ticker(content: Content) -> tuple[str, Warnings]:
    """Return the underlying that the file's name tells, and a note that says so.

    Raises
    ------
    InputError
        When it tells none.
    """
    hint = ticker_hint(content)
    if not hint:
        raise InputError(f"{content.label}: does not say the underlying: give it with --ticker")
    message = f"the file does not name its underlying: {hint} is taken from the file's name; --ticker says otherwise"
    return hint, (("ticker_from_name", message),)


def _options(rows: Rows, have: Mapping[str, str], ticker: str, want: Want) -> tuple[list[Option], Warnings]:
    """Return the options by their symbols, or by their parts where there are none."""
    if "symbol" in have:
        options = rows.options(have["symbol"])
        return options, (*_off_symbol(rows, have, options),)
    for what in ("kind", "strike"):
        if what not in have:
            raise rows.content.error(f"no column that says the {what} of each option (columns: {rows.listed()})")
    if "expiry" in have:
        days = rows.days(have["expiry"])
    elif want.expiry is not None:
        days = [want.expiry] * rows.count
    else:
        raise InputError(f"{rows.content.label}: does not say the expiry of its options: give it with --expiry")
    roots: str | list[str] = root_of(ticker)
    if "root" in have and have["root"] != have.get("ticker"):
        roots = [root_of(ticker if is_blank(cell) else plain_ticker(str(cell))) for cell in rows.cells(have["root"])]
    return rows.options_of_parts(roots, have["kind"], days, have["strike"]), ()


def _off_symbol(rows: Rows, have: Mapping[str, str], options: Sequence[Option]) -> Warnings:
    """Say where the file's expiry, kind or strike is not the one in the symbol: the symbol counts."""
    notes: list[tuple[str, str]] = []
    if "expiry" in have:
        cells = rows.cells(have["expiry"])
        blank = [is_blank(cell) for cell in cells]
        filled = rows if not any(blank) else rows.take([row for row, no in enumerate(blank) if not no])
        days = iter(filled.days(have["expiry"]))
        off = [
            (option.expiry - day).days
            for option, no in zip(options, blank, strict=True)
            if not no and (day := next(days)) != option.expiry
        ]
        if off:
            usual = Counter(off).most_common(1)[0][0]
            side = "before" if usual > 0 else "after"
            message = (
                f"{have['expiry']} is not the date in the symbol on {len(off):,} of {rows.count:,} rows (mostly "
                f"{abs(usual)} day{'' if abs(usual) == 1 else 's'} {side} it): the symbol counts"
            )
            notes.append(("expiry_off_symbol", message))
    if "strike" in have:
        strikes = rows.numbers(have["strike"])
        wrong = int(np.sum(np.abs(strikes - [option.strike for option in options]) > 5e-4))
        if wrong:
            message = (
                f"{have['strike']} is not the strike in the symbol on {wrong:,} of {rows.count:,} rows: the symbol "
                "counts (an adjusted contract, or a mistake)"
            )
            notes.append(("strike_off_symbol", message))
    if "kind" in have:
        kinds = rows.kinds(have["kind"])
        wrong = sum(kind != option.kind for kind, option in zip(kinds, options, strict=True))
        if wrong:
            message = (
                f"{have['kind']} is not the side in the symbol on {wrong:,} of {rows.count:,} rows: the symbol counts"
            )
            notes.append(("kind_off_symbol", message))
    return tuple(notes)


def _wrong_days(rows: Rows, have: Mapping[str, str], options: Sequence[Option], moment: datetime | None) -> Warnings:
    """Say where the file's own count of days to expiry is not the calendar's."""
    if "days" not in have or moment is None:
        return ()
    told = rows.numbers(have["days"])
    today = moment.astimezone(NEW_YORK).date()
    true = np.array([(option.expiry - today).days for option in options], dtype=np.float64)
    off = np.abs(told - true) >= LEAST_WRONG
    if not off.any():
        return ()
    usual = float(np.median((told - true)[off]))
    message = (
        f"{have['days']} is wrong on {int(off.sum()):,} of {rows.count:,} rows (mostly by {usual:+g} days): time is "
        "counted to the exercise cut-off instead"
    )
    return (("days_wrong", message),)


def _of_day(rows: Rows, have: Mapping[str, str], want: Want, zone: tzinfo) -> tuple[Rows, datetime | None]:
    """Return the rows of one day, and when they were quoted."""
    if "asof" not in have:
        return rows, None
    name = have["asof"]
    cells = rows.cells(name)
    if key(name).endswith("utc"):
        from datetime import UTC

        zone = UTC
    day_first = rows.day_first(cells)
    moments: dict[Any, datetime | None] = {}
    for row, cell in enumerate(cells):
        try:
            if cell not in moments:
                moments[cell] = None if is_blank(cell) else quoted_at(cell, zone, day_first=day_first)
        except (TypeError, ValueError, OverflowError, OSError):
            raise rows.bad(row, name, cell, "a day or time like 2026-06-17 16:15") from None
    chosen = choose(rows.content, [moment for moment in moments.values() if moment is not None], want.asof)
    if chosen is None:
        return rows, None
    kept = [row for row, cell in enumerate(cells) if moments[cell] in chosen]
    if len(chosen) > 1 and _repeats(rows.take(kept), have):
        kept = [row for row, cell in enumerate(cells) if moments[cell] == max(chosen)]
    return (rows if len(kept) == rows.count else rows.take(kept)), max(chosen)


def quoted_at(cell: Any, zone: tzinfo, *, day_first: bool = False) -> datetime:
    """Return when a cell says that a quote was taken, New York; a day alone means the close of option trading.

    Raises
    ------
    ValueError
        When the cell says no time.
    """
    moment = read_moment(cell, zone, day_first=day_first)
    if not says_day_only(cell):
        return moment.astimezone(NEW_YORK)
    day = moment.date()
    if calendar.FIRST_DAY < day < calendar.LAST_DAY and calendar.is_session(day):
        return calendar.option_close(day)
    return datetime.combine(day, calendar.CLOSE, NEW_YORK)


def choose(content: Content, moments: Sequence[datetime], asof: AsOf | None) -> frozenset[datetime] | None:
    """Return the moments of the day asked for; None when the file tells no time.

    Raises
    ------
    InputError
        When there are several days and `asof` names none of them; lists them.
    """
    days = sorted({moment.date() for moment in moments})
    if not days:
        return None
    wanted: date | None = asof.date() if isinstance(asof, datetime) else asof
    if len(days) == 1:
        wanted = days[0]
    of_day = [moment for moment in moments if moment.date() == wanted]
    if isinstance(asof, datetime) and any(moment <= asof for moment in of_day):
        of_day = [moment for moment in of_day if moment <= asof]
    if of_day:
        return frozenset(of_day)
    listed = ", ".join(map(str, days[:DAYS_LISTED])) + (", ..." if len(days) > DAYS_LISTED else "")
    if wanted is None:
        raise SeveralChains(
            f"{content.label}: holds {len(days)} days ({listed}): choose one with --asof", days=tuple(days)
        )
    raise InputError(f"{content.label}: no quotes of {wanted}; it holds {listed}")


def _repeats(rows: Rows, have: Mapping[str, str]) -> bool:
    """Whether a contract is listed at several times: then each time is a chain of its own."""
    parts = ["symbol"] if "symbol" in have else ["expiry", "strike", "kind"]
    rows_of = list(zip(*(map(str, rows.cells(have[part])) for part in parts if part in have), strict=True))
    return len(set(rows_of)) < len(rows_of)


def _spot(rows: Rows, have: Mapping[str, str]) -> tuple[float, Warnings]:
    """Return the spot that most rows name, NaN when none does, and a note when others name quite another."""
    if "spot" not in have:
        return math.nan, ()
    spots = rows.numbers(have["spot"], least=0.0, none=(NO_VALUE, 0.0))
    spots = spots[np.isfinite(spots)]
    if not len(spots):
        return math.nan, ()
    spot, count = Counter(spots.tolist()).most_common(1)[0]
    others = spots[np.abs(spots - spot) > SPOT_MOVES * spot]
    if not len(others):
        return float(spot), ()
    message = (
        f"{have['spot']} is not the same on all rows: {spot:g} on {count:,}, from {others.min():g} to {others.max():g} "
        f"on {len(others):,}: {spot:g} is taken, and quotes of another moment may be mixed in"
    )
    return float(spot), (("spot_differs", message),)


def _other_deliverable(rows: Rows, have: Mapping[str, str]) -> BoolArray | None:
    """Mark contracts that the file itself says deliver something else than 100 shares."""
    if "multiplier" not in have:
        return None
    cells = [str(cell).strip().upper() for cell in rows.cells(have["multiplier"])]
    usual = {"", "NONE", "NAN", "REGULAR", "STANDARD", str(MULTIPLIER), f"{MULTIPLIER}.0", "-"}
    return np.array([cell not in usual for cell in cells], dtype=np.bool_)


def bad_names(content: Content, rows: Rows) -> Exception:
    """Make the error of a table that has quotes but not of options."""
    return content.error(f"a table, but not of options (columns: {', '.join(map(shown, rows.names[:8]))})")

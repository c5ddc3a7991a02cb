"""Quotes and prices are fresh enough to decide on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from hedgekit.market import calendar
from hedgekit.model import Flag
from hedgekit.risk.rule import Context, Outcome, Param, Rule

MOST_SESSIONS = 400


def evaluate(context: Context, params: Mapping[str, Any]) -> Outcome:
    """Count sessions since the oldest price a line rests on, and the lines whose own quotes are old."""
    now = calendar.last_session_at(context.now)
    oldest, what, undated = now, "", []
    sessions = {ticker: calendar.last_session_at(chain.asof) for ticker, chain in context.valued.chains.items()}
    book = context.valued.book
    for line in context.valued.lines:
        day = sessions[line.ticker] if line.price_source == "chain" else line.price_day
        if line.price_source == "book":
            day = book.first_day
            if day is None:
                undated.append(line.name)
        if day is not None and day < oldest:
            oldest, what = day, f"{line.ticker} ({line.price_source})"
    for ticker, day in sorted(sessions.items()):
        if day < oldest:
            oldest, what = day, f"the chain of {ticker}"
    stale = [line.name for line in context.valued.lines if line.quote is not None and line.quote.flags & Flag.STALE]
    age, limit, history = _sessions(oldest, now), params["max_sessions"], context.prices
    behind = 0 if history is None else _sessions(history.dates[-1].item(), now)
    old_history = behind > params["max_history_sessions"]
    since, later = _sessions(book.first_day, now), book.last_day is not None and book.last_day > context.now.date()
    old_book = since > params["max_book_sessions"]
    old_chain = [ticker for ticker, chain in sorted(context.valued.chains.items()) if chain.market_closed]
    priced = not undated or params["accept_book_prices"]
    ended = [] if history is None or params["accept_gaps"] else _ended(context, history.dates[-1].item())
    passed = not ended and age <= limit and not stale and not old_history and not old_book and not later and priced
    text = f"{age}{'+' if age == MOST_SESSIONS else ''} session{'' if age == 1 else 's'} old, limit {limit}"
    message = f"oldest price {text}" + (f": {what} of {oldest}; get a new file" if age > limit else "")
    if stale:
        message += f"; {_have(len(stale))} quotes from an earlier session than the chain ({stale[0]}...)"
    if undated:
        verdict = "accepted" if params["accept_book_prices"] else "accept_book_prices = true takes them"
        message += f"; {_have(len(undated))} only the book's own price, of no known day: {undated[0]} ({verdict})"
    if old_history:
        message += f"; the price file ends {behind} sessions ago, limit {params['max_history_sessions']}"
    if ended:
        message += (
            f"; the price file goes on without {', '.join(ended[:3])} (accept_gaps = true takes the close before)"
        )
    if old_book:
        message += f"; the positions are of {book.first_day}, {since} sessions ago, limit {params['max_book_sessions']}"
    if later:
        message += f"; the positions are of {book.last_day}, after the moment of the check"
    if old_chain:
        message += f"; quoted while the market was closed: {', '.join(old_chain)}"
    return Outcome(
        passed=passed,
        value=age,
        limit=limit,
        message=message,
        calculation=(
            f"sessions from {oldest} to {now}, the last session at {context.now:%Y-%m-%d %H:%M} New York "
            "(--asof, else the clock)"
        ),
    )


def _ended(context: Context, last: date) -> list[str]:
    """Return the tickers priced from the price file whose closes end before the file does: a hole, or a zero."""
    lines = (line for line in context.valued.lines if line.price_source == "price file" and line.price_day is not None)
    return list(dict.fromkeys(f"{x.ticker} after {x.price_day}" for x in lines if x.price_day and x.price_day < last))


def _sessions(since: date | None, now: date) -> int:
    """Count the sessions after a day up to the last one, `MOST_SESSIONS` at most; none when the day is not known."""
    count, day = 0, now
    while since is not None and day > since and count < MOST_SESSIONS:
        day, count = calendar.previous_session(day), count + 1
    return count


def _have(count: int) -> str:
    return f"{count} line{' has' if count == 1 else 's have'}"


RULE = Rule(
    id="data-age",
    title="Age of the prices",
    explain=(
        "Sessions between the oldest price that a line rests on and the moment of the check: --asof when it is given, "
        "else the computer's clock. Lines with a quote flagged stale breach it too, and so do a price file that ended "
        "long ago or goes on without a ticker (a hole, or a close of 0), and positions that their file dates long ago "
        "or after the check. A price taken from a book that "
        "does not say of which day it is may be what was once paid: it breaches the rule unless accept_book_prices is "
        "true. Always on."
    ),
    params={
        "max_sessions": Param(kind="count", default=1, help="sessions a price may be old", low=0, high=MOST_SESSIONS),
        "accept_book_prices": Param(
            kind="flag", default=False, help="take the book's own price for shares no file has a price of"
        ),
        "max_history_sessions": Param(
            kind="count", default=21, help="sessions since the end of the price file", low=0, high=MOST_SESSIONS
        ),
        "accept_gaps": Param(
            kind="flag", default=False, help="take an earlier close where the price file goes on without the ticker"
        ),
        "max_book_sessions": Param(
            kind="count", default=5, help="sessions since the day the book says it is of", low=0, high=MOST_SESSIONS
        ),
    },
    evaluate=evaluate,
    always=True,
)

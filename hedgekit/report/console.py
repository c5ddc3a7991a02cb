"""What tables share: the console they are drawn on, and how money and numbers are written."""

from __future__ import annotations

import io
import math
import os
import shutil
from collections.abc import Sequence
from typing import TYPE_CHECKING

from hedgekit import units
from hedgekit.results import Note

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

WIDTH = 120
"""Columns a table may take. Ours fit in 80; unusual numbers widen a line rather than being cut."""

ACCENT = "bold cyan"

SMALLEST = 0.001
"""p-values below are written as less than it."""

TEN, THOUSAND, TEN_THOUSAND, MILLION = 10.0, 1e3, 1e4, 1e6


def console(*, terminal: bool) -> Console:
    """Return a console that draws into memory, without colour unless for a terminal."""
    from rich.console import Console

    width = max(shutil.get_terminal_size((WIDTH, 24)).columns, WIDTH) if terminal else WIDTH
    colour = terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Console(
        file=io.StringIO(), width=width, force_terminal=colour, no_color=not colour, highlight=False, markup=False
    )


def drawn(on: Console) -> str:
    """Return what was drawn, without blanks at line ends."""
    stream = on.file
    assert isinstance(stream, io.StringIO)
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines()) + "\n"


def columns(*headings: str, left: Sequence[int] = (0,)) -> Table:
    """Return an empty borderless table: numbers right, the columns in `left` left."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for i, heading in enumerate(headings):
        table.add_column(heading, justify="left" if i in left else "right", no_wrap=True)
    return table


def dollars(value: float | None, *, cents: bool = False, sign: bool = False) -> str:
    """Write money with thousands separators; the sign goes before the dollar.

    Examples
    --------
    >>> dollars(-5423.4), dollars(5423.456, cents=True), dollars(12.0, sign=True), dollars(None)
    ('-$5,423', '$5,423.46', '+$12', '-')
    """
    if value is None:
        return "-"
    text = f"{abs(value):,.2f}" if cents else f"{abs(value):,.0f}"
    negative = value < 0 and text.strip("0.,") != ""
    return f"{'-' if negative else '+' if sign else ''}${text}"


def short_dollars(value: float | None, *, most: float = MILLION) -> str:
    """Write money in a narrow column: thousands from `most` on.

    Examples
    --------
    >>> short_dollars(-435.2), short_dollars(1_990_500.0), short_dollars(-26_043.0, most=1e4)
    ('-$435', '$1,990k', '-$26.0k')
    """
    if value is None or abs(value) < most:
        return dollars(value)
    text = f"{abs(value) / THOUSAND:,.{0 if abs(value) >= MILLION else 1}f}k"
    return f"{'-' if value < 0 else ''}${text}"


def short_number(value: float | None, places: int) -> str:
    """Write a number in a narrow column: thousands from a hundred thousand on, whole numbers from ten thousand.

    Examples
    --------
    >>> short_number(1319.0, 0), short_number(155_312.0, 0), short_number(13_349.2, 1), short_number(1_329_060.0, 0)
    ('1,319', '155.3k', '13,349', '1,329k')
    """
    if value is None or abs(value) < TEN_THOUSAND * 10:
        return number(value, 0 if value is not None and abs(value) >= TEN_THOUSAND else places)
    return f"{value / THOUSAND:,.{0 if abs(value) >= MILLION else 1}f}k"


def chance(share: float) -> str:
    """Return a probability as whole percent, never as certain.

    Examples
    --------
    >>> chance(0.524), chance(0.9992), chance(0.0)
    ('52%', '>99%', '<1%')
    """
    if share < 0.005:
        return "<1%"
    return ">99%" if share > 0.995 else f"{units.percent(share):.0f}%"


def chance_count(count: float) -> str:
    """Write how many cases chance alone shows on average.

    Examples
    --------
    >>> chance_count(123.4), chance_count(2.26), chance_count(0.034), chance_count(3e-9)
    ('123', '2.3', '0.03', '<0.01')
    """
    if count < 0.005:
        return "<0.01"
    return number(count, 2 if count < 1.0 else 1 if count < TEN else 0)


def half_life(middle: float | None, low: float | None, high: float | None) -> str:
    """Write a half-life in days with its interval, or from below where that is all that can be told.

    Examples
    --------
    >>> half_life(31.2, 14.0, 90.0), half_life(31.2, 14.0, None), half_life(None, 14.4, None)
    ('31 (14-90)', '31 (14-)', '>= 14')
    """
    if low is None or not math.isfinite(low):
        return "none"
    places = 1 if low < TEN else 0
    if middle is None or not math.isfinite(middle):
        return f">= {number(low, places)}"
    end = number(high, places) if high is not None and math.isfinite(high) else ""
    return f"{number(middle, places)} ({number(low, places)}-{end})"


def probability(p: float | None) -> str:
    """Write a p-value.

    Examples
    --------
    >>> probability(0.1934), probability(0.00002), probability(float("nan"))
    ('0.193', '<0.001', '')
    """
    if p is None or not math.isfinite(p):
        return ""
    return f"<{SMALLEST:g}" if p < SMALLEST else f"{p:.3f}"


def percent(value: float | None, *, places: int = 1, sign: bool = False) -> str:
    """Write a percent number.

    Examples
    --------
    >>> percent(90.04), percent(9.4, sign=True), percent(None)
    ('90.0%', '+9.4%', '-')
    """
    if value is None:
        return "-"
    text = f"{value:{'+' if sign else ''}.{places}f}%"
    return text.replace("-0.0%", "0.0%") if text == "-0.0%" else text


def number(value: float | None, places: int = 2) -> str:
    """Write a number with fixed decimals, or a dash when there is none."""
    return "-" if value is None or math.isnan(value) else f"{value:,.{places}f}"


def plural(count: int, noun: str) -> str:
    """Write a count and what it counts.

    Examples
    --------
    >>> plural(1, "quote"), plural(1200, "quote")
    ('1 quote', '1,200 quotes')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def rate_words(rates: Sequence[float], source: str) -> str:
    """Write the rate of some expiries, and where it comes from.

    Examples
    --------
    >>> rate_words([0.0406, 0.0406], "as given"), rate_words([0.036, 0.0412], "Treasury bills")
    ('rate 4.06% (as given)', 'rate 3.60% to 4.12% (Treasury bills)')
    """
    if not rates:
        return f"rate {source}"
    low, high = (f"{units.percent(rate):.2f}%" for rate in (min(rates), max(rates)))
    return f"rate {low if low == high else f'{low} to {high}'} ({source})"


def warning_lines(notes: Sequence[Note]) -> list[str]:
    """Return the warnings as lines for the foot of a table."""
    return [f"warning: {note.message}" for note in notes]

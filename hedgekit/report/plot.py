"""Pictures for a terminal, drawn with plain characters from the same JSON as the page.

`PLOTS` names for each schema what is drawn. Curves are told apart by their mark, never by colour alone; a dumb terminal
or a pipe gets the same characters.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from hedgekit import units

if TYPE_CHECKING:
    from hedgekit.results import Result

WIDTH, HEIGHT = 64, 16
"""Characters of the drawing itself; numbers at the left bring it under 80."""

MARKS: Final = "*o+x#"

BEYOND = 0.30
"""Spots drawn on both sides of today's, as a fraction of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A curve.

    Attributes
    ----------
    name : str
    x, y : sequence of float
        `x` ascending; a None in `y` leaves a gap.
    """

    name: str
    x: Sequence[float]
    y: Sequence[float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """What is drawn.

    Attributes
    ----------
    title : str
    curves : sequence of Curve
        The first is drawn on top.
    across : sequence of (float, str)
        Levels drawn from side to side, with their words.
    upright : float or None
        A vertical line: today's spot.
    ends : (str, str, str)
        Words under the left end, the middle and the right end.
    number : callable
        Writes a number of the left axis.
    """

    title: str
    curves: Sequence[Curve]
    across: Sequence[tuple[float, str]] = ()
    upright: float | None = None
    ends: tuple[str, str, str]
    number: Callable[[float], str]


def plot(result: Result) -> str:
    """Return a picture of an answer as text that ends with a newline.

    Raises
    ------
    InputError
        For an answer without a picture.
    """
    from hedgekit.errors import InputError

    drawing_of = PLOTS.get(result.schema_name)
    if drawing_of is None:
        raise InputError(f"{result.schema_name}: --plot draws {', '.join(PLOTS)} alone")
    found = drawing_of(result.to_dict())
    return draw(found) if found is not None else "  nothing to draw\n"


def draw(shown: Drawing, *, width: int = WIDTH, height: int = HEIGHT) -> str:
    """Return a drawing as lines of text.

    Examples
    --------
    >>> line = Curve(name="y", x=[0.0, 1.0], y=[0.0, 1.0])
    >>> print(draw(Drawing(title="", curves=[line], ends=("0", "", "1"), number="{:.0f}".format), width=5, height=3))
    <BLANKLINE>
        1 |   **
          |  *
        0 |**
           0   1
      * y
    <BLANKLINE>
    """
    xs = [x for curve in shown.curves for x in curve.x]
    ys = [y for curve in shown.curves for y in curve.y if y is not None]
    ys += [y for y, _ in shown.across]
    left, right, low, high = min(xs), max(xs), min(ys), max(ys)
    if high == low:
        low, high = low - 1.0, high + 1.0
    cells = [[" "] * width for _ in range(height)]

    def row(y: float) -> int:
        return min(height - 1, max(0, round((high - y) / (high - low) * (height - 1))))

    for y, _ in shown.across:
        at = row(y)
        for column in range(width):
            cells[at][column] = "-" if column % 2 == 0 else " "
    if shown.upright is not None and left < shown.upright < right:
        column = round((shown.upright - left) / (right - left) * (width - 1))
        for at in range(height):
            cells[at][column] = ":" if cells[at][column] in (" ", "-") else cells[at][column]
    for place, curve in reversed(list(enumerate(shown.curves))):
        for column in range(width):
            value = _at(curve, left + (right - left) * column / max(width - 1, 1))
            if value is not None:
                cells[row(value)][column] = MARKS[place % len(MARKS)]
    for y, words in shown.across:
        text = f" {words} "[:width]
        # At the end where it hides less of the curves.
        right_end, left_end = slice(width - len(text), width), slice(0, len(text))
        hidden = [sum(cell in MARKS for cell in cells[row(y)][end]) for end in (right_end, left_end)]
        cells[row(y)][right_end if hidden[0] <= hidden[1] else left_end] = text
    labels = {0: high, height // 2: low + (high - low) * (1 - (height // 2) / (height - 1)), height - 1: low}
    written = {at: shown.number(value) for at, value in labels.items() if height > 3 or at in (0, height - 1)}
    edge = max([3, *map(len, written.values())])
    lines = [f"  {written.get(at, ''):>{edge}} |{''.join(line)}".rstrip() for at, line in enumerate(cells)]
    first, middle, last = shown.ends
    gap = max(1, (width - len(middle)) // 2 - len(first))
    foot = first + " " * gap + middle if middle else first
    lines.append(" " * (edge + 4) + foot + " " * max(1, width - len(foot) - len(last)) + last)
    legend = [f"{MARKS[at % len(MARKS)]} {curve.name}" for at, curve in enumerate(shown.curves)]
    return "\n".join([shown.title and f"  {shown.title}", *lines, f"  {'   '.join(legend)}", ""])


def _at(curve: Curve, x: float) -> float | None:
    """Return a curve's value between its points."""
    if not curve.x or not curve.x[0] <= x <= curve.x[-1]:
        return None
    for i in range(1, len(curve.x)):
        if x == curve.x[i]:
            return curve.y[i]
        if x < curve.x[i]:
            before, after = curve.y[i - 1], curve.y[i]
            if before is None or after is None:
                return None
            span = curve.x[i] - curve.x[i - 1]
            return before if span == 0 else before + (after - before) * (x - curve.x[i - 1]) / span
    return curve.y[0]


def _percent(value: float) -> str:
    return f"{value:.0f}%"


def _money(value: float) -> str:
    from hedgekit.report.console import dollars

    return dollars(value, sign=True)


def _spots(low: float, today: float, high: float) -> tuple[str, str, str]:
    return f"{low:.2f}", f"spot (: today {today:.2f})", f"{high:.2f}"


def hedge_drawing(answer: Mapping[str, Any]) -> Drawing | None:
    """Return wealth at expiry of the recommended hedge beside the shares alone."""
    from hedgekit.report.page.hedge import wealth

    hedged = [c for c in answer["candidates"] if c["legs"]]
    chosen = next((c for c in hedged if c["name"] == answer["recommended"]), hedged[0] if hedged else None)
    if chosen is None:
        return None
    spot, value = answer["inputs"]["spot"], answer["position"]["value_usd"]
    low, high = (1.0 - BEYOND) * spot, (1.0 + BEYOND) * spot
    spots = [low + (high - low) * step / (4 * WIDTH) for step in range(4 * WIDTH + 1)]
    left = [units.percent(wealth(answer, chosen, s) / value) for s in spots]
    floor = answer["inputs"].get("floor")
    return Drawing(
        title="wealth at expiry, % of today",
        curves=[
            Curve(name=chosen["name"], x=spots, y=left),
            Curve(name="shares alone", x=[low, high], y=[units.percent(s / spot) for s in (low, high)]),
        ],
        across=[(units.percent(floor), f"floor {units.percent(floor):g}%")] if floor else [],
        upright=spot,
        ends=_spots(low, spot, high),
        number=_percent,
    )


def structure_drawing(answer: Mapping[str, Any]) -> Drawing | None:
    """Return profit now and at the first expiry."""
    by_date, spot = answer["profit_by_date"], answer["inputs"]["spot"]
    spots, dates = by_date["spots"], by_date["dates"]
    if len(spots) < 2:
        return None
    curves = []
    for d in dict.fromkeys((len(dates) - 1, 0)):
        name = f"{dates[d]}{' (expiry)' if d == len(dates) - 1 else ' (now)'}"
        curves.append(Curve(name=name, x=spots, y=[row[d] for row in by_date["profit_usd"]]))
    return Drawing(
        title="profit",
        curves=curves,
        across=[(0.0, "even")],
        upright=spot,
        ends=_spots(spots[0], spot, spots[-1]),
        number=_money,
    )


def status_drawing(answer: Mapping[str, Any]) -> Drawing | None:
    """Return the spread's z over the window, with the levels to act at."""
    history = answer.get("history")
    if not history or not history["z"]:
        return None
    days = [float(day) for day in range(len(history["z"]))]
    across: dict[float, str] = {}
    for level in answer["levels"]:
        if math.isfinite(level["z"]):
            across.setdefault(level["z"], level["name"])
    return Drawing(
        title="spread, deviations from the line of the window",
        curves=[Curve(name=f"z, now {answer['z']:+.2f}", x=days, y=history["z"])],
        across=list(across.items()),
        ends=(history["date"][0], "", history["date"][-1]),
        number=lambda z: f"{z:+.1f}",
    )


def backtest_drawing(answer: Mapping[str, Any]) -> Drawing | None:
    """Return the gain after costs, added up by day."""
    total, gains = 0.0, []
    for gain in answer["daily"]["pnl_usd"]:
        total += gain or 0.0
        gains.append(total)
    if len(gains) < 2:
        return None
    days = answer["daily"]["date"]
    return Drawing(
        title="P/L after costs",
        curves=[Curve(name="added up by day", x=[float(i) for i in range(len(gains))], y=gains)],
        across=[(0.0, "even")],
        ends=(days[0], "", days[-1]),
        number=_money,
    )


def scenario_drawing(answer: Mapping[str, Any]) -> Drawing | None:
    """Return P/L against the benchmark's move: on the first and the last date, vols nearest to now, and the worst."""
    grid = answer["grid"]
    order = sorted(range(len(grid["spot_moves"])), key=lambda i: grid["spot_moves"][i])
    moves = [units.percent(grid["spot_moves"][i]) for i in order]
    if len(moves) < 2 or any(value is None for day in grid["pnl_usd"] for row in day for value in row):
        return None
    middle = min(range(len(grid["vol_shocks"])), key=lambda j: abs(grid["vol_shocks"][j]))
    shown = dict.fromkeys((0, len(grid["dates"]) - 1))
    curves = [
        Curve(name=f"{grid['dates'][d]}", x=moves, y=[grid["pnl_usd"][d][i][middle] for i in order]) for d in shown
    ]
    worst = [min(min(day[i]) for day in grid["pnl_usd"]) for i in order]
    curves.append(Curve(name="worst of all dates and vol shocks", x=moves, y=worst))
    return Drawing(
        title="P/L",
        curves=curves,
        across=[(0.0, "even")],
        upright=0.0,
        ends=(f"{moves[0]:+.0f}%", f"move of {answer['benchmark']} (: none)", f"{moves[-1]:+.0f}%"),
        number=_money,
    )


PLOTS: Final[dict[str, Callable[[Mapping[str, Any]], Drawing | None]]] = {
    "hedge": hedge_drawing,
    "structure": structure_drawing,
    "pair_status": status_drawing,
    "pair_backtest": backtest_drawing,
    "scenario": scenario_drawing,
}

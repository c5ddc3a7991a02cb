"""A hedge or a structure before expiry: lines by date, spot by date, and a vol slider over both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hedgekit.report.console import dollars, percent
from hedgekit.report.page.cube import Cube, Mark, Odds, shown
from hedgekit.report.page.document import Section
from hedgekit.report.page.parts import foot, warnings
from hedgekit.report.page.rolls import rolled
from hedgekit.report.page.scenario import replayed

ROWS = 16
"""Spots in the table at most, beside the marked ones; the pictures have them all."""


def sections(answer: Mapping[str, Any]) -> list[Section]:
    """Return the cube of dollars, drawn and tabled."""
    lead = _lead(answer["odds"]) if answer.get("odds") else ""
    body = explorer(answer) + warnings(answer) + foot(answer)
    shown = [Section(title=f"What if: {answer['name']}", lead=lead, body=body)]
    if answer.get("replays"):
        shown.append(replayed(answer, "the hedged position"))
    return [*shown, *rolled(answer)]


def explorer(answer: Mapping[str, Any]) -> str:
    """Return slider, lines, map and table."""
    spots, shocks, spot = answer["spots"], answer["vol_shocks"], answer["spot"]
    still = min(range(len(shocks)), key=lambda j: abs(shocks[j]))
    dates = range(len(answer["dates"]))
    sheets = [
        (shock_words(shock), [[answer["pnl_usd"][d][i][j] for d in dates] for i in range(len(spots))])
        for j, shock in enumerate(shocks)
    ]
    odds = answer.get("odds")
    alone = answer.get("unhedged_usd")
    marks: list[Mark] = [Mark(words=f"today {spot:.2f}", place=spot)]
    # a strike's line says enough: the table has its number
    marks += [Mark(words="", place=mark["spot"]) for mark in answer["marks"] if mark["name"] == "strike"]
    even = [mark["spot"] for mark in answer["marks"] if mark["name"] == "break-even"]
    for at, place in enumerate(even):
        # words point away from each other, so that two fit on a phone
        side = "center" if len(even) == 1 else "right" if at == 0 else "left"
        marks.append(Mark(words=f"even {place:.2f}", place=place, low=True, side=side))
    if answer.get("floor_usd") is not None:
        marks.append(Mark(words=f"floor {dollars(answer['floor_usd'], sign=True)}", amount=answer["floor_usd"]))
    cube = Cube(
        name="what-if",
        dates=answer["dates"],
        places=spots,
        labels={i: _row(spots[i], spot) for i in _tabled(answer)},
        sheets=sheets,
        start=still,
        down="spot",
        slider="Implied vols",
        says=answer["says"],
        alone=("shares alone", alone) if alone else None,
        marks=marks,
        odds=Odds(says=odds["statement"], below=odds["below"]) if odds else None,
    )
    return shown(cube)


def _tabled(answer: Mapping[str, Any]) -> list[int]:
    """Return the spots of the table: evenly spread ones, today's and the marked ones."""
    spots = answer["spots"]
    every = max(1, -(-len(spots) // ROWS))
    marked = {answer["spot"], *(mark["spot"] for mark in answer.get("marks") or [])}
    return [i for i, spot in enumerate(spots) if i % every == 0 or i == len(spots) - 1 or spot in marked]


def _row(spot: float, today: float) -> str:
    return f"{spot:.2f} ({spot / today - 1:+.1%})".replace("(-0.0%)", "(+0.0%)")


def _lead(odds: Mapping[str, Any]) -> str:
    low, high = odds["low"], odds["high"]
    if odds["measure"] != "implied":
        return f"{odds['statement']}: between {low:.2f} and {high:.2f} two times in three"
    return (
        f"By the odds in the quotes the spot ends between {low:.2f} and {high:.2f} two times in three, and this "
        f"position gains with a chance of {percent(odds['gain_pct'])}"
    )


def shock_words(shock: float) -> str:
    """Return a relative vol shock as words."""
    return "as they are" if shock == 0 else f"{shock:+.0%} (relative)"

"""A pair's traded history: the spread with entries and exits, the gain, every trade."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

from hedgekit import units
from hedgekit.report.console import dollars, number, percent
from hedgekit.report.page.document import Figure, Section, figure
from hedgekit.report.page.parts import PALETTE, foot, heading, level, line, paragraph, table, warnings

Z_PLACES, CENTS = 4, 2
"""Decimals drawn: twenty years of days would else carry megabytes of digits that no screen shows."""


def sections(answer: Mapping[str, Any]) -> list[Section]:
    """Return the outcome, spread and trades drawn, and the trades tabled."""
    inputs, summary, trades = answer["inputs"], answer["summary"], answer["trades"]
    lead = "No trade: the rules never gave a signal."
    if trades:
        lead = (
            f"{dollars(summary['pnl_usd'], sign=True)} after costs in {summary['years']:.1f} years, "
            f"{_pct(summary['return_per_year'])} a year on gross with a standard error of {_pct(summary['return_se'])}"
        )
    body = figure(_spread(answer)) + figure(_gain(answer)) + figure(_fall(answer)) + warnings(answer)
    proof = answer["prove"]
    if proof:
        words = "all identical" if proof["identical"] else f"LOOK-AHEAD: {proof['difference']}"
        body += paragraph(f"{proof['values']:,} values recomputed on {proof['prefixes']:,} prefixes: {words}.")
    body += table(
        ["", ""],
        [
            ["from prices", dollars(summary["price_usd"], sign=True)],
            ["dividends", dollars(summary["dividends_usd"], sign=True)],
            ["fills", dollars(-summary["cost_usd"])],
            ["borrow", dollars(-summary["borrow_usd"])],
            ["worst fall", dollars(summary["worst_fall_usd"])],
            ["Sharpe (standard error)", f"{number(summary['sharpe'])} ({number(summary['sharpe_se'])})"],
            ["closed trades won", f"{summary['wins']:.0f} of {summary['closed']:.0f}"],
            ["in the market", _pct(summary["time_in_market"])],
        ],
    )
    if trades:
        head = ["signal", "side", "in", "out", inputs["long"], inputs["short"], "z in", "z out", "days", "P/L", "why"]
        rows = [
            [
                trade["signal_day"],
                trade["side"],
                trade["entry_day"],
                trade["exit_day"] or "open",
                f"{trade['long_shares']:+,d}",
                f"{trade['short_shares']:+,d}",
                f"{trade['z_in']:+.2f}",
                "-" if trade["z_out"] is None else f"{trade['z_out']:+.2f}",
                f"{trade['days']}",
                dollars(trade["pnl_usd"], sign=True),
                trade["reason"],
            ]
            for trade in trades
        ]
        body += heading("Trades") + table(head, rows, text=(0, 10))
    title = f"{inputs['long']} against {inputs['short']}: the pair's history to {inputs['asof']}"
    return [Section(title=title, lead=lead, body=body + foot(answer))]


def _spread(answer: Mapping[str, Any]) -> Figure:
    inputs, daily = answer["inputs"], answer["daily"]
    at = {day: round(z, Z_PLACES) for day, z in zip(daily["date"], daily["z"], strict=True) if z is not None}
    data = [line("spread", list(at), list(at.values()), 0, hover="%{x}: z %{y:+.2f}<extra></extra>", width=1.2)]
    for side, symbol, colour in (("long", "triangle-up", 2), ("short", "triangle-down", 1)):
        mine = [trade for trade in answer["trades"] if trade["side"] == side]
        for what, day, shape in (("in", "entry_day", symbol), ("out", "exit_day", "x")):
            days = [trade[day] for trade in mine if trade[day] is not None and trade[day] in at]
            data.append(
                {
                    "type": "scatter",
                    "mode": "markers",
                    "name": f"{side} {what}",
                    "x": days,
                    "y": [at[when] for when in days],
                    "marker": {"size": 10, "symbol": shape, "color": PALETTE[colour]},
                    "hovertemplate": f"%{{x}}: z %{{y:+.2f}}<extra>{side} {what}</extra>",
                }
            )
    marks = [level("", y=0.0)]
    for name in ("entry_z", "exit_z", "stop_z"):
        # the exits stand close to the line: one word is enough for both
        words = [f"{name[:-2]} {sign * inputs[name]:+g}" if sign > 0 or name != "exit_z" else "" for sign in (1, -1)]
        marks += [level(word, y=sign * inputs[name]) for word, sign in zip(words, (1, -1), strict=True)]
    return Figure(
        name="spread",
        data=data,
        layout={
            "yaxis": {"title": {"text": "z: deviations from the line of the past"}},
            "shapes": [shape for shape, _ in marks],
            "annotations": [note for _, note in marks],
        },
        says="The spread in deviations of the days before each day, bands to act at, fills in and out.",
        height=400,
    )


def _gain(answer: Mapping[str, Any]) -> Figure:
    daily = answer["daily"]
    total = [round(x, CENTS) for x in itertools.accumulate(gain or 0.0 for gain in daily["pnl_usd"])]
    return Figure(
        name="gain",
        data=[line("P/L after costs", daily["date"], total, 0, hover="%{x}: %{y:$,.0f}<extra></extra>")],
        layout={"yaxis": {"title": {"text": "P/L after costs"}, "tickformat": "$,.0f"}, "showlegend": False},
        says="Gain or loss after costs, added up by day.",
        height=260,
    )


def _fall(answer: Mapping[str, Any]) -> Figure:
    daily = answer["daily"]
    total = [0.0, *itertools.accumulate(gain or 0.0 for gain in daily["pnl_usd"])]
    fallen = [round(now - best, CENTS) for now, best in zip(total, itertools.accumulate(total, max), strict=True)][1:]
    drawn = line("below the best so far", daily["date"], fallen, 1, hover="%{x}: %{y:$,.0f}<extra></extra>", width=1.2)
    return Figure(
        name="fall",
        data=[{**drawn, "fill": "tozeroy", "fillcolor": "rgba(213,94,0,0.2)"}],
        layout={"yaxis": {"title": {"text": "below the best"}, "tickformat": "$,.0f"}, "showlegend": False},
        says="How far the sum stands below its best so far: how deep and how long each fall was.",
        height=220,
    )


def _pct(fraction: float | None) -> str:
    return percent(None if fraction is None else units.percent(fraction), places=2)

"""A pair's spread today: the path it took, the bands to act at, and the prices that make them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hedgekit import units
from hedgekit.report.console import chance, dollars, number, percent
from hedgekit.report.page.document import Figure, Section, figure
from hedgekit.report.page.parts import foot, level, line, table, warnings


def sections(answer: Mapping[str, Any]) -> list[Section]:
    """Return the order, the spread with its bands, the levels and what breaks the idea."""
    inputs = answer["inputs"]
    lead = f"{answer['action'].replace('_', ' ').capitalize()}: {answer['why']}."
    shown = sorted(
        [
            *answer["levels"],
            {
                "name": "now",
                "z": answer["z"],
                "long_price": inputs["long_close"],
                "short_price": inputs["short_close"],
            },
        ],
        key=lambda row: -row["z"],
    )
    rows = [[row["name"], f"{row['z']:+.2f}", number(row["long_price"]), number(row["short_price"])] for row in shown]
    body = (figure(_spread(answer)) if answer.get("history") else "") + warnings(answer)
    body += table(
        ["act at", "z", f"{inputs['long']} alone", f"{inputs['short']} alone"],
        rows,
        caption="Alone: the price of that leg which makes the z while the other stands still.",
        chosen=next(at for at, row in enumerate(shown) if row["name"] == "now"),
    )
    body += table(["", ""], _facts(answer), text=(0,))
    title = f"{inputs['long']} against {inputs['short']}, {inputs['asof']}: spread z {answer['z']:+.2f}"
    return [Section(title=title, lead=lead, body=body + foot(answer))]


def _facts(answer: Mapping[str, Any]) -> list[list[str]]:
    life, stop, best = answer["half_life"], answer["stop"], answer["thresholds"]["bertram"]
    median, low, high = (_days(days) for days in (life["days"], *life["ci90"]))
    tests = answer["cointegration"]
    facts = [
        ["cointegration without today, with it, p", f"{tests['pvalue']:.3f}, {tests['pvalue_today']:.3f}"],
        ["half-life, days", f"{median} (90%: {low} to {high})"],
        ["nothing pulls the spread back", chance(life["never"])],
        *_outlook(answer),
        ["one z, of the long leg's value", percent(units.percent(answer["residual_sd"]))],
        ["given up at z", f"{stop['z']:g}"],
        ["loss there", f"{dollars(stop['loss_usd'])} on {dollars(stop['gross_usd'])} of both legs"],
    ]
    if stop["days"] is not None and answer["action"] in ("buy_spread", "sell_spread", "hold"):
        facts.append(["given up after, trading days", number(stop["days"], 0)])
    if best:
        facts.append(["Bertram's entry were an ordinary fit the truth, z", f"{best['entry_z']:.2f}, not used"])
    return facts


def _outlook(answer: Mapping[str, Any]) -> list[list[str]]:
    """Return the odds from today, where there are some."""
    ahead = answer["odds"]
    if ahead is None:
        return []
    half = ahead["half_days"]
    told = [
        *(
            [
                f"crosses the line within {row['days']} trading days",
                f"{chance(row['probability'])} (were it a walk {chance(row['if_never'])})",
            ]
            for row in ahead["within"]
        ),
        ["half the way, median days", "beyond the horizon" if half is None else number(half, 0)],
    ]
    if answer["action"] not in ("buy_spread", "sell_spread", "hold"):
        return told
    return [
        *told,
        ["exit before stop; stop first", f"{chance(ahead['exit_first'])}; {chance(ahead['stop_first'])}"],
        ["mean gain after costs, of the long leg", percent(units.percent(ahead["gain"]))],
        ["chance of a loss", chance(ahead["loss_share"])],
    ]


def _days(life: float | None) -> str:
    return "never" if life is None else f"{life:.1f}"


def _spread(answer: Mapping[str, Any]) -> Figure:
    history = answer["history"]
    bands: dict[float, str] = {}
    for row in answer["levels"]:
        bands.setdefault(row["z"], row["name"])
    # the levels to close at stand close to the line: their words would cover each other, and the table has them
    marks = [level("" if name.startswith("close") else f"{name} {z:+.2f}", y=z) for z, name in bands.items()]
    today = {
        "type": "scatter",
        "mode": "markers",
        "name": "today",
        "x": [history["date"][-1]],
        "y": [answer["z"]],
        "marker": {"size": 10, "symbol": "diamond", "color": "#d55e00"},
        "hovertemplate": "%{x}: z %{y:+.2f}<extra>today</extra>",
    }
    path = line("spread", history["date"], history["z"], 0, hover="%{x}: z %{y:+.2f}<extra></extra>")
    return Figure(
        name="spread",
        data=[path, today],
        layout={
            "yaxis": {"title": {"text": "z: deviations from the line"}},
            "showlegend": False,
            "shapes": [shape for shape, _ in marks],
            "annotations": [note for _, note in marks],
        },
        says="The spread against the line of the window, in its deviations; dotted: the levels to act at. The line is "
        "fitted to the days before today, so only today's z is out of sample.",
        height=400,
    )

"""A hedge: what each candidate leaves at expiry, the tickets, the certificate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hedgekit import units
from hedgekit.model import Option
from hedgekit.report.console import dollars, number, percent
from hedgekit.report.order_words import ticket
from hedgekit.report.page.document import Figure, Section, figure
from hedgekit.report.page.parts import facts, foot, heading, level, line, paragraph, table, warnings
from hedgekit.report.proof import proven

SHOWN = 4
"""Candidates drawn beside the unhedged position; the table has them all."""

SPAN = (0.60, 1.35)
"""Spots drawn, as fractions of today's."""


def sections(answer: Mapping[str, Any]) -> list[Section]:
    """Return the comparison, drawn and tabled."""
    inputs, position = answer["inputs"], answer["position"]
    chosen = next((c for c in answer["candidates"] if c["name"] == answer["recommended"]), None)
    title = f"{inputs['ticker']} {inputs['spot']:.2f}: {position['shares']:,} shares to {inputs['expiry']}"
    lead = (
        f"{ticket(chosen['legs'])}: {_cost(chosen)}, {_keeps(chosen, inputs)} of today's "
        f"{dollars(position['value_usd'])}"
        if chosen
        else answer["why"]
    )
    body = _facts(chosen) if chosen else ""
    body += figure(payoff(answer)) + warnings(answer) + _candidates(answer)
    if answer.get("optimum"):
        body += _proof(answer["optimum"], inputs)
    return [Section(title=title, lead=lead, body=body + foot(answer))]


def _facts(chosen: Mapping[str, Any]) -> str:
    """Return what the recommended hedge costs, keeps and gives up."""
    a_year, cap = chosen["cost_annualised_pct"], chosen["cap_pct"]
    partly = any(leg["contracts"] < 0 and Option.parse(leg["symbol"]).kind == "call" for leg in chosen["legs"])
    rows = [
        ("cost", dollars(chosen["cost_usd"]), f"{percent(chosen['cost_pct'], places=2)}, {percent(a_year)} a year"),
        ("floor", percent(chosen["floor_pct"]), f"{dollars(chosen['floor_usd'])} at any spot"),
        ("cap", "part" if cap is None and partly else "none" if cap is None else percent(cap), "of today's value"),
        ("break-even", number(chosen["breakeven_spot"]), "spot at expiry"),
        ("at -20%", percent(chosen["risk"].get("wealth_at_-20%_pct")), "of today's value"),
        ("delta", number(chosen["greeks"]["delta_shares"], 0), f"of {chosen['shares']:,} shares"),
    ]
    return facts(rows)


def wealth(answer: Mapping[str, Any], candidate: Mapping[str, Any], spot: float) -> float:
    """Return a candidate's wealth at expiry, dollars, as the public contract defines it."""
    total: float = candidate["shares"] * spot - candidate["carried_usd"]
    total += (candidate.get("shares_sold") or 0) * answer["inputs"]["spot"]
    for leg in candidate["legs"]:
        option = Option.parse(leg["symbol"])
        total += leg["contracts"] * units.MULTIPLIER * max(option.sign * (spot - option.strike), 0.0)
    return total


def payoff(answer: Mapping[str, Any]) -> Figure:
    """Return wealth at expiry against the spot: kinks are drawn where they are, not on a grid."""
    spot, value = answer["inputs"]["spot"], answer["position"]["value_usd"]
    drawn = [c for c in answer["candidates"] if c["legs"]]
    drawn = sorted(drawn, key=lambda c: (c["name"] != answer["recommended"], not c["meets_goal"]))[:SHOWN]
    strikes = {Option.parse(leg["symbol"]).strike for c in drawn for leg in c["legs"]}
    low = min(SPAN[0] * spot, *(0.97 * strike for strike in strikes), spot)
    high = max(SPAN[1] * spot, *(1.03 * strike for strike in strikes), spot)
    spots = sorted({low, spot, high, *strikes})
    hover = "%{y:.1f}%<extra>%{fullData.name}</extra>"
    unhedged = [units.percent(s / spot) for s in spots]
    data = [line("no hedge", spots, unhedged, 6, hover=hover, width=1.5)]
    for at, candidate in enumerate(drawn):
        left = [units.percent(wealth(answer, candidate, s) / value) for s in spots]
        width = 3.5 if candidate["name"] == answer["recommended"] else 2.0
        data.append(line(candidate["name"], spots, left, at, hover=hover, width=width))
    marks = [level(f"today {spot:.2f}", x=spot)]
    if answer["inputs"].get("floor"):
        floor = units.percent(answer["inputs"]["floor"])
        marks.append(level(f"floor {floor:g}%", y=floor))
    if drawn and drawn[0]["breakeven_spot"]:
        marks.append(level(f"break-even {drawn[0]['breakeven_spot']:.2f}", x=drawn[0]["breakeven_spot"], low=True))
    return Figure(
        name="payoff",
        data=data,
        layout={
            "xaxis": {"title": {"text": "spot at expiry, dollars a share"}, "hoverformat": "$.2f"},
            "hovermode": "x unified",
            "yaxis": {"title": {"text": "wealth, % of today's value"}, "ticksuffix": "%"},
            "shapes": [shape for shape, _ in marks],
            "annotations": [note for _, note in marks],
            "margin": {"t": 28},
        },
        says="Wealth at expiry against the spot, net of the financed cost: the hedges beside the shares alone.",
        height=430,
    )


def _verdict(candidate: Mapping[str, Any]) -> str:
    if candidate["meets_goal"]:
        return "meets"
    return "no promise" if candidate.get("stop_level") else f"{dollars(candidate['short_usd'])} short"


def _candidates(answer: Mapping[str, Any]) -> str:
    rows = []
    chosen = None
    for at, c in enumerate(answer["candidates"]):
        chosen = at if c["name"] == answer["recommended"] else chosen
        rows.append(
            [
                c["name"],
                ticket(c["legs"]) or "-",
                dollars(c["cost_usd"]),
                percent(c["cost_annualised_pct"]),
                "none" if c.get("stop_level") else percent(c["floor_pct"]),
                "-" if c["cap_pct"] is None else percent(c["cap_pct"]),
                number(c["breakeven_spot"]),
                percent(c["risk"].get("wealth_at_-20%_pct")),
                number(c["greeks"]["delta_shares"], 0),
                dollars(c.get("margin_usd")),
                _verdict(c),
            ]
        )
    head = ["", "legs", "cost", "% a year", "floor", "cap", "break-even", "at -20%", "delta", "margin", "goal"]
    return table(
        head,
        rows,
        caption="Bought at the ask, sold at the bid, fees included. Percent of today's value; delta in shares.",
        text=(0, 1),
        chosen=chosen,
    )


def _proof(optimum: Mapping[str, Any], inputs: Mapping[str, Any]) -> str:
    words = heading("What is proven")
    if optimum["status"] == "infeasible":
        return words + paragraph("No ticket of this expiry holds the goal.")
    if optimum["status"] != "optimal":
        return words + paragraph(str(optimum["status"]))
    told = proven(
        optimum.get("goal") or "floor",
        costs=optimum["cost_by_legs"],
        floors=optimum.get("floor_by_legs") or {},
        next_point_usd=optimum.get("next_point_usd"),
        cap=inputs.get("min_cap"),
    )
    words += paragraph(told[:1].upper() + told[1:] + ".")
    if optimum.get("least_saving_usd"):
        saving = dollars(optimum["least_saving_usd"])
        words += paragraph(f"A further leg must save {saving} to be recommended.", kind="foot")
    rows = [
        [ticket(row["legs"]), dollars(row["cost_usd"], cents=True), percent(row["floor_pct"]), percent(row["cap_pct"])]
        for row in optimum.get("runners_up") or []
    ]
    if rows:
        words += table(["runner-up", "cost", "floor", "cap"], rows, text=(0,))
    return words


def _keeps(candidate: Mapping[str, Any], inputs: Mapping[str, Any]) -> str:
    """Return what is kept and where: a floor down to a level is not one at every spot."""
    until = (inputs.get("goal") or {}).get("until")
    if until:
        promised, least = percent(units.percent(inputs["floor"])), percent(candidate["floor_pct"])
        return f"keeps {promised} while the spot ends at {until:.2f} or above, at worst {least}"
    return f"wealth never below {percent(candidate['floor_pct'])}"


def _cost(candidate: Mapping[str, Any]) -> str:
    cost = candidate["cost_usd"]
    return f"costs {dollars(cost)}" if cost >= 0 else f"brings {dollars(-cost)}"

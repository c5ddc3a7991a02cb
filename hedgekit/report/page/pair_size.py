"""A sized pair: whole shares, what is left unhedged, margin and carry."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

from hedgekit.report.console import dollars, number
from hedgekit.report.page.document import Figure, Section, figure
from hedgekit.report.page.parts import PALETTE, foot, heading, level, paragraph, table, warnings

CARRY = (
    ("dividends_received_usd", "dividends received"),
    ("dividends_paid_usd", "dividends owed on the short leg"),
    ("borrow_usd", "fee for the borrowed shares"),
    ("rebate_usd", "interest on the short sale's proceeds"),
    ("financing_usd", "interest on the debit"),
    ("net_usd", "net"),
    ("debit_usd", "the debit: borrowed to pay for the long leg"),
)


def sections(answer: Mapping[str, Any]) -> list[Section]:
    """Return the shares beside rounding each leg alone, margin and carry."""
    long, short, left = answer["long"], answer["short"], answer["leftover"]
    lead = (
        f"Buy {long['shares']:,} {long['ticker']} and sell short {-short['shares']:,} {short['ticker']}: "
        f"{dollars(answer['gross_usd'])} gross, leftover beta {dollars(left['beta_usd'], cents=True, sign=True)}"
    )
    naive = answer["naive"]
    best = [long["shares"], -short["shares"], answer["gross_usd"], left["beta_usd"], left["dollars_usd"]]
    ways = [("best", *best)]
    ways += [
        ("next", row["long_shares"], abs(row["short_shares"]), row["gross_usd"], row["beta_usd"], row["dollars_usd"])
        for row in answer["runners_up"]
    ]
    ways.append(
        (
            "each rounded alone",
            naive["long_shares"],
            abs(naive["short_shares"]),
            naive["gross_usd"],
            naive["leftover"]["beta_usd"],
            naive["leftover"]["dollars_usd"],
        )
    )
    rows = [
        [
            name,
            f"{bought:,}",
            f"{sold:,}",
            dollars(gross),
            dollars(beta, cents=True, sign=True),
            dollars(rest, sign=True),
        ]
        for name, bought, sold, gross, beta, rest in ways
    ]
    head = ["", f"{long['ticker']} bought", f"{short['ticker']} sold", "gross", "leftover beta", "leftover dollars"]
    drawn = figure(_leftover(answer, ways)) if answer["ratio"]["ci95"][0] is not None else ""
    body = table(head, rows, chosen=0) + drawn + warnings(answer)
    margin, carry, risk = answer["margin"], answer["carry"], answer["risk"]
    body += heading("Margin (Reg T)") + paragraph(
        f"Deposit {dollars(margin['deposit_usd'])}, requirement {dollars(margin['initial_usd'])} with the short's "
        f"proceeds, maintenance {dollars(margin['maintenance_usd'])}."
    )
    body += "".join(paragraph(text) for text in margin["derivation"])
    if carry:
        body += heading("Carry, a year")
        rows = [[words, dollars(carry[name], sign=name != "debit_usd")] for name, words in CARRY]
        rows.append(["four fills, once", dollars(carry["round_trip_usd"], cents=True)])
        body += table(["", ""], rows)
    if risk:
        facts = [
            ["correlation", number(risk["correlation"], 3)],
            ["standard deviation a year", dollars(risk["vol_usd"])],
            ["one-day 99% value at risk", dollars(risk["var_usd"])],
            ["worst 21 days of the past", dollars(risk["worst_usd"])],
        ]
        body += heading("Risk") + table(["", ""], facts)
    title = f"{long['ticker']} against {short['ticker']} in whole shares"
    return [Section(title=title, lead=lead, body=body + foot(answer))]


def _leftover(answer: Mapping[str, Any], ways: Sequence[tuple[str, int, int, float, float, float]]) -> Figure:
    """Return the leftover beta of every way of counting, and what the ratio itself leaves open."""
    ratio, price = answer["ratio"], answer["long"]["price"]
    low, high = (ratio["dollar_ratio"] - ratio["ci95"][0], ratio["ci95"][1] - ratio["dollar_ratio"])
    names = [f"{name}: {bought:,} / {sold:,}" for name, bought, sold, *_ in ways][::-1]
    betas = [beta for *_, beta, _ in ways][::-1]
    held = [bought * price for _, bought, *_ in ways][::-1]
    shape, note = level("hedged", x=0.0)
    return Figure(
        name="leftover",
        data=[
            {
                "type": "scatter",
                "mode": "markers",
                "name": "leftover beta",
                "x": betas,
                "y": names,
                "marker": {"size": 10, "symbol": "diamond", "color": PALETTE[1]},
                "error_x": {
                    "type": "data",
                    "symmetric": False,
                    "array": [dollars_held * high for dollars_held in held],
                    "arrayminus": [dollars_held * low for dollars_held in held],
                    "color": PALETTE[0],
                },
                "hovertemplate": "%{y}: %{x:$,.2f}<extra></extra>",
            }
        ],
        layout={
            "xaxis": {"title": {"text": f"leftover beta, dollars of {html.escape(answer['short']['ticker'])}"}},
            "yaxis": {"automargin": True},
            "showlegend": False,
            "shapes": [shape],
            "annotations": [note],
        },
        says="Leftover beta by shares bought and sold; the bars are the 95% interval of the ratio "
        f"({number(ratio['ci95'][0])} to {number(ratio['ci95'][1])}), which no count of shares makes narrower.",
        height=300,
    )

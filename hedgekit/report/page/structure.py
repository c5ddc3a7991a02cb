"""A structure: profit by spot and date, odds, margin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hedgekit import units
from hedgekit.model import Option
from hedgekit.report.console import dollars, number
from hedgekit.report.page.document import Figure, Section, figure
from hedgekit.report.page.parts import (
    facts,
    foot,
    heading,
    items,
    level,
    line,
    moment,
    paragraph,
    plain_text,
    table,
    warnings,
)
from hedgekit.report.page.what_if import explorer


def sections(answer: Mapping[str, Any], *, what_if: Mapping[str, Any] | None = None) -> list[Section]:
    """Return the profit, drawn and tabled, the odds and the margin; with its what-if the profit under a vol slider."""
    inputs = answer["inputs"]
    body = _facts(answer)
    if what_if:
        body += explorer(what_if)
    elif answer["profit_by_date"]:
        body += figure(_profit(answer)) + _dates(answer)
    body += warnings(answer) + _legs(answer) + _odds(answer)
    margin = answer.get("margin")
    if margin:
        body += heading("Margin (Reg T)")
        body += paragraph(
            f"Initial {dollars(margin['initial_usd'])}, maintenance {dollars(margin['maintenance_usd'])}."
        )
        body += items(margin["derivation"])
    body += _assignment(answer)
    title = f"{answer['name']} on {inputs['ticker']} {inputs['spot']:.2f}"
    return [Section(title=title, lead=answer.get("pays") or "", body=body + foot(answer))]


def _assignment(answer: Mapping[str, Any]) -> str:
    """Return what early assignment of each short leg would do, and why it is near or far."""
    ledger = answer.get("assignment") or []
    if not ledger:
        return ""
    rows = [
        [
            str(Option.parse(line["symbol"])),
            line["early_risk"],
            line["why"],
            "-" if line["style"] == "european" else f"{line['shares_delta']:+,d}",
            dollars(line["cash_usd"], sign=True),
            dollars(line["dividend_owed_usd"], cents=True) if line["dividend_owed_usd"] else "-",
            "-" if line["pin_low"] is None else f"{line['pin_low']:.2f} to {line['pin_high']:.2f}",
            moment(line["cutoff"]),
        ]
        for line in ledger
    ]
    head = ["short leg", "early risk", "why", "shares", "cash", "dividends owed", "pin band", "cut-off"]
    return heading("Assignment") + table(head, rows, text=(0, 1, 2), stack=True)


def _facts(answer: Mapping[str, Any]) -> str:
    """Return price, extremes, break-evens and odds."""
    paid, odds = answer["net_premium_usd"], answer["probability"]
    name, chance = next(
        ((name, odds[name]) for name in ("implied", "lognormal") if odds.get(name) is not None), ("", None)
    )
    margin = answer.get("margin") or {}
    held = answer["defined_risk"]
    rows = [
        ("paid" if paid >= 0 else "brought in", dollars(abs(paid), cents=True), "premiums of the options"),
        ("most to lose", _limit(answer["max_loss_usd"]), "" if held else "the loss has no limit"),
        ("most to gain", _limit(answer["max_gain_usd"]), ""),
        ("break-even", " / ".join(number(x) for x in answer["breakevens"]) or "none", "spot at the first expiry"),
        ("chance of profit", "-" if chance is None else f"{units.percent(chance):.1f}%", name),
        ("Reg T initial", dollars(margin.get("initial_usd")), "margin requirement"),
    ]
    return facts(rows)


def _profit(answer: Mapping[str, Any]) -> Figure:
    by_date = answer["profit_by_date"]
    spots = by_date["spots"]
    hover = "%{y:+$,.0f}<extra>%{fullData.name}</extra>"
    data = []
    for d, day in enumerate(by_date["dates"]):
        last = d == len(by_date["dates"]) - 1
        data.append(
            line(str(day), spots, [row[d] for row in by_date["profit_usd"]], d, hover=hover, width=3.0 if last else 1.8)
        )
    marks = [level(f"today {answer['inputs']['spot']:.2f}", x=answer["inputs"]["spot"]), level("", y=0.0)]
    marks += [level(f"even {x:.2f}", x=x) for x in answer["breakevens"]]
    return Figure(
        name="profit",
        data=data,
        layout={
            "xaxis": {"title": {"text": "spot, dollars a share"}, "hoverformat": "$.2f"},
            "hovermode": "x unified",
            "yaxis": {"title": {"text": "profit"}, "tickformat": "$,.0f"},
            "shapes": [shape for shape, _ in marks],
            "annotations": [note for _, note in marks],
            "margin": {"t": 28},
        },
        says="Profit against the spot, on dates from now to the first expiry; dotted: today and the break-evens.",
    )


def _legs(answer: Mapping[str, Any]) -> str:
    rows = [
        [
            leg["symbol"] if leg["contracts"] is None else str(Option.parse(leg["symbol"])),
            f"{leg['quantity']:+,d}",
            number(leg["price"]),
            "-" if leg.get("vol") is None else f"{units.percent(leg['vol']):.1f}%",
            number(leg.get("displayed"), 0),
        ]
        for leg in answer["legs"]
    ]
    return heading("Legs") + table(["", "quantity", "price", "vol", "displayed"], rows)


def _odds(answer: Mapping[str, Any]) -> str:
    rows = [
        [
            look["name"],
            "-" if look["profit_probability"] is None else f"{units.percent(look['profit_probability']):.1f}%",
            dollars(look["expected_value_usd"], cents=True, sign=True),
            look["statement"],
        ]
        for look in answer["outlooks"]
        if look
    ]
    head = ["measure", "profit", "expected value", "what it assumes"]
    return heading("Odds at the first expiry") + table(head, rows, text=(0, 3), stack=True)


def _dates(answer: Mapping[str, Any]) -> str:
    by_date = answer["profit_by_date"]
    rows = [
        [number(spot), *(dollars(x, sign=True) for x in row)]
        for spot, row in zip(by_date["spots"], by_date["profit_usd"], strict=True)
    ]
    return heading("Profit by spot and date") + table(["spot", *map(plain_text, by_date["dates"])], rows)


def _limit(value: float | None) -> str:
    return "no limit" if value is None else dollars(value, cents=True)

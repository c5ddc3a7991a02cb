"""A sized pair: whole shares, what is left unhedged, margin and carry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hedgekit.report.console import dollars, number
from hedgekit.report.page.document import Section
from hedgekit.report.page.parts import foot, heading, paragraph, table, warnings


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
    body = table(head, rows, chosen=0) + warnings(answer)
    margin, carry, risk = answer["margin"], answer["carry"], answer["risk"]
    body += heading("Margin (Reg T)") + paragraph(
        f"Deposit {dollars(margin['deposit_usd'])}, requirement {dollars(margin['initial_usd'])} with the short's "
        f"proceeds, maintenance {dollars(margin['maintenance_usd'])}."
    )
    body += "".join(paragraph(text) for text in margin["derivation"])
    if carry:
        body += heading("Carry, a year")
        rows = [
            [name.removesuffix("_usd").replace("_", " "), dollars(value, sign=True)]
            for name, value in carry.items()
            if name.endswith("_usd")
        ]
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

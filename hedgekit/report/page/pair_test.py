"""Cointegration tests of a pair: the verdict, every test, how fast the spread reverts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hedgekit.report.console import number, probability
from hedgekit.report.page.document import Figure, Section, figure
from hedgekit.report.page.parts import foot, heading, level, line, table, warnings


def sections(answer: Mapping[str, Any]) -> list[Section]:
    """Return the tests and the half-life."""
    inputs, life = answer["inputs"], answer["half_life"]
    word = "Cointegrated" if answer["cointegrated"] else "Not cointegrated, as far as these days can tell"
    p = probability(answer["pvalue"])
    lead = f"{word}: p {p if p.startswith('<') else f'= {p}'}, {answer['pvalue_basis']}"
    rows = [
        [
            test["label"],
            number(test["statistic"]),
            number((test["critical"] or {}).get("5%")),
            probability(test["pvalue"]) or "-",
            "-" if test["lags"] is None else str(test["lags"]),
            test["null"],
            "rejected" if test["rejects"] else "stands",
        ]
        for test in answer["tests"]
    ]
    head = ["test", "statistic", "at 5%", "p", "lags", "null hypothesis", "which"]
    body = (figure(_spread(answer)) if answer["spread"].get("history") else "") + warnings(answer)
    body += table(head, rows, text=(0, 5, 6)) + heading("How fast the spread reverts")
    span = life["ci95"]
    facts = [
        ["half-life, trading days (median-unbiased)", number(life["unbiased_days"], 1)],
        [
            "95% interval",
            "-" if not span else " to ".join(number(end, 1) if end is not None else "no end" for end in span),
        ],
        ["can be claimed", "yes" if life["reverting"] else "no: spreads that never revert give such estimates too"],
        ["read off the spread alone, too short", number(life["days"], 1)],
        ["spread", f"{answer['spread']['direction']}, slope {number(answer['spread']['slope'], 4)}"],
        ["spread now", number(answer["spread"]["now"], 3)],
    ]
    body += table(["", ""], facts)
    title = f"{inputs['long']} against {inputs['short']}: does the spread come back? To {inputs['asof']}"
    return [Section(title=title, lead=lead, body=body + foot(answer))]


def _spread(answer: Mapping[str, Any]) -> Figure:
    spread, inputs = answer["spread"], answer["inputs"]
    history, sd = spread["history"], spread["sd"]
    bands = ((0.0, "line"), (2.0 * sd, "+2 sd"), (-2.0 * sd, "-2 sd"))
    marks = [level(name, y=value) for value, name in bands]
    logs = inputs["levels"].startswith("log")
    unit = "log" if logs else "dollars a share"
    hover = f"%{{x}}: %{{y:{'+.4f' if logs else '+.2f'}}}<extra></extra>"
    long, slope, short = inputs["long"], number(spread["slope"], 4), inputs["short"]
    return Figure(
        name="spread",
        data=[line("spread", history["date"], history["value"], 0, hover=hover)],
        layout={
            "yaxis": {"title": {"text": f"spread, {unit}"}},
            "showlegend": False,
            "shapes": [shape for shape, _ in marks],
            "annotations": [note for _, note in marks],
        },
        says=f"{long} less {slope} {short} less a constant, fitted to all of these days: it hugs its line more than it "
        "would have seemed at the time. Dotted: two deviations either side.",
        height=340,
    )

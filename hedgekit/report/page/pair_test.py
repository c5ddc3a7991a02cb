"""Cointegration tests of a pair: the verdict, every test, how fast the spread reverts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hedgekit.report.console import number
from hedgekit.report.page.document import Section
from hedgekit.report.page.parts import foot, heading, table, warnings


def sections(answer: Mapping[str, Any]) -> list[Section]:
    """Return the tests and the half-life."""
    inputs, life = answer["inputs"], answer["half_life"]
    word = "Cointegrated" if answer["cointegrated"] else "Not cointegrated, as far as these days can tell"
    lead = f"{word}: p = {number(answer['pvalue'], 3)}, {answer['pvalue_basis']}"
    rows = [
        [
            test["label"],
            number(test["statistic"]),
            number((test["critical"] or {}).get("5%")),
            number(test["pvalue"], 3),
            "-" if test["lags"] is None else str(test["lags"]),
            test["null"],
            "rejected" if test["rejects"] else "stands",
        ]
        for test in answer["tests"]
    ]
    head = ["test", "statistic", "at 5%", "p", "lags", "null hypothesis", "which"]
    body = table(head, rows, text=(0, 5, 6)) + warnings(answer) + heading("How fast the spread reverts")
    span = life["ci95"]
    facts = [
        ["half-life, days", number(life["days"], 1)],
        ["can be claimed", "yes" if life["reverting"] else "no: spreads that never revert give such estimates too"],
        ["corrected for bias", number(life["unbiased_days"], 1)],
        [
            "95% interval",
            "-" if not span else " to ".join(number(end, 1) if end is not None else "no end" for end in span),
        ],
        ["spread", f"{answer['spread']['direction']}, slope {number(answer['spread']['slope'], 4)}"],
        ["spread now", number(answer["spread"]["now"], 3)],
    ]
    body += table(["", ""], facts)
    title = f"{inputs['long']} against {inputs['short']}: does the spread come back? To {inputs['asof']}"
    return [Section(title=title, lead=lead, body=body + foot(answer))]

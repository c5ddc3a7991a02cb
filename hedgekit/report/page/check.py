"""A check: the verdict, and every rule with what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hedgekit.report.page.document import Section
from hedgekit.report.page.parts import foot, plain_text, table, warnings

MARKS = {"pass": ".", "breach": "x", "warn": "!"}


def sections(answer: Mapping[str, Any]) -> list[Section]:
    """Return the verdict and the rules."""
    rules = answer["rules"]
    breached = sum(rule["verdict"] != "pass" for rule in rules)
    rows = [
        [
            f"{MARKS.get(rule['verdict'], '?')} {rule['id']}",
            rule["verdict"],
            rule["message"],
            plain_text(rule.get("calculation")),
        ]
        for rule in rules
    ]
    lead = f"{answer['verdict'].upper()}: {breached} of {len(rules)} rules"
    body = table(["rule", "verdict", "", "calculation"], rows, text=(0, 1, 2, 3)) + warnings(answer)
    return [Section(title="Risk check", lead=lead, body=body + foot(answer))]

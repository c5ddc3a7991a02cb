"""A verdict: breaches first, every rule with its value, limit and calculation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hedgekit.report.page.document import Section
from hedgekit.report.page.parts import foot, paragraph, plain_text, table, warnings

ORDER = {"breach": 0, "warn": 1, "pass": 2}


def sections(answer: Mapping[str, Any]) -> list[Section]:
    """Return the verdict and the rules."""
    counts = answer["counts"]
    rules = sorted(answer["rules"], key=lambda rule: ORDER[rule["verdict"]])
    rows = [
        [
            rule["id"],
            rule["verdict"] if rule["computed"] else "breach (not computed)",
            plain_text(rule["value"]),
            plain_text(rule["limit"]),
            rule["message"],
            rule["calculation"],
        ]
        for rule in rules
    ]
    body = warnings(answer)
    body += table(["rule", "verdict", "value", "limit", "message", "calculation"], rows, text=(0, 1, 4, 5))
    changes = answer.get("changes")
    if changes is not None:
        told = [
            f"{change['id']}: {change['change']}{' (its limit or keys were changed)' if change.get('reset') else ''}"
            for change in changes
        ]
        body += paragraph("Since the earlier check: " + ("; ".join(told) or "no verdict has changed") + ".")
    title = f"{answer['verdict'].upper()}: {counts['breach']} of {len(rules)} rules breached, policy {answer['policy']}"
    return [Section(title=title, body=body + foot(answer))]

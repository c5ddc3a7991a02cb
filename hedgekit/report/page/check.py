"""A verdict: breaches first, every rule with its value, limit and calculation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hedgekit.report.page.document import Section
from hedgekit.report.page.parts import facts, foot, paragraph, plain_text, table, warnings

MARKS = {"breach": "✗", "warn": "!", "pass": "✓"}
"""Beside the word, so that a verdict is found at a glance and not by colour."""

ORDER = {"breach": 0, "warn": 1, "pass": 2}

WHOLE = 100.0
"""From here on a value has two decimals; below it four digits."""


def sections(answer: Mapping[str, Any]) -> list[Section]:
    """Return the verdict and the rules."""
    counts = answer["counts"]
    rules = sorted(answer["rules"], key=lambda rule: ORDER[rule["verdict"]])
    rows = [
        [
            rule["id"],
            f"{MARKS[rule['verdict']]} {rule['verdict'] if rule['computed'] else 'breach (not computed)'}",
            rule["message"],
            _short(rule["value"]),
            _short(rule["limit"]),
            rule["calculation"],
        ]
        for rule in rules
    ]
    body = facts(
        [
            ("breached", str(counts["breach"]), f"of {len(rules)} rules"),
            ("warnings", str(counts.get("warn", 0)), "near a limit"),
            ("passed", str(counts["pass"]), ""),
        ]
    )
    body += warnings(answer)
    body += table(["rule", "verdict", "message", "value", "limit", "calculation"], rows, text=(0, 1, 2, 5), stack=True)
    changes = answer.get("changes")
    if changes is not None:
        told = [
            f"{change['id']}: {change['change']}{' (its limit or keys were changed)' if change.get('reset') else ''}"
            for change in changes
        ]
        body += paragraph("Since the earlier check: " + ("; ".join(told) or "no verdict has changed") + ".")
    title = f"{answer['verdict'].upper()}: {counts['breach']} of {len(rules)} rules breached, policy {answer['policy']}"
    worst = next((rule for rule in rules if rule["verdict"] == "breach"), None)
    lead = f"{worst['id']}: {worst['message']}" if worst else "Every rule holds."
    return [Section(title=title, lead=lead, body=body + foot(answer))]


def _short(value: Any) -> str:
    """Return a value to the digits that a reader compares; the answer's JSON has them all.

    Examples
    --------
    >>> _short(-58855.10774), _short([None, 0.25]), _short(0.2370717454), _short(31)
    ('-58,855.11', 'none to 0.25', '0.2371', '31')
    """
    if isinstance(value, list):
        return " to ".join("none" if end is None else _short(end) for end in value)
    if isinstance(value, float):
        return f"{value:,.2f}" if abs(value) >= WHOLE else f"{value:.4g}"
    return plain_text(value)

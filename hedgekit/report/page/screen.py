"""A screen: who passes, who cannot be judged, what failed where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hedgekit.report.page.document import Section
from hedgekit.report.page.parts import foot, heading, plain_text, table, warnings


def sections(answer: Mapping[str, Any]) -> list[Section]:
    """Return the passes, the unknowns and the counts of each rule."""
    passed, unknown, rules = answer["passed"], answer["unknown"], answer["rules"]
    lead = f"{len(passed):,} of {answer['screened']:,} pass all {len(rules)} rules; {len(unknown):,} cannot be judged"
    body = warnings(answer) + heading("Pass")
    if passed:
        rows = [[row["ticker"], row["sector"] or "-", "; ".join(row["why"].values())] for row in passed]
        body += table(["ticker", "sector", "why"], rows, text=(0, 1, 2))
    else:
        body += "<p>None.</p>"
    if unknown:
        rows = [
            [row["ticker"], row["sector"] or "-", "; ".join(f"{rule}: {row['why'][rule]}" for rule in row["unknown"])]
            for row in unknown
        ]
        body += heading("Cannot be judged") + table(["ticker", "sector", "what is not known"], rows, text=(0, 1, 2))
    counts = [
        [
            rule.replace("_", " "),
            *(f"{answer[name][rule]:,}" for name in ("passed_counts", "failed_counts", "unknown_counts")),
            plain_text(values),
        ]
        for rule, values in rules.items()
    ]
    body += heading("Rules") + table(["rule", "pass", "fail", "unknown", "parameters"], counts, text=(0, 4))
    return [Section(title="Screen", lead=lead, body=body + foot(answer))]

"""A verdict as SARIF 2.1.0 (OASIS), for code-scanning pages: a rule a reporting descriptor, its verdict a result."""

from __future__ import annotations

import json
from typing import Any

from hedgekit.risk.check import CheckResult

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {"breach": "error", "warn": "warning", "pass": "none"}


def text(result: CheckResult) -> str:
    """Return the verdict as SARIF."""
    ids = sorted({rule.id.split("/")[0] for rule in result.rules})
    titles = {rule.id.split("/")[0]: rule.title for rule in result.rules}
    descriptors: list[dict[str, Any]] = [{"id": name, "shortDescription": {"text": titles[name]}} for name in ids]
    results = [
        {
            "ruleId": rule.id.split("/")[0],
            "ruleIndex": ids.index(rule.id.split("/")[0]),
            "kind": "pass" if rule.verdict == "pass" else "fail",
            "level": LEVELS[rule.verdict],
            "message": {"text": f"{rule.id}: {rule.message}"},
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": result.inputs["book"]}}}],
            "properties": {
                "value": rule.value,
                "limit": rule.limit,
                "computed": rule.computed,
                "calculation": rule.calculation,
            },
        }
        for rule in result.rules
    ]
    run = {
        "tool": {"driver": {"name": "hedgekit", "version": result.inputs["version"], "rules": descriptors}},
        "artifacts": [
            {"location": {"uri": result.inputs[name]}, "hashes": {"sha-256": result.inputs[f"{name}_sha256"]}}
            for name in ("policy", "book")
        ],
        "results": results,
        "properties": {"verdict": result.verdict},
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"

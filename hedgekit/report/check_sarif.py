"""A verdict as SARIF 2.1.0 (OASIS), for code-scanning pages: a rule a reporting descriptor, its verdict a result."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from hedgekit.risk.check import CheckResult
from hedgekit.risk.rules import rule as definition

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {"breach": "error", "warn": "warning", "pass": "none"}


def text(result: CheckResult) -> str:
    """Return the verdict as SARIF."""
    ids = sorted({rule.id.split("/")[0] for rule in result.rules})
    descriptors: list[dict[str, Any]] = [
        {
            "id": name,
            "shortDescription": {"text": definition(name).title},
            "fullDescription": {"text": definition(name).explain},
            "help": {"text": f"hedgekit check --explain {name}"},
        }
        for name in ids
    ]
    results = [
        {
            "ruleId": rule.id.split("/")[0],
            "ruleIndex": ids.index(rule.id.split("/")[0]),
            "kind": "pass" if rule.verdict == "pass" else "fail",
            "level": LEVELS[rule.verdict],
            "message": {"text": f"{rule.id}: {rule.message}"},
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": _uri(result.inputs["book"])}}}],
            "partialFingerprints": {"rule/v1": rule.id},
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
        "invocations": [{"executionSuccessful": True, "exitCode": result.exit_code}],
        "artifacts": [
            {"location": {"uri": _uri(source)}, "hashes": {"sha-256": sha256}} for source, sha256 in _inputs(result)
        ],
        "results": results,
        "properties": {"verdict": result.verdict, "asof": result.inputs["asof"].isoformat()},
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"


def _uri(source: str) -> str:
    """Write a path as a URI reference: blanks and what is not ASCII in percent."""
    return quote(source, safe="/:.~-_")


def _inputs(result: CheckResult) -> list[tuple[str, str]]:
    """Return every file the verdict rests on with its SHA-256."""
    inputs = result.inputs
    found = [(inputs[name], inputs[f"{name}_sha256"]) for name in ("policy", "book")]
    found += [(chain["source"], chain["source_sha256"]) for chain in inputs["chains"]]
    found += [(file["source"], file["source_sha256"]) for file in inputs["files"]]
    if inputs["prices"]:
        found.append((inputs["prices"]["source"], inputs["prices"]["source_sha256"]))
    return found

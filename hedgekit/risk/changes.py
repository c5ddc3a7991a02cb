"""What has changed since an earlier check: verdicts, what could be computed, and the limits themselves."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hedgekit.errors import DataError
from hedgekit.paths import unreadable

if TYPE_CHECKING:
    from hedgekit.risk.check import Verdict

SCHEMA = "hedgekit.check/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """An earlier check read from its JSON.

    Attributes
    ----------
    source, source_sha256 : str
    rules : mapping of str to mapping
        Each rule's fields by its id.
    inputs : mapping
    """

    source: str
    source_sha256: str
    rules: Mapping[str, Mapping[str, Any]]
    inputs: Mapping[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """Return which check it was, for the new one's inputs."""
        kept = ("asof", "policy_sha256", "book_sha256")
        return {
            "source": self.source,
            "source_sha256": self.source_sha256,
            **{name: self.inputs.get(name) for name in kept},
        }


def read_earlier(path: str | os.PathLike[str]) -> Earlier:
    """Read the JSON of an earlier check.

    Raises
    ------
    DataError
        When it cannot be read or is something else.
    """
    label = ascii(os.fspath(path))[1:-1]
    try:
        content = Path(path).read_bytes()
        answer = json.loads(content.decode("utf-8"))
        schema, rows, inputs = answer["schema"], answer["rules"], answer["inputs"]
        rules = {str(row["id"]): {**row, "verdict": str(row["verdict"])} for row in rows}
        sound = isinstance(inputs, dict)
    except OSError as error:
        raise DataError(f"{label}: {unreadable(Path(path), error)}") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        sound, schema, rules, inputs = False, SCHEMA, {}, {}
    if schema != SCHEMA:
        raise DataError(f"{label}: its schema is {schema!r}, expected {SCHEMA!r}")
    if not sound or len(rules) < len(rows):
        raise DataError(f"{label}: not the JSON of an earlier check (--format json)")
    return Earlier(source=label, source_sha256=hashlib.sha256(content).hexdigest(), rules=rules, inputs=inputs)


def changes(rules: Sequence[Verdict], earlier: Earlier) -> tuple[dict[str, Any], ...]:
    """Return the rules whose verdict, computability or limits differ, and those that came or went, in order.

    A verdict that changed because the policy did is told from one that the market or the book changed: ``reset`` says
    that the rule's own keys or severity are others now.
    """
    found = []
    told = dict(earlier.rules)
    for rule in rules:
        old = told.pop(rule.id, None)
        if old is None:
            found.append(_row(rule.id, "new rule", rule.to_dict(), {}, reset=False))
            continue
        now = json.loads(json.dumps(rule.to_dict(), default=str))
        reset = any(name in old and old[name] != now[name] for name in ("params", "severity"))
        if change := _change(old, now, reset=reset):
            found.append(_row(rule.id, change, now, old, reset=reset))
    found += [_row(name, "no longer checked", {}, old, reset=True) for name, old in told.items()]
    return tuple(found)


def _change(old: Mapping[str, Any], now: Mapping[str, Any], *, reset: bool) -> str:
    """Say what is different in a word; empty when nothing that decides is."""
    if old["verdict"] != now["verdict"]:
        return {"breach": "newly breached", "pass": "now passes"}.get(now["verdict"], "now warns")
    computed = bool(old.get("computed", True))
    if computed != now["computed"]:
        return "now computed" if now["computed"] else "no longer computed"
    return "set otherwise" if reset else ""


def _row(name: str, change: str, now: Mapping[str, Any], old: Mapping[str, Any], *, reset: bool) -> dict[str, Any]:
    return {
        "id": name,
        "change": change,
        "reset": reset,
        "verdict": now.get("verdict"),
        "value": now.get("value"),
        "limit": now.get("limit"),
        "previous_verdict": old.get("verdict"),
        "previous_value": old.get("value"),
        "previous_limit": old.get("limit"),
    }

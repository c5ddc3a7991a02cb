"""The market is led by what the book bets on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from hedgekit.risk.rule import REQUIRED, Context, Outcome, Param, Rule, Unknown, days_between

SCHEMA = "hedgekit.leadership/1"
STATES = ("leading", "neutral", "lagging")


def evaluate(context: Context, params: Mapping[str, Any]) -> Outcome:
    """Read the state from a saved answer of the leadership command and compare it with those allowed."""
    path = context.file(params["file"])
    try:
        answer = json.loads(path.read_text(encoding="utf-8"))
        schema, state, asof = answer["schema"], answer["state"], date.fromisoformat(answer["asof"])
        leader, benchmark = answer["leader"], answer["benchmark"]
        voting = [str(row["name"]) for row in answer["indicators"] if row["votes"] is True]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        raise Unknown(f"{params['file']} is not the JSON of 'hedgekit leadership'") from None
    if schema != SCHEMA:
        raise Unknown(f"{params['file']}: its schema is {schema!r}, expected {SCHEMA!r}")
    pair = f"{leader} against {benchmark}"
    if (leader, benchmark) != (params["leader"], params["against"]):
        raise Unknown(f"{params['file']} is about {pair}, not {params['leader']} against {params['against']}")
    if state not in STATES:
        raise Unknown(f"{params['file']}: the state of {pair} is {state!r}")
    if len(voting) < params["min_votes"]:
        raise Unknown(f"{params['file']}: {len(voting)} indicators vote, {params['min_votes']} are asked for")
    age = days_between(asof, context.now.date())
    if not 0 <= age <= params["max_days"]:
        raise Unknown(f"{params['file']} is of {asof}, {age} days before the check, limit {params['max_days']}")
    return Outcome(
        passed=state in params["allowed"],
        value=state,
        limit=params["allowed"],
        message=f"{pair}: {state} on {asof}, allowed {', '.join(params['allowed'])}",
        calculation=f"state of {params['file']} by {', '.join(voting)}; it changes only when enough of them do",
    )


RULE = Rule(
    id="leadership-state",
    title="Market leadership",
    explain=(
        "The overall state (leading, neutral, lagging) of a saved answer of 'hedgekit leadership --format json', which "
        "must not be older than max_days at the moment of the check."
    ),
    params={
        "file": Param(kind="text", default=REQUIRED, help="JSON beside the policy", example="leadership.json"),
        "allowed": Param(kind="texts", default=["leading", "neutral"], help="states that pass", choices=STATES),
        "min_votes": Param(kind="count", default=3, help="indicators that must be known", low=1, high=100),
        "leader": Param(kind="text", default="IWM", help="the ticker that may lead"),
        "against": Param(kind="text", default="SPY", help="what it is measured against"),
        "max_days": Param(kind="count", default=5, help="calendar days it may be old", low=0, high=3650),
    },
    evaluate=evaluate,
    starter=False,
)

"""What a rule measures, and a policy to begin with, as answers."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, ClassVar

from hedgekit.errors import InputError
from hedgekit.results import Result
from hedgekit.risk.policy import excerpt, starter
from hedgekit.risk.rule import REQUIRED, Rule
from hedgekit.risk.rules import RULES, rule


@dataclass(frozen=True, kw_only=True)
class RuleResult(Result):
    """One rule explained."""

    schema_name: ClassVar[str] = "rule"

    rule: Rule

    def body(self) -> dict[str, Any]:
        """Return what it measures and its keys."""
        return {
            "id": self.rule.id,
            "title": self.rule.title,
            "explain": self.rule.explain,
            "always": self.rule.always,
            "one_of": self.rule.one_of,
            "params": self.records(),
            "toml": self.snippet(),
        }

    def snippet(self) -> str:
        """Return the rule as a policy could have it."""
        return excerpt(self.rule)

    def records(self) -> list[dict[str, Any]]:
        """Return one row a key."""
        return [
            {
                "key": key,
                "kind": param.kind,
                "default": None if param.default is REQUIRED else param.default,
                "required": param.default is REQUIRED,
                "low": param.low,
                "high": param.high,
                "choices": param.choices,
                "help": param.help,
            }
            for key, param in self.rule.params.items()
        ]


@dataclass(frozen=True, kw_only=True)
class StarterResult(Result):
    """A commented policy."""

    schema_name: ClassVar[str] = "policy"

    toml: str

    def body(self) -> dict[str, Any]:
        """Return the text."""
        return {"toml": self.toml}

    def records(self) -> list[dict[str, Any]]:
        """Return the rules it names."""
        return [{"rule": name, "title": rule(name).title, "on": rule(name).starter} for name in RULES]


def explain(name: str) -> RuleResult:
    """Explain a rule.

    Raises
    ------
    InputError
        When there is none of that name.
    """
    name = name.split("/")[0]
    if name not in RULES:
        near = get_close_matches(name, RULES, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"rules: {', '.join(RULES)}"
        raise InputError(f"no rule {name!r}; {hint}")
    return RuleResult(rule=rule(name))


def starter_policy() -> StarterResult:
    """Return the starter policy."""
    return StarterResult(toml=starter())

"""A verdict as JUnit XML, for the test pages of CI: a rule a test case, a breach a failure."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from hedgekit.risk.check import CheckResult


def text(result: CheckResult) -> str:
    """Return the verdict as JUnit XML; control characters, which XML cannot hold, become spaces."""
    failed, errors = (
        len([x for x in result.breached if x.computed]),
        len([x for x in result.breached if not x.computed]),
    )
    total = len(result.rules)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites tests="{total}" failures="{failed}" errors="{errors}">',
        f'  <testsuite name={_attribute(result.policy_name)} tests="{total}" failures="{failed}" errors="{errors}" '
        f'timestamp="{result.inputs["asof"]:%Y-%m-%dT%H:%M:%S}">',
    ]
    for rule in result.rules:
        lines.append(f'    <testcase classname="hedgekit.check" name={_attribute(rule.id)}>')
        if rule.verdict == "breach":
            tag = "failure" if rule.computed else "error"
            lines.append(f"      <{tag} message={_attribute(rule.message)}>{_clean(rule.calculation)}</{tag}>")
        else:
            lines.append(f"      <system-out>{_clean(f'{rule.verdict}: {rule.message}')}</system-out>")
        lines.append("    </testcase>")
    lines += ["  </testsuite>", "</testsuites>"]
    return "\n".join(lines) + "\n"


def _printable(words: str) -> str:
    return "".join(character if character.isprintable() else " " for character in words)


def _clean(words: str) -> str:
    return escape(_printable(words))


def _attribute(words: str) -> str:
    return quoteattr(_printable(words))

"""Leadership for a terminal: the state, then every indicator in a sentence."""

from __future__ import annotations

import textwrap

from rich.text import Text

from hedgekit.leadership.survey import LeadershipResult
from hedgekit.report.console import ACCENT, columns, console, drawn, warning_lines

MARKS = {"leading": "+", "lagging": "-", "neutral": "=", "unknown": "?"}
"""A sign a verdict: colour is never the only signal."""

UNITS = {"percent": "%", "standard deviations": " sd"}

UNSIGNED = frozenset({"breadth_above_average", "sector_participation", "effective_sectors"})
"""Shares and counts: a plus before them would read as a change."""

NEVER_VOTE = ("effective_sectors",)
"""Indicators beside the vote: they tell how wide the others' base is."""


def table(result: LeadershipResult, *, terminal: bool = False) -> str:
    """Return the state and the indicators as text."""
    out = console(terminal=terminal)
    since = f" since {result.since}" if result.since else ""
    words = {
        "leading": f"{result.leader} leads {result.benchmark}",
        "lagging": f"{result.leader} lags {result.benchmark}",
        "neutral": f"{result.leader} neither leads nor lags {result.benchmark}",
        "unknown": f"unknown whether {result.leader} leads {result.benchmark}: too few indicators",
    }
    votes = [i for i in result.indicators if i.votes]
    tally = ", ".join(f"{sum(i.verdict == word for i in votes)} {word}" for word in ("leading", "neutral", "lagging"))
    out.print(Text(f"{words[result.state].upper()}{since}", style=ACCENT))
    could = sum(i.name not in NEVER_VOTE for i in result.indicators)
    mean = "" if result.mean_vote is None else f"; mean {result.mean_vote:+.2f}"
    out.print(f"as of {result.asof}; {len(votes)} of {could} vote: {tally}{mean}")
    out.print()
    grid = columns("", "indicator", "value", "as of", "verdict", left=(0, 1, 3, 4))
    for i in result.indicators:
        sign = "" if i.name in UNSIGNED else "+"
        value = "-" if i.value is None else f"{i.value:{sign}.1f}{UNITS.get(i.unit, '')}"
        word = i.verdict if i.votes or i.verdict == "unknown" else f"{i.verdict} (no vote)"
        grid.add_row(MARKS[i.verdict], i.name.replace("_", " "), value, "-" if i.asof is None else str(i.asof), word)
    out.print(grid)
    out.print()
    for i in result.indicators:
        for line in textwrap.wrap(f"{i.name.replace('_', ' ')}: {i.sentence}", 78, subsequent_indent="    "):
            out.print(line)
    out.print()
    inputs = result.inputs
    rest = [inputs["prices"], *(inputs[name] for name in ("constituents", "flows") if inputs[name])]
    foot = (
        f"{inputs['state_rule']}; a value votes for 5 days; it says what has been, not what follows; "
        f"{'; '.join(map(str, rest))}; hedgekit {inputs['version']}"
    )
    for text in [foot, *warning_lines(result.warnings)]:
        for line in textwrap.wrap(text, 78, subsequent_indent="  "):
            out.print(Text(f"  {line}", style="dim"))
    return drawn(out)

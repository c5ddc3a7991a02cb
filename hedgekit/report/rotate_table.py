"""The rotation for a terminal: the trades, then the ranking."""

from __future__ import annotations

import textwrap

from rich.text import Text

from hedgekit.leadership.rotation import RotationResult
from hedgekit.report.console import ACCENT, columns, console, drawn, percent, warning_lines


def table(result: RotationResult, *, terminal: bool = False) -> str:
    """Return the trades and the ranking as text."""
    out = console(terminal=terminal)
    by = {word: [row.ticker for row in result.ranking if row.action == word] for word in ("buy", "sell")}
    trades = [f"{word} {', '.join(tickers)}" for word, tickers in by.items() if tickers]
    out.print(Text("; ".join(trades) or "no trade", style=ACCENT))
    out.print(f"hold {', '.join(result.hold) or 'nothing'}; as of {result.asof}")
    out.print()
    grid = columns("rank", "sector", f"against {result.benchmark}", "held", "action", "why", left=(1, 3, 4, 5))
    for row in result.ranking:
        grid.add_row(
            "-" if row.rank is None else str(row.rank),
            row.ticker,
            percent(row.strength_percent, sign=True),
            "held" if row.held else "",
            row.action,
            row.why,
        )
    out.print(grid)
    out.print()
    inputs = result.inputs
    foot = (
        f"relative strength: total return against {result.benchmark} from {inputs['from']} ({inputs['window']} days); "
        f"a held sector is sold below rank {inputs['top'] + inputs['band']}; the ranks are of the past: that leaders "
        f"go on leading is not tested here; {inputs['prices']}; "
        f"hedgekit {inputs['version']}"
    )
    for text in [foot, *warning_lines(result.warnings)]:
        for line in textwrap.wrap(text, 78, subsequent_indent="  "):
            out.print(Text(f"  {line}", style="dim"))
    return drawn(out)

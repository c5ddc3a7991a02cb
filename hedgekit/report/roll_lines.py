"""What rolling an option costs at several days left, as a table of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hedgekit.report.console import columns, short_dollars

if TYPE_CHECKING:
    from rich.table import Table

    from hedgekit.scenarios import Roll


def roll_table(name: str, plan: Sequence[Roll]) -> Table:
    """Return a row for each time at which a leg could be rolled."""
    rows = columns(f"roll {name}", "on", "close", "open", "cost", "% a year")
    for roll in plan:
        rows.add_row(
            f"{roll.days_left} day{'s' if roll.days_left != 1 else ''} left",
            f"{roll.on}",
            short_dollars(roll.close_usd),
            short_dollars(roll.open_usd),
            short_dollars(roll.roll_usd),
            f"{roll.roll_annualised_pct:.2f}%",
        )
    return rows

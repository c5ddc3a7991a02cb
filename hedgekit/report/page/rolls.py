"""What rolling an option would cost at several days left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hedgekit.report.console import dollars
from hedgekit.report.page.document import Section
from hedgekit.report.page.parts import heading, paragraph, table


def rolled(answer: Mapping[str, Any]) -> list[Section]:
    """Return the rolls of an answer, a table an option, nothing where it has none."""
    head = ["", "on", "close brings", "open costs", "cost", "% a year"]
    tables = [
        heading(name)
        + table(
            head,
            [
                [
                    f"{roll['days_left']} day{'s' if roll['days_left'] != 1 else ''} left",
                    str(roll["on"]),
                    dollars(roll["close_usd"]),
                    dollars(roll["open_usd"]),
                    dollars(roll["roll_usd"], sign=True),
                    f"{roll['roll_annualised_pct']:.2f}%",
                ]
                for roll in plan
            ],
        )
        for name, plan in (answer.get("rolls") or {}).items()
        if plan
    ]
    if not tables:
        return []
    note = (
        "Spot unchanged; a new option at the same moneyness and today's vol; half the option's spread and the fee each "
        "side; % a year of the shares it stands for."
    )
    return [Section(title="Rolling", body="".join(tables) + paragraph(note, kind="foot"))]

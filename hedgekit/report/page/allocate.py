"""How much to hold: the band, the loss a stop may cost, and the shares that fit both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hedgekit import units
from hedgekit.report.console import dollars
from hedgekit.report.page.document import Section
from hedgekit.report.page.parts import foot, paragraph, table, warnings


def sections(answer: Mapping[str, Any]) -> list[Section]:
    """Return the shares and what binds them."""
    band = answer["band"]
    lead = f"Hold {answer['shares']:,} {answer['ticker']}: {dollars(answer['value_usd'])}, {_pct(answer['weight'])}"
    rows = [
        [f"at the foot of the band, {_pct(band['low'])}", _count(answer["shares_low"])],
        [f"at the head of the band, {_pct(band['high'])}", _count(answer["shares_high"])],
        ["within the loss budget", _count(answer["shares_budget"])],
        ["chosen", _count(answer["shares"])],
        ["held", _count(answer["held"])],
        ["to trade", "-" if answer["trade"] is None else f"{answer['trade']:+,.0f}"],
    ]
    body = table(["shares", ""], rows, chosen=3)
    if answer["stop_level"] is not None:
        words = f"At the stop of {answer['stop_level']:.2f} the loss is {dollars(answer['loss_at_stop_usd'])}"
        body += paragraph(f"{words}; the budget is {dollars(answer['budget_usd'])}.")
    body += paragraph(f"Bound by: {answer['binding']}. {answer['why']}") + warnings(answer)
    return [Section(title=f"How much {answer['ticker']} to hold", lead=lead, body=body + foot(answer))]


def _count(value: float | None) -> str:
    return "-" if value is None else f"{value:,.0f}"


def _pct(value: float | None) -> str:
    return "-" if value is None else f"{units.percent(value):.1f}%"

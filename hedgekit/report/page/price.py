"""One contract: its price or its vol, and its greeks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hedgekit import units
from hedgekit.report.console import number
from hedgekit.report.page.document import Section
from hedgekit.report.page.parts import foot, table, warnings

SHOWN = (
    ("delta", "delta", "shares"),
    ("gamma", "gamma", "delta per $1"),
    ("vega_per_point", "vega", "dollars a share per point of vol"),
    ("theta_per_day", "theta", "dollars a share per calendar day"),
    ("rho_per_point", "rho", "dollars a share per point of rate"),
    ("vanna", "vanna", "delta per 1.00 of vol"),
    ("volga", "volga", "vega per 1.00 of vol"),
    ("charm", "charm", "delta per year passing"),
)


def sections(answer: Mapping[str, Any]) -> list[Section]:
    """Return price, vol and greeks."""
    greeks = answer["greeks"] or {}
    vol = "unknown" if answer["vol"] is None else f"{units.percent(answer['vol']):.2f}%"
    lead = f"Price {number(answer['price'], 4)} at a vol of {vol}, spot {number(answer['inputs']['spot'])}"
    if answer["vol"] is None and answer.get("upper") is not None:
        lead = f"Any vol up to {units.percent(answer['upper']):.2f}% fits the premium"
    rows = [[name, number(greeks[key], 6), unit] for key, name, unit in SHOWN if greeks.get(key) is not None]
    body = (table(["", "value", "unit"], rows, text=(0, 2)) if rows else "") + warnings(answer)
    return [Section(title=f"{answer['symbol'] or answer['kind']}", lead=lead, body=body + foot(answer))]

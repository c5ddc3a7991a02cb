"""The recommended hedge before expiry for a terminal: spot x vol by date, recorded moves, rolls, beside the shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from hedgekit import units
from hedgekit.report.console import columns, dollars, percent, short_dollars
from hedgekit.report.roll_lines import roll_table

if TYPE_CHECKING:
    from rich.table import Table

    from hedgekit.hedges.what_if import WhatIfResult


def what_if_tables(found: WhatIfResult) -> list[Table | Text]:
    """Return one table a date, one of the replays and one a roll."""
    tables: list[Table | Text] = [
        Text(f"what if: {found.name}, gain or loss from today's value, cost included", style="bold")
    ]
    tables += [_points(found, d) for d in range(len(found.grid.dates))]
    if found.replays:
        tables.append(_replays(found))
    tables += [roll_table(name, plan) for name, plan in (found.rolls or {}).items()]
    return tables


def what_if_footer(found: WhatIfResult) -> list[str]:
    """Return what those tables rest on, and how to ask for others."""
    grid = found.grid
    lines = [
        f"what if: full revaluation, {grid.smile.replace('_', ' ')}, vol shocks {grid.vol_rule} (+50% takes 20% to "
        "30%); the cost is carried to the date at the rate; dividends received are left out; other moves, absolute "
        "shocks and sticky delta: hedgekit scenario --shares N --legs FILE, with the file that --ticket wrote",
    ]
    if found.replays:
        lines.append(
            "replays: recorded closes day by day from today's spot, vols times the vol index's ratio (to the power "
            "sqrt(30/days) beyond 30 days), from today's mids; exit: half spreads widened by that ratio, on top"
        )
    if found.rolls:
        lines.append(
            "rolls: spot unchanged, a new option of as many days at the same moneyness and today's vol, half the "
            "option's spread and the fee each side; % a year of the shares it stands for"
        )
    return lines


def _points(found: WhatIfResult, d: int) -> Table:
    grid = found.grid
    last = d == len(grid.dates) - 1
    says = f"{grid.dates[d]}{' (now)' if d == 0 else ' (expiry)' if last else ''}"
    heads = ["at expiry"] if last else [_shock(float(shock), grid.vol_rule) for shock in grid.vol_shocks]
    rows = columns(says, "spot", *heads, "shares alone")
    middle = min(range(len(grid.vol_shocks)), key=lambda j: abs(float(grid.vol_shocks[j])))
    for i, move in enumerate(grid.spot_moves.tolist()):
        pnl = found.pnl_usd[d, i]
        cells = [pnl[middle]] if last else list(pnl)
        rows.add_row(
            percent(units.percent(move), sign=True, places=0) if move else "now",
            f"{found.spot * (1.0 + move):.2f}",
            *(dollars(float(x), sign=True) for x in cells),
            dollars(float(found.unhedged_usd[i]), sign=True),
        )
    return rows


def _replays(found: WhatIfResult) -> Table:
    rows = columns("replay", "worst", "on", "spot", "vol x", "exit", "alone worst", "end", "alone end")
    rows.padding = (0, 1, 0, 0)
    for one in found.replays:
        row = one.to_dict()
        low = row["worst"]
        if low is None:
            rows.add_row(one.hedged.name, "unknown", *["-"] * 7)
            continue
        fall = next(iter(low["spot_moves"].values()))
        rows.add_row(
            one.hedged.name,
            _short(low["pnl_usd"]),
            f"{low['date']}",
            percent(units.percent(fall), sign=True, places=0),
            f"{low['vol_ratio']:.1f}",
            short_dollars(low["exit_usd"]),
            _short(row["unhedged_worst_usd"]),
            _short(row["end_pnl_usd"]),
            _short(row["unhedged_end_usd"]),
        )
    return rows


def _short(usd: float | None) -> str:
    return "-" if usd is None else dollars(usd, sign=True)


def _shock(shock: float, rule: str) -> str:
    number = units.percent(shock)
    if not number:
        return "vol as now"
    return f"vol {number:+.0f}%" if rule == "relative" else f"vol {number:+.1f}pt"

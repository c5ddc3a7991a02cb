"""No sector is too large."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hedgekit.errors import DataError
from hedgekit.leadership.holdings import read_members_table
from hedgekit.leadership.screen.facts import NOTHING
from hedgekit.risk.rule import REQUIRED, Context, Outcome, Param, Rule, Unknown, share, usd
from hedgekit.risk.rules.single_name import FUNDS


def evaluate(context: Context, params: Mapping[str, Any]) -> Outcome:
    """Add up delta dollars by sector; a name without sector is unknown."""
    net = context.net_usd()
    try:
        table, _ = read_members_table(context.file(params["file"]))
        ticker_at, sector_at = table.column("ticker", "symbol"), table.column("sector")
    except DataError as error:
        raise Unknown(str(error)) from None
    sectors: dict[str, set[str]] = {}
    for _, cells in table.lines:
        sectors.setdefault(cells[ticker_at].upper(), set()).add(cells[sector_at])
    sums: dict[str, float] = {}
    for ticker in context.valued.book.tickers:
        if ticker in params["exempt"]:
            continue
        found = sectors.get(ticker, set())
        if len(found) > 1:
            raise Unknown(f"{ticker} has several sectors in {table.label}: {', '.join(sorted(found))}")
        sector = next(iter(found), "")
        if sector.lower() in NOTHING:
            raise Unknown(f"{ticker} has no sector in {table.label}")
        sums[sector] = sums.get(sector, 0.0) + sum(line.delta_usd for line in context.lines(ticker))
    limit = params["limit"]
    if not sums:
        return Outcome(
            passed=True, value=0.0, limit=limit, message="no single names", calculation="only exempt tickers"
        )
    name = max(sums, key=lambda sector: (abs(sums[sector]), sector))
    value = abs(sums[name]) / net
    return Outcome(
        passed=value <= limit,
        value=value,
        limit=limit,
        message=f"{name} {share(value)} of net value, limit {share(limit)}",
        calculation=f"delta dollars {usd(sums[name])} / {usd(net)}; {len(sums)} sectors by {table.label}; funds exempt",
    )


RULE = Rule(
    id="sector-share",
    title="Largest sector",
    explain="Absolute delta dollars by sector over net value; funds named in exempt are left out, not looked through.",
    params={
        "file": Param(kind="text", default=REQUIRED, help="CSV ticker,sector beside the policy", example="sectors.csv"),
        "limit": Param(kind="number", default=0.25, help="fraction of net value", low=0, high=1),
        "exempt": Param(kind="texts", default=FUNDS, help="broad funds and indexes, not judged"),
    },
    evaluate=evaluate,
    starter=False,
)

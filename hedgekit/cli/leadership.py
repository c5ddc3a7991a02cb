"""``hedgekit leadership``: whether small caps lead, indicator by indicator."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from hedgekit.cli.options import day_option, deliver, output_options

FILE = click.Path(dir_okay=True, path_type=Path)


@click.command(epilog="Example:  hedgekit leadership prices.csv --constituents members.parquet --members sectors.csv")
@click.argument("prices", nargs=-1, required=True, type=FILE, metavar="PRICES...")
@click.option("--leader", default="IWM", show_default=True, help="Ticker that may lead.")
@click.option("--benchmark", default="SPY", show_default=True, help="Ticker it is measured against.")
@click.option("--constituents", type=FILE, help="Prices of the leader's members: breadth, new highs, sectors.")
@click.option(
    "--members", type=FILE, help="CSV of ticker,sector and, for past days, from,to; or a fund's holdings file."
)
@click.option("--flows", type=FILE, help="CSV of date,ticker,flow_usd, or of date,ticker,shares,price.")
@click.option("--pe", nargs=2, type=float, metavar="LEADER BENCHMARK", help="Price/earnings of both.")
@click.option("--average", type=int, default=200, show_default=True, help="Days of the long moving average.")
@click.option("--window", type=int, default=63, show_default=True, help="Days over which sectors must have risen.")
@click.option("--flow-window", type=int, default=40, show_default=True, help="Flows that today's is judged by.")
@day_option("--asof", "Cut everything after this day.")
@output_options
def command(
    *,
    prices: tuple[Path, ...],
    leader: str,
    benchmark: str,
    constituents: Path | None,
    members: Path | None,
    flows: Path | None,
    pe: tuple[float, float] | None,
    average: int,
    window: int,
    flow_window: int,
    asof: date | None,
    format_: str,
    output: str,
    quiet: bool,
    verbose: bool,
) -> None:
    """Say whether small caps lead: relative strength, breadth, sectors, flows.

    Each indicator has its own day and verdict; what was not given is unknown and never votes. The state is
    entered when the votes' mean reaches 0.4 and left when it changes sign.
    """
    from hedgekit.leadership import assess
    from hedgekit.leadership.flows import read_flows
    from hedgekit.leadership.membership import read_membership
    from hedgekit.leadership.survey import Windows
    from hedgekit.market.prices import load_prices

    leader, benchmark = leader.upper(), benchmark.upper()
    if verbose:
        click.echo(f"reading {', '.join(map(str, prices))}", err=True)
    result = assess(
        load_prices(list(prices)),
        leader=leader,
        benchmark=benchmark,
        constituents=load_prices(constituents) if constituents else None,
        membership=read_membership(members) if members else None,
        flows=read_flows(flows, leader) if flows else None,
        pe=pe,
        windows=Windows(average=average, participation=window, flows=flow_window),
        asof=asof,
    )
    deliver(result, format_=format_, output=output, quiet=quiet)

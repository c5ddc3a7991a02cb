"""``hedgekit hedge frontier``: what each floor costs under each cap."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from hedgekit.cli.options import day_option, deliver, fee_option, market_options, output_options, seconds


def _range(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[float, float] | None:
    """Read LOW:HIGH; 80% is 0.8."""
    if value is None:
        return None
    from hedgekit.market.tables import decimal

    found = [number for part in str(value).split(":") if (number := decimal(part)) is not None]
    if len(found) != 2 or value.count(":") != 1:
        raise click.BadParameter(f"{value!r}: write LOW:HIGH, like 0.80:0.98", ctx, param)
    return found[0], found[1]


@click.command(epilog="Example:  hedgekit hedge frontier --shares 1700 --chain iwm.json --by 2026-09-18 --min-cap 1.08")
@click.option("--shares", type=int, required=True, help="Shares owned.")
@click.option("--chain", required=True, metavar="SOURCE", help="Option chain file; its format is recognised.")
@day_option("--by", "Use the first listed expiry on or after this day.")
@day_option("--expiry", "Use exactly this expiry.")
@click.option(
    "--floors",
    metavar="LOW:HIGH",
    callback=_range,
    default="0.80:0.99",
    show_default=True,
    help="Lowest and highest floor, fractions of today's value.",
)
@click.option("--points", type=int, default=20, show_default=True, help="Floors from the one to the other.")
@click.option(
    "--min-cap",
    "min_caps",
    type=float,
    multiple=True,
    help="Calls may be sold at this fraction of the spot or above; may be repeated. No calls sold is always shown.  "
    "[default: 1.10 and 1.05]",
)
@click.option(
    "--until",
    type=float,
    metavar="LEVEL",
    help="Weaker: floors are to hold down to this spot only (dollars; below 1, a fraction of the spot).",
)
@click.option("--max-legs", type=int, default=3, show_default=True, help="Most distinct contracts of a ticket.")
@click.option(
    "--time-limit",
    type=float,
    callback=seconds,
    default=60.0,
    show_default=True,
    help="Seconds after which the search settles for the fewer legs that are proven.",
)
@click.option(
    "--max-spread",
    type=float,
    default=0.30,
    show_default=True,
    help="Quotes with a wider spread, as a fraction of their mid, are not traded on.",
)
@fee_option
@market_options
@output_options
def command(
    *,
    shares: int,
    chain: str,
    by: date | None,
    expiry: date | None,
    floors: tuple[float, float],
    points: int,
    min_caps: tuple[float, ...],
    until: float | None,
    max_legs: int,
    time_limit: float,
    max_spread: float,
    fee: float,
    ticker: str | None,
    spot: float | None,
    rate: str | None,
    dividends: str | None,
    asof: str | None,
    format_: str,
    output: str,
    quiet: bool,
    verbose: bool,
) -> None:
    """Show the cheapest ticket for each floor and cap.

    Every point can be traded at the touch in whole contracts and is proven the cheapest. Holding less
    is the line to beat: beside each point stand the shares to sell for the same delta, and where the
    hedge does better than that.
    """
    from hedgekit.cli.progress import search_watch
    from hedgekit.hedges.frontier import frontier
    from hedgekit.market.sources import load

    if verbose:
        click.echo(f"reading {chain}", err=True)
    more: dict[str, Any] = {"caps": (None, *min_caps)} if min_caps else {}
    result = frontier(
        load(chain, asof=asof, spot=spot, ticker=ticker, expiry=expiry),
        shares=shares,
        floors=floors,
        points=points,
        until=until,
        by=by,
        expiry=expiry,
        rate=rate,
        dividends=dividends,
        fee=fee,
        max_legs=max_legs,
        max_spread=max_spread,
        watch=search_watch(limit_seconds=time_limit),
        **more,
    )
    deliver(result, format_=format_, output=output, quiet=quiet)
    result.require()

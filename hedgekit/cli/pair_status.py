"""``hedgekit pair status``: where the spread is, what to do, and when the idea is broken."""

from __future__ import annotations

from datetime import date
from typing import Literal, cast

import click

from hedgekit.cli.options import deliver, output_options, plot_option
from hedgekit.cli.pair_inputs import load_pair, pair_inputs


@click.command(epilog="Example:  hedgekit pair status prices.csv --long IWM --short SPY --entry 2 --exit 0.5")
@pair_inputs
@click.option("--window", type=int, default=252, show_default=True, help="Days before today that the line comes from.")
@click.option("--cost-bps", type=float, default=2.0, show_default=True, help="Cost of every fill, basis points.")
@click.option("--rate", type=float, default=0.04, show_default=True, help="Discount rate a year of Leung-Li's levels.")
@click.option("--entry", type=float, help="Deviations from the line at which to enter.  [default: 2, as pair backtest]")
@click.option(
    "--exit",
    "exit_",
    type=float,
    help="Deviations at which to leave; negative is the far side.  [default: 0.5, as pair backtest]",
)
@click.option("--stop", type=float, default=4.0, show_default=True, help="Deviations at which the idea is broken.")
@click.option(
    "--position",
    type=click.Choice(["none", "long", "short"]),
    default="none",
    show_default=True,
    help="The spread held now: long is the long leg bought.",
)
@click.option("--gross", type=float, default=25_000.0, show_default=True, help="Dollars of both legs, for the stop.")
@plot_option
@output_options
def command(
    *,
    prices: tuple[str, ...],
    long: str | None,
    short: str | None,
    asof: date | None,
    since: date | None,
    window: int,
    cost_bps: float,
    rate: float,
    entry: float | None,
    exit_: float | None,
    stop: float,
    position: str,
    gross: float,
    format_: str,
    output: str,
    quiet: bool,
    verbose: bool,
) -> None:
    """Say where the spread is, what to do, and how likely it is to come back.

    Today's z is measured against the days before today alone; the levels to act at are given in prices. The odds leave
    open all that the days do not tell: whether the spread reverts at all, how fast, and around which line.
    """
    from hedgekit.pairs.status import pair_status

    result = pair_status(
        load_pair(prices, long, short, asof, since, verbose=verbose),
        long,
        short,
        window=window,
        cost_bps=cost_bps,
        rate=rate,
        entry_z=entry,
        exit_z=exit_,
        stop_z=stop,
        position=cast("Literal['none', 'long', 'short']", position),
        gross_usd=gross,
    )
    deliver(result, format_=format_, output=output, quiet=quiet)

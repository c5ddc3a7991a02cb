"""``hedgekit pair ratio``: every hedge ratio with its error, judged out of sample."""

from __future__ import annotations

from datetime import date

import click

from hedgekit.cli.options import deliver, output_options
from hedgekit.cli.pair_inputs import load_pair, pair_inputs


@click.command(epilog="Example:  hedgekit pair ratio prices.csv --long IWM --short SPY")
@pair_inputs
@click.option(
    "--window",
    type=int,
    default=252,
    show_default=True,
    help="Daily returns a ratio is fitted on, where its estimator has no length of its own.",
)
@click.option(
    "--hold", type=int, default=21, show_default=True, help="Days a ratio is held out of sample before it is refitted."
)
@output_options
def command(
    *,
    prices: tuple[str, ...],
    long: str | None,
    short: str | None,
    asof: date | None,
    since: date | None,
    window: int,
    hold: int,
    format_: str,
    output: str,
    quiet: bool,
    verbose: bool,
) -> None:
    """Show how much of the short leg hedges the long leg.

    Every estimator with its interval and the share of variance it removed out of sample. A ratio of
    price levels is never recommended when the pair is not cointegrated.
    """
    from hedgekit.pairs import pair_ratio

    history = load_pair(prices, long, short, asof, since, verbose=verbose)
    result = pair_ratio(history, long, short, window=window, hold=hold)
    deliver(result, format_=format_, output=output, quiet=quiet)

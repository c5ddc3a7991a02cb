"""``hedgekit pair test``: cointegration and mean reversion, with p-values that survive the looking."""

from __future__ import annotations

from datetime import date

import click

from hedgekit.cli.options import deliver, output_options
from hedgekit.cli.pair_inputs import load_pair, pair_inputs


@click.command(epilog="Example:  hedgekit pair test prices.csv --long IWM --short SPY --screened 45")
@pair_inputs
@click.option("--lags", type=int, help="Lagged changes in the unit-root regressions.  [default: Akaike's choice]")
@click.option("--logs", is_flag=True, help="Test log prices instead of prices.")
@click.option(
    "--screened",
    type=int,
    default=1,
    show_default=True,
    help="Pairs looked at before this one was chosen; the p-value is corrected for them.",
)
@click.option(
    "--simulate",
    type=int,
    default=0,
    show_default=True,
    help="Simulate the whole procedure this many times on the pair's own returns (1000 is enough for 5%).",
)
@output_options
def command(
    *,
    prices: tuple[str, ...],
    long: str | None,
    short: str | None,
    asof: date | None,
    since: date | None,
    lags: int | None,
    logs: bool,
    screened: int,
    simulate: int,
    format_: str,
    output: str,
    quiet: bool,
    verbose: bool,
) -> None:
    """Test whether the two legs belong together and how fast their spread reverts.

    Engle-Granger in both directions with MacKinnon's tables, Phillips-Ouliaris, Johansen, unit-root
    tests, the half-life with its interval. The verdict allows for having kept the better direction.
    """
    from hedgekit.pairs import pair_test

    history = load_pair(prices, long, short, asof, since, verbose=verbose)
    result = pair_test(history, long, short, lags=lags, logs=logs, screened=screened, simulate=simulate)
    deliver(result, format_=format_, output=output, quiet=quiet)

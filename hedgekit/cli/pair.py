"""``hedgekit pair``: a long and a short leg, from the ratio to the order."""

from __future__ import annotations

import click

from hedgekit.cli.groups import lazy_group

# command -> its module; help shows them in this order
COMMANDS = {
    "ratio": "hedgekit.cli.pair_ratio",
    "test": "hedgekit.cli.pair_test",
    "size": "hedgekit.cli.pair_size",
    "options": "hedgekit.cli.pair_options",
    "scan": "hedgekit.cli.pair_scan",
    "status": "hedgekit.cli.pair_status",
    "backtest": "hedgekit.cli.pair_backtest",
}


@click.group(cls=lazy_group(COMMANDS), epilog="Example:  hedgekit pair ratio prices.csv --long IWM --short SPY")
def command() -> None:
    """Trade one leg against another: ratio, tests, whole shares.

    PRICES of every command: one wide file, one file a ticker, or a folder; CSV, JSON or parquet, in the
    layouts of Yahoo, Alpha Vantage, Lean and others. TICKER=FILE names a file that does not say its ticker.
    """

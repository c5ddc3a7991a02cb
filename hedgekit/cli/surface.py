"""``hedgekit surface``: the smiles of a chain, the arbitrage left in it, and the distribution it implies."""

from __future__ import annotations

from datetime import date

import click

from hedgekit.cli.options import day_option, deliver, market_options, output_options


@click.command(epilog="Example:  hedgekit surface iwm.json --expiry 2026-09-18")
@click.argument("source")
@day_option("--expiry", "Only this expiry, strike by strike; the surface is fitted to all.")
@market_options
@output_options
def command(
    *,
    source: str,
    expiry: date | None,
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
    """Fit a vol surface without static arbitrage to an option chain.

    Shows how many liquid quotes hold the fitted vol between bid and ask, each expiry's smile, the
    arbitrage left between quotes, and the distribution of the spot that the prices imply. CSV holds
    one row a quote with its band and the fitted vol.
    """
    from hedgekit.market.sources import load
    from hedgekit.market.surface.result import describe

    if verbose:
        click.echo(f"reading {source}", err=True)
    chain = load(source, asof=asof, spot=spot, ticker=ticker, expiry=expiry)
    result = describe(chain, rate=rate, dividends=dividends, expiry=expiry)
    deliver(result, format_=format_, output=output, quiet=quiet)

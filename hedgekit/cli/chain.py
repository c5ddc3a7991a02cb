"""``hedgekit chain``: what is in a chain file, what is wrong with it, and its vols."""

from __future__ import annotations

from datetime import date

import click

from hedgekit.cli.options import day_option, deliver, market_options, rows_output_options


@click.command(epilog="Example:  hedgekit chain iwm.json --expiry 2026-09-18 --near 10")
@click.argument("source")
@day_option("--expiry", "Only this expiry.")
@click.option("--near", type=int, metavar="N", help="Only N strikes on each side of the spot.")
@market_options
@rows_output_options
def command(
    *,
    source: str,
    expiry: date | None,
    near: int | None,
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
    """Read, inspect and solve an option chain.

    SOURCE is cboe:IWM, yahoo:IWM or a file, told by its content: of Cboe (quotes, quotedata, DataShop),
    Yahoo, yfinance, Tradier, Schwab, thinkorswim, Interactive Brokers, Alpaca, Polygon, MarketData, Alpha
    Vantage, ORATS, ThetaData, OptionMetrics, OptionsDX, Barchart, Nasdaq, or any table of bids and asks.
    Shows the spot and where it comes from, each expiry's forward and implied yield, the defects by kind,
    and with --expiry or --near the quotes with implied vols at bid, mid and ask. JSON, CSV and parquet
    hold every quote asked for.
    """
    from hedgekit.market.sources import load
    from hedgekit.market.survey import survey

    if verbose:
        click.echo(f"reading {source}", err=True)
    chain = load(source, asof=asof, spot=spot, ticker=ticker, expiry=expiry)
    result = survey(chain, rate=rate, dividends=dividends, expiry=expiry, near=near)
    deliver(result, format_=format_, output=output, quiet=quiet)

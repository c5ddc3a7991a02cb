"""``hedgekit hedge stop``: a stop beside the put of the same level."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from hedgekit.cli.options import day_option, deliver, fee_option, market_options, output_options


def _stops(ctx: click.Context, param: click.Parameter, value: str) -> tuple[float, ...]:
    """Read ``15%``, ``0.15`` or both ends of ``15%..20%``."""
    from hedgekit.market.tables import decimal

    found = [decimal(text) for text in str(value).split("..")]
    if not 1 <= len(found) <= 2 or any(number is None or not 0.0 < number < 1.0 for number in found):
        raise click.BadParameter(f"{value!r}: write 15%, 0.15, or a range like 15%..20%", ctx, param)
    return tuple(sorted({number for number in found if number is not None}))


@click.command(epilog="Example:  hedgekit hedge stop --shares 1700 --chain iwm.json --by 2026-09-18 --prices IWM.csv")
@click.option("--shares", type=int, required=True, help="Shares owned.")
@click.option("--chain", required=True, metavar="SOURCE", help="Option chain file; its format is recognised.")
@click.option(
    "--stop",
    "stops",
    default="15%..20%",
    show_default=True,
    callback=_stops,
    metavar="PERCENT",
    help="How far below the entry, or a range: both its ends.",
)
@click.option("--entry", type=float, help="What was paid, dollars a share.  [default: the spot]")
@day_option("--by", "Horizon: the first listed expiry on or after this day.")
@day_option("--expiry", "Horizon: exactly this expiry.")
@click.option("--prices", type=click.Path(path_type=Path), help="Opens, highs, lows, closes of the ticker: its gaps.")
@click.option("--prices-ticker", help="Ticker in the prices.  [default: the chain's]")
@click.option(
    "--drift",
    type=click.Choice(["forward", "past"]),
    default="forward",
    show_default=True,
    help="Mean of the paths: the chain's forward, or what the past had.",
)
@click.option("--draws", type=int, default=20_000, show_default=True, help="Paths.")
@click.option("--block", type=float, default=10.0, show_default=True, help="Mean sessions of a block of past days.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the paths: the same seed, the same answer.")
@fee_option
@market_options
@output_options
def command(
    *,
    shares: int,
    chain: str,
    stops: tuple[float, ...],
    entry: float | None,
    by: date | None,
    expiry: date | None,
    prices: Path | None,
    prices_ticker: str | None,
    drift: str,
    draws: int,
    block: float,
    seed: int,
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
    """Measure a stop 15-20% below entry beside the put that holds the same level.

    How often it is hit, where it fills when the market gaps, how often the price is back above the
    entry afterwards, and what the stop, the put, the collar and holding less leave on the same paths.
    """
    from hedgekit.hedges.stop_study import study
    from hedgekit.market.prices import load_prices
    from hedgekit.market.sources import load

    if verbose:
        click.echo(f"reading {chain}", err=True)
    result = study(
        load(chain, asof=asof, spot=spot, ticker=ticker, expiry=expiry),
        shares=shares,
        stops=stops,
        entry=entry,
        by=by,
        expiry=expiry,
        prices=load_prices(prices) if prices else None,
        ticker=prices_ticker,
        drift=drift,
        draws=draws,
        block=block,
        seed=seed,
        rate=rate,
        dividends=dividends,
        fee=fee,
    )
    deliver(result, format_=format_, output=output, quiet=quiet)

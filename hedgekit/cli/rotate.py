"""``hedgekit rotate``: sectors by relative strength, with a no-trade band."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from hedgekit.cli.options import day_option, deliver, output_options


def _tickers(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[str, ...]:
    return tuple(t.strip().upper() for t in (value or "").split(",") if t.strip())


@click.command(epilog="Example:  hedgekit rotate sectors.csv --benchmark IWM --held PSCT,PSCI --top 3 --band 2")
@click.argument("prices", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PRICES...")
@click.option("--benchmark", default="IWM", show_default=True, help="Ticker the sectors are measured against.")
@click.option("--sectors", callback=_tickers, metavar="A,B,...", help="Tickers ranked.  [default: all others]")
@click.option("--held", callback=_tickers, metavar="A,B,...", help="Sectors held now.")
@click.option("--top", type=int, default=3, show_default=True, help="Sectors to hold.")
@click.option("--band", type=int, default=2, show_default=True, help="Ranks a held sector may lose before it is sold.")
@click.option("--window", type=int, default=126, show_default=True, help="Days of relative strength.")
@day_option("--asof", "Cut prices after this day.")
@output_options
def command(
    *,
    prices: tuple[Path, ...],
    benchmark: str,
    sectors: tuple[str, ...],
    held: tuple[str, ...],
    top: int,
    band: int,
    window: int,
    asof: date | None,
    format_: str,
    output: str,
    quiet: bool,
    verbose: bool,
) -> None:
    """Rank sectors by relative strength and say what to buy, keep and sell.

    A held sector is kept until its rank falls below TOP + BAND, so that noise does not trade.
    """
    from hedgekit.leadership.rotation import rotate
    from hedgekit.market.prices import load_prices

    result = rotate(
        load_prices(list(prices)),
        benchmark=benchmark.upper(),
        sectors=sectors,
        held=held,
        top=top,
        band=band,
        window=window,
        asof=asof,
    )
    deliver(result, format_=format_, output=output, quiet=quiet)

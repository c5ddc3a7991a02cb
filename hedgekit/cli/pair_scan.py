"""``hedgekit pair scan``: all pairs of many tickers, false discoveries under control."""

from __future__ import annotations

from datetime import date
from functools import partial

import click

from hedgekit.cli.options import day_option, deliver, output_options
from hedgekit.cli.scale_options import progress, scale_options


@click.command(epilog="Example:  hedgekit pair scan etfs.csv --rate 0.05 --top 10")
@click.argument("prices", nargs=-1, required=True, metavar="PRICES...")
@click.option("--tickers", metavar="A,B,...", help="Only pairs of these.  [default: all in the files]")
@click.option(
    "--rate",
    type=float,
    default=0.05,
    show_default=True,
    help="Share of false ones among the pairs found that can be borne.",
)
@click.option(
    "--method",
    type=click.Choice(["by", "bh"]),
    default="by",
    show_default=True,
    help="Benjamini-Yekutieli (any dependence) or Benjamini-Hochberg (independent tests).",
)
@click.option("--lags", type=int, help="Lags of the tests, exactly.  [default: chosen by AIC]")
@click.option("--top", type=int, default=20, show_default=True, help="Pairs shown at least, found or not.")
@click.option("--all", "everything", is_flag=True, help="Show every pair tested.")
@day_option("--asof", "Last day used: what comes after is not looked at.  [default: the last in the files]")
@day_option("--since", "First day used.  [default: the first in the files]")
@partial(scale_options, workers="Processes of this machine, each with one thread.  [default: threads on every core]")
@output_options
def command(
    *,
    prices: tuple[str, ...],
    tickers: str | None,
    rate: float,
    method: str,
    lags: int | None,
    top: int,
    everything: bool,
    asof: date | None,
    since: date | None,
    workers: int | None,
    scheduler: str | None,
    format_: str,
    output: str,
    quiet: bool,
    verbose: bool,
) -> None:
    """Find cointegrated pairs among many tickers.

    Every pair is tested both ways, and the number of false findings is kept down over all of them.
    """
    from hedgekit.market.prices import load_prices
    from hedgekit.pairs.scan import pair_scan
    from hedgekit.scale.engines import engine

    if verbose:
        click.echo(f"reading {', '.join(prices)}", err=True)
    wanted = tuple(name.strip() for name in tickers.split(",") if name.strip()) if tickers else None
    history = load_prices(prices, tickers=wanted)
    history = history if asof is None else history.until(asof)
    history = history if since is None else history.since(since)

    where = None if workers is None and scheduler is None else engine(workers, scheduler)
    watch = progress("tests", quiet=quiet, least_seconds=1.0)
    try:
        result = pair_scan(
            history,
            rate=rate,
            method="bh" if method == "bh" else "by",
            lags=lags,
            criterion="aic" if lags is None else None,
            top=None if everything else top,
            engine=where,
            progress=lambda done, total: watch(done, total, 0),
        )
    finally:
        if where is not None:
            where.close()
    deliver(result, format_=format_, output=output, quiet=quiet)

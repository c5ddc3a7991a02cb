"""``hedgekit pair options``: the pair in calls and puts."""

from __future__ import annotations

from datetime import date

import click

from hedgekit.cli.options import day_option, deliver, fee_option, output_options


@click.command(
    epilog="Example:  hedgekit pair options --long-chain iwm.json --short-chain spy.json --ratio 1.18 --by 2026-09-18"
)
@click.argument("prices", nargs=-1, metavar="[PRICES]...")
@click.option("--long-chain", required=True, metavar="SOURCE", help="Option chain of the leg that is bought.")
@click.option("--short-chain", required=True, metavar="SOURCE", help="Option chain of the leg that is sold.")
@click.option("--long", "long", metavar="TICKER", help="Of a chain file that holds several, and of PRICES.")
@click.option("--short", "short", metavar="TICKER", help="The same for the short leg.")
@click.option("--ratio", type=float, help="Dollars short per dollar long.  [default: recommended from PRICES]")
@click.option("--contracts", type=int, default=10, show_default=True, help="Contracts of the long side.")
@day_option("--by", "Use the first expiry that both list on or after this day.")
@day_option("--expiry", "Use exactly this expiry.")
@click.option("--delta", type=float, default=0.50, show_default=True, help="Delta of the nearest contracts.")
@fee_option
@click.option("--rate", metavar="NUMBER|FILE", help="Continuously compounded rate a year.  [default: from the chains]")
@click.option("--long-dividends", metavar="NUMBER|FILE", help="Yield or cash dividends.  [default: from the chain]")
@click.option("--short-dividends", metavar="NUMBER|FILE", help="The same for the short leg.")
@click.option("--asof", metavar="DATE", help="Day to take from chain files that hold several.")
@output_options
def command(
    *,
    prices: tuple[str, ...],
    long_chain: str,
    short_chain: str,
    long: str | None,
    short: str | None,
    ratio: float | None,
    contracts: int,
    by: date | None,
    expiry: date | None,
    delta: float,
    fee: float,
    rate: str | None,
    long_dividends: str | None,
    short_dividends: str | None,
    asof: str | None,
    format_: str,
    output: str,
    quiet: bool,
    verbose: bool,
) -> None:
    """Express the pair in options, balanced on beta-weighted delta dollars.

    Long call and long put, spreads, and sold variants, at the touch in whole contracts, each with the
    vega, gamma and theta that the balance leaves: two bought options are both long vega.
    """
    from hedgekit.errors import InputError
    from hedgekit.market.sources import load
    from hedgekit.pairs import pair_options, pair_ratio

    if verbose:
        click.echo(f"reading {long_chain} and {short_chain}", err=True)
    bought = load(long_chain, asof=asof, ticker=long)
    sold = load(short_chain, asof=asof, ticker=short)
    source = "as given"
    if ratio is None:
        if not prices:
            raise InputError("give --ratio, or PRICES to estimate it from")
        from hedgekit.market.prices import load_prices

        tickers = (bought.ticker, sold.ticker)
        estimated = pair_ratio(load_prices(prices, tickers=tickers), *tickers)
        best = estimated.named(estimated.recommended)
        ratio, source = best.dollar_ratio, f"{best.label}, recommended from {estimated.inputs['source']}"
    result = pair_options(
        bought,
        sold,
        ratio=ratio,
        ratio_source=source,
        contracts=contracts,
        by=by,
        expiry=expiry,
        delta=delta,
        fee=fee,
        rate=rate,
        long_dividends=long_dividends,
        short_dividends=short_dividends,
    )
    deliver(result, format_=format_, output=output, quiet=quiet)

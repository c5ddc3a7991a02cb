"""``hedgekit book``: what is held, in dollars."""

from __future__ import annotations

import click

from hedgekit.cli.book_options import (
    book_options,
    check_moment,
    read_beta_file,
    read_chains,
    read_dividend_options,
    read_prices,
)
from hedgekit.cli.options import deliver, output_options


@click.command(epilog="Example:  hedgekit book positions.csv --chain iwm.json --prices iwm_spy.csv --benchmark SPY")
@click.argument("book")
@click.option("--benchmark", default="IWM", show_default=True, help="What betas refer to.")
@click.option("--allow-unknown", is_flag=True, help="End with 0 although some lines cannot be valued.")
@book_options
@output_options
def command(
    *,
    book: str,
    benchmark: str,
    allow_unknown: bool,
    chains: tuple[str, ...],
    prices: tuple[str, ...],
    betas: str | None,
    rate: str | None,
    dividends: tuple[str, ...],
    asof: str | None,
    format_: str,
    output: str,
    quiet: bool,
    verbose: bool,
) -> None:
    """Value a book: marks at the touch, dollar greeks by ticker and expiry, beta-weighted with an interval.

    BOOK is CSV, JSON or TOML, or a broker's export. What cannot be valued says so, no sum hides it, and
    the command ends with 3 after its answer, unless --allow-unknown.
    """
    from hedgekit.errors import DataError
    from hedgekit.risk.book import load_book
    from hedgekit.risk.summary import survey_book

    if verbose:
        click.echo(f"reading {', '.join((book, *chains, *prices))}", err=True)
    result = survey_book(
        load_book(book),
        chains=read_chains(chains, asof),
        prices=read_prices(prices),
        betas=read_beta_file(betas),
        benchmark=benchmark.strip().upper(),
        rate=rate,
        dividends=read_dividend_options(dividends),
        now=check_moment(asof),
    )
    deliver(result, format_=format_, output=output, quiet=quiet)
    if result.unknown and not allow_unknown:
        count = len(result.valued.lines)
        raise DataError(
            f"{result.valued.book.source}: {len(result.unknown)} of {count} lines cannot be valued, so neither can the "
            f"book: {result.unknown[0].problem}; give what is missing, or --allow-unknown to end with 0"
        )

"""``hedgekit allocate``: a weight band and a share count."""

from __future__ import annotations

from typing import Any

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


@click.command(
    epilog="Example:  hedgekit allocate --age 45 --risk-tolerance high --horizon 20 --portfolio 500000 --spot 248.12"
)
@click.option("--age", type=int, required=True, help="Years.")
@click.option(
    "--risk-tolerance",
    "tolerance",
    type=click.Choice(["low", "medium", "high"]),
    default="medium",
    show_default=True,
    help="How much loss is bearable.",
)
@click.option("--horizon", "horizon_years", type=float, help="Years until the money is needed.  [default: not long]")
@click.option("--new-investor", is_flag=True, help="Little experience: the lowest band.")
@click.option("--ticker", default="IWM", show_default=True, help="What is allocated to.")
@click.option("--spot", type=float, help="Dollars a share.  [default: from --chain, --prices or the book]")
@click.option("--portfolio", "portfolio_usd", type=float, help="Whole portfolio, dollars.  [default: the book's value]")
@click.option("--book", metavar="FILE", help="Present positions, for the portfolio's value and the shares held.")
@click.option("--held", type=float, help="Shares held now.  [default: the book's, or 0]")
@click.option(
    "--stop", default=0.20, show_default=True, type=float, help="Distance of the stop below the spot, a fraction."
)
@click.option(
    "--loss-budget",
    default=0.02,
    show_default=True,
    type=float,
    help="Fraction of the portfolio that the position may lose at its stop.",
)
@click.option("--bands", metavar="FILE", help="TOML with a [bands] table: usual, growth, cautious, new = [low, high].")
@book_options
@output_options
def command(
    *,
    age: int,
    tolerance: Any,
    horizon_years: float | None,
    new_investor: bool,
    ticker: str,
    spot: float | None,
    portfolio_usd: float | None,
    book: str | None,
    held: float | None,
    stop: float,
    loss_budget: float,
    bands: str | None,
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
    """Size a position by age, tolerance and horizon, and by what a stop may cost.

    Usual 10-15%; 20-25% under 50 with a high tolerance and ten years or more; 5-10% over 60, with a low
    tolerance, or for new investors. The loss budget at the stop can bind first; the answer says which.
    """
    from hedgekit.risk.allocation import BANDS, allocate, read_bands
    from hedgekit.risk.placed import place

    if verbose:
        click.echo("sizing", err=True)
    there = place(
        ticker=ticker.strip().upper(),
        spot=spot,
        portfolio_usd=portfolio_usd,
        held=held,
        book=book,
        chains=read_chains(chains, asof),
        prices=read_prices(prices),
        betas=read_beta_file(betas),
        rate=rate,
        dividends=read_dividend_options(dividends),
        now=check_moment(asof),
    )
    result = allocate(
        ticker=ticker.strip().upper(),
        spot=there.spot,
        portfolio_usd=there.portfolio_usd,
        held=there.held,
        age=age,
        tolerance=tolerance,
        horizon_years=horizon_years,
        new_investor=new_investor,
        stop=stop,
        loss_budget=loss_budget,
        bands=BANDS if bands is None else read_bands(bands),
        inputs=there.inputs,
    )
    deliver(result, format_=format_, output=output, quiet=quiet)

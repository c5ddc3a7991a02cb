"""``hedgekit pair size``: whole shares of both legs for a budget."""

from __future__ import annotations

from datetime import date

import click

from hedgekit.cli.options import deliver, output_options
from hedgekit.cli.pair_inputs import load_pair, pair_inputs


@click.command(epilog="Example:  hedgekit pair size prices.csv --long IWM --short SPY --gross 50000")
@pair_inputs
@click.option("--gross", type=float, help="Budget: dollars of both legs together.")
@click.option("--var", type=float, help="Budget: one-day 99% normal value at risk, dollars.")
@click.option("--vol-target", type=float, help="Budget: standard deviation a year, dollars.")
@click.option("--margin", type=float, help="Budget: Reg T initial deposit, dollars.")
@click.option("--loss", type=float, help="Budget: the largest 21-day loss of the past, dollars.")
@click.option("--ratio", type=float, help="Dollars short per dollar long.  [default: the recommended estimator's]")
@click.option("--estimator", help="Estimator to take the ratio from, like return_ols (names as pair ratio's JSON has).")
@click.option("--long-price", type=float, help="Price to size with, dollars a share.  [default: the last close]")
@click.option("--short-price", type=float, help="The same for the short leg.")
@click.option("--fill", type=float, default=0.95, show_default=True, help="Least share of the budget to use.")
@click.option("--borrow", type=float, default=0.003, show_default=True, help="Fee for the borrowed shares, a year.")
@click.option("--rate", type=float, default=0.05, show_default=True, help="Interest on the margin debit, a year.")
@click.option("--rebate", type=float, default=0.0, show_default=True, help="Interest on the short proceeds, a year.")
@click.option("--cost", type=float, default=0.005, show_default=True, help="Cost of a fill, dollars a share.")
@click.option("--long-yield", type=float, help="Dividend yield of the long leg.  [default: its last year's]")
@click.option("--short-yield", type=float, help="Dividend yield of the short leg.  [default: its last year's]")
@output_options
def command(
    *,
    prices: tuple[str, ...],
    long: str | None,
    short: str | None,
    asof: date | None,
    since: date | None,
    gross: float | None,
    var: float | None,
    vol_target: float | None,
    margin: float | None,
    loss: float | None,
    ratio: float | None,
    estimator: str | None,
    long_price: float | None,
    short_price: float | None,
    fill: float,
    borrow: float,
    rate: float,
    rebate: float,
    cost: float,
    long_yield: float | None,
    short_yield: float | None,
    format_: str,
    output: str,
    quiet: bool,
    verbose: bool,
) -> None:
    """Size the pair in whole shares: least leftover beta within one budget.

    Shows what the search wins over rounding each leg alone, the Reg T requirement, what holding the pair
    costs, and how long that leaves for the spread to close.
    """
    from hedgekit.pairs import pair_size

    history = load_pair(prices, long, short, asof, since, verbose=verbose)
    result = pair_size(
        history,
        long,
        short,
        gross=gross,
        var=var,
        vol_target=vol_target,
        margin=margin,
        loss=loss,
        ratio=ratio,
        estimator=estimator,
        long_price=long_price,
        short_price=short_price,
        fill=fill,
        borrow=borrow,
        rate=rate,
        rebate=rebate,
        cost=cost,
        long_yield=long_yield,
        short_yield=short_yield,
    )
    deliver(result, format_=format_, output=output, quiet=quiet)

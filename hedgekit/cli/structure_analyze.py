"""``hedgekit structure analyze``: any legs."""

from __future__ import annotations

from datetime import date
from typing import Literal

import click

from hedgekit.cli.options import market_options, output_options, plot_option
from hedgekit.cli.structure_options import deliver_structure, structure_options


@click.command(
    epilog="Example:  hedgekit structure analyze --leg '-1 IWM260918C00205000 @5' --leg '+1 IWM260918C00210000 @1.5' "
    "--spot 200 --vol 0.2 --rate 0.0375"
)
@click.option(
    "--leg",
    "legs",
    multiple=True,
    metavar="LEG",
    help='SIGNED_QUANTITY SYMBOL [@ PRICE]: "+1 IWM260918P00270000 @4.10", "+100 IWM @297.78" (shares). Repeat for '
    "each leg.",
)
@click.option(
    "--legs", "file", metavar="FILE", help="CSV of legs: quantity,symbol,price; or a ticket that hedge --ticket wrote."
)
@click.option("--chain", metavar="SOURCE", help="Option chain file that prices bare legs at the touch and gives vols.")
@structure_options
@market_options
@plot_option
@output_options
def command(
    *,
    legs: tuple[str, ...],
    file: str | None,
    chain: str | None,
    vols: float | dict[date, float] | None,
    drift: float | None,
    history: str | None,
    fee: float,
    exercise: Literal["american", "european"] | None,
    defined_risk_only: bool,
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
    """Measure any option legs, shares included.

    Extremes and break-evens are exact; no chain is needed when every leg has its price and --spot,
    --rate and --vol are given.
    """
    from hedgekit.market.legs import parse_leg, priced, read_legs
    from hedgekit.market.sources import load
    from hedgekit.structures.analysis import analyze
    from hedgekit.structures.outlooks import beside
    from hedgekit.structures.setting import as_given, from_chain
    from hedgekit.valuation import moment

    orders = [*(parse_leg(text) for text in legs), *(read_legs(file) if file else ())]
    if verbose and chain:
        click.echo(f"reading {chain}", err=True)
    loaded = load(chain, asof=asof, spot=spot, ticker=ticker) if chain else None
    holdings = priced(orders, loaded)
    if loaded is not None:
        setting = from_chain(holdings, loaded, rate=rate, dividends=dividends, vol=vols, exercise=exercise)
    else:
        when = moment(asof)
        setting = as_given(holdings, asof=when, spot=spot, rate=rate, dividends=dividends, vol=vols, exercise=exercise)
    distributions, notes = beside(setting, history=history)
    result = analyze(holdings, setting, fee=fee, drift=drift, distributions=distributions, notes=notes)
    deliver_structure(result, defined_risk_only=defined_risk_only, format_=format_, output=output, quiet=quiet)

"""``hedgekit price``: one contract's price and greeks."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from hedgekit.cli.options import contract_options, deliver, market_options, output_options, value_contract

if TYPE_CHECKING:
    from hedgekit.model import ExerciseStyle


@click.command(
    epilog="Example:  hedgekit price --kind put --strike 270 --t-years 0.25 --spot 290 --vol 0.22 --rate 0.0375"
)
@click.argument("symbol", required=False)
@contract_options
@click.option("--vol", type=float, help="Volatility a year (0.22).  [default: implied by the chain's mid quote]")
@market_options
@output_options
def command(
    *,
    symbol: str | None,
    kind: str | None,
    strike: float | None,
    expiry: date | None,
    t_years: float | None,
    exercise: ExerciseStyle | None,
    chain: str | None,
    vol: float | None,
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
    """Price one option and its greeks.

    SYMBOL is OSI ("IWM   260918P00270000"), compact (IWM260918P00270000) or short
    ("IWM 2026-09-18 270 P"); or give --kind, --strike and --expiry or --t-years.
    """
    result = value_contract(
        question="price",
        symbol=symbol,
        kind=kind,
        strike=strike,
        expiry=expiry,
        t_years=t_years,
        exercise=exercise,
        chain=chain,
        vol=vol,
        premium=None,
        ticker=ticker,
        spot=spot,
        rate=rate,
        dividends=dividends,
        asof=asof,
    )
    deliver(result, format_=format_, output=output, quiet=quiet)

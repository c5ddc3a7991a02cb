"""``hedgekit iv``: the vol that explains a premium."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from hedgekit.cli.options import contract_options, deliver, market_options, output_options, value_contract

if TYPE_CHECKING:
    from hedgekit.model import ExerciseStyle


@click.command(epilog="Example:  hedgekit iv IWM260918P00270000 --chain iwm.json")
@click.argument("symbol", required=False)
@contract_options
@click.option("--premium", type=float, help="Dollars a share.  [default: the chain's mid quote]")
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
    premium: float | None,
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
    """Find the implied vol of one option.

    SYMBOL is OSI ("IWM   260918P00270000"), compact (IWM260918P00270000) or short
    ("IWM 2026-09-18 270 P"); or give --kind, --strike and --expiry or --t-years.
    """
    result = value_contract(
        question="iv",
        symbol=symbol,
        kind=kind,
        strike=strike,
        expiry=expiry,
        t_years=t_years,
        exercise=exercise,
        chain=chain,
        vol=None,
        premium=premium,
        ticker=ticker,
        spot=spot,
        rate=rate,
        dividends=dividends,
        asof=asof,
    )
    if format_ == "table":
        result.require()
    deliver(result, format_=format_, output=output, quiet=quiet)
    result.require()

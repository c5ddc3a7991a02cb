"""``hedgekit structure NAME``: one command for each structure of the catalogue, made from its file."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from datetime import date
from typing import Any, Literal

import click

from hedgekit.cli.options import KindType, day_option, market_options, output_options, plot_option
from hedgekit.cli.structure_options import deliver_structure, structure_options
from hedgekit.structures import STRUCTURES


def command_of(name: str) -> click.Command:
    """Return the command that builds one structure of the catalogue."""
    home = importlib.import_module(STRUCTURES[name])
    title, _, what = (home.__doc__ or "").strip().partition(": ")
    chosen = (home.strikes.__doc__ or "").strip()
    order = "\n\n".join(
        [
            f"{title}: {what}",
            f"Strikes, ascending: {', '.join(home.STRIKES)}. Without --strikes: {chosen[0].lower()}{chosen[1:]}",
            "Bought at the ask, sold at the bid of the chain; flagged, one-sided or wide quotes are not chosen.",
        ]
    )
    two = getattr(home, "TWO_EXPIRIES", False)

    def run(**given: Any) -> None:
        _build(name, **given)

    decorators: list[Callable[[Any], Any]] = [
        click.option("--chain", required=True, metavar="SOURCE", help="Option chain file; its format is recognised."),
        day_option("--by", "Use the first listed expiry on or after this day."),
        day_option("--expiry", "Use exactly this expiry."),
        *(_FAR if two else []),
        click.option(
            "--strikes", metavar="K1,K2,...", help=f"Exactly these strikes, ascending: {', '.join(home.STRIKES)}."
        ),
        click.option(
            "--delta", metavar="D[,D]", help="Main strikes by absolute delta: one for all, or from the lowest up."
        ),
        click.option(
            "--otm", metavar="PCT[,PCT]", help="Main strikes by distance out of the money, percent of the spot (5%)."
        ),
        *(_WIDTH if home.DEFAULT.widths else []),
        *(_KIND if home.DEFAULT.kind else []),
        *(_CAP if hasattr(home, "CAPPED") else []),
        click.option("--contracts", type=int, default=1, show_default=True, help="How many of the structure."),
        click.option(
            "--max-spread",
            type=float,
            default=0.30,
            show_default=True,
            help="Quotes with a wider spread, as a fraction of their mid, are not chosen.",
        ),
        structure_options,
        market_options,
        plot_option,
        output_options,
    ]
    for decorator in reversed(decorators):
        run = decorator(run)
    example = f"Example:  hedgekit structure {name} --chain iwm.json --by 2026-09-18"
    return click.command(name=name, help=order, short_help=f"{what[:1].upper()}{what[1:]}", epilog=example)(run)


_FAR = [
    day_option("--far-by", "Later expiry: the first listed on or after this day.  [default: 25 days or more later]"),
    day_option("--far-expiry", "Later expiry: exactly this one."),
]
_WIDTH = [
    click.option(
        "--width", metavar="W[,W]", help="From a main strike to its wing, dollars (10) or percent of the spot (5%)."
    )
]
_KIND = [click.option("--kind", type=KindType(), help="Of calls or of puts.")]
_CAP = [click.option("--cap", metavar="W", help="Buy an option this far beyond the open side (10, or 5%).")]


def _build(
    name: str,
    *,
    chain: str,
    by: date | None,
    expiry: date | None,
    strikes: str | None,
    delta: str | None,
    otm: str | None,
    contracts: int,
    max_spread: float,
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
    width: str | None = None,
    kind: str | None = None,
    cap: str | None = None,
    far_by: date | None = None,
    far_expiry: date | None = None,
) -> None:
    from hedgekit.market.sources import load
    from hedgekit.structures.catalogue import make
    from hedgekit.structures.choice import Choice

    choice = Choice.read(strikes=strikes, delta=delta, otm=otm, width=width, kind=kind, cap=cap)
    if verbose:
        click.echo(f"reading {chain}", err=True)
    result = make(
        name,
        load(chain, asof=asof, spot=spot, ticker=ticker, expiry=expiry),
        choice=choice,
        contracts=contracts,
        by=by,
        expiry=expiry,
        far_by=far_by,
        far_expiry=far_expiry,
        rate=rate,
        dividends=dividends,
        vol=vols,
        drift=drift,
        exercise=exercise,
        fee=fee,
        max_spread=max_spread,
        history=history,
    )
    deliver_structure(result, defined_risk_only=defined_risk_only, format_=format_, output=output, quiet=quiet)

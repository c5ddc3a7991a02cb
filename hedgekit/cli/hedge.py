"""``hedgekit hedge``: shares and a floor in, the candidates side by side out."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from hedgekit.cli.groups import lazy_group, refuse_options_before
from hedgekit.cli.options import (
    HTML,
    day_option,
    deliver,
    fee_option,
    market_options,
    output_options,
    plot_option,
    seconds,
    write_beside,
)

if TYPE_CHECKING:
    from hedgekit.hedges.comparison import HedgeResult
    from hedgekit.model import Chain
    from hedgekit.results import Result

# command -> its module; help shows them in this order
COMMANDS = {
    "frontier": "hedgekit.cli.hedge_frontier",
    "stop": "hedgekit.cli.hedge_stop",
    "verify": "hedgekit.cli.hedge_verify",
}


@click.group(
    cls=lazy_group(COMMANDS),
    invoke_without_command=True,
    subcommand_metavar="[COMMAND] ...",
    epilog="Example:  hedgekit hedge --shares 1700 --chain iwm.json --by 2026-09-18 --floor 0.90 --min-cap 1.08",
)
@click.option("--shares", type=int, help="Shares owned.")
@click.option(
    "--holdings",
    metavar="FILE",
    help="In place of --shares: a CSV of ticker,shares,price (and beta,low,high), hedged with the chain's options; "
    "goals are then fractions of their value.",
)
@click.option("--beta", type=float, help="Of all holdings to the chain's underlying.  [default: theirs, or --prices]")
@click.option("--chain", metavar="SOURCE", help="Option chain file; its format is recognised.")
@day_option("--by", "Use the first listed expiry on or after this day.")
@day_option("--expiry", "Use exactly this expiry.")
@click.option(
    "--floor",
    type=float,
    help="Fraction of today's value to keep at expiry at every spot, net of the financed cost.  "
    "[default: 0.90 when no goal is given]",
)
@click.option(
    "--budget",
    type=float,
    help="Fraction of today's value to spend at most, for the highest floor; with --floor and --min-cap, for the "
    "highest cap.",
)
@click.option("--zero-cost", is_flag=True, help="The highest cap at which the floor costs nothing.")
@click.option(
    "--until",
    type=float,
    metavar="LEVEL",
    help="Weaker: the floor is to hold down to this spot only (dollars; below 1, a fraction of the spot).",
)
@click.option(
    "--delta-target", type=float, help="The cheapest hedge that brings the delta to this fraction of the shares'."
)
@click.option(
    "--cvar", type=float, help="The cheapest hedge whose average loss in the worst 5% is at most this fraction."
)
@click.option(
    "--measure",
    type=click.Choice(["implied", "historical"]),
    default="implied",
    show_default=True,
    help="Distribution for --cvar: what the quotes imply, or the past of --prices.",
)
@click.option(
    "--prices",
    metavar="FILE",
    multiple=True,
    help="Daily prices, for the historical distribution and betas; may be repeated.",
)
@click.option(
    "--preset",
    metavar="NAME",
    help="An index strategy by its strike rule: PPUT, PPUT3M, CLL, CLLZ, CLLR or JHEQX; and what gives as much.",
)
@click.option(
    "--what-if",
    is_flag=True,
    help="Also revalue the recommended hedge over spot x vol x date and price rolling it; with --prices and "
    "--vol-index also under recorded crashes.",
)
@click.option("--vol-index", metavar="FILE", help="History of a vol index such as VIX, for the replays of --what-if.")
@click.option(
    "--details",
    is_flag=True,
    help="Also show margin, assignment, and cost and tail under each distribution. JSON and CSV always hold them.",
)
@click.option(
    "--min-cap",
    type=float,
    help="Calls may be sold at this fraction of the spot or above (1.10), and such a hedge recommended.  "
    "[default: collars are shown at 1.10, not recommended]",
)
@click.option(
    "--max-legs",
    type=int,
    default=3,
    show_default=True,
    help="Most distinct contracts of a recommended hedge, 1 to 6.",
)
@click.option(
    "--time-limit",
    type=float,
    callback=seconds,
    default=60.0,
    show_default=True,
    help="Seconds after which the search for 4 legs and more settles for the fewer that are proven.",
)
@click.option(
    "--max-spread",
    type=float,
    default=0.30,
    show_default=True,
    help="Quotes with a wider spread, as a fraction of their mid, are not traded on.",
)
@fee_option
@click.option(
    "--ticket",
    metavar="FILE",
    help="Also write the recommended hedge as orders: a CSV, one line a leg, limits at mid and touch.",
)
@click.option(
    "--certificate",
    metavar="FILE",
    help="Also write the proof that no ticket is cheaper; hedgekit hedge verify checks it.",
)
@market_options
@plot_option
@output_options
@click.pass_context
def command(
    ctx: click.Context,
    *,
    shares: int | None,
    holdings: str | None,
    beta: float | None,
    chain: str | None,
    by: date | None,
    expiry: date | None,
    floor: float | None,
    budget: float | None,
    zero_cost: bool,
    until: float | None,
    delta_target: float | None,
    cvar: float | None,
    measure: str,
    prices: tuple[str, ...],
    preset: str | None,
    what_if: bool,
    vol_index: str | None,
    details: bool,
    min_cap: float | None,
    max_legs: int,
    time_limit: float,
    max_spread: float,
    fee: float,
    ticket: str | None,
    certificate: str | None,
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
    """Size option hedges that truly hold a floor, beside a stop and holding less.

    Every candidate is priced at the touch and sized in whole contracts. The goal is one of --floor,
    --budget, --zero-cost, --delta-target, --cvar and --preset. Ends with 4 when no option hedge of that expiry meets
    it, naming the nearest floor that one does.
    """
    if ctx.invoked_subcommand is not None:
        refuse_options_before(ctx)
        return
    if chain is None or (shares is None and holdings is None):
        missing = "--shares" if shares is None and holdings is None else "--chain"
        raise click.UsageError(f"Missing option '{missing}'.", ctx)
    if shares is not None and holdings is not None:
        raise click.UsageError("--shares and --holdings both say what is owned: give one", ctx)
    if beta is not None and holdings is None:
        raise click.UsageError("--beta is of --holdings FILE; shares of the chain's underlying have a beta of 1", ctx)
    if vol_index is not None and not (what_if and prices):
        raise click.UsageError("--vol-index is for the replays of --what-if with --prices", ctx)
    from hedgekit.cli.progress import search_watch
    from hedgekit.hedges import compare
    from hedgekit.market.sources import load

    if verbose:
        click.echo(f"reading {chain}", err=True)
    loaded = load(chain, asof=asof, spot=spot, ticker=ticker, expiry=expiry)
    history = None
    if prices:
        from hedgekit.market.prices import load_prices

        history = load_prices(prices[0] if len(prices) == 1 else prices)
    terms: dict[str, Any] = {
        "floor": floor,
        "by": by,
        "expiry": expiry,
        "rate": rate,
        "dividends": dividends,
        "fee": fee,
        "min_cap": min_cap,
        "max_legs": max_legs,
        "max_spread": max_spread,
        "prices": history,
        "watch": search_watch(limit_seconds=time_limit),
        "details": details or format_ != "table" or history is not None or bool(ctx.meta.get(HTML)),
    }
    goals: dict[str, Any] = {
        "budget": budget,
        "zero_cost": zero_cost,
        "until": until,
        "delta_target": delta_target,
        "cvar": cvar,
        "preset": preset,
    }
    if holdings is not None:
        from hedgekit.hedges.portfolio import compare_portfolio
        from hedgekit.risk.holdings import read_holdings

        portfolio = read_holdings(holdings, loaded.ticker, beta=beta, prices=history)
        result = compare_portfolio(loaded, portfolio, **goals, **terms)
    else:
        result = compare(loaded, shares=shares or 0, measure=measure, **goals, **terms)
    if what_if and result.recommended is not None:
        result = _with_what_if(loaded, result, terms, vol_index)
    files: dict[str, str] = {}
    if certificate is not None:
        from hedgekit.hedges.verification import certificate_of

        files[certificate] = json.dumps(certificate_of(result, loaded)) + "\n"

    def beside() -> list[Result]:
        if holdings is not None:
            return []
        from hedgekit.cli.hedge_page import further_answers

        return further_answers(loaded, result, terms)

    deliver(result, format_=format_, output=output, quiet=quiet, beside=beside)
    if ticket is not None and result.recommended is not None:
        from hedgekit.report.csv_text import csv_text

        files[ticket] = csv_text(result.orders())
    write_beside(files, quiet=quiet)
    result.require()


def _with_what_if(chain: Chain, result: HedgeResult, terms: dict[str, Any], vol_index: str | None) -> HedgeResult:
    """Add the recommended hedge before expiry to an answer."""
    from dataclasses import replace

    from hedgekit.hedges.what_if import FEW_MOVES, FEW_SHOCKS, FEW_STEPS, what_if
    from hedgekit.market.prices import load_prices

    found = what_if(
        chain,
        result,
        rate=terms["rate"],
        dividends=terms["dividends"],
        spot_moves=FEW_MOVES,
        vol_shocks=FEW_SHOCKS,
        steps=FEW_STEPS,
        prices=terms["prices"],
        vol_index=None if vol_index is None else load_prices(vol_index),
        with_rolls=True,
    )
    return replace(result, what_if=found, warnings=tuple(dict.fromkeys((*result.warnings, *found.warnings))))

"""``hedgekit structure find``: a view of the spot in, the structures that it favours most out."""

from __future__ import annotations

import math
import re
from datetime import date

import click

from hedgekit.cli.options import day_option, deliver, fee_option, market_options, output_options


def _target(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[float, float] | None:
    """Read LOW:HIGH, or LOW-HIGH and LOW..HIGH; either end may be left out."""
    if value is None:
        return None
    from hedgekit.market.tables import ungrouped

    low, colon, high = re.sub(r"\.\.|(?<=\d) ?- ?(?=\d)", ":", value).partition(":")
    try:
        if not colon:
            raise ValueError
        return float(ungrouped(low)) if low.strip() else 0.0, float(ungrouped(high)) if high.strip() else math.inf
    except ValueError:
        message = f"{value!r}: expected two spots like 240:260; :260 is up to 260, 240: is 240 or above"
        raise click.BadParameter(message, ctx, param) from None


@click.command(
    epilog="Example:  hedgekit structure find --chain iwm.json --target 250:265 --by 2027-01-15 --max-loss 500"
)
@click.option("--chain", required=True, metavar="SOURCE", help="Option chain file; its format is recognised.")
@click.option("--target", metavar="LOW:HIGH", callback=_target, help="Where the spot will be, dollars a share.")
@click.option("--not-below", type=float, metavar="SPOT", help="Instead of a target: this or anything above.")
@click.option(
    "--confidence",
    type=float,
    default=0.80,
    show_default=True,
    help="How sure: the probability of the target. Inside and outside the market's shape is kept.",
)
@day_option("--by", "The view is of the first listed expiry on or after this day.")
@day_option("--expiry", "The view is of exactly this expiry.")
@click.option("--max-loss", type=float, metavar="USD", help="Most that one contract may lose.")
@click.option("--max-capital", type=float, metavar="USD", help="Most that one contract may tie up.")
@click.option("--min-pop", type=float, metavar="P", help="Least probability of a profit under the view (0.6).")
@click.option("--structure", "structures", multiple=True, metavar="NAME", help="Search only this one; repeat for more.")
@click.option("--each", type=int, default=2, show_default=True, help="Show at most so many of one structure.")
@click.option("--top", type=int, default=16, show_default=True, help="Show at most so many in all.")
@fee_option
@click.option(
    "--max-spread",
    type=float,
    default=0.30,
    show_default=True,
    help="Quotes with a wider spread, as a fraction of their mid, are not traded on; flagged ones never are.",
)
@market_options
@output_options
def command(
    *,
    chain: str,
    target: tuple[float, float] | None,
    not_below: float | None,
    confidence: float,
    by: date | None,
    expiry: date | None,
    max_loss: float | None,
    max_capital: float | None,
    min_pop: float | None,
    structures: tuple[str, ...],
    each: int,
    top: int,
    fee: float,
    max_spread: float,
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
    """Find the structures of a chain that a view of the spot favours most.

    Every combination of the strikes that can be traded on is looked at, at the touch: the whole catalogue of
    'hedgekit structure', with calendars and diagonals of every later expiry. Ranked by expected profit under the view
    per dollar of greatest loss, with the market's own odds beside it.
    Ends with 4 when nothing within the limits has a positive expected profit.
    """
    from hedgekit.market.sources import load
    from hedgekit.structures.find import find

    if verbose:
        click.echo(f"reading {chain}", err=True)
    result = find(
        load(chain, asof=asof, spot=spot, ticker=ticker, expiry=expiry),
        target=target,
        not_below=not_below,
        confidence=confidence,
        by=by,
        expiry=expiry,
        max_loss=max_loss,
        max_capital=max_capital,
        min_pop=min_pop,
        structures=structures,
        each=each,
        top=top,
        fee=fee,
        max_spread=max_spread,
        rate=rate,
        dividends=dividends,
    )
    deliver(result, format_=format_, output=output, quiet=quiet)
    result.require()

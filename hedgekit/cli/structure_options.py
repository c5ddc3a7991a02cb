"""What the structure commands share: market inputs beyond the usual, and how the answer is delivered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

import click

from hedgekit.fees import DEFAULT_FEE

if TYPE_CHECKING:
    from hedgekit.results import Result
    from hedgekit.structures.analysis import StructureResult

F = TypeVar("F", bound=Callable[..., Any])


def structure_options(command: F) -> F:
    """Add the options that every structure command takes beside the market's."""
    decorators = [
        click.option(
            "--vol",
            "vols",
            multiple=True,
            metavar="[EXPIRY=]NUMBER",
            callback=_vols,
            help="Vol a year for all (0.22) or, repeated, each expiry (2026-09-18=0.22).  [default: each leg's own]",
        ),
        click.option(
            "--drift",
            type=float,
            help="Growth of the expected price a year for the lognormal probabilities (0.06).  [default: the pricing "
            "measure: rate less dividends]",
        ),
        click.option(
            "--history",
            metavar="FILE",
            help="Daily prices of the underlying, for the historical probabilities.",
        ),
        click.option(
            "--fee",
            type=float,
            default=0.0,
            show_default=True,
            help="Dollars a contract, bought or sold. None: extremes and break-evens are those of the prices alone; "
            f"hedge and structure find count {DEFAULT_FEE:g}.",
        ),
        click.option(
            "--exercise",
            type=click.Choice(["american", "european"]),
            help="Style.  [default: that of the option root: indices European, the rest American]",
        ),
        click.option("--defined-risk-only", is_flag=True, help="Refuse a structure whose loss has no limit (exit 4)."),
    ]
    for decorator in reversed(decorators):
        command = decorator(command)
    return command


def _vols(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> float | dict[date, float] | None:
    """Read one vol for all, or one an expiry."""
    from hedgekit.market.tables import decimal

    found: dict[date, float] = {}
    for text in values:
        day, _, number = text.rpartition("=")
        vol = decimal(number)
        if vol is None:
            raise click.BadParameter(f"{text!r}: expected a decimal a year like 0.22, or EXPIRY=0.22", ctx, param)
        if not day:
            if len(values) > 1:
                raise click.BadParameter("give one vol for all, or each as EXPIRY=NUMBER", ctx, param)
            return vol
        try:
            found[date.fromisoformat(day)] = vol
        except ValueError:
            message = f"{day!r} is not a day of the calendar: write 2026-09-18=0.22"
            raise click.BadParameter(message, ctx, param) from None
    return found or None


def deliver_structure(
    result: StructureResult, *, defined_risk_only: bool, format_: str, output: str, quiet: bool
) -> None:
    """Deliver the answer, or refuse it before anything is written."""
    from hedgekit.cli.options import deliver

    result.require(defined_risk_only=defined_risk_only)

    def beside() -> list[Result]:
        from hedgekit.structures.what_if import what_if

        return [] if result.by_date is None else [what_if(result)]

    deliver(result, format_=format_, output=output, quiet=quiet, beside=beside)

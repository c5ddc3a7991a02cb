"""``hedgekit pair backtest``: the pair traded through its history, without look-ahead."""

from __future__ import annotations

import sys
from datetime import date

import click

from hedgekit.cli.options import deliver, output_options, plot_option
from hedgekit.cli.pair_inputs import load_pair, pair_inputs


@click.command(epilog="Example:  hedgekit pair backtest prices.csv --long IWM --short SPY --prove")
@pair_inputs
@click.option("--window", type=int, default=252, show_default=True, help="Days the line comes from.")
@click.option("--refit", type=int, default=21, show_default=True, help="Days between re-estimations.")
@click.option("--entry", type=float, default=2.0, show_default=True, help="Deviations at which to enter.")
@click.option("--exit", "exit_", type=float, default=0.5, show_default=True, help="Deviations at which to leave.")
@click.option("--stop", type=float, default=4.0, show_default=True, help="Deviations at which to give up.")
@click.option("--max-days", type=int, default=63, show_default=True, help="Trading days after which to give up.")
@click.option(
    "--gate/--no-gate",
    default=True,
    show_default=True,
    help="Enter only when cointegrated at 5%, without the day and with it.",
)
@click.option("--gross", type=float, default=100_000.0, show_default=True, help="Dollars of both legs at entry.")
@click.option("--cost-bps", type=float, default=2.0, show_default=True, help="Cost of every fill, basis points.")
@click.option("--borrow", type=float, default=0.005, show_default=True, help="Borrow fee a year on the leg sold.")
@click.option("--prove", is_flag=True, help="Recompute on every prefix of the history and compare every value.")
@plot_option
@output_options
def command(
    *,
    prices: tuple[str, ...],
    long: str | None,
    short: str | None,
    asof: date | None,
    since: date | None,
    window: int,
    refit: int,
    entry: float,
    exit_: float,
    stop: float,
    max_days: int,
    gate: bool,
    gross: float,
    cost_bps: float,
    borrow: float,
    prove: bool,
    format_: str,
    output: str,
    quiet: bool,
    verbose: bool,
) -> None:
    """Trade the pair through its history.

    The line is re-estimated on past days as time goes on; a signal at one close is filled at the next.
    Ends with 1 when --prove finds a value that later days would have changed.
    """
    from hedgekit.cli.progress import tell
    from hedgekit.pairs.backtest import Rules, pair_backtest

    rules = Rules(
        window=window,
        refit=refit,
        entry_z=entry,
        exit_z=exit_,
        stop_z=stop,
        max_days=max_days,
        gate=gate,
        gross_usd=gross,
        cost_bps=cost_bps,
        borrow=borrow,
    )

    def progress(done: int, total: int) -> None:
        tell(f"{total:,} prefixes", done / total)

    history = load_pair(prices, long, short, asof, since, verbose=verbose)
    result = pair_backtest(history, long, short, rules=rules, proved=prove, progress=progress)
    deliver(result, format_=format_, output=output, quiet=quiet)
    if result.proof is not None and not result.proof.identical:
        sys.exit(1)

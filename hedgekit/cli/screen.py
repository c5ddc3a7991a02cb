"""``hedgekit screen``: constituents through named rules."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from hedgekit.cli.options import day_option, deliver, output_options

FILE = click.Path(path_type=Path)


@click.command(epilog="Example:  hedgekit screen facts.csv --prices members.parquet --index IWM --rules screen.toml")
@click.argument("facts", type=FILE)
@click.option("--prices", type=FILE, multiple=True, help="Prices of the members and the index; may be repeated.")
@click.option("--index", default="IWM", show_default=True, help="Ticker of the index in the prices.")
@click.option("--rules", type=FILE, help="TOML with a table a rule: its parameters, or enabled = false.")
@click.option("--only", multiple=True, metavar="RULE", help="Apply this rule alone; may be repeated.")
@day_option("--asof", "Cut prices after this day.")
@output_options
def command(
    *,
    facts: Path,
    prices: tuple[Path, ...],
    index: str,
    rules: Path | None,
    only: tuple[str, ...],
    asof: date | None,
    format_: str,
    output: str,
    quiet: bool,
    verbose: bool,
) -> None:
    """Screen constituents by balance sheet, growth, insiders, volume and trend.

    FACTS is CSV or parquet with a ticker column and any of debt_to_equity, revenue_growth,
    earnings_growth (or earnings and earnings_before), insider_buying, volume and average_volume;
    ratios are fractions, or percent in columns that end in _pct; or a fund's holdings file.
    Missing data is unknown, never a pass.
    """
    from hedgekit.leadership.screen import screen
    from hedgekit.leadership.screen.facts import read_facts
    from hedgekit.leadership.screen.tuning import tuned
    from hedgekit.market.prices import load_prices

    if verbose:
        click.echo(f"reading {facts}", err=True)
    result = screen(
        read_facts(facts),
        prices=load_prices(list(prices)) if prices else None,
        index=index.upper() if prices else None,
        rules=tuned(rules, only=only),
        asof=asof,
    )
    deliver(result, format_=format_, output=output, quiet=quiet)

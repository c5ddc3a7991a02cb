"""``hedgekit scenario``: a book over spot x vol x date, and under recorded market moves."""

from __future__ import annotations

import click

from hedgekit.cli.book_options import (
    book_options,
    check_moment,
    read_beta_file,
    read_chains,
    read_dividend_options,
    read_prices,
)
from hedgekit.cli.options import deliver, output_options, plot_option


def _numbers(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[float, ...] | None:
    """Read numbers with commas between; 20% is 0.2."""
    if value is None:
        return None
    from hedgekit.market.tables import decimal

    found = [decimal(part) for part in str(value).split(",")]
    if any(number is None or number != number for number in found):
        raise click.BadParameter(f"{value!r}: write numbers with commas between, like -20%,0,0.1", ctx, param)
    return tuple(number for number in found if number is not None)


@click.command(
    epilog="Example:  hedgekit scenario --book book.csv --chain iwm.json --spot-moves -20%,0,10% --days 0,30"
)
@click.option("--book", metavar="FILE", help="Positions: CSV, JSON or TOML, or a broker's export.")
@click.option("--shares", type=int, help="Instead of a book: shares of the first chain's ticker.")
@click.option("--leg", "legs", multiple=True, help='Instead of a book: "+17 IWM 2026-09-18 272 P"; repeatable.')
@click.option(
    "--legs", "file", metavar="FILE", help="Instead: CSV of legs, such as a ticket that hedge --ticket wrote."
)
@click.option("--benchmark", default="IWM", show_default=True, help="What moves; other tickers move by beta to it.")
@click.option(
    "--spot-moves",
    callback=_numbers,
    metavar="LIST",
    help="Moves of the benchmark.  [default: -30%,-20%,-10%,-5%,0,5%,10%,20%]",
)
@click.option("--vol-shocks", callback=_numbers, metavar="LIST", help="Vol shocks.  [default: -20%,0,50%]")
@click.option(
    "--vol-rule",
    type=click.Choice(["relative", "absolute"]),
    default="relative",
    show_default=True,
    help="Relative: 50% takes a vol of 20% to 30%. Absolute: 5% takes it to 25%.",
)
@click.option("--days", callback=_numbers, metavar="LIST", help="Calendar days ahead; 0 is at once.  [default: 0,30]")
@click.option(
    "--smile",
    type=click.Choice(["sticky-strike", "sticky-delta"]),
    default="sticky-strike",
    show_default=True,
    help="Whether each strike keeps its vol when the spot moves, or the smile moves with the spot.",
)
@click.option(
    "--replay",
    "replays",
    multiple=True,
    help="A recorded move: 2008-09/10, 2018-02, 2020-02/03, 2022, 2024-08, 2025-04, all; needs --prices, --vol-index.",
)
@click.option("--vol-index", metavar="FILE", help="History of a vol index such as VIX, for replays.")
@click.option("--roll", "roll_days", type=int, metavar="DAYS", help="Also price rolling each option to a new one.")
@book_options
@plot_option
@output_options
def command(
    *,
    book: str | None,
    shares: int | None,
    legs: tuple[str, ...],
    file: str | None,
    benchmark: str,
    spot_moves: tuple[float, ...] | None,
    vol_shocks: tuple[float, ...] | None,
    vol_rule: str,
    days: tuple[float, ...] | None,
    smile: str,
    replays: tuple[str, ...],
    vol_index: str | None,
    roll_days: int | None,
    chains: tuple[str, ...],
    prices: tuple[str, ...],
    betas: str | None,
    rate: str | None,
    dividends: tuple[str, ...],
    asof: str | None,
    format_: str,
    output: str,
    quiet: bool,
    verbose: bool,
) -> None:
    """Revalue a book over moves of a benchmark, vol shocks and days ahead, and under recorded moves.

    Every option is priced anew at every point with the American engine. Nothing is left out: a line that
    cannot be valued ends the command with 3 and says which.
    """
    from hedgekit.market.legs import parse_leg, read_legs
    from hedgekit.risk.book import book_of_legs, load_book
    from hedgekit.risk.scenario import DAYS, SPOT_MOVES, VOL_SHOCKS, scenario

    if days is not None and any(day % 1.0 != 0.0 for day in days):
        raise click.UsageError(f"--days {','.join(f'{day:g}' for day in days)}: expected whole days")
    if (book is None) == (not shares and not legs and file is None):
        raise click.UsageError("give --book FILE, or --shares and --leg or --legs FILE with --chain")
    if shares and not chains:
        raise click.UsageError("--shares are of the first --chain's ticker: give --chain SOURCE")
    if verbose:
        click.echo(f"reading {', '.join((*chains, *prices))}", err=True)
    read = read_chains(chains, asof)
    if book is not None:
        held = load_book(book)
    else:
        orders = [*(parse_leg(leg) for leg in legs), *(read_legs(file) if file is not None else ())]
        held = book_of_legs(orders, shares=shares or 0, ticker=read[0].ticker if read else "")
    result = scenario(
        held,
        chains=read,
        prices=read_prices(prices),
        vol_index=None if vol_index is None else read_prices([vol_index]),
        betas=read_beta_file(betas),
        benchmark=benchmark.strip().upper(),
        rate=rate,
        dividends=read_dividend_options(dividends),
        now=check_moment(asof),
        spot_moves=spot_moves or SPOT_MOVES,
        vol_shocks=vol_shocks or VOL_SHOCKS,
        vol_rule="absolute" if vol_rule == "absolute" else "relative",
        days=DAYS if days is None else [int(day) for day in days],
        smile="sticky_delta" if smile == "sticky-delta" else "sticky_strike",
        replays=replays,
        roll_days=roll_days,
    )
    deliver(result, format_=format_, output=output, quiet=quiet)

"""``hedgekit history enrich``: chains of many days with vols, greeks, forwards and smiles, as parquet."""

from __future__ import annotations

import click

from hedgekit.cli.options import deliver, output_options
from hedgekit.cli.scale_options import progress, scale_options


@click.command(epilog="Example:  hedgekit history enrich chains/ --out enriched --workers 8")
@click.argument("sources", nargs=-1, required=True)
@click.option("--out", metavar="DIR", required=True, help="Folder of the outputs and of the manifest.")
@click.option("--strict", is_flag=True, help="Stop at the first file or partition that fails.")
@click.option(
    "--rate",
    metavar="NUMBER|FILE",
    help="Continuously compounded rate a year (0.0375), or a Treasury curve file.  [default: from each chain]",
)
@click.option(
    "--dividends",
    metavar="NUMBER|FILE",
    help="Dividend yield a year (0.011), or a CSV of date,amount.  [default: the yield each chain implies]",
)
@scale_options
@output_options
def command(
    *,
    sources: tuple[str, ...],
    out: str,
    strict: bool,
    rate: str | None,
    dividends: str | None,
    workers: int | None,
    scheduler: str | None,
    format_: str,
    output: str,
    quiet: bool,
    verbose: bool,
) -> None:
    """Solve every chain of a history: vols, greeks, forwards, defects and smiles.

    SOURCES are chain files of any known format and folders of them. Each day and underlying becomes one
    file, DIR/date=YYYY-MM-DD/underlying=TICKER/quotes.parquet; docs/history.md tells its columns. A run
    can be stopped at any moment: the next one does what is missing or changed. What cannot be read is
    reported, the rest goes on, and the command ends with 3.
    """
    from hedgekit.scale.engines import engine
    from hedgekit.scale.history import enrich

    where = engine(workers, scheduler)
    if verbose:
        click.echo(f"on {where.name}", err=True)
    try:
        result = enrich(
            sources,
            out=out,
            engine=where,
            rate=rate,
            dividends=dividends,
            strict=strict,
            watch=progress("partitions", quiet=quiet),
        )
    except KeyboardInterrupt:
        click.echo(f"\nstopped; what is done is kept: the same command goes on from there ({out})", err=True)
        raise
    finally:
        where.close()
    deliver(result, format_=format_, output=output, quiet=quiet)
    if result.exit_code:
        click.get_current_context().exit(result.exit_code)

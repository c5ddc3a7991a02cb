"""``hedgekit record``: what was promised on past days against what happened."""

from __future__ import annotations

from pathlib import Path

import click

from hedgekit.cli.options import deliver, output_options
from hedgekit.record import CHAPTERS


@click.command(epilog="Example:  hedgekit record --data quotes/ --chapter floors")
@click.option(
    "--data",
    required=True,
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder of chains, daily prices, dividends and rates; files are told apart by content.",
)
@click.option(
    "--chapter",
    "chapters",
    multiple=True,
    type=click.Choice(list(CHAPTERS)),
    metavar="NAME",
    help=f"One of {', '.join(CHAPTERS)}; may be given several times. Default: all.",
)
@output_options
def command(*, data: Path, chapters: tuple[str, ...], format_: str, output: str, quiet: bool, verbose: bool) -> None:
    """Replay past promises on real data and print what came of them, failures included.

    Floors, probabilities, intervals, greeks and signals are made on each past day from what was known then, and
    held against what happened after. A folder with little in it says so.
    """
    import sys
    import time

    from hedgekit.record.replay import record

    said = {"at": 0.0, "what": ""}
    terminal = sys.stderr is not None and sys.stderr.isatty()

    def tell(what: str, done: int, whole: int) -> None:
        if quiet:
            return
        if terminal:
            if time.monotonic() - said["at"] >= 0.5:  # type: ignore[operator]
                said["at"] = time.monotonic()
                click.echo(f"\r\x1b[K{what}: {done} of {whole}", err=True, nl=False)
        elif what != said["what"]:
            said["what"] = what
            click.echo(f"{what}: {whole} to do", err=True)

    result = record(data, chapters=chapters, tell=tell)
    if terminal and not quiet:
        click.echo("\r\x1b[K", err=True, nl=False)
    deliver(result, format_=format_, output=output, quiet=quiet)

"""``hedgekit record``: what was promised on past days against what happened."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from hedgekit.cli.options import day_option, deliver, output_options
from hedgekit.record import CHAPTERS

PIECES = {"reading files": "files read", "replaying promises": "pieces of work"}
"""What `record` says it does, and what the line of progress then counts."""


@click.command(epilog="Example:  hedgekit record --data quotes/ --chapter floors --promises promises.jsonl")
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
@click.option(
    "--promises",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Also write every promise and what came of it, one JSON object a line.",
)
@day_option("--asof", "Leave out all that is after this day: the record as it would have read then.")
@click.option("--workers", type=int, metavar="N", help="Processes of this machine.  [default: every core allowed]")
@output_options
def command(
    *,
    data: Path,
    chapters: tuple[str, ...],
    promises: Path | None,
    asof: date | None,
    workers: int | None,
    format_: str,
    output: str,
    quiet: bool,
    verbose: bool,
) -> None:
    """Replay past promises on real data and print what came of them, failures included.

    Floors, probabilities, intervals, greeks and signals are made on each past day from what was known then, and
    held against what happened after. A chapter that the folder holds too little for says what is missing.
    """
    from hedgekit.cli.progress import tell
    from hedgekit.cli.scale_options import progress
    from hedgekit.record.replay import record
    from hedgekit.report import write_text
    from hedgekit.scale.engines import allowed_cores

    if promises is not None and not promises.absolute().parent.is_dir():
        # said before the work, not after it
        raise click.BadParameter(f"no folder {promises.parent} to write it in", param_hint="'--promises'")
    watches = {what: progress(noun, quiet=quiet) for what, noun in PIECES.items()}
    result = record(
        data,
        chapters=chapters,
        asof=asof,
        workers=allowed_cores() if workers is None else workers,
        tell=lambda what, done, whole: watches[what](done, whole, 0),
    )
    if promises is not None:
        tell("the promises")
        write_text(promises, "".join(f"{line}\n" for line in result.promises()))
    deliver(result, format_=format_, output=output, quiet=quiet)

"""``hedgekit report``: one page of saved answers."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(epilog="Example:  hedgekit report hedge.json frontier.json --html desk.html")
@click.argument("answers", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="RESULT.json...")
@click.option("--html", "target", required=True, metavar="FILE", help="The page; - is standard output.")
@click.option("--quiet", is_flag=True, help="Nothing on standard error.")
def command(*, answers: tuple[Path, ...], target: str, quiet: bool) -> None:
    """Make one HTML page of answers saved with --format json.

    One self-contained file that opens from disk: pictures, tables, assumptions and warnings. Needs the
    extra `report`.
    """
    import json

    from hedgekit.cli.options import refuse_own_inputs
    from hedgekit.errors import DataError
    from hedgekit.paths import unreadable
    from hedgekit.report import write_text
    from hedgekit.report.page import page

    refuse_own_inputs(click.get_current_context())
    read = []
    for path in answers:
        try:
            answer = json.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise DataError(f"{path}: {unreadable(path, error)}") from None
        except (UnicodeDecodeError, json.JSONDecodeError) as error:
            raise DataError(f"{path}: not JSON: {error}: write an answer with --format json") from None
        if not isinstance(answer, dict):
            raise DataError(f"{path}: holds no answer: write one with --format json")
        read.append(answer)
    text = page(read)
    if target == "-":
        click.echo(text, nl=False)
        return
    write_text(Path(target), text)
    if not quiet:
        click.echo(f"written: {target}", err=True)

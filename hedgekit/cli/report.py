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
    from hedgekit.market.files import decoded, label_of, read_bytes
    from hedgekit.market.mistaken import WANTED, instead
    from hedgekit.report import write_text
    from hedgekit.report.page import page

    refuse_own_inputs(click.get_current_context())
    read = []
    for path in answers:
        data = read_bytes(path)
        try:
            answer = json.loads(decoded(label_of(path), data, WANTED["answer"]))
        except json.JSONDecodeError as error:
            answer, why = None, f"not JSON: {error}: write an answer with --format json"
        else:
            why = "holds no answer: write one with --format json"
        if not isinstance(answer, dict) or "schema" not in answer:
            raise DataError(f"{label_of(path)}: {instead(data, 'answer') or why}")
        read.append(answer)
    text = page(read)
    if target == "-":
        click.echo(text, nl=False)
        return
    write_text(Path(target), text)
    if not quiet:
        click.echo(f"written: {target}", err=True)

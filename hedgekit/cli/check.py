"""``hedgekit check``: a book against a policy, for people, cron and CI."""

from __future__ import annotations

from functools import partial

import click

from hedgekit.cli.book_options import (
    book_options,
    check_moment,
    read_beta_file,
    read_chains,
    read_dividend_options,
    read_prices,
)
from hedgekit.cli.options import deliver, output_options


@click.command(
    epilog="Example:  hedgekit check --policy desk.toml --book book.csv --chain iwm.json --format json --output a.json"
)
@click.option("--policy", metavar="FILE", help="TOML of rules and limits; 'hedgekit policy init' writes one.")
@click.option("--book", metavar="FILE", help="Positions: CSV, JSON or TOML, or a broker's export.")
@click.option("--against", metavar="FILE", help="JSON of an earlier check: say what has changed.")
@click.option("--explain", metavar="RULE", help="Say what a rule measures and which keys it takes, and stop.")
@book_options
@partial(output_options, more=("junit", "sarif"))
def command(
    *,
    policy: str | None,
    book: str | None,
    against: str | None,
    explain: str | None,
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
    """Hold a book against a policy: every rule, its value and limit; ends with 0 or 1.

    What is not known is never a pass: a rule that cannot be computed is a breach, and so is a line of
    the book that cannot be valued. Prices may be as old as the policy's data-age says, against --asof or
    else this computer's clock.
    """
    if explain is not None:
        from hedgekit.risk.explain import explain as explained

        if format_ in ("junit", "sarif"):
            raise click.UsageError(f"--explain has no {format_} form")
        deliver(explained(explain), format_=format_, output=output, quiet=quiet)
        return
    if policy is None or book is None:
        raise click.UsageError(f"give --{'policy' if policy is None else 'book'} FILE")
    from hedgekit.risk.book import load_book
    from hedgekit.risk.check import check
    from hedgekit.risk.policy import load_policy

    if verbose:
        click.echo(f"reading {', '.join((policy, book, *chains, *prices))}", err=True)
    rules, now = load_policy(policy), check_moment(asof)
    result = check(
        rules,
        load_book(book),
        chains=read_chains(chains, asof),
        prices=read_prices(prices),
        betas=read_beta_file(betas),
        rate=rate,
        dividends=read_dividend_options(dividends),
        now=now,
        now_given=asof is not None,
        against=against,
    )
    deliver(result, format_=format_, output=output, quiet=quiet)
    if result.exit_code:
        click.get_current_context().exit(result.exit_code)

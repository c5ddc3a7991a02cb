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
from hedgekit.cli.scale_options import progress, scale_options


@click.command(
    epilog="Example:  hedgekit check --policy desk.toml --book book.csv --chain iwm.json --format json --output a.json"
)
@click.option("--policy", metavar="FILE", help="TOML of rules and limits; 'hedgekit policy init' writes one.")
@click.option("--book", metavar="FILE", help="Positions: CSV, JSON or TOML, or a broker's export.")
@click.option(
    "--books", metavar="DIR|FILE", help="Many accounts: a folder of books, or a parquet file with an account a row."
)
@click.option("--out", metavar="FILE", help="With --books: parquet of every account's verdicts.")
@scale_options
@click.option("--against", metavar="FILE", help="JSON of an earlier check: say what has changed.")
@click.option("--explain", metavar="RULE", help="Say what a rule measures and which keys it takes, and stop.")
@book_options
@partial(output_options, more=("junit", "sarif"))
def command(
    *,
    policy: str | None,
    book: str | None,
    books: str | None,
    out: str | None,
    workers: int | None,
    scheduler: str | None,
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

    With --books every account is checked, each contract priced once for all of them; it ends with 3 when
    any account cannot be read, else with 1 when any breaches.
    """
    if explain is not None:
        from hedgekit.risk.explain import explain as explained

        if format_ in ("junit", "sarif"):
            raise click.UsageError(f"--explain has no {format_} form")
        deliver(explained(explain), format_=format_, output=output, quiet=quiet)
        return
    if policy is None or (book is None and books is None):
        raise click.UsageError(f"give --{'policy' if policy is None else 'book'} FILE")
    if books is None and (out is not None or workers is not None or scheduler is not None):
        raise click.UsageError("--out, --workers and --scheduler are for many accounts: give --books")
    from hedgekit.risk.book import load_book
    from hedgekit.risk.check import check
    from hedgekit.risk.policy import load_policy

    if verbose:
        named = [policy, *(source for source in (book, books) if source), *chains, *prices]
        click.echo(f"reading {', '.join(named)}", err=True)
    rules, now = load_policy(policy), check_moment(asof)
    if books is not None:
        if book is not None or against is not None or format_ in ("junit", "sarif"):
            raise click.UsageError("--books goes with neither --book nor --against, nor with junit and sarif")
        from hedgekit.scale.accounts import check_books
        from hedgekit.scale.engines import engine

        where = engine(workers, scheduler)
        try:
            many = check_books(
                rules,
                books,
                engine=where,
                chains=read_chains(chains, asof),
                prices=read_prices(prices),
                betas=read_beta_file(betas),
                rate=rate,
                dividends=read_dividend_options(dividends),
                now=now,
                now_given=asof is not None,
                out=out,
                watch=progress("accounts", quiet=quiet),
            )
        finally:
            where.close()
        deliver(many, format_=format_, output=output, quiet=quiet)
        if many.exit_code:
            click.get_current_context().exit(many.exit_code)
        return
    assert book is not None
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
        files=[] if betas is None else [betas],
    )
    deliver(result, format_=format_, output=output, quiet=quiet)
    if result.exit_code:
        click.get_current_context().exit(result.exit_code)

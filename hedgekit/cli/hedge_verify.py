"""``hedgekit hedge verify``: check that a certificate proves what it says."""

from __future__ import annotations

import click

from hedgekit.cli.options import deliver, output_options


@click.command(epilog="Example:  hedgekit hedge verify proof.json --chain iwm.json")
@click.argument("certificate", metavar="FILE")
@click.option("--chain", required=True, metavar="SOURCE", help="The option chain file that the certificate is about.")
@output_options
def command(*, certificate: str, chain: str, format_: str, output: str, quiet: bool, verbose: bool) -> None:
    """Check a certificate against a chain in exact arithmetic.

    FILE comes from hedgekit hedge --certificate FILE. The quotes are read anew; every set of legs is
    gone through with whole numbers alone, apart from the search that found the ticket. Ends with 3 when
    anything is not proven, and says what.
    """
    from hedgekit.hedges.verification import check, read_certificate, terms_of
    from hedgekit.market.sources import load

    made = read_certificate(certificate)
    if verbose:
        click.echo(f"reading {chain}", err=True)
    deliver(check(made, load(chain, **terms_of(made))), format_=format_, output=output, quiet=quiet)

"""What trading an option contract costs beside its price: one default and one range for every command."""

from __future__ import annotations

from hedgekit.errors import InputError

DEFAULT_FEE = 0.65
"""Dollars a contract, bought or sold: a common retail commission. Counted where trades are proposed or compared.

`structure NAME` and `structure analyze` count none unless asked: their break-evens and extremes are then those of the
prices alone, as exchanges and brokers print them.
"""

HIGHEST_FEE = 20.0
"""Dollars a contract; beyond it cents were meant."""


def checked_fee(fee: float) -> float:
    """Return a fee that can be one.

    Parameters
    ----------
    fee : float
        Dollars a contract.

    Raises
    ------
    InputError
        Below zero, or so high that cents were meant.

    Examples
    --------
    >>> checked_fee(0.65)
    0.65
    """
    if not 0.0 <= fee <= HIGHEST_FEE:
        meant = f" (65 cents is {DEFAULT_FEE:g})" if fee > HIGHEST_FEE else ""
        raise InputError(f"--fee {fee:g}: expected dollars a contract from 0 to {HIGHEST_FEE:g}{meant}")
    return float(fee)

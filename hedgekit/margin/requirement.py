"""The answer of a margin rule: dollars, and the sentences that derive them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from hedgekit.results import Note


@dataclass(frozen=True, slots=True, kw_only=True)
class MarginLine:
    """What one rule asks of some positions.

    Attributes
    ----------
    stage : {"initial", "maintenance"}
    rule : str
        Name of the rule: ``naked put``, ``spread``, ``covered call``...
    positions : str
        What it is asked of.
    usd : float
        Dollars.
    sentence : str
        The numbers that give it.
    """

    stage: str
    rule: str
    positions: str
    usd: float
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MarginRequirement:
    """What an account must hold for its positions.

    Attributes
    ----------
    initial_usd : float
        Initial requirement, dollars: long options paid, short options with their premium, short stock with its
        proceeds. Sale proceeds may be used towards it: see `deposit_usd`.
    maintenance_usd : float
        Maintenance requirement, dollars. Long options of nine months or less have no loan value: nothing is asked of
        them and their value does not count as equity.
    proceeds_usd : float
        What the sales of short options and short stock bring, dollars.
    deposit_usd : float
        ``initial_usd - proceeds_usd``: what the owner must put up; negative when the sales bring more.
    minimum_equity_usd : float
        The least equity of a margin account with such positions, dollars: beside the requirement, not part of it.
    derivation : tuple of str
        One sentence a rule with its numbers, then the totals.
    lines : tuple of MarginLine
        The same in pieces.
    warnings : tuple of Note
        What the reader must know before trusting the numbers.
    """

    initial_usd: float
    maintenance_usd: float
    proceeds_usd: float
    deposit_usd: float
    minimum_equity_usd: float
    derivation: tuple[str, ...]
    lines: tuple[MarginLine, ...] = ()
    warnings: tuple[Note, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the requirement as the JSON of the public contract."""
        return {
            "initial_usd": self.initial_usd,
            "maintenance_usd": self.maintenance_usd,
            "proceeds_usd": self.proceeds_usd,
            "deposit_usd": self.deposit_usd,
            "minimum_equity_usd": self.minimum_equity_usd,
            "derivation": list(self.derivation),
            "lines": [{name: getattr(line, name) for name in line.__slots__} for line in self.lines],
        }


def money(amount: Fraction | float) -> str:
    """Write dollars, cents only where there are some.

    Examples
    --------
    >>> money(3400.0), money(Fraction(7, 2)), money(-12.0)
    ('$3,400', '$3.50', '-$12')
    """
    cents = round(abs(float(amount)), 2)
    text = f"{cents:,.0f}" if cents == int(cents) else f"{cents:,.2f}"
    return f"-${text}" if amount < 0 and cents else f"${text}"


def rate_text(rate: Fraction) -> str:
    """Write a share as percent.

    Examples
    --------
    >>> rate_text(Fraction(15, 100))
    '15%'
    """
    return f"{float(rate):.6g}" if rate > 10 else f"{float(rate):.4%}".rstrip("%").rstrip("0").rstrip(".") + "%"

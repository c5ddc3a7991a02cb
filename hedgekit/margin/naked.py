"""An uncovered short option: its premium and a share of the underlying, less what it is out of the money.

FINRA 4210(f)(2)(E)(i); Cboe strategy-based margin, "Short put or short call". Per share::

    put    premium + max(rate S - max(0, S - K), 10% K)
    call   premium + max(rate S - max(0, K - S), 10% S)

with rate 20% for an equity or a narrow index and 15% for a broad index or an unlevered fund on one, times the leverage
of a leveraged fund. Initial and maintenance are the same, at the premium of the day.
"""

from __future__ import annotations

from fractions import Fraction

from hedgekit.margin.requirement import money, rate_text
from hedgekit.margin.underlying import NAKED_LEAST, Underlying
from hedgekit.model import Option
from hedgekit.payoff import exact


def out_of_the_money(option: Option, spot: Fraction) -> Fraction:
    """Return how far out of the money an option is, dollars a share; 0 when it is not."""
    return max(Fraction(0), option.sign * (exact(option.strike) - spot))


def naked_base(option: Option, underlying: Underlying) -> Fraction:
    """Return what is asked beyond the premium, dollars a share.

    Examples
    --------
    >>> put = Option.parse("XYZ 2026-09-18 200 P")
    >>> float(naked_base(put, Underlying(ticker="XYZ", spot=209.0)))
    32.8
    """
    spot = exact(underlying.spot)
    least_of = spot if option.kind == "call" else exact(option.strike)
    return max(
        underlying.naked_rate * spot - out_of_the_money(option, spot),
        NAKED_LEAST * least_of,
    )


def naked_words(option: Option, underlying: Underlying) -> str:
    """Say how `naked_base` comes about."""
    spot, strike = exact(underlying.spot), exact(option.strike)
    away = out_of_the_money(option, spot)
    least_of = spot if option.kind == "call" else strike
    return (
        f"max({rate_text(underlying.naked_rate)} x {money(spot)} - {money(away)} out of the money, "
        f"{rate_text(NAKED_LEAST)} x {money(least_of)})"
    )

"""The requirement of shares with a hedge beside that of the shares alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from hedgekit.errors import InfeasibleError
from hedgekit.margin.account import reg_t
from hedgekit.margin.cash import cash_account
from hedgekit.margin.requirement import MarginRequirement


@dataclass(frozen=True, slots=True, kw_only=True)
class HedgeMargin:
    """What a hedge changes in the requirement of shares.

    Attributes
    ----------
    shares_alone, hedged : MarginRequirement
    extra_initial_usd, extra_maintenance_usd : float
        Hedged less alone, dollars; negative when the hedge frees margin.
    cash_account_usd : float or None
        Cash that the hedge's legs need in a cash account that owns the shares; None when it may not hold them.
    cash_account_refusal : str
        Why it may not; empty when it may.
    """

    shares_alone: MarginRequirement
    hedged: MarginRequirement
    extra_initial_usd: float
    extra_maintenance_usd: float
    cash_account_usd: float | None
    cash_account_refusal: str

    def to_dict(self) -> dict[str, Any]:
        """Return JSON's own types."""
        return {
            **self.hedged.to_dict(),
            "shares_alone": {
                "initial_usd": self.shares_alone.initial_usd,
                "maintenance_usd": self.shares_alone.maintenance_usd,
            },
            "extra_initial_usd": self.extra_initial_usd,
            "extra_maintenance_usd": self.extra_maintenance_usd,
            "cash_account_usd": self.cash_account_usd,
            "cash_account_refusal": self.cash_account_refusal,
        }


def hedge_margin(
    legs: Iterable[Any],
    *,
    ticker: str,
    shares: int,
    spot: float,
    underlying_kind: str | None = None,
    leverage: int | None = None,
    asof: date | datetime | None = None,
) -> HedgeMargin:
    """Return the Reg T requirement of long shares with a hedge, and what the hedge changes.

    Parameters
    ----------
    legs : iterable of Leg
        The hedge's options on the same underlying.
    ticker : str
    shares : int
    spot : float
        Dollars a share.
    underlying_kind, leverage, asof
        As in `hedgekit.margin.reg_t`.

    Examples
    --------
    >>> from hedgekit.model import Leg, Option
    >>> put = Leg(contracts=1, option=Option.parse("XYZ 2026-09-18 95 P"), premium=1.0)
    >>> view = hedge_margin([put], ticker="XYZ", shares=100, spot=100.0)
    >>> view.extra_initial_usd, view.extra_maintenance_usd, view.cash_account_usd
    (100.0, -1050.0, 100.0)
    """
    legs = list(legs)
    terms: dict[str, Any] = {
        "spot": {ticker: spot},
        "shares": {ticker: shares},
        "underlying_kind": underlying_kind,
        "leverage": leverage,
        "asof": asof,
    }
    alone, hedged = reg_t([], **terms), reg_t(legs, **terms)
    try:
        cash = cash_account(legs, spot={ticker: spot}, shares={ticker: shares}, asof=asof)
        paid, refusal = (
            cash.deposit_usd - cash_account([], spot={ticker: spot}, shares={ticker: shares}).deposit_usd,
            "",
        )
    except InfeasibleError as error:
        paid, refusal = None, str(error)
    return HedgeMargin(
        shares_alone=alone,
        hedged=hedged,
        extra_initial_usd=hedged.initial_usd - alone.initial_usd,
        extra_maintenance_usd=hedged.maintenance_usd - alone.maintenance_usd,
        cash_account_usd=paid,
        cash_account_refusal=refusal,
    )

"""What a broker asks of a structure, and what its short legs may be assigned."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hedgekit.errors import InfeasibleError
from hedgekit.margin.account import reg_t
from hedgekit.margin.assignment import AssignmentLine, assignment_ledger
from hedgekit.margin.cash import cash_account
from hedgekit.margin.portfolio import PortfolioScan, portfolio_margin
from hedgekit.margin.requirement import MarginRequirement
from hedgekit.model import Holding
from hedgekit.results import Note
from hedgekit.structures.setting import Setting, shares_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Broker:
    """Margin and assignment.

    Attributes
    ----------
    margin : MarginRequirement
        Reg T.
    cash_usd : float or None
        To deposit in a cash account; None where it may not hold the positions.
    cash_refusal : str
        Why; empty where it may.
    portfolio : PortfolioScan or None
        The greatest loss over the scan of a portfolio-margin account; None where a leg has no vol.
    assignment : tuple of AssignmentLine
        One a short leg.
    """

    margin: MarginRequirement
    cash_usd: float | None
    cash_refusal: str
    portfolio: PortfolioScan | None
    assignment: tuple[AssignmentLine, ...]

    def margin_dict(self) -> dict[str, Any]:
        """Return the margin as the JSON of the public contract."""
        cash = {"deposit_usd": self.cash_usd, "refusal": self.cash_refusal or None}
        portfolio = None if self.portfolio is None else self.portfolio.to_dict()
        return {**self.margin.to_dict(), "cash_account": cash, "portfolio": portfolio}

    @property
    def warnings(self) -> tuple[Note, ...]:
        """What must be known of the margin."""
        return tuple(self.margin.warnings)


def ask(holdings: Sequence[Holding], setting: Setting) -> Broker:
    """Return what Reg T, a cash account and a portfolio scan ask, and the assignment ledger.

    Parameters
    ----------
    holdings : sequence of Leg and Shares
    setting : Setting
    """
    spot, asof = setting.spot, setting.asof
    margin = reg_t(holdings, spot=spot, asof=asof)
    cash, refusal = None, ""
    try:
        cash = cash_account(holdings, spot=spot, asof=asof).deposit_usd
    except InfeasibleError as error:
        refusal = str(error)
    vols = {option.compact: vol for option, vol in setting.vols.items() if math.isfinite(vol)}
    scan = None
    if len(vols) == len(setting.vols):
        rate, div_yield = setting.rates[setting.horizon], setting.div_yields[setting.horizon]
        scan = portfolio_margin(
            holdings, spot=spot, asof=asof, rate=rate, div_yield=div_yield, dividends=setting.cash, vols=vols
        )
    ledger = assignment_ledger(
        holdings,
        spot=spot,
        asof=asof,
        rate=setting.rates,
        div_yield=setting.div_yields,
        dividends=setting.cash,
        shares=sum(held.shares for held in shares_of(holdings)),
        chain=setting.chain,
        vols=vols,
    )
    return Broker(margin=margin, cash_usd=cash, cash_refusal=refusal, portfolio=scan, assignment=ledger)

"""What a broker must be left with: Reg T requirements with their derivation, a cash account, a portfolio scan.

One rule a file, each with its source. `account` pairs the positions of a whole account so that the rules ask the
least; `overlay` shows the requirement of shares and a hedge.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hedgekit.margin.account import maintenance_usd as maintenance_usd
    from hedgekit.margin.account import reg_t as reg_t
    from hedgekit.margin.account import reg_t_accounts as reg_t_accounts
    from hedgekit.margin.assignment import AssignmentLine as AssignmentLine
    from hedgekit.margin.assignment import assignment_ledger as assignment_ledger
    from hedgekit.margin.cash import cash_account as cash_account
    from hedgekit.margin.overlay import hedge_margin as hedge_margin
    from hedgekit.margin.portfolio import PortfolioScan as PortfolioScan
    from hedgekit.margin.portfolio import portfolio_margin as portfolio_margin
    from hedgekit.margin.requirement import MarginLine as MarginLine
    from hedgekit.margin.requirement import MarginRequirement as MarginRequirement
    from hedgekit.margin.underlying import Underlying as Underlying

_HOMES = {
    "AssignmentLine": "assignment",
    "MarginLine": "requirement",
    "MarginRequirement": "requirement",
    "PortfolioScan": "portfolio",
    "Underlying": "underlying",
    "assignment_ledger": "assignment",
    "cash_account": "cash",
    "hedge_margin": "overlay",
    "maintenance_usd": "account",
    "portfolio_margin": "portfolio",
    "reg_t": "account",
    "reg_t_accounts": "account",
}

__all__ = [
    "AssignmentLine",
    "MarginLine",
    "MarginRequirement",
    "PortfolioScan",
    "Underlying",
    "assignment_ledger",
    "cash_account",
    "hedge_margin",
    "maintenance_usd",
    "portfolio_margin",
    "reg_t",
    "reg_t_accounts",
]


def __getattr__(name: str) -> Any:
    """Load a rule's module on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module 'hedgekit.margin' has no attribute {name!r}")
    return getattr(importlib.import_module(f"hedgekit.margin.{_HOMES[name]}"), name)

"""The rules of `check`: one a file, each with a ``RULE``. `RULES` is the order of verdicts and of the starter."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hedgekit.risk.rule import Rule

# rule id -> module of this package
RULES = {
    "book-known": "book_known",
    "data-age": "data_age",
    "allocation-band": "allocation_band",
    "max-loss-shock": "max_loss_shock",
    "max-loss-grid": "max_loss_grid",
    "floor-kept": "floor_kept",
    "value-at-risk": "value_at_risk",
    "expected-shortfall": "expected_shortfall",
    "beta-dollars": "beta_dollars",
    "delta-dollars": "delta_dollars",
    "gamma-near-expiry": "gamma_near_expiry",
    "margin-use": "margin_use",
    "uncovered-shorts": "uncovered_shorts",
    "undefined-risk": "undefined_risk",
    "assignment": "assignment",
    "ex-dividend": "ex_dividend",
    "spread": "spread",
    "liquidity": "liquidity",
    "concentration-expiry": "concentration_expiry",
    "concentration-strike": "concentration_strike",
    "hedge-coverage": "hedge_coverage",
    "hedge-days-left": "hedge_days_left",
    "stop-distance": "stop_distance",
    "pair-leftover": "pair_leftover",
    "single-name": "single_name",
    "sector-share": "sector_share",
    "leadership-state": "leadership_state",
}


def rule(name: str) -> Rule:
    """Return a rule by its id; the caller has checked that it is one of `RULES`."""
    found: Rule = importlib.import_module(f"hedgekit.risk.rules.{RULES[name]}").RULE
    return found

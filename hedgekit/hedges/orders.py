"""A hedge as orders for any broker: one row a leg, with limits at the mid and at the touch."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from hedgekit import units
from hedgekit.hedges.candidate import Candidate
from hedgekit.hedges.problem import Problem
from hedgekit.model import Leg
from hedgekit.payoff import exact


def orders(problem: Problem, hedge: Candidate) -> list[dict[str, Any]]:
    """Return the rows of an order ticket.

    Parameters
    ----------
    problem : Problem
    hedge : Candidate
        With option legs.

    Returns
    -------
    list of dict
        For each leg ``action`` (BUY or SELL, to open), ``quantity`` (contracts), ``osi_symbol`` (21 characters, root
        padded with blanks), ``underlying``, ``expiry``, ``type``, ``strike``, ``bid`` and ``ask`` as quoted,
        ``limit_mid`` (rounded to the cent towards the touch) and ``limit_touch``, dollars a share; ``displayed``
        contracts at the touch; ``debit_mid_usd`` and ``debit_touch_usd`` of the leg before fees, negative when
        received; ``fees_usd``. ``net_debit_mid_usd`` and ``net_debit_touch_usd``, the same in every row, are those of
        the whole order with fees.
    """
    rows: list[dict[str, Any]] = []
    for leg in hedge.legs:
        bid, ask = _quote(problem, leg)
        side = 1 if leg.contracts > 0 else -1
        mid = _towards((exact(bid) + exact(ask)) / 2, side)
        size = leg.contracts * leg.option.multiplier
        rows.append(
            {
                "action": "BUY" if side > 0 else "SELL",
                "quantity": abs(leg.contracts),
                "osi_symbol": leg.option.osi,
                "underlying": leg.option.root,
                "expiry": leg.option.expiry,
                "type": leg.option.kind.upper(),
                "strike": leg.option.strike,
                "open_close": "OPEN",
                "bid": bid,
                "ask": ask,
                "limit_mid": mid,
                "limit_touch": leg.premium,
                "displayed": hedge.displayed.get(leg.option.compact),
                "debit_mid_usd": float(size * exact(mid)),
                "debit_touch_usd": float(size * exact(leg.premium)),
                "fees_usd": float(abs(leg.contracts) * exact(problem.fee)),
            }
        )
    fees = sum((exact(row["fees_usd"]) for row in rows), start=exact(0.0))
    for name in ("mid", "touch"):
        net = float(sum((exact(row[f"debit_{name}_usd"]) for row in rows), start=fees))
        for row in rows:
            row[f"net_debit_{name}_usd"] = net
    return rows


def _quote(problem: Problem, leg: Leg) -> tuple[float, float]:
    quotes = problem.calls if leg.option.sign > 0 else problem.puts
    row = quotes.options.index(leg.option)
    return float(quotes.bid[row]), float(quotes.ask[row])


def _towards(mid: Fraction, side: int) -> float:
    """Round a mid to the cent: up for a buyer, down for a seller."""
    cents: int = (math.ceil if side > 0 else math.floor)(mid * units.CENTS_PER_DOLLAR)
    return cents / units.CENTS_PER_DOLLAR

"""What a hedge's page shows beside the comparison: the hedge before expiry, the frontier, a stop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hedgekit.hedges.comparison import HedgeResult
    from hedgekit.model import Chain
    from hedgekit.results import Result

POINTS = 12
"""Floors of the frontier on the page; ``hedge frontier`` has more."""

STOPS = (0.15, 0.20)


def further_answers(chain: Chain, result: HedgeResult, terms: Mapping[str, Any]) -> list[Result]:
    """Return the further answers of a hedge's page.

    Parameters
    ----------
    chain : Chain
    result : HedgeResult
        Of shares of the chain's underlying.
    terms : mapping
        What the hedge was asked with: rate, dividends, fee, max_legs, max_spread, watch and prices.
    """
    from hedgekit.hedges.frontier import frontier
    from hedgekit.hedges.stop_study import study
    from hedgekit.hedges.what_if import what_if

    market: dict[str, Any] = {name: terms[name] for name in ("rate", "dividends")}
    asked: dict[str, Any] = {"shares": result.problem.shares, "expiry": result.problem.expiry, "fee": terms["fee"]}
    found: list[Result] = []
    if result.recommended:
        cube = what_if(chain, result, **market, with_odds=True)
        asked_for = result.what_if
        found.append(replace(cube, replays=asked_for.replays, rolls=asked_for.rolls) if asked_for else cube)
    search: dict[str, Any] = {name: terms[name] for name in ("max_legs", "max_spread", "watch")}
    caps: dict[str, Any] = {} if terms["min_cap"] is None else {"caps": (None, terms["min_cap"])}
    found.append(frontier(chain, points=POINTS, **asked, **market, **search, **caps))
    if terms["prices"] is not None:
        found.append(study(chain, stops=STOPS, prices=terms["prices"], **asked, **market))
    return found

"""Stop-loss: sell the shares when they trade at the floor; free until hit, and no promise."""

from __future__ import annotations

from hedgekit.hedges.candidate import Candidate, measure
from hedgekit.hedges.problem import Problem


def build(problem: Problem) -> Candidate:
    """Return a stop at the floor's level: it fills lower on a gap, so it has no floor."""
    level = problem.floor * problem.spot
    why = f"sells at {level:.2f} if the market trades there; a gap fills lower, so nothing is promised"
    return measure(problem, "stop-loss", [], why=why, stop_level=level)

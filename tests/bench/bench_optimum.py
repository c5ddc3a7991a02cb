"""The exact hedge search against HiGHS (scipy.optimize.milp at gap zero) on the same problems in the same run.

A row's time is that of one search, laying out the problem included on both sides; both must give the same cost.
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

from harness import Row, best_of, interleaved

HERE = Path(__file__).resolve()
EXPIRY = date(2026, 9, 18)

FLOORS = 20

# name -> strikes' step and range at a spot of 290, position and goal, most legs, what is asked of us in milliseconds
CASES = {
    "60 legs, puts": ((4.0, 190, 320), {"shares": 1700, "floor": 0.90}, 3, 10),
    "110 legs, cap": ((3.75, 170, 380), {"shares": 1733, "floor": 0.95, "min_cap": 1.08}, 3, 10),
    "211 legs, cap": ((2.0, 170, 380), {"shares": 1733, "floor": 0.95, "min_cap": 1.08}, 3, 25),
    "60 legs, puts, 4 of them": ((4.0, 190, 320), {"shares": 1700, "floor": 0.90}, 4, 150),
    "110 legs, cap, 4 of them": ((3.75, 170, 380), {"shares": 1700, "floor": 0.90, "min_cap": 1.08}, 4, 150),
    "infeasible": ((4.0, 190, 320), {"shares": 1700, "floor": 0.995}, 3, 50),
}
NO_RIVAL = {
    "211 legs, cap, 4 of them": ((2.0, 170, 380), {"shares": 1733, "floor": 0.95, "min_cap": 1.08}, 4, 500),
    "211 legs, puts, 4 of them": ((1.25, 170, 320), {"shares": 1700, "floor": 0.90}, 4, 500),
    "211 legs, puts, odd lot, 4 of them": ((1.25, 170, 320), {"shares": 1733, "floor": 0.90}, 4, 500),
    "211 legs, puts, dear odd lot, 4 of them": ((1.25, 170, 320), {"shares": 1733, "floor": 0.95}, 4, 500),
    "211 legs, puts, small odd lot, 4 of them": ((1.25, 170, 320), {"shares": 250, "floor": 0.95}, 4, 500),
    "110 legs, puts, odd lot, 4 of them": ((2.5, 170, 320), {"shares": 1733, "floor": 0.90}, 4, 150),
}
"""HiGHS takes minutes for these."""


def rows() -> list[Row]:
    """Time every case against HiGHS, then what it cannot be asked: 211 legs four at a time, a frontier, a proof."""
    sys.path.insert(0, str(HERE.parents[1] / "oracles"))
    from hedge_programme import highs, made_problem, made_rows

    from hedgekit.hedges.optimum import HedgeSearch, optimise
    from hedgekit.hedges.tickets import candidate_legs
    from hedgekit.payoff import exact

    def laid_out(strikes, goal):
        step, low, high = strikes
        return made_problem(made_rows(step, low, high, spot=290.0), spot=290.0, expiry=EXPIRY, **goal)

    table = []
    for name, (strikes, goal, max_legs, asked) in {**CASES, **NO_RIVAL}.items():
        problem = laid_out(strikes, goal)
        answers = {}

        def ours(problem=problem, max_legs=max_legs, answers=answers):
            best = HedgeSearch(problem).cheapest(max_legs=max_legs)[1][-1]
            answers["ours"] = None if best is None else best.cost

        def rival(problem=problem, max_legs=max_legs, answers=answers):
            answers["rival"] = highs(problem, max_legs=max_legs)

        if name in NO_RIVAL:
            ours_ns = rival_ns = interleaved(ours, ours, ours_size=1, rival_size=1, repeats=2)[0]
            said = "itself (HiGHS takes minutes)"
        else:
            ours_ns, rival_ns = interleaved(ours, rival, ours_size=1, rival_size=1, repeats=1)
            said = "HiGHS"
        same = "same cost" if answers["ours"] == answers.get("rival", answers["ours"]) else "COSTS DIFFER"
        found = len(candidate_legs(problem))
        table.append(_row(f"{name} ({found})", said, ours_ns, rival_ns, f"{same}; at most {asked} ms"))
    hopeless = laid_out(*CASES["infeasible"][:2])
    only = best_of(lambda: optimise(hopeless), size=1)
    table.append(_row("infeasible, with the best reachable floor", "itself", only, only, "at most 50 ms"))
    for name, cap in (("puts", {}), ("cap", {"min_cap": 1.08})):
        problem = laid_out((3.75, 170, 380), {"shares": 1733, "floor": 0.80, **cap})
        floors = [exact(round(0.80 + 0.01 * step, 2)) for step in range(FLOORS)]

        def frontier(problem=problem, floors=floors):
            search = HedgeSearch(problem)
            for floor in reversed(floors):
                search.cheapest(floor=floor)

        only = best_of(frontier, size=1, repeats=2)
        table.append(_row(f"frontier of {FLOORS} floors, {name}", "itself", only, only, "at most 100 ms"))
    return table


def _row(work: str, rival: str, ours_ns: float, rival_ns: float, error: str) -> Row:
    return Row(work=f"hedge: {work}", rival=rival, ours_ns=ours_ns, rival_ns=rival_ns, error=error)

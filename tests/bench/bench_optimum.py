"""The exact hedge search against HiGHS (scipy.optimize.milp at gap zero) on the same problems in the same run.

A row's time is that of one search, laying out the problem included on both sides; both must give the same cost.
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

from harness import Row, interleaved

HERE = Path(__file__).resolve()
EXPIRY = date(2026, 9, 18)

# name -> strikes' step and range at a spot of 290, position and goal, most legs
CASES = {
    "60 legs, puts, 3 legs": ((5.0, 190, 320), {"shares": 1700, "floor": 0.90}, 3),
    "110 legs, cap, 3 legs": ((3.0, 170, 380), {"shares": 1733, "floor": 0.95, "min_cap": 1.08}, 3),
    "60 legs, puts, 4 legs": ((5.0, 190, 320), {"shares": 1700, "floor": 0.90}, 4),
    "110 legs, cap, 4 legs": ((3.0, 170, 380), {"shares": 1700, "floor": 0.90, "min_cap": 1.08}, 4),
    "211 legs, cap, 3 legs": ((1.5, 170, 380), {"shares": 1733, "floor": 0.95, "min_cap": 1.08}, 3),
    "infeasible, 3 legs": ((5.0, 190, 320), {"shares": 1700, "floor": 0.995}, 3),
}
NO_RIVAL = {
    "211 legs, cap, 4 legs": ((1.5, 170, 380), {"shares": 1733, "floor": 0.95, "min_cap": 1.08}, 4),
}


def rows() -> list[Row]:
    """Time every case; HiGHS once or twice, being slow."""
    sys.path.insert(0, str(HERE.parents[1] / "oracles"))
    from hedge_programme import highs, made_problem, made_rows

    from hedgekit.hedges.optimum import HedgeSearch
    from hedgekit.hedges.tickets import candidate_legs

    table = []
    for name, (strikes, goal, max_legs) in {**CASES, **NO_RIVAL}.items():
        step, low, high = strikes
        problem = made_problem(made_rows(step, low, high, spot=290.0), spot=290.0, expiry=EXPIRY, **goal)
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
        table.append(
            Row(
                work=f"hedge: {name} ({len(candidate_legs(problem))})",
                rival=said,
                ours_ns=ours_ns,
                rival_ns=rival_ns,
                error=same,
            )
        )
    return table

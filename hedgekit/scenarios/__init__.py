"""What a position is worth when spot, vol and the calendar have moved: grids, replays of real moves, rolls.

`REPLAYS` names the recorded windows; `revalue` is the grid, `replay` one window, `roll_plan` the cost of rolling.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hedgekit.scenarios.grid import Grid as Grid
    from hedgekit.scenarios.grid import revalue as revalue
    from hedgekit.scenarios.holding import Holding as Holding
    from hedgekit.scenarios.holding import Underlying as Underlying
    from hedgekit.scenarios.holding import holdings_of as holdings_of
    from hedgekit.scenarios.holding import underlying_of as underlying_of
    from hedgekit.scenarios.replays import REPLAYS as REPLAYS
    from hedgekit.scenarios.replays import Replay as Replay
    from hedgekit.scenarios.replays import replay as replay
    from hedgekit.scenarios.roll import Roll as Roll
    from hedgekit.scenarios.roll import roll_plan as roll_plan

_HOMES = {
    "Grid": "grid",
    "revalue": "grid",
    "Holding": "holding",
    "Underlying": "holding",
    "holdings_of": "holding",
    "underlying_of": "holding",
    "REPLAYS": "replays",
    "Replay": "replays",
    "replay": "replays",
    "Roll": "roll",
    "roll_plan": "roll",
}

__all__ = [
    "REPLAYS",
    "Grid",
    "Holding",
    "Replay",
    "Roll",
    "Underlying",
    "holdings_of",
    "replay",
    "revalue",
    "roll_plan",
    "underlying_of",
]


def __getattr__(name: str) -> Any:
    """Load a name from its module on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module 'hedgekit.scenarios' has no attribute {name!r}")
    return getattr(importlib.import_module(f"hedgekit.scenarios.{_HOMES[name]}"), name)

"""The screen of constituents: named rules, each a pass, a fail or a visible unknown."""

from __future__ import annotations

from hedgekit.leadership.screen.screening import ScreenResult as ScreenResult
from hedgekit.leadership.screen.screening import screen as screen

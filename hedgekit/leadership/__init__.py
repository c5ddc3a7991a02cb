"""Whether small caps lead: relative strength, breadth, sector participation, flows; the screen and the rotation."""

from __future__ import annotations

from hedgekit.leadership.survey import LeadershipResult as LeadershipResult
from hedgekit.leadership.survey import assess as assess

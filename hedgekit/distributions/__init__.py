"""Where the spot may be at a date, and what a payoff is worth there: lognormal, chain-implied, historical."""

from __future__ import annotations

from hedgekit.distributions.historical import historical as historical
from hedgekit.distributions.implied import implied as implied
from hedgekit.distributions.lognormal import lognormal as lognormal
from hedgekit.distributions.protocol import Distribution as Distribution

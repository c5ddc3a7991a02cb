"""Where the spot may be at a date, and what a payoff is worth there: lognormal, chain-implied, historical."""

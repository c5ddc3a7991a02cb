"""A position revalued over spot, vol and date, and through recorded market moves."""

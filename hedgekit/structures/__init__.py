"""Defined-risk structures, one a file, and the exact arithmetic of their payoff."""

"""Risk: scenarios, margin, assignment, allocation, policy checks."""

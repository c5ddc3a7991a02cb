"""Market data: chains and their defects, sessions, parity, carry, rates and dividends."""

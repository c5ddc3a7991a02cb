"""What a position must put up: strategy-based (Reg T) requirements with their derivation, and portfolio margin."""

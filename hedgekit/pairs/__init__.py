"""Pairs: IWM against SPY and any other two, by hedge ratio."""

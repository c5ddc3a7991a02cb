"""Where to enter and leave a reverting spread: the process it follows, and the levels that pay best after costs."""

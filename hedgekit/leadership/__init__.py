"""Leadership: relative strength, breadth, sector participation, flows, the screen."""

"""Numbers as brokers write them."""

from __future__ import annotations

import math
import re

BLANKS = frozenset({"", "-", "--", "—", "n/a", "na", "none", "null"})

MOST = 1e15
"""No quantity, price or sum of dollars is as large: what is, is a slip."""

_NUMBER = re.compile(r"(\d{1,3}(,\d{3})+|\d+)?(\.\d*)?([eE][+-]?\d+)?", re.ASCII)


def amount(cell: object) -> float | None:
    """Read a quantity or dollars: commas between thousands, $, a sign, or parentheses for negative.

    Returns
    -------
    float or None
        None for a blank cell; NaN for text that is no finite number.

    Examples
    --------
    >>> amount("$1,234.50"), amount("(1,700)"), amount("$(1,800.00)"), amount("-$5"), amount("--")
    (1234.5, -1700.0, -1800.0, -5.0, None)
    >>> amount("12 thousand"), amount("1,23"), amount("--5"), amount("(-5)")
    (nan, nan, nan, nan)
    """
    if cell is None:
        return None
    if isinstance(cell, bool):
        return math.nan
    if isinstance(cell, int | float):
        return float(cell) if abs(cell) < MOST else math.nan
    text = str(cell).strip()
    if text.lower() in BLANKS:
        return None
    if text.startswith("$") and text.endswith(")"):  # "$(1,800.00)"
        text = text.removeprefix("$").strip()
    sign, signed = 1.0, text.startswith("(") and text.endswith(")")
    if signed:
        sign, text = -1.0, text[1:-1].strip()
    for _ in range(2):  # "-$5" and "$-5" are both written, with one sign
        if text[:1] and text[:1] in "+-":
            if signed:
                return math.nan
            sign, signed = (-1.0 if text[:1] == "-" else 1.0), True
            text = text[1:].strip()
        text = text.removeprefix("$").strip()
    if not text or not _NUMBER.fullmatch(text) or not any(character.isdigit() for character in text):
        return math.nan
    value = sign * float(text.replace(",", ""))
    return value if abs(value) < MOST else math.nan

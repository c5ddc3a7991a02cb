"""Numbers as people write them: 90%, 1,700 and $25,000 are read, and what is no number is told how to be one."""

from __future__ import annotations

import math
from typing import Any

import click


class Number(click.types.FloatParamType):
    """A float; ``90%`` is 0.9, and ``1,700`` and ``$25,000`` are read without their marks."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number.

        Raises
        ------
        click.BadParameter
            Not a number; says how one is written.
        """
        if not isinstance(value, str):
            return super().convert(value, param, ctx)
        from hedgekit.market.tables import ungrouped

        text = ungrouped(value)
        try:
            if text.endswith("%"):
                # 0.9% is to be the same double as 0.009: a shift of the decimal point, not a division
                return float(f"{ungrouped(text[:-1])}e-2")
            return float(text)
        except ValueError:
            self.fail(f"{value!r} is not a number: write it like 0.9, 90% or 1700", param, ctx)


class Whole(click.types.IntParamType):
    """A whole number; ``1,700`` is read without its comma, and ``1e3`` is 1000."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number.

        Raises
        ------
        click.BadParameter
            Not a whole number.
        """
        if not isinstance(value, str):
            return super().convert(value, param, ctx)
        from hedgekit.market.tables import ungrouped

        text = ungrouped(value)
        try:
            return int(text) if text.lstrip("+-").isdecimal() else _whole(float(text))
        except ValueError:
            self.fail(f"{value!r} is not a whole number: write it like 1700", param, ctx)


def _whole(number: float) -> int:
    if not (math.isfinite(number) and number == int(number)):
        raise ValueError(f"{number} is not whole")
    return int(number)


NUMBER = Number()
WHOLE = Whole()


def read_as_written(command: click.Command) -> click.Command:
    """Return the command with options that take numbers as people write them."""
    for param in command.params:
        if param.type is click.FLOAT:
            param.type = NUMBER
        elif param.type is click.INT:
            param.type = WHOLE
    return command

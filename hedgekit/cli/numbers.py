"""Numbers as people write them: 90%, 1,700 and $25,000 are read, and what is no number is told how to be one."""

from __future__ import annotations

import re
from typing import Any

import click

_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")


def plain(text: str) -> str:
    """Return a number without its dollar sign and thousands separators; anything else as it is.

    Examples
    --------
    >>> plain("$25,000"), plain("1,700"), plain("0,90")
    ('25000', '1700', '0,90')
    """
    bare = re.sub(r"^([+-]?)\$", r"\1", text.strip())
    return bare.replace(",", "") if _GROUPED.fullmatch(bare) else bare


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
        text = plain(value)
        try:
            if text.endswith("%"):
                # 0.9% is to be the same double as 0.009: a shift of the decimal point, not a division
                return float(f"{plain(text[:-1])}e-2")
            return float(text)
        except ValueError:
            self.fail(f"{value!r} is not a number: write it like 0.9, 90% or 1700", param, ctx)


class Whole(click.types.IntParamType):
    """A whole number; ``1,700`` is read without its comma."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number.

        Raises
        ------
        click.BadParameter
            Not a whole number.
        """
        if not isinstance(value, str):
            return super().convert(value, param, ctx)
        try:
            return int(plain(value))
        except ValueError:
            self.fail(f"{value!r} is not a whole number: write it like 1700", param, ctx)


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

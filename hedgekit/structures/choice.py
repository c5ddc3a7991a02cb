"""How strikes are to be chosen: by number, by delta, by percent of the spot, by width."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from hedgekit.errors import InputError
from hedgekit.units import PERCENT, fraction

FURTHEST = 0.9  # of the spot


@dataclass(frozen=True, slots=True, kw_only=True)
class Distance:
    """A distance on the strike axis: dollars a share, or a fraction of the spot.

    Examples
    --------
    >>> Distance.read("--width", "5%").dollars(200.0), Distance.read("--width", "5").dollars(200.0)
    (10.0, 5.0)
    """

    value: float
    relative: bool = False

    def dollars(self, spot: float) -> float:
        """Return it in dollars a share."""
        return self.value * spot if self.relative else self.value

    @classmethod
    def read(cls, name: str, text: str) -> Distance:
        """Read ``5`` (dollars) or ``5%`` (of the spot).

        Raises
        ------
        InputError
            When it is neither, or not positive.
        """
        relative = text.strip().endswith("%")
        number = _number(text.strip().removesuffix("%").removeprefix("$"))
        if not 0.0 < number < math.inf:
            raise InputError(f"{name} {text!r}: expected a width above 0 in dollars (10) or percent of the spot (5%)")
        return cls(value=fraction(number) if relative else number, relative=relative)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the user said of strikes; what is left empty takes the structure's own default.

    Attributes
    ----------
    strikes : tuple of float
        All of them, ascending: nothing is chosen then.
    deltas : tuple of float
        Absolute deltas of the main strikes: one for all, or one each from the lowest strike up.
    otm : tuple of float
        Instead: how far out of the money, as fractions of the spot.
    widths : tuple of Distance
        From a main strike to its wing: one for all, or one each from the lowest up.
    kind : {"call", "put", ""}
        For structures that can be made of either.
    cap : Distance or None
        Limits a side that would be open.
    """

    strikes: tuple[float, ...] = ()
    deltas: tuple[float, ...] = ()
    otm: tuple[float, ...] = ()
    widths: tuple[Distance, ...] = ()
    kind: str = ""
    cap: Distance | None = None

    def __post_init__(self) -> None:
        """Check ranges and that only one way is used."""
        if self.strikes and (self.deltas or self.otm or self.widths or self.cap):
            raise InputError("--strikes names every strike: leave out --delta, --otm, --width and --cap")
        if self.deltas and self.otm:
            raise InputError("give one of --delta and --otm, not both")
        for delta in self.deltas:
            if not 0.0 < delta < 1.0:
                meant = f" (did you mean {fraction(delta):g}?)" if 1.0 < delta < PERCENT else ""
                raise InputError(f"--delta {delta:g}: expected an absolute delta between 0 and 1, like 0.25{meant}")
        for part in self.otm:
            if not -FURTHEST < part < FURTHEST:
                raise InputError(f"--otm: {part:.0%} of the spot: expected -90% to 90%, like 5%")

    def otherwise(self, default: Choice) -> Choice:
        """Return the choice with a default for what is empty."""
        if self.strikes:
            return replace(self, kind=self.kind or default.kind)
        said = bool(self.deltas or self.otm)
        return replace(
            self,
            deltas=self.deltas if said else default.deltas,
            otm=self.otm if said else default.otm,
            widths=self.widths or default.widths,
            kind=self.kind or default.kind,
        )

    @classmethod
    def read(
        cls,
        *,
        strikes: str | None = None,
        delta: str | None = None,
        otm: str | None = None,
        width: str | None = None,
        kind: str | None = None,
        cap: str | None = None,
    ) -> Choice:
        """Read the options of the command line: comma-separated numbers.

        Raises
        ------
        InputError
            Says which one is not readable.
        """
        return cls(
            strikes=tuple(_each("--strikes", strikes)),
            deltas=tuple(abs(number) for number in _each("--delta", delta)),
            otm=tuple(_share(text) for text in _parts(otm)),
            widths=tuple(Distance.read("--width", text) for text in _parts(width)),
            kind=kind or "",
            cap=None if cap is None else Distance.read("--cap", cap),
        )


def _parts(text: str | None) -> list[str]:
    return [] if text is None else [part for part in text.split(",") if part.strip()]


def _each(name: str, text: str | None) -> list[float]:
    numbers = []
    for part in _parts(text):
        number = _number(part)
        if math.isnan(number):
            raise InputError(f"{name} {text!r}: {part.strip()!r} is no number; separate several by commas")
        numbers.append(number)
    return numbers


def _share(text: str) -> float:
    """Read ``5%`` or ``0.05`` as a twentieth; a bare number of 1 or more is taken for percent without its sign."""
    number = _number(text.strip().removesuffix("%"))
    if math.isnan(number):
        raise InputError(f"--otm {text!r}: expected percent of the spot, like 5%")
    return fraction(number) if text.strip().endswith("%") or abs(number) >= 1.0 else number


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan

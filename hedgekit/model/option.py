"""One listed option contract and the ways its name is written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Self

from hedgekit.errors import InputError
from hedgekit.model import spellings
from hedgekit.model.types import CALL, PUT, Kind
from hedgekit.units import MULTIPLIER

_STRIKE_UNITS = 1000  # an OSI strike counts thousandths of a dollar
_MONTHS = 12
_CENTURY = 2000  # OSI years have two digits; the format is younger than 2000
_OSI_TAIL = 15  # yymmdd, C or P, eight digits of strike
_TAIL = re.compile(r"(\d\d)(\d\d)(\d\d)([CP])(\d{8})", re.ASCII)
ROOT = re.compile(r"[A-Z^][A-Z0-9.^/-]{0,5}", re.ASCII)
_FORMS = '"IWM260918P00270000", "IWM 2026-09-18 270 P" or "IWM 9/18/26 270P"'


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Option:
    """One listed option contract.

    Parameters
    ----------
    root : str
        The option root, 1 to 6 characters ("IWM"; "SPXW" and "SPX" are different roots, "IWM1" an adjusted contract).
    expiry : datetime.date
        Listed expiry, years 2000 to 2099.
    kind : {"call", "put"}
    strike : float
        Dollars a share, a positive multiple of 0.001 below 100,000.
    multiplier : int
        Shares a contract delivers.

    Examples
    --------
    >>> put = Option.parse("IWM   260918P00270000")
    >>> put.kind, put.strike, put.expiry.isoformat()
    ('put', 270.0, '2026-09-18')
    >>> put.compact, put.short
    ('IWM260918P00270000', 'IWM 2026-09-18 270 P')
    """

    root: str
    expiry: date
    kind: Kind
    strike: float
    multiplier: int = MULTIPLIER

    def __post_init__(self) -> None:
        """Check every field."""
        if not ROOT.fullmatch(self.root):
            raise InputError(f"option root {self.root!r}: expected 1 to 6 capital letters or digits, like IWM")
        if isinstance(self.expiry, datetime) or not isinstance(self.expiry, date):
            raise InputError(f"option expiry {self.expiry!r}: expected a datetime.date")
        if not _CENTURY <= self.expiry.year < _CENTURY + 100:
            raise InputError(f"option expiry {self.expiry}: an option symbol can only hold the years 2000 to 2099")
        if self.kind not in ("call", "put"):
            raise InputError(f'option kind {self.kind!r}: expected "call" or "put"')
        thousandths = self.strike * _STRIKE_UNITS
        if not (0.5 <= thousandths < 99_999_999.5 and abs(thousandths - round(thousandths)) < 1e-4):
            raise InputError(f"option strike {self.strike!r}: expected a multiple of 0.001 from 0.001 to 99999.999")
        object.__setattr__(self, "strike", round(thousandths) / _STRIKE_UNITS)
        if self.multiplier < 1:
            raise InputError(f"option multiplier {self.multiplier!r}: expected a positive number of shares")

    @property
    def sign(self) -> int:
        """+1 for a call, -1 for a put, as the kernels take it."""
        return CALL if self.kind == "call" else PUT

    @property
    def osi(self) -> str:
        """The 21-character OSI symbol, root padded with blanks: ``"IWM   260918P00270000"``."""
        return f"{self.root:<6}{self._tail}"

    @property
    def compact(self) -> str:
        """The OSI symbol without blanks, as chains are keyed: ``"IWM260918P00270000"``."""
        return f"{self.root}{self._tail}"

    @property
    def short(self) -> str:
        """The form people read: ``"IWM 2026-09-18 270 P"``."""
        return f"{self.root} {self.expiry} {self.strike:.10g} {self.kind[0].upper()}"

    @property
    def _tail(self) -> str:
        # written out: strftime takes a third of the time to read a chain
        day = self.expiry
        date_part = f"{day.year - _CENTURY:02d}{day.month:02d}{day.day:02d}"
        return f"{date_part}{'C' if self.kind == 'call' else 'P'}{round(self.strike * _STRIKE_UNITS):08d}"

    def __str__(self) -> str:
        return self.short

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an option symbol in OSI, compact or short form, or as people and brokers write it.

        Parameters
        ----------
        text : str
            ``"IWM   260918P00270000"``, ``"IWM260918P00270000"``, ``"O:IWM260918P00270000"``,
            ``"IWM 2026-09-18 270 P"``, ``"IWM 9/18/26 270P"``, ``"IWM 18SEP26 270 P"`` and the like
            (`hedgekit.model.spellings`); small letters are taken as capitals.

        Raises
        ------
        InputError
            When the text is none of these, or names a day that does not exist.
        """
        wanted = text.strip().upper().removeprefix("O:")
        tail = _TAIL.fullmatch(wanted[-_OSI_TAIL:])
        root = wanted[:-_OSI_TAIL].rstrip()
        if tail and ROOT.fullmatch(root):
            year, month, day, letter, thousandths = tail.groups()
            when = (_CENTURY + int(year), int(month), int(day))
            return cls._checked(text, root, when, letter, int(thousandths) / _STRIKE_UNITS)
        try:
            words = spellings.read(" ".join(wanted.split()))
        except InputError as error:
            raise InputError(f"option symbol {text!r}: {error}") from None
        if words is None:
            raise InputError(f"option symbol {text!r} is not readable: expected {_FORMS}")
        return cls._checked(text, words.root, (words.year, words.month, words.day), words.right, words.strike)

    @classmethod
    def _checked(cls, text: str, root: str, when: tuple[int, int, int], letter: str, strike: float) -> Self:
        try:
            expiry = date(*when)
        except ValueError:
            year, month, day = when
            hint = "" if month <= _MONTHS else ": a date with slashes is month/day/year"
            raise InputError(
                f"option symbol {text!r}: {year}-{month:02d}-{day:02d} is not a day of the calendar{hint}"
            ) from None
        try:
            return cls(root=root, expiry=expiry, kind="call" if letter == "C" else "put", strike=strike)
        except InputError as error:
            raise InputError(f"option symbol {text!r}: {error}") from None

"""The words that types share: arrays, kinds of option, New York's time zone."""

from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

Kind: TypeAlias = Literal["call", "put"]
SpotSource: TypeAlias = Literal["file", "parity", "given"]
ExerciseStyle: TypeAlias = Literal["american", "european"]
FloatArray: TypeAlias = npt.NDArray[np.float64]
BoolArray: TypeAlias = npt.NDArray[np.bool_]

NEW_YORK = ZoneInfo("America/New_York")

CALL, PUT = 1, -1
"""The sign of each kind in the columns of a chain."""

"""Every exception hedgekit raises, each with its exit code.

::

    HedgekitError
        InputError(ValueError)          a bad argument                              exit 2
        DataError(ValueError)           a bad file or feed                          exit 3
        ArbitrageError(ValueError)      a price outside its no-arbitrage bounds     exit 4
        NotIdentifiedError(ValueError)  a premium that every low vol explains       exit 4
        ConvergenceError(RuntimeError)  a solver stopped                            exit 4
        InfeasibleError(ValueError)     no trade in the chain meets the goal        exit 4
        MissingExtra(ImportError)       an optional package is absent               exit 5
        NotBuiltError(ImportError)      the compiled core is absent                 exit 5
"""

from __future__ import annotations

from enum import IntEnum


class Status(IntEnum):
    """What a pricing kernel says of one element; the same numbers as in ``core/c/status.h``.

    Examples
    --------
    >>> Status(0)
    <Status.OK: 0>
    """

    OK = 0
    INVALID_INPUT = 1
    BELOW_INTRINSIC = 2
    ABOVE_MAXIMUM = 3
    NOT_IDENTIFIED = 4
    NO_CONVERGENCE = 5


class HedgekitError(Exception):
    """Base of all hedgekit errors.

    Attributes
    ----------
    exit_code : int
        What the command line ends with when this error reaches it.
    """

    exit_code = 4


class InputError(HedgekitError, ValueError):
    """A bad argument: names the parameter, its value and the allowed range."""

    exit_code = 2


class DataError(HedgekitError, ValueError):
    """A bad file or feed: names the file, and line, column and value where there is one."""

    exit_code = 3


class ArbitrageError(HedgekitError, ValueError):
    """A price outside its no-arbitrage bounds: gives the bounds."""


class NotIdentifiedError(HedgekitError, ValueError):
    """A premium at its exercise value, which every vol up to a bound explains: gives the bound."""


class ConvergenceError(HedgekitError, RuntimeError):
    """A solver stopped before its tolerance: gives the last bracket."""


class InfeasibleError(HedgekitError, ValueError):
    """No trade in the chain meets the goal: gives the nearest one that can be had."""


class MissingExtra(HedgekitError, ImportError):
    """An optional package is absent: gives the line that installs it."""

    exit_code = 5


class NotBuiltError(HedgekitError, ImportError):
    """The compiled core is absent: this is a checkout that was not built, or another Python's build."""

    exit_code = 5

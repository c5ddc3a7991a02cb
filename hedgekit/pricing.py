"""Prices, greeks and implied vols: nouns and arrays in, the right engine, statuses to exceptions.

The only caller of `hedgekit.core`. Which engine answers:

=========  ==================  ==============================================
exercise   cash dividends      engine
=========  ==================  ==============================================
european   none before expiry  closed form (Black-Scholes-Merton)
american   none before expiry  spectral collocation of the exercise boundary
either     some before expiry  spot model: the spot falls on each ex-date
=========  ==================  ==============================================
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, overload

import numpy as np

from hedgekit.errors import (
    ArbitrageError,
    ConvergenceError,
    HedgekitError,
    InputError,
    NotBuiltError,
    NotIdentifiedError,
    Status,
)

try:
    from hedgekit.core import _american, _cash_dividends, _european
    from hedgekit.kinds import SIGNS, signs
except ImportError as error:
    raise NotBuiltError(
        f"the compiled pricing core does not load ({error}). In a checkout, build it with 'pip install -e .', "
        "or leave the folder so that Python finds the installed hedgekit"
    ) from None
except ValueError as error:
    raise InputError(f"HEDGEKIT_ISA: {error}") from None

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

    from numpy.typing import ArrayLike, NDArray

Exercise = Literal["american", "european"]
Kind = Literal["call", "put", "c", "p", 1, -1]
Dividends = Sequence[tuple[float, float]]
Floats = "NDArray[np.float64]"

GREEK_NAMES = ("price", "delta", "gamma", "vega", "theta", "rho", "vanna", "volga", "charm")
BAND = ("bid", "mid", "ask")
COLUMNS = ("spot", "strike", "t_years", "rate", "div_yield", "vol")
MOST_WHOLE = 2**1000  # a whole number that large overflows a float

# Fewest options in a piece of their own: about 50 microseconds of work, and enough to fill the lanes of a kernel.
GRAIN = {"european": 4096, "american": 64, "cash": 64}

PIECES = 16
"""Pieces that a call is cut into, unless its options are too few for that or very many."""


@dataclass(frozen=True, slots=True)
class Greeks:
    """Price and raw greeks, each a float or an array of the inputs' broadcast shape.

    Attributes
    ----------
    price : float or ndarray
        Dollars a share.
    delta, gamma : float or ndarray
        dV/dS and d2V/dS2, per share.
    vega : float or ndarray
        dV/dvol per 1.00 of vol.
    theta : float or ndarray
        Change of value as calendar time passes, per year (ex-dates fixed in the calendar).
    rho : float or ndarray
        dV/drate per 1.00 of rate, dividend yield fixed.
    vanna, volga, charm : float or ndarray
        d delta/d vol, d vega/d vol, and d delta per year of time passing.
    """

    price: Any
    delta: Any
    gamma: Any
    vega: Any
    theta: Any
    rho: Any
    vanna: Any
    volga: Any
    charm: Any


@dataclass(frozen=True, slots=True)
class ImpliedVol:
    """Implied vols with what the solver says of each.

    Attributes
    ----------
    vol : float or ndarray
        Decimal a year; NaN unless `status` is OK.
    status : Status or ndarray of int8
        One of `hedgekit.Status`.
    upper : float or ndarray
        Where the status is NOT_IDENTIFIED, the vol below which every vol explains the premium; else NaN.
    """

    vol: Any
    status: Any
    upper: Any


class _Columns(NamedTuple):
    """Broadcast inputs: flat views (stride 0 where shared), the shape to give back, the longest time if it matters."""

    shape: tuple[int, ...]
    size: int
    sign: NDArray[np.int8]
    numbers: tuple[NDArray[np.float64], ...]
    longest: float
    order: NDArray[np.intp] | None = None
    """Rows in the order in which they are solved, when that is not their own."""

    def part(self, piece: slice) -> tuple[NDArray[Any], ...]:
        """Return the sign and number columns of one piece, in the kernels' order."""
        rows = piece if self.order is None else self.order[piece]
        return (self.sign[rows], *(column[rows] for column in self.numbers))

    def restore(self, *outs: NDArray[Any]) -> None:
        """Put what was solved in `order` back in the rows' own."""
        if self.order is not None:
            for out in outs:
                out[..., self.order] = out.copy()


@overload
def price(
    kind: Kind,
    spot: float,
    strike: float,
    t_years: float,
    rate: float,
    div_yield: float,
    vol: float,
    *,
    exercise: Exercise = ...,
    dividends: Dividends = ...,
) -> float: ...
@overload
def price(
    kind: ArrayLike,
    spot: ArrayLike,
    strike: ArrayLike,
    t_years: ArrayLike,
    rate: ArrayLike,
    div_yield: ArrayLike,
    vol: ArrayLike,
    *,
    exercise: Exercise = ...,
    dividends: Dividends = ...,
) -> NDArray[np.float64]: ...
def price(
    kind: Any,
    spot: Any,
    strike: Any,
    t_years: Any,
    rate: Any,
    div_yield: Any,
    vol: Any,
    *,
    exercise: Exercise = "american",
    dividends: Dividends = (),
) -> Any:
    """Value of a call or put, American or European, with a dividend yield and cash dividends.

    Parameters
    ----------
    kind : {"call", "put", "c", "p", 1, -1} or array of them
        Which side.
    spot, strike : float or array
        Dollars a share, positive.
    t_years : float or array
        Years (ACT/365) to expiry, positive.
    rate, div_yield : float or array
        Continuously compounded, decimal a year; may be negative.
    vol : float or array
        Decimal a year, not negative.
    exercise : {"american", "european"}
        Style.
    dividends : sequence of (t_years, amount)
        Cash dividends shared by all elements: at `t_years` the spot falls by `amount` dollars (never below
        zero) and is lognormal between (the "spot" model). Those at or before now, or after expiry, are ignored.

    Returns
    -------
    float or ndarray
        Dollars a share; arrays have the broadcast shape of the inputs, with NaN for a bad element.

    Raises
    ------
    InputError
        A bad scalar, a bad option name, or arrays that do not broadcast.
    ConvergenceError
        The engine could not reach its accuracy (scalars only; arrays give NaN).

    Notes
    -----
    European: Black and Scholes (1973), Merton (1973), ``C = S e^(-qT) N(d1) - K e^(-rT) N(d2)``.
    American: Andersen, Lake and Offengenden (2016), "High-performance American option pricing".

    Examples
    --------
    >>> import hedgekit as hk
    >>> round(hk.price("put", 220.0, 200.0, 91 / 365, 0.043, 0.012, 0.26), 4)
    3.3134
    >>> round(hk.price("put", 220.0, 200.0, 91 / 365, 0.043, 0.012, 0.26, exercise="european"), 4)
    3.2833
    >>> hk.price("call", 100.0, [95.0, 105.0], 0.5, 0.04, 0.01, 0.2).round(4)
    array([9.205 , 4.1575])
    """
    values = (spot, strike, t_years, rate, div_yield, vol)
    if _one_option(kind, values, exercise, dividends):
        alone = _american.price_scalar if exercise == "american" else _european.price_scalar
        value, status = alone(SIGNS[kind], *values)
        if status == Status.OK:
            return value
    columns, cash, scalar = _prepare(kind, values, COLUMNS, exercise, dividends)
    out, status_column = np.empty(columns.size), np.empty(columns.size, dtype=np.int8)
    kernel, lead, tail, grain = _engine("price_into", exercise, cash, columns)
    columns = _alike_together(columns, COLUMNS, tail, grain)

    def run(piece: slice) -> None:
        kernel(*lead, *columns.part(piece), *tail, out[piece], status_column[piece])

    _split(run, columns.size, grain)
    columns.restore(out, status_column)
    if kernel is _american.price_into:
        _rescue(_cash_dividends.price_into, (columns.sign, *columns.numbers), (out,), status_column)
    if scalar:
        if status_column[0]:
            _refuse(Status(int(status_column[0])), kind, values)
        return float(out[0])
    return out.reshape(columns.shape)


def greeks(
    kind: Any,
    spot: Any,
    strike: Any,
    t_years: Any,
    rate: Any,
    div_yield: Any,
    vol: Any,
    *,
    exercise: Exercise = "american",
    dividends: Dividends = (),
) -> Greeks:
    """Price and the eight greeks of a call or put.

    Parameters and errors are those of `price`.

    Returns
    -------
    Greeks
        Raw derivatives: per 1.00 of vol, per year, per 1.00 of rate. `hedgekit.units` converts them.

    Examples
    --------
    >>> import hedgekit as hk
    >>> g = hk.greeks("put", 220.0, 200.0, 91 / 365, 0.043, 0.012, 0.26)
    >>> round(g.delta, 4), round(hk.units.theta_per_day(g.theta), 4)
    (-0.1969, -0.0398)
    """
    values = (spot, strike, t_years, rate, div_yield, vol)
    if _one_option(kind, values, exercise, dividends):
        alone = _american.greeks_scalar if exercise == "american" else _european.greeks_scalar
        *numbers, status = alone(SIGNS[kind], *values)
        if status == Status.OK:
            return Greeks(*numbers)
    columns, cash, scalar = _prepare(kind, values, COLUMNS, exercise, dividends)
    outs = np.empty((len(GREEK_NAMES), columns.size))
    status_column = np.empty(columns.size, dtype=np.int8)
    kernel, lead, tail, grain = _engine("greeks_into", exercise, cash, columns)
    columns = _alike_together(columns, COLUMNS, tail, grain)

    def run(piece: slice) -> None:
        kernel(*lead, *columns.part(piece), *tail, *(row[piece] for row in outs), status_column[piece])

    _split(run, columns.size, grain)
    columns.restore(outs, status_column)
    if kernel is _american.greeks_into:
        _rescue(_cash_dividends.greeks_into, (columns.sign, *columns.numbers), tuple(outs), status_column)
    if scalar:
        if status_column[0]:
            _refuse(Status(int(status_column[0])), kind, values)
        return Greeks(*(float(row[0]) for row in outs))
    return Greeks(*(row.reshape(columns.shape) for row in outs))


@overload
def implied_vol(
    premium: float,
    kind: Kind,
    spot: float,
    strike: float,
    t_years: float,
    rate: float,
    div_yield: float,
    *,
    exercise: Exercise = ...,
    dividends: Dividends = ...,
    full: Literal[False] = ...,
) -> float: ...
@overload
def implied_vol(
    premium: ArrayLike,
    kind: ArrayLike,
    spot: ArrayLike,
    strike: ArrayLike,
    t_years: ArrayLike,
    rate: ArrayLike,
    div_yield: ArrayLike,
    *,
    exercise: Exercise = ...,
    dividends: Dividends = ...,
    full: Literal[False] = ...,
) -> NDArray[np.float64]: ...
@overload
def implied_vol(
    premium: Any,
    kind: Any,
    spot: Any,
    strike: Any,
    t_years: Any,
    rate: Any,
    div_yield: Any,
    *,
    exercise: Exercise = ...,
    dividends: Dividends = ...,
    full: Literal[True],
) -> ImpliedVol: ...
def implied_vol(
    premium: Any,
    kind: Any,
    spot: Any,
    strike: Any,
    t_years: Any,
    rate: Any,
    div_yield: Any,
    *,
    exercise: Exercise = "american",
    dividends: Dividends = (),
    full: bool = False,
) -> Any:
    """Volatility at which the model's price equals a premium.

    Parameters
    ----------
    premium : float or array
        Dollars a share.
    kind, spot, strike, t_years, rate, div_yield, exercise, dividends
        As in `price`.
    full : bool
        Give an `ImpliedVol` with a status for each element instead of the vols alone; nothing raises then.

    Returns
    -------
    float or ndarray or ImpliedVol
        Decimal a year; NaN for an array element that has none.

    Raises
    ------
    InputError
        A bad scalar argument.
    ArbitrageError
        A scalar premium at or below what it is worth without volatility, or above the most it can be worth.
    NotIdentifiedError
        A scalar premium at its exercise value: every vol up to a bound explains it.

    Notes
    -----
    European: Jaeckel (2015), "Let's be rational", generalised here to the whole range of doubles.
    American: secant on the early exercise premium over the same.

    Examples
    --------
    >>> import hedgekit as hk
    >>> round(hk.implied_vol(3.3134275, "put", 220.0, 200.0, 91 / 365, 0.043, 0.012), 6)
    0.26
    >>> both = hk.implied_vol([79.0, 80.0], "put", 220.0, 300.0, 91 / 365, 0.043, 0.012, full=True)
    >>> [hk.Status(s).name for s in both.status]
    ['BELOW_INTRINSIC', 'NOT_IDENTIFIED']
    """
    values = (premium, spot, strike, t_years, rate, div_yield)
    names = ("premium", *COLUMNS[:-1])
    if not full and _one_option(kind, values, exercise, dividends):
        alone = _american.implied_vol_scalar if exercise == "american" else _european.implied_vol_scalar
        found, *_, status = alone(premium, SIGNS[kind], *values[1:])
        if status == Status.OK:
            return found
    columns, cash, scalar = _prepare(kind, values, names, exercise, dividends)
    vol, upper = np.empty(columns.size), np.full(columns.size, np.nan)
    status_column = np.empty(columns.size, dtype=np.int8)
    kernel, lead, tail, grain = _engine("implied_vol_into", exercise, cash, columns)
    columns = _alike_together(columns, names, tail, grain)
    outs = (vol,) if kernel is _european.implied_vol_into else (vol, upper)

    def run(piece: slice) -> None:
        sign, premiums, *rest = columns.part(piece)
        kernel(*lead, premiums, sign, *rest, *tail, *(row[piece] for row in outs), status_column[piece])

    _split(run, columns.size, grain)
    columns.restore(*outs, status_column)
    if kernel is _american.implied_vol_into:
        inputs: tuple[NDArray[Any], ...] = (columns.numbers[0], columns.sign, *columns.numbers[1:])
        _rescue(_cash_dividends.implied_vol_into, inputs, (vol, upper), status_column)
    if scalar:
        status_ = Status(int(status_column[0]))
        if full:
            return ImpliedVol(float(vol[0]), status_, float(upper[0]))
        if status_:
            _refuse_premium(status_, kind, values, exercise, float(upper[0]))
        return float(vol[0])
    if full:
        return ImpliedVol(
            vol.reshape(columns.shape), status_column.reshape(columns.shape), upper.reshape(columns.shape)
        )
    return vol.reshape(columns.shape)


def implied_vol_band(
    premiums: Sequence[Any],
    kind: Any,
    spot: Any,
    strike: Any,
    t_years: Any,
    rate: Any,
    div_yield: Any,
    *,
    exercise: Exercise = "american",
    dividends: Dividends = (),
) -> tuple[ImpliedVol, ...]:
    """Vols of several premiums of the same options, such as a chain's bids, mids and asks.

    The same as `implied_vol` for each (``full=True``, arrays only), but three premiums under cash dividends share
    most of the work, and agree with it to about 1e-4 relative.

    Parameters
    ----------
    premiums : sequence of array
        Dollars a share, each of a shape that broadcasts with the other columns.
    kind, spot, strike, t_years, rate, div_yield, exercise, dividends
        As in `price`; at least one an array.

    Returns
    -------
    tuple of ImpliedVol
        One a premium.

    Examples
    --------
    >>> bid, ask = implied_vol_band([[3.2], [3.4]], "put", 220.0, 200.0, 91 / 365, 0.043, 0.012)
    >>> bid.vol.round(4), ask.vol.round(4)
    (array([0.2563]), array([0.2628]))
    """
    place: tuple[Any, ...] = (kind, spot, strike, t_years, rate, div_yield)
    names = ("premium", *COLUMNS[:-1])
    columns, cash, _ = _prepare(kind, (premiums[0], *place[1:]), names, exercise, dividends)
    kernel, lead, tail, grain = _engine("implied_vol_band_into", exercise, cash, columns)
    columns = _alike_together(columns, names, tail, grain)
    if len(premiums) != len(BAND) or kernel is None:
        return tuple(
            implied_vol(premium, *place, exercise=exercise, dividends=dividends, full=True) for premium in premiums
        )
    sides = [_flat(_numbers("premium", premium), columns.shape, columns.size) for premium in premiums]
    vols, status = np.empty((len(BAND), columns.size)), np.empty((len(BAND), columns.size), dtype=np.int8)

    def run(piece: slice) -> None:
        sign, _, *rest = columns.part(piece)
        outs = (*(row[piece] for row in vols), *(row[piece] for row in status))
        rows = piece if columns.order is None else columns.order[piece]
        kernel(*lead, *(side[rows] for side in sides), sign, *rest, *tail, *outs)

    _split(run, columns.size, grain)
    columns.restore(vols, status)
    unknown = np.full(columns.shape, np.nan)
    shaped = zip(vols.reshape(-1, *columns.shape), status.reshape(-1, *columns.shape), strict=True)
    return tuple(ImpliedVol(vol, code, unknown) for vol, code in shaped)


def engine_name(exercise: Exercise, dividends: Dividends, t_years: float) -> str:
    """Say in words which engine prices an option, for the inputs of a result.

    Examples
    --------
    >>> engine_name("european", (), 1.0)
    'European, closed form (Black-Scholes-Merton)'
    """
    if any(0.0 < when <= t_years and amount > 0.0 for when, amount in dividends):
        return f"{exercise.capitalize()}, cash dividends in the spot model"
    if exercise == "european":
        return "European, closed form (Black-Scholes-Merton)"
    return "American, exercise boundary by spectral collocation"


def instruction_sets() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return, for each compiled kernel, the instruction set in use and those this processor offers."""
    kernels = {"european": _european, "american": _american, "cash dividends": _cash_dividends}
    return {name: (kernel.isa(), kernel.available_isas()) for name, kernel in kernels.items()}


def threads() -> int:
    """Return how many worker threads large arrays are split over.

    ``HEDGEKIT_THREADS`` when it is set, else the cores this process may use.

    Raises
    ------
    InputError
        When ``HEDGEKIT_THREADS`` is not a positive whole number.
    """
    text = os.environ.get("HEDGEKIT_THREADS", "").strip()
    if not text:
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if not text.isdigit() or int(text) < 1:
        raise InputError(f"HEDGEKIT_THREADS is {text!r}: give a whole number of 1 or more")
    return int(text)


def _one_option(kind: Any, values: tuple[Any, ...], exercise: str, dividends: Dividends) -> bool:
    """Whether the shortcut for one option applies: Python numbers, a known kind, no cash dividends.

    What the shortcut cannot answer takes the long way, which says why.
    """
    return (
        type(kind) in (str, int)
        and kind in SIGNS
        and exercise in ("american", "european")
        and isinstance(dividends, tuple | list)
        and not dividends
        and all(isinstance(value, float) or (isinstance(value, int) and abs(value) < MOST_WHOLE) for value in values)
    )


def _prepare(
    kind: Any, values: tuple[Any, ...], names: tuple[str, ...], exercise: str, dividends: Dividends
) -> tuple[_Columns, tuple[NDArray[np.float64], NDArray[np.float64]], bool]:
    """Check and broadcast the inputs; say whether they were all scalars."""
    if exercise not in ("american", "european"):
        raise InputError(f"exercise is {exercise!r}: use 'american' or 'european'")
    sign = signs(kind)
    arrays = [_numbers(name, value) for name, value in zip(names, values, strict=True)]
    shapes_given = {sign.shape, *(array.shape for array in arrays)} - {()}
    try:
        shape = np.broadcast_shapes(*shapes_given)
    except ValueError:
        shapes = ", ".join(f"{name} {array.shape}" for name, array in zip(names, arrays, strict=True) if array.ndim)
        raise InputError(f"these shapes do not broadcast together: kind {sign.shape}, {shapes}") from None
    size = math.prod(shape)
    cash = _cash(dividends)
    longest = float(np.nanmax(arrays[names.index("t_years")], initial=-np.inf)) if cash[0].size else 0.0
    flat = tuple(_flat(array, shape, size) for array in arrays)
    columns = _Columns(shape, size, _flat(sign, shape, size), flat, longest)
    return columns, cash, shape == ()


def _numbers(name: str, value: Any) -> NDArray[np.float64]:
    try:
        return np.asarray(value, dtype=np.float64)
    except OverflowError:
        raise InputError(f"{name} has a whole number beyond what a float holds (1.8e308)") from None
    except (TypeError, ValueError):
        raise InputError(f"{name} is {value!r}: give a number or an array of numbers") from None


def _flat(array: NDArray[Any], shape: tuple[int, ...], size: int) -> NDArray[Any]:
    """Flatten to `size` elements; one shared element becomes a view of stride 0."""
    if array.shape == shape:
        return array.reshape(-1)
    if array.size == 1:
        return np.ndarray((size,), array.dtype, array.reshape(1), strides=(0,))
    return np.broadcast_to(array, shape).reshape(-1)


def _cash(dividends: Dividends) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Check the cash dividends and return those that lie ahead, sorted by time."""
    ahead = []
    for item in dividends:
        try:
            t_years, amount = (float(x) for x in item)
        except (TypeError, ValueError):
            raise InputError(f"dividends holds {item!r}: give pairs (t_years, amount)") from None
        if not (math.isfinite(t_years) and math.isfinite(amount) and amount >= 0.0):
            raise InputError(f"dividends holds {item!r}: times must be finite and amounts zero or more")
        if t_years > 0.0 and amount > 0.0:
            ahead.append((t_years, amount))
    ahead.sort()
    table = np.array(ahead, dtype=np.float64).reshape(-1, 2)
    return np.ascontiguousarray(table[:, 0]), np.ascontiguousarray(table[:, 1])


def _engine(
    function: str, exercise: str, cash: tuple[NDArray[np.float64], NDArray[np.float64]], columns: _Columns
) -> tuple[Any, tuple[Any, ...], tuple[Any, ...], int]:
    """Choose the kernel, what goes before and after its market columns, and the smallest piece worth a thread.

    The kernel is None where the engine has none of that name.
    """
    if cash[0].size and cash[0][0] <= columns.longest:
        return getattr(_cash_dividends, function), (exercise == "american",), cash, GRAIN["cash"]
    module = _american if exercise == "american" else _european
    return getattr(module, function, None), (), (), GRAIN[exercise]


def _alike_together(
    columns: _Columns, names: tuple[str, ...], dividends: tuple[NDArray[np.float64], ...], grain: int
) -> _Columns:
    """Bring options that can share a lattice next to each other, before they are cut into pieces.

    Under cash dividends only options of one kind, with about the same life and spread, fill a kernel's lanes together;
    a piece that mixes all of them would leave most lanes empty.
    """
    if not dividends or columns.size < 2 * grain:
        return columns
    given = dict(zip(names, columns.numbers, strict=True))
    with np.errstate(all="ignore"):
        t_years = np.maximum(given["t_years"], 1e-9)
        spread = np.maximum(given.get("vol", 1.0) * np.sqrt(t_years), 0.25)
        # Spread and life by the kernel's own quarters and eighths of octaves.
        keys = (np.ceil(8.0 * np.log2(t_years)), np.ceil(4.0 * np.log2(spread)))
        live = np.searchsorted(dividends[0], t_years)
    return columns._replace(order=np.lexsort((*keys, live, columns.sign)))


@lru_cache(maxsize=1)
def _pool(workers: int, _process: int) -> ThreadPoolExecutor:
    """Return the worker threads; a forked child, having none of them, makes its own."""
    from concurrent.futures import ThreadPoolExecutor  # costs more than the first price

    return ThreadPoolExecutor(workers, thread_name_prefix="hedgekit")


def _split(run: Callable[[slice], None], size: int, grain: int) -> None:
    """Run a kernel over slices of the columns, in threads when there is enough to share.

    Options that share a kernel's lanes do the same number of steps, so the last bits of one depend on which others are
    in its slice: the slices depend on the count of options alone, never on the threads.
    """
    pieces = max(1, size // max(grain, min(size // PIECES, PIECES * grain)))
    bounds = [size * i // pieces for i in range(pieces + 1)]
    slices = [slice(a, b) for a, b in pairwise(bounds)]
    if pieces == 1 or threads() < 2:
        for piece in slices:
            run(piece)
        return
    list(_pool(threads(), os.getpid()).map(run, slices))


def _rescue(
    kernel: Callable[..., None],
    inputs: tuple[NDArray[Any], ...],
    outs: tuple[NDArray[np.float64], ...],
    status: NDArray[np.int8],
) -> None:
    """Solve what the collocation could not (a few in a thousand at vols below 1%) by finite differences.

    These are good to about 1e-5 of the strike, and need no boundary to start from.
    """
    rows = np.flatnonzero(status == Status.NO_CONVERGENCE)
    if not len(rows):
        return
    none = np.empty(0)
    answers, codes = [np.empty(len(rows)) for _ in outs], np.empty(len(rows), dtype=np.int8)
    kernel(True, *(column[rows] for column in inputs), none, none, *answers, codes)
    for out, answer in zip(outs, answers, strict=True):
        out[rows] = answer
    status[rows] = codes


def _refuse(status: Status, kind: Any, values: tuple[Any, ...]) -> None:
    """Raise what a scalar's status means."""
    for name, value in zip(COLUMNS, values, strict=True):
        number = float(value)
        if not math.isfinite(number):
            raise InputError(f"{name} is {number}: give a finite number")
        if name in ("spot", "strike", "t_years") and number <= 0.0:
            raise InputError(f"{name} is {number:g}: it must be more than 0")
        if name == "vol" and number < 0.0:
            raise InputError(f"vol is {number:g}: it must be 0 or more (0.20 is 20% a year)")
    described = ", ".join(f"{name} {float(value):g}" for name, value in zip(COLUMNS, values, strict=True))
    raise ConvergenceError(f"no price for {kind} with {described}: the engine stopped with {status.name}")


def _refuse_premium(status: Status, kind: Any, values: tuple[Any, ...], exercise: str, upper: float) -> None:
    """Raise what a scalar premium's status means."""
    premium, spot, strike, t_years, rate, div_yield = (float(value) for value in values)
    if not math.isfinite(premium):
        raise InputError(f"premium is {premium}: give a finite number")
    if status is Status.INVALID_INPUT:
        _refuse(status, kind, (spot, strike, t_years, rate, div_yield, 0.0))
    raise _premium_error(status, premium, _bounds(kind, spot, strike, t_years, rate, div_yield, exercise), upper)


def _premium_error(status: Status, premium: float, bounds: tuple[float, float], upper: float) -> HedgekitError:
    low, high = bounds
    if status is Status.NOT_IDENTIFIED:
        return NotIdentifiedError(
            f"premium {premium:g} equals the exercise value: every vol up to {upper:.4f} explains it"
        )
    if status is Status.BELOW_INTRINSIC:
        return ArbitrageError(
            f"premium {premium:g} is at or below the option's value without volatility: "
            f"a vol exists only between {low:g} and {high:g}"
        )
    if status is Status.ABOVE_MAXIMUM:
        return ArbitrageError(
            f"premium {premium:g} is above the most the option can be worth: "
            f"a vol exists only between {low:g} and {high:g}"
        )
    return ConvergenceError(f"no vol found for premium {premium:g}: the solver stopped between {low:g} and {high:g}")


def _bounds(
    kind: Any, spot: float, strike: float, t_years: float, rate: float, div_yield: float, exercise: str
) -> tuple[float, float]:
    """No-arbitrage bounds of a premium without cash dividends, dollars a share."""
    sign = SIGNS[kind]
    forward, bond = spot * math.exp(-div_yield * t_years), strike * math.exp(-rate * t_years)
    low = max(0.0, sign * (forward - bond))
    high = forward if sign == 1 else bond
    if exercise == "american":
        low, high = max(low, sign * (spot - strike)), max(high, spot if sign == 1 else strike)
    return low, high

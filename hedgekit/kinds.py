"""The kinds of options as signs: every spelling of calls and puts, alone or in a column of millions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from hedgekit.core import _kinds
from hedgekit.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIGNS = {"call": 1, "put": -1, "c": 1, "p": -1, 1: 1, -1: -1}


def signs(kind: Any) -> NDArray[np.int8]:
    """Turn kinds into +1 and -1.

    Parameters
    ----------
    kind : {"call", "put", "c", "p", 1, -1}, or an array, list or pandas column of them
        Which side.

    Returns
    -------
    ndarray of int8
        +1 call, -1 put, 0 for an element that is neither.

    Raises
    ------
    InputError
        A kind alone that is neither.

    Examples
    --------
    >>> signs(["call", "put", "straddle"])
    array([ 1, -1,  0], dtype=int8)
    """
    if isinstance(kind, list | tuple) and kind and isinstance(kind[0], str):
        return _of_objects(kind)
    held = _of_column(kind)
    if held is not None:
        return held
    array = np.asarray(kind.filled() if hasattr(kind, "filled") else kind)  # hidden elements are no kind
    if array.dtype == np.int8:
        sign = array  # the kernels refuse what is not +1 or -1
    elif array.dtype.kind in "iuf":
        with np.errstate(invalid="ignore"):
            sign = array.astype(np.int8)
        sign[sign != array] = 0
    elif array.dtype.kind == "U":
        sign = _of_words(array)
    else:
        sign = _of_objects(array.astype(object, copy=False).ravel()).reshape(array.shape)
    if sign.ndim == 0 and sign not in (1, -1):
        raise InputError(f"kind is {kind!r}: use 'call' or 'put' (also 'c', 'p', 1, -1)")
    return sign


def _of_objects(objects: Any) -> NDArray[np.int8]:
    sign = np.empty(len(objects), dtype=np.int8)
    _kinds.read_objects(objects, sign)
    return sign


def _of_words(array: NDArray[np.str_]) -> NDArray[np.int8]:
    """Read words where they lie: four bytes a character, padded with zeros."""
    words = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("="))
    width = words.dtype.itemsize // np.dtype(np.uint32).itemsize
    sign = np.empty(words.size, dtype=np.int8)
    _kinds.read_points(words.reshape(-1).view(np.uint32).reshape(words.size, width), sign)
    return sign.reshape(array.shape)


def _of_column(column: Any) -> NDArray[np.int8] | None:
    """Read a column that is not NumPy's where it lies: pandas, Arrow, polars; None when NumPy is to read it."""
    held = getattr(column, "array", column)  # what a pandas Series or Index wraps
    dtype = getattr(held, "dtype", None)
    if isinstance(dtype, np.dtype):
        return None
    if hasattr(held, "categories") and hasattr(held, "codes"):
        known = np.append(signs(np.asarray(held.categories, dtype=object)), np.int8(0))
        labelled: NDArray[np.int8] = known.take(held.codes, mode="wrap")  # a missing one has code -1: the last
        return labelled
    if hasattr(dtype, "numpy_dtype") and getattr(dtype, "kind", "") in "iu":  # whole numbers beside a mask
        return signs(held.to_numpy(dtype=np.int64, na_value=0))
    if hasattr(dtype, "pyarrow_dtype") or getattr(dtype, "storage", "") == "pyarrow":
        held = held.__arrow_array__()
    if hasattr(held, "__arrow_c_stream__"):
        sign = np.empty(len(held), dtype=np.int8)
        return sign if _kinds.read_arrow_stream(held.__arrow_c_stream__(), sign) else None
    if hasattr(held, "__arrow_c_array__"):
        sign = np.empty(len(held), dtype=np.int8)
        schema, array = held.__arrow_c_array__()
        return sign if _kinds.read_arrow_array(schema, array, sign) else None
    return None

"""Calls and puts in every spelling and every container."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import hedgekit as hk
from hedgekit.core import _kinds
from hedgekit.kinds import SIGNS, signs

WORDS = [
    "call",
    "put",
    "c",
    "p",
    "Call",
    "calls",
    "cal",
    "pu",
    "",
    "p ",
    "puts",
    "cp",
    "\U00010063",
    "c\xe4ll",
    "callput",
]
EXPECTED = [SIGNS.get(word, 0) for word in WORDS]


def test_words_are_read_as_one_by_one():
    words = np.array(WORDS)
    assert signs(words).tolist() == EXPECTED
    assert signs(words.reshape(3, 5)[:, ::2]).tolist() == np.reshape(EXPECTED, (3, 5))[:, ::2].tolist()
    assert signs(words.astype(words.dtype.newbyteorder())).tolist() == EXPECTED
    for width in range(1, 8):
        cut = words.astype(f"U{width}")
        assert signs(cut).tolist() == [SIGNS.get(str(word), 0) for word in cut]


@pytest.mark.parametrize(
    "column",
    [
        list,
        tuple,
        lambda words: np.array(words, dtype=object),
        lambda words: np.array([*words, *words], dtype=object)[: len(words)],
        pd.Series,
        pd.Index,
        pd.Categorical,
        lambda words: pd.Series(words, dtype=object),
        lambda words: pd.Series(words, dtype="string"),
        lambda words: pd.Series(words, dtype="category"),
    ],
)
def test_every_container_of_words_is_read_alike(column):
    assert signs(column(WORDS)).tolist() == EXPECTED
    assert signs(column([*WORDS, None])).tolist() == [*EXPECTED, 0]


ARROW_TYPES = [
    pa.string(),
    pa.large_string(),
    *([pa.string_view()] if hasattr(pa, "string_view") else []),
    *(pa.dictionary(index, pa.string()) for index in (pa.int8(), pa.uint8(), pa.int16(), pa.uint16())),
    *(pa.dictionary(index, pa.large_string()) for index in (pa.int32(), pa.uint32(), pa.int64(), pa.uint64())),
]


@pytest.mark.parametrize("kind", ARROW_TYPES, ids=str)
def test_arrow_words_are_read_where_they_lie(kind):
    words = pa.array([None, *WORDS, None, "a word of many letters", "put", None, "p"], type=pa.string()).cast(kind)
    expected = [0, *EXPECTED, 0, 0, -1, 0, -1]
    n = len(expected)
    assert signs(words).tolist() == expected
    for start in range(n):
        assert signs(words.slice(start)).tolist() == expected[start:]
        assert signs(words.slice(0, start)).tolist() == expected[:start]
    chunks = pa.chunked_array([words.slice(0, 5), words.slice(5, 0), words.slice(5)])
    assert signs(chunks).tolist() == expected
    assert signs(pa.chunked_array([], type=kind)).shape == (0,)


@pytest.mark.parametrize("last", ["c", "put", "call", "", "x"])
def test_the_last_arrow_word_is_read_no_further_than_the_buffer(last):
    # The bytes end with the word: nothing may be read behind it, which the sanitizers watch.
    text = f"put{last}".encode()
    offsets = np.array([0, 3, 3 + len(last)], dtype=np.int32)
    words = pa.Array.from_buffers(pa.string(), 2, [None, pa.py_buffer(offsets), pa.py_buffer(text)])
    assert signs(words).tolist() == [-1, SIGNS.get(last, 0)]


@pytest.mark.parametrize(
    "dtype", ["str", "string", "string[pyarrow]", "string[python]", "category", pd.ArrowDtype(pa.string())], ids=str
)
def test_every_pandas_column_of_words_is_read_alike(dtype):
    column = pd.Series([*WORDS, None, "put"], dtype=dtype)
    expected = [*EXPECTED, 0, -1]
    assert signs(column).tolist() == expected
    assert signs(pd.Index(column)).tolist() == expected
    assert signs(column.iloc[::-2]).tolist() == expected[::-2]
    assert signs(column.iloc[3:3]).shape == (0,)


@pytest.mark.parametrize(
    "dtype", ["Int8", "Int64", "Float64", pd.ArrowDtype(pa.int8()), pd.ArrowDtype(pa.float64())], ids=str
)
def test_pandas_numbers_that_may_be_missing_are_signs_or_bad_elements(dtype):
    sign = signs(pd.Series([1, -1, None, 2, 0], dtype=dtype))  # what is neither 1 nor -1 the kernels refuse
    assert np.where(np.abs(sign) == 1, sign, 0).tolist() == [1, -1, 0, 0, 0]


def test_arrow_columns_of_anything_but_words_are_left_to_numpy():
    assert signs(pa.array([1, -1, 0])).tolist() == [1, -1, 0]
    assert signs(pa.array([1.0, -1.0, None])).tolist() == [1, -1, 0]
    assert signs(pa.array([None, None])).tolist() == [0, 0]
    assert signs(pa.array([b"call"])).tolist() == [0]
    assert signs(pd.Series([1, 2, -1], dtype="category")).tolist() == [1, 0, -1]


def test_polars_words_are_read_alike():
    polars = pytest.importorskip("polars")
    assert signs(polars.Series([*WORDS, None])).tolist() == [*EXPECTED, 0]
    assert signs(polars.Series([*WORDS, None]).cast(polars.Categorical)).tolist() == [*EXPECTED, 0]


def test_a_word_with_zeros_behind_it_is_another_word():
    words = ["put\0", "c\0", "c\0\0", "c\0\0\0", "call\0", "\0", "p\0t"]
    assert signs(words).tolist() == [0] * len(words)


def test_objects_of_every_sort_are_read_or_bad_elements():
    items = [
        "call",
        np.str_("put"),
        1,
        -1,
        1.0,
        np.int64(-1),
        2,
        0,
        float("nan"),
        None,
        [1],
        b"call",
        pd.NA,
        np.ones(2),
    ]
    expected = [1, -1, 1, -1, 1, -1, 0, 0, 0, 0, 0, 0, 0, 0]
    objects = np.empty(len(items), dtype=object)
    objects[:] = items
    objects.flags.writeable = False
    assert signs(items).tolist() == signs(tuple(items)).tolist() == signs(objects).tolist() == expected
    assert signs(objects[::-2]).tolist() == expected[::-2]


def test_nested_lists_keep_their_shape():
    assert signs([["call", "put"], ["p", "x"]]).tolist() == [[1, -1], [-1, 0]]
    assert signs([]).shape == (0,)
    assert signs(np.empty((0, 2), dtype="U4")).shape == (0, 2)


def test_a_list_shortened_while_it_is_read_is_read_no_further():
    class Shortens:
        def __eq__(self, other):
            del items[2:]
            return False

        __hash__ = None

    items = ["call", Shortens(), *["put"] * 1000]
    out = np.full(len(items), 9, dtype=np.int8)
    _kinds.read_objects(items, out)
    assert out[0] == 1 and not out[1:].any()


def test_an_error_while_an_object_is_compared_is_the_callers():
    class Fails:
        def __eq__(self, other):
            raise ZeroDivisionError

        __hash__ = None

    with pytest.raises(ZeroDivisionError):
        signs(["call", Fails()])


def test_the_core_refuses_outputs_of_another_length():
    out = np.empty(2, dtype=np.int8)
    for call in (
        lambda: _kinds.read_objects(["call"], out),
        lambda: _kinds.read_points(np.zeros((3, 4), dtype=np.uint32), out),
        lambda: _kinds.read_objects(np.zeros(2), out),
        lambda: _kinds.read_objects(np.empty((2, 2), dtype=object), out),
        lambda: _kinds.read_arrow_array(*pa.array(["call"]).__arrow_c_array__(), out),
        lambda: _kinds.read_arrow_array(*pa.array(["call"] * 3).__arrow_c_array__(), out),
        lambda: _kinds.read_arrow_stream(pa.chunked_array([["call"]]).__arrow_c_stream__(), out),
        lambda: _kinds.read_arrow_stream(pa.chunked_array([["call"], ["put"] * 2]).__arrow_c_stream__(), out),
    ):
        with pytest.raises(ValueError, match=r"objects|words"):
            call()


def test_a_bad_word_alone_is_named_and_one_of_many_is_nan():
    with pytest.raises(hk.InputError, match="kind is 'straddle': use 'call' or 'put'"):
        hk.price("straddle", 100.0, 100.0, 1.0, 0.0, 0.0, 0.2)
    prices = hk.price(["call", "straddle"], 100.0, 100.0, 1.0, 0.0, 0.0, 0.2)
    assert np.isnan(prices).tolist() == [False, True]

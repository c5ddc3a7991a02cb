"""Blocks of memory that answers are written to, and when they are lent again."""

import gc

import numpy as np
import pytest

import hedgekit as hk
from hedgekit.pricing import memory


@pytest.fixture(autouse=True)
def no_spare_block():
    memory._spare.clear()
    yield
    memory._spare.clear()


def address(columns):
    return columns[0].ctypes.data


@pytest.mark.parametrize("size", [0, 1, memory.MANY - 1, memory.MANY, memory.MANY + 3])
def test_columns_do_not_overlap_and_long_ones_begin_cache_lines(size):
    columns = memory.columns(9, size)
    for i, column in enumerate(columns):
        assert column.shape == (size,) and column.dtype == np.float64 and column.flags.c_contiguous
        column[:] = i
    assert [set(column.tolist()) for column in columns] == [{float(i)} if size else set() for i in range(9)]
    if size >= memory.MANY:
        assert not any(column.ctypes.data % 64 for column in columns)


def test_a_block_is_lent_again_only_when_no_view_of_it_is_left():
    first = memory.columns(3, memory.MANY)
    where, held = address(first), first[1][10:20]
    del first
    second = memory.columns(3, memory.MANY)
    assert address(second) != where
    del held, second
    gc.collect()
    assert len(memory._spare) == 1
    spare = memory._spare[0].ctypes.data
    third = memory.columns(3, memory.MANY)
    assert spare <= address(third) < spare + 64 and not memory._spare


def test_answers_that_are_held_never_change():
    strikes = np.linspace(80.0, 120.0, memory.MANY)
    terms = (0.5, 0.04, 0.01, 0.2)
    held = hk.greeks("put", 100.0, strikes, *terms, exercise="european").delta
    before = held.copy()
    for spot in (90.0, 110.0, 130.0):
        hk.greeks("call", spot, strikes, *terms, exercise="european")
    assert held.tobytes() == before.tobytes()
    again = hk.greeks("put", 100.0, strikes, *terms, exercise="european")
    assert again.delta.tobytes() == before.tobytes()


def test_blocks_too_large_or_of_another_size_are_not_kept(monkeypatch):
    small = address(memory.columns(2, memory.MANY))
    assert len(memory._spare) == 1 and small
    held = memory.columns(9, 10 * memory.MANY)  # the spare one is too small, and is let go
    assert not memory._spare
    monkeypatch.setattr(memory, "MOST_SPARE", 100)
    del held
    assert not memory._spare

"""Blocks of memory that answers are written to, and when they are lent again."""

import gc

import numpy as np
import pytest

import hedgekit as hk
from hedgekit.pricing import memory


@pytest.fixture(autouse=True)
def no_spare_block():
    for spare in memory._spare:
        spare.clear()


def spare_blocks():
    return [block for spare in memory._spare for block in spare]


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
    (block,) = spare_blocks()
    spare = block.ctypes.data
    third = memory.columns(3, memory.MANY)
    assert spare <= address(third) < spare + 64 and not spare_blocks()


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


def test_a_spare_block_serves_its_own_size_and_no_other(monkeypatch):
    del memory.columns(2, memory.MANY)[:]
    assert len(spare_blocks()) == 1
    large = memory.columns(9, 10 * memory.MANY)
    assert len(spare_blocks()) == 1
    more = memory.columns(2, memory.MANY + 512)  # of that octave, but longer: the spare one is let go
    assert not spare_blocks()
    monkeypatch.setattr(memory, "MOST_SPARE", 9 * memory.MANY)
    del large, more
    (block,) = spare_blocks()
    assert block.size < 3 * memory.MANY


def test_a_block_too_small_for_the_next_call_is_not_lent():
    sizes = [9_000, 12_000, 16_000]  # one octave: 2 ** 13 to 2 ** 14
    for size in sizes:
        held = memory.columns(1, size)
        assert [len(column) for column in held] == [size]
        del held

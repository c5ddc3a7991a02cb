"""Answers as JSON: our own indenting writer gives what the standard library's gives."""

import json
import math
from datetime import date
from enum import Enum, IntEnum

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import hedgekit as hk
from hedgekit.report import render
from hedgekit.results import Result, plain

LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4), max_leaves=20
)


class Answer(Result):
    schema_name = "made"

    def body(self):
        return {"value": self.inputs["value"]}


@given(VALUES)
def test_json_is_what_the_standard_library_writes(value):
    answer = Answer(inputs={"value": value})
    assert answer.to_json() == json.dumps(answer.to_dict(), indent=2, allow_nan=False, ensure_ascii=False)
    assert answer.to_json(indent=None) == json.dumps(answer.to_dict(), allow_nan=False, ensure_ascii=False)


class Side(Enum):
    LONG = "long"


class Code(IntEnum):
    SOUND = 0


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (math.nan, None),
        (-math.inf, None),
        (np.float64("nan"), None),
        (np.float64(0.1), 0.1),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (np.array([1.0, np.nan]), [1.0, None]),
        (Side.LONG, "long"),
        (Code.SOUND, "SOUND"),
        (True, True),
    ],
)
def test_numbers_become_json_types(value, expected):
    found = plain(value)
    assert found == expected and type(found) is type(expected)


def test_a_notebook_shows_the_tables_of_the_page_and_runs_nothing(example):
    result = hk.compare(hk.load_chain(example), shares=1700, floor=0.90, by=date(2027, 1, 15))
    shown = result._repr_html_()
    assert "<script" not in shown and 'class="plot"' not in shown
    assert "What is proven" in shown and "Warnings" in shown
    assert "$7,622" in shown and result.candidates[0].name in shown


def test_print_shows_the_terminals_table_and_the_repr_is_short(example):
    result = hk.surface(hk.load_chain(example), expiry=date(2027, 1, 15))
    assert str(result) == render(result, "table")
    assert len(repr(result)) < 300 and "to_dict()" in repr(result)

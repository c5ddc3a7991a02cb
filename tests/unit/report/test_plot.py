"""Pictures for a terminal: every mark stands where the numbers say."""

from __future__ import annotations

from datetime import date

import pytest

import hedgekit as hk
from hedgekit.errors import InputError
from hedgekit.report.plot import MARKS, Curve, Drawing, draw, hedge_drawing, plot


def drawn(curves, *, width=41, height=11, **more):
    text = draw(
        Drawing(title="", curves=curves, ends=("", "", ""), number="{:g}".format, **more), width=width, height=height
    )
    return [line.partition("|")[2].ljust(width) for line in text.splitlines()[1 : height + 1]]


def test_a_line_goes_through_its_points():
    rows = drawn([Curve(name="y", x=[0.0, 40.0], y=[0.0, 10.0])])
    for column in range(0, 41, 4):
        assert rows[10 - column // 4][column] == MARKS[0]


def test_gaps_stay_empty_and_levels_lie_where_they_are():
    rows = drawn([Curve(name="y", x=[0, 10, 20, 40], y=[0.0, None, 10.0, 10.0])], across=[(5.0, "half")], upright=30.0)
    assert all(MARKS[0] not in row[1:20] for row in rows)
    assert rows[0][20:30] == MARKS[0] * 10
    assert "half" in rows[5] and rows[2][30] == ":"


def test_a_flat_curve_and_a_label_over_it_are_drawn():
    rows = drawn([Curve(name="y", x=[0, 40], y=[3.0, 3.0])], across=[(3.0, "level")])
    assert any("level" in row and MARKS[0] in row for row in rows)


def test_hedge_picture_holds_its_floor(example):
    result = hk.compare(hk.load_chain(example), shares=1700, floor=0.90, by=date(2027, 1, 15))
    shown = hedge_drawing(result.to_dict())
    assert shown is not None
    assert min(y for y in shown.curves[0].y if y is not None) == pytest.approx(
        result.named(result.recommended).floor_pct,
        abs=0.05,  # the least wealth lies at a strike, drawn spots beside it
    )
    text = plot(result)
    assert all(len(line) <= 80 for line in text.splitlines())
    assert text.endswith("\n") and "floor 90%" in text


def test_answers_without_a_picture_are_refused():
    from hedgekit.settings import ConfigResult

    with pytest.raises(InputError, match="pair_status"):
        plot(ConfigResult.__new__(ConfigResult))

"""The drawing surface, scales, and the room that labels take."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest

from pakkeforlop.charts.inter import text_width
from pakkeforlop.charts.labels import Box, Place, Room, text_box
from pakkeforlop.charts.limit_bar import LIMIT_AT, draw_limit_bar
from pakkeforlop.charts.scale import Scale, counts_axis, round_step, share_axis
from pakkeforlop.charts.svg import Drawing, number
from unit.charts.reading import Chart


@pytest.mark.parametrize(
    ("value", "written"), [(1.0, "1"), (1.26, "1.3"), (-0.04, "0"), (-2.5, "-2.5"), (1000.04, "1000")]
)
def test_coordinates_are_short(value: float, written: str):
    assert number(value) == written


def test_a_drawing_is_a_picture_with_a_name_and_a_description():
    drawing = Drawing(100, 50, name="a", title="Andel < 70 & mer", desc="To ord")
    drawing.text(1, 2, 'Navn & "mer" <b>', "sb")
    svg = drawing.svg()
    root = ET.fromstring(svg)
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-labelledby"] == "a-t a-d"
    assert [child.text for child in root][:2] == ["Andel < 70 & mer", "To ord"]
    assert Chart(svg).words[0].text == 'Navn & "mer" <b>'


def test_nothing_is_drawn_for_an_empty_area_or_a_single_point():
    drawing = Drawing(10, 10, name="a", title="t", desc="d")
    drawing.rect(0, 0, 0, 5, "x")
    drawing.path([(1, 1)], "x")
    drawing.steps([0], [], [], "x")
    assert 'class="x"' not in drawing.svg()


def test_steps_go_along_the_upper_edge_and_back_along_the_lower():
    drawing = Drawing(10, 10, name="a", title="t", desc="d")
    drawing.steps([0, 1, 2], [8, 9], [3, 2], "bd")
    assert Chart(drawing.svg()).paths("bd") == [[(0, 3), (1, 3), (1, 2), (2, 2), (2, 9), (1, 9), (1, 8), (0, 8)]]


def test_a_scale_is_straight():
    scale = Scale(0, 100, 50, 250)
    assert [scale(0), scale(50), scale(100)] == [50, 150, 250]


@pytest.mark.parametrize(("span", "most", "step"), [(100, 5, 20), (99, 10, 10), (7, 7, 1), (0.9, 3, 0.5), (365, 9, 50)])
def test_steps_are_round(span: float, most: int, step: float):
    assert round_step(span, most) == step


@pytest.mark.parametrize("most", [0, 1, 3, 7, 99, 198, 1450, 25043])
def test_counts_begin_at_zero_and_reach_the_highest(most: int):
    axis = counts_axis(most)
    assert axis[0] == 0
    assert axis[-1] >= most
    assert all(isinstance(tick, int) for tick in axis)
    assert len(axis) <= 8


@pytest.mark.parametrize("lowest", [0, 0.4, 5, 28.9, 45, 69, 88, 99.5, 100])
@pytest.mark.parametrize("highest", [60, 75, 92, 100])
def test_the_share_axis_holds_its_values_and_stays_within_0_to_100(lowest: float, highest: float):
    axis = share_axis(lowest, highest=max(lowest, highest))
    assert axis[0] <= lowest
    assert axis[-1] >= min(100, max(lowest, highest))
    assert axis[0] >= 0
    assert axis[-1] <= 100
    assert len({b - a for a, b in pairwise(axis)}) == 1


def test_widths_are_those_of_inter():
    assert text_width("0", 1000) == 631
    assert text_width("Mål 70", semibold=True) > text_width("Mål 70")
    assert text_width("čđŋšŧž") > 40


def test_a_label_takes_its_first_free_place():
    room = Room(200, 100)
    room.take(Box(40, 0, 60, 40))
    place = room.put("Mål 70", [Place(50, 20, "middle"), Place(70, 20), Place(150, 20)])
    assert place == Place(70, 20)
    assert room.put("Mål 70", [Place(70, 20), Place(70, 60)]) == Place(70, 60)


def test_a_label_without_a_free_place_covers_least_and_stays_in_the_picture():
    room = Room(100, 100)
    room.take(Box(0, 0, 100, 100))
    outside, inside = Place(95, 20), Place(5, 20)
    assert room.put("Et langt navn", [outside, inside]) == inside
    with pytest.raises(ValueError, match="candidate"):
        room.put("x", [])


def test_a_box_grows_from_its_anchor():
    start, end = text_box(Place(50, 20), "Snitt 72"), text_box(Place(50, 20, "end"), "Snitt 72")
    assert start.left == pytest.approx(48)
    assert end.right == pytest.approx(52)
    assert start.overlap(end) < 60


@pytest.mark.parametrize(
    ("days", "limit", "used", "over"), [(9, 21, 30.4, None), (21, 21, 71, None), (23, 21, 71, 6.8), (0, 21, 0, None)]
)
def test_the_bar_against_a_limit(days: int, limit: int, used: float, over: float | None):
    bar = ET.fromstring(draw_limit_bar(days, limit))
    found = {e.attrib["class"]: e.attrib for e in bar}
    assert float(found["us"]["width"]) == pytest.approx(used, abs=0.05)
    assert float(found["lm"]["x1"]) == LIMIT_AT
    assert bar.attrib["aria-hidden"] == "true"
    if over is None:
        assert "ov" not in found
    else:
        assert float(found["ov"]["width"]) == pytest.approx(over, abs=0.05)


def test_a_bar_far_past_its_limit_ends_in_an_arrow():
    bar = ET.fromstring(draw_limit_bar(39, 21))
    assert next(e for e in bar if e.attrib["class"] == "ov").tag == "path"

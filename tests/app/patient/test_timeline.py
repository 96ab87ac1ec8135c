"""Positions on the timeline, worked out by hand: 1192 pixels from x = 150 for the days of the scale."""

import re
from datetime import date

import pytest

from pakkeforlop.charts.free_days import free_days
from pakkeforlop.charts.patient_timeline import (
    Holder,
    Part,
    Phase,
    Point,
    Timeline,
    Visit,
    Words,
    draw_patient_timeline,
    tick_days,
)  # fmt: skip
from pakkeforlop.charts.patient_timeline_list import Step, draw_timeline_list

WORDS = Words(
    title="Tidslinje", desc="Dag 35 av 42 & mer", rows=("Punkter", "Frister", "Dager", "Ansvar", "Gjort"),
    day=lambda n: f"dag {n}", date=lambda n: f"d{n}", today="i dag, dag 10", due="Frist, dag 16",
)  # fmt: skip


def timeline(**changed):
    """Twenty days, so that a day is 59.6 pixels wide: day 5 stands at 150 + 298 = 448."""
    points = (Point(0, "A01A", "Mottatt"), Point(5, "A01S", "Fremmøte"))
    values = {
        "last": 20, "points": points, "phases": (), "parts": (), "holders": (), "visits": (), "free": frozenset(),
        "today": 10, "due": 16, "words": WORDS,
    }  # fmt: skip
    return draw_patient_timeline(Timeline(**(values | changed)))


def test_points_stand_on_their_days():
    svg = timeline()
    assert '<circle class="dp" cx="150" ' in svg
    assert '<circle class="dp" cx="448" ' in svg


def test_a_booked_point_is_hollow():
    svg = timeline(points=(Point(0, "A01A", "Mottatt"), Point(15, "A01FK", "bestilt", planned=True)))
    assert '<circle class="pv" cx="1044" ' in svg  # 150 + 15 * 59.6


def test_today_is_a_whole_line_and_the_limit_a_dashed_one():
    svg = timeline()
    assert '<line class="an" x1="746" ' in svg  # 150 + 10 * 59.6
    assert '<line class="tg" x1="1103.6" ' in svg  # 150 + 16 * 59.6


def test_the_days_over_a_limit_are_red_from_the_limit_on():
    # From day 0 to 10 against 8: grey to x = 626.8, red from there to 746.
    svg = timeline(phases=(Phase(0, 10, 8, "Fremmøte 10 av 8", "2 over"),))
    assert re.search(r'<rect class="bar3" x="151" y="[\d.]+" width="474.8"', svg)
    assert re.search(r'<rect class="ovf" x="626.8" y="[\d.]+" width="118.2"', svg)
    assert ">2 over</text>" in svg


def test_the_last_day_of_a_limit_has_no_red():
    assert "ovf" not in timeline(phases=(Phase(0, 8, 8, "Fremmøte 8 av 8"),))


def test_parts_have_their_own_looks_and_their_days():
    svg = timeline(parts=(Part(0, 4, "waiting", "time"), Part(4, 5, "examination", "CT"), Part(5, 9, "wish", "ønske")))
    assert re.search(r'<rect class="bar2" x="151" y="[\d.]+" width="236.4"', svg)  # 4 * 59.6 - 2
    assert re.search(r'<rect class="bar1" x="389.4" y="[\d.]+" width="57.6"', svg)
    assert re.search(r'<rect class="bar3" x="449" y="[\d.]+" width="236.4"', svg)
    assert svg.count(">4</text>") == 2


def test_free_days_are_tinted_and_not_beyond_the_scale():
    svg = timeline(free=frozenset({2, 25, -1}))
    assert svg.count('class="wk"') == 1
    assert '<rect class="wk" x="269.2" y="40" width="59.6"' in svg


def test_missed_and_cancelled_are_crosses():
    svg = timeline(visits=(Visit(3, "CT", "attended"), Visit(4, "Biopsi", "missed"), Visit(6, "MR", "cancelled")))
    assert svg.count('class="cross"') == 4


def test_a_holder_goes_on_to_the_end_of_the_scale():
    svg = timeline(holders=(Holder(0, 5, "Her"), Holder(5, None, "Der")))
    assert re.search(r'<rect class="ink" x="449" y="[\d.]+" width="893"', svg)


def test_the_picture_has_a_name_and_a_finding_and_no_loose_signs():
    svg = timeline()
    assert 'role="img" aria-labelledby="timeline-t timeline-d"' in svg
    assert "<title id=\"timeline-t\">Tidslinje</title>" in svg
    assert "Dag 35 av 42 &amp; mer" in svg


@pytest.mark.parametrize(
    ("last", "step", "count"), [(49, 7, 8), (66, 7, 10), (70, 14, 6), (200, 28, 8), (900, 91, 10), (4000, 364, 11)]
)
def test_ticks_are_whole_weeks_and_few(last, step, count):
    days = tick_days(last)
    assert days[:2] == [0, step]
    assert len(days) == count


def test_codes_of_a_crowded_week_all_keep_their_labels():
    points = tuple(Point(n, f"A26{n:02d}", f"hendelse {n}") for n in range(8))
    svg = timeline(last=400, points=points, today=None, due=None)
    boxes = [
        (float(y), float(x), 13 * 0.6 * len(text))
        for x, y, text in re.findall(r'<text class="sb" x="([\d.]+)" y="([\d.]+)">(A26\d\d)</text>', svg)
    ]
    assert len(boxes) >= 4  # as many as four lanes have room for
    for y, x, width in boxes:
        assert all(other == (y, x, width) or other[0] != y or abs(other[1] - x) >= width - 6 for other in boxes)


def test_weekends_and_norwegian_holidays_are_free():
    # Easter 2022: Thursday 14 and Friday 15 April, Monday 18 April; 17 May is the national day.
    days = free_days(date(2022, 4, 11), date(2022, 4, 19))
    assert sorted(day.day for day in days) == [14, 15, 16, 17, 18]
    assert date(2022, 5, 17) in free_days(date(2022, 5, 16), date(2022, 5, 18))


def test_the_list_for_a_phone_has_a_step_for_each_and_a_dotted_way_ahead():
    steps = [
        Step("16. des", "dag 0", "point", "Henvisning mottatt", "A26A", "Fjordbyen"),
        Step("20. jan", "dag 35", "today", "I dag"),
        Step("24. jan", "dag 39", "planned", "Operasjon, bestilt", "A26FK"),
    ]
    svg = draw_timeline_list(steps, name="p", title="t", desc="d")
    assert '<line class="ax" x1="92" y1="14" x2="92" y2="76"/>' in svg  # one step is 62 pixels
    assert '<line class="pl" x1="92" y1="76" x2="92" y2="138"/>' in svg
    assert '<circle class="pv" cx="92" cy="138" r="7"/>' in svg
    assert ">A26FK</text>" in svg

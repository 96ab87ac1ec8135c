"""Every chart by its values: where points, bars and lines stand, and that no label covers another."""

from __future__ import annotations

import pytest

from pakkeforlop.charts.dots import DotPlot, DotRow, draw_dots
from pakkeforlop.charts.funnel import FunnelChart, FunnelPoint, draw_funnel
from pakkeforlop.charts.histogram import DayHistogram, Line, bars, days_per_bar, draw_histogram
from pakkeforlop.charts.svg import Form
from pakkeforlop.charts.trend import Change, Trend, TrendLevel, TrendPoint, draw_trend
from pakkeforlop.charts.variation.funnel import funnel
from pakkeforlop.charts.waterfall import Phase, Waterfall, draw_waterfall
from unit.charts.reading import Chart

FORMS: tuple[Form, ...] = ("wide", "paper", "narrow")
NAMES = ["Bryst", "Tykk- og endetarm", "Metastaser, ukjent utgangspunkt", "Universitetssykehuset Nord-Norge", "Lever"]


def dot_plot(rows: list[DotRow] | None = None) -> DotPlot:
    shares = [74.2, 69.5, 12.0, 53.0, 100.0]
    made = [
        DotRow(name, share, max(0, share - 4), min(100, share + 4), f"{share:.0f} av 100", "92 av 100")
        for name, share in zip(NAMES, shares, strict=True)
    ]
    return DotPlot(
        "Andel", "Beskrivelse", rows or made, "Kreftform", "I tide", "Med i pakkeforløp", "I tide, og med", 70, "Mål 70"
    )


@pytest.mark.parametrize("form", FORMS)
def test_dots_stand_at_their_shares_and_the_target_between(form: Form):
    chart = Chart(draw_dots(dot_plot(), name="a", form=form))
    points = [p["cx"] for p in chart.shapes("circle", "dp")]
    target = chart.shapes("line", "tg")[0]["x1"]
    assert points[2] < points[3] < points[1] < target < points[0] < points[4]
    per_point = (points[4] - points[2]) / 88
    assert target - points[3] == pytest.approx(17 * per_point, abs=0.15)
    low, high = (chart.shapes("line", "iv")[0][k] for k in ("x1", "x2"))
    assert (points[0] - low, high - points[0]) == pytest.approx((4 * per_point, 4 * per_point), abs=0.15)
    assert chart.covered() == []
    assert chart.cut() == []


@pytest.mark.parametrize("form", FORMS)
def test_a_row_without_a_share_draws_nothing_and_says_why(form: Form):
    rows = [
        DotRow("Bryst", 74, 72, 76, "74 av 100"),
        DotRow("Utenfor", is_heading=True),
        DotRow("Lever", value="ingen i tallet"),
    ]
    chart = Chart(draw_dots(dot_plot(rows), name="a", form=form))
    assert len(chart.shapes("circle", "dp")) == 1
    assert "mu" in chart.word("ingen i tallet").look.split()


def test_the_expected_share_is_a_stroke_at_its_place():
    rows = [DotRow("A", 60, 50, 70, "60 av 100", expected=80), DotRow("B", 80, 75, 85, "80 av 100")]
    chart = Chart(draw_dots(dot_plot(rows), name="a"))
    assert chart.shapes("line", "ex")[0]["x1"] == pytest.approx(chart.shapes("circle", "dp")[1]["cx"], abs=0.1)


def histogram(**changes: object) -> DayHistogram:
    within = [2 * d if d < 20 else max(0, 64 - 2 * d) if d <= 32 else 0 for d in range(1, 61)]
    late = [max(0, 60 - d) if d > 32 else 0 for d in range(1, 61)]
    values: dict[str, object] = {
        "title": "t", "desc": "d", "first": 1, "within": within, "late": late, "limits": [Line(32, "Frist 32 dager", "26 av 100 senere")],
        "half": Line(25, "Halvparten innen 25"), "nine_of_ten": Line(41, "9 av 10 innen 41"), "axis_label": "Dager fra henvisning til behandling",
        "join_at": 32,
    }  # fmt: skip
    return DayHistogram(**(values | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("form", FORMS)
def test_every_pathway_is_in_a_bar_blue_within_and_red_after(form: Form):
    data = histogram()
    chart = Chart(draw_histogram(data, name="a", form=form))
    limit = chart.shapes("line", "tg")[0]["x1"]
    assert all(bar["x"] + bar["width"] <= limit + 0.11 for bar in chart.shapes("rect", "bar1"))
    assert all(bar["x"] >= limit - 0.11 for bar in chart.shapes("rect", "ovf"))
    floor = chart.shapes("line", "ax")[0]["y1"]
    assert all(bar["y"] + bar["height"] == pytest.approx(floor, abs=0.11) for bar in chart.shapes("rect", "bar1"))
    assert chart.covered() == []
    assert chart.cut() == []


def test_bars_hold_every_count_whatever_their_width():
    data = histogram()
    for days in (1, 2, 3, 7):
        joined = bars(data, days)
        assert sum(bar.within for bar in joined) == sum(data.within)
        assert sum(bar.late for bar in joined) == sum(data.late)
        assert not [bar for bar in joined if bar.first <= 32 < bar.last]


def test_few_pathways_are_told_by_week():
    few = histogram(within=[1] * 40, late=[0] * 40)
    assert days_per_bar(few, 590) == 7
    assert days_per_bar(histogram(), 590) == 1
    assert days_per_bar(histogram(), 30) == 7


def test_a_pathway_late_under_a_shorter_limit_is_red_on_top_of_blue():
    data = histogram(
        first=25,
        within=[10, 10],
        late=[0, 4],
        limits=[Line(32, "Frist 32"), Line(25, "Frist 25")],
        half=None,
        nine_of_ten=None,
    )
    chart = Chart(draw_histogram(data, name="a"))
    blue, red = chart.shapes("rect", "bar1"), chart.shapes("rect", "ovf")
    assert len(red) == 1
    stacked = next(bar for bar in blue if bar["x"] == red[0]["x"])
    assert red[0]["y"] + red[0]["height"] == pytest.approx(stacked["y"], abs=0.11)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("half", "nine", "limit"), [(31, 33, 32), (10, 58, 32), (32, 32, 32), (45, 59, 20), (2, 3, 4)])
def test_names_of_lines_never_cover_each_other(form: Form, half: int, nine: int, limit: int):
    data = histogram(
        half=Line(half, f"Halvparten innen {half}"), nine_of_ten=Line(nine, f"9 av 10 innen {nine}"),
        limits=[Line(limit, f"Frist {limit} dager", "26 av 100 senere"), Line(limit + 5, f"Frist {limit + 5}")], join_at=limit,
    )  # fmt: skip
    chart = Chart(draw_histogram(data, name="a", form=form))
    assert chart.covered() == []


def waterfall(third: float = 11.0) -> Waterfall:
    phases = [
        Phase("Henvisning til første fremmøte", 6.0, 7.0, "waiting", "6,0", ("7", "64 %")),
        Phase("Første fremmøte til beslutning", 9.0, 12.0, "examination", "9,0", ("12", "71 %")),
        Phase("Beslutning til behandling", third, 13.0, "waiting", f"{third}", ("13", "72 %")),
    ]
    whole = Phase("Henvisning til behandling", 15 + third, 32.0, "waiting", f"{15 + third}", ("32", "74 %"))
    return Waterfall("Hvor dagene går", "d", phases, whole, "Frist 32", ("Dager", "Frist", "Innen fristen"), "dager")


@pytest.mark.parametrize("form", FORMS)
def test_the_parts_of_the_waterfall_add_up(form: Form):
    chart = Chart(draw_waterfall(waterfall(), name="a", form=form))
    waits, work, whole = chart.shapes("rect", "bar2"), chart.shapes("rect", "bar1"), chart.shapes("rect", "ink")[0]
    assert work[0]["x"] == pytest.approx(waits[0]["x"] + waits[0]["width"], abs=0.15)
    assert waits[1]["x"] == pytest.approx(work[0]["x"] + work[0]["width"], abs=0.15)
    assert whole["width"] == pytest.approx(waits[0]["width"] + work[0]["width"] + waits[1]["width"], abs=0.3)
    assert not chart.shapes("rect", "ovf")
    assert chart.cut() == []


@pytest.mark.parametrize("form", FORMS)
def test_days_past_the_limit_of_a_part_are_red_and_taller(form: Form):
    chart = Chart(draw_waterfall(waterfall(third=20.0), name="a", form=form))
    red = chart.shapes("rect", "ovf")
    assert len(red) == 1
    part = chart.shapes("rect", "bar2")[1]
    assert red[0]["x"] == pytest.approx(part["x"] + part["width"], abs=0.15)
    assert red[0]["width"] / part["width"] == pytest.approx(7 / 13, rel=0.02)
    assert red[0]["height"] > part["height"]


def trend(**changes: object) -> Trend:
    shares = [66, 68, 64, 63, 60, 62, 50, 61, 70, 71, 72, 69, 66, 68, 69, 67, 75, 76, 71, 74, 79, 81, 80, 81]
    points = [TrendPoint(s, i > 21, i == 6, "Juli 2020: uvanlig lavt" if i == 6 else "") for i, s in enumerate(shares)]
    levels = [
        TrendLevel(0, 16, 66, [58 + i % 2 for i in range(16)], [74 - i % 2 for i in range(16)], "Snitt 66"),
        TrendLevel(16, 24, 77, [70] * 8, [84] * 8, "Snitt 77"),
    ]
    ticks = [(0, "jan 2020"), (6, "juli"), (12, "jan 2021"), (18, "juli"), (23, "des")]
    values: dict[str, object] = {
        "title": "t", "desc": "d", "points": points, "levels": levels, "changes": [Change(16, "1. mai 2021: fristen ble 5 dager lengre")], "ticks": ticks,
        "target": 70, "target_label": "Mål 70", "provisional_word": "foreløpig",
    }  # fmt: skip
    return Trend(**(values | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("form", FORMS)
def test_points_stand_in_order_fresh_ones_hollow_and_those_outside_red(form: Form):
    chart = Chart(draw_trend(trend(), name="a", form=form))
    filled, hollow, outside = (chart.shapes("circle", look) for look in ("dp", "pv", "out"))
    assert (len(filled), len(hollow), len(outside)) == (21, 2, 1)
    assert max(p["cx"] for p in filled) < min(p["cx"] for p in hollow)
    assert outside[0]["cy"] > max(p["cy"] for p in filled)
    assert outside[0]["r"] > filled[0]["r"]
    assert len(chart.paths("pl")) == 2
    assert chart.word("Juli 2020: uvanlig lavt").look == "sb"
    assert chart.covered() == []
    assert chart.cut() == []


@pytest.mark.parametrize("form", FORMS)
def test_the_band_is_stepped_and_breaks_at_the_change(form: Form):
    chart = Chart(draw_trend(trend(), name="a", form=form))
    line = next(shape for shape in chart.shapes("line", "an"))
    first, second = chart.paths("bd")
    assert max(x for x, _ in first) == pytest.approx(line["x1"], abs=0.11)
    assert min(x for x, _ in second) == pytest.approx(line["x1"], abs=0.11)
    places = sorted(p["cx"] for look in ("dp", "pv", "out") for p in chart.shapes("circle", look))
    assert places[15] < line["x1"] < places[16]
    assert len({y for _, y in first}) == 4


def test_a_period_without_counts_leaves_a_gap_in_the_line():
    points = [TrendPoint(70), TrendPoint(71), TrendPoint(None), TrendPoint(72), TrendPoint(73)]
    chart = Chart(draw_trend(trend(points=points, levels=[], changes=[], ticks=[(0, "2020")]), name="a"))
    assert [len(path) for path in chart.paths("dl")] == [2, 2]


@pytest.mark.parametrize("form", FORMS)
def test_nothing_to_draw_is_an_empty_picture_with_its_name(form: Form):
    assert Chart(draw_trend(trend(points=[TrendPoint(None)], levels=[]), name="a", form=form)).words == []
    assert Chart(draw_histogram(histogram(within=[], late=[]), name="a", form=form)).words == []
    assert Chart(draw_funnel(funnel_chart([]), name="a", form=form)).words == []


def funnel_chart(points: list[FunnelPoint]) -> FunnelChart:
    limits = funnel([70, 60, 80, 75, 66], [100, 90, 120, 100, 95])
    assert limits is not None
    return FunnelChart(
        "t",
        "d",
        points,
        limits,
        70,
        "Mål 70",
        "Landet 74,2",
        "tilfeldigheter",
        "vanlige forskjeller",
        "Antall forløp i 2021",
    )


@pytest.mark.parametrize("form", FORMS)
def test_funnel_points_stand_by_size_and_share_and_only_those_outside_are_named(form: Form):
    points = [
        FunnelPoint(240, 53, "Universitetssykehuset Nord-Norge", True),
        FunnelPoint(480, 72, "Oslo universitetssykehus", False),
        FunnelPoint(60, 91, "Nordlandssykehuset", True),
    ]
    chart = Chart(draw_funnel(funnel_chart(points), name="a", form=form))
    inside, outside = chart.shapes("circle", "dp"), chart.shapes("circle", "out")
    assert (len(inside), len(outside)) == (1, 2)
    assert outside[1]["cx"] < outside[0]["cx"] < inside[0]["cx"]
    assert outside[1]["cy"] < inside[0]["cy"] < outside[0]["cy"]
    named = {word.text for word in chart.words}
    assert "Nordlandssykehuset" in named
    assert "Oslo universitetssykehus" not in named
    assert chart.covered() == []
    assert chart.cut() == []


@pytest.mark.parametrize("form", FORMS)
def test_names_of_points_close_together_keep_clear_of_each_other(form: Form):
    """At the top of the picture, at its side, and where other points stand between."""
    points = [
        FunnelPoint(21, 100, "Diakonhjemmet sykehus", True), FunnelPoint(115, 99.1, "Universitetssykehuset Nord-Norge", True),
        FunnelPoint(30, 97, "Helgelandssykehuset", True), FunnelPoint(560, 98, "Sykehuset i Vestfold", True),
        *(FunnelPoint(size, share, "", False) for size, share in ((26, 96), (165, 96), (318, 95), (440, 93), (600, 90))),
    ]  # fmt: skip
    chart = Chart(draw_funnel(funnel_chart(points), name="a", form=form))
    assert {one.name for one in points if one.outside} <= {word.text for word in chart.words}
    assert chart.covered() == []
    assert chart.cut() == []


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("most", [90, 2_300, 120_000])
def test_counts_at_the_axis_are_whole(form: Form, most: int):
    chart = Chart(draw_histogram(histogram(within=[most] * 32 + [0] * 20, late=[0] * 32 + [most // 3] * 20), name="a", form=form))
    assert chart.cut() == []


def test_ids_differ_between_forms_on_one_page():
    svgs = [draw_dots(dot_plot(), name=f"a-{form}", form=form) for form in FORMS]
    assert len({svg.split('aria-labelledby="')[1].split('"')[0] for svg in svgs}) == 3

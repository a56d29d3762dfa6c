"""Charts: bars proportional to their figures, starting at 0, in greys; the same on screen."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reportlab.graphics.shapes import Line, Rect, String

from borderdesk.reports.blocks import Chart, Series
from borderdesk.reports.paper.charts import GREYS, chart_page, draw_chart, scale
from borderdesk.reports.paper.pages import chart_image
from tests import papers

WIDTH = 468.0
FIGURES = st.lists(st.integers(0, 10**6), min_size=2, max_size=12)


def bars(drawing, style):
    grey = GREYS[style]
    return [
        item for item in drawing.contents
        if isinstance(item, Rect) and item.strokeColor is not None
        and abs(item.fillColor.red - grey) < 0.01 and item.width != 18
    ]  # fmt: skip


def words(drawing):
    return [item.text for item in drawing.contents if isinstance(item, String)]


@given(FIGURES)
def test_columns_are_as_high_as_their_figures(figures):
    chart = Chart("x", tuple(map(str, range(len(figures)))), (Series("Năm", tuple(figures)),))
    drawing = draw_chart(chart, WIDTH, "vi")
    standing = bars(drawing, "now")
    assert len(standing) == len(figures)
    floor = standing[0].y
    most = max(figures)
    for bar, figure in zip(standing, figures, strict=True):
        assert bar.y == floor
        if most:
            highest = max(bar.height for bar in standing)
            assert abs(bar.height / highest - figure / most) < 1e-6
    zero = next(i for i in drawing.contents if isinstance(i, String) and i.text == "0")
    assert abs(zero.y - floor) < 5  # the axis begins at 0


@given(FIGURES)
def test_lying_bars_are_as_long_as_their_figures(figures):
    labels = tuple(f"Xã {n}" for n in range(len(figures)))
    drawing = draw_chart(
        Chart("x", labels, (Series("Lần", tuple(figures)),), "panels"), WIDTH, "vi"
    )
    lying = bars(drawing, "now")
    assert len(lying) == sum(figure > 0 for figure in figures)
    lengths = [bar.width for bar in lying]
    told = [figure for figure in figures if figure]
    for length, figure in zip(lengths, told, strict=True):
        assert abs(length / max(lengths) - figure / max(told)) < 1e-6


@given(st.floats(0, 10**9), st.floats(60, 300))
def test_an_axis_ends_at_a_round_number_above_the_most(most, room):
    axis = scale(most, room, 14)
    assert axis.end >= most
    assert axis.points * axis.end == pytest.approx(room)
    assert re.fullmatch(r"[125]0*", str(int(axis.step)))
    assert axis.step * axis.points >= 14 - 1e-9


def test_everything_stays_within_the_drawing_and_is_grey():
    for chart in papers.charts():
        drawing = draw_chart(chart, WIDTH, "vi")
        for item in drawing.contents:
            colour = getattr(item, "fillColor", None)
            if colour is not None:
                assert colour.red == colour.green == colour.blue
            if isinstance(item, Rect):
                assert -1 <= item.x <= item.x + item.width <= WIDTH + 1
                assert -1 <= item.y <= item.y + item.height <= drawing.height + 1
            elif isinstance(item, Line):
                assert all(-1 <= x <= WIDTH + 1 for x in (item.x1, item.x2))
                assert all(-1 <= y <= drawing.height + 1 for y in (item.y1, item.y2))


def test_figures_are_written_as_in_vietnam_and_every_series_is_named():
    months, communes = papers.charts()
    assert {"31", "41", "Năm 2023", "Năm 2022", "Nhịp kế hoạch: 35 mỗi tháng"} <= set(
        words(draw_chart(months, WIDTH, "vi"))
    )
    assert "1.200" in words(draw_chart(communes, WIDTH, "vi"))
    assert "1,200" in words(draw_chart(communes, WIDTH, "en"))
    assert "–" in words(draw_chart(communes, WIDTH, "vi"))  # nothing is not 0


def test_a_month_without_a_figure_has_no_bar():
    chart = Chart("x", ("T1", "T2", "T3"), (Series("Năm", (1, None, Decimal("2.5"))),))
    assert len(bars(draw_chart(chart, WIDTH, "vi"), "now")) == 2


def test_the_pace_is_a_dashed_line_across():
    chart = Chart("x", ("T1", "T2"), (Series("Năm", (10, 20)), Series("Nhịp", (15, 15), "pace")))
    drawing = draw_chart(chart, WIDTH, "vi")
    dashed = [i for i in drawing.contents if isinstance(i, Line) and i.strokeDashArray]
    low, high = sorted(bar.y + bar.height for bar in bars(drawing, "now"))
    level = {line.y1 for line in dashed if line.x2 - line.x1 > 100}
    assert len(level) == 1
    assert low < level.pop() < high


def test_the_screen_shows_what_the_paper_has():
    months, _communes = papers.charts()
    page = chart_page(months, WIDTH, "vi")
    assert b"Helvetica" not in page
    assert page == chart_page(months, WIDTH, "vi")
    width, height, rows = chart_image(months, WIDTH, 2.0, "vi")
    assert width == 936
    assert len(rows) == width * height
    dark = sum(value < 128 for value in rows) / (width * height)
    assert 0.02 < dark < 0.4
    assert chart_image(months, WIDTH, 2.0, "vi")[2] == rows

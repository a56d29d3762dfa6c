"""Our Word files in another program: LibreOffice lays them out and saves them again."""

import docx
import pypdfium2
import pytest

from borderdesk.reports.contents.requests import Request
from borderdesk.reports.editions.file_check import check_file
from borderdesk.reports.paper import measures as m
from borderdesk.reports.report_kinds import write_report
from tests.factories import example
from tests.office import converted

MONTH = "2023-12"
NEAR = m.MM
"""Measures of the decree are kept within a millimetre."""


def edges(page):
    """(left, right, top) of a page's text, from the edges of the page, in points."""
    text, (_width, height) = page.get_textpage(), page.get_size()
    boxes = [text.get_charbox(at) for at in range(text.count_chars())]
    boxes = [box for box in boxes if box[2] > box[0]]
    tops = [height - box[3] for box in boxes]
    return min(box[0] for box in boxes), max(box[2] for box in boxes), min(tops)


@pytest.mark.long
def test_a_month_edited_elsewhere_keeps_the_decrees_layout_and_tells_its_figure(
    post_desk, tmp_path
):
    desk = post_desk
    desk.reference.set_setting("addressees", "Ban Chỉ huy; Ủy ban nhân dân huyện")
    add = {**example("clearing"), "started_on": "2023-12-03", "times": 1234}
    desk.records.add("clearing", add)
    desk.closing.close_period(MONTH, number="12")
    file = tmp_path / "thang.docx"
    write_report(desk, Request("summary", MONTH, methods=True), file)
    paper = converted(file, ".pdf")
    assert check_file(desk, str(paper)).result == "same"
    with pypdfium2.PdfDocument(paper) as pdf:
        assert pdf[0].get_size() == pytest.approx(m.A4, abs=NEAR)
        left, right, top = edges(pdf[0])
        assert left == pytest.approx(m.LEFT, abs=NEAR)
        assert right <= m.A4[0] - m.RIGHT + NEAR
        assert top == pytest.approx(m.TOP, abs=2 * NEAR)  # cap height is smaller
        assert "1.234" in pdf[0].get_textpage().get_text_range()
    saved = converted(file, ".docx")
    assert check_file(desk, str(saved)).result == "same"
    altered = docx.Document(saved)
    for cell in (cell for table in altered.tables for row in table.rows for cell in row.cells):
        for run in (run for paragraph in cell.paragraphs for run in paragraph.runs):
            run.text = run.text.replace("1.234", "1.243")
    altered.save(saved)
    told = check_file(desk, str(saved))
    assert "clearing_events" in [one.key for one in told.altered]
    assert {(one.paper, one.signed) for one in told.altered} == {("1.243", "1.234")}

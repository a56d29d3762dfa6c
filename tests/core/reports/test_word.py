"""Reports as Word documents: the figures, the layout, the properties of the file."""

import datetime
import itertools
import json
import re
import zipfile
from dataclasses import replace

import docx
import pytest

from borderdesk.base.formats import format_number
from borderdesk.reports.blocks import Chart, Column, Document, Paragraph, Row, Series, Table
from borderdesk.reports.contents.requests import Request
from borderdesk.reports.paper import measures as m
from borderdesk.reports.report_kinds import make_report, write_report
from borderdesk.reports.word_files.word import write_docx
from tests import papers
from tests.factories import example

DAY = datetime.date(2024, 1, 5)


@pytest.fixture
def signed(post_desk):
    """A desk with a signed December."""
    desk = post_desk
    desk.reference.set_setting("addressees", "Ban Chỉ huy; Ủy ban nhân dân huyện")
    add = {**example("clearing"), "started_on": "2023-12-03", "times": 1234}
    desk.records.add("clearing", add)
    desk.closing.close_period("2023-12", number="12", signed_on=DAY)
    return desk


def written(desk, tmp_path, kind="summary", **more):
    target = tmp_path / f"{kind}.docx"
    write_report(desk, Request(kind, "2023-12", **more), target)
    return docx.Document(target)


def test_the_figures_are_those_of_the_json(signed, tmp_path):
    file = written(signed, tmp_path)
    rows = [[cell.text for cell in row.cells] for table in file.tables for row in table.rows]
    request = Request("summary", "2023-12")
    told = json.loads("".join(make_report(signed, request).json()))
    shown = list(itertools.chain(*rows))
    values = [row["value"] for row in told["rows"] if row["value"]]
    assert 1234 in values
    for value in values:
        assert format_number(value) in shown, value


def test_it_is_laid_out_as_the_decree_says(signed, tmp_path):
    file = written(signed, tmp_path)
    first, *more = file.sections
    assert (round(first.page_width.mm), round(first.page_height.mm)) == (210, 297)
    margins = first.left_margin, first.right_margin, first.top_margin, first.bottom_margin
    assert [round(margin.mm) for margin in margins] == [30, 15, 20, 20]
    assert first.different_first_page_header_footer
    assert "PAGE" in first.header._element.xml
    assert "PAGE" not in first.first_page_header._element.xml
    assert more
    for section in more:
        order = [one.tag.rpartition("}")[2] for one in section._sectPr]
        assert order == ["pgSz", "pgMar", "pgNumType", "cols", "titlePg"]
    assert file.styles["Report Body"].font.name == "Times New Roman"
    assert 'w:lang w:val="vi-VN"' in file.styles.element.xml
    assert m.NATION in file.tables[0].cell(0, 1).text
    assert "Số: 12/BC" in file.tables[0].cell(1, 0).text
    heads = file.element.body.xpath("//w:tblHeader")
    assert len(heads) >= len(file.tables) - 2  # all but the head and foot of the letter


def test_its_properties_say_of_which_edition_it_is(signed, tmp_path):
    kept = written(signed, tmp_path).core_properties
    assert kept.identifier.startswith("BD1|")
    assert kept.version == "1"
    assert kept.title.startswith("Báo cáo")


def test_the_same_report_gives_the_same_bytes(signed, tmp_path):
    written(signed, tmp_path)
    once = (tmp_path / "summary.docx").read_bytes()
    written(signed, tmp_path)
    assert (tmp_path / "summary.docx").read_bytes() == once


@pytest.mark.parametrize("kind", ["register", "coverage", "completeness", "review", "daybook"])
def test_every_kind_can_be_written(signed, tmp_path, kind):
    more = {"type": "clearing"} if kind == "register" else {}
    assert written(signed, tmp_path, kind, **more).tables


def test_wide_tables_charts_and_what_no_xml_holds(tmp_path):
    columns = (
        Column("Xã"), Column("Năm", "number", over="Lũy kế"),
        Column("Quý", "number", over="Lũy kế"),
        Column("Đường", "percent", turned=True),
    )  # fmt: skip
    rows = (Row(("I. Nhóm",), kind="group"), Row(("a\x00&<b\nc", 1234, None, 5)))
    chart = Chart("Biểu", ("1", "2"), (Series("nay", (3, None)),))
    document = Document(
        "Thử", (), (Table(columns, rows), chart, Paragraph("Một:\nhai")), "Đồn", "vi", "An", "s",
        landscape=True, banner="Dữ liệu dựng",
    )  # fmt: skip
    write_docx(document, tmp_path / "a.docx")
    file = docx.Document(tmp_path / "a.docx")
    assert round(file.sections[0].page_width.mm) == 297
    assert "Dữ liệu dựng" in file.sections[0].header.paragraphs[0].text
    table = file.tables[0]
    assert table.cell(0, 1).text == table.cell(0, 2).text == "Lũy kế"
    assert [cell.text for cell in table.rows[3].cells] == ["a&<b\nc", "1.234", "–", "5,0\u00a0%"]
    assert len(file.inline_shapes) == 1


def test_a_head_that_is_repeated_has_room_for_the_titles_that_reach_down(tmp_path):
    """LibreOffice ignores the height of cells that span two rows where it repeats a heading."""

    def rows_of(*titles):
        over = [Column(name, "number", over="Tăng, giảm") for name in ("+/−", "%")]
        table = Table((Column("Chỉ tiêu", weight=9), *map(Column, titles), *over), [])
        document = Document("Thử", (), (table,), "Đồn", "vi", "An", "s")
        write_docx(document, tmp_path / "a.docx")
        return [row.height for row in docx.Document(tmp_path / "a.docx").tables[0].rows]

    assert rows_of("Kế hoạch") == [None, None]
    upper, lower = rows_of("Cùng kỳ năm trước của đồn", "Kế hoạch")
    assert upper is None
    assert lower.pt > 2 * 10 * m.LEADING


def test_a_signature_has_the_last_rows_or_words_on_its_page(tmp_path):
    rows = [Row((f"Việc {number}", number)) for number in range(9)]
    table = Table((Column("Việc"), Column("Số", "number")), rows)
    for blocks in ((table,), (table, Paragraph("Một.\nHai."))):
        write_docx(replace(papers.document(), blocks=blocks, annexes=()), tmp_path / "a.docx")
        file = docx.Document(tmp_path / "a.docx")
        firsts = [row.cells[0].paragraphs[0] for row in file.tables[1].rows[1:]]
        kept = [bool(one.paragraph_format.keep_with_next) for one in firsts]
        if len(blocks) == 1:
            assert kept == [False] * 7 + [True] * 2
            continue
        assert kept == [True] * 8 + [False]  # a table of few rows on one page
        said = {one.text: one.paragraph_format.keep_with_next for one in file.paragraphs}
        assert (said["Một."], said["Hai."]) == (None, True)


def test_it_holds_what_it_needs_and_nothing_of_another_document(signed, tmp_path):
    file = written(signed, tmp_path)
    with zipfile.ZipFile(tmp_path / "summary.docx") as archive:
        names, text = archive.namelist(), archive.read("word/document.xml").decode()
        settings = archive.read("word/settings.xml").decode()
    assert not [name for name in names if "thumbnail" in name or "customXml" in name]
    assert 'w:name="compatibilityMode"' in settings
    assert 'w:val="15"' in settings
    told = re.findall(r'<wp:docPr id="(\d+)"[^>]* descr="([^"]*)"', text)
    assert len(told) == len(file.inline_shapes)
    assert len({number for number, _words in told}) == len(told)
    assert all(words for _number, words in told)
    foot = next(table for table in file.tables if "Nơi nhận" in table.cell(0, 0).text)
    assert "BD1|" in foot.cell(1, 1).text  # beside the QR code, below who gets the document

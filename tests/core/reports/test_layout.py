"""Page breaks over random contents: no orphans of any kind."""

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from borderdesk.reports.blocks import Annex, Column, Heading, PaperSeal, Paragraph, Row, Table
from borderdesk.reports.paper.measures import LEADING, MM
from borderdesk.reports.paper.pdf import write_pdf
from borderdesk.reports.paper.table_fit import TableFit, turned_lines
from tests.effort import tries
from tests.paper import pages
from tests.papers import CODE, document, letter

LINE = "Đề nghị cấp trên bổ sung kinh phí tu sửa đường tuần tra, đường kiểm tra cột mốc. "
TASKS = (Column("TT", "number", 0.5, "center"), Column("Nội dung công việc", "text", 4.4),
         Column("Đơn vị thực hiện", "text", 2.0), Column("Thời hạn", "date", 1.2))  # fmt: skip
FIGURES = (
    Column("TT", weight=0.5, align="center"), Column("Chỉ tiêu", weight=3),
    Column("Trong tháng", "number"), Column("Lũy kế", "number"),
)  # fmt: skip
HEADS = {"Nội dung công việc", "Chỉ tiêu"}
FOOT = "Nơi nhận:"


def tasks(count):
    day = datetime.date(2024, 1, 15)
    return Table(
        TASKS, [Row((n, f"Việc số {n}", "Đội Vận động", day)) for n in range(1, count + 1)]
    )


def figures(count, groups):
    rows = []
    for number in range(1, count + 1):
        if groups and number % groups == 1:
            rows.append(Row((f"Nhóm {number}",), "group"))
        rows.append(Row((str(number), f"Dòng số {number}", number, number * 7)))
    return Table(FIGURES, rows, title="Biểu số liệu")


def high(lines):
    """A table with a row of so many lines below a group heading."""
    row = Row(("1", "\n".join(f"Dòng số {n}" for n in range(lines)), 1, 7))
    return Table(FIGURES, [Row(("Nhóm 1",), "group"), row, Row(("2", "Dòng số 2", 1, 7))])


def lines_on(page):
    """The texts of a page from the top, one per baseline, without header and footer."""
    found = {}
    for run in page.runs:
        if 18 < run.foot < page.height - 18:
            found.setdefault(round(run.foot, 1), []).append(run.text)
    return [" ".join(found[foot]) for foot in sorted(found)]


def is_row(text):
    return "Việc số" in text or "Dòng số" in text


def faults(read):
    """The faults of a document's page breaks."""
    for number, page in enumerate(read, start=1):
        texts = lines_on(page)
        yield from _heads(number, texts)
        at = next((place for place, text in enumerate(texts) if text.startswith(FOOT)), None)
        if at is not None and number > 1:
            above = [text for text in texts[:at] if not any(head in text for head in HEADS)]
            if len(above) < 2:
                yield f"page {number}: {above} alone above the signature"
        last = texts[-1] if texts else ""
        if last.startswith(("I. ", "II. ", "III. ", "Nhóm", "Biểu số liệu")):
            yield f"page {number}: {last} at the foot"


def _heads(number, texts):
    for place, text in enumerate(texts):
        if any(head in text for head in HEADS):
            below = texts[place + 1 : place + 4]
            if not any(map(is_row, below)):
                yield f"page {number}: the head of a table without a row"


def made(tmp_path, *blocks, **changes):
    target = tmp_path / "a.pdf"
    write_pdf(document(*blocks, annexes=(), seal=PaperSeal(CODE, CODE), **changes), target)
    return pages(target)


@pytest.mark.parametrize("extra", [0, 1, 2])
def test_no_orphan_above_the_signature(tmp_path, extra):
    """0 to 25 tasks below 0 to 2 lines of difficulties: 78 layouts, 25 of which failed."""
    bad = {}
    for count in tries(range(extra % 2, 26, 2), range(26)):
        blocks = [Paragraph(LINE * 3), Heading("Kết quả", 1, numbered=True), figures(23, 6)]
        if extra:
            blocks += [Heading("Khó khăn", 1, numbered=True), Paragraph("\n".join([LINE] * extra))]
        if count:
            blocks += [Heading("Nhiệm vụ", 1, numbered=True), tasks(count)]
        found = [*faults(made(tmp_path, *blocks))]
        if found:
            bad[count] = found
    assert bad == {}


BLOCKS = st.one_of(
    st.integers(1, 9).map(lambda n: Paragraph(LINE * n)),
    st.integers(1, 3).map(lambda n: Paragraph("\n".join([LINE] * n))),
    st.just(Paragraph("Các số liệu cụ thể như sau:")),
    st.just(Heading("Khó khăn", 1, numbered=True)),
    st.tuples(st.integers(1, 60), st.sampled_from([0, 3, 9])).map(lambda p: figures(*p)),
    st.integers(1, 25).map(tasks),
    st.integers(10, 90).map(high),
)


@settings(max_examples=tries(12, 30), deadline=None)
@given(drawn=st.lists(BLOCKS, min_size=1, max_size=9), party=st.booleans())
def test_no_orphan_over_random_contents(tmp_path_factory, drawn, party):
    following = [*drawn[1:], Heading("")]
    drawn = [
        one for one, after in zip(drawn, following, strict=True)
        if not (isinstance(one, Heading) and isinstance(after, Heading))
    ]  # fmt: skip
    head = letter(template="party") if party else letter()
    if not drawn:
        return
    read = made(tmp_path_factory.mktemp("pages"), *drawn, letter=head)
    assert [*faults(read)] == []


@pytest.mark.parametrize("letter_", [None, letter()])
def test_a_row_as_high_as_a_page_leaves_no_head_without_it(tmp_path, letter_):
    for lines in range(16, 78, 3):
        high = Row(("1", "\n".join(f"Dòng số {n}" for n in range(lines)), 1, 7))
        rows = [Row(("Nhóm 1",), "group"), high, Row(("Nhóm 2",), "group"), high]
        read = made(tmp_path, Table(FIGURES, rows), landscape=letter_ is None, letter=letter_)
        found = [*faults(read)]
        assert not found, (lines, found)
        whole = [text for page in read for text in lines_on(page)]
        assert sum(map(is_row, whole)) == 2 * lines


def test_a_small_table_is_kept_whole(tmp_path):
    for lines in range(1, 40, 3):
        read = made(tmp_path, Paragraph("\n".join(["x"] * lines)), figures(8, 0))
        rows = [sum("Dòng số" in text for text in lines_on(page)) for page in read]
        assert [count for count in rows if count] == [8]


def test_a_long_table_begins_with_four_rows_and_ends_with_three(tmp_path):
    for lines in range(1, 40, 3):
        read = made(tmp_path, Paragraph("\n".join(["x"] * lines)), figures(40, 0))
        rows = [count for page in read if (count := sum(map(is_row, lines_on(page))))]
        assert sum(rows) == 40
        assert rows[0] >= 4
        assert rows[-1] >= 3


@pytest.mark.parametrize("busy", [0, 6, 12])
def test_a_title_set_from_bottom_to_top_stays_in_its_column(busy):
    """Columns that contain only 0 gave so much width to the others that their titles overlapped."""
    names = ["Mẫu Sơn (Cao Lộc)", "Bảo Lâm", "Thụy Hùng (Văn Lãng)"] * 8
    columns = (
        Column("Chỉ tiêu", weight=6.2), *(Column(n, "number", 1.0, turned=True) for n in names),
    )  # fmt: skip
    rows = [Row(("Lượt người", *(1_234_567 if at % 3 == 1 and at // 3 < busy else 0
                                 for at in range(len(names)))))]  # fmt: skip
    fit = TableFit(Table(columns, rows, dense=True), "vi")
    size, widths = fit.fitted(247 * MM)
    for column, width in zip(columns, widths, strict=True):
        lines = turned_lines(column, size) if column.turned else ()
        assert len(lines) * size * LEADING <= width + 0.01
    assert len(turned_lines(columns[1], size)) == 2


@pytest.mark.parametrize("count", range(31, 35))
def test_a_note_stays_with_the_last_rows_of_its_table(tmp_path, count):
    """A page of an annex had a single line: the note below a table that filled the page before."""
    note = Paragraph(f"Ghi chú: {LINE}{LINE}", "note")
    target = tmp_path / "a.pdf"
    annex = Annex("Số liệu theo từng xã", (figures(count, 0), note))
    write_pdf(document(Paragraph(LINE), annexes=(annex,)), target)
    assert sum(map(is_row, lines_on(pages(target)[-1]))) >= 3

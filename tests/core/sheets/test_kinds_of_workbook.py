"""Unusual workbooks: a text in several fonts, strict files, macros, wide sheets."""

import datetime
import io
import re
import zipfile
from itertools import islice
from pathlib import Path

import pytest
import xlsxwriter

from borderdesk.base.errors import UserError
from borderdesk.sheets.imports.outcome_messages import messages
from borderdesk.sheets.imports.sheet_request import SheetRequest
from borderdesk.sheets.sources import decoding, workbook_scan
from borderdesk.sheets.sources.workbook_scan import scan_xlsx
from borderdesk.sheets.sources.workbook_source import open_sheet
from borderdesk.store.lists.listing import Filter
from tests.core.sheets import sheet_files as files

DATA = Path(__file__).parents[2] / "data" / "sheets"
PROGRAMME = SheetRequest(fixed={"programme": "Khu vực biên giới"})
HEAD = ["TT", "Chủ hộ", "Xã", "Thôn", "Số CCCD", "Ngày ký"]
ROW = [1, "Nông Văn Ước", "Cao Lâu", "Bản Vàng", "020080012345", datetime.datetime(2023, 2, 1)]
ROWS, HIDDEN_ROW = 45_000, 44_000
TALK = ("Tập trung", "Phòng, chống ma túy", "Cao Lâu")
MACROS = "Tệp có macro; chương trình không chạy macro nào."


def changed(source, target, change, extra=None):
    """A copy of an archive, each part replaced by `change(name, bytes)`."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        for name, content in (extra or {}).items():
            new.writestr(name, content)
    return target


def rich_xlsx(path):
    book = xlsxwriter.Workbook(path)
    page = book.add_worksheet()
    old, capital, new = (
        book.add_format({"font_name": name}) for name in (".VnTime", ".VnTimeH", "Times New Roman")
    )
    page.write_row(0, 0, HEAD)
    page.write_row(1, 0, [1, "", "Cao Lâu", "Bản Vàng", "020080012345", "1/2/2023"])
    page.write_row(2, 0, [2, "", "Cao Lâu", "Bản Vàng", "020080012346", "1/2/2023"])
    page.write_rich_string(1, 1, old, files.as_tcvn3("Nông Văn "), new, "Ước", new)
    page.write_rich_string(2, 1, capital, files.as_tcvn3("hoàng thị "), new, "Ước", old)
    book.close()
    return path


@pytest.mark.parametrize("name", ["rich.xlsx", "calc_rich.ods", "calc_rich.xls"])
def test_each_part_of_a_text_is_read_by_its_own_font(post_desk, tmp_path, name):
    path = rich_xlsx(tmp_path / name) if name == "rich.xlsx" else DATA / name
    outcome = post_desk.sheets.import_sheet("pledge", path, PROGRAMME)
    heads = {
        post_desk.records.read("household", values["household"])[0]["head"]
        for values in (post_desk.records.read("pledge", one)[0] for one in outcome.records)
    }
    assert heads == {"Nông Văn Ước", "HOÀNG THỊ Ước"}
    assert outcome.table.text.encodings == {"tcvn3"}


@pytest.mark.parametrize("iso_dates", [False, True])
def test_a_strict_workbook_is_read_like_any_other(post_desk, tmp_path, iso_dates):
    base = files.write_openpyxl(tmp_path / "base.xlsx", [HEAD, ROW])
    main = (b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            b"http://purl.oclc.org/ooxml/spreadsheetml/main")  # fmt: skip
    relations = (b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
                 b"http://purl.oclc.org/ooxml/officeDocument/relationships")  # fmt: skip

    def strict(name, content):
        content = content.replace(*main).replace(*relations)
        if iso_dates and name.endswith("sheet1.xml"):
            day = b'<c r="F2" s="1" t="d"><v>2023-02-01T00:00:00</v></c>'
            content = re.sub(rb'<c r="F2"[^>]*>.*?</c>', day, content)
        return content

    path = changed(base, tmp_path / "strict.xlsx", strict)
    outcome = post_desk.sheets.import_sheet("pledge", path, PROGRAMME)
    (record,) = outcome.records
    assert post_desk.records.read("pledge", record)[0]["signed_on"] == datetime.date(2023, 2, 1)


def test_macros_are_told_and_never_run(post_desk, tmp_path):
    base = files.write_openpyxl(tmp_path / "base.xlsx", [HEAD, ROW])
    program = {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0" + bytes(100)}
    path = changed(base, tmp_path / "m.xlsm", lambda _name, content: content, program)
    outcome = post_desk.sheets.dry_run("pledge", path, PROGRAMME)
    assert (outcome.accepted, messages(outcome)[0]) == (1, MACROS)
    assert MACROS not in messages(post_desk.sheets.dry_run("pledge", base, PROGRAMME))


def test_blank_columns_up_to_a_far_one_are_left_out(post_desk, tmp_path):
    rows = [HEAD, *([n, *ROW[1:]] for n in range(60))]
    path = files.write_csv(tmp_path / "wide.csv", rows)
    path.write_bytes(path.read_bytes().replace(b"\r\n", b"," * 60_000 + b"\r\n"))
    outcome = post_desk.sheets.dry_run("pledge", path, PROGRAMME)
    assert (outcome.rows, outcome.accepted, outcome.same) == (60, 1, 59)
    # Every blank heading was looked up again for each of the first rows: a minute.
    assert len(outcome.table.columns) == len(HEAD)


def test_a_renamed_workbook_is_read_as_what_it_is(post_desk, tmp_path):
    kinds = {"pledges.xlsx": "xlsx", "pledges_xlwt.xls": "xls", "pledges_odfpy.ods": "ods"}
    for name in kinds:
        rows = post_desk.sheets.dry_run("pledge", DATA / name, PROGRAMME).rows
        for ending in ("xlsx", "xls", "ods", "csv", "XLSX", "bak", f"\udce1.{kinds[name]}"):
            # The last is no UTF-8, as on sticks of old systems.
            path = tmp_path / f"{name}.{ending}"
            path.write_bytes((DATA / name).read_bytes())
            outcome = post_desk.sheets.dry_run("pledge", path, PROGRAMME)
            assert outcome.rows == rows, (name, ending)
            told = [text for text in messages(outcome) if "thực ra là tệp" in text]
            is_wrong = path.suffix.lower() not in (".bak", f".{kinds[name]}")
            assert len(told) == is_wrong, (name, ending)


def test_a_text_with_the_name_of_a_workbook_is_told_to_be_one(post_desk, tmp_path):
    path = files.write_csv(tmp_path / "list.xls", [HEAD, ROW], "\t", "utf-16")
    outcome = post_desk.sheets.dry_run("pledge", path, PROGRAMME)
    assert outcome.accepted == 1
    assert "Tên tệp có đuôi .xls nhưng thực ra là tệp CSV; tệp đã được" in messages(outcome)[0]


@pytest.mark.parametrize("numbered", [True, False])
def test_hidden_rows_are_told_whether_or_not_the_rows_before_them_have_numbers(numbered):
    """The hidden one is far below, in a later chunk of the file than the first row."""
    numbers = [f' r="{n}"' if numbered else "" for n in range(1, ROWS + 1)]
    numbers[HIDDEN_ROW - 1] += ' hidden="1"'
    rows = [f"<row{number}><c><v>1</v></c></row>" for number in numbers]
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        sheet = '<sheet name="a" sheetId="1" r:id="one"/>'
        archive.writestr("xl/workbook.xml", f'<workbook xmlns:r="{relation}">{sheet}</workbook>')
        target = '<Relationship Id="one" Target="worksheets/a.xml"/>'
        archive.writestr("xl/_rels/workbook.xml.rels", f"<Relationships>{target}</Relationships>")
        archive.writestr("xl/worksheets/a.xml", f"<sheetData>{''.join(rows)}</sheetData>")
    facts = scan_xlsx(file, 0)
    assert facts.hidden == {HIDDEN_ROW}


@pytest.mark.parametrize("most", [0, 1_000])
def test_rows_are_the_same_whenever_they_are_gone_through(monkeypatch, most):
    """Whether or not they are cached after the first pass, and with a preview of the first rows
    before."""
    monkeypatch.setattr(decoding, "MOST_KEPT_CELLS", most)
    text = decoding.SheetText(open_sheet(DATA / "pledges_vntime.xlsx"))
    first = list(islice(text.rows(), 3))
    whole = list(text.rows())
    assert whole[:3] == first
    assert len(whole) > 40
    assert [list(text.rows()) for _time in range(3)] == [whole] * 3


def test_rows_that_were_asked_for_and_not_read_stay_kept():
    text = decoding.SheetText(open_sheet(DATA / "pledges_vntime.xlsx"))
    whole = list(text.rows())
    text.rows()
    again = list(text.rows())
    assert all(one is other for one, other in zip(whole, again, strict=True))


def struck_xlsx(path):
    book = xlsxwriter.Workbook(path)
    page = book.add_worksheet()
    struck = book.add_format({"font_strikeout": True})
    page.write_row(0, 0, ["TT", "Chủ hộ", "Thôn", "Xã", "Ngày ký"])
    page.write_row(1, 0, [1, "Nông Văn Bình", "Pò Mã", "Xuất Lễ", "4/3/2023"])
    page.write_row(2, 0, [2, "Vi Thị Chanh", "Pò Mã", "Xuất Lễ", "4/3/2023"], struck)
    book.close()
    return path


@pytest.mark.parametrize("file", [None, "calc_struck.ods", "calc_struck.xls"])
def test_what_is_struck_out_is_read_and_told(post_desk, tmp_path, file):
    path = DATA / file if file else struck_xlsx(tmp_path / "struck.xlsx")
    outcome = post_desk.sheets.import_sheet("pledge", path, PROGRAMME)
    assert (outcome.accepted, len(outcome.refused)) == (2, 0)
    (told,) = [text for text in messages(outcome) if "gạch ngang" in text]
    assert told.startswith("1 dòng (3): ")


FORMATS = [
    (1.5, '0.0" km"', 1_500),
    (1.5, "0.0\\ \\k\\m;-0.0", 1_500),
    (0.25, '0.00"km"', 250),
    (120, '#,##0_) "m"', 120),
    (1_500, '0.0," km"', 1_500),
    (1_500_000, '#,##0.0,,\\ "km"', 1_500),
    (1_500, '#,##0" m"', 1_500),
    (1_200, '0"km"000', 1_200),
    (12, '0#"."##0" km"', 12_000),
    (120, '_(* #,##0_);_(* (#,##0);_(* "-"??_)', 120),
    (120, '[$₫-42A] #,##0" - "', 120),
    (120, "General", 120),
]


@pytest.mark.parametrize(("figure", "code", "metres"), FORMATS)
def test_a_figure_is_read_with_the_unit_that_its_format_shows(
    post_desk, tmp_path, figure, code, metres
):
    """Excel shows 1,5 km and keeps 1.5: below “Chiều dài (m)” that was a metre and a half."""
    cleared(tmp_path / "a.xlsx", figure, code)
    outcome = post_desk.sheets.import_sheet("clearing", tmp_path / "a.xlsx", SheetRequest())
    assert outcome.refused == []
    [entry] = post_desk.lists.stream("clearing", Filter())
    assert (entry.values["length_m"], entry.values["participants"]) == (metres, 5)


@pytest.mark.parametrize("code", ["0%", "0.00%", '0.0" nghìn"'])
def test_a_figure_that_its_format_multiplies_is_refused_as_if_it_was_typed(
    post_desk, tmp_path, code
):
    cleared(tmp_path / "a.xlsx", 0.5, code)
    outcome = post_desk.sheets.import_sheet("clearing", tmp_path / "a.xlsx", SheetRequest())
    assert (outcome.accepted, len(outcome.refused)) == (0, 1)


def test_a_sheet_with_too_many_such_figures_is_refused(post_desk, tmp_path, monkeypatch):
    cleared(tmp_path / "a.xlsx", 1.5, '0.0" km"')
    monkeypatch.setattr(workbook_scan, "MOST_UNITS", 1)
    assert post_desk.sheets.dry_run("clearing", tmp_path / "a.xlsx", SheetRequest()).accepted == 1
    monkeypatch.setattr(workbook_scan, "MOST_UNITS", 0)
    with pytest.raises(UserError, match="quá nhiều chỗ"):
        post_desk.sheets.dry_run("clearing", tmp_path / "a.xlsx", SheetRequest())


def cleared(path, length, code):
    """A list of one clearing whose length has a number format."""
    book = xlsxwriter.Workbook(path)
    page = book.add_worksheet()
    heads = ["Từ ngày", "Loại công việc", "Xã", "Lượt người tham gia", "Chiều dài (m)"]
    page.write_row(0, 0, heads)
    page.write_row(1, 0, ["6/11/2025", "Phát quang đường tuần tra", "Ba Sơn"])
    page.write_number(1, 3, 5, book.add_format({"num_format": '0" BP"'}))
    page.write_number(1, 4, length, book.add_format({"num_format": code}))
    book.close()


def test_whole_numbers_of_an_old_workbook_are_in_the_unit_of_the_heading(post_desk):
    # Its whole numbers come as integers, where other formats have floats.
    post_desk.sheets.import_sheet("track", DATA / "calc_units.xls", SheetRequest())
    tracks = [one.values for one in post_desk.lists.stream("track", Filter())]
    assert sorted(one["cost_vnd"] for one in tracks) == [85_500_000, 120_000_000]
    assert sorted(one["lines"][0]["length_m"] for one in tracks) == [250, 2_000]


def ods_cell(value, rows=1):
    span = f' table:number-rows-spanned="{rows}" table:number-columns-spanned="1"'
    return (
        f'<table:table-cell office:value-type="string"{span * (rows > 1)}>'
        f"<text:p>{value}</text:p></table:table-cell>"
    )


def test_merged_cells_of_an_ods_hold_for_the_rows_below(post_desk, tmp_path):
    covered = "<table:covered-table-cell/>"
    lines = [
        [ods_cell(text) for text in ("TT", "Ngày", "Hình thức", "Nội dung", "Xã", "Lượt người")],
        [ods_cell(1), ods_cell("5/3/2023", 3), *map(ods_cell, TALK), ods_cell(50)],
        [ods_cell(2), covered, *map(ods_cell, TALK), ods_cell(60, 2)],
        [ods_cell(3), covered, *map(ods_cell, TALK), covered],
    ]
    rows = "".join(f"<table:table-row>{''.join(cells)}</table:table-row>" for cells in lines)
    path = files.write_ods_content(tmp_path / "merged.ods", rows)
    outcome = post_desk.sheets.import_sheet("outreach", path, SheetRequest())
    assert outcome.table.text.source.merged == [(2, 2, 4, 2), (3, 6, 4, 6)]
    assert (outcome.accepted, [one.row.number for one in outcome.refused]) == (1, [3, 4])

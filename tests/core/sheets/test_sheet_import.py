"""Lists as posts keep them: every sample against its expectation, and the outcome of each row."""

import datetime
import json
import shutil
import tempfile
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import openpyxl
import pytest
import python_calamine
from hypothesis import given, settings
from hypothesis import strategies as st

from borderdesk.base.errors import UserError
from borderdesk.desk import Desk
from borderdesk.schema.kinds.quantity import POINT_DECIMAL
from borderdesk.sheets.columns.sheet_columns import sheet_columns
from borderdesk.sheets.imports.rejects import write_rejects
from borderdesk.sheets.imports.sheet_import import SheetImport
from borderdesk.sheets.imports.sheet_request import SheetRequest
from borderdesk.store.lists.listing import Filter
from tests.core.sheets import sheet_files as files

DATA = Path(__file__).resolve().parents[2] / "data" / "sheets"
EXPECTED = json.loads((DATA / "expected.json").read_text(encoding="utf-8"))
PROGRAMME = {"programme": "Khu vực biên giới"}
TOPICS = {"topics": "Luật Biên giới quốc gia"}
HEAD = ["TT", "Chủ hộ", "Xã", "Thôn", "Số CMND/CCCD", "Ngày ký"]


def read(desk, type_name, path, fixed=None, **more):
    return desk.part(SheetImport).import_sheet(
        type_name, path, SheetRequest(fixed=fixed or {}, **more)
    )


def entries(desk, type_name):
    return list(desk.lists.stream(type_name, Filter()))


def pledge(number, head, day, hamlet="Co Loi", citizen="", commune="Mẫu Sơn"):
    return [number, head, commune, hamlet, citizen, day]


def pledges(tmp_path, *rows, head=HEAD, name="list.xlsx"):
    return files.write_openpyxl(tmp_path / name, [head, *rows])


def counts(outcome):
    assert outcome.accepted + outcome.same + len(outcome.refused) == outcome.rows
    return outcome.accepted, outcome.same, [one.row.number for one in outcome.refused]


@contextmanager
def fresh(template):
    with tempfile.TemporaryDirectory() as folder:
        copied = Path(shutil.copytree(template, Path(folder) / "desk"))
        with Desk.open(copied) as desk:
            yield desk, Path(folder)


# --------------------------------------------------------------------------------- samples


def test_the_list_in_an_old_font_comes_in_but_for_its_three_wrong_rows(post_desk):
    expected = EXPECTED["pledges_vntime.xlsx"]
    path = DATA / "pledges_vntime.xlsx"
    outcome = read(post_desk, "pledge", path, PROGRAMME)
    assert outcome.rows == expected["rows"]
    assert counts(outcome) == (expected["accepted"], 0, expected["refused_rows"])
    assert outcome.table.last == expected["header_row"]
    assert [one.column for one in outcome.refused] == ["Ngày ký", "Chủ hộ", "Số CMND/CCCD"]
    assert outcome.others == [(45, "Cộng")]
    months = Counter(str(one.values["signed_on"].month) for one in entries(post_desk, "pledge"))
    assert months == expected["accepted_by_month"]
    households = {one.values["head"]: one.values for one in entries(post_desk, "household")}
    assert {"La Thị Hưng", "Đàm Thế Ước", "Lương Văn Thưởng", "Dương Thế Lệ"} <= set(households)
    assert households["Hứa Đức Thủy"]["citizen_id"] == "020051011016"
    again = read(post_desk, "pledge", path, PROGRAMME)
    assert counts(again) == (0, expected["accepted"], expected["refused_rows"])
    assert len(entries(post_desk, "pledge")) == expected["accepted"]


def test_the_list_in_unicode_comes_in_whole_and_once(post_desk):
    expected = EXPECTED["pledges.xlsx"]
    outcome = read(post_desk, "pledge", DATA / "pledges.xlsx")
    assert counts(outcome) == (expected["accepted"], 0, [])
    assert outcome.table.ignored() == ["Nhân khẩu"]
    assert counts(read(post_desk, "pledge", DATA / "pledges.xlsx")) == (0, 30, [])


def test_the_csv_of_outreach_comes_in_with_its_sums(post_desk):
    expected = EXPECTED["outreach.csv"]
    assert counts(read(post_desk, "outreach", DATA / "outreach.csv", TOPICS)) == (25, 0, [])
    saved = [one.values for one in entries(post_desk, "outreach")]
    assert sum(one["attendance"] for one in saved) == expected["attendance"]
    assert sum(one["leaflets"] for one in saved) == expected["leaflets"]


@pytest.mark.parametrize("path", sorted((DATA / "excel_csv").glob("*.csv")), ids=lambda p: p.stem)
def test_every_csv_that_excel_saves_is_one_session_of_forty(post_desk, path):
    assert counts(read(post_desk, "outreach", path)) == (1, 0, [])
    (one,) = entries(post_desk, "outreach")
    assert one.values["held_on"] == datetime.date(2026, 11, 12)
    assert one.values["attendance"] == (1_040 if path.stem == "nbspnum" else 40)
    assert one.values["commune"].startswith("06196")
    assert one.values["hamlet"] == "Nà Mỏ"


@pytest.mark.parametrize("name", ["xlwt.xls", "xlwt_1904.xls", "xlwt_tcvn3.xls", "odfpy.ods"])
def test_the_same_list_by_other_programs_gives_the_same_records(post_desk, name):
    outcome = read(post_desk, "pledge", DATA / f"pledges_{name}", PROGRAMME)
    assert counts(outcome) == (3, 0, [])
    assert outcome.others == [(7, "Tổng cộng")]
    assert outcome.hidden == ([5] if name == "odfpy.ods" else [])
    heads = {
        one.values["head"]: one.values["citizen_id"] for one in entries(post_desk, "household")
    }
    assert heads == {
        "Nông Văn Hòa": "020393227120",
        "Vi Ngọc Yến": "020172242081",
        "Lương Văn Lệ": "020190758790",
    }
    days = {one.values["signed_on"] for one in entries(post_desk, "pledge")}
    assert days == {datetime.date(2023, m, d) for m, d in ((12, 1), (4, 25), (5, 4))}


def test_a_length_in_kilometres_with_a_point_before_three_digits_is_asked_about(post_desk):
    outcome = read(post_desk, "registration", DATA / "registration_km.csv")
    assert counts(outcome) == (4, 0, [])
    lengths = sorted(str(one.values["length_km"]) for one in entries(post_desk, "registration"))
    assert lengths == ["16.3", "3.2", "3.2", "41.6"]
    assert outcome.doubts[POINT_DECIMAL] == [2, 3]


def test_a_length_in_metres_below_one_is_no_thousand(post_desk):
    assert counts(read(post_desk, "clearing", DATA / "clearing_lengths.csv")) == (2, 0, [])
    assert {str(one.values["length_m"]) for one in entries(post_desk, "clearing")} == {
        "0.5",
        "3200.0",
    }


def test_semicolons_of_a_vietnamese_windows_are_read(post_desk):
    assert counts(read(post_desk, "clearing", DATA / "clearing_semicolon.csv")) == (1, 0, [])


# ------------------------------------------------------------------------- command line


def test_the_command_prints_its_line_and_writes_the_refused_rows(
    cli_inline, post_template, tmp_path
):
    folder = shutil.copytree(post_template, tmp_path / "desk")
    rejects = tmp_path / "r.xlsx"
    command = (
        "--desk", folder, "sheet", "pledge", DATA / "pledges_vntime.xlsx",
        "--set", "programme=Khu vực biên giới", "--rejects", rejects,
    )  # fmt: skip
    dry = cli_inline(*command, "--dry-run")
    assert dry.returncode == 1
    done = cli_inline(*command)
    told = json.loads(done.stdout)
    assert set(told) == {"rows", "accepted", "same", "near", "refused", "batch"}
    assert (told["rows"], told["accepted"], told["same"], told["near"]) == (40, 37, 0, 0)
    assert [one["row"] for one in told["refused"]] == [15, 17, 21]
    assert told["refused"][0]["column"] == "Ngày ký"
    assert len(told["batch"]) == 16
    assert json.loads(dry.stdout) == {**told, "batch": None}
    page = openpyxl.load_workbook(rejects).active
    assert [cell.value for cell in page[4]][-2:] == ["Ghi chú", "Lý do"]
    assert page["A1"].value == "Đồn Biên phòng Ba Sơn"
    assert page["E6"].value == "020264409446"
    page["F5"] = "28/02/2023"
    page["B6"] = "Nông Văn Bình"
    page["E7"] = "020293798099"
    mended = tmp_path / "mended.xlsx"
    page.parent.save(mended)
    again = cli_inline(*command[:4], mended, *command[5:7])
    assert again.returncode == 0
    assert json.loads(again.stdout)["accepted"] == 3
    over = cli_inline(*command)
    assert json.loads(over.stdout)["accepted"] == 0


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["--set", "no_such=1"], 2),
        (["--set", "programme"], 2),
        (["--map", "Xã=no_such"], 2),
        (["--encoding", "viscii"], 2),
        (["--sheet", "Trang lạ"], 1),
        (["--header", "3"], 1),
    ],
)
def test_wrong_usage_changes_nothing(cli_inline, post_template, tmp_path, arguments, status):
    folder = shutil.copytree(post_template, tmp_path / "desk")
    done = cli_inline("--desk", folder, "sheet", "pledge", DATA / "pledges.xlsx", *arguments)
    assert done.returncode == status
    assert done.stdout == ""
    with Desk.open(folder) as desk:
        assert not entries(desk, "pledge")


def test_refused_rows_beyond_those_that_are_named_are_counted(cli_inline, post_template, tmp_path):
    folder = shutil.copytree(post_template, tmp_path / "desk")
    path = tmp_path / "list.csv"
    rows = "".join(f"Nông Văn An,Mẫu Sơn,Co Loi,0,45/13/{2000 + n}\n" for n in range(22))
    path.write_text(f"Chủ hộ,Xã,Thôn,Số CCCD,Ngày ký\n{rows}", encoding="utf-8")
    done = cli_inline("--desk", folder, "sheet", "pledge", path, "--dry-run")
    refused = len(json.loads(done.stdout)["refused"])
    assert refused >= 22
    assert f"còn {refused - 20} lỗi" in done.stderr.lower()


# ----------------------------------------------------------------------------- the table


def test_a_table_is_found_under_titles_merged_heads_and_numbered_columns(post_desk, tmp_path):
    book = openpyxl.Workbook()
    page = book.active
    for row in (
        ["DANH SÁCH HỘ KÝ CAM KẾT NĂM 2023"],
        [],
        ["STT", "Họ và tên chủ hộ", "Nơi ở", None, "Số CCCD", "Ngày ký"],
        [None, None, "Xã", "Thôn, bản"],
        [None, None, None, "(thôn)", "(12 số)"],
        [1, 2, 3, 4, 5, 6],
        ["I", "Xã Mẫu Sơn"],
        [1, "Nông Văn Bình", "Xã Mẫu Sơn", "Co Loi", "020393227120", "4/3"],
        [],
        [2, "Vi Thị Hoa", "06205", "Co Loi", 20172242081, "ngày 5 tháng 3 năm 2023"],
        [None, "Cộng: 2 hộ"],
        [None, None, None, None, "Ba Sơn, ngày 6 tháng 3 năm 2023"],
        [None, "NGƯỜI LẬP", None, None, "ĐỒN TRƯỞNG"],
    ):
        page.append(row)
    page.merge_cells("C3:D3")
    page.row_dimensions[10].hidden = True
    path = tmp_path / "heads.xlsx"
    book.save(path)
    outcome = read(post_desk, "pledge", path, PROGRAMME)
    assert [one.reason for one in outcome.refused] == []
    assert counts(outcome) == (2, 0, [])
    assert (outcome.table.first, outcome.table.last) == (3, 4)
    assert [number for number, _words in outcome.others] == [5, 6, 7, 11, 12, 13]
    assert outcome.hidden == [10]
    days = {one.values["signed_on"] for one in entries(post_desk, "pledge")}
    assert days == {datetime.date(2023, 3, 4), datetime.date(2023, 3, 5)}


def test_columns_can_be_named_and_left_out_by_the_person(post_desk, tmp_path):
    rows = [
        ["Tên", "Nơi", "B", "Lúc", "Ghi chú"],
        ["Nông Văn Bình", "Mẫu Sơn", "Co Loi", "1/2/2023", "x"],
    ]
    path = files.write_openpyxl(tmp_path / "odd.xlsx", rows)
    with pytest.raises(UserError):
        read(post_desk, "pledge", path, PROGRAMME)
    mapping = {
        "Tên": "household.head", "Nơi": "household.commune", "C": "household.hamlet",
        "Lúc": "signed_on", "Ghi chú": "-",
    }  # fmt: skip
    assert counts(read(post_desk, "pledge", path, PROGRAMME, mapping=mapping)) == (1, 0, [])
    (one,) = entries(post_desk, "pledge")
    assert "note" not in one.values


def test_a_value_of_the_sheet_wins_over_one_that_is_set(post_desk, tmp_path):
    head = [*HEAD, "Chương trình"]
    rows = [
        [*pledge(1, "Nông Văn Bình", "1/2/2023"), "Không ma túy"],
        [*pledge(2, "Vi Thị Hoa", "1/2/2023"), ""],
    ]
    read(post_desk, "pledge", pledges(tmp_path, *rows, head=head), PROGRAMME)
    assert Counter(one.values["programme"] for one in entries(post_desk, "pledge")) == {
        "ma_tuy": 1,
        "khu_vuc_bien_gioi": 1,
    }


# ---------------------------------------------------------------------- places and people


def test_of_two_communes_of_a_name_that_of_the_post_is_meant(post_desk, desk, tmp_path):
    path = pledges(tmp_path, pledge(1, "Nông Văn Bình", "1/2/2023"))
    read(post_desk, "pledge", path, PROGRAMME)
    (home,) = entries(post_desk, "household")
    assert home.values["commune"] in post_desk.book.area_on("BS", datetime.date(2023, 2, 1))
    refused = read(desk, "pledge", path, {**PROGRAMME, "post": "Ba Sơn"})
    assert counts(refused) == (1, 0, [])


def test_a_name_that_several_communes_have_is_refused_with_their_names(desk, tmp_path):
    row = ["Nông Văn Bình", "Mẫu Sơn", "Co Loi"]
    path = files.write_openpyxl(tmp_path / "h.xlsx", [["Chủ hộ", "Xã", "Thôn"], row])
    outcome = read(desk, "household", path, {"valid_from": "1/2/2023"})
    assert counts(outcome) == (0, 0, [2])
    assert "Lộc Bình" in outcome.refused[0].reason
    assert "Cao Lộc" in outcome.refused[0].reason
    row[1] = "Mẫu Sơn (Lộc Bình)"
    named = files.write_openpyxl(tmp_path / "n.xlsx", [["Chủ hộ", "Xã", "Thôn"], row])
    assert counts(read(desk, "household", named, {"valid_from": "1/2/2023"})) == (1, 0, [])


def test_words_in_front_and_tones_elsewhere_make_no_second_household(post_desk, tmp_path):
    rows = [
        pledge(1, "Hoàng Văn Hoà", "1/2/2021", "Thôn Nà Căng"),
        pledge(2, "Ông Hoàng Văn Hòa", "1/2/2022", "Nà Căng"),
        pledge(3, "Hòang Văn Hoà", "1/2/2023", "thôn Nà Căng"),
    ]
    assert counts(read(post_desk, "pledge", pledges(tmp_path, *rows), PROGRAMME)) == (3, 0, [])
    assert len(entries(post_desk, "household")) == 1


def test_hamlets_that_differ_by_accents_stay_two(post_desk, tmp_path):
    rows = [
        pledge(1, "Nông Văn An", "1/2/2023", "Bản Lán"),
        pledge(2, "Nông Văn Bình", "1/2/2023", "Bản Lạn"),
        pledge(3, "Nông Văn Cao", "1/2/2023", "Bản lân"),
    ]
    read(post_desk, "pledge", pledges(tmp_path, *rows), PROGRAMME)
    hamlets = {one.values["hamlet"] for one in entries(post_desk, "household")}
    assert hamlets == {"Bản Lán", "Bản Lạn", "Bản lân"}
    bare = pledges(tmp_path, pledge(1, "Nông Văn Dũng", "1/2/2023", "ban lan"), name="b.xlsx")
    outcome = read(post_desk, "pledge", bare, PROGRAMME)
    assert counts(outcome) == (0, 0, [2])
    assert "Bản Lạn; Bản lân; Bản Lán" in outcome.refused[0].reason or "Bản Lán" in (
        outcome.refused[0].reason
    )


def test_a_row_of_two_namesakes_is_refused(post_desk, tmp_path):
    two = [
        pledge(1, "Hoàng Văn Thành", "1/2/2022", citizen="020172242081"),
        pledge(2, "Hoàng Văn Thành", "1/2/2022", citizen="020190758790"),
    ]
    read(post_desk, "pledge", pledges(tmp_path, *two), PROGRAMME)
    assert len(entries(post_desk, "household")) == 2
    third = pledges(tmp_path, pledge(1, "Hoàng Văn Thành", "1/2/2023"), name="t.xlsx")
    outcome = read(post_desk, "pledge", third, PROGRAMME)
    assert counts(outcome) == (0, 0, [2])
    assert "020•••••2081" in outcome.refused[0].reason


def test_an_id_that_another_name_has_is_said_to(post_desk, tmp_path):
    signed = [
        ("Nông Văn Bình", "1/2/2022"),
        ("Vi Thị Hoa", "1/2/2023"),
        ("Nông Văn Bình", "1/2/2024"),
        ("Vi Thị Hoa", "1/2/2025"),
    ]
    rows = [pledge(1, head, day, citizen="020172242081") for head, day in signed]
    outcome = read(post_desk, "pledge", pledges(tmp_path, *rows), PROGRAMME)
    assert (counts(outcome), outcome.near) == ((4, 0, []), 2)
    assert [rows for doubt, rows in outcome.doubts.items() if "ID" in doubt] == [[3, 5]]
    assert len(entries(post_desk, "household")) == 1


def test_rows_that_look_like_records_here_are_accepted_and_counted(post_desk, tmp_path):
    read(post_desk, "pledge", pledges(tmp_path, pledge(1, "Nông Văn Bình", "1/2/2023")), PROGRAMME)
    rows = [
        pledge(1, "Nông Văn Bình", "1/2/2023"),
        pledge(2, "Nông Văn Bình", "5/6/2023"),
        pledge(3, "Nong Van Binh", "5/6/2023"),
    ]
    outcome = read(post_desk, "pledge", pledges(tmp_path, *rows, name="two.xlsx"), PROGRAMME)
    assert counts(outcome) == (2, 1, [])
    assert outcome.near == 2


def test_a_row_that_brings_something_new_is_not_the_same(post_desk, tmp_path):
    read(post_desk, "pledge", pledges(tmp_path, pledge(1, "Nông Văn Bình", "1/2/2023")), PROGRAMME)
    row = [*pledge(1, "Nông Văn Bình", "1/2/2023"), "Ông Vi"]
    path = pledges(tmp_path, row, head=[*HEAD, "Người chứng kiến"], name="more.xlsx")
    outcome = read(post_desk, "pledge", path, PROGRAMME)
    assert (counts(outcome), outcome.near) == ((1, 0, []), 1)


def test_households_of_a_list_come_in_once(post_desk, tmp_path):
    rows = [
        ["Chủ hộ", "Xã", "Thôn", "CCCD", "Điện thoại"],
        ["Nông Văn Bình", "Mẫu Sơn", "Co Loi", 20172242081, "0165 123 4567"],
        ["Vi Thị Hoa", "Mẫu Sơn", "Co Loi", None, 912345678],
        ["Vi Thị Hoa", "Mẫu Sơn", "Co Loi", None, 912345678],
    ]
    path = files.write_xlsxwriter(tmp_path / "h.xlsx", rows)
    assert counts(read(post_desk, "household", path)) == (2, 1, [])
    assert counts(read(post_desk, "household", path)) == (0, 3, [])
    phones = {one.values["phone"] for one in entries(post_desk, "household")}
    assert phones == {"0351234567", "0912345678"}


def test_a_list_without_names_counts_signatures_by_hamlet(post_desk, tmp_path):
    rows = [
        ["Xã", "Thôn", "Số hộ", "Ngày", "Căn cứ (số biên bản, trang sổ)"],
        ["Mẫu Sơn", "Co Loi", 25, datetime.date(2023, 3, 1), "BB 12"],
    ]
    path = files.write_openpyxl(tmp_path / "n.xlsx", rows)
    assert counts(read(post_desk, "pledge", path, PROGRAMME)) == (1, 0, [])


# ------------------------------------------------------------------------------- refusing


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        (200_733_553_111_234.0, "chữ số đầu"),
        ("2,02734E+11", "chữ số đầu"),
        ("12345", "12 chữ số"),
    ],
)
def test_an_id_that_a_spreadsheet_spoilt_is_refused(post_desk, tmp_path, cell, wanted):
    path = pledges(tmp_path, pledge(1, "Nông Văn Bình", "1/2/2023", citizen=cell))
    outcome = read(post_desk, "pledge", path, PROGRAMME)
    assert counts(outcome) == (0, 0, [2])
    assert wanted in outcome.refused[0].reason


def test_errors_and_formulas_without_a_value_are_refused(post_desk, tmp_path):
    start, end = files.SHEET_START, files.SHEET_END
    head = "".join(
        f'<c r="{c}1" t="inlineStr"><is><t>{h}</t></is></c>'
        for c, h in zip("ABCDEF", HEAD, strict=True)
    )

    def row(number, ident):
        cells = zip("BCD", ("Nông Văn Bình", "Mẫu Sơn", "Co Loi"), strict=True)
        texts = "".join(
            f'<c r="{c}{number}" t="inlineStr"><is><t>{t}</t></is></c>' for c, t in cells
        )
        day = f'<c r="F{number}" t="inlineStr"><is><t>1/2/2023</t></is></c>'
        return f'<row r="{number}">{texts}{ident}{day}</row>'

    xml = (
        f'{start}<row r="1">{head}</row>'
        + row(2, '<c r="E2" t="e"><f>A1</f><v>#REF!</v></c>')
        + row(3, '<c r="E3"><f>SUM(A1)</f></c>')
        + row(4, '<c r="E4" t="str"><f>A1</f><v>020172242081</v></c>')
        + end
    )
    path = files.write_xlsx_sheet(tmp_path / "e.xlsx", xml)
    outcome = read(post_desk, "pledge", path, PROGRAMME)
    assert counts(outcome) == (1, 0, [2, 3])
    assert "#REF!" in outcome.refused[0].reason


def test_the_refused_rows_are_texts_and_days_never_formulas(post_desk, tmp_path):
    row = pledge(1, "=HYPERLINK(1)", datetime.date(2023, 2, 1), citizen="99")
    outcome = read(
        post_desk, "pledge", files.write_xlsxwriter(tmp_path / "f.xlsx", [HEAD, row]), PROGRAMME
    )
    out = tmp_path / "r.xlsx"
    headings = [column.heading for column in outcome.table.columns]
    write_rejects(out, "Tờ: 1/2", outcome.table.head_rows, headings, outcome.refused)
    page = openpyxl.load_workbook(out).active
    assert (page["B2"].value, page["B2"].data_type) == ("=HYPERLINK(1)", "s")
    assert page["F2"].value == datetime.datetime(2023, 2, 1)
    assert "12" in page["G2"].value
    rows = python_calamine.CalamineWorkbook.from_path(out).get_sheet_by_index(0).to_python()
    assert rows[0][-1] == "Lý do"


def test_a_dry_run_counts_the_same_and_changes_nothing(post_desk):
    request = SheetRequest(fixed=PROGRAMME)
    part = post_desk.part(SheetImport)
    dry = part.dry_run("pledge", DATA / "pledges_vntime.xlsx", request)
    assert not entries(post_desk, "pledge")
    assert not entries(post_desk, "household")
    done = part.import_sheet("pledge", DATA / "pledges_vntime.xlsx", request)
    assert counts(dry) == counts(done)


def test_the_type_s_columns_cover_what_its_records_need(post_desk):
    keys = {column.key for column in sheet_columns(post_desk, "pledge")}
    assert {"household.head", "household.commune", "household.citizen_id", "post"} <= keys


# ---------------------------------------------------------------------------- round trips

NAMES = st.sampled_from(
    "Nông Văn Hòa|Vi Ngọc Yến|Lương Thế Ước|Đàm Thị Hường|Triệu Đức Thưởng|Hứa Ngọc Thủy|"
    "Nguyễn Thị Mỹ Lệ|Chu Văn Đạt|Lý Thị Ngần|Hoàng Quốc Việt|Trần Quý Ẩn|Phùng Khắc Khoẳn".split(
        "|"
    )
)
ROWS = st.lists(
    st.tuples(
        NAMES,
        st.sampled_from(
            [("Mẫu Sơn", "Co Loi"), ("Cao Lâu", "Bản Vàng"), ("Xuất Lễ", "Tằm Nguyên")]
        ),
        st.integers(0, 999_999).map(lambda n: f"020190{n:06}"),
        st.dates(datetime.date(2023, 1, 1), datetime.date(2023, 12, 31)),
    ),
    min_size=3,
    max_size=12,
    unique_by=lambda row: row[2],
)
WRITERS = {
    "openpyxl.xlsx": files.write_openpyxl,
    "xlsxwriter.xlsx": files.write_xlsxwriter,
    "x.ods": files.write_ods,
    "utf8.csv": files.write_csv,
    "bom.csv": lambda path, rows: files.write_csv(path, rows, ";", "utf-8-sig"),
    "tab.csv": lambda path, rows: files.write_csv(path, rows, "\t", "utf-16"),
    "sep.csv": lambda path, rows: files.write_csv(path, rows, ";", first="sep=;\r\n"),
    "tcvn3.xlsx": lambda path, rows: files.write_openpyxl(path, rows, ".VnTime", files.as_tcvn3),
    "vni.xlsx": lambda path, rows: files.write_openpyxl(path, rows, "VNI-Times", files.as_vni),
    "tcvn3-plain.xlsx": lambda path, rows: files.write_openpyxl(path, rows, None, files.as_tcvn3),
    "vni-plain.xlsx": lambda path, rows: files.write_openpyxl(path, rows, None, files.as_vni),
}


@pytest.mark.parametrize("name", WRITERS)
@settings(max_examples=4)
@given(rows=ROWS)
def test_a_known_list_is_read_back_from_every_format_and_encoding(post_template, name, rows):
    table = [
        ["Danh sách hộ gia đình ký cam kết"],
        HEAD,
        *([n, head, *place, citizen, day] for n, (head, place, citizen, day) in enumerate(rows, 1)),
        [None, "Cộng", None, None, None, None],
    ]
    capitals = str.lower if name.startswith("tcvn3") else str
    with fresh(post_template) as (desk, folder):
        outcome = read(desk, "pledge", WRITERS[name](folder / name.split(".")[0], table), PROGRAMME)
        assert [one.reason for one in outcome.refused] == []
        assert counts(outcome) == (len(rows), 0, [])
        homes = {one.id: one.values for one in entries(desk, "household")}
        found = {
            (
                capitals(homes[one.values["household"]]["head"]),
                homes[one.values["household"]]["citizen_id"],
                one.values["signed_on"],
            )
            for one in entries(desk, "pledge")
        }
    assert found == {(capitals(head), citizen, day) for head, _place, citizen, day in rows}


CELLS = st.one_of(
    st.none(), st.text(max_size=12), st.integers(-10, 10**13), st.floats(allow_nan=False),
    st.dates(datetime.date(1900, 3, 1), datetime.date(2100, 1, 1)), st.booleans(),
    st.sampled_from(["Mẫu Sơn", "Co Loi", "1/2/2023", "Cộng", "020172242081", "46000", "#REF!"]),
)  # fmt: skip


@settings(max_examples=25)
@given(rows=st.lists(st.lists(CELLS, max_size=7), max_size=10))
def test_whatever_the_cells_hold_every_record_row_is_accounted_for(post_template, rows):
    with fresh(post_template) as (desk, folder):
        path = files.write_csv(folder / "x.csv", [HEAD, *rows], charset="utf-8-sig")
        outcome = read(desk, "pledge", path, PROGRAMME)
        counts(outcome)
        assert len(entries(desk, "pledge")) == outcome.accepted

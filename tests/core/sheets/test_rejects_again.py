"""Refused rows, exported for correction and imported unchanged, are refused again for the same
reasons."""

import pytest

from borderdesk.sheets.imports.sheet_request import SheetRequest
from tests.core.sheets import sheet_files as files
from tests.core.sheets.test_list_habits import PROGRAMME, sheet

PLEDGES = ["TT", "Chủ hộ", "Thôn", "Xã", "Ngày ký", "Người làm chứng"]
SESSIONS = ["TT", "Ngày", "Hình thức", "Nội dung", "Xã", "Lượt người"]
LEAFLETS = ["TT", "Ngày", "Hình thức", "Nội dung", "Xã", "Tờ rơi"]
HELD = ["5/3/2023", "Tập trung", "Phòng, chống ma túy", "Cao Lâu"]


def again(desk, type_name, path, fixed=None):
    """The outcome of a list, and that of its refused rows."""
    request = SheetRequest(fixed=fixed or {})
    first = desk.sheets.import_sheet(type_name, path, request)
    target = path.with_name("again.xlsx")
    first.save_refused(target)
    second = desk.sheets.import_sheet(type_name, target, request)
    assert (second.accepted, second.rows) == (0, len(first.refused))
    return first, second


def test_rejects_keep_the_headings_of_their_table(post_desk, tmp_path):
    path = sheet(
        tmp_path,
        SESSIONS,
        [1, *HELD, 50],
        ["Phát tài liệu"],
        LEAFLETS,
        [2, *HELD, 200],
        [3, *HELD, 100],
        SESSIONS,
        [4, *HELD, "khoảng 60"],
    )
    first, second = again(post_desk, "outreach", path)
    assert [one.row.number for one in first.refused] == [5, 6, 8]
    assert [bool(one.row.headed) for one in second.refused] == [True, True, False]


def test_a_row_that_parts_a_heading_stays_below_it(post_desk, tmp_path):
    path = sheet(
        tmp_path,
        ["TT", "Họ và tên", None, "Thôn", "Xã", "Ngày ký"],
        [None, "Chồng", "Vợ", None, None, None],
        [1, None, "Lý Thị Dung", "Pò Mã", "Xuất Lễ", "4/3/2023"],
        merged=("B1:C1",),
    )
    again(post_desk, "pledge", path, PROGRAMME)


def test_a_cell_without_a_value_is_not_written_blank(post_desk, tmp_path):
    rows = [
        PLEDGES,
        [1, "Nông Văn Bình", "Pò Mã", "Xuất Lễ", "4/3/2023", '=C2&""'],
        [2, "Vi Thị Chanh", "=C2", "Xuất Lễ", "4/3/2023", None],
        [3, "Lý Thị Dung", "Pò Mã", "=D2", "4/3/2023", None],
    ]
    again(post_desk, "pledge", sheet(tmp_path, *rows), PROGRAMME)


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#DIV/0!", "Err:502"])
def test_what_a_spreadsheet_writes_for_no_value_is_no_text(post_desk, tmp_path, error):
    rows = [
        PLEDGES,
        [1, error, "Pò Mã", "Xuất Lễ", "4/3/2023", ""],
        [2, "Vi Thị Chanh", error, "Xuất Lễ", "4/3/2023", ""],
        [3, "Lý Thị Dung", "Pò Mã", "Xuất Lễ", "4/3/2023", error],
        [4, "Nông Văn Bình", "Pò Mã", "Xuất Lễ", "4/3/2023", "số 5 #N"],
    ]
    path = files.write_csv(tmp_path / "list.csv", rows, ";")
    outcome = post_desk.sheets.import_sheet("pledge", path, SheetRequest(fixed=PROGRAMME))
    assert [one.row.number for one in outcome.refused] == [2, 3, 4]
    assert all(error in one.reason for one in outcome.refused)


@pytest.mark.parametrize("blanks", [0, 3])
@pytest.mark.parametrize("mark", [",", ";"])
def test_a_line_with_a_cell_too_many_is_refused_and_stays_so(post_desk, tmp_path, mark, blanks):
    lines = [
        ["Loại công việc", "Từ ngày", "Xã", "Chiều dài (km)", "Số người", *[""] * blanks],
        ["Phát quang đường tuần tra", "1/3/2023", "Xuất Lễ", "1", "5", "12"],
        ["Phát quang đường tuần tra", "2/3/2023", "Xuất Lễ", '"1,5"', "12", ""],
    ]
    path = tmp_path / "list.csv"
    path.write_text("\n".join(map(mark.join, lines)), encoding="utf-8")
    first, second = again(post_desk, "clearing", path)
    assert [one.row.number for one in first.refused] == [2]
    assert "Dòng này có 6 ô mà chỉ có 5 cột" in first.refused[0].reason
    assert second.refused[0].column == "Chiều dài (km)"

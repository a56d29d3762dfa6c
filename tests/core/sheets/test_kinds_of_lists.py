"""The kind of the records of a list, where no column gives it: in lines between the rows, in the
title, or as the name of the sheet."""

import pytest

from borderdesk.sheets.imports.outcome_messages import messages
from borderdesk.sheets.imports.sheet_request import SheetRequest
from tests.core.sheets import sheet_files as files
from tests.core.sheets.test_list_habits import read, sheet

PATROLS = ["TT", "Ngày", "Từ mốc", "Đến mốc", "Xã", "Quân số", "Kết quả"]
REGISTERED = ["TT", "Tên tập thể, hộ gia đình, cá nhân", "Xã", "Ngày đăng ký"]
CLEARED = ["TT", "Ngày", "Xã", "Số người"]


def patrol(day):
    return [day, f"{day}/1/2023", "1166", "1171", "Cao Lâu", 8, "Nguyên trạng"]


def registered(name):
    return [1, name, "Xuất Lễ", "3/3/2023"]


def kinds(outcome, records, key="kind"):
    return [one.row.number for one in outcome.refused], [one[key] for one in records]


def test_a_line_between_the_rows_gives_them_their_kind(post_desk, tmp_path):
    path = sheet(
        tmp_path,
        PATROLS,
        ["I", "Tuần tra đơn phương"],
        patrol(5),
        patrol(6),
        ["II", "TUẦN TRA SONG PHƯƠNG (01 lần)"],
        patrol(7),
        ["Cộng tuần tra đơn phương", None, None, None, None, 24],
        patrol(8),
        ["III", "Hoạt động khác"],
        patrol(9),
    )
    outcome, records = read(post_desk, "patrol", path)
    two_kinds = ["unilateral", "unilateral", "bilateral", "bilateral"]
    assert kinds(outcome, records) == ([10], two_kinds)
    assert any("Loại được lấy từ dòng tiêu đề nhóm ở trên" in text for text in messages(outcome))
    assert outcome.others[0] == (2, "I Tuần tra đơn phương")


def test_a_kind_named_within_a_place_ends_with_it(post_desk, tmp_path):
    path = sheet(
        tmp_path,
        ["TT", "Tên tập thể, hộ gia đình, cá nhân", "Ngày đăng ký"],
        ["I. Thôn Bản Ranh, xã Xuất Lễ"],
        ["1. Tập thể"],
        [1, "Tổ tự quản số 1", "3/3/2023"],
        ["2. Hộ gia đình: 1 hộ"],
        [1, "Hoàng Văn Páo", "3/3/2023"],
        ["II. Thôn Co Cam, xã Xuất Lễ"],
        [1, "Tổ tự quản số 2", "3/3/2023"],
    )
    outcome, records = read(post_desk, "registration", path)
    assert kinds(outcome, records, "subject") == ([8], ["collective", "household"])
    assert records[1]["household"]


def test_a_place_named_within_a_kind_ends_with_it(post_desk, tmp_path):
    path = sheet(
        tmp_path,
        ["TT", "Tên tập thể, hộ gia đình, cá nhân", "Ngày đăng ký"],
        ["A. TẬP THỂ"],
        ["1. Thôn Bản Ranh, xã Xuất Lễ"],
        [1, "Tổ tự quản số 1", "3/3/2023"],
        ["2. Thôn Co Cam, xã Xuất Lễ"],
        [1, "Tổ tự quản số 2", "3/3/2023"],
        ["B. CÁ NHÂN"],
        [1, "Lý Văn Sáng", "3/3/2023"],
    )
    outcome, records = read(post_desk, "registration", path)
    assert kinds(outcome, records, "subject") == ([8], ["collective"] * 2)
    assert [one["hamlet"] for one in records] == ["Thôn Bản Ranh", "Thôn Co Cam"]


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("KẾT QUẢ PHÁT QUANG ĐƯỜNG THÔNG TẦM NHÌN BIÊN GIỚI NĂM 2023", ["sight_line"]),
        ("II. Tu sửa đường tuần tra", ["road_repair"]),
        ("KẾT QUẢ PHÁT QUANG ĐƯỜNG TUẦN TRA, PHÁT QUANG ĐƯỜNG THÔNG TẦM NHÌN", []),
        ("KẾT QUẢ PHÁT QUANG NĂM 2023", []),
    ],
)
def test_the_title_gives_the_kind_where_it_names_one(post_desk, tmp_path, title, kind):
    path = sheet(tmp_path, [title], CLEARED, [1, "5/3/2023", "Xuất Lễ", 25])
    _outcome, records = read(post_desk, "clearing", path)
    assert [one["kind"] for one in records] == kind


def test_the_name_of_a_sheet_may_be_the_kind(post_desk, tmp_path):
    pages = {"Đơn phương": [PATROLS, patrol(5)], "Song phương": [PATROLS, patrol(6)]}
    path = files.write_sheets(tmp_path / "list.xlsx", pages)
    request = SheetRequest(all_sheets=True)
    outcomes = post_desk.sheets.import_files("patrol", [path], request)
    assert [one.accepted for one in outcomes] == [1, 1]


def test_what_was_said_for_all_rows_comes_before_a_line_between_them(post_desk, tmp_path):
    path = sheet(tmp_path, REGISTERED, ["A. TẬP THỂ"], registered("Lý Văn Sáng"))
    fixed = {"subject": "Cá nhân"}
    outcome, records = read(post_desk, "registration", path, fixed)
    assert kinds(outcome, records, "subject") == ([], ["individual"])


def test_refused_rows_keep_the_line_of_their_kind(post_desk, tmp_path):
    path = sheet(
        tmp_path,
        REGISTERED,
        ["A. TẬP THỂ"],
        ["DANH SÁCH HỘ GIA ĐÌNH"],
        [1, "Hoàng Văn Páo", "Xuất Lễ", "31/2/2023"],
    )
    outcome, _records = read(post_desk, "registration", path, {"hamlet": "Bản Ranh"})
    outcome.save_refused(tmp_path / "again.xlsx")
    page = files.opened(tmp_path / "again.xlsx")
    page["D3"] = "28/2/2023"
    page.parent.save(tmp_path / "again.xlsx")
    request = SheetRequest(fixed={"hamlet": "Bản Ranh"})
    again = post_desk.sheets.import_sheet("registration", tmp_path / "again.xlsx", request)
    assert (again.accepted, len(again.refused)) == (1, 0)

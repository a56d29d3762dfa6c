"""The day of the rows below a line, in a list without a column of days."""

import pytest

from borderdesk.sheets.imports.outcome_messages import messages
from tests.core.sheets.test_list_habits import PROGRAMME, homes, read, sheet

NAMES = ["TT", "Họ tên chủ hộ", "Số CCCD", "Ký tên"]
SESSIONS = ["TT", "Xã", "Nội dung", "Hình thức", "Lượt người"]


def name(head):
    return [1, head, None, None]


def session(turns):
    return [1, "Xuất Lễ", "Phòng, chống ma túy", "Tập trung", turns]


def days(records, key="signed_on"):
    return [str(one[key]) for one in records]


def refused(outcome):
    return [one.row.number for one in outcome.refused]


def test_a_line_gives_the_rows_below_it_their_place_and_day(post_desk, tmp_path):
    path = sheet(
        tmp_path,
        ["DANH SÁCH HỘ KÝ CAM KẾT, XÃ XUẤT LỄ"],
        NAMES,
        ["I. Thôn Bản Ranh (ký ngày 12/3/2023)"],
        name("Nông Văn An"),
        name("Lý Thị Bé"),
        ["II. Thôn Co Cam, ngày 15 tháng 3 năm 2023"],
        name("Vi Văn Cần"),
        ["III. Thôn Pò Mã"],
        name("Chu Văn Dũng"),
        [None, "Xuất Lễ, ngày 20 tháng 3 năm 2023"],
    )
    outcome, records = read(post_desk, "pledge", path, PROGRAMME)
    assert days(records) == ["2023-03-12", "2023-03-12", "2023-03-15"]
    assert homes(post_desk)["Vi Văn Cần"] == ("06202-2023", "Thôn Co Cam")
    assert refused(outcome) == [9]
    assert "3 dòng (4–5, 7): Ngày được lấy từ dòng tiêu đề nhóm ở trên." in messages(outcome)


def test_a_line_of_a_day_holds_until_another_or_a_month(post_desk, tmp_path):
    path = sheet(
        tmp_path,
        ["SỔ TUYÊN TRUYỀN NĂM 2023"],
        SESSIONS,
        ["Ngày 05/3"],
        session(40),
        ["Ngày 06/3/2023:"],
        session(41),
        ["Tháng 4"],
        session(42),
    )
    outcome, records = read(post_desk, "outreach", path)
    assert days(records, "held_on") == ["2023-03-05", "2023-03-06"]
    assert refused(outcome) == [8]


@pytest.mark.parametrize(
    "line",
    [
        "Ngày 6-7/3/2023",
        "Ngày 6/3 - 17/3/2023",
        "Ngày 6, 7/3/2023",
        "Từ ngày 6/3 đến ngày 7/3/2023",
        "Thôn Bản Ranh (6-7/3/2023)",
        "Ngày 31/4/2023",
        "Ngày 7",
    ],
)
def test_a_line_of_other_days_than_one_ends_the_day_before(post_desk, tmp_path, line):
    rows = [["NĂM 2023"], SESSIONS, ["Ngày 01/3"], session(40), [line], session(41)]
    outcome, records = read(post_desk, "outreach", sheet(tmp_path, *rows))
    # Which day is meant is asked for: neither 6 July nor the day before.
    assert (days(records, "held_on"), refused(outcome)) == (["2023-03-01"], [6])


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("Thứ hai, 6/3/2023", "2023-03-06"),
        ("Chủ nhật ngày 5/3", "2023-03-05"),
        ("Ngày 5/3/24", "2024-03-05"),
        ("Ngày 05-03-2023 - 12 lượt", "2023-03-05"),
        ("Thôn 3, ngày 12/3/2023", "2023-03-12"),
    ],
)
def test_a_day_is_read_as_it_is_written(post_desk, tmp_path, line, day):
    rows = [["NĂM 2023"], SESSIONS, ["Ngày 01/3"], session(40), [line], session(41)]
    _outcome, records = read(post_desk, "outreach", sheet(tmp_path, *rows))
    assert days(records, "held_on") == ["2023-03-01", day]


def test_places_within_a_day_have_it_and_end_with_it(post_desk, tmp_path):
    path = sheet(
        tmp_path,
        ["XÃ XUẤT LỄ"],
        NAMES,
        ["Ngày 12/3/2023"],
        ["1. Thôn Bản Ranh"],
        name("Nông Văn An"),
        ["2. Thôn Co Cam"],
        name("Lý Thị Bé"),
        ["Ngày 13/3/2023"],
        name("Vi Văn Cần"),
    )
    outcome, records = read(post_desk, "pledge", path, PROGRAMME)
    assert days(records) == ["2023-03-12", "2023-03-12"]
    # Its hamlet is asked for.
    assert refused(outcome) == [9]


def test_the_day_of_a_signature_is_that_of_no_list_below(post_desk, tmp_path):
    path = sheet(
        tmp_path,
        ["THÔN BẢN RANH, XÃ XUẤT LỄ"],
        NAMES,
        name("Nông Văn An"),
        [None, "Xuất Lễ, ngày 20 tháng 3 năm 2023"],
        [None, "TRƯỞNG THÔN"],
        ["DANH SÁCH THÔN CO CAM, XÃ XUẤT LỄ"],
        NAMES,
        name("Lý Thị Bé"),
    )
    outcome, records = read(post_desk, "pledge", path, PROGRAMME)
    assert (records, refused(outcome)) == ([], [3, 8])


def test_a_column_of_days_is_not_filled_from_a_line(post_desk, tmp_path):
    path = sheet(
        tmp_path,
        ["TT", "Họ tên chủ hộ", "Ngày ký"],
        ["I. Thôn Bản Ranh, xã Xuất Lễ (ngày 12/3/2023)"],
        [1, "Nông Văn An", "14/3/2023"],
        [2, "Lý Thị Bé", None],
    )
    outcome, records = read(post_desk, "pledge", path, PROGRAMME)
    assert (days(records), refused(outcome)) == (["2023-03-14"], [4])

"""Rows that apply to those below them, headings in several rows or repeated, and totals
anywhere."""

import datetime

import openpyxl
import pytest

from borderdesk.sheets.columns.carried_values import caption_places
from borderdesk.sheets.imports.outcome_messages import messages
from borderdesk.sheets.imports.sheet_import import SheetImport
from borderdesk.sheets.imports.sheet_request import SheetRequest
from borderdesk.store.lists.listing import Filter
from tests.core.sheets import sheet_files as files
from tests.core.sheets.test_list_habits import PROGRAMME, homes, read, sheet

NAMES = ["Nông Văn Bình", "Vi Thị Chanh", "Hoàng Văn Dũng", "Lý Thị Hoa"]
IDS = ["020080012345", "020170012346", "020075012347", "020182012348"]
HEAD = ["TT", "Xã", "Thôn", "Chủ hộ", "Số CCCD", "Ngày ký"]
TRACK = ["TT", "Ngày hoàn thành", "Xã", "Mốc", "Chiều dài (km)", "Đơn vị ủng hộ", "Số tiền ủng hộ"]


def signed(*places, day="1/3/2023"):
    """Rows of pledges at these (commune, hamlet)."""
    return [[n + 1, *at, NAMES[n], IDS[n], day] for n, at in enumerate(places)]


SPREAD = [("Xuất Lễ", "Pò Mã"), (None, None), (None, "Bản Ranh"), (None, None)]
WHOLE = ["Pò Mã", "Pò Mã", "Bản Ranh", "Bản Ranh"]


@pytest.mark.parametrize("merged", [True, False], ids=["merged", "blank"])
def test_a_place_that_is_written_once_holds_for_the_rows_below(post_desk, tmp_path, merged):
    spans = ("B2:B5", "C2:C3", "C4:C5") if merged else ()
    path = sheet(tmp_path, HEAD, *signed(*SPREAD), merged=spans)
    outcome, _records = read(post_desk, "pledge", path, PROGRAMME)
    assert outcome.refused == []
    assert [hamlet for _commune, hamlet in homes(post_desk).values()] == WHOLE
    told = any("được hiểu theo dòng phía trên" in text for text in messages(outcome))
    assert told is not merged


def test_a_blank_place_among_places_written_each_time_is_refused(post_desk, tmp_path):
    places = [("Xuất Lễ", "Pò Mã"), ("Xuất Lễ", "Pò Mã"), ("Xuất Lễ", None), ("Xuất Lễ", "Pò Mã")]
    path = sheet(tmp_path, HEAD, *signed(*places))
    outcome, _records = read(post_desk, "pledge", path, PROGRAMME)
    assert [one.row.number for one in outcome.refused] == [4]


def test_a_hamlet_does_not_reach_into_another_commune(post_desk, tmp_path):
    places = [("Xuất Lễ", "Pò Mã"), (None, None), ("Cao Lâu", None), (None, None)]
    path = sheet(tmp_path, HEAD, *signed(*places))
    outcome, _records = read(post_desk, "pledge", path, PROGRAMME)
    assert [one.row.number for one in outcome.refused] == [4, 5]


@pytest.mark.parametrize("merged", [("A2:A3", "B2:B3", "C2:C3"), ()], ids=["merged", "blank"])
def test_a_record_goes_on_in_the_rows_below_it(post_desk, tmp_path, merged):
    path = sheet(
        tmp_path, TRACK,
        [1, "1/2/2023", "Mẫu Sơn", "1170", "0,5", "Công ty A", "5.000.000"],
        [None, None, None, "1171", "0,25", "Bà con", ""],
        [2, "2/2/2023", "Mẫu Sơn", "1172", "mười mấy", "", ""],
        [None, None, None, "1173", "1", "", ""],
        ["Cộng", "", "", "", "1,75", "", ""],
        merged=merged,
    )  # fmt: skip
    outcome, (track,) = read(post_desk, "track", path)
    assert [(one["marker"], int(one["length_m"])) for one in track["lines"]] == [
        ("1170", 500),
        ("1171", 250),
    ]
    assert [one["name"] for one in track["funders"]] == ["Công ty A", "Bà con"]
    assert (outcome.rows, outcome.continued) == (2, [3, 5])
    # Corrected among the refused rows, it is imported completely.
    outcome.save_refused(tmp_path / "r.xlsx")
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    assert book.active["E2"].value == "mười mấy"
    book.active["E2"].value = "0,1"
    book.save(tmp_path / "r.xlsx")
    again, (track,) = read(post_desk, "track", tmp_path / "r.xlsx")
    assert [one["marker"] for one in track["lines"]] == ["1172", "1173"]
    assert again.refused == []


def test_headings_stand_in_three_rows(post_desk, tmp_path):
    path = sheet(
        tmp_path,
        ["DANH SÁCH KÝ CAM KẾT NĂM 2023"],
        ["TT", "Chủ hộ", None, None, "Nơi ở", None, "Ngày ký"],
        [None, "Họ và tên", "Giấy tờ", None, "Xã", "Thôn", None],
        [None, None, "Số CCCD", "SĐT"],
        [1, 2, 3, 4, 5, 6, 7],
        [1, NAMES[0], IDS[0], "0987654321", "Xuất Lễ", "Pò Mã", "1/3"],
        merged=("A2:A4", "B2:D2", "E2:F2", "G2:G4", "B3:B4", "C3:D3"),
    )
    outcome, _records = read(post_desk, "pledge", path, PROGRAMME)
    (home,) = post_desk.lists.stream("household", Filter())
    assert (home.values["head"], home.values["citizen_id"]) == (NAMES[0], IDS[0])
    assert (outcome.table.first, outcome.table.last) == (2, 4)


def test_sums_stand_in_the_midst_and_headings_come_again(post_desk, tmp_path):
    rows = signed(*[("Xuất Lễ", "Pò Mã")] * 4)
    path = sheet(
        tmp_path, HEAD, rows[0], ["Cộng mang sang", "", "", "", "", 1],
        ["Trang 2"], HEAD, [1, 2, 3, 4, 5, 6], ["Mang sang", "", "", "", "", 1],
        rows[1], [None, "Tổng thôn Pò Mã", None, None, None, 2],
        ["II", "Cao Lâu", None, None, "2 hộ"], rows[2], ["Lũy kế", "", "", "", "", 3], rows[3],
        ["", "Bằng chữ: bốn hộ"],
    )  # fmt: skip
    outcome, _records = read(post_desk, "pledge", path, PROGRAMME)
    assert (outcome.rows, outcome.accepted) == (4, 4)


def test_a_second_table_is_read_by_its_own_headings(post_desk, tmp_path):
    rows = signed(*[("Xuất Lễ", "Pò Mã")] * 4)
    order = [0, 5, 3, 4, 2, 1]
    turned = [[row[place] for place in order] for row in [HEAD, *rows]]
    other = ["TT", "Ngày ký", "Xã", "Thôn", "Chủ hộ", "Số CCCD", "Người chứng kiến"]
    path = sheet(
        tmp_path, HEAD, *rows[:2], ["Bảng 2"], turned[0], turned[3], turned[4],
        [], other, [1, "1/3/2023", "Cao Lâu", "Nà Mỏ", "Chu Văn A", "020091012349", "Lý Tư"],
    )  # fmt: skip
    outcome, _records = read(post_desk, "pledge", path, PROGRAMME)
    assert sorted(homes(post_desk)) == sorted(NAMES)
    (refused,) = outcome.refused
    assert (refused.row.number, "dòng 9" in refused.reason) == (10, True)


def test_a_sheet_of_sums_is_passed_over_for_the_list(post_desk, tmp_path):
    sums = [["TỔNG HỢP"], ["TT", "Xã", "Thôn", "Số hộ"], [1, "Xuất Lễ", "Pò Mã", 2]]
    rows = signed(*[("Xuất Lễ", "Pò Mã")] * 2)
    path = files.write_sheets(tmp_path / "s.xlsx", {"TH": sums, "DS": [HEAD, *rows]})
    part = post_desk.part(SheetImport)
    one = part.dry_run("pledge", path, SheetRequest(fixed=PROGRAMME))
    (all_,) = part.dry_run_files("pledge", [path], SheetRequest(fixed=PROGRAMME, all_sheets=True))
    assert [(x.accepted, x.refused) for x in (one, all_)] == [(2, []), (2, [])]
    assert all_.skipped == ["TH"]


@pytest.mark.parametrize(
    ("title", "cell", "day"),
    [
        ("KẾT QUẢ THÁNG 3 NĂM 2023", "05", (2023, 3, 5)),
        ("KẾT QUẢ THÁNG 3 NĂM 2023", 5, (2023, 3, 5)),
        ("KẾT QUẢ NĂM 2023", "05", None),
        ("Ba Sơn, ngày 2 tháng 4 năm 2023", 5, None),
        ("Từ tháng 1 đến tháng 3 năm 2023", "5", None),
        ("KẾT QUẢ", "15h30 ngày 5/3/2023", (2023, 3, 5)),
    ],
)
def test_a_day_alone_is_one_of_the_month_in_the_title(post_desk, tmp_path, title, cell, day):
    row = [cell, "Tập trung", "Luật Biên giới quốc gia", "Cao Lâu", 40]
    head = ["Ngày", "Hình thức", "Nội dung", "Xã", "Lượt người"]
    outcome, records = read(post_desk, "outreach", sheet(tmp_path, [title], head, row))
    assert [one["held_on"] for one in records] == ([datetime.date(*day)] if day else [])
    assert len(outcome.refused) == (day is None)


def test_a_list_in_tcvn3_that_was_saved_as_text_is_read_whole(post_desk, tmp_path):
    rows = [HEAD, *signed(*[("Xuất Lễ", "Pò Mã")] * 4)]
    old = [[files.as_tcvn3(str(cell)) for cell in row] for row in rows]
    path = files.write_csv(tmp_path / "l.csv", old, separator=";", charset="latin-1")
    read(post_desk, "pledge", path, PROGRAMME)
    assert sorted(homes(post_desk)) == sorted(NAMES)


def test_a_household_list_without_a_day_may_name_a_commune_of_before(post_desk, tmp_path):
    path = sheet(tmp_path, ["Chủ hộ", "Xã", "Thôn"], [NAMES[0], "Xuất Lễ", "Pò Mã"])
    outcome, _records = read(post_desk, "household", path)
    assert homes(post_desk) == {NAMES[0]: ("06202-2023", "Pò Mã")}
    assert any("đơn vị hành chính cũ" in text for text in messages(outcome))


def test_a_record_that_is_here_and_says_otherwise_is_refused(post_desk, tmp_path):
    path = sheet(tmp_path, HEAD, *signed(("Xuất Lễ", "Pò Mã")))
    (record,) = read(post_desk, "pledge", path, PROGRAMME)[0].records
    other = sheet(
        tmp_path, ["id", *HEAD], [record, *signed(("Xuất Lễ", "Pò Mã"), day="2/3/2023")[0]]
    )
    outcome, _records = read(post_desk, "pledge", other, PROGRAMME)
    assert [(one.column, one.row.number) for one in outcome.refused] == [("id", 2)]
    assert outcome.records == []


@pytest.mark.parametrize(
    ("caption", "places"),
    [
        ("Thôn Bản Vàng: 2 hộ", ("", "Thôn Bản Vàng")),
        ("Xã Cao Lâu - 3 hộ", ("Cao Lâu", "")),
        ("I. Xã Cao Lâu: 12 hộ", ("Cao Lâu", "")),
        ("2/ Khu A - xã Cao Lâu", ("Cao Lâu", "Khu A")),
        ("Thôn Nà Va: tổng 5 hộ", ("", "Thôn Nà Va")),
        ("KHU 3", ("", "Khu 3")),
        ("Khối 2: 15 hộ", ("", "Khối 2")),
        ("- Thôn Co Loi", ("", "Thôn Co Loi")),
        ("Bản: Nà Rầm", ("", "Bản Nà Rầm")),
        ("3. Xã Mẫu Sơn (Lộc Bình)", ("Mẫu Sơn, huyện Lộc Bình", "")),
        ("Xã Mẫu Sơn, huyện Cao Lộc", ("Mẫu Sơn, huyện Cao Lộc", "")),
        ("Xã Cao Lâu (xa nhất)", ("Cao Lâu", "")),
    ],
)
def test_what_stands_behind_a_place_takes_no_letter_of_its_name(caption, places):
    districts = {"Mẫu Sơn, huyện Lộc Bình", "Mẫu Sơn, huyện Cao Lộc"}
    named = caption_places([caption], districts.__contains__)
    assert (named.commune, named.hamlet) == places


def test_a_number_that_stands_for_several_records_is_none_of_each(post_desk, tmp_path):
    path = sheet(
        tmp_path,
        ["NĂM 2023"],
        ["TT", "Ngày", "Hình thức", "Nội dung", "Xã", "Thôn", "Lượt người"],
        [1, "5/1", "Tập trung", "Luật Biên giới quốc gia", "Cao Lâu", "Nà Mỏ", 120],
        [2, None, None, None, None, "Bản Vàng", None],
        [3, "6/1", "Tập trung", "Luật Biên giới quốc gia", "Cao Lâu", "Nà Mỏ", 50],
        [None, None, None, "Phòng, chống ma túy", None, None, None],
        merged=("B3:B4", "C3:C4", "D3:D4", "E3:E4", "G3:G4", "G5:G6", "B5:B6"),
    )
    outcome, records = read(post_desk, "outreach", path)
    assert [(one["attendance"], len(one["topics"])) for one in records] == [(50, 2)]
    words = "Số 120 ghi chung cho các dòng 3–4; hãy ghi riêng cho từng dòng."
    assert [(one.row.number, one.reason) for one in outcome.refused] == [(3, words), (4, words)]
    outcome.save_refused(tmp_path / "refused.xlsx")
    again, _records = read(post_desk, "outreach", tmp_path / "refused.xlsx")
    # Imported again unchanged, they do not count twice.
    assert (again.accepted, len(again.refused)) == (0, 2)


@pytest.mark.parametrize("topic", [None, "Phòng, chống ma túy"])
def test_a_second_line_of_a_note_beside_merged_cells_is_of_the_same_record(
    post_desk, tmp_path, topic
):
    law = "Luật Biên giới quốc gia"
    path = sheet(
        tmp_path,
        ["TT", "Ngày", "Hình thức", "Nội dung", "Xã", "Thôn", "Lượt người", "Ghi chú"],
        [1, "5/1/2023", "Tập trung", law, "Cao Lâu", "Nà Mỏ", 85, "dòng một"],
        [None, None, None, topic, None, None, None, "dòng hai"],
        [2, "7/1/2023", "Tập trung", law, "Cao Lâu", "Nà Mỏ", 40, None],
        [None, None, None, None, None, None, None, "Ghi chú chung của bảng"],
        merged=[f"{one}2:{one}3" for one in ("ABCEFG" if topic else "ABCDEFG")],
    )
    outcome, (first, second) = read(post_desk, "outreach", path)
    assert (first["attendance"], first["note"]) == (85, "dòng một; dòng hai")
    assert len(first["topics"]) == (2 if topic else 1)
    assert (second["attendance"], second.get("note")) == (40, None)
    assert (outcome.rows, outcome.continued, [n for n, _text in outcome.others]) == (2, [3], [5])


def test_a_pledge_with_a_note_of_two_lines_is_one(post_desk, tmp_path):
    path = sheet(
        tmp_path,
        ["TT", "Họ tên chủ hộ", "Thôn", "Xã", "Ngày ký", "Ghi chú"],
        [1, "Nông Văn Bình", "Pò Mã", "Xuất Lễ", "5/3/2023", "ký thay"],
        [None, None, None, None, None, "có giấy ủy quyền"],
        merged=[f"{one}2:{one}3" for one in "ABCDE"],
    )
    fixed = {"programme": "Khu vực biên giới"}
    _outcome, (pledge,) = read(post_desk, "pledge", path, fixed)
    assert pledge["note"] == "ký thay; có giấy ủy quyền"

"""Headings in three rows, in two languages, above totals and above names alone."""

import pytest

from borderdesk.base.errors import UserError
from borderdesk.sheets.imports.outcome_messages import messages
from borderdesk.sheets.imports.sheet_request import SheetRequest
from tests.core.sheets.test_list_habits import PROGRAMME, homes, read, sheet

DAY = "12/5/2023"
DRUGS = "Phòng, chống ma túy"
WORK = ["TT", "Ngày", "Nội dung", "Xã"]
ROADS = [1, DAY, "Phát quang đường tuần tra", "Cao Lâu"]


@pytest.mark.parametrize("merged", [("A1:A3", "B1:B3", "E1:F1", "E2:E3"), ()])
def test_the_third_row_of_headings_names_the_column_below_it(post_desk, tmp_path, merged):
    path = sheet(
        tmp_path,
        ["TT", "Thời gian", "Hình thức", "Nội dung", "Kết quả", None, "Xã"],
        [None, None, None, None, "Số người", "Tài liệu", None],
        [None, None, None, None, None, "Tờ rơi", None],
        [1, DAY, "Tập trung", DRUGS, 45, 100, "Cao Lâu"],
        merged=merged,
    )
    _outcome, (session,) = read(post_desk, "outreach", path)
    assert (session["leaflets"], session.get("document_sets")) == (100, None)
    assert session["attendance"] == 45


@pytest.mark.parametrize(
    "headings",
    [
        ["STT / No.", "Date / Ngày", "Form / Hình thức", "Nội dung / Topic", "Xã", "Số người"],
        ["STT\nNo.", "Ngày\nDate", "Hình thức\nForm", "Nội dung", "Xã\nCommune", "Số người"],
    ],
)  # fmt: skip
def test_headings_may_say_a_column_in_two_languages(post_desk, tmp_path, headings):
    path = sheet(tmp_path, headings, [1, DAY, "Tập trung", DRUGS, "Cao Lâu", 45])
    outcome, (session,) = read(post_desk, "outreach", path)
    assert session["attendance"] == 45
    assert not any("không đọc" in text for text in messages(outcome))


@pytest.mark.parametrize("heading", ["Xã / Thôn", "Lượt người / Số buổi", "Tên / Tuổi"])
def test_a_heading_of_two_columns_is_neither(post_desk, tmp_path, heading):
    head = ["TT", "Ngày", "Hình thức", "Nội dung", "Địa bàn", "Số người", heading]
    path = sheet(tmp_path, head, [1, DAY, "Tập trung", DRUGS, "Cao Lâu", 45, 9])
    outcome, _records = read(post_desk, "outreach", path)
    assert outcome.table.columns[-1].key is None


@pytest.mark.parametrize(
    ("headings", "merged"),
    [
        ([[*WORK, "BP", "DQ", "Dân", "Cộng"]], ()),
        ([[*WORK, "BP", "DQ", "CA", "Dân", "Tổng số"]], ()),
        (
            [[*WORK, "Lực lượng", None, None, "Tổng cộng"], [*[None] * 4, "BP", "DQ", "Dân", None]],
            ("E1:G1", "H1:H2"),
        ),
    ],
)
def test_a_sum_beside_the_groups_of_people_is_everybody(post_desk, tmp_path, headings, merged):
    police = ["CA"] if "CA" in headings[0] else []
    groups = [10, 8, *[2 for _one in police], 12, 30 + 2 * len(police)]
    path = sheet(tmp_path, *headings, [*ROADS, *groups], merged=merged)
    outcome, (work,) = read(post_desk, "clearing", path)
    assert (work["participants"], work["of_whom_guards"]) == (groups[-1], 10)
    assert work["of_whom_residents"] == 12
    assert work.get("labour_days") is None
    assert outcome.table.ignored() == police


@pytest.mark.parametrize("heading", ["Cộng", "CỘNG", "Công", "Cong"])
def test_a_sum_is_no_work_days(post_desk, tmp_path, heading):
    path = sheet(tmp_path, [*WORK, "Số người", heading], [*ROADS, 18, 54])
    _outcome, (work,) = read(post_desk, "clearing", path)
    days = work.get("labour_days")
    assert days == (None if heading.casefold() == "cộng" else 54)


def test_the_plan_is_not_what_was_done(post_desk, tmp_path):
    head = [
        "TT",
        "Ngày",
        "Hình thức",
        "Nội dung",
        "Xã",
        "Số người theo kế hoạch",
        "Số người thực tế",
    ]
    path = sheet(tmp_path, head, [1, DAY, "Tập trung", DRUGS, "Cao Lâu", 60, 50])
    _outcome, (session,) = read(post_desk, "outreach", path)
    assert session["attendance"] == 50


def test_a_time_from_and_to_is_two_days(post_desk, tmp_path):
    path = sheet(
        tmp_path,
        ["TT", "Thời gian", None, "Nội dung", "Xã", "Số người"],
        [None, "Từ", "Đến", None, None, None],
        [1, DAY, "14/5/2023", "Phát quang đường tuần tra", "Cao Lâu", 20],
        merged=("B1:C1",),
    )
    _outcome, (work,) = read(post_desk, "clearing", path)
    assert (f"{work['started_on']}", f"{work['ended_on']}") == ("2023-05-12", "2023-05-14")


def test_husband_and_wife_below_one_heading_are_no_name_together(post_desk, tmp_path):
    path = sheet(
        tmp_path,
        ["TT", "Họ và tên", None, "Thôn", "Xã", "Ngày ký"],
        [None, "Chồng", "Vợ", None, None, None],
        [1, "Nông Văn Bình", "Vi Thị Chanh", "Pò Mã", "Xuất Lễ", DAY],
        [2, None, "Lý Thị Dung", "Pò Mã", "Xuất Lễ", DAY],
        merged=("B1:C1",),
    )
    outcome, _records = read(post_desk, "pledge", path, PROGRAMME)
    assert [*homes(post_desk)] == ["Nông Văn Bình"]
    assert [one.row.number for one in outcome.refused] == [4]


COUPLES = [
    ["TT", "Họ tên chồng", "Họ tên vợ", "Thôn", "Xã", "Ngày ký"],
    [1, "Nông Văn Bình", "Vi Thị Thanh Chanh", "Pò Mã", "Xuất Lễ", DAY],
    [2, None, "Lý Thị Dung", "Pò Mã", "Xuất Lễ", DAY],
]


def test_without_heads_husbands_are_proposed_and_the_wives_told(post_desk, tmp_path):
    outcome, _records = read(post_desk, "pledge", sheet(tmp_path, *COUPLES), PROGRAMME)
    assert [*homes(post_desk)] == ["Nông Văn Bình"]
    assert [one.row.number for one in outcome.refused] == [3]
    assert any("đã đọc cột “Họ tên chồng”, không đọc “Họ tên vợ”" in m for m in messages(outcome))


def test_of_two_columns_of_heads_the_first_filled_one_is_read(post_desk, tmp_path):
    mapping = dict.fromkeys(("ho ten chong", "ho ten vo"), "household.head")
    request = SheetRequest(fixed=PROGRAMME, mapping=mapping)
    outcome = post_desk.sheets.import_sheet("pledge", sheet(tmp_path, *COUPLES), request)
    # Not the longer of two names.
    assert {*homes(post_desk)} == {"Nông Văn Bình", "Lý Thị Dung"}
    told = "mỗi dòng lấy cột đầu tiên có chữ: Họ tên chồng, Họ tên vợ."
    assert any(told in m for m in messages(outcome))


@pytest.mark.parametrize("months", ["Tháng {}", "T{}", "Th. 0{}", "Tháng {}/2023"])
@pytest.mark.parametrize("beside", [[], ["Ngày ký", "Nội dung"]])
def test_a_list_of_months_says_that_records_have_days(post_desk, tmp_path, months, beside):
    head = ["TT", "Thôn", *(months.format(number) for number in (1, 2, 3)), "Cộng", *beside]
    path = sheet(tmp_path, head, [1, "Bản Ranh", 4, 5, 6, 15])
    if beside:
        outcome = post_desk.sheets.dry_run("pledge", path, SheetRequest())
        told = messages(outcome)
    else:
        with pytest.raises(UserError) as error:
            post_desk.sheets.dry_run("pledge", path, SheetRequest())
        told = [str(error.value)]
    assert any("để mỗi tháng một cột" in text for text in told)


def test_the_columns_of_a_week_are_no_months(post_desk, tmp_path):
    path = sheet(tmp_path, ["TT", "Thôn", "T2", "T3", "T4", "CN"], [1, "Bản Ranh", 4, 5, 6, 15])
    with pytest.raises(UserError, match="Không tìm thấy dòng tiêu đề"):
        post_desk.sheets.dry_run("pledge", path, SheetRequest())


@pytest.mark.parametrize(
    ("rows", "header"),
    [
        ([["TT", "Họ và tên chủ hộ"], [1, "Nông Văn Bình"], [2, "Vi Thị Chanh"]], None),
        ([["TT", "Họ và tên", None], [1, "Nông Văn", "Bình"], [2, "Vi Thị", "Chanh"]], None),
        ([["Chủ hộ"], ["Nông Văn Bình"], ["Vi Thị Chanh"]], 2),
    ],
)
def test_a_list_of_names_alone_is_one_of_the_place_in_its_title(post_desk, tmp_path, rows, header):
    path = sheet(tmp_path, ["Thôn Pò Mã, xã Xuất Lễ"], *rows, [None, "Cộng: 2 hộ"], ["TRƯỞNG THÔN"])
    outcome = post_desk.sheets.import_sheet("household", path, SheetRequest(header=header))
    assert homes(post_desk) == dict.fromkeys(
        ("Nông Văn Bình", "Vi Thị Chanh"), ("06202-2023", "Thôn Pò Mã")
    )
    assert not outcome.refused


def test_a_column_of_names_without_numbers_has_to_be_named(post_desk, tmp_path):
    path = sheet(tmp_path, ["Thôn Pò Mã, xã Xuất Lễ"], ["Chủ hộ"], ["Nông Văn Bình"])
    with pytest.raises(UserError, match="Hãy ghi tên các trường lên trên danh sách"):
        post_desk.sheets.import_sheet("household", path, SheetRequest())


@pytest.mark.parametrize(
    ("type_name", "headings"),
    [
        ("clearing", ["Số", "Đội", "Nguồn", "Nam"]),
        ("patrol", ["Công", "Đội", "Nội dung", "Bản", "Nam"]),
        ("incident", ["Số", "Nguồn"]),
        ("track", ["Số", "Bản", "Nguồn"]),
        ("coordination", ["Số", "Nam"]),
        ("household", ["Số", "Từ", "Nam"]),
        ("registration", ["Tổng số hộ"]),
        ("outreach", ["Nam"]),
    ],
)
def test_a_word_that_a_label_has_too_is_not_that_field(post_desk, tmp_path, type_name, headings):
    known = ["TT", "Ngày tháng", "Xã", "Ngày thực hiện", "Chủ hộ", "Thôn", "Ghi chú"]
    path = sheet(tmp_path, [*known, *headings], [1, DAY, "Cao Lâu", DAY, "Nông Văn Bình", "Nà Mỏ"])
    table, _columns = post_desk.sheets.open_table(type_name, path, SheetRequest())
    assert {one.heading: one.key for one in table.columns[len(known) :]} == dict.fromkeys(headings)


def test_where_in_a_commune_something_was_is_its_hamlet(post_desk, tmp_path):
    head = ["TT", "Ngày", "Hình thức", "Nội dung", "Xã", "Địa điểm", "Số người"]
    row = [1, DAY, "Tập trung", DRUGS, "Cao Lâu", "Nhà văn hóa thôn Nà Mỏ", 45]
    outcome, (session,) = read(post_desk, "outreach", sheet(tmp_path, head, row))
    assert (session["hamlet"], session.get("other_places")) == ("thôn Nà Mỏ", None)
    assert any("Phần không phải tên thôn" in text for text in messages(outcome))

"""Headings of the books that posts keep: patrol routes, places alone, transposed lists."""

from decimal import Decimal

import pytest

from borderdesk.base.errors import UserError
from borderdesk.sheets.imports.mapping_memory import mapping_of
from borderdesk.sheets.imports.outcome_messages import messages
from borderdesk.sheets.imports.sheet_request import SheetRequest
from borderdesk.store.lists.listing import Filter
from tests.core.sheets.test_list_habits import PROGRAMME, homes, read, sheet


def test_an_address_that_is_a_commune_alone_has_no_hamlet(post_desk, tmp_path):
    head = ["Ngày", "Hình thức", "Địa điểm", "Số người"]
    rows = [["12/3/2023", "Phát quang đường tuần tra", "Xuất Lễ", 5],
            ["12/3/2023", "Phát quang đường tuần tra", "Nà Mỏ", 6]]  # fmt: skip
    outcome, records = read(post_desk, "clearing", sheet(tmp_path, head, *rows))
    assert [(one["commune"], one.get("hamlet")) for one in records] == [("06202-2023", None)]
    assert [one.row.number for one in outcome.refused] == [3]


def test_a_list_whose_records_are_columns_is_to_be_turned(post_desk, tmp_path):
    path = sheet(
        tmp_path,
        ["Họ và tên", "Nông Văn Bình", "Lý Thị Hoa"],
        ["Xã", "Cao Lâu", "Cao Lâu"],
        ["Thôn", "Nà Mỏ", "Nà Mỏ"],
        ["Ngày ký", "12/3/2023", "13/3/2023"],
    )
    with pytest.raises(UserError, match="xoay danh sách"):
        read(post_desk, "pledge", path, PROGRAMME)


PATROL_BOOK = ["Ngày", "Hình thức", "Xã", "Quân số", "Trong đó: BĐBP", "Kết quả"]


@pytest.mark.parametrize(
    "heading", ["Đoạn tuần tra (mốc … đến mốc …)", "Tuyến tuần tra", "Cung tuần tra"]
)
def test_the_way_of_a_patrol_is_its_markers(post_desk, tmp_path, heading):
    row = ["12/3/2023", "Đơn phương", "Cao Lâu", 8, 5, "Giữ nguyên trạng", "Mốc 1166 đến 1170"]
    _outcome, (patrol,) = read(post_desk, "patrol", sheet(tmp_path, [*PATROL_BOOK, heading], row))
    assert (patrol["from_marker"], patrol["to_marker"]) == ("1166", "1170")
    assert patrol["of_whom_guards"] == 5


def test_a_heading_taken_by_markers_leaves_the_length_to_another(post_desk, tmp_path):
    head = ["Đối tượng", "Tên", "Xã", "Ngày đăng ký", "Đoạn đường biên, mốc", "Chiều dài (km)"]
    row = ["Tập thể", "Chi hội Phụ nữ", "Cao Lâu", "3/3/2023", "1166-1170", "1,2"]
    _outcome, (one,) = read(post_desk, "registration", sheet(tmp_path, head, row))
    assert (one["from_marker"], one["to_marker"], one["length_km"]) == (
        "1166", "1170", Decimal("1.2"),
    )  # fmt: skip


@pytest.mark.parametrize("middle", ["Đệm", "Tên đệm", "Chữ lót"])
def test_a_name_in_three_columns_is_one(post_desk, tmp_path, middle):
    head = ["TT", "Họ", middle, "Tên", "Xã", "Thôn", "Ngày ký"]
    row = [1, "Nông", "Văn", "Bình", "Xuất Lễ", "Pò Mã", "12/3/2023"]
    read(post_desk, "pledge", sheet(tmp_path, head, row), PROGRAMME)
    assert list(homes(post_desk)) == ["Nông Văn Bình"]


@pytest.mark.parametrize(
    ("headings", "read_one", "other"),
    [
        ([["Xã", "Thôn", "Ngày ký", "Số hộ", "Số hộ ký"]], 1, "“Số hộ ký”, không đọc “Số hộ”"),
        (
            [["Xã", "Thôn", "Ngày ký", "Số hộ", None], [None, None, None, "Tổng số", "Đã ký"]],
            1,
            None,
        ),
        (
            [["Xã", "Thôn", "Ngày ký", "Số hộ", "Trong đó"], [None, None, None, None, "Đã ký"]],
            0,
            "“Số hộ”, không đọc “Đã ký”",
        ),
    ],
)
def test_all_households_of_a_hamlet_are_not_in_silence_those_that_signed(
    post_desk, tmp_path, headings, read_one, other
):
    path = sheet(tmp_path, *headings, ["Cao Lâu", "Nà Mỏ", "12/3/2023", 61, 44])
    given = {**PROGRAMME, "source_ref": "BB 12/2023"}
    outcome, (pledge,) = read(post_desk, "pledge", path, given)
    assert pledge["count"] == (61, 44)[read_one]
    told = [text for text in messages(outcome) if "Có nhiều cột" in text]
    assert [other in text for text in told] == ([True] if other else [])
    # The window passes every column as proposed.
    again = SheetRequest(fixed=given, mapping=mapping_of(outcome.table))
    confirmed = post_desk.sheets.dry_run("pledge", path, again)
    assert [text for text in messages(confirmed) if "Có nhiều cột" in text] == told


@pytest.mark.parametrize(
    ("mapping", "count", "is_told"),
    [
        ({}, 44, True),
        ({"Số hộ ký": "-", "Số hộ": "count"}, 61, False),
        ({"Số hộ": "count"}, 61, True),
    ],
)
def test_a_column_that_somebody_left_out_is_told_no_more(
    post_desk, tmp_path, mapping, count, is_told
):
    head = ["Xã", "Thôn", "Ngày ký", "Số hộ", "Số hộ ký"]
    path = sheet(tmp_path, head, ["Cao Lâu", "Nà Mỏ", "12/3/2023", 61, 44])
    given = {**PROGRAMME, "source_ref": "BB 12/2023"}
    request = SheetRequest(fixed=given, mapping=mapping)
    outcome = post_desk.sheets.import_sheet("pledge", path, request)
    (pledge,) = post_desk.lists.stream("pledge", Filter())
    assert pledge.values["count"] == count
    assert any("Có nhiều cột" in text for text in messages(outcome)) == is_told


@pytest.mark.parametrize(
    ("name", "is_doubtful"),
    [
        ("Nông Văn Bình, Lý Thị Hoa", True),
        ("Nông Văn Bình và vợ Lý Thị Hoa", True),
        ("Ông Nông Văn Bình - Bà Lý Thị Hoa", True),
        ("Nông Văn Bình (Thôn Nà Mỏ)", False),
        ("Nông Văn Bình (Bình con)", False),
    ],
)
def test_two_names_of_one_cell_are_a_doubt(post_desk, tmp_path, name, is_doubtful):
    head = ["TT", "Họ tên vợ, chồng", "Xã", "Thôn", "Ngày ký"]
    path = sheet(tmp_path, head, [1, name, "Cao Lâu", "Nà Mỏ", "12/3/2023"])
    outcome, _records = read(post_desk, "pledge", path, PROGRAMME)
    assert any("tên nhiều người" in text for text in messages(outcome)) == is_doubtful

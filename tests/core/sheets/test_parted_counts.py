"""A count whose heading spans several columns: a total and its parts."""

import pytest

from borderdesk.sheets.columns.heading_rows import IGNORE
from borderdesk.sheets.imports.outcome_messages import messages
from borderdesk.sheets.imports.sheet_request import SheetRequest
from tests.core.sheets import sheet_files as files
from tests.core.sheets.test_list_habits import PROGRAMME, read, sheet

HEAD = ["Ngày", "Hình thức", "Nội dung", "Xã"]
ROW = ["5/1/2023", "Tập trung", "Luật Biên giới quốc gia", "Cao Lâu"]


@pytest.mark.parametrize("write", [files.write_openpyxl, files.write_csv])
@pytest.mark.parametrize(
    ("parts", "cells", "wanted"),
    [
        (["Nữ", "Tổng số"], [20, 45], 45),
        (["Tổng", "Nữ"], [45, 20], 45),
        (["Kế hoạch", "Thực hiện"], [50, 45], 45),
        (["Cán bộ", "Nhân dân", "Học sinh"], [5, 45, 10], None),
        (["Lượt người", "Nữ"], [45, 20], 45),
    ],
)
def test_the_column_of_all_is_the_count(post_desk, tmp_path, write, parts, cells, wanted):
    rows = [
        [*HEAD, "Số người nghe", *[None] * (len(parts) - 1), "Tờ rơi"],
        [None] * len(HEAD) + parts,
        [*ROW, *cells, 3],
    ]
    name = "list.csv" if write is files.write_csv else "list.xlsx"
    outcome, records = read(post_desk, "outreach", write(tmp_path / name, rows))
    assert [one["attendance"] for one in records] == [wanted] * (wanted is not None)
    assert [one["leaflets"] for one in records] == [3] * (wanted is not None)
    assert len(outcome.refused) == (wanted is None)
    (told,) = [text for text in messages(outcome) if text.startswith("Các cột không đọc")]
    unread = [part for part, cell in zip(parts, cells, strict=True) if cell != wanted]
    assert told == f"Các cột không đọc: {', '.join(unread)}."


def test_what_was_planned_is_no_count(post_desk, tmp_path):
    head = [*HEAD, "Lượt người kế hoạch", "Lượt người thực hiện"]
    _outcome, (one,) = read(post_desk, "outreach", sheet(tmp_path, head, [*ROW, 50, 45]))
    assert one["attendance"] == 45


@pytest.mark.parametrize("heading", ["Ngày ký", "Ngày"])
def test_a_column_of_men_is_no_year(post_desk, tmp_path, heading):
    path = sheet(
        tmp_path,
        ["DANH SÁCH NĂM 2023"],
        ["Họ tên", "Nam", "Nữ", "Thôn", "Xã", heading],
        ["Nông Văn Bình", 1980, None, "Pò Mã", "Xuất Lễ", "12/3"],
    )
    _outcome, (pledge,) = read(post_desk, "pledge", path, PROGRAMME)
    assert f"{pledge['signed_on']:%d/%m/%Y}" == "12/03/2023"


@pytest.mark.parametrize(
    ("cell", "marker"),
    [("M1146", "1146"), ("M. 1146/1", "1146/1"), ("Mốc phụ 1146/1", "1146/1"),
     ("Mốc chính số 1146", "1146"),
     ("mốc 1146(2)", "1146/2"), ("Mèo 1146", None)],
)  # fmt: skip
def test_a_marker_has_words_in_front(post_desk, tmp_path, cell, marker):
    head = ["Ngày", "Loại công việc", "Xã", "Lượt người", "Từ mốc", "Đến mốc"]
    row = ["5/1/2023", "Phát quang đường tuần tra", "Cao Lâu", 40, cell, "1150"]
    _outcome, records = read(post_desk, "clearing", sheet(tmp_path, head, row))
    assert [one["from_marker"] for one in records] == [marker] * (marker is not None)


PATROL = ["Ngày", "Hình thức", "Từ mốc", "Đến mốc", "Xã", "Kết quả"]
PATROLLED = ["1/3/2023", "Tuần tra đơn phương", 1166, 1171, "Cao Lâu", "Nguyên trạng"]
GROUPS = ("participants", "of_whom_guards", "of_whom_militia", "of_whom_police")


@pytest.mark.parametrize(
    ("cell", "numbers"),
    [
        ("6 BP + 2 DQ", (8, 6, 2, None)),
        ("06 BĐBP, 02 DQ", (8, 6, 2, None)),
        ("BĐBP 06 đồng chí; dân quân: 02 đ/c", (8, 6, 2, None)),
        ("6 cán bộ, chiến sĩ và 2 dân quân xã Cao Lâu", (8, 6, 2, None)),
        ("BP: 6; DQ: 2; CA: 1", (9, 6, 2, 1)),
        ("10 người (trong đó: 6 BP; 2 dân quân)", (10, 6, 2, None)),
        ("6 BP", (6, 6, None, None)),
        ("6+2", (8, None, None, None)),
        # Neither who these are nor how many there were is certain.
        ("6 BP + 2 người Trung Quốc", None),
        ("6 BP + 2 BP", None),
        ("12 BP x 2 ngày", None),
    ],
)
def test_people_of_several_bodies_stand_in_one_cell(post_desk, tmp_path, cell, numbers):
    path = sheet(tmp_path, [*PATROL, "Quân số"], [*PATROLLED, cell])
    outcome, records = read(post_desk, "patrol", path)
    assert [tuple(map(one.get, GROUPS)) for one in records] == ([numbers] if numbers else [])
    told = any("tổng của các lực lượng" in text for text in messages(outcome))
    assert told == (numbers is not None and numbers[1] is not None)


def test_columns_of_groups_without_one_of_all_are_added_up(post_desk, tmp_path):
    head = [*PATROL, "BĐBP", "DQ", "CA"]
    path = sheet(tmp_path, head, [*PATROLLED, 6, 2, 1], [*PATROLLED, 7, None, None])
    outcome, records = read(post_desk, "patrol", path)
    assert [tuple(map(one.get, GROUPS)) for one in records] == [(9, 6, 2, 1), (7, 7, None, None)]
    assert any("tổng của các lực lượng" in text for text in messages(outcome))
    # Of a single group nobody knows whether it is everybody.
    outcome, records = read(post_desk, "patrol", sheet(tmp_path, head[:-2], [*PATROLLED, 5]))
    assert (records, len(outcome.refused)) == ([], 1)


def test_the_number_is_in_the_column_of_figures(post_desk, tmp_path):
    path = sheet(
        tmp_path,
        ["Lực lượng", *PATROL, "Quân số"],
        ["Bộ đội, dân quân", *PATROLLED, 8],
    )
    outcome, (patrol,) = read(post_desk, "patrol", path)
    assert patrol["participants"] == 8
    assert any("“Quân số”, không đọc “Lực lượng”" in text for text in messages(outcome))


def test_a_column_of_figures_that_a_person_left_out_is_not_read_instead(post_desk, tmp_path):
    row = ["Bộ đội, dân quân", *PATROLLED, 8]
    path = sheet(tmp_path, ["Lực lượng", *PATROL, "Quân số"], row)
    request = SheetRequest(mapping={"Quân số": IGNORE})
    outcome = post_desk.sheets.dry_run("patrol", path, request)
    keys = {column.heading: column.key for column in outcome.table.columns}
    assert (keys["Lực lượng"], keys["Quân số"]) == ("participants", None)
    assert (outcome.accepted, len(outcome.refused)) == (0, 1)
